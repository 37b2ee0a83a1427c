/**
 * bcs(Object): {data, owner, previous_transaction, storage_rebate}, read into a small view of pointers and written from one.
 *
 * Sources: iotaledger/iota crates/iota-types/src/object.rs (Object, MoveObject, Owner, object_size_for_gas_metering) and
 * move_package.rs (MovePackage). `has_public_transfer`, which older formats carry, is not part of it.
 *
 * A view holds pointers into the bytes it was read from, so those must outlive it. Views are 8-aligned blocks of
 * OBJECT_VIEW_BYTES in the caller's memory.
 */
import { LENGTH_32 } from "../bytes";
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
import * as reader from "../reader";
import * as writer from "../writer";
import { COIN_CONTENTS_BYTES, coinBalance } from "./coin";
import { OBJECT_TYPE_COIN, OBJECT_TYPE_GAS_COIN, readIdentifier, readObjectType } from "./types";

/** Owner variants, as in BCS. */
export const OWNER_ADDRESS: u32 = 0;
export const OWNER_OBJECT: u32 = 1;
export const OWNER_SHARED: u32 = 2;
export const OWNER_IMMUTABLE: u32 = 3;
const OWNER_VARIANTS: u32 = 4;

/** What `viewKind` says of a package; below it are the variants of MoveObjectType (types.ts). */
export const KIND_PACKAGE: u32 = 4;

/** Data variants, as in BCS. */
const DATA_MOVE: u32 = 0;
const DATA_PACKAGE: u32 = 1;
const DATA_VARIANTS: u32 = 2;

/** Bytes of a view; align it to 8. */
export const OBJECT_VIEW_BYTES: usize = 64;

const VERSION: usize = 0;
const REBATE: usize = 8;
const SHARED_VERSION: usize = 16;
const KIND: usize = 24;
const OWNER_KIND: usize = 28;
const OWNER: usize = 32;
const TYPE: usize = 36;
const TYPE_LENGTH: usize = 40;
const CONTENTS: usize = 44;
const CONTENTS_LENGTH: usize = 48;
const PREVIOUS: usize = 52;
const PACKAGE_SIZE: usize = 56;

/** `max_move_object_size` and more: no object's contents or module reaches it, so it only bounds the reader, in bytes. */
const MAX_CONTENTS_BYTES: u32 = 0x0100_0000;
/** Modules, type origins or linkage entries of one package: bounded by the bytes anyway. */
const MAX_PACKAGE_ENTRIES: u32 = 65_536;
/** Size of owner, previous transaction and rebate in upstream's memory, which storage is charged for, in bytes. */
const METADATA_SIZE: u32 = 80;
const VERSION_SIZE: u32 = 8;
/** Linkage entry and the package address of a type origin, in bytes as upstream sizes them. */
const LINKAGE_SIZE: u32 = 72;
const ORIGIN_ID_SIZE: u32 = 32;

/** BLAKE2B_STATE_BYTES of lib/hash/blake2b.ts. */
const HASH: usize = memory.data(208, 16);
/** "Object::", the BcsSignable name of upstream's ObjectInner. */
const DOMAIN: usize = memory.data<u8>([0x4f, 0x62, 0x6a, 0x65, 0x63, 0x74, 0x3a, 0x3a]);
const DOMAIN_BYTES: u32 = 8;

/**
 * Reads exactly `length` bytes at `bytes` into `view`. False when they are not one canonical object. Opens the reader anew: not
 * in the middle of a frame.
 */
export function parseObject(view: usize, bytes: usize, length: u32): bool {
  reader.open(bytes, length);
  if (reader.variant(DATA_VARIANTS) == DATA_PACKAGE) readPackage(view);
  else readMoveObject(view);
  readOwner(view);
  // A digest is a byte string to BCS, with its length before it, unlike ids and addresses.
  if (reader.u8_() != <u32>LENGTH_32) reader.fail();
  store<u32>(view, <u32>reader.raw32(), PREVIOUS);
  store<u64>(view, reader.u64_(), REBATE);
  return reader.exhausted();
}

/** Reads `data` and `owner` alone, as a genesis transaction carries them (RawObject), with the caller's open reader. */
export function readRawObject(view: usize): void {
  if (reader.variant(DATA_VARIANTS) == DATA_PACKAGE) readPackage(view);
  else readMoveObject(view);
  readOwner(view);
  store<u64>(view, 0, REBATE);
}

