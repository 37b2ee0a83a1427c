/**
 * A programmable transaction from its checked inputs to its final objects.
 *
 * Source: iotaledger/iota iota-execution/latest/iota-adapter/src/execution_engine.rs (execute_transaction),
 * programmable_transactions/{execution.rs, context.rs} (the order in which a finished transaction is checked).
 */
import { equal32 } from "../lib/bytes";
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../lib/hash/blake2b";
import {
  OWNER_ADDRESS,
  viewGasSize,
  viewIsCoin,
  viewIsIotaCoin,
  viewOwner,
  viewOwnerKind,
  viewType,
  viewTypeLength,
} from "../lib/iota/object";
import {
  COMMAND_MERGE_COINS,
  COMMAND_MOVE_CALL,
  COMMAND_SPLIT_COINS,
  COMMAND_TRANSFER_OBJECTS,
  openCommand,
  transactionCommandCount,
  transactionGasPrice,
} from "../lib/iota/transaction";
import { MAX_SERIALIZED_TX_EFFECTS_SIZE_BYTES, MAX_SIZE_WRITTEN_OBJECTS } from "../wire/generated-protocol";
import { openArguments } from "./arguments";
import { callBuiltIn } from "./commands/call";
import { makeVector } from "./commands/make-vector";
import { mergeCoins } from "./commands/merge";
import { splitCoins } from "./commands/split";
import { transferObjects } from "./commands/transfer";
import { outOfMemory } from "./context";
import { isDropped } from "./drop";
import { chargeRead, chargeUnits, gasBudget, gasCoin, openMeter, settle, smash } from "./gas";
import { effectiveBudget, inputGasBytes, primaryGas } from "./input";
import { clearInspection, inspectCommand } from "./inspection";
import { environmentGasPrice, MODE_DEV_INSPECT, requestMode } from "./request";
import { entry, setEntry, sortByKey } from "./sort";
import {
  blameCommand,
  COIN_BALANCE_OVERFLOW,
  clearStatus,
  EFFECTS_TOO_LARGE,
  fail,
  hasFailed,
  INSUFFICIENT_GAS,
  SHARED_OBJECT_OPERATION_NOT_ALLOWED,
  UNUSED_VALUE_WITHOUT_DROP,
  WRITTEN_OBJECTS_TOO_LARGE,
} from "./status";
import {
  addFlag,
  balanceOf,
  hasFlag,
  IS_INPUT,
  IS_MUTABLE,
  IS_RECEIVING,
  IS_SHARED,
  IS_WRITTEN,
  inputRecordCount,
  recordAt,
  recordCount,
  recordView,
  setBalance,
  writtenDigest,
} from "./store";
import {
  ABILITY_DROP,
  closeResults,
  gasValue,
  hasAbility,
  inputValue,
  inputValueCount,
  isPresent,
  openResults,
  resultCommandCount,
  resultCount,
  resultValue,
  VALUE_OBJECT,
  valueKind,
  valueRecord,
} from "./values";

/** Internal units for each owner who gets a coin that could be regulated: DENY_LIST check, 1000 bytes read ten times. */
const DENY_CHECK_UNITS: u64 = 150_000;
/** The estimate of effects' size (crates/iota-types/src/effects/mod.rs, estimate_effects_size_upperbound_v1), in bytes. */
const EFFECTS_FIXED: u64 = 2_220;
const EFFECTS_PER_CHANGE: u64 = 128;
const EFFECTS_PER_INPUT: u64 = 40;

/** One pair of coin type and owner, hashed so that pairs can be told apart by 32 bytes: BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);
/** Addresses (u32) of the pairs' hashes: one a record. */
const PAIRS: usize = memory.data(32_768, 16);

let denyListRead: bool = false;

/**
 * Runs the open transaction, whose inputs are resolved and checked. Afterwards the store holds the outcome, unless it was dropped.
 * False when the objects' amounts overflow, which those of a ledger never do.
 */
export function runProgrammable(): bool {
  clearStatus();
  clearInspection();
  denyListRead = false;
  openMeter(effectiveBudget(), transactionGasPrice(), primaryGas());
  if (!smash()) return false;
  if (chargeRead(inputGasBytes())) {
    runCommands();
    if (isDropped()) return true;
    if (!hasFailed()) finish();
    if (!hasFailed()) checkSizes();
  } else {
    fail(INSUFFICIENT_GAS, 0, 0);
  }
  return settle(environmentGasPrice());
}

/** Whether the deny list was consulted: effects then name it. */
export function readsDenyList(): bool {
  return denyListRead;
}

function runCommands(): void {
  // Commands see the gas coin without the budget, so that they cannot spend what pays for them.
  setBalance(gasCoin(), balanceOf(gasCoin()) - gasBudget());
  const commands = transactionCommandCount();
  for (let i: u32 = 0; i < commands; i++) {
    openArguments(i);
    const kind = openCommand(i);
    if (!runCommand(kind, i)) {
      blameCommand(i);
      return;
    }
    if (isDropped()) return;
  }
}

