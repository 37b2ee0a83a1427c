/**
 * Rejection sampling of the public matrix, four candidates at a time (CoeffFromThreeBytes, FIPS 204, algorithm 14). Which are rejected decides an
 * address: not for secrets.
 */
import { Q } from "./parameters";

/** Candidates of one call, 3 bytes each. */
export const CANDIDATES: i32 = 4;
/** Of each candidate's 24 bits, 23 count. */
const CANDIDATE_MASK: i32 = 0x7fffff;

/** For each set of accepted candidates, candidate 0 in bit 0: the bytes that bring them together at the front. */
const GATHER: usize = memory.data<u32>(
  [
    0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x07060504,
    0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x07060504, 0x03020100, 0x03020100, 0x0b0a0908, 0x03020100,
    0x03020100, 0x03020100, 0x03020100, 0x0b0a0908, 0x03020100, 0x03020100, 0x07060504, 0x0b0a0908, 0x03020100,
    0x03020100, 0x03020100, 0x07060504, 0x0b0a0908, 0x03020100, 0x0f0e0d0c, 0x03020100, 0x03020100, 0x03020100,
    0x03020100, 0x0f0e0d0c, 0x03020100, 0x03020100, 0x07060504, 0x0f0e0d0c, 0x03020100, 0x03020100, 0x03020100,
    0x07060504, 0x0f0e0d0c, 0x03020100, 0x0b0a0908, 0x0f0e0d0c, 0x03020100, 0x03020100, 0x03020100, 0x0b0a0908,
    0x0f0e0d0c, 0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0x03020100, 0x03020100, 0x07060504, 0x0b0a0908,
    0x0f0e0d0c,
  ],
  16,
);

/** Writes what is accepted of the 12 bytes at `from` to `to`, where 16 bytes are writable; returns how many. Reads 16 bytes. */
export function takeCandidates(to: usize, from: usize): i32 {
  const spread = v128.swizzle(v128.load(from), i8x16(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1));
  const candidates = v128.and(spread, i32x4.splat(CANDIDATE_MASK));
  const accepted = i32x4.bitmask(i32x4.lt_s(candidates, i32x4.splat(Q)));
  v128.store(to, v128.swizzle(candidates, v128.load(GATHER + ((<usize>accepted) << 4))));
  return popcnt(accepted);
}
