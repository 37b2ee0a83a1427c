/** Requests to `verify` that wait at the same time: the same ones in fewer frames. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { HostToVerify } from "../../../core/wire/frames.ts";
import { MAX_VERIFY_TRANSACTIONS } from "../../../core/wire/limits.ts";
import { decode, encode, type Value } from "../../../core/wire/schema.ts";
import { together } from "../../../host/verify-frames.ts";

type Request = Value<typeof HostToVerify>;

const blob = fc.uint8Array({ maxLength: 300 });
const id = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const request: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("transaction" as const),
      id,
      transaction: blob,
      signatures: fc.array(blob, { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("block" as const), id, block: blob }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("checkpoint" as const), id, summary: blob, certificate: blob }),
  },
);

test("are the same requests in the same order, as many in a frame as it takes", () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 90, size: "max" }), (requests) => {
      const frames = together(requests.map((one) => encode(HostToVerify, one))).map((f) => decode(HostToVerify, f));
      const again = frames.flatMap((frame): Request[] => {
        if (frame.kind !== "transactions") return [frame];
        expect(frame.transactions.length).toBeGreaterThan(1);
        return frame.transactions.map((one) => ({ kind: "transaction", ...one }));
      });
      expect(again).toEqual(requests.map((one) => decode(HostToVerify, encode(HostToVerify, one))));
      for (const [i, frame] of frames.entries()) {
        const before = frames[i - 1];
        if (!before || (frame.kind !== "transaction" && frame.kind !== "transactions")) continue;
        // Two frames of transactions stand side by side only when the first is full.
        if (before.kind === "transactions") expect(before.transactions).toHaveLength(MAX_VERIFY_TRANSACTIONS);
        else expect(before.kind).not.toBe("transaction");
      }
    }),
    { seed: 0x7e6, numRuns: 100 },
  );
});
