/**
 * One step: results of the next transactions, in commit order, against the running root.
 *
 * The host claims what every touched object is now, and proves it against the root. The results are laid over that claim one after
 * another, so that a transaction may use what an earlier one of the step left. Nothing changes unless everything fits.
 */
import { copy32, equal32 } from "../lib/bytes";
import { merkleApply, merkleCompareKeys } from "../lib/merkle/tree";
import {
  REJECT_LEDGER_BAD_PROOF,
  REJECT_LEDGER_NO_OPEN_COMMIT,
  REJECT_LEDGER_OPERATIONS_MISMATCH,
  REJECT_LEDGER_RESULT_MISSING,
  REJECT_LEDGER_TOO_MANY_TRANSACTIONS,
} from "../wire/generated";
import * as answers from "./answers";
import { startSignatures } from "./close";
import * as contents from "./contents";
import { endsCheckpoint, leaveCommit } from "./cut";
import { addEnd } from "./epoch";
import * as queue from "./queue";
import { READ_BYTES } from "./reads";
import * as results from "./results";
import * as state from "./state";
import { requestSignature } from "./vault";

/** MAX_STEP_OPERATIONS operations as the tree takes them, and a byte for each: touched by a result. */
const OPERATIONS: usize = memory.data(786_432, 16);
const TOUCHED: usize = memory.data(8_192, 16);
/** Places of stale transactions, u32 each, at most MAX_COMMIT_TRANSACTIONS. */
const STALE: usize = memory.data(2_056, 16);

/** Where the operations first differ from what the results touch. */
let mismatch: u32 = 0;
let staleCount: u32 = 0;

/** `operations`: `count` reads of the frame (at most MAX_STEP_OPERATIONS). */
export function applyStep(
  id: u64,
  transactions: u32,
  operations: usize,
  count: u32,
  proof: usize,
  proofLength: u32,
): void {
  if (state.phase() != state.PHASE_STEPS) {
    answers.rejected(id, REJECT_LEDGER_NO_OPEN_COMMIT, 0, 0);
    return;
  }
  const first = load<u32>(state.APPLIED);
  const waiting = queue.transactionCount() - first;
  if (transactions == 0 || transactions > waiting) {
    answers.rejected(id, REJECT_LEDGER_TOO_MANY_TRANSACTIONS, waiting, 0);
    return;
  }
  const end = first + transactions;
  for (let place = first; place < end; place++) {
    if (results.resultStatus(place) != results.RESULT_MISSING) continue;
    answers.rejected(id, REJECT_LEDGER_RESULT_MISSING, place, 0);
    return;
  }
  if (!takeClaims(operations, count) || !overlay(first, end, count)) {
    answers.rejected(id, REJECT_LEDGER_OPERATIONS_MISMATCH, mismatch, 0);
    return;
  }
  if (staleCount > 0) {
    answers.stale(id, STALE, staleCount);
    return;
  }
  // The tree knows no empty batch: transactions that were dropped before they read anything leave the root alone.
  const proved = count == 0 ? proofLength == 0 : merkleApply(state.ROOT, OPERATIONS, count, proof, proofLength);
  if (!proved) {
    answers.rejected(id, REJECT_LEDGER_BAD_PROOF, 0, 0);
    return;
  }
  for (let place = first; place < end; place++) settle(place);
  store<u32>(state.APPLIED, end);
  const isEnd = end == queue.transactionCount() && queue.endsEpoch() && load<u32>(state.END_ADDED) == 0;
  if (isEnd) addEnd();
  const left = queue.transactionCount() - end;
  const closes = left == 0 && endsCheckpoint();
  if (closes && !startSignatures(id)) return;
  if (left == 0 && !closes) leaveCommit();
  answers.stepped(id, left, closes, isEnd);
  if (state.phase() == state.PHASE_CLOSING) requestSignature();
}

/** The host's claims as operations that change nothing yet. False when their ids do not ascend. */
function takeClaims(claims: usize, count: u32): bool {
  memory.fill(TOUCHED, 0, count);
  for (let i: u32 = 0; i < count; i++) {
    const claim = claims + <usize>i * READ_BYTES;
    mismatch = i;
    if (i > 0 && merkleCompareKeys(claim - READ_BYTES, claim) >= 0) return false;
    const operation = operationAt(i);
    copy32(operation, claim);
    copy32(operation + results.OLD, claim + results.OLD);
    copy32(operation + results.NEW, claim + results.OLD);
  }
  return true;
}

/** Lays the results of [first, end) over the claims. False when these are not exactly the ids touched. */
function overlay(first: u32, end: u32, count: u32): bool {
  staleCount = 0;
  for (let place = first; place < end; place++) {
    const own = results.resultOperations(place);
    const ownEnd = own + <usize>results.resultOperationCount(place) * state.OPERATION_BYTES;
    let current = true;
    for (let at = own; at < ownEnd; at += state.OPERATION_BYTES) {
      mismatch = results.lowerBound(OPERATIONS, count, at);
      if (mismatch == count || !equal32(operationAt(mismatch), at)) return false;
      store<u8>(TOUCHED + mismatch, 1);
      if (!equal32(operationAt(mismatch) + results.NEW, at + results.OLD)) current = false;
    }
    if (current) layOver(own, ownEnd, count);
    else {
      store<u32>(STALE + ((<usize>staleCount) << 2), place);
      staleCount++;
    }
  }
  for (mismatch = 0; mismatch < count; mismatch++) {
    if (load<u8>(TOUCHED + mismatch) == 0) return false;
  }
  return true;
}

function layOver(own: usize, ownEnd: usize, count: u32): void {
  for (let at = own; at < ownEnd; at += state.OPERATION_BYTES) {
    const operation = operationAt(results.lowerBound(OPERATIONS, count, at));
    copy32(operation + results.NEW, at + results.NEW);
  }
}

/** Books an applied transaction: its place in the contents, its gas; its operations are done with. */
function settle(place: u32): void {
  if (results.resultStatus(place) == results.RESULT_EXECUTED) {
    contents.append(place);
    for (let i: usize = 0; i < state.GAS_BYTES; i += 8) addGas(state.GAS + i, load<u64>(results.resultGas(place) + i));
  }
  results.forgetResult(place);
}

/** Stops at the largest u64, which is more NANOS than there are: the sum is for the record, no balance follows from it. */
function addGas(sum: usize, value: u64): void {
  const total = load<u64>(sum) + value;
  store<u64>(sum, total < value ? u64.MAX_VALUE : total);
}

function operationAt(index: u32): usize {
  return OPERATIONS + <usize>index * state.OPERATION_BYTES;
}
