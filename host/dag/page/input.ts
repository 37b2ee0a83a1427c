/** What a person does with mouse, finger and keys. */
import type { Block, Dag } from "./dag.ts";
import { byId } from "./elements.ts";
import type { View } from "./view.ts";

export interface Actions {
  readonly selected: () => Block | undefined;
  readonly select: (digest: string | undefined) => void;
  readonly pause: () => void;
  readonly newest: () => void;
  readonly find: (text: string) => void;
  readonly changed: () => void;
}

/** Pixels that a pointer may move and still have clicked. */
const CLICK = 4;
/** Rounds that are looked through for the next block. */
const MOST_STEPS = 500;

export function listen(canvas: HTMLCanvasElement, dag: Dag, view: View, actions: Actions): void {
  pointer(canvas, dag, view, actions);
  byId("picture").addEventListener("keydown", (event) => {
    if (keyOnPicture(event.key, dag, actions)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    if (keyOnPage(event.key, view, actions)) event.preventDefault();
  });
  const on = (id: string, action: () => void): void => byId(id).addEventListener("click", action);
  on("pause", actions.pause);
  on("newest", actions.newest);
  on("in", () => zoom(view, 1, actions));
  on("out", () => zoom(view, -1, actions));
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    actions.find(byId<HTMLInputElement>("wanted").value);
  });
}

function pointer(canvas: HTMLCanvasElement, dag: Dag, view: View, actions: Actions): void {
  let from: { readonly x: number; readonly start: number } | undefined;
  canvas.addEventListener("pointerdown", (event) => {
    from = { x: event.offsetX, start: event.offsetX };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    if (Math.abs(event.offsetX - from.start) > CLICK) {
      view.scroll((from.x - event.offsetX) / view.column, dag);
      actions.changed();
    }
    from = { ...from, x: event.offsetX };
  });
  canvas.addEventListener("pointerup", (event) => {
    if (from && Math.abs(event.offsetX - from.start) <= CLICK) {
      actions.select(view.hit({ x: event.offsetX, y: event.offsetY }, dag)?.digest);
    }
    from = undefined;
  });
  canvas.addEventListener("pointercancel", () => {
    from = undefined;
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const by = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY;
      if (event.ctrlKey) view.zoom(-Math.sign(by), event.offsetX);
      else view.scroll(by / view.column, dag);
      actions.changed();
    },
    { passive: false },
  );
}

function zoom(view: View, steps: number, actions: Actions): void {
  view.zoom(steps);
  actions.changed();
}

function keyOnPage(key: string, view: View, actions: Actions): boolean {
  switch (key) {
    case "p":
      actions.pause();
      return true;
    case "/":
      byId("wanted").focus();
      return true;
    case "+":
    case "=":
      zoom(view, 1, actions);
      return true;
    case "-":
      zoom(view, -1, actions);
      return true;
    case "End":
      actions.newest();
      return true;
    case "Escape":
      actions.select(undefined);
      return true;
    default:
      return false;
  }
}

function keyOnPicture(key: string, dag: Dag, { selected, select }: Actions): boolean {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  const step = steps[key];
  if (!step) return false;
  const next = neighbour(dag, selected(), step);
  if (next) select(next.digest);
  return true;
}

/** The next block in a direction; without one to go from, the newest of the first validator that has one. */
function neighbour(dag: Dag, from: Block | undefined, [rounds, authors]: readonly [number, number]): Block | undefined {
  const size = dag.begin.committee.length;
  if (!from) {
    for (let author = 0; author < size; author++) {
      const newest = dag.at(dag.newestOf(author), author)[0];
      if (newest) return newest;
    }
    return undefined;
  }
  const twins = dag.at(from.round, from.author);
  const twin = authors === 0 ? undefined : twins[twins.indexOf(from) + authors];
  if (twin) return twin;
  let { round, author } = from;
  for (let i = 0; i < MOST_STEPS; i++) {
    round += rounds;
    author += authors;
    if (author < 0 || author >= size || round < dag.first || round > dag.last) return undefined;
    const [block] = dag.at(round, author);
    if (block) return block;
  }
  return undefined;
}
