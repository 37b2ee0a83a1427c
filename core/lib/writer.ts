/**
 * BCS writer into one bounded buffer. One global cursor, as in the reader; a write past the end sets a sticky failure and
 * stores nothing, so that callers check `ok()` once at the end.
 */
import { copy32, LENGTH_32 } from "./bytes";

/** The limit after a failure: no byte lies before it, so every later write fails too. */
const FAILED: usize = 0;

let start: usize = 0;
let cursor: usize = 0;
let limit: usize = FAILED;

/** Starts writing at `to`, at most `capacity` bytes. */
export function open(to: usize, capacity: usize): void {
  start = to;
  cursor = to;
  limit = to + capacity;
}

export function ok(): bool {
  return limit != FAILED;
}

/** Bytes written since `open`. */
export function length(): u32 {
  return <u32>(cursor - start);
}

/** Address at which the next byte goes. */
export function position(): usize {
  return cursor;
}

/** Room for `length` bytes that the caller fills, or 0 when there is none. */
export function reserve(length: usize): usize {
  if (<u64>cursor + length > limit) {
    limit = FAILED;
    return 0;
  }
  const at = cursor;
  cursor += length;
  return at;
}

export function u8_(value: u32): void {
  const at = reserve(1);
  if (at) store<u8>(at, value);
}

export function u16_(value: u32): void {
  const at = reserve(2);
  if (at) store<u16>(at, value);
}

export function u32_(value: u32): void {
  const at = reserve(4);
  if (at) store<u32>(at, value);
}

export function u64_(value: u64): void {
  const at = reserve(8);
  if (at) store<u64>(at, value);
}

/** Canonical ULEB128 of a count, length or enum variant. */
export function uleb(value: u32): void {
  while (value >= 0x80) {
    u8_((value & 0x7f) | 0x80);
    value >>= 7;
  }
  u8_(value);
}

/** `length` raw bytes, without a length prefix. */
export function raw(from: usize, length: usize): void {
  const at = reserve(length);
  if (at) memory.copy(at, from, length);
}

/** 32 raw bytes. */
export function raw32(from: usize): void {
  const at = reserve(LENGTH_32);
  if (at) copy32(at, from);
}

/** A byte string with its length before it (BCS vec<u8>). */
export function blob(from: usize, length: u32): void {
  uleb(length);
  raw(from, length);
}

/** Saves the writer so that another buffer can be written in between; needs 3 words. */
export function save(to: usize): void {
  store<usize>(to, start);
  store<usize>(to, cursor, sizeof<usize>());
  store<usize>(to, limit, 2 * sizeof<usize>());
}

/** Goes back to a writer kept by `save`. */
export function restore(from: usize): void {
  start = load<usize>(from);
  cursor = load<usize>(from, sizeof<usize>());
  limit = load<usize>(from, 2 * sizeof<usize>());
}
