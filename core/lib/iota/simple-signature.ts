/**
 * Users' signatures by one key, as IOTA serializes them: flag || signature || public key, over blake2b256(intent || bcs(TransactionData)).
 *
 * Ed25519, secp256k1 and secp256r1 are upstream's; ECDSA signs SHA-256 of that hash. The ML-DSA flags are Caisson's own, far from
 * upstream's small numbers; their addresses follow the rule that upstream has for every scheme but Ed25519.
 *
 * Sources: iotaledger/iota-rust-sdk crates/iota-sdk-types/src/crypto/signature.rs (SimpleSignature), iotaledger/iota
 * crates/iota-types/src/base_types.rs (addresses of public keys); FIPS 204, table 2, for the ML-DSA lengths.
 */
import { LENGTH_32 } from "../bytes";
import { blake2b256 } from "../hash/blake2b";
import { sha256 } from "../hash/sha256";
import { ECDSA_PUBLIC_KEY_BYTES, ECDSA_SIGNATURE_BYTES, secp256k1Verify, secp256r1Verify } from "../sig/ecdsa";
import { ed25519Verify } from "../sig/ed25519";
import {
  MLDSA44_PUBLIC_KEY_BYTES,
  MLDSA44_SIGNATURE_BYTES,
  MLDSA65_PUBLIC_KEY_BYTES,
  MLDSA65_SIGNATURE_BYTES,
  mldsa44Verify,
  mldsa65Verify,
} from "../sig/mldsa";

/** Flag bytes. */
export const FLAG_ED25519: u32 = 0x00;
export const FLAG_SECP256K1: u32 = 0x01;
export const FLAG_SECP256R1: u32 = 0x02;
export const FLAG_MLDSA44: u32 = 0x20;
export const FLAG_MLDSA65: u32 = 0x21;

/** Bytes of a flag. */
export const FLAG_BYTES: u32 = 1;
/** RFC 8032. */
const ED25519_SIGNATURE_BYTES: u32 = 64;
const ED25519_PUBLIC_KEY_BYTES: u32 = 32;

/** Flag and the longest public key: what an address is the hash of. */
const FLAGGED_KEY: usize = memory.data(1_953, 16);
const HASH: usize = memory.data(32, 16);

/** No flag. */
export const NO_FLAG: u32 = u32.MAX_VALUE;

function keyBytes(flag: u32): u32 {
  if (flag == FLAG_ED25519) return ED25519_PUBLIC_KEY_BYTES;
  if (flag == FLAG_SECP256K1 || flag == FLAG_SECP256R1) return ECDSA_PUBLIC_KEY_BYTES;
  if (flag == FLAG_MLDSA44) return <u32>MLDSA44_PUBLIC_KEY_BYTES;
  return flag == FLAG_MLDSA65 ? <u32>MLDSA65_PUBLIC_KEY_BYTES : 0;
}

function bareBytes(flag: u32): u32 {
  if (flag == FLAG_ED25519) return ED25519_SIGNATURE_BYTES;
  if (flag == FLAG_SECP256K1 || flag == FLAG_SECP256R1) return ECDSA_SIGNATURE_BYTES;
  return <u32>(flag == FLAG_MLDSA65 ? MLDSA65_SIGNATURE_BYTES : MLDSA44_SIGNATURE_BYTES);
}

/** Whether the flag is of one of these schemes. */
export function isSimpleFlag(flag: u32): bool {
  return keyBytes(flag) > 0;
}

/** The flag of a serialized signature; NO_FLAG when it is not one of these schemes' with that scheme's length. */
export function simpleFlag(at: usize, length: u32): u32 {
  if (length < FLAG_BYTES) return NO_FLAG;
  const flag = <u32>load<u8>(at);
  return isSimpleFlag(flag) && length == FLAG_BYTES + bareBytes(flag) + keyBytes(flag) ? flag : NO_FLAG;
}

/** The public key in a serialized signature. */
export function simpleKey(at: usize): usize {
  return at + FLAG_BYTES + bareBytes(load<u8>(at));
}

/** Writes the address that a serialized signature belongs to. */
export function simpleAddress(out: usize, at: usize): void {
  const flag = <u32>load<u8>(at);
  keyAddress(out, flag, simpleKey(at), keyBytes(flag));
}

/**
 * Writes the address of a public key of any scheme: its hash, with the flag before it for all but Ed25519. `length` is at most that of
 * ML-DSA-65's.
 */
export function keyAddress(out: usize, flag: u32, key: usize, length: u32): void {
  if (flag == FLAG_ED25519) {
    blake2b256(out, key, length);
    return;
  }
  store<u8>(FLAGGED_KEY, flag);
  memory.copy(FLAGGED_KEY + FLAG_BYTES, key, length);
  blake2b256(out, FLAGGED_KEY, FLAG_BYTES + length);
}

/** Whether the bare signature is the key's on the 32-byte message; ML-DSA with an empty context string. */
export function verifyBare(flag: u32, signature: usize, key: usize, message: usize): bool {
  const length = <u32>LENGTH_32;
  if (flag == FLAG_ED25519) return ed25519Verify(signature, key, message, length);
  if (flag == FLAG_MLDSA65) return mldsa65Verify(signature, MLDSA65_SIGNATURE_BYTES, key, message, length, 0, 0);
  if (flag == FLAG_MLDSA44) return mldsa44Verify(signature, MLDSA44_SIGNATURE_BYTES, key, message, length, 0, 0);
  sha256(HASH, message, length);
  return flag == FLAG_SECP256K1 ? secp256k1Verify(signature, key, HASH) : secp256r1Verify(signature, key, HASH);
}