function readMoveObject(view: usize): void {
  const type = reader.position();
  const kind = readObjectType();
  store<u32>(view, kind, KIND);
  store<u32>(view, <u32>type, TYPE);
  store<u32>(view, <u32>(reader.position() - type), TYPE_LENGTH);
  store<u64>(view, reader.u64_(), VERSION);
  const length = reader.count(MAX_CONTENTS_BYTES);
  const contents = reader.take(length);
  const coin = kind == OBJECT_TYPE_GAS_COIN || kind == OBJECT_TYPE_COIN;
  if (coin ? length != COIN_CONTENTS_BYTES : length < <u32>LENGTH_32) reader.fail();
  store<u32>(view, <u32>contents, CONTENTS);
  store<u32>(view, length, CONTENTS_LENGTH);
}

/** Structure only: id, version, module map, type origins, linkage; maps must be in BCS order. */
function readPackage(view: usize): void {
  const start = reader.position();
  store<u32>(view, KIND_PACKAGE, KIND);
  store<u32>(view, 0, TYPE_LENGTH);
  reader.raw32(); // id
  store<u64>(view, reader.u64_(), VERSION);
  let size = METADATA_SIZE + VERSION_SIZE + readModules();
  const origins = reader.count(MAX_PACKAGE_ENTRIES);
  for (let i: u32 = 0; i < origins && reader.ok(); i++) {
    size += readIdentifier();
    size += readIdentifier();
    size += ORIGIN_ID_SIZE;
    reader.raw32();
  }
  const linkage = reader.count(MAX_PACKAGE_ENTRIES);
  let previous: usize = 0;
  for (let i: u32 = 0; i < linkage && reader.ok(); i++) {
    const key = reader.raw32();
    if (previous != 0 && compareKeys(previous, LENGTH_32, key, LENGTH_32) >= 0) reader.fail();
    previous = key;
    reader.raw32();
    reader.u64_();
  }
  size += linkage * LINKAGE_SIZE;
  store<u32>(view, <u32>start, CONTENTS);
  store<u32>(view, <u32>(reader.position() - start), CONTENTS_LENGTH);
  store<u32>(view, size, PACKAGE_SIZE);
}

/** Passes over the module map; returns the bytes of names and code. */
function readModules(): u32 {
  let size: u32 = 0;
  const modules = reader.count(MAX_PACKAGE_ENTRIES);
  let previous: usize = 0;
  let previousLength: usize = 0;
  for (let i: u32 = 0; i < modules && reader.ok(); i++) {
    const key = reader.position();
    size += readIdentifier();
    const keyLength = reader.position() - key;
    if (previous != 0 && compareKeys(previous, previousLength, key, keyLength) >= 0) reader.fail();
    previous = key;
    previousLength = keyLength;
    const code = reader.count(MAX_CONTENTS_BYTES);
    reader.take(code);
    size += code;
  }
  return size;
}

/** Order of two keys of a BCS map: by their serialized bytes. */
function compareKeys(a: usize, aLength: usize, b: usize, bLength: usize): i32 {
  const shorter = aLength < bLength ? aLength : bLength;
  for (let i: usize = 0; i < shorter; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
  }
  return aLength == bLength ? 0 : aLength < bLength ? -1 : 1;
}

function readOwner(view: usize): void {
  const kind = reader.variant(OWNER_VARIANTS);
  store<u32>(view, kind, OWNER_KIND);
  store<u64>(view, kind == OWNER_SHARED ? reader.u64_() : 0, SHARED_VERSION);
  store<u32>(view, kind < OWNER_SHARED ? <u32>reader.raw32() : 0, OWNER);
}

/** Appends bcs(Object) of the view to the open writer. */
export function writeObject(view: usize): void {
  if (viewKind(view) == KIND_PACKAGE) {
    writer.uleb(DATA_PACKAGE);
    writer.raw(viewContents(view), viewContentsLength(view));
  } else {
    writer.uleb(DATA_MOVE);
    writer.raw(viewType(view), viewTypeLength(view));
    writer.u64_(viewVersion(view));
    writer.blob(viewContents(view), viewContentsLength(view));
  }
  writeOwner(view);
  writer.blob(viewPrevious(view), <u32>LENGTH_32);
  writer.u64_(viewRebate(view));
}

/** Appends bcs(Owner) of the view to the open writer. */
export function writeOwner(view: usize): void {
  const kind = viewOwnerKind(view);
  writer.uleb(kind);
  if (kind == OWNER_SHARED) writer.u64_(viewSharedVersion(view));
  else if (kind != OWNER_IMMUTABLE) writer.raw32(viewOwner(view));
}

