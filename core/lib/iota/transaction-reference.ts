/**
 * Object references and digests inside transactions: {id 32, version u64, digest}, the digest with its length before it (0x20), because
 * upstream serializes digests as byte strings and ids as arrays.
 * Source: iotaledger/iota crates/iota-types/src/base_types.rs (ObjectRef), digests.rs.
 */
import { LENGTH_32 } from "../bytes";
import * as reader from "../reader";

/** One object reference, in bytes. */
export const REFERENCE_BYTES: usize = 73;
const VERSION: usize = 32;
const DIGEST: usize = 41;

/** Passes over a digest; returns the address of its 32 bytes. */
export function readDigest(): usize {
  if (reader.u8_() != <u32>LENGTH_32) reader.fail();
  return reader.raw32();
}

/** Passes over a reference; returns its address, where its id lies. */
export function readReference(): usize {
  const at = reader.raw32();
  reader.u64_();
  readDigest();
  return at;
}

/** The version that a reference names. */
export function referenceVersion(reference: usize): u64 {
  return load<u64>(reference, VERSION);
}

/** The address of a reference's digest, 32 bytes. */
export function referenceDigest(reference: usize): usize {
  return reference + DIGEST;
}
