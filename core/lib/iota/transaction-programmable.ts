/**
 * The body of a programmable transaction: a table of its inputs and one of its commands, each entry the address of the element's first
 * byte. Inputs are short enough to be read from there; a command is opened (`openCommand`), which finds its parts.
 *
 * Source: iotaledger/iota crates/iota-types/src/transaction.rs (CallArg, ObjectArg, ProgrammableTransaction); variants are one byte,
 * because canonical ULEB128 writes small numbers so.
 */
import * as reader from "../reader";
import { readCommand } from "./transaction-command";
import { readReference, referenceVersion } from "./transaction-reference";

export {
  ARGUMENT_GAS_COIN,
  ARGUMENT_INPUT,
  ARGUMENT_NESTED_RESULT,
  ARGUMENT_RESULT,
  argumentIndex,
  argumentKind,
  argumentNestedIndex,
  COMMAND_MAKE_MOVE_VEC,
  COMMAND_MERGE_COINS,
  COMMAND_MOVE_CALL,
  COMMAND_PUBLISH,
  COMMAND_SPLIT_COINS,
  COMMAND_TRANSFER_OBJECTS,
  COMMAND_UPGRADE,
  commandArgumentCount,
  commandArguments,
  commandDependencies,
  commandDependencyCount,
  commandFunction,
  commandFunctionLength,
  commandModule,
  commandModuleCount,
  commandModuleLength,
  commandModules,
  commandNamesValid,
  commandPackage,
  commandSubject,
  commandTypeCount,
  commandTypes,
  nextArgument,
} from "./transaction-command";

/** Kinds of input: CallArg::Pure, and CallArg::Object with its three variants of ObjectArg. */
export const INPUT_PURE: u32 = 0;
/** An immutable object, or one of the sender's. */
export const INPUT_OWNED: u32 = 1;
export const INPUT_SHARED: u32 = 2;
export const INPUT_RECEIVING: u32 = 3;

const CALL_ARG_PURE: u32 = 0;
const CALL_ARG_VARIANTS: u32 = 2;
const OBJECT_ARG_SHARED: u32 = 1;
const OBJECT_ARG_VARIANTS: u32 = 3;

/** MAX_TRANSACTION_BYTES over the shortest input, an empty pure value (2 bytes). */
const MAX_INPUTS: u32 = 65_536;
/** MAX_TRANSACTION_BYTES over the shortest command, an empty vector or publish (3 bytes), rounded up. */
const MAX_COMMANDS: u32 = 43_691;
/** Bounds the reader's length of a pure value; the input's length is the real bound. */
const MAX_PURE: u32 = 0x0100_0000;

/** Addresses (u32) of the inputs, 4 · MAX_INPUTS bytes, and of the commands, 4 · MAX_COMMANDS bytes. */
const INPUTS: usize = memory.data(262_144, 16);
const COMMANDS: usize = memory.data(174_764, 16);
const ENTRY_SHIFT: usize = 2;

/** Offset of a shared input's initial version and mutability behind its id. */
const SHARED_VERSION: usize = 32;
const SHARED_MUTABLE: usize = 40;

let inputCount: u32 = 0;
let commandCount: u32 = 0;
let end: usize = 0;

/** Forgets the transaction before. */
export function closeProgrammable(): void {
  inputCount = 0;
  commandCount = 0;
}

/** Reads inputs and commands with the open reader. */
export function readProgrammable(): void {
  const inputs = reader.count(MAX_INPUTS);
  for (let i: u32 = 0; i < inputs && reader.ok(); i++) {
    store<u32>(INPUTS + ((<usize>i) << ENTRY_SHIFT), <u32>reader.position());
    readInput();
  }
  const commands = reader.count(MAX_COMMANDS);
  for (let i: u32 = 0; i < commands && reader.ok(); i++) {
    store<u32>(COMMANDS + ((<usize>i) << ENTRY_SHIFT), <u32>reader.position());
    readCommand();
  }
  end = reader.position();
  if (!reader.ok()) return;
  inputCount = inputs;
  commandCount = commands;
}

function readInput(): void {
  if (reader.variant(CALL_ARG_VARIANTS) == CALL_ARG_PURE) {
    reader.take(reader.count(MAX_PURE));
  } else if (reader.variant(OBJECT_ARG_VARIANTS) == OBJECT_ARG_SHARED) {
    reader.raw32();
    reader.u64_();
    reader.bool_();
  } else {
    readReference();
  }
}

export function transactionInputCount(): u32 {
  return inputCount;
}

function inputAt(index: u32): usize {
  return load<u32>(INPUTS + ((<usize>index) << ENTRY_SHIFT));
}

/** INPUT_PURE, INPUT_OWNED, INPUT_SHARED or INPUT_RECEIVING; `index` is below `transactionInputCount()` here and below. */
export function inputKind(index: u32): u32 {
  const at = inputAt(index);
  return load<u8>(at) == <u8>CALL_ARG_PURE ? INPUT_PURE : INPUT_OWNED + load<u8>(at, 1);
}

/** A pure input's value; an owned or receiving input's reference, or a shared input's id (both begin with the 32 bytes of the id). */
export function inputPointer(index: u32): usize {
  const at = inputAt(index);
  if (load<u8>(at) != <u8>CALL_ARG_PURE) return at + 2;
  let value = at + 1;
  while (load<u8>(value) >= 0x80) value++;
  return value + 1;
}

/** Bytes of a pure input's value. */
export function inputPureLength(index: u32): u32 {
  let at = inputAt(index) + 1;
  let length: u32 = 0;
  let shift: u32 = 0;
  for (; load<u8>(at) >= 0x80; at++) {
    length |= (<u32>load<u8>(at) & 0x7f) << shift;
    shift += 7;
  }
  return length | ((<u32>load<u8>(at)) << shift);
}

/** The version that an owned or receiving input names, or a shared input's initial version. */
export function inputVersion(index: u32): u64 {
  const at = inputPointer(index);
  return inputKind(index) == INPUT_SHARED ? load<u64>(at, SHARED_VERSION) : referenceVersion(at);
}

/** Whether a shared input is taken mutably. */
export function inputMutable(index: u32): bool {
  return load<u8>(inputPointer(index), SHARED_MUTABLE) != 0;
}

export function transactionCommandCount(): u32 {
  return commandCount;
}

function commandAt(index: u32): usize {
  return load<u32>(COMMANDS + ((<usize>index) << ENTRY_SHIFT));
}

/** A command's variant, without opening it; `index` is below `transactionCommandCount()` here and below. */
export function commandKind(index: u32): u32 {
  return load<u8>(commandAt(index));
}

/** Finds a command's parts, for the `command…` accessors, until the next is opened; returns its variant. Opens the reader anew. */
export function openCommand(index: u32): u32 {
  const at = commandAt(index);
  reader.open(at, end - at);
  return readCommand();
}
