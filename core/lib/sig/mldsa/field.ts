/**
 * Arithmetic modulo q = 8380417 on signed 32-bit integers, without branches.
 *
 * Products go through Montgomery reduction with R = 2^32: it brings x to x / R, so one factor of each product is a constant
 * already multiplied by R, or the missing factor is put back at the end of the inverse transform.
 */
import { Q } from "./parameters";

/** q^-1 modulo 2^32. */
export const Q_INVERSE: i32 = 58728449;

/** 2^64 / 256 modulo q: the inverse transform's division by 256, and factors 2^32 for this multiplication and for the product before it. */
export const INVERSE_SCALE: i32 = 41978;

/** x / 2^32 modulo q, in (-q, q), for |x| < 2^31 · q. */
export function montgomeryReduce(x: i64): i32 {
  const m = <i32>x * Q_INVERSE;
  return <i32>((x - <i64>m * <i64>Q) >> 32);
}

/** From (-q, q) to [0, q). */
export function addQIfNegative(a: i32): i32 {
  return a + ((a >> 31) & Q);
}

/** a modulo q in [0, q), for any a with |a| < 2^31 - 2^22. */
export function reduce(a: i32): i32 {
  const quotient = (a + (1 << 22)) >> 23;
  return addQIfNegative(a - quotient * Q);
}

/** From (-q/2, q) to the representative of least magnitude, in [-(q-1)/2, (q-1)/2]. */
export function centre(a: i32): i32 {
  return a - ((((Q - 1) / 2 - a) >> 31) & Q);
}

/** Negative when |a| >= bound, for a and bound well within 31 bits: collect with `|`, look at the sign once. */
export function outside(a: i32, bound: i32): i32 {
  return (bound - 1 - a) | (bound - 1 + a);
}
