/**
 * Pseudorandom polynomials (FIPS 204, section 7.3).
 *
 * The standard's loops end only with probability one. Here each reads a fixed number of blocks at most, no fewer than
 * appendix C asks for, and reports failure after that, which happens with probability below 2^-256. Which candidates are
 * rejected shows in the time taken; it is independent of the values kept, which touch neither a branch nor an address.
 *
 * Polynomials of a vector or matrix are sampled two at a time, because two blocks take little longer than one.
 */
import {
  absorb,
  nextBlock,
  nextBlocks,
  SHAKE128_RATE,
  SHAKE256_RATE,
  shake128Init,
  shake256Init,
  shakeFinish,
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
import { CANDIDATES, takeCandidates } from "./rejection-vectors";
import { MASK_A, MASK_B, PAIR, SPONGE, SPONGE_B } from "./scratch";

/** Most blocks read: at least 894 bytes for a uniform polynomial, 481 for a bounded one, 221 for a challenge (appendix C). */
const MAX_UNIFORM_BLOCKS: u32 = 6;
const MAX_BOUNDED_BLOCKS: u32 = 4;
const MAX_CHALLENGE_BLOCKS: u32 = 2;

/** A candidate coefficient of A: 3 bytes of which 23 bits count. */
const CANDIDATE_BYTES: usize = 3;
const CANDIDATE_MASK: i32 = 0x7fffff;

/** Bytes that give the signs of a challenge. */
const SIGN_BYTES: usize = 8;

/** Makes `sponge` the stream of SHAKE over `length` bytes at `seed` and two bytes more. */
function open(sponge: usize, seed: usize, length: usize, low: u32, high: u32): void {
  absorb(sponge, seed, length);
  store<u8>(PAIR, low);
  store<u8>(PAIR, high, 1);
  absorb(sponge, PAIR, 2);
  shakeFinish(sponge);
}

function openUniform(sponge: usize, rho: usize, row: u32, column: u32): void {
  shake128Init(sponge);
  open(sponge, rho, SEED_BYTES, column, row);
}

/** Appends what is accepted of one block to a polynomial that has `count` coefficients; returns how many it has then. */
function takeUniform(polynomial: usize, count: i32, block: usize): i32 {
  let at = block;
  if (ASC_FEATURE_SIMD) {
    for (; at < block + SHAKE128_RATE && count <= N - CANDIDATES; at += CANDIDATES * CANDIDATE_BYTES) {
      count += takeCandidates(polynomial + (count << 2), at);
    }
  }
  // The last load takes one byte past the block, which the mask drops and the state still holds.
  for (; at < block + SHAKE128_RATE && count < N; at += CANDIDATE_BYTES) {
    const candidate = <i32>load<u32>(at) & CANDIDATE_MASK;
    store<i32>(polynomial + (count << 2), candidate);
    count += (candidate - Q) >>> 31;
  }
  return count;
}

/**
 * RejNTTPoly (algorithm 30) for entries `first` and `first` + 1 of A, counted row after row: uniform in [0, q), already transformed, at
 * `polynomials` one after the other. False if it failed.
 */
export function sampleUniform2(set: usize, polynomials: usize, rho: usize, first: u32): bool {
  const width = <u32>columns(set);
  openUniform(SPONGE, rho, first / width, first % width);
  openUniform(SPONGE_B, rho, (first + 1) / width, (first + 1) % width);
  let countA: i32 = 0;
  let countB: i32 = 0;
  for (let block: u32 = 0; block < MAX_UNIFORM_BLOCKS && (countA < N || countB < N); block++) {
    nextBlocks(SPONGE, SPONGE_B);
    countA = takeUniform(polynomials, countA, SPONGE);
    countB = takeUniform(polynomials + POLYNOMIAL_BYTES, countB, SPONGE_B);
  }
  return countA == N && countB == N;
}

/** CoeffFromHalfByte (algorithm 15): the coefficient for a half byte that is not rejected. */
function boundedCoefficient(bound: i32, half: i32): i32 {
  if (bound == 4) return 4 - half;
  return 2 - (half - ((half * 205) >> 10) * 5); // 205 / 1024 is close enough to 1/5 for half < 15
}

function openBounded(sponge: usize, rhoPrime: usize, index: u32): void {
  shake256Init(sponge);
  open(sponge, rhoPrime, HASH_BYTES, index, 0);
}

/** Appends what is accepted of one block to a polynomial, as `takeUniform` does. For tests: nothing else needs it alone. */
export function takeBounded(set: usize, polynomial: usize, count: i32, block: usize): i32 {
  const bound = eta(set);
  const accepted = bound == 4 ? 9 : 15;
  for (let half: usize = 0; half < 2 * SHAKE256_RATE && count < N; half++) {
    const value = (<i32>load<u8>(block + (half >> 1)) >> <i32>((half & 1) << 2)) & 15;
    store<i32>(polynomial + (count << 2), boundedCoefficient(bound, value));
    count += (value - accepted) >>> 31;
  }
  return count;
}

/**
 * RejBoundedPoly (algorithm 31) numbers `a` and `b` of ExpandS (algorithm 33): in [-eta, eta]. Both may be the same number and polynomial.
 * False if it failed.
 */
export function sampleBounded2(
  set: usize,
  polynomialA: usize,
  polynomialB: usize,
  rhoPrime: usize,
  a: u32,
  b: u32,
): bool {
  openBounded(SPONGE, rhoPrime, a);
  openBounded(SPONGE_B, rhoPrime, b);
  let countA: i32 = 0;
  let countB: i32 = 0;
  for (let block: u32 = 0; block < MAX_BOUNDED_BLOCKS && (countA < N || countB < N); block++) {
    nextBlocks(SPONGE, SPONGE_B);
    countA = takeBounded(set, polynomialA, countA, SPONGE);
    countB = takeBounded(set, polynomialB, countB, SPONGE_B);
  }
  return countA == N && countB == N;
}

function openMask(sponge: usize, rhoSecond: usize, counter: u32): void {
  shake256Init(sponge);
  open(sponge, rhoSecond, HASH_BYTES, counter & 0xff, counter >> 8);
}

/** ExpandMask (algorithm 34): l polynomials with coefficients in (-gamma1, gamma1]. The last of an odd number is made twice. */
export function expandMask(set: usize, vector: usize, rhoSecond: usize, kappa: u32): void {
  const bits = zBits(set);
  const length = <u32>packedBytes(bits);
  const last = <u32>columns(set) - 1;
  for (let a: u32 = 0; a <= last; a += 2) {
    const b = min(a + 1, last);
    openMask(SPONGE, rhoSecond, kappa + a);
    openMask(SPONGE_B, rhoSecond, kappa + b);
    for (let at: u32 = 0; at < length; at += SHAKE256_RATE) {
      nextBlocks(SPONGE, SPONGE_B);
      const part = min(SHAKE256_RATE, length - at);
      memory.copy(MASK_A + at, SPONGE, part);
      memory.copy(MASK_B + at, SPONGE_B, part);
    }
    bitUnpack(vector + <usize>a * POLYNOMIAL_BYTES, MASK_A, bits, gamma1(set));
    bitUnpack(vector + <usize>b * POLYNOMIAL_BYTES, MASK_B, bits, gamma1(set));
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
