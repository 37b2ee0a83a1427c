/**
 * Users' signatures of every scheme, flag first.
 *
 * Upstream's other schemes (3 multisig, 6 passkey, 7 Move authenticator) are not supported, nor is 5 zkLogin, which protocol 38 refuses as
 * well; 4 is for validators.
 *
 * Sources: iotaledger/iota-rust-sdk crates/iota-sdk-types/src/crypto/signature.rs (UserSignature), iotaledger/iota
 * crates/shared-crypto/src/intent.rs.
 */
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
import { bareBytes, FLAG_BYTES, keyAddress, keyBytes, verifyBare } from "./simple-signature";

/** Intent of a transaction: scope TransactionData 0, version V0 0, application Iota 0. */
const INTENT: usize = memory.data(3, 16);
const INTENT_BYTES: u32 = 3;

/** A streaming hash, BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);

/** Bytes of a serialized signature whose first byte is `flag`; 0 for a scheme that is not supported. */
export function signatureBytes(flag: u32): u32 {
  const key = keyBytes(flag);
  return key == 0 ? 0 : FLAG_BYTES + bareBytes(flag) + key;
}

/** Writes the address that a signature of supported scheme and right length belongs to. */
export function signatureAddress(out: usize, signature: usize): void {
  const flag = <u32>load<u8>(signature);
  keyAddress(out, flag, signature + FLAG_BYTES + bareBytes(flag), keyBytes(flag));
}

/** Writes the 32 bytes that users sign for a transaction: blake2b256(intent || bcs(TransactionData)). */
export function transactionMessage(out: usize, transaction: usize, length: u32): void {
  blake2b256Init(HASH);
  blake2b256Update(HASH, INTENT, INTENT_BYTES);
  blake2b256Update(HASH, transaction, length);
  blake2b256Final(HASH, out);
}

/** Whether a signature of supported scheme and right length is good for the 32-byte message. */
export function signatureVerify(signature: usize, message: usize): bool {
  const flag = <u32>load<u8>(signature);
  const bare = signature + FLAG_BYTES;
  return verifyBare(flag, bare, bare + bareBytes(flag), message);
}
