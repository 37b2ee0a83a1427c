/** How a ledger begins: configuration, then genesis or an installed checkpoint; and how commits come in and open. */
import { copy32, equal32, equalBytes, isZero32 } from "../lib/bytes";
import { FAULT_RULE_BYTES, isSafe } from "../lib/faults";
import { blake2b256 } from "../lib/hash/blake2b";
import * as checkpoint from "../lib/iota/checkpoint";
import * as reader from "../lib/reader";
import {
  MAX_ORDERED_TRANSACTIONS,
  MAX_RESUME_BYTES,
  MAX_SUMMARY_BYTES,
  MAX_VALIDATORS,
  PUBLIC_KEY_BYTES,
  REJECT_LEDGER_ARENA_FULL,
  REJECT_LEDGER_GENESIS_AFTER_START,
  REJECT_LEDGER_MALFORMED_FRAME,
  REJECT_LEDGER_NOT_READY,
  REJECT_LEDGER_WRONG_COMMIT,
  REJECT_LEDGER_WRONG_GENESIS,
} from "../wire/generated";
import * as answers from "./answers";
import { enterCommit } from "./cut";
import { enterNextEpoch, isOfOurCommittee, opensOurEpoch } from "./epoch";
import * as queue from "./queue";
import { clearResults } from "./results";
import * as state from "./state";
import { requestSignature, setBound } from "./vault";

const ZERO: usize = memory.data(32, 16);
/** The genesis transaction as `order` would have given it. */
const GENESIS: usize = memory.data(128, 16);
const DIGEST: usize = memory.data(32, 16);

/** Takes LedgerConfig; the ledger refuses everything until a well-formed one came, of a committee that its fault rule makes safe. */
export function configure(at: usize, length: usize): void {
  reader.open(at, length);
  const chain = reader.raw32();
  const author = reader.u16_();
  const committee = reader.position();
  const members = reader.count(MAX_VALIDATORS);
  const keys = reader.take(<usize>members * PUBLIC_KEY_BYTES);
  const committeeBytes = <u32>(reader.position() - committee);
  const faults = reader.take(FAULT_RULE_BYTES);
  if (!reader.exhausted() || load<u32>(state.CONFIGURED) == 1 || (members > 0 && !isSafe(faults, members))) return;
  copy32(state.CONFIGURED_CHAIN, chain);
  store<u32>(state.AUTHOR, author);
  store<u32>(state.COMMITTEE, members);
  memory.copy(state.COMMITTEE_KEYS, keys, <usize>members * PUBLIC_KEY_BYTES);
  blake2b256(state.COMMITTEE_DIGEST, committee, committeeBytes);
  memory.copy(state.FAULTS, faults, FAULT_RULE_BYTES);
  store<u32>(state.CONFIGURED, 1);
}

/** Opens commit 0 with the genesis transaction. The reader stands after `id`. */
export function takeGenesis(id: u64): void {
  const environment = reader.take(state.ENVIRONMENT_BYTES);
  const epochDurationMs = reader.u64_();
  const timestampMs = reader.u64_();
  const transaction = reader.raw32();
  if (!reader.exhausted()) {
    answers.rejected(id, REJECT_LEDGER_MALFORMED_FRAME, 0, 0);
    return;
  }
  if (state.phase() != state.PHASE_EMPTY) {
    answers.rejected(id, REJECT_LEDGER_GENESIS_AFTER_START, 0, 0);
    return;
  }
  memory.copy(state.ENVIRONMENT, environment, state.ENVIRONMENT_BYTES);
  store<u64>(state.EPOCH_DURATION, epochDurationMs);
  copy32(GENESIS, transaction);
  queue.push(0, 0, timestampMs, ZERO, ZERO, ZERO, 0, false, GENESIS, 1);
  open();
  answers.accepted(id);
}

/** Opens the next commit. */
export function takeBegin(id: u64): void {
  const commit = reader.u64_();
  if (!reader.exhausted()) {
    answers.rejected(id, REJECT_LEDGER_MALFORMED_FRAME, 0, 0);
  } else if (state.phase() == state.PHASE_EMPTY) {
    answers.rejected(id, REJECT_LEDGER_NOT_READY, 0, 0);
  } else if (state.isOpen() || queue.isEmpty() || commit != queue.commitIndex()) {
    answers.rejected(id, REJECT_LEDGER_WRONG_COMMIT, load<u64>(state.NEXT_COMMIT), 0);
  } else {
    open();
    answers.accepted(id);
  }
}

