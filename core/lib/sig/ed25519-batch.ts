/**
 * Many Ed25519 signatures at once. One sum of multiples tells whether all of them are valid, for half the work of looking at each:
 *
 *   8 (sum z S) B - 8 sum z R - 8 sum (z k) A = sum z D = 0, where D = 8 (S B - R - k A) is zero exactly for a valid signature
 *
 * (Bernstein, Duif, Lange, Schwabe, Yang, "High-speed high-security signatures", section 5). As ZIP-215 clears the cofactor in single
 * verification too, no point's order makes a difference: valid signatures always pass together. When the sum is not zero, each signature
 * is looked at alone; so every verdict is the one that `ed25519Verify` gives.
 *
 * The factors z keep invalid signatures from cancelling out. They are 128 bits each of a hash of all that the D depend on, instead of random, for the core has no
 * entropy to spend and must decide alike everywhere. That is as good: every D lies in the group of prime order L > 2^128, so for given D that
 * are not all zero at most one z in 2^128 makes the sum zero, whatever the others are; and nobody knows a z before all D are fixed, since any
 * change in any signature, key or message changes all of them. Somebody who looks for a batch that passes wrongly needs about 2^128 attempts of a
 * hash each, as many as the security of the signature itself promises.
 */
import { blake2b256, blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
import { challenge, ed25519Verify } from "./ed25519";
import {
  addBase,
  addBaseSplit,
  addMultiple,
  BASE_WINDOW,
  decompressBoth,
  double,
  isSmallOrder,
  negatePoint,
  POINT_BYTES,
  setIdentity,
  tabulate,
} from "./ed25519-public";
import { isCanonical, multiplyAdd } from "./scalar25519";
import { split } from "./scalar25519-halve";
import { signedDigits } from "./signed-digits";

/** Most signatures of one call: the scratch below is laid out for them. */
export const ED25519_BATCH_MAX: u32 = 64;
/** What stands for a signature in a list of them: addresses of the signature (64 bytes), the key (32 bytes) and the message, and the message's length; u32 each. */
export const ED25519_ITEM_BYTES: usize = 16;
const KEY: usize = 4;
const MESSAGE: usize = 8;
const LENGTH: usize = 12;

/** Fewer than this are faster one by one. */
const LEAST: u32 = 2;

/** For each item a line for -R and one for -A: their factors' digits, and a table of odd multiples. */
const LINES: usize = 128;
const WINDOW: i32 = 5;
const MULTIPLES: usize = 8;
const TABLE_BYTES: usize = MULTIPLES * POINT_BYTES;
const TABLES: usize = memory.data(163_840, 16);
/** Digits of one position lie side by side: 256 positions of LINES bytes. */
const POSITIONS: i32 = 256;
const DIGITS_BYTES: usize = 32_768;
const DIGITS: usize = memory.data(32_768, 16);
/** Digits of the base point's factor, split in two as `split` does. */
const BASE_DIGITS_BYTES: usize = 256;
const BASE_DIGITS: usize = memory.data(256, 16);
const BASE_LANES: usize = 2;

const COMMITMENT: usize = memory.data(160, 16);
const KEY_POINT: usize = memory.data(160, 16);
const SUM: usize = memory.data(160, 16);
/** A challenge for each item, and which items take part. */
const CHALLENGES: usize = memory.data(2_048, 16);
const TAKES_PART: usize = memory.data(64, 16);
/** A streaming hash, BLAKE2B_STATE_BYTES; what it comes to, and the number of an item behind it. */
const TRANSCRIPT: usize = memory.data(208, 16);
const SEED: usize = memory.data(36, 16);
const SEED_BYTES: usize = 32;
/** A factor z of 128 bits, as a scalar of 32 bytes. */
const FACTOR: usize = memory.data(32, 16);
const FACTOR_BYTES: usize = 16;
const SCALAR: usize = memory.data(32, 16);
const BASE_FACTOR: usize = memory.data(32, 16);
const ZERO: usize = memory.data(32, 16);

/**
 * Writes a byte for each of `count` signatures (more than ED25519_BATCH_MAX are verified one by one): 1 for one that is valid under ZIP-215, 0 for others. `items`: ED25519_ITEM_BYTES
 * for each. Returns whether all are valid.
 */
export function ed25519VerifyBatch(verdicts: usize, items: usize, count: u32): bool {
  const fits = count >= LEAST && count <= ED25519_BATCH_MAX;
  if (!fits || !ed25519SumIsZero(items, count)) return verifyEach(verdicts, items, count);
  memory.copy(verdicts, TAKES_PART, count);
  for (let i: u32 = 0; i < count; i++) if (load<u8>(TAKES_PART + i) == 0) return false;
  return true;
}

function verifyEach(verdicts: usize, items: usize, count: u32): bool {
  let invalid: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const item = items + <usize>i * ED25519_ITEM_BYTES;
    const valid = ed25519Verify(
      load<u32>(item),
      load<u32>(item, KEY),
      load<u32>(item, MESSAGE),
      load<u32>(item, LENGTH),
    );
    store<u8>(verdicts + i, valid ? 1 : 0);
    if (!valid) invalid++;
  }
  return invalid == 0;
}

