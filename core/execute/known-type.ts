/**
 * The types that are known without loading a module: Move's own, and those structs of the framework that a transaction may write as pure
 * bytes. Such a type is a chain of vectors and options around one leaf. Others wait for the virtual machine.
 *
 * Source: iotaledger/iota iota-execution/latest/iota-adapter/src/programmable_transactions/execution.rs
 * (primitive_serialization_layout, PrimitiveArgumentLayout, bcs_argument_validate).
 */
import { equalBytes } from "../lib/bytes";
import {
  isIotaCoinStruct,
  TYPE_ADDRESS,
  TYPE_BOOL,
  TYPE_SIGNER,
  TYPE_STRUCT,
  TYPE_U8,
  TYPE_U16,
  TYPE_U32,
  TYPE_U64,
  TYPE_U128,
  TYPE_U256,
  TYPE_VECTOR,
} from "../lib/iota/types";
import * as reader from "../lib/reader";
import { isAscii, isUtf8 } from "../lib/utf8";
import { MAX_TYPE_ARGUMENT_DEPTH } from "../wire/generated-protocol";

/** Leaves and links beyond TypeTag's variants, in the chain of `classify`. */
const LINK_OPTION: u32 = 16;
const LEAF_UTF8: u32 = 17;
const LEAF_ASCII: u32 = 18;
const LEAF_ID: u32 = 19;
const LEAF_IOTA_COIN: u32 = 20;

/** Links of one chain. */
const MAX_LINKS: u32 = MAX_TYPE_ARGUMENT_DEPTH;
/** Links and leaf (u32 each) of the type last classified, and elements still to come at each while bytes are checked. */
const CHAIN: usize = memory.data(80, 16);
const LEFT: usize = memory.data(80, 16);

/** What a non-primitive value's size counts for against `max_ptb_value_size`, relative to its bytes. */
const AMPLIFICATION_OBJECT: u32 = 128;

// Behind an address of 31 zeros and its last byte: module, name, count of parameters, as in BCS.
/** 0x1 "option" "Option" 1 */
const OPTION_NAME: usize = memory.data<u8>([
  1, 6, 0x6f, 0x70, 0x74, 0x69, 0x6f, 0x6e, 6, 0x4f, 0x70, 0x74, 0x69, 0x6f, 0x6e, 1,
]);
const OPTION_NAME_BYTES: usize = 16;
/** 0x1 "string" "String" 0 */
const UTF8_NAME: usize = memory.data<u8>([
  1, 6, 0x73, 0x74, 0x72, 0x69, 0x6e, 0x67, 6, 0x53, 0x74, 0x72, 0x69, 0x6e, 0x67, 0,
]);
const UTF8_NAME_BYTES: usize = 16;
/** 0x1 "ascii" "String" 0 */
const ASCII_NAME: usize = memory.data<u8>([
  1, 5, 0x61, 0x73, 0x63, 0x69, 0x69, 6, 0x53, 0x74, 0x72, 0x69, 0x6e, 0x67, 0,
]);
const ASCII_NAME_BYTES: usize = 15;
/** 0x2 "object" "ID" 0 */
const ID_NAME: usize = memory.data<u8>([2, 6, 0x6f, 0x62, 0x6a, 0x65, 0x63, 0x74, 2, 0x49, 0x44, 0]);
const ID_NAME_BYTES: usize = 12;

let links: u32 = 0;
let amplification: u32 = 1;
let leaf: u32 = 0;

/** Finds out what the TypeTag of `length` bytes is. False when it is not a known type; nothing else is to be asked then. */
export function classify(tag: usize, length: usize): bool {
  const end = tag + length;
  let at = tag;
  links = 0;
  amplification = 0;
  while (links <= MAX_LINKS && at < end) {
    leaf = load<u8>(at++);
    if (leaf == TYPE_STRUCT) leaf = knownStruct(at, end - at);
    store<u32>(CHAIN + ((<usize>links) << 2), leaf);
    if (leaf == LINK_OPTION) {
      at += 31 + OPTION_NAME_BYTES;
      amplification++;
    } else if (leaf != TYPE_VECTOR) {
      amplification += leafAmplification();
      return leaf != TYPE_STRUCT && leaf != TYPE_SIGNER;
    }
    links++;
  }
  return false;
}

