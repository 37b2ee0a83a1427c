/**
 * One command of a programmable transaction, and its arguments. `readCommand` passes over it and leaves behind where its parts lie.
 *
 * Source: iotaledger/iota crates/iota-types/src/transaction.rs (Command, ProgrammableMoveCall, Argument).
 */
import { LENGTH_32 } from "../bytes";
import * as reader from "../reader";
import { closeTypes, readCommandType } from "./transaction-type";
import { isIdentifier } from "./types";

/** Variants of Command. */
export const COMMAND_MOVE_CALL: u32 = 0;
export const COMMAND_TRANSFER_OBJECTS: u32 = 1;
export const COMMAND_SPLIT_COINS: u32 = 2;
export const COMMAND_MERGE_COINS: u32 = 3;
export const COMMAND_PUBLISH: u32 = 4;
export const COMMAND_MAKE_MOVE_VEC: u32 = 5;
export const COMMAND_UPGRADE: u32 = 6;
const COMMAND_VARIANTS: u32 = 7;

/** Variants of Argument. */
export const ARGUMENT_GAS_COIN: u32 = 0;
export const ARGUMENT_INPUT: u32 = 1;
export const ARGUMENT_RESULT: u32 = 2;
export const ARGUMENT_NESTED_RESULT: u32 = 3;
const ARGUMENT_VARIANTS: u32 = 4;

/** Bounds the reader's counts and lengths; every element takes bytes, so the input's length is the real bound. */
const MAX_ITEMS: u32 = 0x0100_0000;

let argumentCount: u32 = 0;
let argumentList: usize = 0;
let subject: usize = 0;
let typeCount: u32 = 0;
let typeList: usize = 0;
let packageId: usize = 0;
let moduleName: usize = 0;
let moduleNameLength: u32 = 0;
let functionName: usize = 0;
let functionNameLength: u32 = 0;
let moduleCount: u32 = 0;
let moduleList: usize = 0;
let dependencyCount: u32 = 0;
let dependencyList: usize = 0;

/** Passes over one command with the open reader; returns its variant. */
export function readCommand(): u32 {
  subject = 0;
  typeCount = 0;
  packageId = 0;
  dependencyCount = 0;
  closeTypes();
  const kind = reader.variant(COMMAND_VARIANTS);
  switch (kind) {
    case COMMAND_MOVE_CALL:
      readMoveCall();
      break;
    case COMMAND_TRANSFER_OBJECTS:
      readArguments();
      readSubject();
      break;
    case COMMAND_SPLIT_COINS:
    case COMMAND_MERGE_COINS:
      readSubject();
      readArguments();
      break;
    case COMMAND_MAKE_MOVE_VEC:
      typeCount = reader.option() ? 1 : 0;
      typeList = reader.position();
      if (typeCount != 0) readCommandType();
      readArguments();
      break;
    default:
      argumentCount = 0;
      readModules();
      if (kind == COMMAND_UPGRADE) {
        packageId = reader.raw32();
        readSubject();
      }
  }
  return kind;
}

function readMoveCall(): void {
  packageId = reader.raw32();
  moduleNameLength = reader.count(MAX_ITEMS);
  moduleName = reader.take(moduleNameLength);
  functionNameLength = reader.count(MAX_ITEMS);
  functionName = reader.take(functionNameLength);
  typeCount = reader.count(MAX_ITEMS);
  typeList = reader.position();
  for (let i: u32 = 0; i < typeCount && reader.ok(); i++) readCommandType();
  readArguments();
}

function readModules(): void {
  moduleCount = reader.count(MAX_ITEMS);
  moduleList = reader.position();
  for (let i: u32 = 0; i < moduleCount && reader.ok(); i++) reader.take(reader.count(MAX_ITEMS));
  dependencyCount = reader.count(MAX_ITEMS);
  dependencyList = reader.take(<usize>dependencyCount * LENGTH_32);
}

function readArguments(): void {
  argumentCount = reader.count(MAX_ITEMS);
  argumentList = reader.position();
  for (let i: u32 = 0; i < argumentCount && reader.ok(); i++) readArgument();
}

function readSubject(): void {
  subject = reader.position();
  readArgument();
}

function readArgument(): void {
  const kind = reader.variant(ARGUMENT_VARIANTS);
  if (kind != ARGUMENT_GAS_COIN) reader.u16_();
  if (kind == ARGUMENT_NESTED_RESULT) reader.u16_();
}

/** Arguments in the command's list: a call's, the objects transferred, the amounts split off, the coins merged, a vector's elements. */
export function commandArgumentCount(): u32 {
  return argumentCount;
}

/** The first of the command's list of arguments; go on with `nextArgument`. */
export function commandArguments(): usize {
  return argumentList;
}

/** The argument beside the list: the coin split, the coin merged into, the recipient, an upgrade's ticket; 0 when there is none. */
export function commandSubject(): usize {
  return subject;
}

/** A call's type arguments, or 1 when a vector states its element type. */
export function commandTypeCount(): u32 {
  return typeCount;
}

/** The first of these type tags; they follow one another. */
export function commandTypes(): usize {
  return typeList;
}

/** The package called or upgraded, 32 bytes; 0 when there is none. */
export function commandPackage(): usize {
  return packageId;
}

/** The name of the module called. */
export function commandModule(): usize {
  return moduleName;
}

export function commandModuleLength(): u32 {
  return moduleNameLength;
}

/** The name of the function called. */
export function commandFunction(): usize {
  return functionName;
}

export function commandFunctionLength(): u32 {
  return functionNameLength;
}

/** Whether a call's module and function are Move identifiers. */
export function commandNamesValid(): bool {
  return isIdentifier(moduleName, moduleNameLength) && isIdentifier(functionName, functionNameLength);
}

/** Modules published, or of an upgrade. */
export function commandModuleCount(): u32 {
  return moduleCount;
}

/** The first module: its length as ULEB128, then its bytes; they follow one another. */
export function commandModules(): usize {
  return moduleList;
}

/** Packages that a publish or upgrade depends on. */
export function commandDependencyCount(): u32 {
  return dependencyCount;
}

/** Their ids, 32 bytes each. */
export function commandDependencies(): usize {
  return dependencyList;
}

/** ARGUMENT_GAS_COIN, ARGUMENT_INPUT, ARGUMENT_RESULT or ARGUMENT_NESTED_RESULT. */
export function argumentKind(argument: usize): u32 {
  return load<u8>(argument);
}

/** Which input or command; not for the gas coin. */
export function argumentIndex(argument: usize): u32 {
  return load<u16>(argument, 1);
}

/** Which of the command's results; only for ARGUMENT_NESTED_RESULT. */
export function argumentNestedIndex(argument: usize): u32 {
  return load<u16>(argument, 3);
}

/** The argument after this one in its list: 1, 3, 3 and 5 bytes on, by kind. */
export function nextArgument(argument: usize): usize {
  const kind = argumentKind(argument);
  if (kind == ARGUMENT_GAS_COIN) return argument + 1;
  return argument + (kind == ARGUMENT_NESTED_RESULT ? 5 : 3);
}
