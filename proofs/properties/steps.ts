/**
 * How much work each frame of the recorded sessions is: how often the loops of the component turn for it. That is the same on every machine, and
 * stays what it is while only what lies between loops changes; so a number that moves says that some work is done more often, or less, than before.
 */
import { LANES } from "../../core/wire/frames.ts";
import { type Codec, decode } from "../../core/wire/schema.ts";
import type { ComponentExports } from "../../test/support/component.ts";
import { type Build, loadCounted } from "../../test/support/wasm.ts";
import type { Frame, Recording } from "./sessions.ts";

/** The kind of a frame, by its lane; frames of lanes with one kind have none. */
function nameOf({ lane, bytes }: Frame): string {
  if (typeof lane === "number") return `lane ${lane}`;
  try {
    const { kind } = decode<{ kind?: string }>(LANES[lane] as unknown as Codec<{ kind?: string }>, bytes);
    return kind === undefined ? lane : `${lane} ${kind}`;
  } catch {
    return `${lane} malformed`;
  }
}

/** "lane kind turns" for each frame of a recording. */
export async function stepsOf({ component: name, record }: Recording, build: Build): Promise<readonly string[]> {
  const { begin, frames } = await record();
  const { exports, turns } = loadCounted(name, build);
  const component = begin(exports as unknown as ComponentExports);
  return frames.map((frame) => {
    const before = turns();
    component.stepRaw(frame.lane, frame.bytes);
    return `${nameOf(frame)} ${turns() - before}`;
  });
}
