/**
 * What the ledger itself holds true of a result, whatever `execute` says: objects changed are the ones read, they were the sender's to
 * change, one version is used once, and nothing of value appears or vanishes. `execute` decides what a transaction means; a fault in it
 * can stop the ledger here, but cannot take anybody's coins.
 *
 * Until Move code runs, a user's transaction creates and deletes coins only, and leaves type and contents of everything else alone, but for the list
 * of validators, which the holder of its capability may change into another well-formed one.
 * Source of the rules: iotaledger/iota iota-execution/latest/iota-adapter/src/temporary_store.rs (check_ownership_invariants,
 * check_iota_conserved, update_object_version_and_prev_tx).
 */
import { clear32, equal32, equalBytes, isZero32 } from "../lib/bytes";
import * as committee from "../lib/iota/committee";
import * as object from "../lib/iota/object";
import { isClockType, sameType } from "../lib/iota/types";
import {
  REJECT_REFUSAL_COIN_NOT_CONSERVED,
  REJECT_REFUSAL_INPUT_NOT_READ,
  REJECT_REFUSAL_IOTA_NOT_CONSERVED,
  REJECT_REFUSAL_MALFORMED_OBJECT,
  REJECT_REFUSAL_NO_GAS_PAID,
  REJECT_REFUSAL_WRITTEN_NOT_READ,
  REJECT_REFUSAL_WRONG_CHANGE,
  REJECT_REFUSAL_WRONG_OWNER,
  REJECT_REFUSAL_WRONG_SYSTEM_CHANGE,
  REJECT_REFUSAL_WRONG_VERSION,
} from "../wire/generated";
import * as reads from "./reads";
import { KIND_END, KIND_GENESIS, KIND_PROLOGUE, KIND_USER, NEW, OLD } from "./results";
import { GAS_BYTES } from "./state";
import * as sums from "./sums";

/** `flags` of an operation: its object was given as input, was a coin then, is written. */
const INPUT: u32 = 1;
const INPUT_COIN: u32 = 2;
const WRITTEN: u32 = 4;

/** SequenceNumber::MAX of upstream's base_types.rs. */
const MAX_VERSION: u64 = <u64>i64.MAX_VALUE;
/** Version that genesis gives everything. */
const GENESIS_VERSION: u64 = 1;
/** Contents of 0x2::clock::Clock: id, timestamp in milliseconds. */
const CLOCK_BYTES: u32 = 40;
const CLOCK_TIMESTAMP: usize = 32;
/** IOTA_CLOCK_OBJECT_ID, 0x6. */
const CLOCK_ID: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6,
]);

/** OBJECT_VIEW_BYTES of lib/iota/object.ts: the object as read, and as written. */
const BEFORE: usize = memory.data(64, 16);
const AFTER: usize = memory.data(64, 16);
/** Views of inputs by operation, kept until the written objects are compared with them: MAX_READS of them. */
const BEFORES: usize = memory.data(393_216, 16);
const DIGEST: usize = memory.data(32, 16);

let kind: u32 = 0;
let transaction: usize = 0;
let sender: usize = 0;
let gasOwner: usize = 0;
let timestampMs: u64 = 0;
let highestInput: u64 = 0;
let gasPaid: bool = false;
/** The sender has the capability by which the list of validators is changed. */
let governs: bool = false;
/** The version of all written objects; 0 before the first. */
let newVersion: u64 = 0;

/** Begins the checks of one result, whose reads `reads` holds. `digest`, `from` (the sender) and `payer`: addresses of 32 bytes. */
export function beginChecks(
  transactionKind: u32,
  digest: usize,
  from: usize,
  payer: usize,
  commitTimestampMs: u64,
): void {
  kind = transactionKind;
  transaction = digest;
  sender = from;
  gasOwner = payer;
  timestampMs = commitTimestampMs;
  highestInput = 0;
  gasPaid = false;
  governs = false;
  newVersion = 0;
  sums.clearSums();
}

