/**
 * Transactions that `verify` has passed and no block holds yet. A ring by age: when a place or the room for gas object ids is
 * wanting, the oldest fall out, and a host that still wants them ordered has them verified again.
 */
import { copy32, equal32 } from "../lib/bytes";
import { MAX_POOL_TRANSACTIONS } from "../wire/generated";
import { poolArea } from "./state";

/** Gas object ids of all transactions of the pool. A power of two; most transactions have one, none more than 256. */
export const MAX_POOL_GAS_OBJECTS: u32 = 32_768;
const BUCKETS: u32 = 16_384;

// Area: numbers of the oldest transaction and of the next, places of the oldest gas object and of the next (all u64, never
// falling; a place in a ring is the number modulo its size); heads of the chains (slot + 1, u32); slots; gas object ids.
const FIRST: usize = 0;
const END: usize = 8;
const GAS_FIRST: usize = 16;
const GAS_END: usize = 24;
const HEADS: usize = 32;
const SLOTS: usize = HEADS + 65_536;
const SLOT_BYTES: usize = 152;
const GAS: usize = SLOTS + 1_245_184;

// Slot: digest, sender, gas owner, digest of the signatures, as in `CommittedTransaction`; then bookkeeping.
const SIGNATURES_DIGEST: usize = 96;
const GAS_START: usize = 128;
const GAS_COUNT: usize = 136;
const LINK: usize = 140;
const PRESENT: usize = 144;

/** Bytes of digest, sender, gas owner and signatures digest together, at a slot's start. */
export const TRANSACTION_BYTES: usize = 128;

/** No transaction. */
export const ABSENT: u32 = 0xffff_ffff;

/** Address of a slot: its first TRANSACTION_BYTES are the transaction as a commit names it. */
export function poolSlot(index: u32): usize {
  return poolArea() + SLOTS + <usize>index * SLOT_BYTES;
}

/** See the note at `head` of ordered.ts. */
function head(digest: usize): usize {
  return poolArea() + HEADS + <usize>(load<u32>(digest) & (BUCKETS - 1)) * 4;
}

/** Slot of a transaction, or ABSENT. */
export function findTransaction(digest: usize): u32 {
  let link = load<u32>(head(digest));
  for (let steps: u32 = 0; link != 0 && steps < MAX_POOL_TRANSACTIONS; steps++) {
    const at = poolSlot(link - 1);
    if (equal32(at, digest)) return link - 1;
    link = load<u32>(at, LINK);
  }
  return ABSENT;
}

export function gasCount(slot: u32): u32 {
  return load<u32>(poolSlot(slot), GAS_COUNT);
}

/** Address of a gas object's id, 32 bytes. */
export function gasObject(slot: u32, index: u32): usize {
  return gasPlace(load<u64>(poolSlot(slot), GAS_START) + index);
}

function gasPlace(number: u64): usize {
  return poolArea() + GAS + <usize>(<u32>number & (MAX_POOL_GAS_OBJECTS - 1)) * 32;
}

/** Takes a transaction out. Its place is used again when all older ones have left. */
export function removeTransaction(slot: u32): void {
  const at = poolSlot(slot);
  if (load<u32>(at, PRESENT) == 0) return;
  store<u32>(at, 0, PRESENT);
  let from = head(at);
  for (let steps: u32 = 0; steps < MAX_POOL_TRANSACTIONS; steps++) {
    const link = load<u32>(from);
    if (link == 0) return;
    const found = poolSlot(link - 1);
    if (link == slot + 1) {
      store<u32>(from, load<u32>(found, LINK));
      return;
    }
    from = found + LINK;
  }
}

function dropOldest(): void {
  const area = poolArea();
  const number = load<u64>(area, FIRST);
  const slot = <u32>number & (MAX_POOL_TRANSACTIONS - 1);
  removeTransaction(slot);
  store<u64>(area, number + 1, FIRST);
  store<u64>(area, load<u64>(poolSlot(slot), GAS_START) + gasCount(slot), GAS_FIRST);
}

function full(gasObjects: u32): bool {
  const area = poolArea();
  if (load<u64>(area, END) - load<u64>(area, FIRST) >= MAX_POOL_TRANSACTIONS) return true;
  return load<u64>(area, GAS_END) - load<u64>(area, GAS_FIRST) + gasObjects > MAX_POOL_GAS_OBJECTS;
}

/**
 * Adds a transaction: `transaction` addresses TRANSACTION_BYTES, `gasObjects` 32 bytes each, at most MAX_GAS_OBJECTS of them.
 * One that is there gets the new signatures digest: a transaction may have several valid sets of signatures, and the last one
 * verified is the one a host must have at hand, since it can have the one it stored verified again.
 */
export function addTransaction(transaction: usize, gasObjects: usize, count: u32): void {
  const area = poolArea();
  const known = findTransaction(transaction);
  if (known != ABSENT) {
    copy32(poolSlot(known) + SIGNATURES_DIGEST, transaction + SIGNATURES_DIGEST);
    return;
  }
  for (let i: u32 = 0; i < MAX_POOL_TRANSACTIONS && full(count); i++) dropOldest();
  const number = load<u64>(area, END);
  const slot = <u32>number & (MAX_POOL_TRANSACTIONS - 1);
  const at = poolSlot(slot);
  const gasStart = load<u64>(area, GAS_END);
  const from = head(transaction);
  memory.copy(at, transaction, TRANSACTION_BYTES);
  store<u64>(at, gasStart, GAS_START);
  store<u32>(at, count, GAS_COUNT);
  store<u32>(at, load<u32>(from), LINK);
  store<u32>(at, 1, PRESENT);
  store<u32>(from, slot + 1);
  for (let i: u32 = 0; i < count; i++) copy32(gasPlace(gasStart + i), gasObjects + <usize>i * 32);
  store<u64>(area, number + 1, END);
  store<u64>(area, gasStart + count, GAS_END);
}
