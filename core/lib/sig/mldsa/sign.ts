/**
 * Signing (FIPS 204, algorithms 2 and 7), with the decoding of secret keys (algorithm 25).
 *
 * No branch and no address depends on a secret, but for what FIPS 204 lets be seen: that an attempt is rejected, and by
 * which of its tests. Each test looks at whole vectors before it decides.
 */
import { absorb, shake256Init, shakeFinish, squeeze } from "../../hash/keccak";
import { addQIfNegative, centre, outside, reduce } from "./field";
import { hintBitPack } from "./hints";
import { expandMatrix, matrixRow } from "./matrix";
import { challengeHash, encodeW1Row, messageRepresentative } from "./message";
import { inverseNtt, multiply, multiplyRow, ntt, nttVector } from "./ntt";
import { bitPack, bitUnpack, packedBytes } from "./packing";
import {
  beta,
  challengeBytes,
  columns,
  DROPPED_BITS,
  eta,
  etaBits,
  gamma1,
  gamma2,
  HASH_BYTES,
  N,
  omega,
  POLYNOMIAL_BYTES,
  Q,
  rows,
  SEED_BYTES,
  zBits,
} from "./parameters";
import { highBits, lowBits } from "./rounding";
import { expandMask, sampleInBall } from "./sampling";
import { C, CHALLENGE, MU, PRODUCT, S1, S2, SEEDS, SPONGE, T0, W, wipe, Y, Z } from "./scratch";

/** Attempts after which signing gives up: more are needed with probability below 2^-256 (FIPS 204, appendix C). */
const MAX_ATTEMPTS: u32 = 814;

/** Where rho'' lies. */
const RHO_SECOND: usize = SEEDS;

/** Reads `count` polynomials with coefficients in [-eta, eta]; negative if any lies outside. */
function decodeBounded(set: usize, vector: usize, from: usize, count: usize): i32 {
  let bad: i32 = 0;
  for (let i: usize = 0; i < count; i++) {
    const polynomial = vector + i * POLYNOMIAL_BYTES;
    bitUnpack(polynomial, from + i * packedBytes(etaBits(set)), etaBits(set), eta(set));
    for (let j: i32 = 0; j < N; j++) bad |= outside(load<i32>(polynomial + (j << 2)), eta(set) + 1);
  }
  return bad;
}

/** S1, S2, T0 from the key, transformed. False if the key is malformed. */
function decodeSecretKey(set: usize, secretKey: usize): bool {
  const s1At = secretKey + 2 * SEED_BYTES + HASH_BYTES;
  const s2At = s1At + columns(set) * packedBytes(etaBits(set));
  const t0At = s2At + rows(set) * packedBytes(etaBits(set));
  if ((decodeBounded(set, S1, s1At, columns(set)) | decodeBounded(set, S2, s2At, rows(set))) < 0) return false;
  for (let i: usize = 0; i < rows(set); i++) {
    bitUnpack(T0 + i * POLYNOMIAL_BYTES, t0At + i * packedBytes(DROPPED_BITS), DROPPED_BITS, 1 << (DROPPED_BITS - 1));
  }
  nttVector(S1, columns(set));
  nttVector(S2, rows(set));
  nttVector(T0, rows(set));
  return true;
}

/** RHO_SECOND = H(K, rnd, mu). */
function privateSeed(secretKey: usize, rnd: usize, mu: usize): void {
  shake256Init(SPONGE);
  absorb(SPONGE, secretKey + SEED_BYTES, SEED_BYTES);
  absorb(SPONGE, rnd, SEED_BYTES);
  absorb(SPONGE, mu, HASH_BYTES);
  shakeFinish(SPONGE);
  squeeze(SPONGE, RHO_SECOND, HASH_BYTES);
}

/** Y = mask number `kappa`, W = A y, CHALLENGE = H(mu, HighBits(W)), C = transformed challenge. */
function commit(set: usize, mu: usize, kappa: u32): bool {
  expandMask(set, Y, RHO_SECOND, kappa);
  memory.copy(Z, Y, columns(set) * POLYNOMIAL_BYTES);
  nttVector(Z, columns(set));
  for (let i: usize = 0; i < rows(set); i++) {
    const w = W + i * POLYNOMIAL_BYTES;
    multiplyRow(w, matrixRow(set, i), Z, columns(set));
    inverseNtt(w);
    for (let j: i32 = 0; j < N; j++) store<i32>(PRODUCT + (j << 2), highBits(set, load<i32>(w + (j << 2))));
    encodeW1Row(set, i, PRODUCT);
  }
  challengeHash(set, CHALLENGE, mu);
  if (!sampleInBall(set, C, CHALLENGE)) return false;
  ntt(C);
  return true;
}

