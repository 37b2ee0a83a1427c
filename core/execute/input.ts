/**
 * Inputs of a programmable transaction: every object that it names is found among those given, or said to be absent, or asked for; then
 * each is checked as upstream checks it.
 *
 * Source: iotaledger/iota crates/iota-transaction-checks/src/lib.rs (check_gas, check_objects, check_one_object, check_receiving_objects), crates/iota-types/src/
 * transaction.rs (input_objects, lamport_timestamp), crates/iota-core/src/authority.rs (the gas coin of a dry run).
 */
import { compare32, copy32, equal32 } from "../lib/bytes";
import { putCoin } from "../lib/iota/coin";
import {
  KIND_PACKAGE,
  OBJECT_VIEW_BYTES,
  OWNER_ADDRESS,
  OWNER_IMMUTABLE,
  OWNER_OBJECT,
  OWNER_SHARED,
  setMoveObject,
  setOwner,
  setPrevious,
  setRebate,
  setVersion,
  viewGasSize,
  viewIsIotaCoin,
  viewKind,
  viewOwner,
  viewOwnerKind,
  viewSharedVersion,
  viewVersion,
  writeObject,
} from "../lib/iota/object";
import {
  COMMAND_MAKE_MOVE_VEC,
  commandKind,
  commandTypePackage,
  commandTypePackageCount,
  INPUT_PURE,
  INPUT_RECEIVING,
  INPUT_SHARED,
  inputKind,
  inputMutable,
  inputPointer,
  inputPureLength,
  inputVersion,
  openCommand,
  referenceDigest,
  referenceVersion,
  transactionCommandCount,
  transactionGasBudget,
  transactionGasCount,
  transactionGasObject,
  transactionGasOwner,
  transactionInputCount,
  transactionSender,
} from "../lib/iota/transaction";
import * as writer from "../lib/writer";
import {
  REJECT_DROP_DUPLICATE_OBJECT,
  REJECT_DROP_GAS_BALANCE_TOO_LOW,
  REJECT_DROP_GAS_OBJECT_NOT_COIN,
  REJECT_DROP_GAS_OBJECT_NOT_OWNED,
  REJECT_DROP_IMMUTABLE_RECEIVED,
  REJECT_DROP_INACCESSIBLE_SYSTEM_OBJECT,
  REJECT_DROP_INCORRECT_OWNER,
  REJECT_DROP_INPUTS_TOO_LARGE,
  REJECT_DROP_INVALID_OBJECT_DIGEST,
  REJECT_DROP_MOVE_OBJECT_AS_PACKAGE,
  REJECT_DROP_MOVE_PACKAGE_AS_OBJECT,
  REJECT_DROP_MUTABLE_SHARED_NOT_ALLOWED,
  REJECT_DROP_NOT_SHARED_OBJECT,
  REJECT_DROP_OBJECT_NOT_FOUND,
  REJECT_DROP_OBJECT_OWNED_BY_OBJECT,
  REJECT_DROP_OBJECT_VERSION_UNAVAILABLE,
  REJECT_DROP_SHARED_OBJECT_WRONG_VERSION,
} from "../wire/generated";
import { MAX_TX_GAS } from "../wire/generated-protocol";
import { outOfMemory } from "./context";
import { drop, isDropped } from "./drop";
import { ABSENT, entryLength, found, lookup, MODE_DEV_INSPECT, requestMode, UNKNOWN } from "./request";
import { entry, setEntry } from "./sort";
import {
  addFlag,
  addInput,
  addRecord,
  balanceOf,
  hasFlag,
  IS_ABSENT,
  IS_GAS,
  IS_INPUT,
  IS_MADE_UP,
  IS_MUTABLE,
  IS_PACKAGE,
  IS_RECEIVING,
  IS_SHARED,
  IS_SMASHED,
  inputRecordCount,
  originalView,
  recordAt,
  recordCount,
  recordDigest,
  recordView,
  sortedRecord,
  sortRecords,
} from "./store";
import { addObject, addPure, addReceiving, clearValues, closeInputValues } from "./values";

/** Bytes of all input objects, ours: with all that can be written (`max_size_written_objects`) they must fit one frame to the ledger. */
export const MAX_INPUT_BYTES: u64 = 2_900_000;

/** Greatest version an object may be taken at: SequenceNumber::MAX (crates/iota-types/src/base_types.rs), exclusive. */
const VERSION_LIMIT: u64 = ((<u64>1) << 63) - 1;

/** Balance of the gas coin that a dry run makes up: a billion IOTA, in NANOS. */
const DRY_RUN_BALANCE: u64 = 1_000_000_000_000_000_000;
/** DEV_INSPECT_GAS_COIN_VALUE, in NANOS. */
const DEV_INSPECT_BALANCE: u64 = 1_000_000_000_000;
const COIN_BYTES: u32 = 40;

