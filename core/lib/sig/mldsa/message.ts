/**
 * What is signed: the message representative mu, which is public, and the challenge hash. The hash and w1 of an attempt that
 * signing throws away are not published; nothing here branches on them.
 */
import { absorb, shake256Init, shakeFinish, squeeze } from "../../hash/keccak";
import { packedBytes, simpleBitPack } from "./packing";
import { challengeBytes, HASH_BYTES, MAX_CONTEXT_BYTES, rows, w1Bits } from "./parameters";
import { MU, PAIR, SPONGE, W1 } from "./scratch";

/** Domain separator of a message that was not hashed first (FIPS 204, algorithms 2 and 3, lines 10 and 5). */
const PURE: u32 = 0;

/** MU = H(tr, 0, |context|, context, message), 64 bytes. False if the context is too long. */
export function messageRepresentative(
  tr: usize,
  message: usize,
  length: u32,
  context: usize,
  contextLength: u32,
): bool {
  if (contextLength > MAX_CONTEXT_BYTES) return false;
  shake256Init(SPONGE);
  absorb(SPONGE, tr, HASH_BYTES);
  store<u8>(PAIR, PURE);
  store<u8>(PAIR, contextLength, 1);
  absorb(SPONGE, PAIR, 2);
  absorb(SPONGE, context, contextLength);
  absorb(SPONGE, message, length);
  shakeFinish(SPONGE);
  squeeze(SPONGE, MU, HASH_BYTES);
  return true;
}

/** Appends row `i` of w1, whose coefficients lie in `polynomial`, to the encoding at W1 (w1Encode, algorithm 28). */
export function encodeW1Row(set: usize, i: usize, polynomial: usize): void {
  simpleBitPack(W1 + i * packedBytes(w1Bits(set)), polynomial, w1Bits(set));
}

/** to = H(mu, w1), of challengeBytes. */
export function challengeHash(set: usize, to: usize, mu: usize): void {
  shake256Init(SPONGE);
  absorb(SPONGE, mu, HASH_BYTES);
  absorb(SPONGE, W1, rows(set) * packedBytes(w1Bits(set)));
  shakeFinish(SPONGE);
  squeeze(SPONGE, to, challengeBytes(set));
}