/** blake2b256("Object::" || bytes), 32 bytes at `out`. */
export function objectDigest(out: usize, bytes: usize, length: u32): void {
  blake2b256Init(HASH);
  blake2b256Update(HASH, DOMAIN, DOMAIN_BYTES);
  blake2b256Update(HASH, bytes, length);
  blake2b256Final(HASH, out);
}

/** Pointer to the id, 32 bytes: a Move object's contents begin with it, as a package does. */
export function viewId(view: usize): usize {
  return viewContents(view);
}

export function viewVersion(view: usize): u64 {
  return load<u64>(view, VERSION);
}

/** A variant of MoveObjectType, or KIND_PACKAGE. */
export function viewKind(view: usize): u32 {
  return load<u32>(view, KIND);
}

/** Pointer to bcs(MoveObjectType), variant first; of no meaning for a package, whose type is zero bytes long. */
export function viewType(view: usize): usize {
  return load<u32>(view, TYPE);
}

export function viewTypeLength(view: usize): u32 {
  return load<u32>(view, TYPE_LENGTH);
}

/** Pointer to the Move contents; for a package to bcs(MovePackage). */
export function viewContents(view: usize): usize {
  return load<u32>(view, CONTENTS);
}

export function viewContentsLength(view: usize): u32 {
  return load<u32>(view, CONTENTS_LENGTH);
}

export function viewOwnerKind(view: usize): u32 {
  return load<u32>(view, OWNER_KIND);
}

/** Pointer to the owning address or object id, 32 bytes; 0 when shared or immutable. */
export function viewOwner(view: usize): usize {
  return load<u32>(view, OWNER);
}

/** The version at which a shared object became shared; 0 for others. */
export function viewSharedVersion(view: usize): u64 {
  return load<u64>(view, SHARED_VERSION);
}

/** Pointer to the digest of the transaction that wrote this version. */
export function viewPrevious(view: usize): usize {
  return load<u32>(view, PREVIOUS);
}

/** Storage rebate in NANOS. */
export function viewRebate(view: usize): u64 {
  return load<u64>(view, REBATE);
}

/** Coin<T> of any T. */
export function viewIsCoin(view: usize): bool {
  const kind = viewKind(view);
  return kind == OBJECT_TYPE_GAS_COIN || kind == OBJECT_TYPE_COIN;
}

/** Coin<0x2::iota::IOTA>, the only coin that pays gas. */
export function viewIsIotaCoin(view: usize): bool {
  return viewKind(view) == OBJECT_TYPE_GAS_COIN;
}

/** Balance of a coin; 0 for other objects. */
export function viewBalance(view: usize): u64 {
  return viewIsCoin(view) ? coinBalance(viewContents(view)) : 0;
}

/** Size that input reading and storage are charged for, in bytes. */
export function viewGasSize(view: usize): u32 {
  if (viewKind(view) == KIND_PACKAGE) return load<u32>(view, PACKAGE_SIZE);
  return METADATA_SIZE + VERSION_SIZE + viewTypeLength(view) + viewContentsLength(view);
}

/** Makes `view` a Move object of this type and contents; version, owner, previous transaction and rebate follow by the setters. */
export function setMoveObject(view: usize, type: usize, typeLength: u32, contents: usize, contentsLength: u32): void {
  store<u32>(view, load<u8>(type), KIND);
  store<u32>(view, <u32>type, TYPE);
  store<u32>(view, typeLength, TYPE_LENGTH);
  setContents(view, contents, contentsLength);
}

/** Points the view at other contents of the same object: the id must stay in front. */
export function setContents(view: usize, contents: usize, length: u32): void {
  store<u32>(view, <u32>contents, CONTENTS);
  store<u32>(view, length, CONTENTS_LENGTH);
}

export function setVersion(view: usize, version: u64): void {
  store<u64>(view, version, VERSION);
}

/** `owner`: pointer to 32 bytes that outlive the view, for the kinds that have one; `sharedVersion` for a shared object. */
export function setOwner(view: usize, kind: u32, owner: usize, sharedVersion: u64): void {
  store<u32>(view, kind, OWNER_KIND);
  store<u32>(view, <u32>owner, OWNER);
  store<u64>(view, sharedVersion, SHARED_VERSION);
}

/** `digest`: pointer to 32 bytes that outlive the view. */
export function setPrevious(view: usize, digest: usize): void {
  store<u32>(view, <u32>digest, PREVIOUS);
}

export function setRebate(view: usize, rebate: u64): void {
  store<u64>(view, rebate, REBATE);
}