function runCommand(kind: u32, index: u32): bool {
  if (!openResults()) {
    outOfMemory();
    return true;
  }
  if (kind == COMMAND_SPLIT_COINS) splitCoins();
  else if (kind == COMMAND_MERGE_COINS) mergeCoins();
  else if (kind == COMMAND_TRANSFER_OBJECTS) transferObjects(index);
  else if (kind == COMMAND_MOVE_CALL) callBuiltIn();
  else makeVector(index);
  closeResults();
  if (hasFailed()) return false;
  if (!isDropped()) inspectCommand(kind, index);
  return true;
}

/** What is checked when all commands have run, in upstream's order; no command is blamed. */
function finish(): void {
  keepInputs();
  if (requestMode() != MODE_DEV_INSPECT) checkUnused();
  if (hasFailed()) return;
  const balance = balanceOf(gasCoin());
  const whole = balance + gasBudget();
  if (whole < balance) {
    fail(COIN_BALANCE_OVERFLOW, 0, 0);
    return;
  }
  setBalance(gasCoin(), whole);
  checkShared();
  if (!hasFailed()) chargeDenyList();
}

/** Mutable inputs whose value is still there are written back, used or not. */
function keepInputs(): void {
  for (let i: u32 = 0; i < inputValueCount(); i++) keep(inputValue(i));
  keep(gasValue());
}

function keep(slot: usize): void {
  if (valueKind(slot) == VALUE_OBJECT && isPresent(slot) && hasFlag(valueRecord(slot), IS_MUTABLE)) {
    addFlag(valueRecord(slot), IS_WRITTEN);
  }
}

/** A result that is left must be of a type whose values may be dropped. */
function checkUnused(): void {
  for (let i: u32 = 0; i < resultCommandCount(); i++) {
    for (let j: u32 = 0; j < resultCount(i); j++) {
      const slot = resultValue(i, j);
      if (!isPresent(slot) || hasAbility(slot, ABILITY_DROP)) continue;
      fail(UNUSED_VALUE_WITHOUT_DROP, i, j);
      return;
    }
  }
}

/** A shared object that was taken must be gone: no command here shares one again. */
function checkShared(): void {
  for (let i: u32 = 0; i < inputRecordCount(); i++) {
    const record = recordAt(i);
    if (!hasFlag(record, IS_SHARED) || !hasFlag(record, IS_WRITTEN)) continue;
    if (viewOwnerKind(recordView(record)) == OWNER_ADDRESS) fail(SHARED_OBJECT_OPERATION_NOT_ALLOWED, 0, 0);
  }
}

/**
 * Charges for looking up each owner of a coin that is not IOTA in that coin's deny list. No list has entries as long as no Move call
 * can make any, so there is nothing to look up.
 */
function chargeDenyList(): void {
  let pairs: u32 = 0;
  for (let i: u32 = 0; i < recordCount(); i++) {
    const record = recordAt(i);
    const view = recordView(record);
    if (!hasFlag(record, IS_WRITTEN) || !viewIsCoin(view) || viewIsIotaCoin(view)) continue;
    if (viewOwnerKind(view) != OWNER_ADDRESS) continue;
    blake2b256Init(HASH);
    blake2b256Update(HASH, viewOwner(view), 32);
    blake2b256Update(HASH, viewType(view), viewTypeLength(view));
    blake2b256Final(HASH, writtenDigest(record));
    setEntry(PAIRS, pairs++, writtenDigest(record));
  }
  if (pairs == 0) return;
  denyListRead = true;
  if (!chargeUnits(<u64>distinct(pairs) * DENY_CHECK_UNITS)) fail(INSUFFICIENT_GAS, 0, 0);
}

function distinct(pairs: u32): u32 {
  sortByKey(PAIRS, pairs);
  let count: u32 = 1;
  for (let i: u32 = 1; i < pairs; i++) {
    if (!equal32(entry(PAIRS, i - 1), entry(PAIRS, i))) count++;
  }
  return count;
}

/** What is written and what effects will say of it must not be too large. */
function checkSizes(): void {
  let changes: u64 = 0;
  let inputs: u64 = 0;
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < recordCount(); i++) {
    const record = recordAt(i);
    if (hasFlag(record, IS_INPUT) && !hasFlag(record, IS_RECEIVING)) inputs++;
    if (hasFlag(record, IS_INPUT) && hasFlag(record, IS_MUTABLE)) changes++;
    if (!hasFlag(record, IS_WRITTEN)) continue;
    changes++;
    bytes += viewGasSize(recordView(record));
  }
  const estimate = EFFECTS_FIXED + EFFECTS_PER_CHANGE * changes + EFFECTS_PER_INPUT * inputs;
  if (estimate > MAX_SERIALIZED_TX_EFFECTS_SIZE_BYTES) {
    fail(EFFECTS_TOO_LARGE, estimate, MAX_SERIALIZED_TX_EFFECTS_SIZE_BYTES);
  } else if (bytes > MAX_SIZE_WRITTEN_OBJECTS) {
    fail(WRITTEN_OBJECTS_TOO_LARGE, bytes, MAX_SIZE_WRITTEN_OBJECTS);
  }
}
