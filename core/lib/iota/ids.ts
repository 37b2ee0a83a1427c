/**
 * Ids of created objects: blake2b256(0xf1 || transaction digest || count as u64).
 * Source: iotaledger/iota crates/iota-types/src/base_types.rs, ObjectID::derive_id; HashingIntentScope::RegularObjectId.
 */
import { copy32 } from "../bytes";
import { blake2b256 } from "../hash/blake2b";

/** HashingIntentScope::RegularObjectId. */
const SCOPE_REGULAR_OBJECT_ID: u8 = 0xf1;
const PREIMAGE_BYTES: u32 = 41;
/** The scope byte lies at 7, so that the digest is 8-aligned. */
const PREIMAGE: usize = memory.data(48, 16);

/** Writes the id of the `count`-th object that the transaction creates, from 0, at `out`. */
export function deriveId(out: usize, transactionDigest: usize, count: u64): void {
  store<u8>(PREIMAGE, SCOPE_REGULAR_OBJECT_ID, 7);
  copy32(PREIMAGE + 8, transactionDigest);
  store<u64>(PREIMAGE, count, 40);
  blake2b256(out, PREIMAGE + 7, PREIMAGE_BYTES);
}
