/** The reads of one result, made into operations in tree order: scratch of one step. */
import { copy32, equal32 } from "../lib/bytes";
import { merkleCompareKeys } from "../lib/merkle/tree";
import { lowerBound, NEW, OLD } from "./results";
import { OPERATION_BYTES } from "./state";

/** Bytes of a Read: id, digest. */
export const READ_BYTES: usize = 64;

/** MAX_READS operations of OPERATION_BYTES; what `flags` says of each; addresses of the reads while they are sorted. */
const OPERATIONS: usize = memory.data(589_824, 16);
const FLAGS: usize = memory.data(6_144, 16);
const ORDER: usize = memory.data(24_576, 16);

let count: u32 = 0;

/** Address of the operations, `operationCount()` of them. */
export function operations(): usize {
  return OPERATIONS;
}

export function operationCount(): u32 {
  return count;
}

/** Sorts `length` reads (at most MAX_READS) at `reads`, each becoming an operation that changes nothing. False when an id comes twice. */
export function takeReads(reads: usize, length: u32): bool {
  count = length;
  for (let i: u32 = 0; i < length; i++) setPlace(i, <u32>(reads + <usize>i * READ_BYTES));
  sort(length);
  for (let i: u32 = 0; i < length; i++) {
    const read: usize = place(i);
    if (i > 0 && equal32(place(i - 1), read)) return false;
    const operation = operationAt(i);
    copy32(operation, read);
    copy32(operation + OLD, read + OLD);
    copy32(operation + NEW, read + OLD);
  }
  memory.fill(FLAGS, 0, length);
  return true;
}

export function operationAt(index: u32): usize {
  return OPERATIONS + <usize>index * OPERATION_BYTES;
}

/** Index of the operation on this id, or -1. */
export function findOperation(id: usize): i32 {
  const index = lowerBound(OPERATIONS, count, id);
  return index < count && equal32(operationAt(index), id) ? <i32>index : -1;
}

export function flags(index: u32): u32 {
  return load<u8>(FLAGS + index);
}

export function setFlags(index: u32, value: u32): void {
  store<u8>(FLAGS + index, <u8>value);
}

function place(i: u32): u32 {
  return load<u32>(ORDER + ((<usize>i) << 2));
}

function setPlace(i: u32, read: u32): void {
  store<u32>(ORDER + ((<usize>i) << 2), read);
}

/** Heap sort: bounded by n log n whatever order the reads come in, and in place. */
function sort(length: u32): void {
  for (let root: u32 = length >> 1; root > 0; root--) sift(root - 1, length);
  for (let end = length; end > 1; end--) {
    const last = place(end - 1);
    setPlace(end - 1, place(0));
    setPlace(0, last);
    sift(0, end - 1);
  }
}

function sift(root: u32, end: u32): void {
  const moved = place(root);
  let hole = root;
  for (let left: u32 = 2 * hole + 1; left < end; left = 2 * hole + 1) {
    let child = left;
    const right: u32 = left + 1;
    if (right < end && merkleCompareKeys(place(left), place(right)) < 0) child = right;
    if (merkleCompareKeys(moved, place(child)) >= 0) break;
    setPlace(hole, place(child));
    hole = child;
  }
  setPlace(hole, moved);
}