/** Takes bcs(Object) of something changed or deleted, as it was read. Returns a LedgerRefusal, or 0. */
export function takeInput(bytes: usize, length: u32): u32 {
  if (!object.parseObject(BEFORE, bytes, length)) return REJECT_REFUSAL_MALFORMED_OBJECT;
  const index = reads.findOperation(object.viewId(BEFORE));
  if (index < 0 || reads.flags(index) != 0) return REJECT_REFUSAL_INPUT_NOT_READ;
  const operation = reads.operationAt(index);
  object.objectDigest(DIGEST, bytes, length);
  if (!equal32(operation + OLD, DIGEST)) return REJECT_REFUSAL_INPUT_NOT_READ;
  if (kind == KIND_END) return takeList(index);
  const refusal = mayChange();
  if (refusal != 0) return refusal;
  if (committee.isCapability(BEFORE)) governs = true;
  const isCoin = object.viewIsCoin(BEFORE);
  reads.setFlags(index, isCoin ? INPUT | INPUT_COIN : INPUT);
  memory.copy(BEFORES + <usize>index * object.OBJECT_VIEW_BYTES, BEFORE, object.OBJECT_VIEW_BYTES);
  clear32(operation + NEW);
  const version = object.viewVersion(BEFORE);
  if (version > highestInput) highestInput = version;
  return count(sums.TAKEN, BEFORE) ? 0 : REJECT_REFUSAL_COIN_NOT_CONSERVED;
}

/** What ends an epoch shows the list of validators, once, and leaves it as it is. */
function takeList(index: i32): u32 {
  if (!committee.isList(BEFORE) || !isWellFormedList(BEFORE)) return REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
  reads.setFlags(index, INPUT);
  return 0;
}

function isWellFormedList(view: usize): bool {
  return committee.readMembers(object.viewContents(view), object.viewContentsLength(view));
}

/** Takes bcs(Object) of something created or changed, after all inputs. Returns a LedgerRefusal, or 0. */
export function takeWritten(bytes: usize, length: u32): u32 {
  if (!object.parseObject(AFTER, bytes, length)) return REJECT_REFUSAL_MALFORMED_OBJECT;
  const index = reads.findOperation(object.viewId(AFTER));
  if (index < 0) return REJECT_REFUSAL_WRITTEN_NOT_READ;
  const operation = reads.operationAt(index);
  const flags = reads.flags(index);
  const created = isZero32(operation + OLD);
  if ((flags & WRITTEN) != 0 || (!created && (flags & INPUT) == 0)) return REJECT_REFUSAL_WRITTEN_NOT_READ;
  if (!versionFits()) return REJECT_REFUSAL_WRONG_VERSION;
  const before = BEFORES + <usize>index * object.OBJECT_VIEW_BYTES;
  const refusal = created ? mayCreate() : mayBecome(before);
  if (refusal != 0) return refusal;
  reads.setFlags(index, flags | WRITTEN);
  object.objectDigest(operation + NEW, bytes, length);
  return count(sums.LEFT, AFTER) ? 0 : REJECT_REFUSAL_COIN_NOT_CONSERVED;
}

/** Ends the checks: what concerns the result as a whole. `gas`: five u64 (GasSummary). Returns a LedgerRefusal, or 0. */
export function endChecks(gas: usize, inputs: u32, written: u32): u32 {
  if (kind != KIND_USER) {
    if (!isZero(gas, GAS_BYTES)) return REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
    if (kind == KIND_GENESIS) return inputs == 0 ? 0 : REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
    if (kind == KIND_END) return readsListAlone(inputs) && written == 0 ? 0 : REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
    if (inputs != 1 || written != 1) return REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
  } else {
    if (!gasPaid) return REJECT_REFUSAL_NO_GAS_PAID;
    if (!onlyCoinsDeleted()) return REJECT_REFUSAL_WRONG_CHANGE;
  }
  if (!sums.iotaConserved(gas)) return REJECT_REFUSAL_IOTA_NOT_CONSERVED;
  return sums.coinsConserved() ? 0 : REJECT_REFUSAL_COIN_NOT_CONSERVED;
}

/** What ends an epoch relies on the list of validators, which it shows, or on there being none. */
function readsListAlone(inputs: u32): bool {
  if (reads.operationCount() != 1 || reads.findOperation(committee.listId()) < 0) return false;
  return isZero32(reads.operationAt(0) + OLD) == (inputs == 0);
}

