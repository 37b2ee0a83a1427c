/** 256-bit integers as four 64-bit words, from the lowest on. Public values only. */

/** Bytes of one. */
export const WORDS_BYTES: usize = 32;

/** Reads 32 bytes, the highest first; the two may be the same memory. */
export function fromBigEndian(out: usize, bytes: usize): void {
  const w0 = bswap<u64>(load<u64>(bytes, 24));
  const w1 = bswap<u64>(load<u64>(bytes, 16));
  const w2 = bswap<u64>(load<u64>(bytes, 8));
  const w3 = bswap<u64>(load<u64>(bytes));
  store<u64>(out, w0);
  store<u64>(out, w1, 8);
  store<u64>(out, w2, 16);
  store<u64>(out, w3, 24);
}

export function less(a: usize, b: usize): bool {
  for (let i: i32 = 24; i >= 0; i -= 8) {
    const x = load<u64>(a + i);
    const y = load<u64>(b + i);
    if (x != y) return x < y;
  }
  return false;
}

/** out = a + b, which is below 2^256. */
export function sum(out: usize, a: usize, b: usize): void {
  let carry: u64 = 0;
  for (let i: usize = 0; i < WORDS_BYTES; i += 8) {
    const x = load<u64>(a + i);
    const partial = x + load<u64>(b + i);
    const total = partial + carry;
    carry = partial < x || total < partial ? 1 : 0;
    store<u64>(out + i, total);
  }
}

/** Bit `i`, 0 to 255. */
export function bit(words: usize, i: u32): u32 {
  return (<u32>load<u8>(words + (i >> 3)) >> (i & 7)) & 1;
}

/** Positions that `signedDigits` may write. */
export const DIGITS: i32 = 257;

/**
 * Writes an integer as signed digits, sum of digit[i] 2^i, a byte each over DIGITS zeroes, `stride` bytes apart: each digit is zero or
 * odd and below 2^(width - 1) in magnitude, with at least width - 1 zeroes after one that is not zero (width-w non-adjacent form; width
 * 2 to 8).
 */
export function signedDigits(digits: usize, stride: usize, words: usize, width: i32): void {
  const last: i32 = DIGITS - 1;
  let carry: i32 = 0;
  let i: i32 = 0;
  while (i < last) {
    if (<i32>bit(words, i) == carry) {
      i++;
      continue;
    }
    const taken = min(width, last - i);
    let digit = carry;
    for (let j: i32 = 0; j < taken; j++) digit += (<i32>bit(words, i + j)) << j;
    // What does not fit below half the radix is made up for by the digit after.
    carry = digit >> (width - 1);
    digit -= carry << width;
    store<i8>(digits + <usize>i * stride, <i8>digit);
    i += taken;
  }
  store<i8>(digits + <usize>last * stride, <i8>carry);
}
