/**
 * What a block may hold: transactions that `verify` has passed, none twice, and at most one for each gas object, because of two
 * that pay with one object the second is dropped after ordering and pays nothing.
 *
 * Gas object ids are whatever a client wrote, so repeats are found by sorting, whose cost no choice of ids can raise.
 */
import { compare32, equal32 } from "../lib/bytes";
import {
  REJECT_ORDER_DUPLICATE_TRANSACTION,
  REJECT_ORDER_GAS_OBJECT_TWICE,
  REJECT_ORDER_UNVERIFIED_TRANSACTION,
} from "../wire/generated";
import { wasOrdered } from "./ordered";
import { ABSENT, findTransaction, gasCount, gasObject, poolSlot, SIGNATURES_DIGEST, TRANSACTION_BYTES } from "./pool";

/** MAX_BLOCK_TRANSACTIONS of TRANSACTION_BYTES: the transactions gathered last. */
const TRANSACTIONS: usize = memory.data(65536, 16);
/** Places of those that are not verified, u32 each. */
const MISSING: usize = memory.data(2048, 16);
/** A u64 for each slot of the pool: the gathering that took it last. */
const TAKEN: usize = memory.data(65536, 16);
/** MAX_POOL_GAS_OBJECTS of {address of the id u32, transaction's place in the block u32}. */
const GAS: usize = memory.data(262144, 16);
const PAIR_BYTES: usize = 8;

let gathering: u64 = 0;
let badIndex: u32 = 0;
let missing: u32 = 0;

/** Place in the block of the transaction that `gather` did not accept. */
export function rejectedIndex(): u32 {
  return badIndex;
}

/** The transactions gathered last, TRANSACTION_BYTES each. */
export function gathered(): usize {
  return TRANSACTIONS;
}

/** How many of a block's transactions `verify` has not passed, and their places. */
export function missingCount(): u32 {
  return missing;
}

export function missingPlace(index: u32): u32 {
  return load<u32>(MISSING + ((<usize>index) << 2));
}

/** Nothing was gathered. */
export function clearMissing(): void {
  missing = 0;
}

/** Looks up `count` digests, 32 bytes each, for a block of ours. Returns 0, or the code of a rejection. */
export function gatherOurs(digests: usize, count: u32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    badIndex = i;
    const digest = digests + <usize>i * 32;
    if (wasOrdered(digest)) return REJECT_ORDER_DUPLICATE_TRANSACTION;
    if (findTransaction(digest) == ABSENT) return REJECT_ORDER_UNVERIFIED_TRANSACTION;
  }
  return gather(digests, count, 32);
}

/**
 * Looks up a block's `count` transactions, at most MAX_BLOCK_TRANSACTIONS, at `stride` from each other: a digest and, if there is room for it, the
 * digest of its signatures. Returns 0, or the code of a rejection: REJECT_ORDER_UNVERIFIED_TRANSACTION when some are missing.
 */
export function gather(list: usize, count: u32, stride: usize): u32 {
  gathering++;
  missing = 0;
  for (let i: u32 = 0; i < count; i++) take(list + <usize>i * stride, i, stride > 32);
  if (missing > 0) return REJECT_ORDER_UNVERIFIED_TRANSACTION;
  let gasObjects: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    badIndex = i;
    const slot = findTransaction(list + <usize>i * stride);
    const taken = TAKEN + <usize>slot * 8;
    if (load<u64>(taken) == gathering) return REJECT_ORDER_DUPLICATE_TRANSACTION;
    store<u64>(taken, gathering);
    const objects = gasCount(slot);
    for (let k: u32 = 0; k < objects; k++) setPair(gasObjects++, <u32>gasObject(slot, k), i);
  }
  return gasObjectTwice(gasObjects) ? REJECT_ORDER_GAS_OBJECT_TWICE : 0;
}

/** Copies a transaction, or notes that it is missing: also when it was passed with other signatures. */
function take(digest: usize, place: u32, signatures: bool): void {
  const slot = findTransaction(digest);
  if (slot == ABSENT || (signatures && !equal32(poolSlot(slot) + SIGNATURES_DIGEST, digest + 32))) {
    store<u32>(MISSING + ((<usize>missing) << 2), place);
    missing++;
    return;
  }
  memory.copy(TRANSACTIONS + <usize>place * TRANSACTION_BYTES, poolSlot(slot), TRANSACTION_BYTES);
}

function pair(index: u32): usize {
  return GAS + <usize>index * PAIR_BYTES;
}

function setPair(index: u32, id: u32, place: u32): void {
  store<u32>(pair(index), id);
  store<u32>(pair(index), place, 4);
}

/** Order by id, then by place. */
function before(a: u64, b: u64): bool {
  const order = compare32(<usize>(<u32>a), <usize>(<u32>b));
  return order != 0 ? order < 0 : a >> 32 < b >> 32;
}

/** Moves the pair at `root` down into the heap of the first `length` pairs. */
function sift(root: u32, length: u32): void {
  const moving = load<u64>(pair(root));
  let hole = root;
  for (let child: u32 = 2 * hole + 1; child < length; child = 2 * hole + 1) {
    if (child + 1 < length && before(load<u64>(pair(child)), load<u64>(pair(child + 1)))) child++;
    const larger = load<u64>(pair(child));
    if (!before(moving, larger)) break;
    store<u64>(pair(hole), larger);
    hole = child;
  }
  store<u64>(pair(hole), moving);
}

/** Heapsort of the first `length` pairs. */
function sort(length: u32): void {
  for (let root = length / 2; root > 0; root--) sift(root - 1, length);
  for (let last = length; last > 1; last--) {
    const largest = load<u64>(pair(0));
    store<u64>(pair(0), load<u64>(pair(last - 1)));
    store<u64>(pair(last - 1), largest);
    sift(0, last - 1);
  }
}

/** Whether two of the first `length` pairs name one id; `badIndex` is then the least place at which an id comes again. */
function gasObjectTwice(length: u32): bool {
  sort(length);
  let least: u32 = u32.MAX_VALUE;
  for (let i: u32 = 1; i < length; i++) {
    const place = load<u32>(pair(i), 4);
    if (place < least && equal32(load<u32>(pair(i - 1)), load<u32>(pair(i)))) least = place;
  }
  if (least == u32.MAX_VALUE) return false;
  badIndex = least;
  return true;
}
