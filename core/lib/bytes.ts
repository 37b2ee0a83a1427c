/**
 * Raw 32-byte values: object ids, addresses, digests. All pointers are byte addresses of 32 readable (or writable) bytes.
 *
 * Loads and stores are written out because a checked array costs up to 16 times as much on these paths.
 */

/** Length in bytes of an id, an address and a digest. */
export const LENGTH_32: usize = 32;

/** Copies 32 bytes; the two ranges may be the same but must not partly overlap. */
export function copy32(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
  store<u64>(to, load<u64>(from, 16), 16);
  store<u64>(to, load<u64>(from, 24), 24);
}

export function clear32(at: usize): void {
  store<u64>(at, 0);
  store<u64>(at, 0, 8);
  store<u64>(at, 0, 16);
  store<u64>(at, 0, 24);
}

/** Not constant-time: for public values only. */
export function equal32(a: usize, b: usize): bool {
  return (
    ((load<u64>(a) ^ load<u64>(b)) |
      (load<u64>(a, 8) ^ load<u64>(b, 8)) |
      (load<u64>(a, 16) ^ load<u64>(b, 16)) |
      (load<u64>(a, 24) ^ load<u64>(b, 24))) ==
    0
  );
}

export function isZero32(at: usize): bool {
  return (load<u64>(at) | load<u64>(at, 8) | load<u64>(at, 16) | load<u64>(at, 24)) == 0;
}

/** Order of ids as byte strings, first byte first: negative, 0 or positive. */
export function compare32(a: usize, b: usize): i32 {
  for (let i: usize = 0; i < LENGTH_32; i += 8) {
    const x = load<u64>(a + i);
    const y = load<u64>(b + i);
    if (x == y) continue;
    // Words are little-endian: the lowest bit that differs is in the first byte that does.
    const first = ctz<u64>(x ^ y) & ~(<u64>7);
    return <i32>((x >> first) & 0xff) - <i32>((y >> first) & 0xff);
  }
  return 0;
}

/** Equality of two byte ranges of one length. Not constant-time: for public values only. */
export function equalBytes(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false;
  }
  return true;
}