function open(): void {
  clearResults();
  enterCommit();
  store<u32>(state.APPLIED, 0);
  store<u32>(state.END_ADDED, 0);
  state.setPhase(state.PHASE_STEPS);
}

/**
 * A commit from `order`: taken only when that has started from our checkpoint, and it continues the last one, and has its prologue. One that ends the
 * epoch has a place left for what does.
 */
export function takeCommit(): void {
  const index = reader.u64_();
  const round = reader.u64_();
  const timestampMs = reader.u64_();
  const commitDigest = reader.raw32();
  const leaderBlock = reader.raw32();
  const resumeLength = reader.count(MAX_RESUME_BYTES);
  const resume = reader.take(resumeLength);
  const endsEpoch = reader.bool_();
  const count = reader.count(MAX_ORDERED_TRANSACTIONS);
  const transactions = reader.take(<usize>count * state.TRANSACTION_BYTES);
  if (!reader.exhausted() || count == 0) return;
  if (load<u32>(state.ORDER_STARTED) == 0 || index != queue.nextIndex() || load<u32>(state.COMPLETE) == 1) return;
  if (!queue.hasRoom(endsEpoch ? count + 1 : count)) {
    answers.rejected(0, REJECT_LEDGER_ARENA_FULL, state.WAITING_COMMITS, 0);
    return;
  }
  queue.push(
    index,
    round,
    timestampMs,
    commitDigest,
    leaderBlock,
    resume,
    resumeLength,
    endsEpoch,
    transactions,
    count,
  );
  if (endsEpoch) store<u32>(state.COMPLETE, 1);
}

/**
 * A checkpoint that `verify` and `order` have passed: everything is taken over from it. A ledger that has a state takes no other; the one
 * it made last, which starts `order` after genesis, changes nothing but that commits are taken.
 */
export function takeInstall(): void {
  const length = reader.count(MAX_SUMMARY_BYTES);
  const summary = reader.take(length);
  if (!reader.exhausted() || !checkpoint.readSummary(summary, length) || !checkpoint.readExtension()) return;
  if (!checkpoint.isCountable()) return;
  checkpoint.summaryDigest(DIGEST, summary, length);
  if (state.phase() != state.PHASE_EMPTY) {
    const same = state.phase() == state.PHASE_IDLE && equal32(DIGEST, state.PREVIOUS_DIGEST);
    if (same) store<u32>(state.ORDER_STARTED, 1);
    else answers.rejected(0, REJECT_LEDGER_GENESIS_AFTER_START, 0, 0);
    return;
  }
  const chain = checkpoint.summarySequence == 0 ? DIGEST : checkpoint.extensionChain;
  const isOurs = isZero32(state.CONFIGURED_CHAIN) || equal32(chain, state.CONFIGURED_CHAIN);
  if (!isOurs || !isOfOurCommittee() || !equalBytes(checkpoint.extensionFaults, state.FAULTS, FAULT_RULE_BYTES)) {
    answers.rejected(0, REJECT_LEDGER_WRONG_GENESIS, 0, 0);
    return;
  }
  adopt(chain);
  answers.status(0);
  requestSignature();
}

/** Takes over the summary read last, whose digest is in DIGEST. */
function adopt(chain: usize): void {
  copy32(state.CHAIN, chain);
  copy32(state.ROOT, checkpoint.extensionStateRoot);
  copy32(state.PREVIOUS_DIGEST, DIGEST);
  store<u64>(state.ENVIRONMENT, checkpoint.extensionEpoch);
  store<u64>(state.ENVIRONMENT, checkpoint.extensionEpochStartMs, 8);
  store<u64>(state.ENVIRONMENT, checkpoint.extensionProtocolVersion, 16);
  store<u64>(state.ENVIRONMENT, checkpoint.extensionReferenceGasPrice, 24);
  store<u64>(state.EPOCH_DURATION, checkpoint.extensionEpochDurationMs);
  store<u64>(state.NEXT_SEQUENCE, checkpoint.summarySequence + 1);
  store<u64>(state.NEXT_COMMIT, checkpoint.extensionCommit + 1);
  store<u64>(state.TOTAL_TRANSACTIONS, checkpoint.summaryTotalTransactions);
  store<u64>(state.LAST_TIMESTAMP, checkpoint.summaryTimestampMs);
  memory.copy(state.GAS, checkpoint.summaryGas, state.GAS_BYTES);
  if (opensOurEpoch()) enterNextEpoch();
  else if (checkpoint.summaryEndOfEpoch) store<u32>(state.COMPLETE, 1);
  store<u32>(state.ORDER_STARTED, 1);
  state.setPhase(state.PHASE_IDLE);
  setBound();
}
