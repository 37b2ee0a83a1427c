// Lets tests call ML-DSA: fixed buffers, and `set` 44 or 65 as the first argument.
import * as mldsa from "../../core/lib/sig/mldsa/index";
import { inverseNtt, ntt } from "../../core/lib/sig/mldsa/ntt";
import { MLDSA44, MLDSA65 } from "../../core/lib/sig/mldsa/parameters";
import * as rounding from "../../core/lib/sig/mldsa/rounding";
import * as sampling from "../../core/lib/sig/mldsa/sampling";
import * as scratch from "../../core/lib/sig/mldsa/scratch";
import { signRepresentative } from "../../core/lib/sig/mldsa/sign";
import { verifyRepresentative } from "../../core/lib/sig/mldsa/verify";
import { ZETAS } from "../../core/lib/sig/mldsa/zetas";

const PUBLIC_KEY: usize = memory.data(2048, 16);
const SECRET_KEY: usize = memory.data(4096, 16);
const SIGNATURE: usize = memory.data(4096, 16);
const SEED: usize = memory.data(32, 16);
const CONTEXT: usize = memory.data(512, 16);
const MU: usize = memory.data(64, 16);
const MESSAGE: usize = memory.data(65536, 16);

function parameters(set: u32): usize {
  return set == 44 ? MLDSA44 : MLDSA65;
}

export function publicKey(): usize {
  return PUBLIC_KEY;
}

export function secretKey(): usize {
  return SECRET_KEY;
}

export function signature(): usize {
  return SIGNATURE;
}

/** 32 bytes: xi of key generation, rnd of signing. */
export function seed(): usize {
  return SEED;
}

export function context(): usize {
  return CONTEXT;
}

export function mu(): usize {
  return MU;
}

export function message(): usize {
  return MESSAGE;
}

export function publicKeyBytes(set: u32): u32 {
  return set == 44 ? mldsa.MLDSA44_PUBLIC_KEY_BYTES : mldsa.MLDSA65_PUBLIC_KEY_BYTES;
}

export function secretKeyBytes(set: u32): u32 {
  return set == 44 ? mldsa.MLDSA44_SECRET_KEY_BYTES : mldsa.MLDSA65_SECRET_KEY_BYTES;
}

export function signatureBytes(set: u32): u32 {
  return set == 44 ? mldsa.MLDSA44_SIGNATURE_BYTES : mldsa.MLDSA65_SIGNATURE_BYTES;
}

export function keyGen(set: u32): void {
  if (set == 44) mldsa.mldsa44KeyGen(PUBLIC_KEY, SECRET_KEY, SEED);
  else mldsa.mldsa65KeyGen(PUBLIC_KEY, SECRET_KEY, SEED);
}

export function sign(set: u32, length: u32, contextLength: u32): bool {
  return set == 44
    ? mldsa.mldsa44Sign(SIGNATURE, SECRET_KEY, MESSAGE, length, CONTEXT, contextLength, SEED)
    : mldsa.mldsa65Sign(SIGNATURE, SECRET_KEY, MESSAGE, length, CONTEXT, contextLength, SEED);
}

export function verify(set: u32, signatureLength: u32, length: u32, contextLength: u32): bool {
  return set == 44
    ? mldsa.mldsa44Verify(SIGNATURE, signatureLength, PUBLIC_KEY, MESSAGE, length, CONTEXT, contextLength)
    : mldsa.mldsa65Verify(SIGNATURE, signatureLength, PUBLIC_KEY, MESSAGE, length, CONTEXT, contextLength);
}

/** The interfaces that vectors call internal: the message representative is given. */
export function signMu(set: u32): bool {
  return signRepresentative(parameters(set), SIGNATURE, SECRET_KEY, MU, SEED);
}

export function verifyMu(set: u32): bool {
  return verifyRepresentative(parameters(set), SIGNATURE, PUBLIC_KEY, MU);
}

export function highBits(set: u32, r: i32): i32 {
  return rounding.highBits(parameters(set), r);
}

export function lowBits(set: u32, r: i32): i32 {
  return rounding.lowBits(parameters(set), r, rounding.highBits(parameters(set), r));
}

export function useHint(set: u32, hint: u32, r: i32): i32 {
  return rounding.useHint(parameters(set), hint, r);
}

export function power2RoundHigh(r: i32): i32 {
  return rounding.power2RoundHigh(r);
}

export function zetas(): usize {
  return ZETAS;
}

/** The block that must be all zero after key generation and signing. */
export function scratchStart(): usize {
  return scratch.S1;
}

export function scratchEnd(): usize {
  return scratch.SPONGE_B + 208;
}

/** Transforms the polynomial at `message()`. */
export function transform(): void {
  ntt(MESSAGE);
}

export function inverseTransform(): void {
  inverseNtt(MESSAGE);
}

/** Takes private coefficients from the SHAKE block at `message()`, behind `count` that the polynomial at `signature()` has. */
export function takeBounded(set: u32, count: i32): i32 {
  return sampling.takeBounded(parameters(set), SIGNATURE, count, MESSAGE);
}
