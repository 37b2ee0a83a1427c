/**
 * Users' signatures as IOTA serializes them: flag || signature || public key, over blake2b256(intent || bcs(TransactionData)).
 *
 * Ed25519 is upstream's. The ML-DSA flags are Caisson's own, far from upstream's small numbers; their addresses follow the rule that
 * upstream has for every scheme but Ed25519. Upstream's other schemes (1 secp256k1, 2 secp256r1, 3 multisig, 6 passkey, 7 Move
 * authenticator) are not supported, nor is 5 zkLogin, which protocol 38 refuses as well; 4 is for validators.
 *
 * Sources: iotaledger/iota crates/iota-types/src/crypto.rs (SignatureScheme, flags, GenericSignature), base_types.rs (addresses of public
 * keys), crates/shared-crypto/src/intent.rs; FIPS 204, table 2, for the ML-DSA lengths.
 */
import { LENGTH_32 } from "../bytes";
import { blake2b256, blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
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
export const FLAG_MLDSA44: u32 = 0x20;
export const FLAG_MLDSA65: u32 = 0x21;

const FLAG_BYTES: u32 = 1;
/** RFC 8032. */
const ED25519_SIGNATURE_BYTES: u32 = 64;
const ED25519_PUBLIC_KEY_BYTES: u32 = 32;

/** Intent of a transaction: scope TransactionData 0, version V0 0, application Iota 0. */
const INTENT: usize = memory.data(3, 16);
const INTENT_BYTES: u32 = 3;

/** A streaming hash, BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);
/** Flag and the longest public key: what an address is the hash of. */
const KEY: usize = memory.data(1_953, 16);

/** Bytes of a serialized signature whose first byte is `flag`; 0 for a scheme that is not supported. */
export function signatureBytes(flag: u32): u32 {
  const key = keyBytes(flag);
  return key == 0 ? 0 : FLAG_BYTES + bareBytes(flag) + key;
}

function bareBytes(flag: u32): u32 {
  if (flag == FLAG_ED25519) return ED25519_SIGNATURE_BYTES;
  return <u32>(flag == FLAG_MLDSA65 ? MLDSA65_SIGNATURE_BYTES : MLDSA44_SIGNATURE_BYTES);
}

function keyBytes(flag: u32): u32 {
  if (flag == FLAG_ED25519) return ED25519_PUBLIC_KEY_BYTES;
  if (flag == FLAG_MLDSA65) return <u32>MLDSA65_PUBLIC_KEY_BYTES;
  return flag == FLAG_MLDSA44 ? <u32>MLDSA44_PUBLIC_KEY_BYTES : 0;
}

/**
 * Writes the address that a signature of supported scheme and right length belongs to: the hash of the public key, with the flag before
 * it for every scheme but Ed25519.
 */
export function signatureAddress(out: usize, signature: usize): void {
  const flag = <u32>load<u8>(signature);
  const key = signature + FLAG_BYTES + bareBytes(flag);
  const length = keyBytes(flag);
  if (flag == FLAG_ED25519) {
    blake2b256(out, key, length);
    return;
  }
  store<u8>(KEY, flag);
  memory.copy(KEY + FLAG_BYTES, key, length);
  blake2b256(out, KEY, FLAG_BYTES + length);
}

/** Writes the 32 bytes that users sign for a transaction: blake2b256(intent || bcs(TransactionData)). */
export function transactionMessage(out: usize, transaction: usize, length: u32): void {
  blake2b256Init(HASH);
  blake2b256Update(HASH, INTENT, INTENT_BYTES);
  blake2b256Update(HASH, transaction, length);
  blake2b256Final(HASH, out);
}

/** Whether a signature of supported scheme and right length is good for the 32-byte message; ML-DSA with an empty context string. */
export function signatureVerify(signature: usize, message: usize): bool {
  const flag = <u32>load<u8>(signature);
  const bare = signature + FLAG_BYTES;
  const length = bareBytes(flag);
  const key = bare + length;
  const messageLength = <u32>LENGTH_32;
  if (flag == FLAG_ED25519) return ed25519Verify(bare, key, message, messageLength);
  if (flag == FLAG_MLDSA65) return mldsa65Verify(bare, length, key, message, messageLength, 0, 0);
  return mldsa44Verify(bare, length, key, message, messageLength, 0, 0);
}
