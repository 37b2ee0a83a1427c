/**
 * Points of the curve at hand in Jacobian coordinates, x = X / Z^2 and y = Y / Z^3. Public values only: additions branch on them.
 *
 * A point is three elements (generated-limbs.ts) and a word that is not zero for the neutral element, whose coordinates mean nothing. Of
 * no other point is Z zero, for both curves have prime order and thus no point with y = 0. X has carried limbs and is at most 3 primes in
 * magnitude; Y has limbs of at most 2 times 2^28 and is at most 2 primes; Z is reduced. All results below keep to that: each step's
 * factors stay within the bounds of `multiply`.
 */
import { BASE_ODD, COEFFICIENT_A, COEFFICIENT_B, K1, ONE, PRIME, ROOT_EXPONENT } from "./generated-curves";
import { add, copy, lessTwice, negate, subtract } from "./generated-limbs";
import {
  ELEMENT_BYTES,
  fromWords,
  isZero,
  K1_FIELD,
  multiply,
  power,
  R1_FIELD,
  select,
  square,
  threeHalves,
  toWords,
} from "./modular";
import { bit, fromBigEndian, less } from "./words";

const Y: usize = 40;
const Z: usize = 80;
const NEUTRAL: usize = 120;
/** Bytes of a point. */
export const POINT_BYTES: usize = 128;
/** Bytes of an affine entry, x and y. */
const AFFINE_BYTES: usize = 80;
/** Bytes of a point prepared for additions: X, Y, Z, Z^2, Z^3. */
export const PREPARED_BYTES: usize = 200;
const Z_SQUARED: usize = 120;
const Z_CUBED: usize = 160;

/** First bytes of a compressed point (SEC 1, version 2.0, section 2.3.3) and of a compact one (draft-jivsov-ecc-compact-05). */
const TAG_EVEN: u32 = 2;
const TAG_ODD: u32 = 3;
const TAG_COMPACT: u32 = 5;

const A: usize = memory.data(40, 16);
const B: usize = memory.data(40, 16);
const C: usize = memory.data(40, 16);
const D: usize = memory.data(40, 16);
const H: usize = memory.data(40, 16);
const R: usize = memory.data(40, 16);
const V: usize = memory.data(40, 16);
const WORDS: usize = memory.data(32, 16);
const OTHER_WORDS: usize = memory.data(32, 16);

let curve: usize = K1;

/** Makes `K1` or `R1` the curve at hand, and its field the selected one. */
export function useCurve(chosen: usize): void {
  curve = chosen;
  select(chosen == K1 ? K1_FIELD : R1_FIELD);
}

/** The affine entry of the base point's odd multiple that a digit asks for, its sign aside. */
export function baseMultiple(digit: i32): usize {
  return curve + BASE_ODD + <usize>(abs(digit) >> 1) * AFFINE_BYTES;
}

export function setNeutral(point: usize): void {
  store<u32>(point, 1, NEUTRAL);
}

export function isNeutral(point: usize): bool {
  return load<u32>(point, NEUTRAL) != 0;
}

/** out = x^3 + a x + b for a reduced x. */
function equation(out: usize, x: usize): void {
  square(out, x);
  add(out, out, curve + COEFFICIENT_A);
  multiply(out, out, x);
  add(out, out, curve + COEFFICIENT_B);
}

/**
 * Reads a public key of 33 bytes, as upstream's libraries do: x below p behind 2 (even y) or 3 (odd y); of secp256r1 also behind 5, which
 * stands for the lesser y. False when it is none. Sources: crates secp256k1 0.27 (secp256k1_eckey_pubkey_parse) and sec1 0.7 with primeorder
 * 0.13 (EncodedPoint, DecompactPoint).
 */
export function decode(out: usize, bytes: usize): bool {
  const tag = <u32>load<u8>(bytes);
  if (tag != TAG_EVEN && tag != TAG_ODD && (tag != TAG_COMPACT || curve == K1)) return false;
  fromBigEndian(WORDS, bytes + 1);
  if (!less(WORDS, curve + PRIME)) return false;
  const y = out + Y;
  fromWords(out, WORDS);
  equation(A, out);
  multiply(A, A, curve + ONE); // reduced
  power(y, A, curve + ROOT_EXPONENT);
  square(B, y);
  subtract(B, B, A);
  if (!isZero(B)) return false;
  toWords(WORDS, y);
  negate(C, y);
  let other: bool;
  if (tag == TAG_COMPACT) {
    toWords(OTHER_WORDS, C);
    other = less(OTHER_WORDS, WORDS);
  } else {
    other = bit(WORDS, 0) != (tag & 1);
  }
  if (other) copy(y, C);
  copy(out + Z, curve + ONE);
  store<u32>(out, 0, NEUTRAL);
  return true;
}

