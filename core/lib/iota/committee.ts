/**
 * The governed list of validators: the object that says who the next epoch's committee is. It is made by genesis at a fixed id, shared, and changed
 * only by who holds the capability that genesis made beside it. Neither can be made again, for no transaction chooses the ids of what it creates.
 *
 * Contents, as BCS: Committee { id: 32 bytes, members: vector of { name: string, key: vector<u8>, address: string } }. A list is well formed when it
 * has 1 to MAX_VALIDATORS members, each with a name of its own and an ML-DSA-65 key of its own. Addresses are for reachability alone, and are not looked at.
 */

import {
  MAX_MEMBER_ADDRESS_BYTES,
  MAX_MEMBER_NAME_BYTES,
  MAX_VALIDATORS,
  PUBLIC_KEY_BYTES,
} from "../../wire/generated";
import { equal32, equalBytes } from "../bytes";
import * as reader from "../reader";
import { isUtf8 } from "../utf8";
import * as object from "./object";
import { sameType } from "./types";

/** 0xca16, the list. */
const LIST_ID: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xca, 22,
]);
/** 0xca17, the capability. */
const CAPABILITY_ID: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xca, 23,
]);
/** bcs(MoveObjectType) of 0xca15::committee::Committee. */
const LIST_TYPE: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xca, 21, 9, 0x63, 0x6f,
  0x6d, 0x6d, 0x69, 0x74, 0x74, 0x65, 0x65, 9, 0x43, 0x6f, 0x6d, 0x6d, 0x69, 0x74, 0x74, 0x65, 0x65, 0,
]);
const LIST_TYPE_BYTES: usize = 54;
/** bcs(MoveObjectType) of 0xca15::committee::GovernorCap. */
const CAPABILITY_TYPE: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xca, 21, 9, 0x63, 0x6f,
  0x6d, 0x6d, 0x69, 0x74, 0x74, 0x65, 0x65, 11, 0x47, 0x6f, 0x76, 0x65, 0x72, 0x6e, 0x6f, 0x72, 0x43, 0x61, 0x70, 0,
]);
const CAPABILITY_TYPE_BYTES: usize = 56;

/** Of each member of the list read last: address of its BCS, its length, address and length of its name, address of its key (u32 each). */
const MEMBERS: usize = memory.data(2_000, 16);
const MEMBER_BYTES: usize = 20;
const LENGTH: usize = 4;
const NAME: usize = 8;
const NAME_LENGTH: usize = 12;
const KEY: usize = 16;

let count: u32 = 0;

/** The list's id, 32 bytes. */
export function listId(): usize {
  return LIST_ID;
}

/** Whether the object of this view is the list. */
export function isList(view: usize): bool {
  return (
    equal32(object.viewId(view), LIST_ID) &&
    object.viewOwnerKind(view) == object.OWNER_SHARED &&
    sameType(object.viewType(view), object.viewTypeLength(view), LIST_TYPE, LIST_TYPE_BYTES)
  );
}

/** Whether the object of this view is the capability, which some address has. */
export function isCapability(view: usize): bool {
  return (
    equal32(object.viewId(view), CAPABILITY_ID) &&
    object.viewOwnerKind(view) == object.OWNER_ADDRESS &&
    sameType(object.viewType(view), object.viewTypeLength(view), CAPABILITY_TYPE, CAPABILITY_TYPE_BYTES)
  );
}

/** Reads the list's contents, which stay where they are. False: they are not those of a well-formed list. Opens the reader anew. */
export function readMembers(contents: usize, length: u32): bool {
  reader.open(contents, length);
  reader.raw32(); // id
  count = reader.count(MAX_VALIDATORS);
  for (let i: u32 = 0; i < count; i++) readMember(member(i));
  return reader.exhausted() && count > 0 && membersDiffer();
}

function readMember(at: usize): void {
  const start = reader.position();
  store<u32>(at, <u32>start);
  const nameLength = reader.count(MAX_MEMBER_NAME_BYTES);
  const name = reader.take(nameLength);
  store<u32>(at, <u32>name, NAME);
  store<u32>(at, nameLength, NAME_LENGTH);
  if (nameLength == 0 || !reader.ok() || !isUtf8(name, nameLength)) reader.fail();
  if (reader.uleb() != PUBLIC_KEY_BYTES) reader.fail();
  store<u32>(at, <u32>reader.take(PUBLIC_KEY_BYTES), KEY);
  const addressLength = reader.count(MAX_MEMBER_ADDRESS_BYTES);
  const address = reader.take(addressLength);
  if (!reader.ok() || !isUtf8(address, addressLength)) reader.fail();
  store<u32>(at, <u32>(reader.position() - start), LENGTH);
}

function membersDiffer(): bool {
  for (let i: u32 = 1; i < count; i++) {
    if (findKey(memberKey(i)) < i || findName(memberName(i), memberNameLength(i)) < i) return false;
  }
  return true;
}

function member(index: u32): usize {
  return MEMBERS + <usize>index * MEMBER_BYTES;
}

// Of the list read last.

export function memberCount(): u32 {
  return count;
}

/** bcs of the member; `index` is below `memberCount()`. */
export function memberBytes(index: u32): usize {
  return load<u32>(member(index));
}

export function memberLength(index: u32): u32 {
  return load<u32>(member(index), LENGTH);
}

function memberName(index: u32): usize {
  return load<u32>(member(index), NAME);
}

function memberNameLength(index: u32): u32 {
  return load<u32>(member(index), NAME_LENGTH);
}

/** The ML-DSA-65 key, PUBLIC_KEY_BYTES. */
export function memberKey(index: u32): usize {
  return load<u32>(member(index), KEY);
}

/** The first member with this key of PUBLIC_KEY_BYTES; `memberCount()` when there is none. */
export function findKey(key: usize): u32 {
  for (let i: u32 = 0; i < count; i++) if (equalBytes(memberKey(i), key, PUBLIC_KEY_BYTES)) return i;
  return count;
}

/** The first member of this name; `memberCount()` when there is none. */
export function findName(name: usize, length: u32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    if (memberNameLength(i) == length && equalBytes(memberName(i), name, length)) return i;
  }
  return count;
}
