/**
 * Points of edwards25519 in extended coordinates (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z (Hisil, Wong, Carter, Dawson, "Twisted
 * Edwards Curves Revisited", 2008). The addition law is complete, so no case needs a branch.
 *
 * A point is four field elements; a cached point is (Y + X, Y - X, 2Z, 2dT), which saves work when it is added more than once; an
 * affine entry of the tables is (y + x, y - x, 2dxy). Coordinates are reduced, and those of cached points sums of two at most (see
 * generated-field25519.ts). Except in `decompress` and `isSmallOrder`, time and addresses do not depend on coordinates.
 */
import { CURVE_2D, CURVE_D, ONE, SQRT_MINUS_ONE } from "./generated-ed25519-tables";
import {
  add,
  copy,
  fromBytes,
  multiply,
  negate,
  square,
  squareDouble,
  squareTimes,
  subtract,
  sumAndDifference,
  toBytes,
} from "./generated-field25519";

const Y: usize = 40;
const Z: usize = 80;
const T: usize = 120;
/** Bytes of a point, and of a cached point. */
export const POINT_BYTES: usize = 160;
/** Bytes of an affine table entry. */
export const AFFINE_BYTES: usize = 120;

// Scratch: field elements of 40 bytes, and one encoded element.
const SCRATCH_BYTES: usize = 512;
const SCRATCH: usize = memory.data(512, 16);
const A: usize = SCRATCH;
const B: usize = SCRATCH + 40;
const C: usize = SCRATCH + 80;
const V: usize = SCRATCH + 120;
const E: usize = SCRATCH + 160;
const F: usize = SCRATCH + 200;
const G: usize = SCRATCH + 240;
const H: usize = SCRATCH + 280;
const CHAIN_0: usize = SCRATCH + 320;
const CHAIN_1: usize = SCRATCH + 360;
const CHAIN_2: usize = SCRATCH + 400;
const Z_11: usize = SCRATCH + 440;
const ENCODED: usize = SCRATCH + 480;

/** Clears intermediate values, which after secret work reveal the secret. */
export function wipePointScratch(): void {
  memory.fill(SCRATCH, 0, SCRATCH_BYTES);
}

/** CHAIN_0 = z^(2^250 - 1), Z_11 = z^11: the common part of both powers below (254 squarings, 10 products in all). */
function powerCommon(z: usize): void {
  square(CHAIN_0, z);
  squareTimes(CHAIN_1, CHAIN_0, 2);
  multiply(CHAIN_1, z, CHAIN_1); // 9
  multiply(Z_11, CHAIN_0, CHAIN_1); // 11
  square(CHAIN_0, Z_11);
  multiply(CHAIN_0, CHAIN_1, CHAIN_0); // 2^5 - 1
  squareTimes(CHAIN_1, CHAIN_0, 5);
  multiply(CHAIN_0, CHAIN_1, CHAIN_0); // 2^10 - 1
  squareTimes(CHAIN_1, CHAIN_0, 10);
  multiply(CHAIN_1, CHAIN_1, CHAIN_0); // 2^20 - 1
  squareTimes(CHAIN_2, CHAIN_1, 20);
  multiply(CHAIN_1, CHAIN_2, CHAIN_1); // 2^40 - 1
  squareTimes(CHAIN_1, CHAIN_1, 10);
  multiply(CHAIN_0, CHAIN_1, CHAIN_0); // 2^50 - 1
  squareTimes(CHAIN_1, CHAIN_0, 50);
  multiply(CHAIN_1, CHAIN_1, CHAIN_0); // 2^100 - 1
  squareTimes(CHAIN_2, CHAIN_1, 100);
  multiply(CHAIN_1, CHAIN_2, CHAIN_1); // 2^200 - 1
  squareTimes(CHAIN_1, CHAIN_1, 50);
  multiply(CHAIN_0, CHAIN_1, CHAIN_0); // 2^250 - 1
}

/** out = z^((p - 5) / 8) = z^(2^252 - 3). */
function powerForRoot(out: usize, z: usize): void {
  powerCommon(z);
  squareTimes(CHAIN_0, CHAIN_0, 2);
  multiply(out, CHAIN_0, z);
}

/** out = 1/z, by z^(p - 2) = z^(2^255 - 21). */
function invert(out: usize, z: usize): void {
  powerCommon(z);
  squareTimes(CHAIN_0, CHAIN_0, 5);
  multiply(out, CHAIN_0, Z_11);
}

function isZero(f: usize): bool {
  toBytes(ENCODED, f);
  return (load<u64>(ENCODED) | load<u64>(ENCODED, 8) | load<u64>(ENCODED, 16) | load<u64>(ENCODED, 24)) == 0;
}

/** The neutral element (0, 1). */
export function setIdentity(out: usize): void {
  memory.fill(out, 0, POINT_BYTES);
  copy(out + Y, ONE);
  copy(out + Z, ONE);
}

