/**
 * Polynomials as strings of fixed-width little-endian fields (FIPS 204, section 7.1, algorithms 16 to 19). A polynomial of
 * `bits`-wide fields, 3 <= bits <= 20, takes 32 · bits bytes. Time depends on the width only.
 */
import { N } from "./parameters";

/** Length of a packed polynomial. */
export function packedBytes(bits: u32): usize {
  return bits << 5;
}

/** Appends the low `bits` bits of `top` - c for every coefficient c, which is in (top - 2^bits, top]. */
export function bitPack(to: usize, polynomial: usize, bits: u32, top: i32): void {
  let pending: u64 = 0;
  let held: u32 = 0;
  for (let i: i32 = 0; i < N; i++) {
    pending |= (<u64>(<u32>(top - load<i32>(polynomial + (i << 2))))) << held;
    held += bits;
    if (held >= 32) {
      store<u32>(to, <u32>pending);
      to += 4;
      pending >>= 32;
      held -= 32;
    }
  }
}

/** The same for coefficients c in [0, 2^bits), as they are. */
export function simpleBitPack(to: usize, polynomial: usize, bits: u32): void {
  let pending: u64 = 0;
  let held: u32 = 0;
  for (let i: i32 = 0; i < N; i++) {
    pending |= (<u64>load<u32>(polynomial + (i << 2))) << held;
    held += bits;
    if (held >= 32) {
      store<u32>(to, <u32>pending);
      to += 4;
      pending >>= 32;
      held -= 32;
    }
  }
}

/** Field number `i`; reads 4 bytes that lie wholly within the packed polynomial. */
function field(from: usize, bits: u32, i: u32): u32 {
  const bitAt = i * bits;
  const byteAt = min(bitAt >> 3, (bits << 5) - 4);
  return (load<u32>(from + byteAt) >> (bitAt - (byteAt << 3))) & ((1 << bits) - 1);
}

/** Coefficients `top` - field. */
export function bitUnpack(polynomial: usize, from: usize, bits: u32, top: i32): void {
  for (let i: i32 = 0; i < N; i++) store<i32>(polynomial + (i << 2), top - <i32>field(from, bits, i));
}

/** Coefficients as they are in the fields, moved left by `shift`. */
export function simpleBitUnpack(polynomial: usize, from: usize, bits: u32, shift: i32): void {
  for (let i: i32 = 0; i < N; i++) store<i32>(polynomial + (i << 2), (<i32>field(from, bits, i)) << shift);
}
