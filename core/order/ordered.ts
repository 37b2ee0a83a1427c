/**
 * Digests ordered lately, so that no transaction is ordered twice while it is remembered.
 *
 * A courtesy that keeps blocks free of repeats, not what makes execution happen once: that is the ledger's check of object
 * versions, which has no memory to lose. So it may be bounded, and may begin empty after a restart. It then holds less than it
 * did when a stored block was made, never more; so what was accepted once is accepted again.
 */
import { copy32, equal32 } from "../lib/bytes";
import { orderedArea } from "./state";

/** Digests remembered: 32 full blocks. A power of two. */
const CAPACITY: u32 = 16_384;
const BUCKETS: u32 = 16_384;

// Area: digests ever remembered (u64), 8 bytes unused, heads of the chains (entry + 1, u32), entries.
const COUNT: usize = 0;
const HEADS: usize = 16;
const ENTRIES: usize = HEADS + 65_536;
// Entry: digest, next in its chain (entry + 1, u32), 4 bytes unused.
const ENTRY_BYTES: usize = 40;
const LINK: usize = 32;

function entry(index: u32): usize {
  return orderedArea() + ENTRIES + <usize>index * ENTRY_BYTES;
}

/** Digests are outputs of a hash. Whoever grinds them into one bucket makes a search walk the whole ring, no more. */
function head(digest: usize): usize {
  return orderedArea() + HEADS + <usize>(load<u32>(digest) & (BUCKETS - 1)) * 4;
}

export function wasOrdered(digest: usize): bool {
  let link = load<u32>(head(digest));
  for (let steps: u32 = 0; link != 0 && steps < CAPACITY; steps++) {
    const at = entry(link - 1);
    if (equal32(at, digest)) return true;
    link = load<u32>(at, LINK);
  }
  return false;
}

/** Takes an entry out of its chain. */
function forget(index: u32): void {
  let from = head(entry(index));
  for (let steps: u32 = 0; steps < CAPACITY; steps++) {
    const link = load<u32>(from);
    if (link == 0) return;
    const at = entry(link - 1);
    if (link == index + 1) {
      store<u32>(from, load<u32>(at, LINK));
      return;
    }
    from = at + LINK;
  }
}

/** Remembers a digest; in a full ring, in the place of the oldest. */
export function addOrdered(digest: usize): void {
  if (wasOrdered(digest)) return;
  const count = load<u64>(orderedArea(), COUNT);
  const index = <u32>count & (CAPACITY - 1);
  if (count >= CAPACITY) forget(index);
  const at = entry(index);
  const from = head(digest);
  copy32(at, digest);
  store<u32>(at, load<u32>(from), LINK);
  store<u32>(from, index + 1);
  store<u64>(orderedArea(), count + 1, COUNT);
}