/** TYPE_STRUCT for a struct that is not known. */
function knownStruct(at: usize, length: usize): u32 {
  if (isIotaCoinStruct(at, length)) return LEAF_IOTA_COIN;
  if (length < 31 + ID_NAME_BYTES) return TYPE_STRUCT;
  for (let i: usize = 0; i < 31; i++) if (load<u8>(at + i) != 0) return TYPE_STRUCT;
  const name = at + 31;
  const nameLength = length - 31;
  if (startsWith(name, nameLength, OPTION_NAME, OPTION_NAME_BYTES)) return LINK_OPTION;
  if (startsWith(name, nameLength, UTF8_NAME, UTF8_NAME_BYTES)) return LEAF_UTF8;
  if (startsWith(name, nameLength, ASCII_NAME, ASCII_NAME_BYTES)) return LEAF_ASCII;
  if (startsWith(name, nameLength, ID_NAME, ID_NAME_BYTES)) return LEAF_ID;
  return TYPE_STRUCT;
}

function startsWith(at: usize, length: usize, prefix: usize, prefixLength: usize): bool {
  return length >= prefixLength && equalBytes(at, prefix, prefixLength);
}

function leafAmplification(): u32 {
  switch (leaf) {
    case TYPE_BOOL:
    case TYPE_U8:
    case TYPE_U16:
    case TYPE_U32:
    case TYPE_U64:
      return 1;
    case LEAF_IOTA_COIN:
      return AMPLIFICATION_OBJECT;
    default:
      return 2;
  }
}

/** True when pure bytes may stand for the classified type. */
export function isPrimitive(): bool {
  return leaf != LEAF_IOTA_COIN;
}

/** By how much a value of the classified type counts for more than its bytes. */
export function valueAmplification(): u32 {
  return amplification;
}

/** What an object's, or any other unknown type's, value counts for. */
export function objectAmplification(): u32 {
  return AMPLIFICATION_OBJECT;
}

/** True when the bytes are exactly one value of the classified primitive type. */
export function isValueOfType(bytes: usize, length: u32): bool {
  reader.open(bytes, length);
  let depth: i32 = 0;
  store<u32>(LEFT, 1);
  while (depth >= 0 && reader.ok()) {
    const left = LEFT + ((<usize>depth) << 2);
    const remaining = load<u32>(left);
    if (remaining == 0) {
      depth--;
      continue;
    }
    store<u32>(left, remaining - 1);
    const node = load<u32>(CHAIN + ((<usize>depth) << 2));
    if (node == TYPE_VECTOR || node == LINK_OPTION) {
      store<u32>(left, node == LINK_OPTION ? (reader.option() ? 1 : 0) : reader.uleb(), 4);
      depth++;
    } else {
      readLeaf(node);
    }
  }
  return reader.exhausted();
}

function readLeaf(node: u32): void {
  switch (node) {
    case TYPE_BOOL:
      reader.bool_();
      break;
    case TYPE_U8:
      reader.take(1);
      break;
    case TYPE_U16:
      reader.take(2);
      break;
    case TYPE_U32:
      reader.take(4);
      break;
    case TYPE_U64:
      reader.take(8);
      break;
    case TYPE_U128:
      reader.take(16);
      break;
    case TYPE_U256:
    case TYPE_ADDRESS:
    case LEAF_ID:
      reader.raw32();
      break;
    default:
      readText(node == LEAF_ASCII);
  }
}

/** A string: ASCII alone, or UTF-8. */
function readText(ascii: bool): void {
  const length = reader.uleb();
  const at = reader.take(length);
  if (!reader.ok()) return;
  if (!(ascii ? isAscii(at, length) : isUtf8(at, length))) reader.fail();
}
