/**
 * Results of `execute`. Its lane has no way back, so a result that cannot be used is only counted; the host learns of it when it asks
 * for a step (resultMissing), and may have the transaction executed again.
 */
import { equalBytes } from "../lib/bytes";
import * as reader from "../lib/reader";
import {
  EXECUTE_TO_LEDGER_DROPPED,
  EXECUTE_TO_LEDGER_EXECUTED,
  EXECUTE_TO_LEDGER_VARIANTS,
  MAX_INPUT_OBJECTS,
  MAX_OBJECT_BYTES,
  MAX_READS,
  MAX_WRITTEN_OBJECTS,
  REJECT_REFUSAL_DUPLICATE_READ,
  REJECT_REFUSAL_MALFORMED_FRAME,
  REJECT_REFUSAL_POOL_FULL,
  REJECT_REFUSAL_UNKNOWN_TRANSACTION,
  REJECT_REFUSAL_WRONG_COMMIT,
  REJECT_REFUSAL_WRONG_ENVIRONMENT,
  REJECT_REFUSAL_WRONG_KIND,
} from "../wire/generated";
import { beginChecks, endChecks, takeInput, takeWritten } from "./checks";
import { setNextCommittee } from "./epoch";
import * as queue from "./queue";
import * as reads from "./reads";
import {
  KIND_END,
  KIND_GENESIS,
  KIND_PROLOGUE,
  KIND_USER,
  keepResult,
  RESULT_DROPPED,
  RESULT_EXECUTED,
} from "./results";
import * as state from "./state";

/** Address and length of each object of the frame, inputs first: 8 bytes for MAX_INPUT_OBJECTS + MAX_WRITTEN_OBJECTS. */
const OBJECTS: usize = memory.data(49_152, 16);

/** Largest transaction kind that the frame can state. */
const KINDS: u32 = 4;

let commit: u64 = 0;
let digest: usize = 0;
let environment: usize = 0;
let kind: u32 = 0;
let effects: usize = 0;
let gas: usize = 0;
let readList: usize = 0;
let readCount: u32 = 0;
let inputCount: u32 = 0;
let writtenCount: u32 = 0;

/** Takes one frame of the lane from `execute`. */
export function takeExecuted(at: usize, length: usize): void {
  const refusal = take(at, length);
  if (refusal == 0) return;
  store<u64>(state.REFUSED_RESULTS, load<u64>(state.REFUSED_RESULTS) + 1);
  store<u32>(state.LAST_REFUSAL, refusal);
}

/** Returns a LedgerRefusal, or 0. */
function take(at: usize, length: usize): u32 {
  reader.open(at, length);
  const variant = reader.variant(EXECUTE_TO_LEDGER_VARIANTS);
  if (variant == EXECUTE_TO_LEDGER_EXECUTED) readExecuted();
  else if (variant == EXECUTE_TO_LEDGER_DROPPED) readDropped();
  if (!reader.exhausted() || kind >= KINDS) return REJECT_REFUSAL_MALFORMED_FRAME;
  if (state.phase() != state.PHASE_STEPS || commit != queue.commitIndex()) return REJECT_REFUSAL_WRONG_COMMIT;
  const place = queue.findPlace(digest);
  if (place < 0) return REJECT_REFUSAL_UNKNOWN_TRANSACTION;
  if (!equalBytes(environment, state.ENVIRONMENT, state.ENVIRONMENT_BYTES)) return REJECT_REFUSAL_WRONG_ENVIRONMENT;
  if (kind != kindAt(place)) return REJECT_REFUSAL_WRONG_KIND;
  if (!reads.takeReads(readList, readCount)) return REJECT_REFUSAL_DUPLICATE_READ;
  const dropped = variant == EXECUTE_TO_LEDGER_DROPPED;
  if (!dropped) {
    const refusal = check(place);
    if (refusal != 0) return refusal;
  }
  const status = dropped ? RESULT_DROPPED : RESULT_EXECUTED;
  const kept = keepResult(place, status, gas, effects, reads.operations(), reads.operationCount());
  if (!kept) return REJECT_REFUSAL_POOL_FULL;
  if (kind == KIND_END) setNextCommittee(inputCount == 1);
  return 0;
}

/** What stands at this place of the open commit: genesis alone in commit 0, else the prologue, users' transactions, and what ends the epoch. */
function kindAt(place: u32): u32 {
  if (queue.commitIndex() == 0) return KIND_GENESIS;
  if (load<u32>(state.END_ADDED) == 1 && place + 1 == queue.transactionCount()) return KIND_END;
  return place == 0 ? KIND_PROLOGUE : KIND_USER;
}

function readHead(): void {
  commit = reader.u64_();
  digest = reader.raw32();
  environment = reader.take(state.ENVIRONMENT_BYTES);
}

function readReads(): void {
  readCount = reader.count(MAX_READS);
  readList = reader.take(<usize>readCount * reads.READ_BYTES);
}

function readExecuted(): void {
  readHead();
  kind = reader.u8_();
  effects = reader.raw32();
  gas = reader.take(state.GAS_BYTES);
  readReads();
  inputCount = readObjects(0, MAX_INPUT_OBJECTS);
  writtenCount = readObjects(inputCount, MAX_WRITTEN_OBJECTS);
}

/** Only a user's transaction can be dropped. */
function readDropped(): void {
  readHead();
  kind = KIND_USER;
  reader.u16_();
  readReads();
}

function readObjects(first: u32, max: u32): u32 {
  const count = reader.count(max);
  for (let i: u32 = 0; i < count; i++) {
    const length = reader.count(MAX_OBJECT_BYTES);
    const place = objectPlace(first + i);
    store<u32>(place, <u32>reader.take(length));
    store<u32>(place, length, 4);
  }
  return count;
}

function objectPlace(index: u32): usize {
  return OBJECTS + ((<usize>index) << 3);
}

function check(place: u32): u32 {
  const sender = queue.transactionSender(place);
  beginChecks(kind, digest, sender, queue.transactionGasOwner(place), queue.commitTimestamp());
  for (let i: u32 = 0; i < inputCount + writtenCount; i++) {
    const bytes: usize = load<u32>(objectPlace(i));
    const length = load<u32>(objectPlace(i), 4);
    const refusal = i < inputCount ? takeInput(bytes, length) : takeWritten(bytes, length);
    if (refusal != 0) return refusal;
  }
  return endChecks(gas, inputCount, writtenCount);
}