/** May this transaction change or delete the object in BEFORE at all? */
function mayChange(): u32 {
  const ownerKind = object.viewOwnerKind(BEFORE);
  const isClock = equal32(object.viewId(BEFORE), CLOCK_ID);
  if (kind == KIND_PROLOGUE) {
    const type = object.viewType(BEFORE);
    if (!isClock || ownerKind != object.OWNER_SHARED || !isClockType(type, object.viewTypeLength(BEFORE))) {
      return REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
    }
    return 0;
  }
  if (kind != KIND_USER) return REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
  if (object.viewKind(BEFORE) == object.KIND_PACKAGE) return REJECT_REFUSAL_WRONG_OWNER;
  // Whoever names a shared object may take it; the clock alone is the system's. Nothing but coins and a governed list changes by that (mayBecome).
  if (ownerKind == object.OWNER_SHARED) return isClock ? REJECT_REFUSAL_WRONG_OWNER : 0;
  if (ownerKind != object.OWNER_ADDRESS) return REJECT_REFUSAL_WRONG_OWNER;
  const owner = object.viewOwner(BEFORE);
  const isGasOwners = object.viewIsIotaCoin(BEFORE) && equal32(owner, gasOwner);
  if (isGasOwners) gasPaid = true;
  return isGasOwners || equal32(owner, sender) ? 0 : REJECT_REFUSAL_WRONG_OWNER;
}

/** All written objects carry one version, above every input's, and this transaction's digest. */
function versionFits(): bool {
  const version = object.viewVersion(AFTER);
  if (newVersion == 0) newVersion = version;
  if (version != newVersion || version <= highestInput || version > MAX_VERSION) return false;
  if (kind == KIND_GENESIS && version != GENESIS_VERSION) return false;
  if (kind == KIND_PROLOGUE && version != highestInput + 1) return false;
  return equal32(object.viewPrevious(AFTER), transaction);
}

/** May AFTER come into being? */
function mayCreate(): u32 {
  if (kind == KIND_GENESIS) return object.viewRebate(AFTER) == 0 ? 0 : REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
  if (kind != KIND_USER) return REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
  return object.viewIsCoin(AFTER) && object.viewOwnerKind(AFTER) == object.OWNER_ADDRESS
    ? 0
    : REJECT_REFUSAL_WRONG_CHANGE;
}

/** May `before` become AFTER? */
function mayBecome(before: usize): u32 {
  const typeLength = object.viewTypeLength(AFTER);
  const kept = sameType(object.viewType(before), object.viewTypeLength(before), object.viewType(AFTER), typeLength);
  if (!kept || object.viewKind(before) != object.viewKind(AFTER)) return REJECT_REFUSAL_WRONG_CHANGE;
  const ownerKind = object.viewOwnerKind(AFTER);
  if (ownerKind != object.viewOwnerKind(before)) return REJECT_REFUSAL_WRONG_CHANGE;
  if (object.viewSharedVersion(before) != object.viewSharedVersion(AFTER)) return REJECT_REFUSAL_WRONG_CHANGE;
  if (kind == KIND_PROLOGUE) {
    const contents = object.viewContents(AFTER);
    const tells =
      object.viewContentsLength(AFTER) == CLOCK_BYTES && load<u64>(contents, CLOCK_TIMESTAMP) == timestampMs;
    return tells ? 0 : REJECT_REFUSAL_WRONG_SYSTEM_CHANGE;
  }
  if (object.viewIsCoin(AFTER)) return 0;
  if (governs && committee.isList(AFTER)) return isWellFormedList(AFTER) ? 0 : REJECT_REFUSAL_WRONG_CHANGE;
  const length = object.viewContentsLength(before);
  const same =
    length == object.viewContentsLength(AFTER) &&
    equalBytes(object.viewContents(before), object.viewContents(AFTER), length);
  return same ? 0 : REJECT_REFUSAL_WRONG_CHANGE;
}

function onlyCoinsDeleted(): bool {
  const operations = reads.operationCount();
  for (let i: u32 = 0; i < operations; i++) {
    if (reads.flags(i) == INPUT) return false;
  }
  return true;
}

/** Adds what an object holds to the sums. False: a coin of a type that no input has. */
function count(side: usize, view: usize): bool {
  sums.addRebate(side, object.viewRebate(view));
  if (!object.viewIsCoin(view)) return true;
  if (object.viewIsIotaCoin(view)) {
    sums.addIota(side, object.viewBalance(view));
    return true;
  }
  return (
    kind == KIND_GENESIS ||
    sums.addCoin(side, object.viewType(view), object.viewTypeLength(view), object.viewBalance(view))
  );
}

function isZero(at: usize, length: usize): bool {
  let all: u64 = 0;
  for (let i: usize = 0; i < length; i += 8) all |= load<u64>(at + i);
  return all == 0;
}
