/** Frames of one lane as threads exchange them: all in one buffer, which is handed over instead of copied. A buffer each would cost more than the frames. */
import type { MessagePort, Worker } from "node:worker_threads";
import type { LaneName } from "../../core/wire/frames.ts";
import type { Load } from "../credit.ts";

export interface Batch {
  readonly lane: LaneName;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each frame ends in `bytes`. */
  readonly ends: Uint32Array;
}

/** The receiver's word back: credit for frames that its component has served. */
export interface Served {
  readonly served: LaneName;
  readonly load: Load;
}

/** Sends frames through a port. They are copied: the caller keeps them. */
export function postBatch(
  port: Pick<MessagePort | Worker, "postMessage">,
  lane: LaneName,
  frames: readonly Uint8Array[],
): void {
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  const ends = new Uint32Array(frames.length);
  let at = 0;
  frames.forEach((frame, i) => {
    bytes.set(frame, at);
    at += frame.length;
    ends[i] = at;
  });
  port.postMessage({ lane, bytes, ends } satisfies Batch, [bytes.buffer]);
}

/** The frames of a batch that came, as views of its buffer. */
export function framesOf({ bytes, ends }: Batch): Uint8Array[] {
  return Array.from(ends, (end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}
