/**
 * Every object that a transaction touches, one record each: what it was when read, what it is now, and what becomes of it. Records stay
 * where they are while a transaction runs, so their addresses serve as handles.
 */
import { copy32 } from "../lib/bytes";
import { COIN_CONTENTS_BYTES, coinBalance } from "../lib/iota/coin";
import { OBJECT_VIEW_BYTES, objectDigest, setContents, viewContents, viewId } from "../lib/iota/object";
import { entryBytes, entryLength } from "./request";
import { entry, setEntry, sortByKey } from "./sort";

/** What a record is. */
export const IS_INPUT: u32 = 1;
/** The primary gas coin, the one that is charged. */
export const IS_GAS: u32 = 2;
/** A further payment coin, merged into the primary one before anything runs. */
export const IS_SMASHED: u32 = 4;
/** An input that this transaction may change: an owned object, or a shared one taken mutably. */
export const IS_MUTABLE: u32 = 8;
export const IS_SHARED: u32 = 16;
export const IS_PACKAGE: u32 = 32;
/** Made by this transaction. */
export const IS_CREATED: u32 = 64;
/** Read and found absent. */
export const IS_ABSENT: u32 = 128;
/** A gas coin that a dry run made up: it was not read. */
export const IS_MADE_UP: u32 = 256;
/** Outcome: written back, or gone. */
export const IS_WRITTEN: u32 = 512;
export const IS_DELETED: u32 = 1024;
const OUTCOMES: u32 = 1536;
/** An input that the transaction may receive: read, but neither charged for nor a dependency until it is received. */
export const IS_RECEIVING: u32 = 2048;
/** An input that `ledger` is shown though it stays as it is. */
export const IS_SHOWN: u32 = 4096;

// A record: {id 32, current view, view as read u32, flags u32, digest as read 32, digest as written 32, coin contents 40,
// written bytes u32, their length u32}. The id leads, so that a sorted table of ids is one of records.
const VIEW: usize = 32;
const ORIGINAL: usize = 96;
const FLAGS: usize = 100;
const DIGEST: usize = 104;
const NEW_DIGEST: usize = 136;
const COIN: usize = 168;
const BYTES: usize = 208;
const LENGTH: usize = 212;
const RECORD_BYTES: usize = 216;

/** Inputs of a largest transaction (one takes at least 43 of its bytes), ids it creates, and what execution reads besides. */
const MAX_RECORDS: u32 = 8_192;
/** MAX_RECORDS records. */
const RECORDS: usize = memory.data(1_769_472, 16);
/** Addresses (u32) of records, sorted by id. */
const SORTED: usize = memory.data(32_768, 16);

let count: u32 = 0;
/** Records of inputs come first; those behind are made while running, and a failure forgets them. */
let inputCount: u32 = 0;
let freeRecord: usize = 0;
let sortedCount: u32 = 0;

export function clearStore(): void {
  count = 0;
  inputCount = 0;
  freeRecord = 0;
}

/** A new record with this id, or 0 when the table is full. */
export function addRecord(id: usize, flags: u32): usize {
  let record = freeRecord;
  if (record != 0) {
    freeRecord = load<u32>(record, BYTES);
  } else {
    if (count >= MAX_RECORDS) return 0;
    record = RECORDS + <usize>count * RECORD_BYTES;
    count++;
  }
  copy32(record, id);
  store<u32>(record, flags, FLAGS);
  store<u32>(record, 0, ORIGINAL);
  return record;
}

/** A record of an object as it was read: `given` is a view with its bytes (request.ts). */
export function addInput(given: usize, flags: u32): usize {
  const record = addRecord(viewId(given), flags | IS_INPUT);
  if (record == 0) return 0;
  store<u32>(record, <u32>given, ORIGINAL);
  memory.copy(record + VIEW, given, OBJECT_VIEW_BYTES);
  objectDigest(record + DIGEST, entryBytes(given), entryLength(given));
  return record;
}

/** All records so far are inputs: what `resetStore` comes back to. */
export function closeInputs(): void {
  inputCount = count;
}

/** Forgets a created object that is gone again: its record is used for another. */
export function dropCreated(record: usize): void {
  setFlags(record, 0);
  store<u32>(record, <u32>freeRecord, BYTES);
  freeRecord = record;
}

/** Undoes everything that commands did: inputs are as they were read, and nothing is created. */
export function resetStore(): void {
  count = inputCount;
  freeRecord = 0;
  for (let i: u32 = 0; i < inputCount; i++) {
    const record = recordAt(i);
    const original = originalView(record);
    if (original != 0) memory.copy(record + VIEW, original, OBJECT_VIEW_BYTES);
    setFlags(record, recordFlags(record) & ~OUTCOMES);
  }
}

export function recordCount(): u32 {
  return count;
}

/** Records of inputs, which are the first. */
export function inputRecordCount(): u32 {
  return inputCount;
}

/** Records in the order they came: inputs as the transaction names them, then gas, then packages, then what was created. */
export function recordAt(index: u32): usize {
  return RECORDS + <usize>index * RECORD_BYTES;
}

export function recordFlags(record: usize): u32 {
  return load<u32>(record, FLAGS);
}

export function hasFlag(record: usize, flag: u32): bool {
  return (load<u32>(record, FLAGS) & flag) != 0;
}

export function setFlags(record: usize, flags: u32): void {
  store<u32>(record, flags, FLAGS);
}

export function addFlag(record: usize, flag: u32): void {
  store<u32>(record, load<u32>(record, FLAGS) | flag, FLAGS);
}

/** The object as it is now. */
export function recordView(record: usize): usize {
  return record + VIEW;
}

/** The object as it was read; 0 for one that was not. */
export function originalView(record: usize): usize {
  return load<u32>(record, ORIGINAL);
}

/** The digest as it was read, 32 bytes. */
export function recordDigest(record: usize): usize {
  return record + DIGEST;
}

/** Room for the digest as written, 32 bytes. */
export function writtenDigest(record: usize): usize {
  return record + NEW_DIGEST;
}

/** Remembers the bytes of the object as written. */
export function setWritten(record: usize, bytes: usize, length: u32): void {
  store<u32>(record, <u32>bytes, BYTES);
  store<u32>(record, length, LENGTH);
}

export function writtenBytes(record: usize): usize {
  return load<u32>(record, BYTES);
}

export function writtenLength(record: usize): u32 {
  return load<u32>(record, LENGTH);
}

/** Room for a coin's contents in the record itself. */
export function coinContents(record: usize): usize {
  return record + COIN;
}

/** Balance of a coin's record. */
export function balanceOf(record: usize): u64 {
  return coinBalance(viewContents(record + VIEW));
}

/** Sets a coin's balance; the contents as read stay untouched. */
export function setBalance(record: usize, balance: u64): void {
  copy32(record + COIN, record);
  store<u64>(record, balance, COIN + 32);
  setContents(record + VIEW, record + COIN, COIN_CONTENTS_BYTES);
}

/** Sorts the records that have one of `flags`, by id; returns how many there are. */
export function sortRecords(flags: u32): u32 {
  sortedCount = 0;
  for (let i: u32 = 0; i < count; i++) {
    const record = recordAt(i);
    if (hasFlag(record, flags)) setEntry(SORTED, sortedCount++, record);
  }
  sortByKey(SORTED, sortedCount);
  return sortedCount;
}

/** The `index`-th record of the last `sortRecords`. */
export function sortedRecord(index: u32): usize {
  return entry(SORTED, index);
}
