/**
 * Back-pressure of one lane between two threads. The sender takes credit for what it sends; the receiver gives it back when its
 * component has served the frames, not when they arrive. So no more than the limits here, and one batch, ever waits on a lane,
 * and a lane that is not served stops its own sender and nobody else.
 */

import type { LaneToCore } from "./runner.ts";

/** Frames of one lane that may be under way when another batch is sent. */
const LANE_FRAMES = 1_024;
/** The same in bytes: two frames of the largest size (MAX_FRAME_BYTES), or very many small ones. */
const LANE_BYTES = 16_777_216;

/** Frames of one batch, a fraction of the credit, so that a lane does not run dry while credit comes back. */
const BATCH_FRAMES = 256;
/** Bytes after which a batch takes no further frame. */
const BATCH_BYTES = 1_048_576;

/** What a batch takes, and what is given back for it. */
export interface Load {
  readonly frames: number;
  readonly bytes: number;
}

export class Credit {
  #frames = 0;
  #bytes = 0;
  #closed = false;
  #waiting: (() => void)[] = [];

  /** True when the lane takes another batch. */
  get open(): boolean {
    return this.#closed || (this.#frames < LANE_FRAMES && this.#bytes < LANE_BYTES);
  }

  take({ frames, bytes }: Load): void {
    this.#frames += frames;
    this.#bytes += bytes;
  }

  give({ frames, bytes }: Load): void {
    this.#frames -= frames;
    this.#bytes -= bytes;
    this.#wake();
  }

  /** Sends frames in batches, each as soon as the lane is open. Resolves when the last one was. One call at a time keeps the order. */
  async send(frames: readonly Uint8Array[], post: (batch: readonly Uint8Array[], load: Load) => void): Promise<void> {
    for (const batch of batchesOf(frames)) {
      while (!this.open) await new Promise<void>((wake) => this.#waiting.push(wake));
      const load = loadOf(batch);
      this.take(load);
      post(batch, load);
    }
  }

  /** Nobody serves the lane any more: whoever waits goes on. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #wake(): void {
    if (!this.open) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** The credit of each of the host's lanes. */
export function hostCredits(): Readonly<Record<LaneToCore, Credit>> {
  return {
    hostToVerify: new Credit(),
    hostToOrder: new Credit(),
    hostToExecute: new Credit(),
    hostToLedger: new Credit(),
  };
}

/** Frames in the batches in which a lane takes them, in order. A frame larger than a batch is a batch of its own. */
function* batchesOf(frames: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < frames.length; i++) {
    const next = frames[i]!.length;
    if (i > from && (i - from === BATCH_FRAMES || bytes + next > BATCH_BYTES)) {
      yield frames.slice(from, i);
      from = i;
      bytes = 0;
    }
    bytes += next;
  }
  if (from < frames.length) yield frames.slice(from);
}

export function loadOf(frames: readonly Uint8Array[]): Load {
  return { frames: frames.length, bytes: frames.reduce((sum, { length }) => sum + length, 0) };
}
