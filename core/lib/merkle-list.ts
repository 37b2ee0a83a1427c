/**
 * An append-only binary Merkle list: the tree of RFC 6962, section 2.1, over BLAKE2b-256. A leaf hashes to B2b256(0x00 || data), a
 * node to B2b256(0x01 || left || right); a list whose length is no power of two splits at the largest one below it. The two prefixes
 * keep a node from passing for a leaf, which is what makes inclusion proofs sound.
 *
 * State, MERKLE_LIST_BYTES in the caller's memory, 8-aligned: length (u64), then the roots of the complete subtrees by height, lowest
 * first; the one at height h stands when bit h of the length is set.
 */
import { copy32 } from "./bytes";
import { blake2b256, blake2b256Final, blake2b256Init, blake2b256Update } from "./hash/blake2b";

/** Heights kept: lists of fewer than 2^32 elements. */
const HEIGHTS: u32 = 32;
const ROOTS: usize = 8;
const HASH: usize = 32;
/** Bytes of a list's state. */
export const MERKLE_LIST_BYTES: usize = 1032;

const LEAF_PREFIX: u8 = 0x00;
const NODE_PREFIX: u8 = 0x01;

/** BLAKE2B_STATE_BYTES of lib/hash/blake2b.ts. */
const STREAM: usize = memory.data(208, 16);
const PREFIX: usize = memory.data(1, 1);
/** Prefix at 7, so that the two hashes are 8-aligned. */
const NODE: usize = memory.data(72, 16);
const CARRY: usize = memory.data(32, 16);

export function merkleListInit(list: usize): void {
  store<u64>(list, 0);
}

/** B2b256(0x01 || left || right); `out` may be either of them. */
function node(out: usize, left: usize, right: usize): void {
  store<u8>(NODE, NODE_PREFIX, 7);
  copy32(NODE + 8, left);
  copy32(NODE + 40, right);
  blake2b256(out, NODE + 7, 65);
}

/** Appends an element of `length` bytes. False, and nothing is appended, when the list is full. */
export function merkleListAppend(list: usize, data: usize, length: u32): bool {
  const count = load<u64>(list);
  if (count >= <u64>u32.MAX_VALUE) return false;
  store<u8>(PREFIX, LEAF_PREFIX);
  blake2b256Init(STREAM);
  blake2b256Update(STREAM, PREFIX, 1);
  blake2b256Update(STREAM, data, length);
  blake2b256Final(STREAM, CARRY);
  let height: u32 = 0;
  while (height < HEIGHTS - 1 && ((count >> height) & 1) == 1) {
    node(CARRY, list + ROOTS + HASH * height, CARRY);
    height++;
  }
  copy32(list + ROOTS + HASH * height, CARRY);
  store<u64>(list, count + 1);
  return true;
}

/** Writes the root, 32 bytes; of an empty list the hash of no bytes, as RFC 6962 has it. */
export function merkleListRoot(list: usize, out: usize): void {
  const count = load<u64>(list);
  let found = false;
  for (let height: u32 = 0; height < HEIGHTS; height++) {
    if (((count >> height) & 1) == 0) continue;
    const subtree = list + ROOTS + HASH * height;
    if (found) node(CARRY, subtree, CARRY);
    else copy32(CARRY, subtree);
    found = true;
  }
  if (found) copy32(out, CARRY);
  else blake2b256(out, PREFIX, 0);
}
