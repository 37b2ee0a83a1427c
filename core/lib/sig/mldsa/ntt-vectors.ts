/**
 * The functions of ntt.ts, four coefficients at a time. All loops and addresses are independent of the coefficients.
 *
 * In the two layers whose halves lie within a vector, two vectors are reordered so that first and second halves stand apart.
 */
import { INVERSE_SCALE, Q_INVERSE } from "./field";
import { POLYNOMIAL_BYTES, Q } from "./parameters";
import { ZETAS } from "./zetas";

const VECTOR_BYTES: usize = 16;
const HALF_BYTES: usize = POLYNOMIAL_BYTES / 2;

/** Of the 64-bit products of the first and last two lanes: their high words. */
function highWords(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

/** Montgomery reduction of four 64-bit values, the first two and the last two: see `montgomeryReduce`. */
function reduceProducts(low: v128, high: v128): v128 {
  const q = i32x4.splat(Q);
  const m = i32x4.mul(v128.shuffle<i32>(low, high, 0, 2, 4, 6), i32x4.splat(Q_INVERSE));
  return highWords(i64x2.sub(low, i64x2.extmul_low_i32x4_s(m, q)), i64x2.sub(high, i64x2.extmul_high_i32x4_s(m, q)));
}

/** a b / 2^32 in each lane; `bScaled` is b q^-1 modulo 2^32, which constants have ready. */
function montgomery(a: v128, b: v128, bScaled: v128): v128 {
  const q = i32x4.splat(Q);
  const m = i32x4.mul(a, bScaled);
  return highWords(
    i64x2.sub(i64x2.extmul_low_i32x4_s(a, b), i64x2.extmul_low_i32x4_s(m, q)),
    i64x2.sub(i64x2.extmul_high_i32x4_s(a, b), i64x2.extmul_high_i32x4_s(m, q)),
  );
}

function scaled(b: v128): v128 {
  return i32x4.mul(b, i32x4.splat(Q_INVERSE));
}

function addQIfNegative(a: v128): v128 {
  return i32x4.add(a, v128.and(i32x4.shr_s(a, 31), i32x4.splat(Q)));
}

export function ntt(polynomial: usize): void {
  let zetaAt = ZETAS;
  for (let length = HALF_BYTES; length >= VECTOR_BYTES; length >>= 1) {
    for (let start: usize = 0; start < POLYNOMIAL_BYTES; start += length << 1) {
      zetaAt += 4;
      const zeta = v128.load32_splat(zetaAt);
      const zetaScaled = scaled(zeta);
      const end = polynomial + start + length;
      for (let at = polynomial + start; at < end; at += VECTOR_BYTES) {
        const t = montgomery(v128.load(at + length), zeta, zetaScaled);
        const a = v128.load(at);
        v128.store(at, i32x4.add(a, t));
        v128.store(at + length, i32x4.sub(a, t));
      }
    }
  }
  // Halves of two coefficients, then of one.
  const seventh = zetaAt + 4;
  const eighth = seventh + POLYNOMIAL_BYTES / 4;
  for (let i: usize = 0; i < POLYNOMIAL_BYTES / 2; i += VECTOR_BYTES) {
    const at = polynomial + 2 * i;
    const x = v128.load(at);
    const y = v128.load(at, VECTOR_BYTES);
    let first = v128.shuffle<i64>(x, y, 0, 2);
    let second = v128.shuffle<i64>(x, y, 1, 3);
    const zetas = v128.load64_splat(seventh + i / 2);
    const twice = v128.shuffle<i32>(zetas, zetas, 0, 0, 1, 1);
    let t = montgomery(second, twice, scaled(twice));
    second = i32x4.sub(first, t);
    first = i32x4.add(first, t);
    // first: coefficients 0 1 4 5, second: 2 3 6 7
    const even = v128.shuffle<i32>(first, second, 0, 4, 2, 6);
    const odd = v128.shuffle<i32>(first, second, 1, 5, 3, 7);
    const each = v128.load(eighth + i);
    t = montgomery(odd, each, scaled(each));
    const sum = i32x4.add(even, t);
    const difference = i32x4.sub(even, t);
    v128.store(at, v128.shuffle<i32>(sum, difference, 0, 4, 1, 5));
    v128.store(at, v128.shuffle<i32>(sum, difference, 2, 6, 3, 7), VECTOR_BYTES);
  }
}

export function inverseNtt(polynomial: usize): void {
  // Halves of one coefficient, then of two; the powers of zeta come backwards.
  const first = ZETAS + POLYNOMIAL_BYTES;
  const second = ZETAS + POLYNOMIAL_BYTES / 2;
  for (let i: usize = 0; i < POLYNOMIAL_BYTES / 2; i += VECTOR_BYTES) {
    const at = polynomial + 2 * i;
    const x = v128.load(at);
    const y = v128.load(at, VECTOR_BYTES);
    const even = v128.shuffle<i32>(x, y, 0, 2, 4, 6);
    const odd = v128.shuffle<i32>(x, y, 1, 3, 5, 7);
    const backwards = v128.load(first - i - VECTOR_BYTES);
    const each = i32x4.neg(v128.shuffle<i32>(backwards, backwards, 3, 2, 1, 0));
    const sum = i32x4.add(even, odd);
    const product = montgomery(i32x4.sub(even, odd), each, scaled(each));
    const low = v128.shuffle<i32>(sum, product, 0, 4, 2, 6);
    const high = v128.shuffle<i32>(sum, product, 1, 5, 3, 7);
    const zetas = v128.load64_splat(second - i / 2 - VECTOR_BYTES / 2);
    const twice = i32x4.neg(v128.shuffle<i32>(zetas, zetas, 1, 1, 0, 0));
    const lows = i32x4.add(low, high);
    const highs = montgomery(i32x4.sub(low, high), twice, scaled(twice));
    v128.store(at, v128.shuffle<i64>(lows, highs, 0, 2));
    v128.store(at, v128.shuffle<i64>(lows, highs, 1, 3), VECTOR_BYTES);
  }
  let zetaAt = ZETAS + POLYNOMIAL_BYTES / 4;
  for (let length = VECTOR_BYTES; length <= HALF_BYTES; length <<= 1) {
    for (let start: usize = 0; start < POLYNOMIAL_BYTES; start += length << 1) {
      zetaAt -= 4;
      const minusZeta = i32x4.neg(v128.load32_splat(zetaAt));
      const minusZetaScaled = scaled(minusZeta);
      const end = polynomial + start + length;
      for (let at = polynomial + start; at < end; at += VECTOR_BYTES) {
        const a = v128.load(at);
        const b = v128.load(at + length);
        v128.store(at, i32x4.add(a, b));
        v128.store(at + length, montgomery(i32x4.sub(a, b), minusZeta, minusZetaScaled));
      }
    }
  }
  const scale = i32x4.splat(INVERSE_SCALE);
  const scaleScaled = scaled(scale);
  for (let at = polynomial; at < polynomial + POLYNOMIAL_BYTES; at += VECTOR_BYTES) {
    v128.store(at, addQIfNegative(montgomery(v128.load(at), scale, scaleScaled)));
  }
}

export function multiply(to: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL_BYTES; i += VECTOR_BYTES) {
    const x = v128.load(a + i);
    const y = v128.load(b + i);
    v128.store(to + i, reduceProducts(i64x2.extmul_low_i32x4_s(x, y), i64x2.extmul_high_i32x4_s(x, y)));
  }
}

