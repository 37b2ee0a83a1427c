/**
 * Move types as bytes: a type is the BCS of its TypeTag, and two types are the same when these bytes are.
 *
 * Sources: iotaledger/iota crates/iota-types/src/base_types.rs (MoveObjectType), external-crates/move/crates/move-core-types
 * (language_storage.rs for TypeTag and StructTag, identifier.rs for identifiers).
 */

import { MAX_GENERIC_INSTANTIATION_LENGTH, MAX_MOVE_IDENTIFIER_LEN } from "../../wire/generated-protocol";
import { equalBytes } from "../bytes";
import * as reader from "../reader";

/** Variants of TypeTag. */
export const TYPE_BOOL: u32 = 0;
export const TYPE_U8: u32 = 1;
export const TYPE_U64: u32 = 2;
export const TYPE_U128: u32 = 3;
export const TYPE_ADDRESS: u32 = 4;
export const TYPE_SIGNER: u32 = 5;
export const TYPE_VECTOR: u32 = 6;
export const TYPE_STRUCT: u32 = 7;
export const TYPE_U16: u32 = 8;
export const TYPE_U32: u32 = 9;
export const TYPE_U256: u32 = 10;
const TYPE_VARIANTS: u32 = 11;

/** Variants of MoveObjectType, which keeps the commonest types of objects short. */
export const OBJECT_TYPE_OTHER: u32 = 0;
export const OBJECT_TYPE_GAS_COIN: u32 = 1;
export const OBJECT_TYPE_STAKED_IOTA: u32 = 2;
export const OBJECT_TYPE_COIN: u32 = 3;
const OBJECT_TYPE_VARIANTS: u32 = 4;

/**
 * Vectors and structs within one another in one type. Ours, so that a fixed stack suffices: `max_type_argument_depth` of protocol
 * 38 is 16 for what a transaction names, and a struct that a module builds around such an argument adds only a few levels.
 */
const MAX_TYPE_DEPTH: i32 = 64;
/** Type parameters of one struct. */
const MAX_TYPE_PARAMETERS: u32 = <u32>MAX_GENERIC_INSTANTIATION_LENGTH;
/** Bytes of one identifier. */
const MAX_IDENTIFIER_BYTES: u32 = <u32>MAX_MOVE_IDENTIFIER_LEN;

/** Types still to come on each open level while a tag is read. */
const LEVELS: usize = memory.data(256, 16);

/** bcs of the StructTag 0x2::iota::IOTA: address, "iota", "IOTA", no parameters. */
const IOTA_STRUCT: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 0x69, 0x6f, 0x74,
  0x61, 4, 0x49, 0x4f, 0x54, 0x41, 0,
]);
const IOTA_STRUCT_BYTES: usize = 43;

/** bcs of 0x2::coin::Coin up to its parameters: address, "coin", "Coin", one parameter. */
const COIN_STRUCT_HEAD: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 0x63, 0x6f, 0x69,
  0x6e, 4, 0x43, 0x6f, 0x69, 0x6e, 1,
]);
const COIN_STRUCT_HEAD_BYTES: usize = 43;

/** bcs of the StructTag 0x3::staking_pool::StakedIota. */
const STAKED_IOTA_STRUCT: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 12, 0x73, 0x74, 0x61,
  0x6b, 0x69, 0x6e, 0x67, 0x5f, 0x70, 0x6f, 0x6f, 0x6c, 10, 0x53, 0x74, 0x61, 0x6b, 0x65, 0x64, 0x49, 0x6f, 0x74, 0x61,
  0,
]);
const STAKED_IOTA_STRUCT_BYTES: usize = 57;

/** bcs of the StructTag 0x2::clock::Clock, with the variant Other of MoveObjectType before it. */
const CLOCK_TYPE: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 5, 0x63, 0x6c,
  0x6f, 0x63, 0x6b, 5, 0x43, 0x6c, 0x6f, 0x63, 0x6b, 0,
]);
const CLOCK_TYPE_BYTES: usize = 46;

