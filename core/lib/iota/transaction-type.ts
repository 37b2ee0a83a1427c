/**
 * Type tags inside commands. They are passed over whatever they say, so that a bad name or a type too large gets its own rejection
 * rather than "malformed": this file counts and judges, `verify` decides.
 *
 * A tag is read in prefix order with a count of tags still to come, so no depth needs to be bounded: the input's length does that.
 * Source: iotaledger/iota external-crates/move/crates/move-core-types/src/language_storage.rs (TypeTag, StructTag),
 * crates/iota-types/src/transaction.rs (type_tag_validity_check).
 */

import { MAX_TYPE_ARGUMENTS } from "../../wire/generated-protocol";
import * as reader from "../reader";
import { isIdentifier, TYPE_STRUCT, TYPE_U256, TYPE_VECTOR } from "./types";

/** Variants of TypeTag, numbered from 0 to u256's. */
const TYPE_VARIANTS: u32 = TYPE_U256 + 1;
/** Bounds the reader's counts and lengths; every element takes bytes, so the input's length is the real bound. */
const MAX_ITEMS: u32 = 0x0100_0000;
/** Structs whose packages are kept; a valid command stays below it. */
const MAX_TYPE_PACKAGES: u32 = MAX_TYPE_ARGUMENTS;

/** Addresses (u32) of the first packages named by the command's types. */
const PACKAGES: usize = memory.data(64, 16);

let nodes: u32 = 0;
let packages: u32 = 0;
let namesValid: bool = true;

/** Begins a command. */
export function closeTypes(): void {
  nodes = 0;
  packages = 0;
  namesValid = true;
}

/** Passes over one type tag with the open reader. */
export function readCommandType(): void {
  let left: u64 = 1;
  while (left > 0 && reader.ok()) {
    left--;
    nodes++;
    const tag = reader.variant(TYPE_VARIANTS);
    if (tag == TYPE_VECTOR) {
      left++;
    } else if (tag == TYPE_STRUCT) {
      const address = reader.raw32();
      keepPackage(address);
      readName();
      readName();
      left += reader.count(MAX_ITEMS);
    }
  }
}

function keepPackage(address: usize): void {
  if (packages >= MAX_TYPE_PACKAGES) return;
  store<u32>(PACKAGES + ((<usize>packages) << 2), <u32>address);
  packages++;
}

function readName(): void {
  const length = reader.count(MAX_ITEMS);
  const at = reader.take(length);
  if (reader.ok() && !isIdentifier(at, length)) namesValid = false;
}

/** Types of all the command's type arguments, those within others included. */
export function commandTypeNodes(): u32 {
  return nodes;
}

/** Whether every module and struct in them is named by a Move identifier. */
export function commandTypeNamesValid(): bool {
  return namesValid;
}

/** Structs in them, up to 16, which no command that `verify` passes has. */
export function commandTypePackageCount(): u32 {
  return packages;
}

/** The address of the `index`-th struct, 32 bytes: the package that defines it. */
export function commandTypePackage(index: u32): usize {
  return load<u32>(PACKAGES + ((<usize>index) << 2));
}
