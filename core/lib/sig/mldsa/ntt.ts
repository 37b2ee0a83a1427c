/**
 * The number-theoretic transform of the ring Z_q[X]/(X^256 + 1) (FIPS 204, algorithms 41 and 42), and products in it.
 *
 * Sums are left unreduced as long as they provably fit. Bounds are stated for every function, in multiples of q: the signed
 * 32-bit range is just over 256 q. All loops and addresses are independent of the coefficients.
 */
import { addQIfNegative, montgomeryReduce, reduce } from "./field";
import { POLYNOMIAL_BYTES } from "./parameters";
import { ZETAS } from "./zetas";

/** 2^64 / 256 modulo q: the division by 256, and two factors 2^32, one for this multiplication and one for the product before it. */
const INVERSE_SCALE: i64 = 41978;

const COEFFICIENT_BYTES: usize = 4;
const HALF_BYTES: usize = POLYNOMIAL_BYTES / 2;

/** In place. |coefficients| <= q before, < 9 q after: each of the eight layers adds less than q. */
export function ntt(polynomial: usize): void {
  let zetaAt = ZETAS;
  for (let length = HALF_BYTES; length >= COEFFICIENT_BYTES; length >>= 1) {
    for (let start: usize = 0; start < POLYNOMIAL_BYTES; start += length << 1) {
      zetaAt += COEFFICIENT_BYTES;
      const zeta = <i64>load<i32>(zetaAt);
      const end = polynomial + start + length;
      for (let at = polynomial + start; at < end; at += COEFFICIENT_BYTES) {
        const t = montgomeryReduce(zeta * <i64>load<i32>(at + length));
        const a = load<i32>(at);
        store<i32>(at, a + t);
        store<i32>(at + length, a - t);
      }
    }
  }
}

/**
 * In place, and times 2^32, which undoes one Montgomery product. |coefficients| < q before; in [0, q) after. Sums double in
 * each of the eight layers, so they stay below 256 q < 2^31.
 */
export function inverseNtt(polynomial: usize): void {
  let zetaAt = ZETAS + POLYNOMIAL_BYTES;
  for (let length = COEFFICIENT_BYTES; length <= HALF_BYTES; length <<= 1) {
    for (let start: usize = 0; start < POLYNOMIAL_BYTES; start += length << 1) {
      zetaAt -= COEFFICIENT_BYTES;
      const minusZeta = -(<i64>load<i32>(zetaAt));
      const end = polynomial + start + length;
      for (let at = polynomial + start; at < end; at += COEFFICIENT_BYTES) {
        const a = load<i32>(at);
        const b = load<i32>(at + length);
        store<i32>(at, a + b);
        store<i32>(at + length, montgomeryReduce(minusZeta * <i64>(a - b)));
      }
    }
  }
  for (let at = polynomial; at < polynomial + POLYNOMIAL_BYTES; at += COEFFICIENT_BYTES) {
    store<i32>(at, addQIfNegative(montgomeryReduce(INVERSE_SCALE * <i64>load<i32>(at))));
  }
}

/** `count` polynomials one after another. */
export function nttVector(vector: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) ntt(vector + i * POLYNOMIAL_BYTES);
}

/** to = a ∘ b / 2^32, |to| < q, for |a| and |b| < 9 q. */
export function multiply(to: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL_BYTES; i += COEFFICIENT_BYTES) {
    store<i32>(to + i, montgomeryReduce(<i64>load<i32>(a + i) * <i64>load<i32>(b + i)));
  }
}

/** to = to - a ∘ b / 2^32, in [0, q), for |to| < q, |a| and |b| < 9 q. */
export function multiplySubtract(to: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL_BYTES; i += COEFFICIENT_BYTES) {
    const product = montgomeryReduce(<i64>load<i32>(a + i) * <i64>load<i32>(b + i));
    store<i32>(to + i, reduce(load<i32>(to + i) - product));
  }
}

/**
 * to = sum of row[j] ∘ vector[j] / 2^32 over `count` <= 5 columns, |to| < q, for row in [0, q) and |vector| < 9 q: the sum
 * stays below 45 q², far within what Montgomery reduction takes.
 */
export function multiplyRow(to: usize, row: usize, vector: usize, count: usize): void {
  const end = count * POLYNOMIAL_BYTES;
  for (let i: usize = 0; i < POLYNOMIAL_BYTES; i += COEFFICIENT_BYTES) {
    let sum: i64 = 0;
    for (let j: usize = i; j < end; j += POLYNOMIAL_BYTES) {
      sum += <i64>load<i32>(row + j) * <i64>load<i32>(vector + j);
    }
    store<i32>(to + i, montgomeryReduce(sum));
  }
}
