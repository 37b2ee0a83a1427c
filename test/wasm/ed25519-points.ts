/** Lets tests call the points that verifying works on and, where the build has vectors, the pairs of field elements under them. */
import { toBytes } from "../../core/lib/sig/generated-field25519";
import { fromBytes2, multiply2, square2, squareTimes2, toBytes2 } from "../../core/lib/sig/generated-field25519-pair";

export {
  addBase,
  addBaseSplit,
  addMultiple,
  decompressBoth,
  double,
  isSmallOrder,
  negatePoint,
  setIdentity,
  tabulate,
} from "../../core/lib/sig/ed25519-public";

const BUFFER: usize = memory.data(65536, 16);

/** Address of 64 KiB of scratch. */
export function buffer(): usize {
  return BUFFER;
}

/** Writes the canonical bytes of X, Y and Z, 32 each. */
export function coordinates(out: usize, point: usize): void {
  if (ASC_FEATURE_SIMD) {
    toBytes2(out, point, 0);
    toBytes2(out + 32, point, 1);
    toBytes2(out + 64, point + 80, 0);
  } else {
    toBytes(out, point);
    toBytes(out + 32, point + 40);
    toBytes(out + 64, point + 80);
  }
}

// The scalar build has no pairs: there these do nothing, and are not called.

export function pairFromBytes(out: usize, a: usize, b: usize): void {
  if (ASC_FEATURE_SIMD) fromBytes2(out, a, b);
}

export function pairToBytes(out: usize, f: usize, lane: usize): void {
  if (ASC_FEATURE_SIMD) toBytes2(out, f, lane);
}

export function pairMultiply(out: usize, f: usize, g: usize): void {
  if (ASC_FEATURE_SIMD) multiply2(out, f, g);
}

export function pairSquare(out: usize, f: usize): void {
  if (ASC_FEATURE_SIMD) square2(out, f);
}

export function pairSquareTimes(out: usize, f: usize, times: i32): void {
  if (ASC_FEATURE_SIMD) squareTimes2(out, f, times);
}
