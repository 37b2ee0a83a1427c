/**
 * `verify`: is this transaction, block or checkpoint well formed and authentic? Stateless apart from its configuration; what it passes it
 * tells the host, and by a private lane `order`, which takes nothing else for true.
 */
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import * as code from "../wire/generated";
import { acceptBlock, checkBlock } from "./block";
import { acceptCheckpoint, acceptOwnCheckpoint, checkCheckpoint, checkOwnCheckpoint } from "./checkpoint";
import { configure } from "./epochs";
import { acceptRecovery, checkRecovery } from "./recovery";
import { isReady } from "./state";
import { acceptTransaction, checkTransaction, readTransaction } from "./transaction";
import { answerTransactions, readTransactions } from "./transactions";
import { answerRejected, PASSED, reject } from "./verdict";

export { input, inputCapacity, output } from "../lib/frame";
export { stateBase, stateLength } from "./state";

/** Takes the configuration frame in the input buffer; sends nothing. */
export function init(length: u32): u32 {
  frame.begin();
  configure(frame.input(), length <= frame.inputCapacity() ? length : 0);
  return frame.end();
}

/** Takes one frame; returns the bytes of the records it sends. */
export function step(lane: u32, length: u32): u32 {
  frame.begin();
  if (lane != code.LANE_HOST_TO_VERIFY) {
    answerRejected(0, reject(code.REJECT_VERIFY_UNKNOWN_LANE));
    return frame.end();
  }
  reader.open(frame.input(), length <= frame.inputCapacity() ? length : 0);
  const variant = reader.variant(code.HOST_TO_VERIFY_VARIANTS);
  const id = reader.u64_();
  const rejected = reader.ok() ? check(variant) : reject(code.REJECT_VERIFY_MALFORMED_FRAME);
  if (rejected != PASSED) answerRejected(id, rejected);
  else if (variant == code.HOST_TO_VERIFY_TRANSACTIONS) answerTransactions();
  else if (variant == code.HOST_TO_VERIFY_TRANSACTION) acceptTransaction(id);
  else if (variant == code.HOST_TO_VERIFY_BLOCK) acceptBlock(id);
  else if (variant == code.HOST_TO_VERIFY_RECOVERY) acceptRecovery(id);
  else if (variant == code.HOST_TO_VERIFY_CHECKPOINT) acceptCheckpoint(id);
  else acceptOwnCheckpoint(id);
  return frame.end();
}

function check(variant: u32): u32 {
  if (!isReady()) return reject(code.REJECT_VERIFY_NOT_READY);
  if (variant == code.HOST_TO_VERIFY_TRANSACTIONS) return readTransactions();
  if (variant == code.HOST_TO_VERIFY_TRANSACTION) {
    readTransaction();
    return checkTransaction();
  }
  if (variant == code.HOST_TO_VERIFY_BLOCK) return checkBlock();
  if (variant == code.HOST_TO_VERIFY_RECOVERY) return checkRecovery();
  return variant == code.HOST_TO_VERIFY_CHECKPOINT ? checkCheckpoint() : checkOwnCheckpoint();
}
