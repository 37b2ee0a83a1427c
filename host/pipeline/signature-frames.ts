/** Signatures of a checkpoint's transactions in frames that each fit: the ledger takes them in as many as it is given. */
import { MAX_COMMIT_TRANSACTIONS, MAX_FRAME_BYTES, MAX_SIGNATURES } from "../../core/wire/limits.ts";

type Signatures = readonly Uint8Array[];

/** Longest ULEB128 of a length or count, in bytes. */
const ULEB_BYTES = 5;
/** Variant, id and count of a frame. */
const FRAME_HEAD_BYTES = 16;

/** The lists in order, cut into runs whose frames are of at most `frameBytes`, and of no more lists than a frame may have. */
export function signatureFrames(lists: readonly Signatures[], frameBytes = MAX_FRAME_BYTES): Signatures[][] {
  const frames: Signatures[][] = [];
  let left = 0;
  for (const list of lists) {
    const bytes = list.reduce((sum, { length }) => sum + length, (1 + MAX_SIGNATURES) * ULEB_BYTES);
    if (frames.length === 0 || bytes > left || frames.at(-1)!.length === MAX_COMMIT_TRANSACTIONS) {
      frames.push([]);
      left = frameBytes - FRAME_HEAD_BYTES;
    }
    frames.at(-1)!.push(list);
    left -= bytes;
  }
  return frames;
}
