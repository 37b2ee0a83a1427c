/** The picture: a function of what is known, where one looks, and what is selected. */
import type { Block, Dag, SlotState } from "./dag.ts";
import type { View } from "./view.ts";

/** Colours, from style.css. */
export interface Theme {
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  readonly open: string;
  readonly committed: string;
  readonly carrying: string;
  readonly onBlock: string;
  readonly leader: string;
  readonly undecided: string;
  readonly skipped: string;
  readonly alarm: string;
  readonly selected: string;
}

/** Columns narrower than this show no lines, only blocks. */
const LINES_FROM = 16;
/** Of a block that a cross is behind: its arms stick out. */
const CROSS_BEHIND = 2.1;
const FULL_TURN = 2 * Math.PI;
/** Pixels between two round numbers. */
const NUMBER_SPACE = 56;
const FONT = "11px system-ui, sans-serif";

export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const names = [
    "ink",
    "faint",
    "line",
    "surface",
    "open",
    "committed",
    "carrying",
    "on-block",
    "leader",
    "undecided",
    "skipped",
    "alarm",
    "selected",
  ] as const;
  const key = (name: string): string => name.replace(/-(.)/, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(names.map((name) => [key(name), style.getPropertyValue(`--${name}`)])) as unknown as Theme;
}

export function draw(ctx: CanvasRenderingContext2D, dag: Dag, view: View, theme: Theme, selected?: Block): void {
  const authors = dag.begin.committee.length;
  ctx.clearRect(0, 0, view.width, view.height);
  if (authors === 0) return;
  rows(ctx, view, theme, authors);
  const { from, to } = view.span;
  const first = Math.max(from, dag.first);
  const last = Math.min(to, dag.last);
  numbers(ctx, view, theme, first, last, authors);
  if (view.column >= LINES_FROM)
    for (const block of within(dag, first, last + 1)) lines(ctx, dag, view, theme, block, selected);
  for (let round = first; round <= last; round++) emptySlots(ctx, dag, view, theme, round);
  for (const block of within(dag, first, last)) drawBlock(ctx, dag, view, theme, block, block === selected);
}

function* within(dag: Dag, from: number, to: number): Generator<Block> {
  const authors = dag.begin.committee.length;
  for (let round = from; round <= to; round++)
    for (let author = 0; author < authors; author++) yield* dag.at(round, author);
}

function rows(ctx: CanvasRenderingContext2D, view: View, theme: Theme, authors: number): void {
  ctx.strokeStyle = theme.faint;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let author = 1; author < authors; author++) {
    const y = Math.round(author * view.row(authors)) + 0.5;
    ctx.moveTo(0, y);
    ctx.lineTo(view.width, y);
  }
  ctx.stroke();
}

/** Numbers of rounds, as many as there is room for, always the same ones. */
function numbers(
  ctx: CanvasRenderingContext2D,
  view: View,
  theme: Theme,
  first: number,
  last: number,
  authors: number,
): void {
  const every = [1, 2, 5, 10, 20, 50].find((step) => step * view.column >= NUMBER_SPACE) ?? 100;
  ctx.fillStyle = theme.line;
  ctx.font = FONT;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  for (let round = Math.ceil(first / every) * every; round <= last; round += every) {
    ctx.fillText(String(round), view.place(round, 0, authors).x, 4);
  }
}

function lines(
  ctx: CanvasRenderingContext2D,
  dag: Dag,
  view: View,
  theme: Theme,
  block: Block,
  selected?: Block,
): void {
  const to = view.center(block, dag);
  for (const digest of block.parents) {
    const parent = dag.block(digest);
    if (!parent) continue;
    const from = view.center(parent, dag);
    const marked = selected !== undefined && (block === selected || parent === selected);
    ctx.strokeStyle = marked ? theme.selected : theme.line;
    ctx.globalAlpha = marked ? 1 : selected ? 0.18 : block.state === "passed" ? 0.25 : 0.5;
    ctx.lineWidth = marked ? 1.8 : 1;
    ctx.beginPath();
    ctx.moveTo(from.x, from.y);
    const bend = (to.x - from.x) / 2;
    ctx.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y);
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

/** Slots whose leader has no block. */
function emptySlots(ctx: CanvasRenderingContext2D, dag: Dag, view: View, theme: Theme, round: number): void {
  const authors = dag.begin.committee.length;
  for (const [rank, author] of dag.leaders(round).entries()) {
    if (dag.at(round, author).length > 0) continue;
    const { x, y } = view.place(round, author, authors);
    mark(ctx, theme, x, y, view.radius(authors), dag.slot(round, rank));
  }
}

function drawBlock(
  ctx: CanvasRenderingContext2D,
  dag: Dag,
  view: View,
  theme: Theme,
  block: Block,
  selected: boolean,
): void {
  const radius = view.radius(dag.begin.committee.length);
  const { x, y } = view.center(block, dag);
  const twin = dag.at(block.round, block.author).length > 1;
  const slot = dag.slotOf(block.round, block.author);
  // Behind the block, so that what is written on it can be read.
  if (slot === "skipped") mark(ctx, theme, x, y, CROSS_BEHIND * radius, slot);
  square(ctx, x, y, radius, theme, block, twin);
  if (slot && slot !== "skipped") mark(ctx, theme, x, y, radius, slot);
  if (selected) {
    ctx.strokeStyle = theme.selected;
    ctx.lineWidth = 2.5;
    ctx.strokeRect(x - radius - 6, y - radius - 6, 2 * radius + 12, 2 * radius + 12);
  }
  if (block.transactions.length > 0 && radius >= 8) {
    ctx.fillStyle = block.state === "committed" ? theme.onBlock : theme.ink;
    ctx.font = `600 ${Math.min(11, radius)}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(String(block.transactions.length), x, y + 0.5);
  }
}

/** Filled: committed; an outline: not yet; dashed: never. */
export function square(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  theme: Theme,
  block: Pick<Block, "state" | "transactions">,
  twin: boolean,
): void {
  ctx.beginPath();
  ctx.roundRect(x - radius, y - radius, 2 * radius, 2 * radius, radius * 0.4);
  const committed = block.transactions.length > 0 ? theme.carrying : theme.committed;
  ctx.fillStyle = block.state === "committed" ? committed : theme.surface;
  ctx.fill();
  ctx.strokeStyle = twin ? theme.alarm : block.state === "committed" ? committed : theme.open;
  ctx.lineWidth = twin ? 2.5 : 1.5;
  ctx.setLineDash(block.state === "passed" ? [2, 3] : []);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** A leader's slot: a ring when it is committed, a dashed one while nothing is decided, a cross when it is skipped. */
export function mark(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  x: number,
  y: number,
  radius: number,
  slot: SlotState,
): void {
  if (slot === "unknown") return;
  ctx.lineWidth = 2;
  ctx.beginPath();
  if (slot === "skipped") {
    const arm = radius * 0.72;
    ctx.strokeStyle = theme.skipped;
    ctx.lineCap = "round";
    ctx.lineWidth = 2.5;
    ctx.moveTo(x - arm, y - arm);
    ctx.lineTo(x + arm, y + arm);
    ctx.moveTo(x + arm, y - arm);
    ctx.lineTo(x - arm, y + arm);
  } else {
    ctx.strokeStyle = slot === "committed" ? theme.leader : theme.undecided;
    ctx.setLineDash(slot === "committed" ? [] : [3, 3]);
    ctx.arc(x, y, radius * 1.42 + 2, 0, FULL_TURN);
  }
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.lineCap = "butt";
}
