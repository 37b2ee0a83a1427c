/** Key generation (FIPS 204, algorithm 6), with the encodings of keys (algorithms 22 and 24). */
import { copy32 } from "../../bytes";
import { absorb, shake256Init, shakeFinish, squeeze } from "../../hash/keccak";
import { reduce } from "./field";
import { expandMatrix, matrixRow } from "./matrix";
import { inverseNtt, multiplyRow, nttVector } from "./ntt";
import { bitPack, packedBytes, simpleBitPack } from "./packing";
import {
  columns,
  DROPPED_BITS,
  eta,
  etaBits,
  HASH_BYTES,
  N,
  POLYNOMIAL_BYTES,
  publicKeyBytes,
  rows,
  SEED_BYTES,
  secretKeyBytes,
  T1_BITS,
} from "./parameters";
import { power2RoundHigh } from "./rounding";
import { sampleBounded2 } from "./sampling";
import { PAIR, S1, S2, SEEDS, SPONGE, W, wipe, Z } from "./scratch";

/** The seeds that xi expands to lie one after another: rho, rho', K. */
const RHO: usize = SEEDS;
const RHO_PRIME: usize = SEEDS + SEED_BYTES;
const K_SEED: usize = SEEDS + SEED_BYTES + HASH_BYTES;
const SEEDS_BYTES: usize = 2 * SEED_BYTES + HASH_BYTES;

function expandSeeds(set: usize, xi: usize): void {
  shake256Init(SPONGE);
  absorb(SPONGE, xi, SEED_BYTES);
  store<u8>(PAIR, rows(set));
  store<u8>(PAIR, columns(set), 1);
  absorb(SPONGE, PAIR, 2);
  shakeFinish(SPONGE);
  squeeze(SPONGE, SEEDS, SEEDS_BYTES);
}

/** Polynomial number `index` of S1 and then S2. */
function secretAt(set: usize, index: u32): usize {
  const width = <u32>columns(set);
  return index < width ? S1 + <usize>index * POLYNOMIAL_BYTES : S2 + <usize>(index - width) * POLYNOMIAL_BYTES;
}

/** S1, S2 = ExpandS(rho'). The last of an odd number is made twice. */
function expandSecrets(set: usize): bool {
  const last = <u32>(columns(set) + rows(set)) - 1;
  for (let a: u32 = 0; a <= last; a += 2) {
    const b = min(a + 1, last);
    if (!sampleBounded2(set, secretAt(set, a), secretAt(set, b), RHO_PRIME, a, b)) return false;
  }
  return true;
}

/** t = w + s2 for one row, split by Power2Round: t0 replaces w, t1 replaces s2. */
function splitRow(w: usize, s2: usize): void {
  for (let i: i32 = 0; i < N; i++) {
    const t = reduce(load<i32>(w + (i << 2)) + load<i32>(s2 + (i << 2)));
    const high = power2RoundHigh(t);
    store<i32>(w + (i << 2), t - (high << DROPPED_BITS));
    store<i32>(s2 + (i << 2), high);
  }
}

function encode(set: usize, publicKey: usize, secretKey: usize): bool {
  if (!expandMatrix(set, RHO) || !expandSecrets(set)) return false;
  copy32(publicKey, RHO);
  copy32(secretKey, RHO);
  copy32(secretKey + SEED_BYTES, K_SEED);
  let at = secretKey + 2 * SEED_BYTES + HASH_BYTES;
  const etaBytes = packedBytes(etaBits(set));
  for (let i: usize = 0; i < columns(set); i++, at += etaBytes)
    bitPack(at, S1 + i * POLYNOMIAL_BYTES, etaBits(set), eta(set));
  for (let i: usize = 0; i < rows(set); i++, at += etaBytes)
    bitPack(at, S2 + i * POLYNOMIAL_BYTES, etaBits(set), eta(set));

  memory.copy(Z, S1, columns(set) * POLYNOMIAL_BYTES);
  nttVector(Z, columns(set));
  for (let i: usize = 0; i < rows(set); i++) {
    const w = W + i * POLYNOMIAL_BYTES;
    const s2 = S2 + i * POLYNOMIAL_BYTES;
    multiplyRow(w, matrixRow(set, i), Z, columns(set));
    inverseNtt(w);
    splitRow(w, s2);
    simpleBitPack(publicKey + SEED_BYTES + i * packedBytes(T1_BITS), s2, T1_BITS);
    bitPack(at + i * packedBytes(DROPPED_BITS), w, DROPPED_BITS, 1 << (DROPPED_BITS - 1));
  }

  shake256Init(SPONGE);
  absorb(SPONGE, publicKey, publicKeyBytes(set));
  shakeFinish(SPONGE);
  squeeze(SPONGE, secretKey + 2 * SEED_BYTES, HASH_BYTES);
  return true;
}

/**
 * Writes the key pair of the 32-byte seed `xi`. Should sampling fail, which has probability below 2^-256, both keys are all
 * zero. `xi` must not overlap the keys.
 */
export function keyGen(set: usize, publicKey: usize, secretKey: usize, xi: usize): void {
  expandSeeds(set, xi);
  if (!encode(set, publicKey, secretKey)) {
    memory.fill(publicKey, 0, publicKeyBytes(set));
    memory.fill(secretKey, 0, secretKeyBytes(set));
  }
  wipe();
}
