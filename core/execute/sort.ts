/** Sorting of tables of addresses, each of a 32-byte key, by key: the order of ids and digests everywhere in effects and frames. */
import { compare32 } from "../lib/bytes";

/** The `index`-th address of a table. */
export function entry(table: usize, index: u32): usize {
  return load<u32>(table + ((<usize>index) << 2));
}

export function setEntry(table: usize, index: u32, address: usize): void {
  store<u32>(table + ((<usize>index) << 2), <u32>address);
}

function sift(table: usize, from: u32, count: u32): void {
  let at = from;
  const moving = entry(table, at);
  for (let child: u32 = 2 * at + 1; child < count; child = 2 * at + 1) {
    let key = entry(table, child);
    if (<u32>(child + 1) < count) {
      const right = entry(table, child + 1);
      if (compare32(right, key) > 0) {
        child++;
        key = right;
      }
    }
    if (compare32(key, moving) <= 0) break;
    setEntry(table, at, key);
    at = child;
  }
  setEntry(table, at, moving);
}

/** Heapsort, ascending as byte strings: in place, and never worse than n log n whatever the host sends. */
export function sortByKey(table: usize, count: u32): void {
  for (let i = count >> 1; i > 0; i--) sift(table, i - 1, count);
  for (let last = count; last > 1; last--) {
    const top = entry(table, 0);
    setEntry(table, 0, entry(table, last - 1));
    setEntry(table, last - 1, top);
    sift(table, 0, last - 1);
  }
}
