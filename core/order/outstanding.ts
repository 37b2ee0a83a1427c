/**
 * The block that waits for the vault's signature: its header, and its transactions as the commit will name them. They are kept
 * here because the pool may drop them meanwhile.
 */
import { outstandingArea } from "./state";

const ACTIVE: usize = 0;
const COUNT: usize = 4;
const ID: usize = 8;
const ROUND: usize = 16;
const TIMESTAMP: usize = 24;
const LENGTH: usize = 32;
const DIGEST: usize = 48;
const HEADER: usize = 128;
/** A header with one parent and MAX_BLOCK_TRANSACTIONS: 95 bytes of fixed fields, lengths and parent, and 32 a transaction. */
export const HEADER_CAPACITY: usize = 16_496;
const TRANSACTIONS: usize = HEADER + HEADER_CAPACITY;

export function isOutstanding(): bool {
  return load<u32>(outstandingArea(), ACTIVE) != 0;
}

/** HEADER_CAPACITY bytes. */
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
  return outstandingArea() + TRANSACTIONS;
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

export function outstandingTimestampMs(): u64 {
  return load<u64>(outstandingArea(), TIMESTAMP);
}

/** Begins the wait; header, digest and transactions are in their places. */
export function setOutstanding(id: u64, round: u64, timestampMs: u64, headerLength: u32, count: u32): void {
  const area = outstandingArea();
  store<u32>(area, 1, ACTIVE);
  store<u32>(area, count, COUNT);
  store<u64>(area, id, ID);
  store<u64>(area, round, ROUND);
  store<u64>(area, timestampMs, TIMESTAMP);
  store<u32>(area, headerLength, LENGTH);
}

export function clearOutstanding(): void {
  store<u32>(outstandingArea(), 0, ACTIVE);
}
