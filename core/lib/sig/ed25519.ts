/**
 * Ed25519 signatures (RFC 8032, section 5.1).
 *
 * Verification follows ZIP-215, as upstream does (fastcrypto's Ed25519 stands on the crate ed25519-consensus): S must be below L; A and R may be any
 * encodings of points, canonical or not, of small order or not; and the equation is the cofactored one, [8][S]B = [8]R + [8][k]A, with k over the
 * bytes as received. Whether one signature is valid therefore never depends on how, or with which others, it is checked.
 *
 * Verification is fast and works on public values. Key derivation and signing branch on nothing secret, use no secret address, and
 * wipe their scratch memory.
 */
import { sha512Final, sha512Init, sha512Update } from "../hash/sha512";
import { multiplyBase, wipeBaseScratch } from "./ed25519-base";
import { sumOfMultiples } from "./ed25519-multiply";
import { compress, POINT_BYTES, wipePointScratch } from "./ed25519-point";
import { decompressBoth, isSmallOrder, negatePoint } from "./ed25519-public";
import { isCanonical, multiplyAdd, reduceWide, wipeScalarScratch } from "./scalar25519";
import { HALVES_V, halve, split } from "./scalar25519-halve";

const ACCUMULATOR: usize = memory.data(160, 16);
const KEY: usize = memory.data(160, 16);
const COMMITMENT: usize = memory.data(160, 16);
// u and |v| of the challenge, then v S in two halves.
const HALVES: usize = memory.data(48, 16);
const HALF_V: usize = HALVES + HALVES_V;
const PRODUCT: usize = memory.data(32, 16);
const ZERO: usize = memory.data(32, 16);

// What signing must wipe: hash state, expanded seed (secret scalar, prefix), wide hash, nonce, challenge; the signature is built here too.
const SECRETS_BYTES: usize = 544;
const SECRETS: usize = memory.data(544, 16);
const HASH_STATE: usize = SECRETS;
const EXPANDED: usize = SECRETS + 208;
const WIDE: usize = SECRETS + 272;
const NONCE: usize = SECRETS + 336;
const CHALLENGE: usize = SECRETS + 368;
const PUBLIC_KEY: usize = SECRETS + 400;
const SIGNATURE: usize = SECRETS + 432;

/** out = SHA-512(first || second || message) modulo L, over 32, 32 and `length` bytes. */
export function challenge(out: usize, first: usize, second: usize, message: usize, length: u32): void {
  sha512Init(HASH_STATE);
  sha512Update(HASH_STATE, first, 32);
  sha512Update(HASH_STATE, second, 32);
  sha512Update(HASH_STATE, message, length);
  sha512Final(HASH_STATE, WIDE);
  reduceWide(out, WIDE);
}

/**
 * Whether `signature` (64 bytes) on `length` bytes at `message` is valid for `publicKey` (32 bytes) under ZIP-215.
 *
 * With u = v k modulo L and both short, checks 8 (v S B - v R - u A) = 0: see scalar25519-halve.
 */
export function ed25519Verify(signature: usize, publicKey: usize, message: usize, length: u32): bool {
  const s = signature + 32;
  if (!isCanonical(s)) return false;
  if (!decompressBoth(KEY, publicKey, COMMITMENT, signature)) return false;
  challenge(CHALLENGE, signature, publicKey, message, length);
  const negative = halve(HALVES, CHALLENGE);
  multiplyAdd(PRODUCT, HALF_V, s, ZERO);
  split(PRODUCT, PRODUCT);
  // With |v| for a negative v, the sign goes to u.
  negatePoint(COMMITMENT);
  if (!negative) negatePoint(KEY);
  sumOfMultiples(ACCUMULATOR, PRODUCT, HALVES, KEY, HALF_V, COMMITMENT);
  return isSmallOrder(ACCUMULATOR);
}

/** EXPANDED = SHA-512(seed), its first half clamped: a multiple of 8 with bit 254 set and bit 255 clear. */
function expand(seed: usize): void {
  sha512Init(HASH_STATE);
  sha512Update(HASH_STATE, seed, 32);
  sha512Final(HASH_STATE, EXPANDED);
  store<u8>(EXPANDED, load<u8>(EXPANDED) & 0xf8);
  store<u8>(EXPANDED, (load<u8>(EXPANDED, 31) & 0x7f) | 0x40, 31);
}

function wipe(): void {
  memory.fill(SECRETS, 0, SECRETS_BYTES);
  memory.fill(ACCUMULATOR, 0, POINT_BYTES);
  wipeBaseScratch();
  wipePointScratch();
  wipeScalarScratch();
}

/** out (32 bytes) = scalar B, encoded. */
function encodedMultiple(out: usize, scalar: usize): void {
  multiplyBase(ACCUMULATOR, scalar);
  compress(out, ACCUMULATOR);
}

/** Writes the public key (32 bytes) of a secret seed (32 bytes). */
export function ed25519PublicKey(out: usize, seed: usize): void {
  expand(seed);
  encodedMultiple(PUBLIC_KEY, EXPANDED);
  memory.copy(out, PUBLIC_KEY, 32);
  wipe();
}

/** Writes the deterministic signature (64 bytes) with a secret seed (32 bytes) on `length` bytes at `message`. */
export function ed25519Sign(out: usize, seed: usize, message: usize, length: u32): void {
  expand(seed);
  encodedMultiple(PUBLIC_KEY, EXPANDED);
  // r = SHA-512(prefix || message)
  sha512Init(HASH_STATE);
  sha512Update(HASH_STATE, EXPANDED + 32, 32);
  sha512Update(HASH_STATE, message, length);
  sha512Final(HASH_STATE, WIDE);
  reduceWide(NONCE, WIDE);
  encodedMultiple(SIGNATURE, NONCE);
  // S = r + SHA-512(R || A || message) a
  challenge(CHALLENGE, SIGNATURE, PUBLIC_KEY, message, length);
  multiplyAdd(SIGNATURE + 32, CHALLENGE, EXPANDED, NONCE);
  memory.copy(out, SIGNATURE, 64);
  wipe();
}
