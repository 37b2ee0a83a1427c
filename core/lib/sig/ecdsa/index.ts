/**
 * ECDSA over secp256k1 and secp256r1 (FIPS 186-5, section 6.4.2), verification only, by the rules of upstream's fastcrypto
 * (MystenLabs/fastcrypto at 5f2c63266a065996d53f98156f0412782b468597, fastcrypto/src/secp256k1/mod.rs and secp256r1/mod.rs): r and s as 32
 * big-endian bytes each, both at least 1, r below n, s at most (n - 1) / 2, so that nobody can make another signature of a given one.
 *
 * Works on public values; time depends on them.
 */
import { EXCESS, HALF_ORDER, INVERSE_EXPONENT, K1, ORDER, R1 } from "./generated-curves";
import { fromWords, K1_ORDER, multiply, power, R1_ORDER, select, toWords } from "./modular";
import { sumOfMultiples } from "./multiply";
import { decode, hasX, isNeutral, useCurve } from "./point";
import { fromBigEndian, less, sum } from "./words";

export const ECDSA_SIGNATURE_BYTES: u32 = 64;
export const ECDSA_PUBLIC_KEY_BYTES: u32 = 33;

const FIRST: usize = memory.data(32, 16);
const SECOND: usize = memory.data(32, 16);
const HASH: usize = memory.data(32, 16);
const ZERO: usize = memory.data(32, 16);
const INVERSE: usize = memory.data(40, 16);
const ELEMENT: usize = memory.data(40, 16);
const KEY: usize = memory.data(128, 16);
const RESULT: usize = memory.data(128, 16);

/** Whether `signature` (64 bytes) on the hash of 32 bytes is valid for `publicKey` (33 bytes, compressed) on secp256k1. */
export function secp256k1Verify(signature: usize, publicKey: usize, hash: usize): bool {
  return verify(K1, K1_ORDER, signature, publicKey, hash);
}

/** Whether `signature` (64 bytes) on the hash of 32 bytes is valid for `publicKey` (33 bytes, compressed) on secp256r1. */
export function secp256r1Verify(signature: usize, publicKey: usize, hash: usize): bool {
  return verify(R1, R1_ORDER, signature, publicKey, hash);
}

function verify(curve: usize, order: u32, signature: usize, publicKey: usize, hash: usize): bool {
  const r = FIRST;
  const s = SECOND;
  fromBigEndian(r, signature);
  fromBigEndian(s, signature + 32);
  fromBigEndian(HASH, hash);
  if (!less(ZERO, r) || !less(r, curve + ORDER)) return false;
  if (!less(ZERO, s) || less(curve + HALF_ORDER, s)) return false;
  useCurve(curve);
  if (!decode(KEY, publicKey)) return false;

  // u = hash / s and v = r / s, modulo n.
  select(order);
  fromWords(ELEMENT, s);
  power(INVERSE, ELEMENT, curve + INVERSE_EXPONENT);
  quotient(HASH, HASH);
  quotient(SECOND, r);

  useCurve(curve);
  sumOfMultiples(RESULT, HASH, SECOND, KEY);
  if (isNeutral(RESULT)) return false;
  // x modulo n is r: x is r, or r + n where that is below p.
  if (hasX(RESULT, r)) return true;
  if (!less(r, curve + EXCESS)) return false;
  sum(r, r, curve + ORDER);
  return hasX(RESULT, r);
}

/** out = words INVERSE modulo n. */
function quotient(out: usize, words: usize): void {
  fromWords(ELEMENT, words);
  multiply(ELEMENT, ELEMENT, INVERSE);
  toWords(out, ELEMENT);
}
