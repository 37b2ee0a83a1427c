/**
 * Splitting coefficients in high and low parts, and the hints that mend a high part (FIPS 204, section 7.4). No branches
 * except in `useHint`, which works on public values only.
 */
import { centre } from "./field";
import { DROPPED_BITS, divideMultiplier, divideShift, gamma2, highBitsCount } from "./parameters";

/** High part of Power2Round (algorithm 35) for r in [0, q); the low part is r - (high << 13), in (-2^12, 2^12]. */
export function power2RoundHigh(r: i32): i32 {
  return (r + (1 << (DROPPED_BITS - 1)) - 1) >> DROPPED_BITS;
}

/**
 * HighBits (algorithm 37) for r in [0, q): r over 2 · gamma2, rounded to the nearest with halves down; the topmost multiple,
 * q - 1, counts as 0.
 *
 * 2 · gamma2 is 128 times an odd number of at most 12 bits. The sum with 127 and the shift by 7 divide by 128 rounding up;
 * the multiplication by 2^shift / odd, rounded, and the shift then divide by the odd number to the nearest. That this is
 * exact is tested for all q values.
 */
export function highBits(set: usize, r: i32): i32 {
  const shift = divideShift(set);
  const quotient = (((r + 127) >> 7) * divideMultiplier(set) + (1 << (shift - 1))) >> shift;
  return quotient & ((quotient - highBitsCount(set)) >> 31);
}

/** LowBits (algorithm 38), given r in [0, q) and its high bits: in [-gamma2, gamma2]. */
export function lowBits(set: usize, r: i32, high: i32): i32 {
  return centre(r - high * 2 * gamma2(set));
}

/** UseHint (algorithm 40), for r in [0, q). Not constant-time: for public values only. */
export function useHint(set: usize, hint: u32, r: i32): i32 {
  const high = highBits(set, r);
  if (hint == 0) return high;
  const count = highBitsCount(set);
  if (lowBits(set, r, high) > 0) return high + 1 == count ? 0 : high + 1;
  return high == 0 ? count - 1 : high - 1;
}
