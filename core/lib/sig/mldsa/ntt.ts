/**
 * The number-theoretic transform of the ring Z_q[X]/(X^256 + 1) (FIPS 204, algorithms 41 and 42), and products in it: one
 * coefficient at a time, or four where the build has vectors. Both come to the same values at every step, reduced or not.
 *
 * Sums are left unreduced as long as they provably fit. Bounds are stated for every function, in multiples of q: the signed
 * 32-bit range is just over 256 q. All loops and addresses are independent of the coefficients.
 */
import * as scalar from "./ntt-scalar";
import * as vectors from "./ntt-vectors";
import { POLYNOMIAL_BYTES } from "./parameters";

/** In place. |coefficients| <= q before, < 9 q after: each of the eight layers adds less than q. */
export function ntt(polynomial: usize): void {
  if (ASC_FEATURE_SIMD) vectors.ntt(polynomial);
  else scalar.ntt(polynomial);
}

/**
 * In place, and times 2^32, which undoes one Montgomery product. |coefficients| < q before; in [0, q) after. Sums double in
 * each of the eight layers, so they stay below 256 q < 2^31.
 */
export function inverseNtt(polynomial: usize): void {
  if (ASC_FEATURE_SIMD) vectors.inverseNtt(polynomial);
  else scalar.inverseNtt(polynomial);
}

/** `count` polynomials one after another. */
export function nttVector(vector: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) ntt(vector + i * POLYNOMIAL_BYTES);
}

/** to = a ∘ b / 2^32, |to| < q, for |a| and |b| < 9 q. */
export function multiply(to: usize, a: usize, b: usize): void {
  if (ASC_FEATURE_SIMD) vectors.multiply(to, a, b);
  else scalar.multiply(to, a, b);
}

/** to = to - a ∘ b / 2^32, in [0, q), for |to| < q, |a| and |b| < 9 q. */
export function multiplySubtract(to: usize, a: usize, b: usize): void {
  if (ASC_FEATURE_SIMD) vectors.multiplySubtract(to, a, b);
  else scalar.multiplySubtract(to, a, b);
}

/**
 * to = sum of row[j] ∘ vector[j] / 2^32 over `count` <= 5 columns, |to| < q, for row in [0, q) and |vector| < 9 q: the sum
 * stays below 45 q², far within what Montgomery reduction takes.
 */
export function multiplyRow(to: usize, row: usize, vector: usize, count: usize): void {
  if (ASC_FEATURE_SIMD) vectors.multiplyRow(to, row, vector, count);
  else scalar.multiplyRow(to, row, vector, count);
}
