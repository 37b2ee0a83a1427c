/**
 * Parameter sets of ML-DSA (FIPS 204, section 4, tables 1 and 2). A set is a constant record of 4-byte fields in
 * memory; every function of this folder that depends on it takes its address.
 */

/** The modulus q = 2^23 - 2^13 + 1. */
export const Q: i32 = 8380417;

/** Coefficients of a polynomial of the ring Z_q[X]/(X^256 + 1). */
export const N: i32 = 256;

/** A polynomial is 256 coefficients of 4 bytes (i32). */
export const POLYNOMIAL_BYTES: usize = 1024;

/** d: how many low bits of t the public key leaves out; a coefficient of t1 keeps the other 10 of 23. */
export const DROPPED_BITS: u32 = 13;
export const T1_BITS: u32 = 10;

/** Lengths in bytes of the seeds rho, K, xi and rnd, and of the hashes tr, mu, rho' and rho''. */
export const SEED_BYTES: usize = 32;
export const HASH_BYTES: usize = 64;

/** Longest context string (FIPS 204, algorithm 2). */
export const MAX_CONTEXT_BYTES: u32 = 255;

export const MLDSA44_PUBLIC_KEY_BYTES: u32 = 1312;
export const MLDSA44_SECRET_KEY_BYTES: u32 = 2560;
export const MLDSA44_SIGNATURE_BYTES: u32 = 2420;

export const MLDSA65_PUBLIC_KEY_BYTES: u32 = 1952;
export const MLDSA65_SECRET_KEY_BYTES: u32 = 4032;
export const MLDSA65_SIGNATURE_BYTES: u32 = 3309;

/** The sets. Order of the fields: that of the functions below. */
export const MLDSA44: usize = memory.data<u32>(
  [4, 4, 2, 3, 39, 78, 131072, 18, 95232, 44, 6, 11275, 24, 80, 32, 1312, 2560, 2420],
  16,
);

export const MLDSA65: usize = memory.data<u32>(
  [6, 5, 4, 4, 49, 196, 524288, 20, 261888, 16, 4, 1025, 22, 55, 48, 1952, 4032, 3309],
  16,
);

/** Rows and columns of the matrix A: k and l. */
export function rows(set: usize): usize {
  return load<u32>(set);
}

export function columns(set: usize): usize {
  return load<u32>(set, 4);
}

/** Private coefficients lie in [-eta, eta], coded in `etaBits` bits. */
export function eta(set: usize): i32 {
  return load<i32>(set, 8);
}

export function etaBits(set: usize): u32 {
  return load<u32>(set, 12);
}

/** Non-zero coefficients of a challenge. */
export function tau(set: usize): i32 {
  return load<i32>(set, 16);
}

/** tau · eta: how far a challenge times a private polynomial reaches. */
export function beta(set: usize): i32 {
  return load<i32>(set, 20);
}

/** The mask y lies in (-gamma1, gamma1], gamma1 a power of two; its coefficients and those of z are coded in `zBits` bits. */
export function gamma1(set: usize): i32 {
  return load<i32>(set, 24);
}

export function zBits(set: usize): u32 {
  return load<u32>(set, 28);
}

/** Half the rounding step: high bits count multiples of 2 · gamma2, and there are (q - 1) / (2 · gamma2) of them. */
export function gamma2(set: usize): i32 {
  return load<i32>(set, 32);
}

export function highBitsCount(set: usize): i32 {
  return load<i32>(set, 36);
}

/** Width of a coefficient of w1. */
export function w1Bits(set: usize): u32 {
  return load<u32>(set, 40);
}

/** What turns the division by 2 · gamma2 into a multiplication and a shift (rounding.ts). */
export function divideMultiplier(set: usize): i32 {
  return load<i32>(set, 44);
}

export function divideShift(set: usize): i32 {
  return load<i32>(set, 48);
}

/** Most hints a signature may carry. */
export function omega(set: usize): usize {
  return load<u32>(set, 52);
}

/** lambda / 4: length of the challenge hash. */
export function challengeBytes(set: usize): usize {
  return load<u32>(set, 56);
}

export function publicKeyBytes(set: usize): usize {
  return load<u32>(set, 60);
}

export function secretKeyBytes(set: usize): usize {
  return load<u32>(set, 64);
}

export function signatureBytes(set: usize): usize {
  return load<u32>(set, 68);
}
