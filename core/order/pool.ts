/**
 * Transactions that `verify` has passed and no block holds yet. A ring by age: when a place or the room for gas object ids is
 * wanting, the oldest fall out, and a host that still wants them ordered has them verified again.
 */
import { copy32 } from "../lib/bytes";
import { MAX_POOL_TRANSACTIONS } from "../wire/generated";
import { addNumber, findNumber, NOWHERE, openIndex, removeNumber } from "./sorted";
import { poolArea } from "./state";

/** Gas object ids of all transactions of the pool. A power of two; most transactions have one, none more than 256. */
export const MAX_POOL_GAS_OBJECTS: u32 = 32_768;

// Area: numbers of the oldest transaction and of the next, places of the oldest gas object and of the next (all u64, never
// falling; a place in a ring is the number modulo its size); index of the slots in use (sorted.ts); slots; gas object ids.
const FIRST: usize = 0;
const END: usize = 8;
const GAS_FIRST: usize = 16;
const GAS_END: usize = 24;
const INDEX: usize = 32;
const SLOTS: usize = INDEX + 32_776;
const SLOT_BYTES: usize = 144;
const GAS: usize = SLOTS + 1_179_648;

// Slot: digest, sender, gas owner, digest of the signatures, as in `CommittedTransaction`; then bookkeeping.
const SIGNATURES_DIGEST: usize = 96;
const GAS_START: usize = 128;
const GAS_COUNT: usize = 136;
const PRESENT: usize = 140;

/** Bytes of digest, sender, gas owner and signatures digest together, at a slot's start. */
export const TRANSACTION_BYTES: usize = 128;

/** No transaction. */
export const ABSENT: u32 = NOWHERE;

/** Address of a slot: its first TRANSACTION_BYTES are the transaction as a commit names it. */
export function poolSlot(index: u32): usize {
  return poolArea() + SLOTS + <usize>index * SLOT_BYTES;
}

function open(): void {
  openIndex(poolArea() + INDEX, poolArea() + SLOTS, SLOT_BYTES);
}

/** Slot of a transaction, or ABSENT. */
export function findTransaction(digest: usize): u32 {
  open();
  return findNumber(digest);
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
  open();
  removeNumber(slot);
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
  memory.copy(at, transaction, TRANSACTION_BYTES);
  store<u64>(at, gasStart, GAS_START);
  store<u32>(at, count, GAS_COUNT);
  store<u32>(at, 1, PRESENT);
  open();
  addNumber(slot);
  for (let i: u32 = 0; i < count; i++) copy32(gasPlace(gasStart + i), gasObjects + <usize>i * 32);
  store<u64>(area, number + 1, END);
  store<u64>(area, gasStart + count, GAS_END);
}
