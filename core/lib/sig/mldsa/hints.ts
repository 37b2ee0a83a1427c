/**
 * The hint part of a signature: omega + k bytes, the positions of the hints row after row, in rising order, then for each
 * row how many have come so far (FIPS 204, algorithms 20 and 21). Everything here is public.
 *
 * In memory a hint vector is k polynomials with coefficients 0 and 1.
 */
import { N, omega, POLYNOMIAL_BYTES, rows } from "./parameters";

/** HintBitPack, for a vector with at most omega ones. */
export function hintBitPack(set: usize, to: usize, hints: usize): void {
  const most = omega(set);
  memory.fill(to, 0, most + rows(set));
  let count: usize = 0;
  for (let row: usize = 0; row < rows(set); row++) {
    const polynomial = hints + row * POLYNOMIAL_BYTES;
    for (let i: i32 = 0; i < N; i++) {
      if (load<i32>(polynomial + (i << 2)) != 0 && count < most) store<u8>(to + count++, i);
    }
    store<u8>(to + most + row, count);
  }
}

/**
 * HintBitUnpack. False for anything but the one encoding of a vector: counts that fall or pass omega, positions that do not
 * rise within a row, positions left over that are not zero.
 */
export function hintBitUnpack(set: usize, hints: usize, from: usize): bool {
  const most = omega(set);
  memory.fill(hints, 0, rows(set) * POLYNOMIAL_BYTES);
  let count: usize = 0;
  for (let row: usize = 0; row < rows(set); row++) {
    const polynomial = hints + row * POLYNOMIAL_BYTES;
    const end = <usize>load<u8>(from + most + row);
    if (end < count || end > most) return false;
    let previous: i32 = -1;
    for (; count < end; count++) {
      const position = <i32>load<u8>(from + count);
      if (position <= previous) return false;
      store<i32>(polynomial + (position << 2), 1);
      previous = position;
    }
  }
  for (; count < most; count++) {
    if (load<u8>(from + count) != 0) return false;
  }
  return true;
}