/** Whether sum z D is zero over the items that can be valid at all, which TAKES_PART then names. For tests: nothing else needs to know. */
export function ed25519SumIsZero(items: usize, count: u32): bool {
  memory.fill(DIGITS, 0, DIGITS_BYTES);
  blake2b256Init(TRANSCRIPT);
  for (let i: u32 = 0; i < count; i++)
    store<u8>(TAKES_PART + i, prepare(items + <usize>i * ED25519_ITEM_BYTES, i) ? 1 : 0);
  blake2b256Final(TRANSCRIPT, SEED);
  memory.copy(BASE_FACTOR, ZERO, 32);
  for (let i: u32 = 0; i < count; i++) {
    if (load<u8>(TAKES_PART + i) != 0) weigh(items + <usize>i * ED25519_ITEM_BYTES, i);
  }
  split(BASE_FACTOR, BASE_FACTOR);
  memory.fill(BASE_DIGITS, 0, BASE_DIGITS_BYTES);
  signedDigits(BASE_DIGITS, BASE_LANES, BASE_FACTOR, 2, BASE_WINDOW);
  signedDigits(BASE_DIGITS + 1, BASE_LANES, BASE_FACTOR + 16, 2, BASE_WINDOW);
  add(2 * count);
  return isSmallOrder(SUM);
}

/** Tables, challenge and transcript of one item. False: its S is not canonical, or R or A is no point, so that it is invalid. */
function prepare(item: usize, index: u32): bool {
  const signature: usize = load<u32>(item);
  const key: usize = load<u32>(item, KEY);
  if (!isCanonical(signature + 32) || !decompressBoth(KEY_POINT, key, COMMITMENT, signature)) return false;
  negatePoint(COMMITMENT);
  negatePoint(KEY_POINT);
  const table = TABLES + <usize>index * 2 * TABLE_BYTES;
  tabulate(table, COMMITMENT, MULTIPLES);
  tabulate(table + TABLE_BYTES, KEY_POINT, MULTIPLES);
  const k = challengeOf(index);
  challenge(k, signature, key, load<u32>(item, MESSAGE), load<u32>(item, LENGTH));
  blake2b256Update(TRANSCRIPT, signature, 64);
  blake2b256Update(TRANSCRIPT, key, 32);
  blake2b256Update(TRANSCRIPT, k, 32);
  return true;
}

function challengeOf(index: u32): usize {
  return CHALLENGES + ((<usize>index) << 5);
}

/** Digits of the item's factors, z for -R and z k for -A; adds z S to the base point's. */
function weigh(item: usize, index: u32): void {
  store<u32>(SEED + SEED_BYTES, index);
  blake2b256(SCALAR, SEED, <u32>SEED_BYTES + 4);
  memory.copy(FACTOR, SCALAR, FACTOR_BYTES);
  multiplyAdd(BASE_FACTOR, FACTOR, <usize>load<u32>(item) + 32, BASE_FACTOR);
  multiplyAdd(SCALAR, FACTOR, challengeOf(index), ZERO);
  const line = DIGITS + 2 * <usize>index;
  signedDigits(line, LINES, FACTOR, 4, WINDOW);
  signedDigits(line + 1, LINES, SCALAR, 4, WINDOW);
}

/** SUM = all lines' and the base point's multiples, all factors sharing the doublings. */
function add(lines: u32): void {
  setIdentity(SUM);
  for (let position = POSITIONS - 1; position >= 0; position--) {
    double(SUM);
    const digits = DIGITS + <usize>position * LINES;
    for (let line: u32 = 0; line < lines; line++) {
      const digit: i32 = load<i8>(digits + line);
      if (digit != 0) addMultiple(SUM, TABLES + <usize>line * TABLE_BYTES, digit);
    }
    if (position < <i32>(BASE_DIGITS_BYTES / BASE_LANES)) addBaseDigits(BASE_DIGITS + <usize>position * BASE_LANES);
  }
}

function addBaseDigits(at: usize): void {
  const low: i32 = load<i8>(at);
  if (low != 0) addBase(SUM, low);
  const high: i32 = load<i8>(at, 1);
  if (high != 0) addBaseSplit(SUM, high);
}
