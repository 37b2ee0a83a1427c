/** The page: what the node tells goes into the DAG, the DAG onto the canvas, and what a person does into the view. */
import type { DagMessage } from "../messages.ts";
import { showAuthors } from "./authors.ts";
import { type Block, Dag } from "./dag.ts";
import { draw, readTheme } from "./draw.ts";
import { byId, say } from "./elements.ts";
import { listen } from "./input.ts";
import { showLegend } from "./legend.ts";
import { Live, type LiveState } from "./live.ts";
import { Numbers } from "./numbers.ts";
import { showCommits, showDetails } from "./panel.ts";
import { search } from "./search.ts";
import { View } from "./view.ts";

const STATE_TEXT: Readonly<Record<LiveState, string>> = {
  connecting: "connecting",
  live: "live",
  lost: "connection lost, trying again",
  paused: "paused",
};
/** Text beside the picture changes this often at most. */
const TEXT_MS = 200;

const canvas = byId<HTMLCanvasElement>("dag");
const context = canvas.getContext("2d")!;
const dag = new Dag();
const view = new View();
const numbers = new Numbers(byId("numbers"));
const still = matchMedia("(prefers-reduced-motion: reduce)");
let theme = readTheme(document.documentElement);
/** By its digest, which outlives what is known of the block. */
let selected: string | undefined;
let found: { readonly text: string; readonly at: number } | undefined;
let paused = false;
let changed = true;
let drawnAt = performance.now();
let textAt = 0;

const selectedBlock = (): Block | undefined => (selected === undefined ? undefined : dag.block(selected));

function select(digest: string | undefined): void {
  selected = digest;
  const block = selectedBlock();
  if (block) view.reveal(block.round, dag);
  showDetails(byId("details"), dag, block, select);
  changed = true;
}

function take(messages: readonly DagMessage[]): void {
  const before = selectedBlock();
  const was = before && { state: before.state, children: before.children.length };
  for (const message of messages) {
    dag.apply(message);
    if (message.kind === "status") numbers.sample(dag);
  }
  const now = selectedBlock();
  if (now && (now.state !== was?.state || now.children.length !== was.children)) select(selected);
  changed = true;
}

function showState(state: LiveState): void {
  const unready = state === "live" && dag.status?.ready === false;
  const pill = byId("connection");
  say(pill, unready ? "the node is not ready" : STATE_TEXT[state]);
  pill.dataset.state = unready ? "lost" : state;
}

const live = new Live(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/dag/live`, {
  messages: take,
  state: showState,
});

function pause(): void {
  paused = !paused;
  live.pause(paused);
  const button = byId("pause");
  button.setAttribute("aria-pressed", String(paused));
  say(button, paused ? "Go on" : "Pause");
}

function newest(): void {
  view.follows = true;
  changed = true;
}

/** The next of what fits; the newest first. */
function find(text: string): void {
  const all = search(dag, text);
  const at = found?.text === text ? (found.at + 1) % Math.max(1, all.length) : 0;
  found = { text, at };
  const one = all[at];
  say(byId("found"), one ? `${at + 1} of ${all.length}` : text.trim() === "" ? "" : "nothing of that kind is shown");
  if (one?.kind === "block") select(one.block.digest);
  else if (one) {
    view.reveal(one.round, dag);
    const [first] = dag.begin.committee.flatMap((_, author) => dag.at(one.round, author));
    select(first?.digest);
  }
}

listen(canvas, dag, view, {
  selected: selectedBlock,
  select,
  pause,
  newest,
  find,
  changed: () => {
    changed = true;
  },
});

function alarm(): void {
  const [worst] = dag.equivocations;
  const place = byId("alarm");
  place.hidden = worst === undefined;
  if (!worst) return;
  const name = dag.begin.committee[worst.author] ?? `validator ${worst.author}`;
  const more = dag.equivocations.length > 1 ? `, and ${dag.equivocations.length - 1} more validators did so` : "";
  say(
    place,
    `${name} has signed two blocks for round ${worst.round}${more}. caisson client verify-evidence checks the proof.`,
  );
}

function showText(): void {
  say(byId("chain"), dag.begin.chain);
  showAuthors(byId("authors"), dag);
  showCommits(byId("commits"), dag, select);
  numbers.show(dag);
  alarm();
}

function frame(now: number): void {
  const moved = view.advance(now - drawnAt, dag, still.matches);
  drawnAt = now;
  if (moved || changed) draw(context, dag, view, theme, selectedBlock());
  if (changed && now - textAt > TEXT_MS) {
    textAt = now;
    changed = false;
    showText();
  }
  requestAnimationFrame(frame);
}

new ResizeObserver(() => {
  view.width = canvas.clientWidth;
  view.height = canvas.clientHeight;
  canvas.width = view.width * devicePixelRatio;
  canvas.height = view.height * devicePixelRatio;
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  changed = true;
}).observe(canvas);

function retheme(): void {
  theme = readTheme(document.documentElement);
  showLegend(byId("legend"), theme);
  changed = true;
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme);
retheme();
select(undefined);
requestAnimationFrame(frame);
