/** Width-w non-adjacent form of public values; time depends on them. */

/** Highest width: digits of a byte, and windows of which so many bits can be looked at after any step (see below). */
const MAX_WIDTH: i32 = 8;

/** The 64 bits of `words` words at `value` from bit `at` on; zeroes above the highest. */
function bitsFrom(value: usize, words: i32, at: i32): u64 {
  const word = at >> 6;
  const shift = at & 63;
  const low = load<u64>(value + ((<usize>word) << 3)) >> shift;
  if (shift == 0 || word + 1 == words) return low;
  return low | (load<u64>(value + ((<usize>word + 1) << 3)) << (64 - shift));
}

/**
 * Writes a value below 2^(64 words - 1), little-endian in `words` words of 64 bits, as signed digits, sum of digit[i] 2^i, one byte each at
 * `digits + i * stride` for i below 64 words, over zeroes: each digit is zero or odd and below 2^(width - 1) in magnitude, with at least
 * width - 1 zeroes after a nonzero one (width 2 to 8).
 */
export function signedDigits(digits: usize, stride: usize, value: usize, words: i32, width: i32): void {
  const half: i32 = 1 << (width - 1);
  const end = words << 6;
  let carried: u64 = 0;
  let at: i32 = 0;
  while (at < end) {
    let window = bitsFrom(value, words, at);
    // What is left, carry included, is odd at the next bit that differs from the carry.
    const next = window ^ (0 - carried);
    if (next == 0) {
      at += 64 - (at & 63);
      continue;
    }
    const skipped = <i32>ctz(next);
    at += skipped;
    if (skipped > 64 - MAX_WIDTH) continue;
    window >>= skipped;
    let digit = (<i32>window & (2 * half - 1)) + <i32>carried;
    carried = 0;
    if (digit > half) {
      digit -= 2 * half;
      carried = 1;
    }
    store<i8>(digits + <usize>at * stride, <i8>digit);
    at += width;
  }
}
