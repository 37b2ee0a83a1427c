/**
 * Strict BCS reader over one byte range (source: the BCS specification, github.com/diem/bcs).
 *
 * One global cursor: a component reads one frame at a time, and a nested range is read by saving and restoring it.
 * Errors stick: after the first malformed field every read returns zero, so callers check `ok()` once, and loops over
 * counts end because a failed count is zero. Lengths must be canonical ULEB128 and within their stated maximum.
 */
import { LENGTH_32 } from "./bytes";

/** Longest canonical ULEB128 of a 32-bit value, in bytes. */
const ULEB32_BYTES: u32 = 5;

/** 64 zero bytes: what `take` points at after a failure, so that callers may read small fixed fields unchecked. */
const NOTHING: usize = memory.data(64, 16);

/** The limit after a failure: no byte lies before it, so every later read fails too. */
const FAILED: usize = 0;

let cursor: usize = 0;
let limit: usize = FAILED;

/** Starts reading `length` bytes at `from`. Forgets an earlier failure. */
export function open(from: usize, length: usize): void {
  cursor = from;
  limit = from + length;
}

/** True while no read has failed. */
export function ok(): bool {
  return limit != FAILED;
}

/** True when nothing failed and every byte was read: the test a whole frame must end with. */
export function exhausted(): bool {
  return cursor == limit;
}

/** Marks the input as malformed; for semantic checks made while reading. */
export function fail(): void {
  limit = FAILED;
}

/** Address of the next unread byte. */
export function position(): usize {
  return cursor;
}

/** Address of the next `length` bytes, which are passed over. After a failure: zero bytes, at most 64 of which may be read. */
export function take(length: usize): usize {
  if (<u64>cursor + length > limit) {
    fail();
    return NOTHING;
  }
  const at = cursor;
  cursor += length;
  return at;
}

/** Address of the next 32 bytes. */
export function raw32(): usize {
  return take(LENGTH_32);
}

export function u8_(): u32 {
  return load<u8>(take(1));
}

export function u16_(): u32 {
  return load<u16>(take(2));
}

export function u32_(): u32 {
  return load<u32>(take(4));
}

export function u64_(): u64 {
  return load<u64>(take(8));
}

/** A BCS bool: exactly 0 or 1. */
export function bool_(): bool {
  return count(1) == 1;
}

/** The tag of an option: true when a value follows. Same bytes as a bool. */
export function option(): bool {
  return bool_();
}

/** A canonical ULEB128 value of at most 32 bits: no superfluous last zero byte. */
export function uleb(): u32 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < ULEB32_BYTES; i++) {
    const byte = u8_();
    value |= (<u64>(byte & 0x7f)) << (7 * i);
    if (byte < 0x80) {
      if ((byte == 0 && i > 0) || value > <u64>u32.MAX_VALUE) break;
      return <u32>value;
    }
  }
  fail();
  return 0;
}

/** A count or length of at most `max`; zero after a failure, so that loops over it end. */
export function count(max: u32): u32 {
  const value = uleb();
  if (value <= max) return value;
  fail();
  return 0;
}

/** An enum's variant below `variants`; zero after a failure. */
export function variant(variants: u32): u32 {
  return count(variants - 1);
}

/** Saves the cursor in two words, so that a nested range can be read. */
export function save(to: usize): void {
  store<usize>(to, cursor);
  store<usize>(to, limit, sizeof<usize>());
}

/** Goes back to a cursor written by `save`. A failure in between is forgotten: look at `ok()` before. */
export function restore(from: usize): void {
  cursor = load<usize>(from);
  limit = load<usize>(from, sizeof<usize>());
}
