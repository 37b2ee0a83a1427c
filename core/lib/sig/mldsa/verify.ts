/** Verification (FIPS 204, algorithms 3 and 8), with the decoding of public keys and signatures (algorithms 23 and 27). */
import { equalBytes } from "../../bytes";
import { absorb, shake256Init, shakeFinish, squeeze } from "../../hash/keccak";
import { outside } from "./field";
import { hintBitUnpack } from "./hints";
import { expandMatrix, matrixRow } from "./matrix";
import { challengeHash, encodeW1Row, messageRepresentative } from "./message";
import { inverseNtt, multiplyRow, multiplySubtract, ntt, nttVector } from "./ntt";
import { bitUnpack, packedBytes, simpleBitUnpack } from "./packing";
import {
  beta,
  challengeBytes,
  columns,
  DROPPED_BITS,
  gamma1,
  HASH_BYTES,
  N,
  POLYNOMIAL_BYTES,
  publicKeyBytes,
  rows,
  SEED_BYTES,
  signatureBytes,
  T1_BITS,
  zBits,
} from "./parameters";
import { useHint } from "./rounding";
import { sampleInBall } from "./sampling";
import { C, CHALLENGE, MU, S2, SEEDS, SPONGE, T0, W, Z } from "./scratch";

/** Places that signing uses for other things. */
const HINTS: usize = S2;
const T1: usize = T0;
const TR: usize = SEEDS;

/** Z and HINTS from the signature. False if the hints are badly encoded or z reaches gamma1 - beta. */
function decodeSignature(set: usize, signature: usize): bool {
  const zAt = signature + challengeBytes(set);
  const zBytes = packedBytes(zBits(set));
  if (!hintBitUnpack(set, HINTS, zAt + columns(set) * zBytes)) return false;
  const bound = gamma1(set) - beta(set);
  let bad: i32 = 0;
  for (let i: usize = 0; i < columns(set); i++) {
    const z = Z + i * POLYNOMIAL_BYTES;
    bitUnpack(z, zAt + i * zBytes, zBits(set), gamma1(set));
    for (let j: i32 = 0; j < N; j++) bad |= outside(load<i32>(z + (j << 2)), bound);
  }
  return bad >= 0;
}

/** W1 = UseHint(h, A z - c t1 2^d), encoded. Z and C are transformed already. */
function recoverCommitment(set: usize, publicKey: usize): void {
  for (let i: usize = 0; i < rows(set); i++) {
    simpleBitUnpack(T1, publicKey + SEED_BYTES + i * packedBytes(T1_BITS), T1_BITS, DROPPED_BITS);
    ntt(T1);
    const w = W + i * POLYNOMIAL_BYTES;
    multiplyRow(w, matrixRow(set, i), Z, columns(set));
    multiplySubtract(w, C, T1);
    inverseNtt(w);
    const hints = HINTS + i * POLYNOMIAL_BYTES;
    for (let j: i32 = 0; j < N; j++) {
      store<i32>(w + (j << 2), useHint(set, load<u32>(hints + (j << 2)), load<i32>(w + (j << 2))));
    }
    encodeW1Row(set, i, w);
  }
}

/** Verifies a signature, which has the right length, of the 64-byte message representative `mu`. */
export function verifyRepresentative(set: usize, signature: usize, publicKey: usize, mu: usize): bool {
  if (!decodeSignature(set, signature)) return false;
  if (!sampleInBall(set, C, signature) || !expandMatrix(set, publicKey)) return false;
  ntt(C);
  nttVector(Z, columns(set));
  recoverCommitment(set, publicKey);
  challengeHash(set, CHALLENGE, mu);
  return equalBytes(CHALLENGE, signature, challengeBytes(set));
}

/** Algorithm 3. Any bytes may be given; the public key has its full length. */
export function verify(
  set: usize,
  signature: usize,
  signatureLength: u32,
  publicKey: usize,
  message: usize,
  length: u32,
  context: usize,
  contextLength: u32,
): bool {
  if (<usize>signatureLength != signatureBytes(set)) return false;
  shake256Init(SPONGE);
  absorb(SPONGE, publicKey, publicKeyBytes(set));
  shakeFinish(SPONGE);
  squeeze(SPONGE, TR, HASH_BYTES);
  if (!messageRepresentative(TR, message, length, context, contextLength)) return false;
  return verifyRepresentative(set, signature, publicKey, MU);
}
