/** The functions of ntt.ts, one coefficient at a time. All loops and addresses are independent of the coefficients. */
import { addQIfNegative, INVERSE_SCALE, montgomeryReduce, reduce } from "./field";
import { POLYNOMIAL_BYTES } from "./parameters";
import { ZETAS } from "./zetas";

const COEFFICIENT_BYTES: usize = 4;
const HALF_BYTES: usize = POLYNOMIAL_BYTES / 2;

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
    store<i32>(at, addQIfNegative(montgomeryReduce(<i64>INVERSE_SCALE * <i64>load<i32>(at))));
  }
}

export function multiply(to: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL_BYTES; i += COEFFICIENT_BYTES) {
    store<i32>(to + i, montgomeryReduce(<i64>load<i32>(a + i) * <i64>load<i32>(b + i)));
  }
}

export function multiplySubtract(to: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < POLYNOMIAL_BYTES; i += COEFFICIENT_BYTES) {
    const product = montgomeryReduce(<i64>load<i32>(a + i) * <i64>load<i32>(b + i));
    store<i32>(to + i, reduce(load<i32>(to + i) - product));
  }
}

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
