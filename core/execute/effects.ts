/**
 * bcs(TransactionEffects::V1) and its digest.
 *
 * Source: iotaledger/iota crates/iota-types/src/effects/{effects_v1.rs, object_change.rs}; the BCS schema of record,
 * crates/iota-core/tests/staged/iota.yaml. Digests carry their length, ids and addresses do not.
 */
import { equal32, isZero32 } from "../lib/bytes";
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../lib/hash/blake2b";
import { KIND_PACKAGE, viewKind, viewPrevious, viewVersion, writeOwner } from "../lib/iota/object";
import { genesisEventCount, genesisEvents, genesisEventsLength } from "../lib/iota/transaction";
import * as writer from "../lib/writer";
import { transactionHash } from "./context";
import {
  gasCoin,
  gasComputationCost,
  gasComputationCostBurned,
  gasNonRefundable,
  gasStorageCost,
  gasStorageRebate,
} from "./gas";
import { lamportVersion } from "./output";
import { environmentEpoch } from "./request";
import { entry, setEntry, sortByKey } from "./sort";
import { writeStatus } from "./status";
import {
  hasFlag,
  IS_CREATED,
  IS_DELETED,
  IS_MUTABLE,
  IS_RECEIVING,
  IS_SHARED,
  IS_WRITTEN,
  inputRecordCount,
  originalView,
  recordAt,
  recordDigest,
  recordView,
  sortedRecord,
  sortRecords,
  writtenDigest,
} from "./store";

const EFFECTS_V1: u32 = 0;
const NONE: u32 = 0;
const SOME: u32 = 1;
/** ObjectIn, ObjectOut and IDOperation. */
const NOT_EXIST: u32 = 0;
const EXIST: u32 = 1;
const OBJECT_WRITE: u32 = 1;
const PACKAGE_WRITE: u32 = 2;
const ID_NONE: u32 = 0;
const ID_CREATED: u32 = 1;
const ID_DELETED: u32 = 2;
/** UnchangedSharedKind. */
const READ_ONLY_ROOT: u32 = 0;
const PER_EPOCH_CONFIG: u32 = 4;

const DIGEST_BYTES: u32 = 32;
/** MAX_EFFECTS_BYTES would be 8 MiB; what MAX_WRITTEN_OBJECTS changes and as many dependencies come to is less than one. */
const EFFECTS: usize = memory.data(1_048_576, 16);
const EFFECTS_BYTES: usize = 1_048_576;
const EFFECTS_DIGEST: usize = memory.data(32, 16);
/** Addresses (u32) of digests: one a record. */
const DEPENDENCIES: usize = memory.data(32_768, 16);
const HASH: usize = memory.data(208, 16);
const EVENTS_DIGEST: usize = memory.data(32, 16);

/** "TransactionEffects::" and "TransactionEvents::", the BcsSignable names. */
const EFFECTS_DOMAIN: usize = memory.data<u8>([
  0x54, 0x72, 0x61, 0x6e, 0x73, 0x61, 0x63, 0x74, 0x69, 0x6f, 0x6e, 0x45, 0x66, 0x66, 0x65, 0x63, 0x74, 0x73, 0x3a,
  0x3a,
]);
const EFFECTS_DOMAIN_BYTES: u32 = 20;
const EVENTS_DOMAIN: usize = memory.data<u8>([
  0x54, 0x72, 0x61, 0x6e, 0x73, 0x61, 0x63, 0x74, 0x69, 0x6f, 0x6e, 0x45, 0x76, 0x65, 0x6e, 0x74, 0x73, 0x3a, 0x3a,
]);
const EVENTS_DOMAIN_BYTES: u32 = 19;

/** 0x403, the list of addresses that may not hold a coin. */
const DENY_LIST: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 3,
]);

let length: u32 = 0;

/** Makes the effects of the store's outcome. `denyList`: whether it was consulted. False when they do not fit. */
export function writeEffects(denyList: bool): bool {
  const changes = sortRecords(IS_WRITTEN | IS_DELETED);
  writer.open(EFFECTS, EFFECTS_BYTES);
  writer.uleb(EFFECTS_V1);
  writeStatus();
  writer.u64_(environmentEpoch());
  writer.u64_(gasComputationCost());
  writer.u64_(gasComputationCostBurned());
  writer.u64_(gasStorageCost());
  writer.u64_(gasStorageRebate());
  writer.u64_(gasNonRefundable());
  writeDigest(transactionHash());
  writeGasIndex(changes);
  writeEventsDigest();
  writeDependencies();
  writer.u64_(lamportVersion());
  writer.uleb(changes);
  for (let i: u32 = 0; i < changes; i++) writeChange(sortedRecord(i));
  writeUnchangedShared(denyList);
  writer.u8_(NONE); // no auxiliary data
  if (!writer.ok()) return false;
  length = writer.length();
  domainHash(EFFECTS_DIGEST, EFFECTS_DOMAIN, EFFECTS_DOMAIN_BYTES, EFFECTS, length);
  return true;
}

