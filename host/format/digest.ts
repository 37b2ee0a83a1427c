/** Digests as IOTA names them: blake2b256(name || "::" || bcs) (source: iotaledger/iota crates/iota-types/src/crypto.rs, bcs_signable). */
import { blake2b } from "@noble/hashes/blake2.js";

/** Types whose digests have a name; "CaissonBlock" is ours. */
export type Signable =
  | "TransactionData"
  | "TransactionEffects"
  | "Object"
  | "CheckpointSummary"
  | "CheckpointContents"
  | "CaissonBlock";

const DIGEST_BYTES = 32;
const encoder = new TextEncoder();

/** Unkeyed BLAKE2b with 32 bytes of output. */
export function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: DIGEST_BYTES });
}

/** 32-byte digest of a BCS value under its type's name. */
export function digestOf(name: Signable, bcs: Uint8Array): Uint8Array {
  return blake2b
    .create({ dkLen: DIGEST_BYTES })
    .update(encoder.encode(`${name}::`))
    .update(bcs)
    .digest();
}