function isLetter(character: u32): bool {
  const lower = character | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** A Move identifier: a letter first, or "_" and more; then letters, digits and "_". */
export function isIdentifier(at: usize, length: u32): bool {
  if (length == 0 || length > MAX_IDENTIFIER_BYTES) return false;
  const first = <u32>load<u8>(at);
  if (!isLetter(first) && (first != 0x5f || length == 1)) return false;
  for (let i: u32 = 1; i < length; i++) {
    const character = <u32>load<u8>(at + i);
    if (!isLetter(character) && character != 0x5f && (character < 0x30 || character > 0x39)) return false;
  }
  return true;
}

/** Passes over an identifier with its length before it; returns its length in bytes. */
export function readIdentifier(): u32 {
  const length = reader.count(MAX_IDENTIFIER_BYTES);
  const at = reader.take(length);
  if (reader.ok() && !isIdentifier(at, length)) reader.fail();
  return length;
}

/** Passes over the head of a StructTag: address, module and name; returns the count of type parameters, which follow. */
function readStructHead(): u32 {
  reader.raw32();
  readIdentifier();
  readIdentifier();
  return reader.count(MAX_TYPE_PARAMETERS);
}

/** Passes over `count` type tags, level by level without recursion. */
function readTags(count: u32): void {
  if (count == 0) return;
  let level: i32 = 0;
  store<u32>(LEVELS, count);
  while (level >= 0 && reader.ok()) {
    const place = LEVELS + ((<usize>level) << 2);
    const left = load<u32>(place);
    if (left == 0) {
      level--;
      continue;
    }
    store<u32>(place, left - 1);
    const tag = reader.variant(TYPE_VARIANTS);
    if (tag != TYPE_VECTOR && tag != TYPE_STRUCT) continue;
    if (++level >= MAX_TYPE_DEPTH) {
      reader.fail();
      return;
    }
    store<u32>(LEVELS + ((<usize>level) << 2), tag == TYPE_VECTOR ? 1 : readStructHead());
  }
}

/** Passes over one TypeTag with the reader, which fails on a malformed one; the caller takes its bytes by position. */
export function readTypeTag(): void {
  readTags(1);
}

/** Passes over one StructTag. */
export function readStructTag(): void {
  const parameters = readStructHead();
  readTags(parameters);
}

/**
 * Passes over one MoveObjectType and returns its variant. Only the canonical form passes: a type that has a short form must not
 * be written in the long one, or one object could have two digests.
 */
export function readObjectType(): u32 {
  const variant = reader.variant(OBJECT_TYPE_VARIANTS);
  const at = reader.position();
  if (variant == OBJECT_TYPE_OTHER) {
    readStructTag();
    if (reader.ok() && hasShortForm(at, reader.position() - at)) reader.fail();
  } else if (variant == OBJECT_TYPE_COIN) {
    readTypeTag();
    if (reader.ok() && isIotaTag(at, reader.position() - at)) reader.fail();
  }
  return variant;
}

function hasShortForm(structTag: usize, length: usize): bool {
  if (length == STAKED_IOTA_STRUCT_BYTES && equalBytes(structTag, STAKED_IOTA_STRUCT, length)) return true;
  return isCoinStruct(structTag, length);
}

/** True when the StructTag is 0x2::coin::Coin<T>. */
function isCoinStruct(structTag: usize, length: usize): bool {
  return length > COIN_STRUCT_HEAD_BYTES && equalBytes(structTag, COIN_STRUCT_HEAD, COIN_STRUCT_HEAD_BYTES);
}

/** True when the StructTag is 0x2::coin::Coin<0x2::iota::IOTA>. */
export function isIotaCoinStruct(structTag: usize, length: usize): bool {
  return (
    isCoinStruct(structTag, length) && isIotaTag(structTag + COIN_STRUCT_HEAD_BYTES, length - COIN_STRUCT_HEAD_BYTES)
  );
}

/** True when the TypeTag is 0x2::iota::IOTA. */
export function isIotaTag(tag: usize, length: usize): bool {
  return (
    length == IOTA_STRUCT_BYTES + 1 &&
    load<u8>(tag) == TYPE_STRUCT &&
    equalBytes(tag + 1, IOTA_STRUCT, IOTA_STRUCT_BYTES)
  );
}

/** True when the MoveObjectType is 0x2::clock::Clock. */
export function isClockType(objectType: usize, length: usize): bool {
  return length == CLOCK_TYPE_BYTES && equalBytes(objectType, CLOCK_TYPE, CLOCK_TYPE_BYTES);
}

/** Bytes by which a type's tag can be longer than its MoveObjectType: the gas coin's, whose short form is one byte. */
export const MAX_TAG_GROWTH: usize = 88;

/** Equality of two types given as canonical bytes. */
export function sameType(a: usize, aLength: usize, b: usize, bLength: usize): bool {
  return aLength == bLength && equalBytes(a, b, aLength);
}

/**
 * Writes the TypeTag of an object's type, given as bcs(MoveObjectType), at `to`; returns its length. Room for `length` and
 * MAX_TAG_GROWTH bytes is enough.
 */
export function tagOfObjectType(to: usize, objectType: usize, length: usize): usize {
  const variant = <u32>load<u8>(objectType);
  store<u8>(to, TYPE_STRUCT);
  if (variant == OBJECT_TYPE_OTHER) {
    memory.copy(to + 1, objectType + 1, length - 1);
    return length;
  }
  if (variant == OBJECT_TYPE_STAKED_IOTA) {
    memory.copy(to + 1, STAKED_IOTA_STRUCT, STAKED_IOTA_STRUCT_BYTES);
    return 1 + STAKED_IOTA_STRUCT_BYTES;
  }
  memory.copy(to + 1, COIN_STRUCT_HEAD, COIN_STRUCT_HEAD_BYTES);
  const parameter = to + 1 + COIN_STRUCT_HEAD_BYTES;
  if (variant == OBJECT_TYPE_COIN) {
    memory.copy(parameter, objectType + 1, length - 1);
    return COIN_STRUCT_HEAD_BYTES + length;
  }
  store<u8>(parameter, TYPE_STRUCT);
  memory.copy(parameter + 1, IOTA_STRUCT, IOTA_STRUCT_BYTES);
  return 2 + COIN_STRUCT_HEAD_BYTES + IOTA_STRUCT_BYTES;
}
