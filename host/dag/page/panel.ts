/** What stands beside the picture: the block that is selected, and the latest commits. */
import type { Block, Dag } from "./dag.ts";
import { element, short } from "./elements.ts";

/** Shown at once; the rest is counted. */
const MOST_LISTED = 64;

const nameOf = (dag: Dag, author: number): string => dag.begin.committee[author] ?? `validator ${author}`;

/** `select`: goes to another block. */
export function showDetails(
  panel: HTMLElement,
  dag: Dag,
  block: Block | undefined,
  select: (digest: string) => void,
): void {
  if (!block) {
    panel.replaceChildren(
      element("h2", { textContent: "No block selected" }),
      element("p", { className: "hint", textContent: "Click on one to see its parents and transactions." }),
    );
    return;
  }
  const slot = dag.slotOf(block.round, block.author);
  const facts: readonly (readonly [string, string])[] = [
    ["validator", nameOf(dag, block.author)],
    ["state", stateOf(block)],
    ...(slot && slot !== "unknown" ? [["leader", slot] as const] : []),
    ["made at", timeOf(block.timestampMs)],
    ["named by", `${block.children.length} later ${block.children.length === 1 ? "block" : "blocks"}`],
  ];
  panel.replaceChildren(
    element("h2", { textContent: `Round ${block.round}` }),
    element("p", { className: "digest", textContent: block.digest }),
    element(
      "dl",
      {},
      facts.flatMap(([name, value]) => [
        element("dt", { textContent: name }),
        element("dd", { textContent: value, className: value }),
      ]),
    ),
    ...list("Parents", block.parents, (digest) => parent(dag, digest, select)),
    ...list("Transactions", block.transactions, (digest) => element("code", { textContent: digest })),
  );
}

function list(title: string, digests: readonly string[], item: (digest: string) => Node): Node[] {
  const shown = digests.slice(0, MOST_LISTED).map((digest) => element("li", {}, [item(digest)]));
  const rest = digests.length - shown.length;
  if (rest > 0) shown.push(element("li", { className: "hint", textContent: `and ${rest} more` }));
  const heading = element("h3", { textContent: `${title} ` }, []);
  heading.append(element("span", { textContent: String(digests.length) }));
  return digests.length === 0 ? [heading] : [heading, element("ul", {}, shown)];
}

function parent(dag: Dag, digest: string, select: (digest: string) => void): Node {
  const known = dag.block(digest);
  if (!known) return element("code", { textContent: short(digest), title: `${digest}, of a round that is not shown` });
  const text = `${nameOf(dag, known.author)}, round ${known.round}`;
  const button = element("button", { type: "button", className: "link", textContent: text, title: digest });
  button.addEventListener("click", () => select(digest));
  return button;
}

function stateOf({ state, commit }: Block): string {
  switch (state) {
    case "committed":
      return commit === undefined ? "committed" : `committed by commit ${commit}`;
    case "open":
      return "not committed yet";
    case "passed":
      return "will not be committed: it came too late";
  }
}

/** What a validator says the time is: any number at all. */
function timeOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms after 1970` : date.toISOString().slice(11, 23);
}

export function showCommits(body: HTMLElement, dag: Dag, select: (digest: string) => void): void {
  body.replaceChildren(
    ...dag.commits.map(({ index, leader, blocks, transactions }) => {
      const text = `${nameOf(dag, leader.author)}, ${leader.round}`;
      const button = element("button", { type: "button", className: "link", textContent: text, title: leader.digest });
      button.addEventListener("click", () => select(leader.digest));
      const cells = [String(index), button, String(blocks.length), String(transactions)];
      return element(
        "tr",
        {},
        cells.map((cell) => element("td", {}, [cell])),
      );
    }),
  );
}
