/**
 * A set of ids, kept as addresses of 32 bytes inside the frame: how many are distinct. Sorted rather than hashed, so that nobody can
 * choose ids that make it slow: at most some 12 · 4096 comparisons twice over.
 */
import { compare32 } from "../lib/bytes";

/** MAX_TRANSACTION_BYTES over the 32 bytes that each id takes in the transaction: no transaction holds more. */
const CAPACITY: u32 = 4_096;
/** Addresses, u32 each. */
const IDS: usize = memory.data(16_384, 16);
const SHIFT: usize = 2;

let count: u32 = 0;

/** Empties the set. */
export function clearIds(): void {
  count = 0;
}

/** Adds the id at `address`. */
export function addId(address: usize): void {
  if (count >= CAPACITY) return;
  put(count++, <u32>address);
}

/** Ids added, repeated ones counted each time. */
export function idCount(): u32 {
  return count;
}

/** Different ids among them. */
export function distinctIds(): u32 {
  if (count < 2) return count;
  sort();
  let distinct: u32 = 1;
  for (let i: u32 = 1; i < count; i++) {
    if (compare32(at(i - 1), at(i)) != 0) distinct++;
  }
  return distinct;
}

function at(index: u32): usize {
  return load<u32>(IDS + ((<usize>index) << SHIFT));
}

function put(index: u32, address: u32): void {
  store<u32>(IDS + ((<usize>index) << SHIFT), address);
}

/** Heapsort, which needs no recursion and no luck. */
function sort(): void {
  for (let root: i32 = <i32>(count >> 1) - 1; root >= 0; root--) sink(<u32>root, count);
  for (let last: u32 = count - 1; last > 0; last--) {
    const greatest = at(0);
    put(0, <u32>at(last));
    put(last, <u32>greatest);
    sink(0, last);
  }
}

/** Restores the heap of the first `length` entries below `root`, by at most one exchange on each of its levels. */
function sink(root: u32, length: u32): void {
  const address = at(root);
  let child: u32 = 2 * root + 1;
  while (child < length) {
    if (child + 1 < length && compare32(at(child + 1), at(child)) > 0) child++;
    if (compare32(address, at(child)) >= 0) break;
    put(root, <u32>at(child));
    root = child;
    child = 2 * root + 1;
  }
  put(root, <u32>address);
}