function domainHash(out: usize, domain: usize, domainLength: u32, bytes: usize, byteLength: u32): void {
  blake2b256Init(HASH);
  blake2b256Update(HASH, domain, domainLength);
  blake2b256Update(HASH, bytes, byteLength);
  blake2b256Final(HASH, out);
}

function writeDigest(digest: usize): void {
  writer.blob(digest, DIGEST_BYTES);
}

function writeGasIndex(changes: u32): void {
  const gas = gasCoin();
  for (let i: u32 = 0; gas != 0 && i < changes; i++) {
    if (sortedRecord(i) != gas) continue;
    writer.u8_(SOME);
    writer.u32_(i);
    return;
  }
  writer.u8_(NONE);
}

/** Only a genesis transaction has events so far. */
function writeEventsDigest(): void {
  writer.u8_(genesisEventCount() > 0 ? SOME : NONE);
  if (genesisEventCount() == 0) return;
  domainHash(EVENTS_DIGEST, EVENTS_DOMAIN, EVENTS_DOMAIN_BYTES, genesisEvents(), genesisEventsLength());
  writeDigest(EVENTS_DIGEST);
}

/** The transactions that wrote the inputs, ascending, once each; genesis objects of a dry run have none. What was not received is no input. */
function writeDependencies(): void {
  let count: u32 = 0;
  for (let i: u32 = 0; i < inputRecordCount(); i++) {
    const view = originalView(recordAt(i));
    if (view == 0 || isZero32(viewPrevious(view)) || hasFlag(recordAt(i), IS_RECEIVING)) continue;
    setEntry(DEPENDENCIES, count++, viewPrevious(view));
  }
  sortByKey(DEPENDENCIES, count);
  let different: u32 = 0;
  for (let i: u32 = 0; i < count; i++) if (isNew(i)) different++;
  writer.uleb(different);
  for (let i: u32 = 0; i < count; i++) if (isNew(i)) writeDigest(entry(DEPENDENCIES, i));
}

function isNew(index: u32): bool {
  return index == 0 || !equal32(entry(DEPENDENCIES, index - 1), entry(DEPENDENCIES, index));
}

function writeChange(record: usize): void {
  const view = recordView(record);
  const original = originalView(record);
  writer.raw32(record);
  writer.uleb(original != 0 ? EXIST : NOT_EXIST);
  if (original != 0) {
    writer.u64_(viewVersion(original));
    writeDigest(recordDigest(record));
    writeOwner(original);
  }
  if (!hasFlag(record, IS_WRITTEN)) {
    writer.uleb(NOT_EXIST);
  } else if (viewKind(view) == KIND_PACKAGE) {
    writer.uleb(PACKAGE_WRITE);
    writer.u64_(viewVersion(view));
    writeDigest(writtenDigest(record));
  } else {
    writer.uleb(OBJECT_WRITE);
    writeDigest(writtenDigest(record));
    writeOwner(view);
  }
  writer.uleb(hasFlag(record, IS_CREATED) ? ID_CREATED : hasFlag(record, IS_DELETED) ? ID_DELETED : ID_NONE);
}

/** Shared inputs that were only read, in the transaction's order; then the deny list. */
function writeUnchangedShared(denyList: bool): void {
  let count: u32 = 0;
  let listed = denyList;
  for (let i: u32 = 0; i < inputRecordCount(); i++) {
    const record = recordAt(i);
    if (equal32(record, DENY_LIST)) listed = false;
    if (isReadOnlyShared(record)) count++;
  }
  writer.uleb(count + (listed ? 1 : 0));
  for (let i: u32 = 0; i < inputRecordCount(); i++) {
    const record = recordAt(i);
    if (!isReadOnlyShared(record)) continue;
    writer.raw32(record);
    writer.uleb(READ_ONLY_ROOT);
    writer.u64_(viewVersion(originalView(record)));
    writeDigest(recordDigest(record));
  }
  if (!listed) return;
  writer.raw32(DENY_LIST);
  writer.uleb(PER_EPOCH_CONFIG);
}

function isReadOnlyShared(record: usize): bool {
  return hasFlag(record, IS_SHARED) && !hasFlag(record, IS_MUTABLE);
}

export function effectsBytes(): usize {
  return EFFECTS;
}

export function effectsLength(): u32 {
  return length;
}

/** 32 bytes. */
export function effectsDigest(): usize {
  return EFFECTS_DIGEST;
}
