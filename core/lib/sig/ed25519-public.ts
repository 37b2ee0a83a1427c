/**
 * Points and their multiples for verifying, which all is public: in vectors (ed25519-pair.ts) where the build has them, else with one field element
 * at a time (ed25519-point.ts). What lies at a point's or a table's address differs between the two; what comes out does not.
 */
import * as pair from "./ed25519-pair";
import * as one from "./ed25519-point";
import { pairBaseOdd, pairBaseSplitOdd } from "./generated-ed25519-pair-tables";
import { baseOdd, baseSplitOdd } from "./generated-ed25519-tables";

export { BASE_WINDOW } from "./generated-ed25519-tables";

/** Bytes of a point, and of an entry of a table. */
export const POINT_BYTES: usize = 160;

const DOUBLED: usize = memory.data(160, 16);
const MULTIPLE: usize = memory.data(160, 16);

/** Reads two encoded points by the rules of ZIP-215. False when either is none. */
export function decompressBoth(p: usize, pBytes: usize, q: usize, qBytes: usize): bool {
  if (ASC_FEATURE_SIMD) return pair.decompressBoth(p, pBytes, q, qBytes);
  return one.decompress(p, pBytes) && one.decompress(q, qBytes);
}

export function setIdentity(out: usize): void {
  if (ASC_FEATURE_SIMD) pair.setIdentity(out);
  else one.setIdentity(out);
}

/** point = -point. */
export function negatePoint(point: usize): void {
  if (ASC_FEATURE_SIMD) pair.negatePoint(point);
  else one.negatePoint(point);
}

/** point = 2 point. */
export function double(point: usize): void {
  if (ASC_FEATURE_SIMD) pair.double(point, point);
  else one.double(point, point);
}

/** table = 1, 3, 5, ... times point, `count` of them. */
export function tabulate(table: usize, point: usize, count: usize): void {
  if (ASC_FEATURE_SIMD) {
    pair.tabulate(table, point, count);
    return;
  }
  one.cache(table, point);
  one.double(DOUBLED, point);
  one.completeT(DOUBLED);
  for (let i: usize = 1; i < count; i++) {
    const entry = table + i * POINT_BYTES;
    one.addCached(MULTIPLE, DOUBLED, entry - POINT_BYTES, false);
    one.completeT(MULTIPLE);
    one.cache(entry, MULTIPLE);
  }
}

/** out += digit P for an odd digit and the table of P. The last of these functions to be called was `double` or an addition, for `out`. */
export function addMultiple(out: usize, table: usize, digit: i32): void {
  if (ASC_FEATURE_SIMD) {
    pair.addMultiple(out, table, digit);
  } else {
    one.completeT(out);
    one.addCached(out, out, table + <usize>(abs(digit) >> 1) * POINT_BYTES, digit < 0);
  }
}

/** out += digit B for the base point and an odd digit below 2^(BASE_WINDOW - 1) in magnitude. See `addMultiple`. */
export function addBase(out: usize, digit: i32): void {
  if (ASC_FEATURE_SIMD) pair.addMultiple(out, pairBaseOdd(), digit);
  else addAffine(out, baseOdd(), digit);
}

/** out += digit 2^127 B. See `addBase`. */
export function addBaseSplit(out: usize, digit: i32): void {
  if (ASC_FEATURE_SIMD) pair.addMultiple(out, pairBaseSplitOdd(), digit);
  else addAffine(out, baseSplitOdd(), digit);
}

function addAffine(out: usize, table: usize, digit: i32): void {
  one.completeT(out);
  one.addAffine(out, out, table + <usize>(abs(digit) >> 1) * one.AFFINE_BYTES, digit < 0);
}

/** Whether 8 point is the neutral element. `point` is overwritten. */
export function isSmallOrder(point: usize): bool {
  return ASC_FEATURE_SIMD ? pair.isSmallOrder(point) : one.isSmallOrder(point);
}
