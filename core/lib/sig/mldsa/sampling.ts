/**
 * Pseudorandom polynomials (FIPS 204, section 7.3).
 *
 * The standard's loops end only with probability one. Here each reads a fixed number of blocks at most, no fewer than
 * appendix C asks for, and reports failure after that, which happens with probability below 2^-256. Which candidates are
 * rejected shows in the time taken; it is independent of the values kept, which touch neither a branch nor an address.
 */
import {
  absorb,
  nextBlock,
  SHAKE128_RATE,
  SHAKE256_RATE,
  shake128Init,
  shake256Init,
  shakeFinish,
  squeeze,
} from "../../hash/keccak";
import { bitUnpack, packedBytes } from "./packing";
import {
  challengeBytes,
  columns,
  eta,
  gamma1,
  HASH_BYTES,
  N,
  POLYNOMIAL_BYTES,
  Q,
  SEED_BYTES,
  tau,
  zBits,
} from "./parameters";
import { MASK, PAIR, SPONGE } from "./scratch";

/** Most blocks read: at least 894 bytes for a uniform polynomial, 481 for a bounded one, 221 for a challenge (appendix C). */
const MAX_UNIFORM_BLOCKS: u32 = 6;
const MAX_BOUNDED_BLOCKS: u32 = 4;
const MAX_CHALLENGE_BLOCKS: u32 = 2;

/** A candidate coefficient of A: 3 bytes of which 23 bits count. */
const CANDIDATE_BYTES: usize = 3;
const CANDIDATE_MASK: i32 = 0x7fffff;

/** Bytes that give the signs of a challenge. */
const SIGN_BYTES: usize = 8;

function storePair(low: u32, high: u32): void {
  store<u8>(PAIR, low);
  store<u8>(PAIR, high, 1);
}

/** RejNTTPoly (algorithm 30) for A[row][column]: uniform in [0, q), already transformed. False if it failed. */
export function sampleUniform(polynomial: usize, rho: usize, row: usize, column: usize): bool {
  shake128Init(SPONGE);
  absorb(SPONGE, rho, SEED_BYTES);
  storePair(<u32>column, <u32>row);
  absorb(SPONGE, PAIR, 2);
  shakeFinish(SPONGE);
  let count: i32 = 0;
  for (let block: u32 = 0; block < MAX_UNIFORM_BLOCKS && count < N; block++) {
    nextBlock(SPONGE);
    // The last load takes one byte past the block, which the mask drops and the state still holds.
    for (let at = SPONGE; at < SPONGE + SHAKE128_RATE && count < N; at += CANDIDATE_BYTES) {
      const candidate = <i32>load<u32>(at) & CANDIDATE_MASK;
      store<i32>(polynomial + (count << 2), candidate);
      count += (candidate - Q) >>> 31;
    }
  }
  return count == N;
}

/** CoeffFromHalfByte (algorithm 15): the coefficient for a half byte that is not rejected. */
function boundedCoefficient(bound: i32, half: i32): i32 {
  if (bound == 4) return 4 - half;
  return 2 - (half - ((half * 205) >> 10) * 5); // 205 / 1024 is close enough to 1/5 for half < 15
}

/** RejBoundedPoly (algorithm 31) number `index` of ExpandS (algorithm 33): in [-eta, eta]. False if it failed. */
export function sampleBounded(set: usize, polynomial: usize, rhoPrime: usize, index: usize): bool {
  shake256Init(SPONGE);
  absorb(SPONGE, rhoPrime, HASH_BYTES);
  storePair(<u32>index, 0);
  absorb(SPONGE, PAIR, 2);
  shakeFinish(SPONGE);
  const bound = eta(set);
  const accepted = bound == 4 ? 9 : 15;
  let count: i32 = 0;
  for (let block: u32 = 0; block < MAX_BOUNDED_BLOCKS && count < N; block++) {
    nextBlock(SPONGE);
    for (let half: usize = 0; half < 2 * SHAKE256_RATE && count < N; half++) {
      const value = (<i32>load<u8>(SPONGE + (half >> 1)) >> <i32>((half & 1) << 2)) & 15;
      store<i32>(polynomial + (count << 2), boundedCoefficient(bound, value));
      count += (value - accepted) >>> 31;
    }
  }
  return count == N;
}

/** ExpandMask (algorithm 34): l polynomials with coefficients in (-gamma1, gamma1]. */
export function expandMask(set: usize, vector: usize, rhoSecond: usize, kappa: u32): void {
  const bits = zBits(set);
  for (let i: usize = 0; i < columns(set); i++) {
    const counter = kappa + <u32>i;
    shake256Init(SPONGE);
    absorb(SPONGE, rhoSecond, HASH_BYTES);
    storePair(counter & 0xff, counter >> 8);
    absorb(SPONGE, PAIR, 2);
    shakeFinish(SPONGE);
    squeeze(SPONGE, MASK, packedBytes(bits));
    bitUnpack(vector + i * POLYNOMIAL_BYTES, MASK, bits, gamma1(set));
  }
}

/**
 * SampleInBall (algorithm 29): tau coefficients 1 or -1, the others 0. False if it failed. Not constant-time in the hash,
 * which FIPS 204 counts as public: it is in the signature, or belongs to an attempt that is thrown away.
 */
export function sampleInBall(set: usize, polynomial: usize, hash: usize): bool {
  shake256Init(SPONGE);
  absorb(SPONGE, hash, challengeBytes(set));
  shakeFinish(SPONGE);
  memory.fill(polynomial, 0, POLYNOMIAL_BYTES);
  let signs: u64 = 0;
  let i = N - tau(set);
  for (let block: u32 = 0; block < MAX_CHALLENGE_BLOCKS && i < N; block++) {
    nextBlock(SPONGE);
    let at = SPONGE;
    if (block == 0) {
      signs = load<u64>(at);
      at += SIGN_BYTES;
    }
    for (; at < SPONGE + SHAKE256_RATE && i < N; at++) {
      const j = <i32>load<u8>(at);
      if (j > i) continue;
      store<i32>(polynomial + (i << 2), load<i32>(polynomial + (j << 2)));
      store<i32>(polynomial + (j << 2), 1 - <i32>((signs & 1) << 1));
      signs >>= 1;
      i++;
    }
  }
  return i == N;
}
