/**
 * Transactions that `verify` has passed, also those that are committed: another author's block may still hold them. A ring by age: when a place or the room for gas object ids is wanting,
 * the oldest fall out, and a host that still wants them ordered has them verified again. A block that is taken has its own copy of each.
 */
import { copy32 } from "../lib/bytes";
import { align8 } from "./layout";
import { addNumber, findNumber, indexLength, NOWHERE, openIndex, removeNumber } from "./sorted";
import * as state from "./state";

// Area: numbers of the oldest transaction and of the next, places of the oldest gas object and of the next (all u64, never
// falling; a place in a ring is the number modulo its size); index of the slots in use (sorted.ts); slots; gas object ids.
const FIRST: usize = 0;
const END: usize = 8;
const GAS_FIRST: usize = 16;
const GAS_END: usize = 24;
const INDEX: usize = 32;
const SLOT_BYTES: usize = 144;
const GAS_BYTES: usize = 32;

// Slot: digest, sender, gas owner, digest of the signatures, as in `CommittedTransaction`; then bookkeeping.
export const SIGNATURES_DIGEST: usize = 96;
const GAS_START: usize = 128;
const GAS_COUNT: usize = 136;

/** Bytes of digest, sender, gas owner and signatures digest together, at a slot's start. */
export const TRANSACTION_BYTES: usize = 128;

function capacity(): u32 {
  return state.number(state.POOL_TRANSACTIONS);
}

function gasCapacity(): u32 {
  return state.number(state.POOL_GAS_OBJECTS);
}

function indexBytes(): u64 {
  return align8(indexLength(capacity()));
}

export function poolBytes(): u64 {
  return INDEX + indexBytes() + capacity() * SLOT_BYTES + gasCapacity() * GAS_BYTES;
}

function poolArea(): usize {
  return state.part(state.POOL_AT);
}

function slots(): usize {
  return poolArea() + INDEX + <usize>indexBytes();
}

function gasObjects(): usize {
  return slots() + capacity() * SLOT_BYTES;
}

/** No transaction. */
export const ABSENT: u32 = NOWHERE;

/** Address of a slot: its first TRANSACTION_BYTES are the transaction as a commit names it. */
export function poolSlot(index: u32): usize {
  return slots() + <usize>index * SLOT_BYTES;
}

function open(): void {
  openIndex(poolArea() + INDEX, slots(), SLOT_BYTES);
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
  return gasObjects() + <usize>(number % gasCapacity()) * GAS_BYTES;
}

function dropOldest(): void {
  const area = poolArea();
  const number = load<u64>(area, FIRST);
  const slot = <u32>(number % capacity());
  open();
  removeNumber(slot);
  store<u64>(area, number + 1, FIRST);
  store<u64>(area, load<u64>(poolSlot(slot), GAS_START) + gasCount(slot), GAS_FIRST);
}

function full(wanted: u32): bool {
  const area = poolArea();
  if (load<u64>(area, END) - load<u64>(area, FIRST) >= capacity()) return true;
  return load<u64>(area, GAS_END) - load<u64>(area, GAS_FIRST) + wanted > gasCapacity();
}

/**
 * Adds a transaction: `transaction` addresses TRANSACTION_BYTES, `gasIds` 32 bytes each, at most MAX_GAS_OBJECTS of them.
 * One that is there gets the new signatures digest: a transaction may have several valid sets of signatures, and the last one
 * verified is the one a host must have at hand, since it can have the one it stored verified again.
 */
export function addTransaction(transaction: usize, gasIds: usize, count: u32): void {
  if (count > gasCapacity()) return;
  const area = poolArea();
  const known = findTransaction(transaction);
  if (known != ABSENT) {
    copy32(poolSlot(known) + SIGNATURES_DIGEST, transaction + SIGNATURES_DIGEST);
    return;
  }
  while (full(count)) dropOldest();
  const number = load<u64>(area, END);
  const slot = <u32>(number % capacity());
  const at = poolSlot(slot);
  const gasStart = load<u64>(area, GAS_END);
  memory.copy(at, transaction, TRANSACTION_BYTES);
  store<u64>(at, gasStart, GAS_START);
  store<u32>(at, count, GAS_COUNT);
  open();
  addNumber(slot);
  for (let i: u32 = 0; i < count; i++) copy32(gasPlace(gasStart + i), gasIds + <usize>i * 32);
  store<u64>(area, number + 1, END);
  store<u64>(area, gasStart + count, GAS_END);
}
