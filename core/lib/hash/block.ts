/**
 * Filling the last block of a hash: short copies and zeroes, written out as word loops because `memory.copy` and `memory.fill`
 * leave the compiled code for the engine's runtime, which costs more than the at most 128 bytes of a block.
 */

/** Copies `length` bytes (meant for up to two hundred or so); the ranges must not overlap. */
export function copyShort(to: usize, from: usize, length: usize): void {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) store<u64>(to + i, load<u64>(from + i));
  for (; i < length; i++) store<u8>(to + i, load<u8>(from + i));
}

/** Writes zeroes from `from` (inclusive) to `end` (exclusive). */
export function clearShort(from: usize, end: usize): void {
  while (from + 8 <= end) {
    store<u64>(from, 0);
    from += 8;
  }
  for (; from < end; from++) store<u8>(from, 0);
}
