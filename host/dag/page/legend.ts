/** What the signs mean, drawn by what draws them. */
import type { BlockState, SlotState } from "./dag.ts";
import { mark, square, type Theme } from "./draw.ts";
import { element } from "./elements.ts";

interface Sign {
  readonly text: string;
  readonly state: BlockState;
  readonly slot?: SlotState;
  readonly carries?: boolean;
  readonly twin?: boolean;
}

const SIGNS: readonly Sign[] = [
  { text: "committed", state: "committed" },
  { text: "with transactions", state: "committed", carries: true },
  { text: "not yet", state: "open" },
  { text: "never", state: "passed" },
  { text: "leader committed", state: "committed", slot: "committed" },
  { text: "leader undecided", state: "open", slot: "undecided" },
  { text: "leader skipped", state: "open", slot: "skipped" },
  { text: "signed twice", state: "open", twin: true },
];
const SIZE = 22;
const RADIUS = 6;

export function showLegend(list: HTMLElement, theme: Theme): void {
  list.replaceChildren(...SIGNS.map((sign) => element("li", {}, [picture(sign, theme), sign.text])));
}

function picture({ state, slot, carries = false, twin = false }: Sign, theme: Theme): HTMLCanvasElement {
  const canvas = element("canvas", { width: SIZE * devicePixelRatio, height: SIZE * devicePixelRatio });
  canvas.setAttribute("aria-hidden", "true");
  const ctx = canvas.getContext("2d")!;
  ctx.scale(devicePixelRatio, devicePixelRatio);
  const transactions = carries ? [""] : [];
  if (slot === "skipped") {
    mark(ctx, theme, SIZE / 2, SIZE / 2, RADIUS, slot);
    return canvas;
  }
  square(ctx, SIZE / 2, SIZE / 2, RADIUS, theme, { state, transactions }, twin);
  if (slot) mark(ctx, theme, SIZE / 2, SIZE / 2, RADIUS * 0.9, slot);
  return canvas;
}
