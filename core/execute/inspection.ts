/**
 * What each command came to, for dry runs and dev inspect: the value behind the mutable reference that it took, and the values that it
 * gave, as they were when it ended. Only a transaction that succeeds has them.
 *
 * Source: iotaledger/iota iota-execution/latest/iota-adapter/src/execution_mode.rs (DevInspect: add_argument_update, finish_command,
 * value_to_bytes_and_tag), programmable_transactions/context.rs (restore_arg; a normalized argument names a result by two numbers).
 */
import { viewContents, viewContentsLength, viewType, viewTypeLength } from "../lib/iota/object";
import {
  ARGUMENT_NESTED_RESULT,
  ARGUMENT_RESULT,
  argumentIndex,
  argumentKind,
  argumentNestedIndex,
  COMMAND_MERGE_COINS,
  COMMAND_MOVE_CALL,
  COMMAND_SPLIT_COINS,
  commandArguments,
  commandSubject,
  nextArgument,
} from "../lib/iota/transaction";
import { tagOfObjectType } from "../lib/iota/types";
import * as writer from "../lib/writer";
import { MAX_COMMAND_VALUES, MAX_INSPECTED_COMMANDS, MAX_INSPECTION_BYTES } from "../wire/generated";
import { resolved } from "./arguments";
import { MODE_COMMIT, requestMode } from "./request";
import { hasFailed } from "./status";
import { recordView } from "./store";
import {
  resultCount,
  resultValue,
  VALUE_OBJECT,
  valueBytes,
  valueKind,
  valueLength,
  valueRecord,
  valueType,
  valueTypeLength,
} from "./values";

/** CommandResults of core/wire/frames.ts, one after another: MAX_INSPECTION_BYTES. */
const RESULTS: usize = memory.data(4_194_304, 16);
/** An object's type as a TypeTag: MAX_OBJECT_BYTES, and MAX_TAG_GROWTH. */
const TAG: usize = memory.data(264_280, 16);

let count: u32 = 0;
let length: u32 = 0;
let fits: bool = true;

export function clearInspection(): void {
  count = 0;
  length = 0;
  fits = true;
}

/** Keeps what the open command, the `index`-th, has just come to; its arguments are still resolved. */
export function inspectCommand(kind: u32, index: u32): void {
  if (requestMode() == MODE_COMMIT || !fits) return;
  const values = resultCount(index);
  if (count >= MAX_INSPECTED_COMMANDS || values > MAX_COMMAND_VALUES) {
    fits = false;
    return;
  }
  writer.open(RESULTS + length, <usize>(MAX_INSPECTION_BYTES - length));
  const borrowed = borrowedArgument(kind);
  writer.uleb(borrowed != 0 ? 1 : 0);
  if (borrowed != 0) {
    writeArgument(borrowed);
    writeValue(resolved(0));
  }
  writer.uleb(values);
  for (let i: u32 = 0; i < values; i++) writeValue(resultValue(index, i));
  fits = writer.ok();
  length += writer.length();
  count++;
}

/** The argument, the first of its command, that the open command borrows to change it; 0 when it borrows none. */
function borrowedArgument(kind: u32): usize {
  if (kind == COMMAND_SPLIT_COINS || kind == COMMAND_MERGE_COINS) return commandSubject();
  return kind == COMMAND_MOVE_CALL ? commandArguments() : 0;
}

/** bcs(Argument) in a blob. */
function writeArgument(argument: usize): void {
  const kind = argumentKind(argument);
  const named = kind == ARGUMENT_RESULT ? ARGUMENT_NESTED_RESULT : kind;
  writer.uleb(<u32>(nextArgument(argument) - argument) + (kind == ARGUMENT_RESULT ? 2 : 0));
  writer.u8_(named);
  if (nextArgument(argument) - argument == 1) return; // the gas coin
  writer.u16_(argumentIndex(argument));
  if (named == ARGUMENT_NESTED_RESULT) writer.u16_(kind == ARGUMENT_RESULT ? 0 : argumentNestedIndex(argument));
}

/** The value's bytes, and bcs(TypeTag) of its type. A command's results and what it borrows are objects, or bytes that have a type. */
function writeValue(slot: usize): void {
  if (valueKind(slot) != VALUE_OBJECT) {
    writer.blob(valueBytes(slot), valueLength(slot));
    writer.blob(valueType(slot), valueTypeLength(slot));
    return;
  }
  const view = recordView(valueRecord(slot));
  writer.blob(viewContents(view), viewContentsLength(view));
  writer.blob(TAG, <u32>tagOfObjectType(TAG, viewType(view), viewTypeLength(view)));
}

/** Appends the option of all that was kept: none when the transaction failed, or it was too much. */
export function writeInspection(): void {
  const some = requestMode() != MODE_COMMIT && fits && !hasFailed();
  writer.u8_(some ? 1 : 0);
  if (!some) return;
  writer.uleb(count);
  writer.raw(RESULTS, length);
}
