/** The line of numbers: how far the chain is, and how fast it goes. */
import type { Dag } from "./dag.ts";
import { element, say } from "./elements.ts";

/** Rates are of so long a time. */
const WINDOW_MS = 5_000;

interface Sample {
  readonly at: number;
  readonly round: number;
  readonly transactions: number;
}

export class Numbers {
  readonly #list: HTMLElement;
  #samples: Sample[] = [];

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** Once for every status that the node gives. */
  sample(dag: Dag): void {
    const now = performance.now();
    const { status } = dag;
    if (!status) return;
    const sample = { at: now, round: dag.last, transactions: status.transactions };
    // Another chain, or the same one begun anew.
    if ((this.#samples.at(-1)?.round ?? 0) > dag.last) this.#samples = [];
    this.#samples = [...this.#samples.filter(({ at }) => now - at <= WINDOW_MS), sample];
  }

  show(dag: Dag): void {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    const rate = (of: "round" | "transactions"): string => {
      if (!first || !last || first === last) return "";
      return ` (${format((1_000 * (last[of] - first[of])) / (last.at - first.at))}/s)`;
    };
    const { status } = dag;
    const { committee, serves } = dag.begin;
    const others = committee.length - (serves === null ? 0 : 1);
    const all: readonly (readonly [string, string])[] = [
      ["round", `${dag.last}${rate("round")}`],
      ["commit", String(dag.commits[0]?.index ?? "–")],
      ["checkpoint", String(status?.checkpoint ?? "–")],
      ["transactions", `${status?.transactions ?? "–"}${rate("transactions")}`],
      ["waiting", String(status?.waiting ?? "–")],
      ...(others > 0 ? [["peers", `${others - (status?.missing.length ?? others)} of ${others}`] as const] : []),
    ];
    if (this.#list.children.length !== 2 * all.length) {
      this.#list.replaceChildren(...all.flatMap(([name]) => [element("dt", { textContent: name }), element("dd")]));
    }
    for (const [i, [name, value]] of all.entries()) {
      say(this.#list.children[2 * i] as HTMLElement, name);
      say(this.#list.children[2 * i + 1] as HTMLElement, value);
    }
  }
}

const format = (rate: number): string => (rate >= 10 ? rate.toFixed(0) : rate.toFixed(1));
