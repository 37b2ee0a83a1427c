/** Checkpoint contents are written by the project's own codec; their form is that of the official client's BCS library. */
import { toBase58 } from "@iota/iota-sdk/utils";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CheckpointContentsBcs, encodeContents } from "../../../host/format/checkpoint.ts";

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const transaction = fc.record({
  transaction: digest,
  effects: digest,
  signatures: fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 2 }),
});

it("checkpoint contents have the bytes that BCS gives them", () => {
  fc.assert(
    fc.property(fc.array(transaction, { maxLength: 5 }), (transactions) => {
      const expected = CheckpointContentsBcs.serialize({
        V1: {
          transactions: transactions.map(({ transaction, effects }) => ({
            transaction: toBase58(transaction),
            effects: toBase58(effects),
          })),
          userSignatures: transactions.map(({ signatures }) => signatures.map((signature) => [...signature])),
        },
      }).toBytes();
      expect(encodeContents(transactions)).toEqual(expected);
    }),
    { seed: 11, numRuns: 100 },
  );
});
