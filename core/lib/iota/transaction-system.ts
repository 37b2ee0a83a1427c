/**
 * The kinds of transaction that the system makes and `execute` runs: genesis, the prologue of each consensus commit, and the end of an epoch.
 *
 * Sources: iotaledger/iota crates/iota-types/src/transaction.rs (GenesisTransaction, GenesisObject, EndOfEpochTransactionKind, ChangeEpochV4),
 * event.rs (Event), messages_consensus.rs (ConsensusCommitPrologueV1, ConsensusDeterminedVersionAssignments).
 */
import * as reader from "../reader";
import { readRawObject } from "./object";
import { readDigest } from "./transaction-reference";
import { readIdentifier, readStructTag } from "./types";

/** GenesisObject::RawObject alone. */
const GENESIS_OBJECT_VARIANTS: u32 = 1;
/** ConsensusDeterminedVersionAssignments::CancelledTransactions alone. */
const ASSIGNMENT_VARIANTS: u32 = 1;
/** EndOfEpochTransactionKind: ChangeEpoch and its versions 2 to 4, AuthenticatorStateCreate, AuthenticatorStateExpire. */
const END_OF_EPOCH_VARIANTS: u32 = 6;
const CHANGE_EPOCH_V4: u32 = 3;
/** Of ChangeEpochV4: epoch, protocol version, five sums of gas, when the next epoch begins; u64 each. */
const CHANGE_EPOCH_NUMBERS_BYTES: usize = 64;
/** Objects of a genesis: MAX_WRITTEN_OBJECTS of core/wire/limits.ts. */
const MAX_GENESIS_OBJECTS: u32 = 4_096;
/** Bounds the reader's counts and lengths; every element takes bytes, so the input's length is the real bound. */
const MAX_ITEMS: u32 = 0x0100_0000;

/** {address u32, length u32} of each genesis object. */
const OBJECTS: usize = memory.data(32_768, 16);
const OBJECT_ENTRY_SHIFT: u32 = 3;
/** OBJECT_VIEW_BYTES: where the shape of each object is read, and forgotten. */
const VIEW: usize = memory.data(64, 16);

let objectCount: u32 = 0;
let eventCount: u32 = 0;
let events: usize = 0;
let eventsLength: u32 = 0;

let epoch: u64 = 0;
let round: u64 = 0;
let hasSubDagIndex: bool = false;
let subDagIndex: u64 = 0;
let timestampMs: u64 = 0;
let commitDigest: usize = 0;
let assignmentCount: u32 = 0;

/** Forgets the transaction before, of whatever kind the next one is. */
export function closeSystem(): void {
  eventCount = 0;
}

/** Reads the body of a genesis transaction. */
export function readGenesis(): void {
  objectCount = reader.count(MAX_GENESIS_OBJECTS);
  for (let i: u32 = 0; i < objectCount && reader.ok(); i++) {
    reader.variant(GENESIS_OBJECT_VARIANTS);
    const at = reader.position();
    readRawObject(VIEW);
    const entry = OBJECTS + ((<usize>i) << OBJECT_ENTRY_SHIFT);
    store<u32>(entry, <u32>at);
    store<u32>(entry, <u32>(reader.position() - at), 4);
  }
  events = reader.position();
  eventCount = reader.count(MAX_ITEMS);
  for (let i: u32 = 0; i < eventCount && reader.ok(); i++) readEvent();
  eventsLength = <u32>(reader.position() - events);
}

/** {package id, module, sender, type, contents}. */
function readEvent(): void {
  reader.raw32();
  readIdentifier();
  reader.raw32();
  readStructTag();
  reader.take(reader.count(MAX_ITEMS));
}

/** Reads the body of a consensus commit prologue. */
export function readPrologue(): void {
  epoch = reader.u64_();
  round = reader.u64_();
  hasSubDagIndex = reader.option();
  subDagIndex = hasSubDagIndex ? reader.u64_() : 0;
  timestampMs = reader.u64_();
  commitDigest = readDigest();
  reader.variant(ASSIGNMENT_VARIANTS);
  assignmentCount = reader.count(MAX_ITEMS);
  for (let i: u32 = 0; i < assignmentCount && reader.ok(); i++) {
    readDigest();
    const versions = reader.count(MAX_ITEMS);
    for (let j: u32 = 0; j < versions && reader.ok(); j++) {
      reader.raw32();
      reader.u64_();
    }
  }
}

/** Reads the body of an end of an epoch. False: it is not one ChangeEpochV4 without system packages, which is all that this node makes. */
export function readEndOfEpoch(): bool {
  if (reader.count(MAX_ITEMS) != 1 || reader.variant(END_OF_EPOCH_VARIANTS) != CHANGE_EPOCH_V4) return false;
  reader.take(CHANGE_EPOCH_NUMBERS_BYTES);
  if (reader.count(MAX_ITEMS) != 0) return false;
  reader.take(<usize>reader.count(MAX_ITEMS) * 8); // eligible validators
  reader.take(<usize>reader.count(MAX_ITEMS) * 8); // scores
  reader.bool_();
  return true;
}

export function genesisObjectCount(): u32 {
  return objectCount;
}

/** The `index`-th object, below `genesisObjectCount()`: its data and owner, as `readRawObject` of object.ts takes them. */
export function genesisObject(index: u32): usize {
  return load<u32>(OBJECTS + ((<usize>index) << OBJECT_ENTRY_SHIFT));
}

/** Bytes of the `index`-th object's data and owner. */
export function genesisObjectLength(index: u32): u32 {
  return load<u32>(OBJECTS + ((<usize>index) << OBJECT_ENTRY_SHIFT), 4);
}

export function genesisEventCount(): u32 {
  return eventCount;
}

/** bcs(vector of Event), which is also bcs(TransactionEvents). */
export function genesisEvents(): usize {
  return events;
}

/** Bytes at `genesisEvents()`. */
export function genesisEventsLength(): u32 {
  return eventsLength;
}

export function prologueEpoch(): u64 {
  return epoch;
}

/** Consensus round of the commit. */
export function prologueRound(): u64 {
  return round;
}

export function prologueHasSubDagIndex(): bool {
  return hasSubDagIndex;
}

/** 0 when there is none. */
export function prologueSubDagIndex(): u64 {
  return subDagIndex;
}

/** Milliseconds since 1970, from consensus. */
export function prologueTimestampMs(): u64 {
  return timestampMs;
}

/** Digest of the consensus output, 32 bytes. */
export function prologueCommitDigest(): usize {
  return commitDigest;
}

/** Cancelled transactions with assigned versions; none in Caisson, which cancels none. */
export function prologueAssignmentCount(): u32 {
  return assignmentCount;
}
