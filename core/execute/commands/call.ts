/**
 * MoveCall of a function that is built in. There is no Move virtual machine yet, and no package at the functions' address; what a call may name
 * is in the one table below. They take values and fail as Move functions do:
 *
 *   0xca15::committee::add(list: &mut Committee, cap: &GovernorCap, name: String, key: vector<u8>, address: String)
 *   0xca15::committee::remove(list: &mut Committee, cap: &GovernorCap, name: String)
 *
 * Both cost as much computation as reading the list that they leave. Neither has results.
 */
import { equal32, equalBytes } from "../../lib/bytes";
import * as list from "../../lib/iota/committee";
import { setContents, viewContents, viewContentsLength } from "../../lib/iota/object";
import {
  commandArgumentCount,
  commandArguments,
  commandFunction,
  commandFunctionLength,
  commandModule,
  commandModuleLength,
  commandPackage,
  commandTypeCount,
  nextArgument,
} from "../../lib/iota/transaction";
import * as writer from "../../lib/writer";
import {
  MAX_MEMBER_ADDRESS_BYTES,
  MAX_MEMBER_NAME_BYTES,
  MAX_VALIDATORS,
  PUBLIC_KEY_BYTES,
  REJECT_COMMITTEE_ALREADY_MEMBER,
  REJECT_COMMITTEE_LAST_MEMBER,
  REJECT_COMMITTEE_MALFORMED_ADDRESS,
  REJECT_COMMITTEE_MALFORMED_KEY,
  REJECT_COMMITTEE_MALFORMED_NAME,
  REJECT_COMMITTEE_NO_SUCH_MEMBER,
  REJECT_COMMITTEE_TOO_MANY_MEMBERS,
} from "../../wire/generated";
import {
  borrowObject,
  bytesArgument,
  readObject,
  resolve,
  resolved,
  textArgument,
  vectorAt,
  vectorLength,
} from "../arguments";
import { outOfMemory } from "../context";
import { chargeRead } from "../gas";
import {
  ARITY_MISMATCH,
  fail,
  failAbort,
  failArgument,
  hasFailed,
  INSUFFICIENT_GAS,
  INVARIANT_VIOLATION,
  TYPE_ARITY_MISMATCH,
  TYPE_MISMATCH,
} from "../status";
import { recordView } from "../store";
import { arenaLeft, arenaTop, restoreValue, takeArena } from "../values";

/** 0xca15 */
const PACKAGE: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xca, 21,
]);
/** "committee" */
const MODULE: usize = memory.data<u8>([0x63, 0x6f, 0x6d, 0x6d, 0x69, 0x74, 0x74, 0x65, 0x65]);
const MODULE_BYTES: u32 = 9;

// The table: functions by their place in the module, from 0, with name and count of parameters.
const ADD: u32 = 0;
const REMOVE: u32 = 1;
const FUNCTIONS: u32 = 2;
/** "add" and "remove" */
const ADD_NAME: usize = memory.data<u8>([0x61, 0x64, 0x64]);
const ADD_NAME_BYTES: u32 = 3;
const ADD_PARAMETERS: u32 = 5;
const REMOVE_NAME: usize = memory.data<u8>([0x72, 0x65, 0x6d, 0x6f, 0x76, 0x65]);
const REMOVE_NAME_BYTES: u32 = 6;
const REMOVE_PARAMETERS: u32 = 3;

// Places of the parameters.
const LIST: u32 = 0;
const CAPABILITY: u32 = 1;
const NAME: u32 = 2;
const KEY: u32 = 3;
const ADDRESS: u32 = 4;

/** Whether the open command, a call, is of a function of the table. */
export function isBuiltIn(): bool {
  return functionCalled() < FUNCTIONS;
}

/** The place of the function that the open command calls; FUNCTIONS when it is none of the table. */
function functionCalled(): u32 {
  if (!equal32(commandPackage(), PACKAGE) || !isText(commandModule(), commandModuleLength(), MODULE, MODULE_BYTES))
    return FUNCTIONS;
  if (isText(commandFunction(), commandFunctionLength(), ADD_NAME, ADD_NAME_BYTES)) return ADD;
  return isText(commandFunction(), commandFunctionLength(), REMOVE_NAME, REMOVE_NAME_BYTES) ? REMOVE : FUNCTIONS;
}

function isText(at: usize, length: u32, text: usize, textLength: u32): bool {
  return length == textLength && equalBytes(at, text, textLength);
}

