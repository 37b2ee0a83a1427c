/**
 * Digests ordered lately, so that no transaction is ordered twice while it is remembered.
 *
 * A courtesy that keeps blocks free of repeats, not what makes execution happen once: that is the ledger's check of object
 * versions, which has no memory to lose. So it may be bounded, and may begin empty after a restart. It then holds less than it
 * did when a stored block was made, never more; so what was accepted once is accepted again.
 */
import { copy32 } from "../lib/bytes";
import { addNumber, findNumber, NOWHERE, openIndex, removeNumber } from "./sorted";
import { orderedArea } from "./state";

/** Digests remembered: 32 full blocks. A power of two. */
const CAPACITY: u32 = 16_384;

// Area: digests ever remembered (u64), 8 bytes unused, their index (sorted.ts), the digests.
const COUNT: usize = 0;
const INDEX: usize = 16;
const ENTRIES: usize = INDEX + 65_544;
const ENTRY_BYTES: usize = 32;

function open(): void {
  openIndex(orderedArea() + INDEX, orderedArea() + ENTRIES, ENTRY_BYTES);
}

export function wasOrdered(digest: usize): bool {
  open();
  return findNumber(digest) != NOWHERE;
}

/** Remembers a digest; in a full ring, in the place of the oldest. */
export function addOrdered(digest: usize): void {
  if (wasOrdered(digest)) return;
  const count = load<u64>(orderedArea(), COUNT);
  const number = <u32>count & (CAPACITY - 1);
  if (count >= CAPACITY) removeNumber(number);
  copy32(orderedArea() + ENTRIES + <usize>number * ENTRY_BYTES, digest);
  addNumber(number);
  store<u64>(orderedArea(), count + 1, COUNT);
}
