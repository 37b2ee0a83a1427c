/** What belongs to the running transaction as a whole: its digest and the ids it has made. */
import { transactionDigest } from "../lib/iota/transaction";
import { REJECT_DROP_VALUES_TOO_LARGE } from "../wire/generated";
import { drop } from "./drop";
import { ARENA_BYTES } from "./values";

const DIGEST: usize = memory.data(32, 16);

let idCount: u64 = 0;
let newIds: u32 = 0;

/** Begins the transaction of these bytes. */
export function openContext(bytes: usize, length: u32): void {
  transactionDigest(DIGEST, bytes, length);
  idCount = 0;
  newIds = 0;
}

/** The transaction's digest, 32 bytes. */
export function transactionHash(): usize {
  return DIGEST;
}

/** The number from which the next created id is derived; it never goes back. */
export function nextIdCount(): u64 {
  newIds++;
  return idCount++;
}

/** Created ids that are not gone again. */
export function liveNewIds(): u32 {
  return newIds;
}

export function forgetNewId(): void {
  newIds--;
}

/** A table or the arena is full: the same for every node, so the transaction is dropped. */
export function outOfMemory(): void {
  drop(REJECT_DROP_VALUES_TOO_LARGE, 0, ARENA_BYTES, 0);
}
