/** Blocks that nobody has verified: what becomes of them is for whoever is given them. */
import { Block, type BlockHeader } from "../../../core/wire/frames.ts";
import { SIGNATURE_BYTES } from "../../../core/wire/limits.ts";
import { encode, type Value } from "../../../core/wire/schema.ts";

/** bcs(Block) */
export function testBlock(round: bigint, author: number, fields: Partial<Value<typeof BlockHeader>> = {}): Uint8Array {
  return encode(Block, {
    header: {
      chain: new Uint8Array(32),
      epoch: 0n,
      author,
      boot: 1n,
      round,
      parents: [],
      timestampMs: 0n,
      transactions: [],
      ...fields,
    },
    signature: new Uint8Array(SIGNATURE_BYTES),
  });
}
