/** Cutting a checkpoint's signatures into frames: in order, all of them, each frame within the bound, and no more frames than needed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LANES } from "../../../core/wire/frames.ts";
import {
  MAX_BLOCK_TRANSACTIONS,
  MAX_CHECKPOINT_TRANSACTIONS,
  MAX_COMMIT_TRANSACTIONS,
  MAX_FRAME_BYTES,
  MAX_SIGNATURE_BYTES,
} from "../../../core/wire/limits.ts";
import { encode } from "../../../core/wire/schema.ts";
import { signatureFrames } from "../../../host/pipeline/signature-frames.ts";

const frameBytes = (signatures: readonly (readonly Uint8Array[])[]) =>
  encode(LANES.hostToLedger, { kind: "signatures", id: 2n ** 64n - 1n, signatures }).length;

describe("signature frames", () => {
  it("of a fullest block of longest signatures fit, where one frame would not", () => {
    const longest = new Uint8Array(MAX_SIGNATURE_BYTES);
    const lists = Array.from({ length: MAX_BLOCK_TRANSACTIONS }, () => [longest, longest]);
    const frames = signatureFrames(lists);
    expect(frames.flat()).toEqual(lists);
    expect(frames.length).toBe(3);
    for (const frame of frames) expect(frameBytes(frame)).toBeLessThanOrEqual(MAX_FRAME_BYTES);
  });

  it("of more transactions than one commit has are several, as a frame has no more lists", () => {
    const lists = Array.from({ length: MAX_CHECKPOINT_TRANSACTIONS }, (_, i) => [Uint8Array.of(i, i >> 8)]);
    const frames = signatureFrames(lists);
    expect(frames.flat()).toEqual(lists);
    expect(frames.map(({ length }) => length)).toEqual([
      MAX_COMMIT_TRANSACTIONS,
      MAX_CHECKPOINT_TRANSACTIONS - MAX_COMMIT_TRANSACTIONS,
    ]);
    for (const frame of frames) expect(frameBytes(frame)).toBeLessThanOrEqual(MAX_FRAME_BYTES);
  });

  it("hold all lists in order, within the bound, and each frame's next list would not have fitted", () => {
    const BOUND = 300;
    const list = fc.array(
      fc.nat(90).map((length) => new Uint8Array(length).fill(length)),
      { minLength: 1, maxLength: 2 },
    );
    fc.assert(
      fc.property(fc.array(list, { maxLength: 40 }), (lists) => {
        const frames = signatureFrames(lists, BOUND);
        expect(frames.flat()).toEqual(lists);
        frames.forEach((frame, i) => {
          expect(frame.length).toBeGreaterThan(0);
          expect(frameBytes(frame)).toBeLessThanOrEqual(BOUND);
          const next = frames[i + 1]?.[0];
          // Lengths are taken at their longest, 5 bytes each.
          if (next) expect(frameBytes([...frame, next])).toBeGreaterThan(BOUND - 16 - 15 * (frame.length + 1));
        });
      }),
      { seed: 512, numRuns: 300 },
    );
  });
});
