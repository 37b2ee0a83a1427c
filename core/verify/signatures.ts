/**
 * The signatures of a user's transaction: one of the sender, and one of the gas owner when that is another address; in any order, and
 * none besides.
 *
 * Source: iotaledger/iota crates/iota-types/src/signature_verification.rs (verify_sender_signed_data_message_signatures); the comment at
 * each rejection names upstream's error.
 */
import { equal32 } from "../lib/bytes";
import {
  isSupportedFlag,
  signatureAddress,
  signatureForm,
  signatureVerify,
  transactionMessage,
} from "../lib/iota/signature";
import { NO_FAULT } from "../lib/iota/signature-fault";
import { transactionGasOwner, transactionSender } from "../lib/iota/transaction";
import * as reader from "../lib/reader";
import * as code from "../wire/generated";
import * as together from "./together";
import { PASSED, reject } from "./verdict";

/** Address (u32) and length (u32) of each signature, MAX_SIGNATURES of them. */
const SIGNATURES: usize = memory.data(16, 16);
/** Addresses that they belong to, 32 bytes each. */
const SIGNERS: usize = memory.data(64, 16);
const MESSAGE: usize = memory.data(32, 16);

let count: u32 = 0;
let bcsBytes: u32 = 0;

/** Reads the vector of signatures with the open reader. */
export function readSignatures(): void {
  const start = reader.position();
  count = reader.count(code.MAX_SIGNATURES);
  for (let i: u32 = 0; i < count; i++) {
    const length = reader.count(code.MAX_SIGNATURE_BYTES);
    store<u32>(SIGNATURES + ((<usize>i) << 3), <u32>reader.take(length));
    store<u32>(SIGNATURES + ((<usize>i) << 3), length, 4);
  }
  bcsBytes = <u32>(reader.position() - start);
}

/** Bytes that the vector of signatures takes. */
export function signaturesBytes(): u32 {
  return bcsBytes;
}

function signature(index: u32): usize {
  return load<u32>(SIGNATURES + ((<usize>index) << 3));
}

function lengthOf(index: u32): u32 {
  return load<u32>(SIGNATURES + ((<usize>index) << 3), 4);
}

function signer(index: u32): usize {
  return SIGNERS + ((<usize>index) << 5);
}

/** Whether every signature has a scheme that is supported, and that scheme's form. Upstream finds this when it decodes them. */
export function checkSignatureForms(): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const length = lengthOf(i);
    if (length == 0) return reject(code.REJECT_VERIFY_MALFORMED_SIGNATURE, i, code.REJECT_FAULT_MALFORMED);
    const flag = <u32>load<u8>(signature(i));
    if (!isSupportedFlag(flag)) return reject(code.REJECT_VERIFY_UNSUPPORTED_SIGNATURE_SCHEME, flag);
    const found = signatureForm(signature(i), length);
    if (found != NO_FAULT) return reject(code.REJECT_VERIFY_MALFORMED_SIGNATURE, i, found);
  }
  return PASSED;
}

/** Whether the transaction of `length` bytes is signed by whom it must be; after `checkSignatureForms`. */
export function checkSignatures(transaction: usize, length: u32): u32 {
  const sponsored = !equal32(transactionSender(), transactionGasOwner());
  const wanted: u32 = sponsored ? 2 : 1;
  // SignerSignatureNumberMismatch
  if (count != wanted) return reject(code.REJECT_VERIFY_WRONG_SIGNATURE_COUNT, wanted, count);
  for (let i: u32 = 0; i < count; i++) {
    signatureAddress(signer(i), signature(i), lengthOf(i));
    const known = equal32(signer(i), transactionSender()) || equal32(signer(i), transactionGasOwner());
    // SignerSignatureAbsent, also when one of two signers signs twice.
    if (!known || (i > 0 && equal32(signer(i), signer(0)))) return reject(code.REJECT_VERIFY_WRONG_SIGNER, i);
  }
  transactionMessage(MESSAGE, transaction, length);
  for (let i: u32 = 0; i < count; i++) {
    // InvalidSignature
    const found = together.isPlain(signature(i))
      ? together.verify(signature(i), MESSAGE)
      : signatureVerify(signature(i), lengthOf(i), MESSAGE);
    if (found != NO_FAULT) return reject(code.REJECT_VERIFY_BAD_SIGNATURE, i, found);
  }
  return PASSED;
}
