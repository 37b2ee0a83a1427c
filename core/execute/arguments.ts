/**
 * How commands come by their arguments: all are resolved to slots first, in order, and each is then used by value or by reference under
 * the rules that keep Move's values linear.
 *
 * Source: iotaledger/iota iota-execution/latest/iota-adapter/src/programmable_transactions/context.rs (splat_args, by_value_arg,
 * borrow_arg_mut, with `normalize_ptb_arguments` of protocol 38).
 */
import { OWNER_IMMUTABLE, viewIsCoin, viewOwnerKind } from "../lib/iota/object";
import {
  ARGUMENT_GAS_COIN,
  ARGUMENT_INPUT,
  ARGUMENT_RESULT,
  argumentIndex,
  argumentKind,
  argumentNestedIndex,
} from "../lib/iota/transaction";
import { sameType } from "../lib/iota/types";
import * as reader from "../lib/reader";
import { isUtf8 } from "../lib/utf8";
import {
  failArgument,
  INDEX_OUT_OF_BOUNDS,
  INVALID_BCS_BYTES,
  INVALID_GAS_COIN_USAGE,
  INVALID_OBJECT_BY_MUT_REF,
  INVALID_OBJECT_BY_VALUE,
  INVALID_RESULT_ARITY,
  INVALID_VALUE_USAGE,
  SECONDARY_INDEX_OUT_OF_BOUNDS,
  TYPE_MISMATCH,
} from "./status";
import { hasFlag, IS_INPUT, IS_MUTABLE, recordView } from "./store";
import {
  ABILITY_COPY,
  borrowValue,
  gasValue,
  hasAbility,
  inputValue,
  inputValueCount,
  isBorrowed,
  isPresent,
  resultCommandCount,
  resultCount,
  resultValue,
  takeValue,
  VALUE_OBJECT,
  VALUE_PURE,
  VALUE_TYPED,
  valueBytes,
  valueKind,
  valueLength,
  valueRecord,
  valueType,
  valueTypeLength,
} from "./values";

/** Slots (u32) of the command's arguments: the shortest argument takes one byte of at most MAX_TRANSACTION_BYTES. */
const RESOLVED: usize = memory.data(524_292, 16);

/** TypeTag of vector<u8>. */
const BYTES_TYPE: usize = memory.data<u8>([6, 1]);
const BYTES_TYPE_BYTES: u32 = 2;

let count: u32 = 0;
/** Number of the running command from 1: the stamp of what it borrows. */
let stamp: u32 = 0;

/** Begins the arguments of the command with this index. */
export function openArguments(command: u32): void {
  count = 0;
  stamp = command + 1;
}

/** Resolves the next argument of the command. The failure names its position. */
export function resolve(argument: usize): void {
  const slot = slotOf(argument);
  store<u32>(RESOLVED + ((<usize>count) << 2), <u32>slot);
  count++;
}

/** The slot of the `index`-th resolved argument. */
export function resolved(index: u32): usize {
  return load<u32>(RESOLVED + ((<usize>index) << 2));
}

function slotOf(argument: usize): usize {
  const kind = argumentKind(argument);
  if (kind == ARGUMENT_GAS_COIN) return gasValue();
  const index = argumentIndex(argument);
  if (kind == ARGUMENT_INPUT) {
    if (index < inputValueCount()) return inputValue(index);
    failArgument(count, INDEX_OUT_OF_BOUNDS, index, 0);
    return 0;
  }
  if (index >= resultCommandCount()) {
    failArgument(count, INDEX_OUT_OF_BOUNDS, index, 0);
    return 0;
  }
  if (kind == ARGUMENT_RESULT) {
    if (resultCount(index) == 1) return resultValue(index, 0);
    failArgument(count, INVALID_RESULT_ARITY, index, 0);
    return 0;
  }
  const nested = argumentNestedIndex(argument);
  if (nested < resultCount(index)) return resultValue(index, nested);
  failArgument(count, SECONDARY_INDEX_OUT_OF_BOUNDS, index, nested);
  return 0;
}

/** True for an object that the transaction may not take: immutable, or shared and read only. */
function isReadOnly(slot: usize): bool {
  if (valueKind(slot) != VALUE_OBJECT) return false;
  const record = valueRecord(slot);
  return hasFlag(record, IS_INPUT) && !hasFlag(record, IS_MUTABLE);
}

function isImmutable(slot: usize): bool {
  return valueKind(slot) == VALUE_OBJECT && viewOwnerKind(recordView(valueRecord(slot))) == OWNER_IMMUTABLE;
}

