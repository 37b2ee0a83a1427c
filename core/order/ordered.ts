/**
 * Digests ordered lately, so that our own blocks repeat none while it is remembered.
 *
 * A courtesy, not what makes execution happen once: that is the ledger's check of object versions, which has no memory to lose. So it may be
 * bounded, may begin empty after a restart, and has no part in what is accepted or committed.
 */
import { copy32 } from "../lib/bytes";
import { align8 } from "./layout";
import { addNumber, findNumber, indexLength, NOWHERE, openIndex, removeNumber } from "./sorted";
import * as state from "./state";

// Area: digests ever remembered (u64), 8 bytes unused, their index (sorted.ts), the digests.
const COUNT: usize = 0;
const INDEX: usize = 16;
const ENTRY_BYTES: usize = 32;

function capacity(): u32 {
  return state.number(state.ORDERED_DIGESTS);
}

function indexBytes(): u64 {
  return align8(indexLength(capacity()));
}

export function orderedBytes(): u64 {
  return INDEX + indexBytes() + capacity() * ENTRY_BYTES;
}

function area(): usize {
  return state.part(state.ORDERED_AT);
}

function entries(): usize {
  return area() + INDEX + <usize>indexBytes();
}

function open(): void {
  openIndex(area() + INDEX, entries(), ENTRY_BYTES);
}

export function wasOrdered(digest: usize): bool {
  open();
  return findNumber(digest) != NOWHERE;
}

/** Remembers a digest; in a full ring, in the place of the oldest. */
export function addOrdered(digest: usize): void {
  if (wasOrdered(digest)) return;
  const count = load<u64>(area(), COUNT);
  const number = <u32>(count % capacity());
  if (count >= capacity()) removeNumber(number);
  copy32(entries() + <usize>number * ENTRY_BYTES, digest);
  addNumber(number);
  store<u64>(area(), count + 1, COUNT);
}
