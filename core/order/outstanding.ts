/**
 * The block that waits for the vault's signature: its header, and its transactions as the commit will name them. They are kept
 * here because the pool may drop them meanwhile.
 */
import { align8 } from "./layout";
import { TRANSACTION_BYTES } from "./pool";
import * as state from "./state";

const ACTIVE: usize = 0;
const COUNT: usize = 4;
const ID: usize = 8;
const ROUND: usize = 16;
const LENGTH: usize = 24;
const DIGEST: usize = 32;
const HEADER: usize = 64;
/** A header's fixed fields and lengths take 74 bytes, a parent 42, a transaction 64. */
const HEADER_FIXED_BYTES: u64 = 80;
const PARENT_BYTES: u64 = 42;
const HEADER_TRANSACTION_BYTES: u64 = 64;

/** Longest header of this configuration. */
export function headerCapacity(n: u32, transactions: u32): u64 {
  return align8(HEADER_FIXED_BYTES + n * PARENT_BYTES + transactions * HEADER_TRANSACTION_BYTES);
}

export function outstandingBytes(n: u32, transactions: u32): u64 {
  return HEADER + headerCapacity(n, transactions) + <u64>transactions * TRANSACTION_BYTES;
}

function outstandingArea(): usize {
  return state.part(state.OUTSTANDING_AT);
}

export function isOutstanding(): bool {
  return load<u32>(outstandingArea(), ACTIVE) != 0;
}

/** The header, of at most `headerCapacity` bytes. */
export function outstandingHeader(): usize {
  return outstandingArea() + HEADER;
}

export function outstandingHeaderLength(): u32 {
  return load<u32>(outstandingArea(), LENGTH);
}

/** 32 bytes. */
export function outstandingDigest(): usize {
  return outstandingArea() + DIGEST;
}

/** TRANSACTION_BYTES each. */
export function outstandingTransactions(): usize {
  const capacity = headerCapacity(state.committeeSize(), state.number(state.BLOCK_TRANSACTIONS));
  return outstandingArea() + HEADER + <usize>capacity;
}

export function outstandingCount(): u32 {
  return load<u32>(outstandingArea(), COUNT);
}

/** The host's id of the proposal. */
export function outstandingId(): u64 {
  return load<u64>(outstandingArea(), ID);
}

export function outstandingRound(): u64 {
  return load<u64>(outstandingArea(), ROUND);
}

/** Begins the wait; header, digest and transactions are in their places. */
export function setOutstanding(id: u64, round: u64, headerLength: u32, count: u32): void {
  const area = outstandingArea();
  store<u32>(area, 1, ACTIVE);
  store<u32>(area, count, COUNT);
  store<u64>(area, id, ID);
  store<u64>(area, round, ROUND);
  store<u32>(area, headerLength, LENGTH);
}

export function clearOutstanding(): void {
  store<u32>(outstandingArea(), 0, ACTIVE);
}