/** Ids (u32 addresses) that the host must give: at most one for every input. */
const NEEDED: usize = memory.data(32_768, 16);
const MAX_NEEDED: u32 = 8_192;
let neededCount: u32 = 0;
let givenBytes: u64 = 0;

/** The made-up gas coin: an entry as in request.ts, its contents, id, type and bytes. */
const MADE_UP: usize = memory.data(72, 16);
const MADE_UP_CONTENTS: usize = memory.data(40, 16);
const MADE_UP_BYTES: usize = memory.data(128, 16);
/** Upstream takes a random id; this one is recognisable. */
const MADE_UP_ID: usize = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
]);
const GAS_COIN_TYPE: usize = memory.data<u8>([1]);
const ZERO: usize = memory.data(32, 16);

/** Ids of shared objects that only the system may change: 0x6, the clock, and 0x8, randomness; and 0x7, which nobody may touch. */
const CLOCK: u32 = 6;
const AUTHENTICATOR_STATE: u32 = 7;
const RANDOMNESS_STATE: u32 = 8;

let gasRecord: usize = 0;

/**
 * Finds every object that the open transaction names and fills the tables of records and input values. When some were not given,
 * `neededCount()` says so; otherwise the caller goes on with `checkInputs`.
 */
export function resolveInputs(): void {
  neededCount = 0;
  givenBytes = 0;
  gasRecord = 0;
  clearValues();
  for (let i: u32 = 0; i < transactionInputCount(); i++) {
    const at = inputPointer(i);
    if (inputKind(i) == INPUT_PURE) {
      if (!addPure(at, inputPureLength(i))) outOfMemory();
      continue;
    }
    if (inputKind(i) == INPUT_RECEIVING) {
      if (!addReceiving(resolveOne(at, IS_RECEIVING))) outOfMemory();
      continue;
    }
    const shared = inputKind(i) == INPUT_SHARED;
    const flags: u32 = shared ? IS_SHARED | (inputMutable(i) ? IS_MUTABLE : 0) : 0;
    if (!addObject(resolveOne(at, flags))) outOfMemory();
  }
  for (let i: u32 = 0; i < transactionGasCount(); i++) {
    const record = resolveOne(transactionGasObject(i), IS_MUTABLE | (i == 0 ? IS_GAS : IS_SMASHED));
    if (i == 0) gasRecord = record;
  }
  if (transactionGasCount() == 0) gasRecord = makeUpGas();
  if (!closeInputValues(gasRecord)) outOfMemory();
  resolvePackages();
  if (givenBytes > MAX_INPUT_BYTES) drop(REJECT_DROP_INPUTS_TOO_LARGE, 0, givenBytes, MAX_INPUT_BYTES);
}

/** The record of an object by its id: given, absent, or (0) asked for. */
function resolveOne(id: usize, flags: u32): usize {
  const state = lookup(id);
  if (state == UNKNOWN) {
    if (neededCount < MAX_NEEDED) setEntry(NEEDED, neededCount++, id);
    return 0;
  }
  const record = state == ABSENT ? addRecord(id, flags | IS_ABSENT) : addInput(found(), flags);
  if (record == 0) {
    outOfMemory();
  } else if (state != ABSENT) {
    givenBytes += entryLength(found());
    // An owned input is mutable unless the object itself is immutable.
    const fixed = hasFlag(record, IS_SHARED | IS_PACKAGE | IS_RECEIVING);
    if (!fixed && viewOwnerKind(found()) != OWNER_IMMUTABLE) addFlag(record, IS_MUTABLE);
  }
  return record;
}

/** Packages that the types of commands name, once each. */
function resolvePackages(): void {
  const before = recordCount();
  for (let i: u32 = 0; i < transactionCommandCount(); i++) {
    if (commandKind(i) != COMMAND_MAKE_MOVE_VEC) continue;
    openCommand(i);
    for (let j: u32 = 0; j < commandTypePackageCount(); j++) {
      const id = commandTypePackage(j);
      if (!isResolved(id, before)) resolveOne(id, IS_PACKAGE);
    }
  }
}

/** Only types of known packages come this far, so there are few. */
function isResolved(id: usize, from: u32): bool {
  for (let i = from; i < recordCount(); i++) if (equal32(recordAt(i), id)) return true;
  for (let i: u32 = 0; i < neededCount; i++) if (equal32(entry(NEEDED, i), id)) return true;
  return false;
}