/**
 * point = 2 point (source: Bernstein, Lange, "Explicit-Formulas Database", Jacobian coordinates, dbl-2001-b and dbl-2009-l, with all
 * coordinates scaled so that Z3 = Y1 Z1).
 */
export function double(point: usize): void {
  if (isNeutral(point)) return;
  const y = point + Y;
  const z = point + Z;
  // A = X^2 + a Z^4 / 3, which is (X - Z^2)(X + Z^2) for a = -3.
  if (curve == K1) {
    square(A, point);
  } else {
    square(B, z);
    subtract(A, point, B);
    add(B, point, B);
    multiply(A, A, B);
  }
  threeHalves(A, A);
  square(B, y);
  multiply(C, point, B);
  multiply(z, y, z);
  square(D, A);
  lessTwice(point, D, C);
  subtract(C, C, point);
  multiply(C, A, C);
  square(B, B);
  subtract(y, C, B);
}

/** point += (H, R, V) as both additions below have prepared them; D is what Z is multiplied by. */
function finishAdd(point: usize): void {
  const y = point + Y;
  square(A, H); // H^2
  multiply(V, V, A);
  multiply(A, H, A); // H^3
  square(B, R);
  subtract(B, B, A);
  lessTwice(point, B, V);
  multiply(A, C, A);
  subtract(V, V, point);
  multiply(B, R, V);
  subtract(y, B, A);
  multiply(point + Z, D, H);
}

/** Whether the two points that H and R are of have the same x; then it has doubled the point, or made it neutral. */
function finishedEqual(point: usize): bool {
  if (!isZero(H)) return false;
  if (isZero(R)) double(point);
  else setNeutral(point);
  return true;
}

/** point += the affine entry, or -= it. */
export function addAffine(point: usize, entry: usize, negative: bool): void {
  if (isNeutral(point)) {
    copy(point, entry);
    if (negative) negate(point + Y, entry + Y);
    else copy(point + Y, entry + Y);
    copy(point + Z, curve + ONE);
    store<u32>(point, 0, NEUTRAL);
    return;
  }
  square(A, point + Z);
  multiply(B, entry, A);
  subtract(H, B, point);
  multiply(A, A, point + Z);
  multiply(B, entry + Y, A);
  if (negative) negate(B, B);
  subtract(R, B, point + Y);
  if (finishedEqual(point)) return;
  copy(V, point);
  copy(C, point + Y);
  copy(D, point + Z);
  finishAdd(point);
}

/** out = a point, not the neutral one, in the form that is added most cheaply. */
export function prepare(out: usize, point: usize): void {
  memory.copy(out, point, 3 * ELEMENT_BYTES);
  square(out + Z_SQUARED, point + Z);
  multiply(out + Z_CUBED, out + Z_SQUARED, point + Z);
}

/** point += a prepared point, or -= it. */
export function addPrepared(point: usize, entry: usize, negative: bool): void {
  if (isNeutral(point)) {
    memory.copy(point, entry, 3 * ELEMENT_BYTES);
    if (negative) negate(point + Y, point + Y);
    store<u32>(point, 0, NEUTRAL);
    return;
  }
  square(A, point + Z);
  multiply(B, entry, A);
  multiply(V, point, entry + Z_SQUARED);
  subtract(H, B, V);
  multiply(A, A, point + Z);
  multiply(B, entry + Y, A);
  if (negative) negate(B, B);
  multiply(C, point + Y, entry + Z_CUBED);
  subtract(R, B, C);
  if (finishedEqual(point)) return;
  multiply(D, point + Z, entry + Z);
  finishAdd(point);
}

/** Whether the point's x is the integer of four words, below p. */
export function hasX(point: usize, words: usize): bool {
  fromWords(A, words);
  square(B, point + Z);
  multiply(A, A, B);
  subtract(A, A, point);
  return isZero(A);
}
