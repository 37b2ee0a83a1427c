/**
 * Users' signatures of every scheme, flag first.
 *
 * Not supported are upstream's Move authenticator (7), and 5 zkLogin, which protocol 38 refuses as well; 4 is for validators.
 *
 * Sources: iotaledger/iota-rust-sdk crates/iota-sdk-types/src/crypto/signature.rs (UserSignature), intent.rs beside it.
 */

import * as code from "../../wire/generated";
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
import { ECDSA_PUBLIC_KEY_BYTES } from "../sig/ecdsa";
import { FLAG_MULTISIG, multisigAddress, openMultisig, verifyMultisig } from "./multisig";
import { FLAG_PASSKEY, openPasskey, passkeyKey, verifyPasskey } from "./passkey";
import { fault, NO_FAULT } from "./signature-fault";
import {
  FLAG_BYTES,
  isSimpleFlag,
  keyAddress,
  NO_FLAG,
  simpleAddress,
  simpleFlag,
  simpleKey,
  verifyBare,
} from "./simple-signature";

/** Intent of a transaction: scope TransactionData 0, version V0 0, application Iota 0. */
const INTENT: usize = memory.data(3, 16);
const INTENT_BYTES: u32 = 3;

/** A streaming hash, BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);

/** Whether signatures whose first byte is `flag` are supported. */
export function isSupportedFlag(flag: u32): bool {
  return isSimpleFlag(flag) || flag == FLAG_MULTISIG || flag == FLAG_PASSKEY;
}

/** Looks at the form of a signature whose flag, its first byte, is supported; NO_FAULT, or what is wrong with it. */
export function signatureForm(at: usize, length: u32): u64 {
  const flag = <u32>load<u8>(at);
  if (flag == FLAG_MULTISIG) return openMultisig(at, length);
  if (flag == FLAG_PASSKEY) return openPasskey(at, length);
  return simpleFlag(at, length) == NO_FLAG ? fault(code.REJECT_FAULT_MALFORMED) : NO_FAULT;
}

/** Writes the address that a signature of right form belongs to. */
export function signatureAddress(out: usize, at: usize, length: u32): void {
  const flag = <u32>load<u8>(at);
  if (flag == FLAG_MULTISIG) {
    openMultisig(at, length);
    multisigAddress(out);
  } else if (flag == FLAG_PASSKEY) {
    openPasskey(at, length);
    keyAddress(out, flag, passkeyKey(), ECDSA_PUBLIC_KEY_BYTES);
  } else {
    simpleAddress(out, at);
  }
}

/** Writes the 32 bytes that users sign for a transaction: blake2b256(intent || bcs(TransactionData)). */
export function transactionMessage(out: usize, transaction: usize, length: u32): void {
  blake2b256Init(HASH);
  blake2b256Update(HASH, INTENT, INTENT_BYTES);
  blake2b256Update(HASH, transaction, length);
  blake2b256Final(HASH, out);
}

/** Whether a signature of right form is good for the 32-byte message; NO_FAULT, or why not. */
export function signatureVerify(at: usize, length: u32, message: usize): u64 {
  const flag = <u32>load<u8>(at);
  if (flag == FLAG_MULTISIG) {
    openMultisig(at, length);
    return verifyMultisig(message);
  }
  if (flag == FLAG_PASSKEY) {
    openPasskey(at, length);
    return verifyPasskey(message);
  }
  const valid = verifyBare(flag, at + FLAG_BYTES, simpleKey(at), message);
  return valid ? NO_FAULT : fault(code.REJECT_FAULT_SIGNATURE);
}
