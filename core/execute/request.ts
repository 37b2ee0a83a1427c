/**
 * The `execute` frame: decoded as a whole before anything runs, into tables that point into the input buffer. It also answers what the
 * host gave: an object, its absence, or nothing.
 */
import { compare32 } from "../lib/bytes";
import { OBJECT_VIEW_BYTES, parseObject, viewId } from "../lib/iota/object";
import * as reader from "../lib/reader";
import { HOST_TO_EXECUTE_VARIANTS, MAX_OBJECT_BYTES, MAX_READS, MAX_TRANSACTION_BYTES } from "../wire/generated";

/** `mode` of the frame. */
export const MODE_COMMIT: u32 = 0;
export const MODE_DRY_RUN: u32 = 1;
export const MODE_DEV_INSPECT: u32 = 2;

/** What `lookup` found. */
export const GIVEN: i32 = 0;
export const ABSENT: i32 = -1;
export const UNKNOWN: i32 = -2;

/** An entry: a view, then {address u32, length u32} of the bytes; 8-aligned. */
const ENTRY_BYTES: usize = OBJECT_VIEW_BYTES + 8;
/** MAX_READS entries of ENTRY_BYTES. */
const ENTRIES: usize = memory.data(442_368, 16);
const ENVIRONMENT_BYTES: usize = 32;

let id: u64 = 0;
let mode: u32 = 0;
let commit: u64 = 0;
let environment: usize = 0;
let transaction: usize = 0;
let transactionLength: u32 = 0;
let objectCount: u32 = 0;
let absent: usize = 0;
let absentCount: u32 = 0;
let foundEntry: usize = 0;
let badObject: u32 = 0;

/** Decodes the frame of the open reader. False when it does not have its shape; the id is then 0 or the frame's. */
export function readRequest(): bool {
  reader.variant(HOST_TO_EXECUTE_VARIANTS); // of which there is one
  id = reader.u64_();
  mode = reader.u8_();
  if (mode > MODE_DEV_INSPECT) reader.fail();
  commit = reader.u64_();
  environment = reader.take(ENVIRONMENT_BYTES);
  transactionLength = reader.count(MAX_TRANSACTION_BYTES);
  transaction = reader.take(transactionLength);
  objectCount = reader.count(MAX_READS);
  for (let i: u32 = 0; i < objectCount && reader.ok(); i++) {
    const length = reader.count(MAX_OBJECT_BYTES);
    const entry = ENTRIES + <usize>i * ENTRY_BYTES;
    store<u32>(entry, <u32>reader.take(length), OBJECT_VIEW_BYTES);
    store<u32>(entry, length, OBJECT_VIEW_BYTES + 4);
  }
  absentCount = reader.count(MAX_READS);
  absent = reader.take((<usize>absentCount) << 5);
  return reader.exhausted();
}

/** Parses the objects. False when one is malformed or the order is not ascending; `badObjectIndex()` tells which. */
export function readObjects(): bool {
  for (let i: u32 = 0; i < objectCount; i++) {
    const entry = ENTRIES + <usize>i * ENTRY_BYTES;
    badObject = i;
    if (!parseObject(entry, entryBytes(entry), entryLength(entry))) return false;
    if (i > 0 && compare32(viewId(entry - ENTRY_BYTES), viewId(entry)) >= 0) return false;
  }
  for (let i: u32 = 1; i < absentCount; i++) {
    const at = absent + ((<usize>i) << 5);
    badObject = objectCount + i;
    if (compare32(at - 32, at) >= 0) return false;
  }
  return true;
}

export function badObjectIndex(): u32 {
  return badObject;
}

/** GIVEN (then `found()` is its entry, a view), ABSENT or UNKNOWN. */
export function lookup(objectId: usize): i32 {
  let low: u32 = 0;
  let high = objectCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = ENTRIES + <usize>middle * ENTRY_BYTES;
    const order = compare32(viewId(entry), objectId);
    if (order == 0) {
      foundEntry = entry;
      return GIVEN;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  low = 0;
  high = absentCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compare32(absent + ((<usize>middle) << 5), objectId);
    if (order == 0) return ABSENT;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return UNKNOWN;
}

/** The view that `lookup` found. */
export function found(): usize {
  return foundEntry;
}

/** bcs(Object) of a found view. */
export function entryBytes(entry: usize): usize {
  return load<u32>(entry, OBJECT_VIEW_BYTES);
}

export function entryLength(entry: usize): u32 {
  return load<u32>(entry, OBJECT_VIEW_BYTES + 4);
}

export function requestId(): u64 {
  return id;
}

/** MODE_COMMIT, MODE_DRY_RUN or MODE_DEV_INSPECT. */
export function requestMode(): u32 {
  return mode;
}

export function requestCommit(): u64 {
  return commit;
}

/** The environment's 32 bytes, as they are in the frame. */
export function requestEnvironment(): usize {
  return environment;
}

export function environmentEpoch(): u64 {
  return load<u64>(environment);
}

/** NANOS a unit of computation. */
export function environmentGasPrice(): u64 {
  return load<u64>(environment, 24);
}

export function requestTransaction(): usize {
  return transaction;
}

export function requestTransactionLength(): u32 {
  return transactionLength;
}
