/** Frames that `execute` sends. */
import { equal32 } from "../lib/bytes";
import * as frame from "../lib/frame";
import * as writer from "../lib/writer";
import {
  EXECUTE_TO_HOST_DROPPED,
  EXECUTE_TO_HOST_EXECUTED,
  EXECUTE_TO_HOST_NEED,
  EXECUTE_TO_HOST_REJECTED,
  EXECUTE_TO_LEDGER_DROPPED,
  EXECUTE_TO_LEDGER_EXECUTED,
  LANE_EXECUTE_TO_HOST,
  LANE_EXECUTE_TO_LEDGER,
  MAX_FRAME_BYTES,
  MAX_INPUT_OBJECTS,
  MAX_READS,
  MAX_WRITTEN_OBJECTS,
} from "../wire/generated";
import { transactionHash } from "./context";
import { dropA, dropB, dropCode, dropObject } from "./drop";
import { effectsBytes, effectsDigest, effectsLength } from "./effects";
import {
  gasComputationCost,
  gasComputationCostBurned,
  gasNonRefundable,
  gasStorageCost,
  gasStorageRebate,
} from "./gas";
import { writeInspection } from "./inspection";
import { entryBytes, entryLength, requestCommit, requestEnvironment, requestId } from "./request";
import {
  hasFlag,
  IS_ABSENT,
  IS_CREATED,
  IS_DELETED,
  IS_INPUT,
  IS_MADE_UP,
  IS_SHOWN,
  IS_WRITTEN,
  originalView,
  recordDigest,
  sortedRecord,
  sortRecords,
  writtenBytes,
  writtenLength,
} from "./store";

const ENVIRONMENT_BYTES: usize = 32;
const ZERO: usize = memory.data(32, 16);

export function answerRejected(id: u64, code: u32, a: u64): void {
  frame.start(LANE_EXECUTE_TO_HOST);
  writer.uleb(EXECUTE_TO_HOST_REJECTED);
  writer.u64_(id);
  writer.u16_(code);
  writer.u64_(a);
  writer.u64_(0);
  frame.finish();
}

/** Begins `need`; `count` ids follow by `answerNeedId`, then `answerNeedEnd`. */
export function answerNeed(count: u32): void {
  frame.start(LANE_EXECUTE_TO_HOST);
  writer.uleb(EXECUTE_TO_HOST_NEED);
  writer.u64_(requestId());
  writer.uleb(count);
}

export function answerNeedId(id: usize): void {
  writer.raw32(id);
}

export function answerNeedEnd(): void {
  frame.finish();
}

/** The outcome of a transaction that ran. False, and nothing is sent, when it does not fit a frame. */
export function answerExecuted(sealed: bool, transactionKind: u32): bool {
  frame.start(LANE_EXECUTE_TO_HOST);
  writer.uleb(EXECUTE_TO_HOST_EXECUTED);
  writer.u64_(requestId());
  writer.raw32(transactionHash());
  writer.raw32(effectsDigest());
  writer.blob(effectsBytes(), effectsLength());
  if (!writeWritten()) return refuse();
  if (!writeReads()) return refuse();
  writeInspection();
  if (!finish()) return refuse();
  if (!sealed) return true;
  frame.start(LANE_EXECUTE_TO_LEDGER);
  writer.uleb(EXECUTE_TO_LEDGER_EXECUTED);
  writer.u64_(requestCommit());
  writer.raw32(transactionHash());
  writer.raw(requestEnvironment(), ENVIRONMENT_BYTES);
  writer.u8_(transactionKind);
  writer.raw32(effectsDigest());
  writer.u64_(gasComputationCost());
  writer.u64_(gasComputationCostBurned());
  writer.u64_(gasStorageCost());
  writer.u64_(gasStorageRebate());
  writer.u64_(gasNonRefundable());
  if (!writeReads()) return refuse();
  if (!writeInputs()) return refuse();
  if (!writeWritten()) return refuse();
  return finish() || refuse();
}

/** A transaction that was dropped. False when its reads do not fit. */
export function answerDropped(sealed: bool): bool {
  frame.start(LANE_EXECUTE_TO_HOST);
  writer.uleb(EXECUTE_TO_HOST_DROPPED);
  writer.u64_(requestId());
  writer.raw32(transactionHash());
  writer.u16_(dropCode());
  writer.raw32(dropObject());
  writer.u64_(dropA());
  writer.u64_(dropB());
  if (!writeReads() || !finish()) return refuse();
  if (!sealed) return true;
  frame.start(LANE_EXECUTE_TO_LEDGER);
  writer.uleb(EXECUTE_TO_LEDGER_DROPPED);
  writer.u64_(requestCommit());
  writer.raw32(transactionHash());
  writer.raw(requestEnvironment(), ENVIRONMENT_BYTES);
  writer.u16_(dropCode());
  return (writeReads() && finish()) || refuse();
}

function finish(): bool {
  return writer.length() <= MAX_FRAME_BYTES && frame.finish();
}

function refuse(): bool {
  frame.begin();
  return false;
}

/** Every id relied on, ascending, once, with the digest it was read with: zero where it is absent. */
function writeReads(): bool {
  const sorted = sortRecords(IS_INPUT | IS_ABSENT | IS_CREATED);
  let count: u32 = 0;
  for (let i: u32 = 0; i < sorted; i++) if (isRead(i)) count++;
  if (count > MAX_READS) return false;
  writer.uleb(count);
  for (let i: u32 = 0; i < sorted; i++) {
    if (!isRead(i)) continue;
    const record = sortedRecord(i);
    writer.raw32(record);
    writer.raw32(hasFlag(record, IS_INPUT) ? recordDigest(record) : ZERO);
  }
  return true;
}

function isRead(index: u32): bool {
  const record = sortedRecord(index);
  if (hasFlag(record, IS_MADE_UP)) return false;
  if (hasFlag(record, IS_CREATED) && !hasFlag(record, IS_WRITTEN)) return false;
  return index == 0 || !equal32(sortedRecord(index - 1), record);
}

function writeInputs(): bool {
  const sorted = sortRecords(IS_WRITTEN | IS_DELETED | IS_SHOWN);
  let count: u32 = 0;
  for (let i: u32 = 0; i < sorted; i++) if (hasFlag(sortedRecord(i), IS_INPUT)) count++;
  if (count > MAX_INPUT_OBJECTS) return false;
  writer.uleb(count);
  for (let i: u32 = 0; i < sorted; i++) {
    if (!hasFlag(sortedRecord(i), IS_INPUT)) continue;
    const original = originalView(sortedRecord(i));
    writer.blob(entryBytes(original), entryLength(original));
  }
  return true;
}

function writeWritten(): bool {
  const count = sortRecords(IS_WRITTEN);
  if (count > MAX_WRITTEN_OBJECTS) return false;
  writer.uleb(count);
  for (let i: u32 = 0; i < count; i++) {
    const record = sortedRecord(i);
    writer.blob(writtenBytes(record), writtenLength(record));
  }
  return true;
}
