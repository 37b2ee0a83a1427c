/** Digests of the blocks and checkpoints that `verify` has passed and nobody has used yet: two rings, the oldest dropped first. */
import { clear32, copy32, equal32 } from "../lib/bytes";
import * as state from "./state";

// Ring: place of the next digest (u32), 12 bytes unused, then the digests. A free place holds zero, which is the digest of nothing.
const NEXT: usize = 0;
const ITEMS: usize = 16;

export function ringBytes(): u64 {
  return ITEMS + <u64>state.number(state.VERIFIED_ITEMS) * 32;
}

export function blocksRing(): usize {
  return state.part(state.VERIFIED_AT);
}

export function checkpointsRing(): usize {
  return blocksRing() + <usize>ringBytes();
}

function item(ring: usize, place: u32): usize {
  return ring + ITEMS + <usize>place * 32;
}

function find(ring: usize, digest: usize): i32 {
  for (let place: u32 = 0; place < state.number(state.VERIFIED_ITEMS); place++) {
    if (equal32(item(ring, place), digest)) return <i32>place;
  }
  return -1;
}

/** Remembers a digest; in a full ring, in the place of the oldest. */
export function addVerified(ring: usize, digest: usize): void {
  if (find(ring, digest) >= 0) return;
  const place = load<u32>(ring, NEXT) % state.number(state.VERIFIED_ITEMS);
  copy32(item(ring, place), digest);
  store<u32>(ring, place + 1, NEXT);
}

export function isVerified(ring: usize, digest: usize): bool {
  return find(ring, digest) >= 0;
}

/** Forgets a digest that was used. */
export function removeVerified(ring: usize, digest: usize): void {
  const place = find(ring, digest);
  if (place >= 0) clear32(item(ring, place));
}