/** Takes a value, or copies one that can be copied. Only TransferObjects may take the gas coin. False after the failure. */
export function byValue(slot: usize, position: u32, mayTakeGas: bool): bool {
  const copyable = hasAbility(slot, ABILITY_COPY);
  if (!isPresent(slot) || (!copyable && isBorrowed(slot, stamp))) {
    failArgument(position, INVALID_VALUE_USAGE, 0, 0);
  } else if (slot == gasValue() && !mayTakeGas) {
    failArgument(position, INVALID_GAS_COIN_USAGE, 0, 0);
  } else if (isImmutable(slot) || isReadOnly(slot)) {
    failArgument(position, INVALID_OBJECT_BY_VALUE, 0, 0);
  } else {
    takeValue(slot);
    return true;
  }
  return false;
}

/** Takes an object; returns its record, or 0 after the failure. */
export function takeObject(slot: usize, position: u32, mayTakeGas: bool): usize {
  if (!byValue(slot, position, mayTakeGas)) return 0;
  if (valueKind(slot) == VALUE_OBJECT) return valueRecord(slot);
  failArgument(position, TYPE_MISMATCH, 0, 0);
  return 0;
}

/**
 * Takes pure bytes of exactly `length`: how an address (32) and an amount (8) are written. Returns their address, or 0 after the
 * failure. Bytes that a command typed are never of these types, as only vectors are made.
 */
export function takePure(slot: usize, position: u32, length: u32, mayTakeGas: bool): usize {
  if (!byValue(slot, position, mayTakeGas)) return 0;
  if (valueKind(slot) != VALUE_PURE) {
    failArgument(position, TYPE_MISMATCH, 0, 0);
    return 0;
  }
  if (valueLength(slot) == length) return valueBytes(slot);
  failArgument(position, INVALID_BCS_BYTES, 0, 0);
  return 0;
}

/** What the last of these two read, without its length. */
let vectorBytes: usize = 0;
let vectorCount: u32 = 0;

/** Takes a string: pure bytes that are bcs(String). False after the failure. */
export function textArgument(slot: usize, position: u32): bool {
  return takeVector(slot, position) && (isUtf8(vectorBytes, vectorCount) || isBadBytes(position));
}

/** Takes a vector<u8>: pure bytes that are one, or one that a command made. False after the failure. */
export function bytesArgument(slot: usize, position: u32): bool {
  if (valueKind(slot) != VALUE_TYPED) return takeVector(slot, position);
  if (!byValue(slot, position, false)) return false;
  if (!sameType(valueType(slot), valueTypeLength(slot), BYTES_TYPE, BYTES_TYPE_BYTES)) {
    failArgument(position, TYPE_MISMATCH, 0, 0);
    return false;
  }
  return readVector(slot, position);
}

export function vectorAt(): usize {
  return vectorBytes;
}

export function vectorLength(): u32 {
  return vectorCount;
}

function takeVector(slot: usize, position: u32): bool {
  if (!byValue(slot, position, false)) return false;
  if (valueKind(slot) == VALUE_PURE) return readVector(slot, position);
  failArgument(position, TYPE_MISMATCH, 0, 0);
  return false;
}

function readVector(slot: usize, position: u32): bool {
  reader.open(valueBytes(slot), valueLength(slot));
  vectorCount = reader.count(valueLength(slot));
  vectorBytes = reader.take(vectorCount);
  return reader.exhausted() || isBadBytes(position);
}

function isBadBytes(position: u32): bool {
  failArgument(position, INVALID_BCS_BYTES, 0, 0);
  return false;
}

/** Looks at an object that the command does not change; returns its record, or 0 after the failure. */
export function readObject(slot: usize, position: u32): usize {
  if (!isPresent(slot)) failArgument(position, INVALID_VALUE_USAGE, 0, 0);
  else if (valueKind(slot) != VALUE_OBJECT) failArgument(position, TYPE_MISMATCH, 0, 0);
  else return valueRecord(slot);
  return 0;
}

/** Borrows an object to change it; returns its record, or 0 after the failure. The command puts it back with `restoreValue`. */
export function borrowObject(slot: usize, position: u32): usize {
  if (isBorrowed(slot, stamp) || !isPresent(slot)) {
    failArgument(position, INVALID_VALUE_USAGE, 0, 0);
  } else if (isReadOnly(slot)) {
    failArgument(position, INVALID_OBJECT_BY_MUT_REF, 0, 0);
  } else {
    borrowValue(slot, stamp);
    if (valueKind(slot) == VALUE_OBJECT) return valueRecord(slot);
    failArgument(position, TYPE_MISMATCH, 0, 0);
  }
  return 0;
}

/** Borrows a coin to change its balance; returns its record, or 0 after the failure. */
export function borrowCoin(slot: usize, position: u32): usize {
  const record = borrowObject(slot, position);
  if (record != 0 && viewIsCoin(recordView(record))) return record;
  failArgument(position, TYPE_MISMATCH, 0, 0);
  return 0;
}