/** The gas coin of a dry run that names none, owned by whoever is to pay. */
function makeUpGas(): usize {
  putCoin(MADE_UP_CONTENTS, MADE_UP_ID, requestMode() == MODE_DEV_INSPECT ? DEV_INSPECT_BALANCE : DRY_RUN_BALANCE);
  setMoveObject(MADE_UP, GAS_COIN_TYPE, 1, MADE_UP_CONTENTS, COIN_BYTES);
  setVersion(MADE_UP, 1);
  setOwner(MADE_UP, OWNER_ADDRESS, transactionGasOwner(), 0);
  setPrevious(MADE_UP, ZERO);
  setRebate(MADE_UP, 0);
  writer.open(MADE_UP_BYTES, 128);
  writeObject(MADE_UP);
  store<u32>(MADE_UP, <u32>MADE_UP_BYTES, OBJECT_VIEW_BYTES);
  store<u32>(MADE_UP, writer.length(), OBJECT_VIEW_BYTES + 4);
  const record = addInput(MADE_UP, IS_MUTABLE | IS_GAS | IS_MADE_UP);
  if (record == 0) outOfMemory();
  return record;
}

/** Ids that were neither given nor said to be absent. */
export function neededIds(): u32 {
  return neededCount;
}

export function neededId(index: u32): usize {
  return entry(NEEDED, index);
}

/** The record of the primary gas coin. */
export function primaryGas(): usize {
  return gasRecord;
}

/** NANOS that commands may not spend. */
export function effectiveBudget(): u64 {
  return requestMode() == MODE_DEV_INSPECT ? MAX_TX_GAS : transactionGasBudget();
}

/** Drops the transaction if its inputs, all of which are resolved, rule it out. */
export function checkInputs(): void {
  checkDuplicates();
  let record: u32 = 0;
  for (let i: u32 = 0; i < transactionInputCount(); i++) {
    if (inputKind(i) == INPUT_PURE) continue;
    if (inputKind(i) == INPUT_SHARED) checkVersionOfShared(recordAt(record++));
    else checkReference(recordAt(record++), inputPointer(i));
  }
  for (let i: u32 = 0; i < transactionGasCount(); i++) checkReference(recordAt(record++), transactionGasObject(i));
  if (transactionGasCount() == 0) record++;
  for (; record < inputRecordCount(); record++) checkPackage(recordAt(record));
  if (isDropped()) return;
  checkGas();
  record = 0;
  for (let i: u32 = 0; i < transactionInputCount(); i++) {
    if (inputKind(i) == INPUT_PURE) continue;
    if (inputKind(i) == INPUT_SHARED) checkShared(recordAt(record++), i);
    else if (inputKind(i) == INPUT_RECEIVING) record++;
    else checkOwned(recordAt(record++));
  }
  for (record = 0; record < inputRecordCount(); record++) {
    if (hasFlag(recordAt(record), IS_RECEIVING)) checkReceiving(recordAt(record));
  }
}

function checkDuplicates(): void {
  const count = sortRecords(IS_INPUT | IS_ABSENT);
  for (let i: u32 = 1; i < count; i++) {
    const record = sortedRecord(i);
    if (compare32(sortedRecord(i - 1), record) == 0) drop(REJECT_DROP_DUPLICATE_OBJECT, record, 0, 0);
  }
}

/** An owned input or gas payment: it exists, at this version, with this digest, and is no package. */
function checkReference(record: usize, reference: usize): void {
  const version = referenceVersion(reference);
  if (hasFlag(record, IS_ABSENT)) {
    drop(REJECT_DROP_OBJECT_NOT_FOUND, record, version, 0);
    return;
  }
  const view = recordView(record);
  if (viewKind(view) == KIND_PACKAGE) {
    drop(REJECT_DROP_MOVE_PACKAGE_AS_OBJECT, record, 0, 0);
  } else if (viewVersion(view) != version || version >= VERSION_LIMIT) {
    drop(REJECT_DROP_OBJECT_VERSION_UNAVAILABLE, record, version, viewVersion(view));
  } else if (!equal32(recordDigest(record), referenceDigest(reference))) {
    drop(REJECT_DROP_INVALID_OBJECT_DIGEST, record, version, 0);
  }
}

function checkVersionOfShared(record: usize): void {
  if (hasFlag(record, IS_ABSENT)) {
    drop(REJECT_DROP_OBJECT_NOT_FOUND, record, 0, 0);
  } else if (viewKind(recordView(record)) == KIND_PACKAGE) {
    drop(REJECT_DROP_MOVE_PACKAGE_AS_OBJECT, record, 0, 0);
  } else if (viewVersion(recordView(record)) >= VERSION_LIMIT) {
    drop(REJECT_DROP_OBJECT_VERSION_UNAVAILABLE, record, 0, viewVersion(recordView(record)));
  }
}

