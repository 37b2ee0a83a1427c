// Lets tests read, rewrite and hash objects with core/lib/iota, and read type tags.

import { deriveId } from "../../core/lib/iota/ids";
import {
  objectDigest,
  parseObject,
  viewBalance,
  viewContents,
  viewContentsLength,
  viewGasSize,
  viewId,
  viewIsCoin,
  viewIsIotaCoin,
  viewKind,
  viewOwner,
  viewOwnerKind,
  viewPrevious,
  viewRebate,
  viewSharedVersion,
  viewType,
  viewTypeLength,
  viewVersion,
  writeObject,
} from "../../core/lib/iota/object";
import { readTypeTag } from "../../core/lib/iota/types";
import * as reader from "../../core/lib/reader";
import * as writer from "../../core/lib/writer";

const INPUT: usize = memory.data(300000, 16);
const OUTPUT: usize = memory.data(300000, 16);
const VIEW: usize = memory.data(64, 16);

export function input(): usize {
  return INPUT;
}

export function output(): usize {
  return OUTPUT;
}

export function parse(length: u32): bool {
  return parseObject(VIEW, INPUT, length);
}

/** Writes the parsed object again; returns its length. */
export function rewrite(): u32 {
  writer.open(OUTPUT, 300000);
  writeObject(VIEW);
  return writer.ok() ? writer.length() : 0;
}

export function digest(length: u32): void {
  objectDigest(OUTPUT, INPUT, length);
}

/** Reads one type tag of exactly `length` bytes. */
export function typeTag(length: u32): bool {
  reader.open(INPUT, length);
  readTypeTag();
  return reader.exhausted();
}

/** Transaction digest at the input. */
export function derive(count: u64): void {
  deriveId(OUTPUT, INPUT, count);
}

export function id(): usize {
  return viewId(VIEW);
}
export function version(): u64 {
  return viewVersion(VIEW);
}
export function kind(): u32 {
  return viewKind(VIEW);
}
export function type(): usize {
  return viewType(VIEW);
}
export function typeLength(): u32 {
  return viewTypeLength(VIEW);
}
export function contents(): usize {
  return viewContents(VIEW);
}
export function contentsLength(): u32 {
  return viewContentsLength(VIEW);
}
export function ownerKind(): u32 {
  return viewOwnerKind(VIEW);
}
export function owner(): usize {
  return viewOwner(VIEW);
}
export function sharedVersion(): u64 {
  return viewSharedVersion(VIEW);
}
export function previous(): usize {
  return viewPrevious(VIEW);
}
export function rebate(): u64 {
  return viewRebate(VIEW);
}
export function isCoin(): bool {
  return viewIsCoin(VIEW);
}
export function isIotaCoin(): bool {
  return viewIsIotaCoin(VIEW);
}
export function balance(): u64 {
  return viewBalance(VIEW);
}
export function gasSize(): u32 {
  return viewGasSize(VIEW);
}