/** PRODUCT = c · factor, in [0, q). */
function timesChallenge(factor: usize): void {
  multiply(PRODUCT, C, factor);
  inverseNtt(PRODUCT);
}

/** Z = y + c s1; negative unless all of it is within gamma1 - beta. */
function respond(set: usize): i32 {
  const bound = gamma1(set) - beta(set);
  let bad: i32 = 0;
  for (let i: usize = 0; i < columns(set); i++) {
    timesChallenge(S1 + i * POLYNOMIAL_BYTES);
    const y = Y + i * POLYNOMIAL_BYTES;
    const z = Z + i * POLYNOMIAL_BYTES;
    for (let j: i32 = 0; j < N; j++) {
      const value = centre(reduce(load<i32>(y + (j << 2)) + load<i32>(PRODUCT + (j << 2))));
      store<i32>(z + (j << 2), value);
      bad |= outside(value, bound);
    }
  }
  return bad;
}

/** W = w - c s2; negative unless its low bits are within gamma2 - beta. */
function subtractSecret(set: usize): i32 {
  const bound = gamma2(set) - beta(set);
  let bad: i32 = 0;
  for (let i: usize = 0; i < rows(set); i++) {
    timesChallenge(S2 + i * POLYNOMIAL_BYTES);
    const w = W + i * POLYNOMIAL_BYTES;
    for (let j: i32 = 0; j < N; j++) {
      const value = addQIfNegative(load<i32>(w + (j << 2)) - load<i32>(PRODUCT + (j << 2)));
      store<i32>(w + (j << 2), value);
      bad |= outside(lowBits(set, value, highBits(set, value)), bound);
    }
  }
  return bad;
}

/** W = MakeHint(-c t0, w - c s2 + c t0), as 0 and 1; negative unless c t0 is within gamma2 and at most omega are 1. */
function makeHints(set: usize): i32 {
  let bad: i32 = 0;
  let ones: i32 = 0;
  for (let i: usize = 0; i < rows(set); i++) {
    timesChallenge(T0 + i * POLYNOMIAL_BYTES);
    const w = W + i * POLYNOMIAL_BYTES;
    for (let j: i32 = 0; j < N; j++) {
      const product = load<i32>(PRODUCT + (j << 2));
      bad |= outside(centre(product), gamma2(set));
      const value = load<i32>(w + (j << 2));
      const difference = highBits(set, value) ^ highBits(set, addQIfNegative(value + product - Q));
      const hint = -difference >>> 31;
      ones += hint;
      store<i32>(w + (j << 2), hint);
    }
  }
  return bad | (<i32>omega(set) - ones);
}

function encodeSignature(set: usize, signature: usize): void {
  memory.copy(signature, CHALLENGE, challengeBytes(set));
  let at = signature + challengeBytes(set);
  for (let i: usize = 0; i < columns(set); i++) {
    bitPack(at, Z + i * POLYNOMIAL_BYTES, zBits(set), gamma1(set));
    at += packedBytes(zBits(set));
  }
  hintBitPack(set, at, W);
}

function attempts(set: usize, signature: usize, secretKey: usize, mu: usize, rnd: usize): bool {
  if (!decodeSecretKey(set, secretKey) || !expandMatrix(set, secretKey)) return false;
  privateSeed(secretKey, rnd, mu);
  for (let attempt: u32 = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (!commit(set, mu, attempt * <u32>columns(set))) return false;
    // The order of FIPS 204 is free here; this test fails more often (two thirds of the time against two fifths).
    if (subtractSecret(set) < 0) continue;
    if (respond(set) < 0) continue;
    if (makeHints(set) < 0) continue;
    encodeSignature(set, signature);
    return true;
  }
  return false;
}

/**
 * Signs the 64-byte message representative `mu` (algorithm 7 from line 7 on). False, with the signature untouched, if the key
 * is malformed or every attempt was rejected.
 */
export function signRepresentative(set: usize, signature: usize, secretKey: usize, mu: usize, rnd: usize): bool {
  const signed = attempts(set, signature, secretKey, mu, rnd);
  wipe();
  return signed;
}

/** Algorithm 2, with the 32 bytes at `rnd` as its randomness. False also if the context is longer than 255 bytes. */
export function sign(
  set: usize,
  signature: usize,
  secretKey: usize,
  message: usize,
  length: u32,
  context: usize,
  contextLength: u32,
  rnd: usize,
): bool {
  const tr = secretKey + 2 * SEED_BYTES;
  if (!messageRepresentative(tr, message, length, context, contextLength)) return false;
  return signRepresentative(set, signature, secretKey, MU, rnd);
}