function checkPackage(record: usize): void {
  if (hasFlag(record, IS_ABSENT)) drop(REJECT_DROP_OBJECT_NOT_FOUND, record, 0, 0);
  else if (viewKind(recordView(record)) != KIND_PACKAGE) drop(REJECT_DROP_MOVE_OBJECT_AS_PACKAGE, record, 0, 0);
}

/** Gas coins: coins of IOTA, owned by the gas owner, together worth the budget. */
function checkGas(): void {
  let balance: u64 = 0;
  for (let i: u32 = 0; i < inputRecordCount(); i++) {
    const record = recordAt(i);
    if (!hasFlag(record, IS_GAS | IS_SMASHED)) continue;
    const view = recordView(record);
    if (viewOwnerKind(view) != OWNER_ADDRESS) drop(REJECT_DROP_GAS_OBJECT_NOT_OWNED, record, 0, 0);
    else if (!equal32(viewOwner(view), transactionGasOwner()) && requestMode() != MODE_DEV_INSPECT) {
      drop(REJECT_DROP_GAS_OBJECT_NOT_OWNED, record, 0, 0);
    }
    if (!viewIsIotaCoin(view)) {
      drop(REJECT_DROP_GAS_OBJECT_NOT_COIN, record, 0, 0);
    } else {
      const sum = balance + balanceOf(record);
      balance = sum < balance ? u64.MAX_VALUE : sum;
    }
  }
  const budget = effectiveBudget();
  if (balance < budget) drop(REJECT_DROP_GAS_BALANCE_TOO_LOW, gasRecord, balance, budget);
}

function checkOwned(record: usize): void {
  if (requestMode() == MODE_DEV_INSPECT) return;
  const view = recordView(record);
  const owner = viewOwnerKind(view);
  if (owner == OWNER_OBJECT) drop(REJECT_DROP_OBJECT_OWNED_BY_OBJECT, record, 0, 0);
  else if (owner == OWNER_SHARED) drop(REJECT_DROP_NOT_SHARED_OBJECT, record, 0, 0);
  else if (owner == OWNER_ADDRESS && !equal32(viewOwner(view), transactionSender())) {
    drop(REJECT_DROP_INCORRECT_OWNER, record, 0, 0);
  }
}

function checkShared(record: usize, input: u32): void {
  if (requestMode() == MODE_DEV_INSPECT) return;
  const system = systemId(record);
  const mutable = inputMutable(input);
  if (system == AUTHENTICATOR_STATE) {
    drop(REJECT_DROP_INACCESSIBLE_SYSTEM_OBJECT, record, 0, 0);
    return;
  }
  if (mutable && (system == CLOCK || system == RANDOMNESS_STATE)) {
    drop(REJECT_DROP_MUTABLE_SHARED_NOT_ALLOWED, record, 0, 0);
    return;
  }
  const view = recordView(record);
  if (viewOwnerKind(view) != OWNER_SHARED) drop(REJECT_DROP_NOT_SHARED_OBJECT, record, 0, 0);
  else if (viewSharedVersion(view) != inputVersion(input)) {
    drop(REJECT_DROP_SHARED_OBJECT_WRONG_VERSION, record, inputVersion(input), 0);
  }
}

/** What may be received belongs to some address: to which one, the Move call that receives it decides. */
function checkReceiving(record: usize): void {
  if (requestMode() == MODE_DEV_INSPECT) return;
  const owner = viewOwnerKind(recordView(record));
  if (owner == OWNER_OBJECT) drop(REJECT_DROP_OBJECT_OWNED_BY_OBJECT, record, 0, 0);
  else if (owner == OWNER_SHARED) drop(REJECT_DROP_NOT_SHARED_OBJECT, record, 0, 0);
  else if (owner == OWNER_IMMUTABLE) drop(REJECT_DROP_IMMUTABLE_RECEIVED, record, 0, 0);
}

/** The last byte of an id that is zero up to it; 0 for others. */
export function systemId(id: usize): u32 {
  const last = <u32>load<u8>(id, 31);
  copy32(SYSTEM_ID, ZERO);
  store<u8>(SYSTEM_ID, last, 31);
  return equal32(SYSTEM_ID, id) ? last : 0;
}

const SYSTEM_ID: usize = memory.data(32, 16);

/**
 * Bytes that reading the inputs is charged for: all but what may be received, and packages. Those are of known types, hence the system's own, which are
 * read for nothing (crates/iota-types/src/lib.rs, built_in_pkgs).
 */
export function inputGasBytes(): u64 {
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < inputRecordCount(); i++) {
    const record = recordAt(i);
    if (hasFlag(record, IS_RECEIVING | IS_PACKAGE)) continue;
    bytes += viewGasSize(originalView(record));
  }
  return bytes;
}