/**
 * Reads an encoded point by the rules of ZIP-215: y of p and above is taken modulo p, and x = 0 may carry either sign. False when no point
 * has that y. For public bytes only: it branches on them. (RFC 8032, section 5.1.3, computes the root.)
 */
export function decompress(out: usize, bytes: usize): bool {
  const x = out;
  const y = out + Y;
  fromBytes(y, bytes);
  copy(out + Z, ONE);
  // x^2 = u / v with u = y^2 - 1 (A), v = d y^2 + 1 (B).
  square(A, y);
  multiply(B, A, CURVE_D);
  subtract(A, A, ONE);
  add(B, B, ONE);
  // Candidate x = u v^3 (u v^7)^((p - 5) / 8).
  square(C, B);
  multiply(C, C, B); // v^3
  square(E, C);
  multiply(E, E, B);
  multiply(E, E, A); // u v^7
  powerForRoot(E, E);
  multiply(C, C, A);
  multiply(x, E, C);
  square(C, x);
  multiply(C, C, B); // v x^2 is u, or -u, or there is no root.
  subtract(E, C, A);
  if (!isZero(E)) {
    add(E, C, A);
    if (!isZero(E)) return false;
    multiply(x, x, SQRT_MINUS_ONE);
  }
  toBytes(ENCODED, x);
  if ((load<u8>(ENCODED) & 1) != load<u8>(bytes, 31) >> 7) negate(x, x);
  multiply(out + T, x, y);
  return true;
}

/** Writes the canonical 32 bytes of a point: y with the lowest bit of x on top. */
export function compress(bytes: usize, point: usize): void {
  invert(A, point + Z);
  multiply(B, point, A);
  multiply(C, point + Y, A);
  toBytes(ENCODED, B);
  toBytes(bytes, C);
  store<u8>(bytes, load<u8>(bytes, 31) | ((load<u8>(ENCODED) & 1) << 7), 31);
}

/** point = -point. */
export function negatePoint(point: usize): void {
  negate(point, point);
  negate(point + T, point + T);
}

/** out = 2 point, without T. T of the input is not read. */
export function double(out: usize, point: usize): void {
  square(A, point);
  square(B, point + Y);
  squareDouble(C, point + Z);
  add(V, point, point + Y);
  square(V, V);
  sumAndDifference(H, G, B, A);
  subtract(E, V, H);
  subtract(F, C, G);
  multiply(out, E, F);
  multiply(out + Y, G, H);
  multiply(out + Z, F, G);
}

/** Adds T to a point that the last operation of this module, `double`, `addCached` or `addAffine`, wrote: only an addition reads it. */
export function completeT(point: usize): void {
  multiply(point + T, E, H);
}

/** out = the cached form of point. */
export function cache(out: usize, point: usize): void {
  sumAndDifference(out, out + Y, point + Y, point);
  add(out + Z, point + Z, point + Z);
  multiply(out + T, point + T, CURVE_2D);
}

/** From A = (Y1 - X1)(Y2 - X2), B = (Y1 + X1)(Y2 + X2), C = 2d T1 T2 and V = 2 Z1 Z2; subtracting swaps F and G. */
function finishAdd(out: usize, negative: bool): void {
  sumAndDifference(H, E, B, A);
  if (negative) sumAndDifference(F, G, V, C);
  else sumAndDifference(G, F, V, C);
  multiply(out, E, F);
  multiply(out + Y, G, H);
  multiply(out + Z, F, G);
}

/** out = point + cached, or point - cached when `negative`, which is taken as public; without T. */
export function addCached(out: usize, point: usize, cached: usize, negative: bool): void {
  sumAndDifference(B, A, point + Y, point);
  multiply(A, A, negative ? cached : cached + Y);
  multiply(B, B, negative ? cached + Y : cached);
  multiply(C, point + T, cached + T);
  multiply(V, point + Z, cached + Z);
  finishAdd(out, negative);
}

/** out = point + affine entry, or point - entry when `negative`, which is taken as public; without T. */
export function addAffine(out: usize, point: usize, entry: usize, negative: bool): void {
  sumAndDifference(B, A, point + Y, point);
  multiply(A, A, negative ? entry : entry + Y);
  multiply(B, B, negative ? entry + Y : entry);
  multiply(C, point + T, entry + Z);
  add(V, point + Z, point + Z);
  finishAdd(out, negative);
}

/**
 * Whether 8 point is the neutral element, for public points; `point` is overwritten. Comparing y with 1, that is, Y with Z, is enough: on the
 * curve y = 1 gives (d + 1) x^2 = 0, and Z is never zero because the addition law is complete.
 */
export function isSmallOrder(point: usize): bool {
  double(point, point);
  double(point, point);
  double(point, point);
  subtract(A, point + Y, point + Z);
  return isZero(A);
}
