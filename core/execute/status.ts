/**
 * The ExecutionStatus under way: success until the first failure, which stays.
 *
 * Source: iotaledger/iota crates/iota-types/src/execution_status.rs (variants and their fields; numbers as in the BCS schema of record,
 * crates/iota-core/tests/staged/iota.yaml).
 */
import * as writer from "../lib/writer";

/** Variants of ExecutionFailureStatus that commands can end in. */
export const INSUFFICIENT_GAS: u32 = 0;
export const INVARIANT_VIOLATION: u32 = 2;
export const MOVE_OBJECT_TOO_BIG: u32 = 4;
export const INSUFFICIENT_COIN_BALANCE: u32 = 7;
export const COIN_BALANCE_OVERFLOW: u32 = 8;
export const MOVE_PRIMITIVE_RUNTIME_ERROR: u32 = 11;
const MOVE_ABORT: u32 = 12;
export const ARITY_MISMATCH: u32 = 16;
export const TYPE_ARITY_MISMATCH: u32 = 17;
export const COMMAND_ARGUMENT_ERROR: u32 = 19;
export const UNUSED_VALUE_WITHOUT_DROP: u32 = 21;
export const INVALID_TRANSFER_OBJECT: u32 = 23;
export const EFFECTS_TOO_LARGE: u32 = 24;
export const WRITTEN_OBJECTS_TOO_LARGE: u32 = 28;
export const SHARED_OBJECT_OPERATION_NOT_ALLOWED: u32 = 31;
export const ADDRESS_DENIED_FOR_COIN: u32 = 34;
export const COIN_TYPE_GLOBAL_PAUSE: u32 = 35;

/** Variants of CommandArgumentError. */
export const TYPE_MISMATCH: u32 = 0;
export const INVALID_BCS_BYTES: u32 = 1;
export const INVALID_USAGE_OF_PURE_ARG: u32 = 2;
export const INDEX_OUT_OF_BOUNDS: u32 = 4;
export const SECONDARY_INDEX_OUT_OF_BOUNDS: u32 = 5;
export const INVALID_RESULT_ARITY: u32 = 6;
export const INVALID_GAS_COIN_USAGE: u32 = 7;
export const INVALID_VALUE_USAGE: u32 = 8;
export const INVALID_OBJECT_BY_VALUE: u32 = 9;
export const INVALID_OBJECT_BY_MUT_REF: u32 = 10;

const STATUS_SUCCESS: u32 = 0;
const STATUS_FAILURE: u32 = 1;
/** No command is to blame. */
const NO_COMMAND: i64 = -1;

let failed: bool = false;
let error: u32 = 0;
/** Fields of the error, in order, where they are numbers. */
let first: u64 = 0;
let second: u64 = 0;
let third: u64 = 0;
/** Fields of the deny-list errors. */
let deniedAddress: usize = 0;
let deniedType: usize = 0;
let deniedTypeLength: u32 = 0;
/** Where a function aborted: package, module, its name; its place in the module is `first`, the code `second`. */
let abortPackage: usize = 0;
let abortModule: usize = 0;
let abortModuleLength: u32 = 0;
let abortFunction: usize = 0;
let abortFunctionLength: u32 = 0;
let command: i64 = NO_COMMAND;

/** Begins with success. */
export function clearStatus(): void {
  failed = false;
  command = NO_COMMAND;
}

export function hasFailed(): bool {
  return failed;
}

/** Records the failure, unless there is one. `a` and `b` are the error's number fields. */
export function fail(kind: u32, a: u64, b: u64): void {
  if (failed) return;
  failed = true;
  error = kind;
  first = a;
  second = b;
}

/** CommandArgumentError at argument `index`; `a` and `b` are the fields of its kind. */
export function failArgument(index: u32, kind: u32, a: u32, b: u32): void {
  if (failed) return;
  fail(COMMAND_ARGUMENT_ERROR, index, kind);
  third = <u64>a | ((<u64>b) << 16);
}

/** AddressDeniedForCoin or, with `address` 0, CoinTypeGlobalPause; `coinType` is the canonical string of the coin's type. */
export function failDenied(address: usize, coinType: usize, coinTypeLength: u32): void {
  if (failed) return;
  fail(address != 0 ? ADDRESS_DENIED_FOR_COIN : COIN_TYPE_GLOBAL_PAUSE, 0, 0);
  deniedAddress = address;
  deniedType = coinType;
  deniedTypeLength = coinTypeLength;
}

/** MoveAbort with this code, in the `place`-th function of a module; names and package outlive the transaction. */
export function failAbort(
  packageId: usize,
  moduleName: usize,
  moduleNameLength: u32,
  place: u32,
  functionName: usize,
  functionNameLength: u32,
  code: u64,
): void {
  if (failed) return;
  fail(MOVE_ABORT, place, code);
  abortPackage = packageId;
  abortModule = moduleName;
  abortModuleLength = moduleNameLength;
  abortFunction = functionName;
  abortFunctionLength = functionNameLength;
}

/** Says which command the failure is of. */
export function blameCommand(index: u32): void {
  command = index;
}

/** Appends bcs(ExecutionStatus). */
export function writeStatus(): void {
  if (!failed) {
    writer.uleb(STATUS_SUCCESS);
    return;
  }
  writer.uleb(STATUS_FAILURE);
  writer.uleb(error);
  writeFields();
  writer.u8_(command != NO_COMMAND ? 1 : 0);
  if (command != NO_COMMAND) writer.u64_(<u64>command);
}

function writeFields(): void {
  switch (error) {
    case MOVE_OBJECT_TOO_BIG:
    case EFFECTS_TOO_LARGE:
    case WRITTEN_OBJECTS_TOO_LARGE:
      writer.u64_(first);
      writer.u64_(second);
      break;
    case MOVE_PRIMITIVE_RUNTIME_ERROR:
      writer.u8_(0); // no location: it was not Move code
      break;
    case MOVE_ABORT:
      writer.raw32(abortPackage);
      writer.blob(abortModule, abortModuleLength);
      writer.u16_(<u32>first);
      writer.u16_(0); // instruction: it was not Move code
      writer.u8_(1);
      writer.blob(abortFunction, abortFunctionLength);
      writer.u64_(second);
      break;
    case COMMAND_ARGUMENT_ERROR:
      writer.u16_(<u32>first);
      writer.uleb(<u32>second);
      if (second >= INDEX_OUT_OF_BOUNDS && second <= INVALID_RESULT_ARITY) writer.u16_(<u32>third & 0xffff);
      if (second == SECONDARY_INDEX_OUT_OF_BOUNDS) writer.u16_(<u32>(third >> 16));
      break;
    case UNUSED_VALUE_WITHOUT_DROP:
      writer.u16_(<u32>first);
      writer.u16_(<u32>second);
      break;
    case ADDRESS_DENIED_FOR_COIN:
      writer.raw32(deniedAddress);
      writer.blob(deniedType, deniedTypeLength);
      break;
    case COIN_TYPE_GLOBAL_PAUSE:
      writer.blob(deniedType, deniedTypeLength);
      break;
    default:
  }
}
