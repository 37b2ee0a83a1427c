/**
 * Commits in the order that `order` gave them: the first is the open one or the next to open, up to 64 wait behind it.
 *
 * `order` may run ahead of the host, never the other way round. What does not fit is not taken, and nothing after it either, for a
 * commit must continue the last one taken: the ledger then stops at that commit, applies nothing out of order, and the core is rebooted
 * through `install`. The host, whose proposals make the commits, keeps clear of that by not proposing while commits wait.
 *
 * A commit, COMMIT_BYTES: index u64, round u64, timestamp u64, commit digest, leader block, slot of its first transaction u32,
 * count u32, length of `order`'s resume state u32, its bytes, whether it ends the epoch u32.
 * A transaction, TRANSACTION_BYTES: digest, sender, gas owner, digest of its signatures.
 */
import { copy32, equal32 } from "../lib/bytes";
import * as state from "./state";

const INDEX: usize = 0;
const ROUND: usize = 8;
const TIMESTAMP: usize = 16;
const COMMIT_DIGEST: usize = 24;
const LEADER_BLOCK: usize = 56;
const FIRST: usize = 88;
const COUNT: usize = 92;
const RESUME_LENGTH: usize = 96;
const RESUME: usize = 100;
/** After MAX_RESUME_BYTES of it. */
const ENDS_EPOCH: usize = 920;

const SENDER: usize = 32;
const GAS_OWNER: usize = 64;
const SIGNATURES_DIGEST: usize = 96;

/** Index of the commit after the last one taken. */
export function nextIndex(): u64 {
  return load<u64>(state.NEXT_COMMIT) + load<u32>(state.COMMITS_COUNT);
}

/** True when a commit of so many transactions fits. */
export function hasRoom(transactions: u32): bool {
  return (
    load<u32>(state.COMMITS_COUNT) < state.COMMIT_SLOTS &&
    state.TRANSACTION_SLOTS - load<u32>(state.TRANSACTIONS_COUNT) >= transactions
  );
}

/** Takes a commit, for which there is room: its 32-byte fields and `resume` by address, `transactions` as TRANSACTION_BYTES each. */
export function push(
  index: u64,
  round: u64,
  timestamp: u64,
  commitDigest: usize,
  leaderBlock: usize,
  resume: usize,
  resumeLength: u32,
  endsEpoch: bool,
  transactions: usize,
  count: u32,
): void {
  const waiting = load<u32>(state.COMMITS_COUNT);
  const used = load<u32>(state.TRANSACTIONS_COUNT);
  const first = (load<u32>(state.TRANSACTIONS_HEAD) + used) % state.TRANSACTION_SLOTS;
  const at = commitSlot((load<u32>(state.COMMITS_HEAD) + waiting) % state.COMMIT_SLOTS);
  store<u64>(at, index, INDEX);
  store<u64>(at, round, ROUND);
  store<u64>(at, timestamp, TIMESTAMP);
  copy32(at + COMMIT_DIGEST, commitDigest);
  copy32(at + LEADER_BLOCK, leaderBlock);
  store<u32>(at, first, FIRST);
  store<u32>(at, count, COUNT);
  store<u32>(at, resumeLength, RESUME_LENGTH);
  memory.copy(at + RESUME, resume, resumeLength);
  store<u32>(at, endsEpoch ? 1 : 0, ENDS_EPOCH);
  for (let i: u32 = 0; i < count; i++) {
    const from = transactions + <usize>i * state.TRANSACTION_BYTES;
    memory.copy(transactionSlot((first + i) % state.TRANSACTION_SLOTS), from, state.TRANSACTION_BYTES);
  }
  store<u32>(state.COMMITS_COUNT, waiting + 1);
  store<u32>(state.TRANSACTIONS_COUNT, used + count);
}

/** Appends a transaction of TRANSACTION_BYTES to the first commit, which no other waits behind, and for which room was left. */
export function append(transaction: usize): void {
  const count = transactionCount();
  const slot = (load<u32>(first(), FIRST) + count) % state.TRANSACTION_SLOTS;
  memory.copy(transactionSlot(slot), transaction, state.TRANSACTION_BYTES);
  store<u32>(first(), count + 1, COUNT);
  store<u32>(state.TRANSACTIONS_COUNT, load<u32>(state.TRANSACTIONS_COUNT) + 1);
}

/** Forgets the first commit. */
export function pop(): void {
  const head = load<u32>(state.COMMITS_HEAD);
  const count = transactionCount();
  store<u32>(state.TRANSACTIONS_HEAD, (load<u32>(state.TRANSACTIONS_HEAD) + count) % state.TRANSACTION_SLOTS);
  store<u32>(state.TRANSACTIONS_COUNT, load<u32>(state.TRANSACTIONS_COUNT) - count);
  store<u32>(state.COMMITS_HEAD, (head + 1) % state.COMMIT_SLOTS);
  store<u32>(state.COMMITS_COUNT, load<u32>(state.COMMITS_COUNT) - 1);
}

export function isEmpty(): bool {
  return load<u32>(state.COMMITS_COUNT) == 0;
}

// Of the first commit.

export function commitIndex(): u64 {
  return load<u64>(first(), INDEX);
}

export function commitRound(): u64 {
  return load<u64>(first(), ROUND);
}

export function commitTimestamp(): u64 {
  return load<u64>(first(), TIMESTAMP);
}

export function commitDigest(): usize {
  return first() + COMMIT_DIGEST;
}

export function leaderBlock(): usize {
  return first() + LEADER_BLOCK;
}

/** At most MAX_RESUME_BYTES. */
export function resume(): usize {
  return first() + RESUME;
}

export function resumeLength(): u32 {
  return load<u32>(first(), RESUME_LENGTH);
}

export function endsEpoch(): bool {
  return load<u32>(first(), ENDS_EPOCH) != 0;
}

export function transactionCount(): u32 {
  return load<u32>(first(), COUNT);
}

/** Digest of the transaction at `place`, below `transactionCount()`. */
export function transactionDigest(place: u32): usize {
  return transactionSlot((load<u32>(first(), FIRST) + place) % state.TRANSACTION_SLOTS);
}

export function transactionSender(place: u32): usize {
  return transactionDigest(place) + SENDER;
}

export function transactionGasOwner(place: u32): usize {
  return transactionDigest(place) + GAS_OWNER;
}

export function signaturesDigest(place: u32): usize {
  return transactionDigest(place) + SIGNATURES_DIGEST;
}

/** Place of the transaction with this digest among those not applied yet, or -1. */
export function findPlace(digest: usize): i32 {
  const count = transactionCount();
  let slot = (load<u32>(first(), FIRST) + load<u32>(state.APPLIED)) % state.TRANSACTION_SLOTS;
  for (let place = load<u32>(state.APPLIED); place < count; place++) {
    const at = transactionSlot(slot);
    if (equal32(at, digest)) return <i32>place;
    slot = slot + 1 == state.TRANSACTION_SLOTS ? 0 : slot + 1;
  }
  return -1;
}

function first(): usize {
  return commitSlot(load<u32>(state.COMMITS_HEAD));
}

function commitSlot(slot: u32): usize {
  return state.COMMITS + <usize>slot * state.COMMIT_BYTES;
}

function transactionSlot(slot: u32): usize {
  return state.TRANSACTIONS + <usize>slot * state.TRANSACTION_BYTES;
}