/** See `reduce` of field.ts. */
function reduce(a: v128): v128 {
  const quotient = i32x4.shr_s(i32x4.add(a, i32x4.splat(1 << 22)), 23);
  return addQIfNegative(i32x4.sub(a, i32x4.mul(quotient, i32x4.splat(Q))));
}

export function multiplySubtract(to: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL_BYTES; i += VECTOR_BYTES) {
    const x = v128.load(a + i);
    const y = v128.load(b + i);
    const product = reduceProducts(i64x2.extmul_low_i32x4_s(x, y), i64x2.extmul_high_i32x4_s(x, y));
    v128.store(to + i, reduce(i32x4.sub(v128.load(to + i), product)));
  }
}

export function multiplyRow(to: usize, row: usize, vector: usize, count: usize): void {
  const end = count * POLYNOMIAL_BYTES;
  for (let i: usize = 0; i < POLYNOMIAL_BYTES; i += VECTOR_BYTES) {
    let low = i64x2.splat(0);
    let high = i64x2.splat(0);
    for (let j: usize = i; j < end; j += POLYNOMIAL_BYTES) {
      const x = v128.load(row + j);
      const y = v128.load(vector + j);
      low = i64x2.add(low, i64x2.extmul_low_i32x4_s(x, y));
      high = i64x2.add(high, i64x2.extmul_high_i32x4_s(x, y));
    }
    v128.store(to + i, reduceProducts(low, high));
  }
}