/** Runs the open command, which calls a function of the table. */
export function callBuiltIn(): void {
  const called = functionCalled();
  const parameters = called == ADD ? ADD_PARAMETERS : REMOVE_PARAMETERS;
  let argument = commandArguments();
  for (let i: u32 = 0; i < commandArgumentCount(); i++) {
    resolve(argument);
    argument = nextArgument(argument);
  }
  if (hasFailed()) return;
  if (commandTypeCount() != 0) fail(TYPE_ARITY_MISMATCH, 0, 0);
  else if (commandArgumentCount() != parameters) fail(ARITY_MISMATCH, 0, 0);
  else callOnList(called);
}

function callOnList(called: u32): void {
  const record = borrowObject(resolved(LIST), LIST);
  if (record == 0) return;
  if (!list.isList(recordView(record))) {
    failArgument(LIST, TYPE_MISMATCH, 0, 0);
    return;
  }
  const capability = readObject(resolved(CAPABILITY), CAPABILITY);
  if (capability == 0) return;
  if (!list.isCapability(recordView(capability))) {
    failArgument(CAPABILITY, TYPE_MISMATCH, 0, 0);
    return;
  }
  const view = recordView(record);
  if (called == ADD) add(view);
  else remove(view);
  if (!hasFailed()) restoreValue(resolved(LIST));
}

function add(view: usize): void {
  if (!textArgument(resolved(NAME), NAME)) return;
  const name = vectorAt();
  const nameLength = vectorLength();
  if (!bytesArgument(resolved(KEY), KEY)) return;
  const key = vectorAt();
  const keyLength = vectorLength();
  if (!textArgument(resolved(ADDRESS), ADDRESS)) return;
  const address = vectorAt();
  const addressLength = vectorLength();
  if (!readList(view)) return;
  const refusal = refusalToAdd(name, nameLength, key, keyLength, addressLength);
  if (refusal != 0) {
    abort(ADD, refusal);
    return;
  }
  openList(view, list.memberCount() + 1);
  writeMembersBut(list.memberCount());
  writer.blob(name, nameLength);
  writer.blob(key, keyLength);
  writer.blob(address, addressLength);
  closeList(view);
}

/** A code of CommitteeAbort, or 0. */
function refusalToAdd(name: usize, nameLength: u32, key: usize, keyLength: u32, addressLength: u32): u32 {
  if (nameLength == 0 || nameLength > MAX_MEMBER_NAME_BYTES) return REJECT_COMMITTEE_MALFORMED_NAME;
  if (keyLength != PUBLIC_KEY_BYTES) return REJECT_COMMITTEE_MALFORMED_KEY;
  if (addressLength > MAX_MEMBER_ADDRESS_BYTES) return REJECT_COMMITTEE_MALFORMED_ADDRESS;
  const count = list.memberCount();
  if (list.findName(name, nameLength) < count || list.findKey(key) < count) return REJECT_COMMITTEE_ALREADY_MEMBER;
  return count == MAX_VALIDATORS ? REJECT_COMMITTEE_TOO_MANY_MEMBERS : 0;
}

function remove(view: usize): void {
  if (!textArgument(resolved(NAME), NAME)) return;
  const name = vectorAt();
  const nameLength = vectorLength();
  if (!readList(view)) return;
  const gone = list.findName(name, nameLength);
  if (gone == list.memberCount()) {
    abort(REMOVE, REJECT_COMMITTEE_NO_SUCH_MEMBER);
  } else if (list.memberCount() == 1) {
    abort(REMOVE, REJECT_COMMITTEE_LAST_MEMBER);
  } else {
    openList(view, list.memberCount() - 1);
    writeMembersBut(gone);
    closeList(view);
  }
}

function writeMembersBut(gone: u32): void {
  for (let i: u32 = 0; i < list.memberCount(); i++) {
    if (i != gone) writer.raw(list.memberBytes(i), list.memberLength(i));
  }
}

/** Reads the list. False: it is malformed, as no ledger's is; a host may make one up outside the core. */
function readList(view: usize): bool {
  if (list.readMembers(viewContents(view), viewContentsLength(view))) return true;
  fail(INVARIANT_VIOLATION, 0, 0);
  return false;
}

/** Begins other contents of the list, whose members follow. */
function openList(view: usize, members: u32): void {
  writer.open(arenaTop(), arenaLeft());
  writer.raw32(viewContents(view)); // its id
  writer.uleb(members);
}

function closeList(view: usize): void {
  if (!writer.ok()) outOfMemory();
  else if (!chargeRead(writer.length())) fail(INSUFFICIENT_GAS, 0, 0);
  else {
    setContents(view, arenaTop(), writer.length());
    takeArena(writer.length());
  }
}

function abort(called: u32, code: u32): void {
  if (called == ADD) failAbort(PACKAGE, MODULE, MODULE_BYTES, ADD, ADD_NAME, ADD_NAME_BYTES, code);
  else failAbort(PACKAGE, MODULE, MODULE_BYTES, REMOVE, REMOVE_NAME, REMOVE_NAME_BYTES, code);
}
