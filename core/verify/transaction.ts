/**
 * A user's transaction with its signatures: parsed, held to every rule that needs no object, and authenticated. What passes goes to the
 * host, and by the private lane to `order`, which orders nothing else.
 */
import { LENGTH_32 } from "../lib/bytes";
import * as frame from "../lib/frame";
import { blake2b256 } from "../lib/hash/blake2b";
import * as tx from "../lib/iota/transaction";
import * as reader from "../lib/reader";
import * as writer from "../lib/writer";
import * as code from "../wire/generated";
import { checkSignatureForms, checkSignatures, readSignatures, signaturesBytes } from "./signatures";
import { validate, validateGas } from "./validity";
import { PASSED, reject } from "./verdict";

/**
 * What upstream's BCS of a signed transaction has around the transaction and its signatures: the count of the vector of one, and the
 * intent (iotaledger/iota crates/iota-types/src/transaction.rs, SenderSignedData).
 */
const ENVELOPE_BYTES: u32 = 4;

const DIGEST: usize = memory.data(32, 16);
const SIGNATURES_DIGEST: usize = memory.data(32, 16);

let transaction: usize = 0;
let transactionBytes: u32 = 0;
let signatures: usize = 0;

/** Reads a transaction with its signatures, what follows the id, with the open reader: it is then the one at hand. */
export function readTransaction(): void {
  transactionBytes = reader.count(code.MAX_TRANSACTION_BYTES);
  transaction = reader.take(transactionBytes);
  signatures = reader.position();
  readSignatures();
}

/** Checks the transaction at hand, behind which nothing may come; PASSED, or a code. */
export function checkTransaction(): u32 {
  if (!reader.exhausted()) return reject(code.REJECT_VERIFY_MALFORMED_FRAME);
  const parsed = tx.parseTransaction(transaction, transactionBytes);
  if (parsed == tx.MALFORMED) return reject(code.REJECT_VERIFY_MALFORMED_TRANSACTION, tx.transactionFaultOffset());
  if (parsed == tx.UNSUPPORTED_KIND) {
    return reject(code.REJECT_VERIFY_UNSUPPORTED_TRANSACTION_KIND, tx.transactionKind());
  }
  let rejected = checkSignatureForms();
  if (rejected == PASSED) rejected = validate(ENVELOPE_BYTES + transactionBytes + signaturesBytes());
  if (rejected == PASSED) rejected = checkSignatures(transaction, transactionBytes);
  if (rejected == PASSED) rejected = validateGas();
  return rejected;
}

/** Answers for the transaction that `checkTransaction` has just passed. */
export function acceptTransaction(id: u64): void {
  tx.transactionDigest(DIGEST, transaction, transactionBytes);
  blake2b256(SIGNATURES_DIGEST, signatures, signaturesBytes());
  frame.start(code.LANE_VERIFY_TO_HOST);
  writer.uleb(code.VERIFY_TO_HOST_TRANSACTION);
  writer.u64_(id);
  writeParties();
  writeGasObjects();
  frame.finish();
  frame.start(code.LANE_VERIFY_TO_ORDER);
  writer.uleb(code.VERIFY_TO_ORDER_TRANSACTION);
  writeParties();
  writer.raw32(SIGNATURES_DIGEST);
  writeGasObjects();
  frame.finish();
}

function writeParties(): void {
  writer.raw32(DIGEST);
  writer.raw(tx.transactionSender(), LENGTH_32);
  writer.raw(tx.transactionGasOwner(), LENGTH_32);
}

function writeGasObjects(): void {
  writer.uleb(tx.transactionGasCount());
  for (let i: u32 = 0; i < tx.transactionGasCount(); i++) writer.raw(tx.transactionGasObject(i), LENGTH_32);
}
