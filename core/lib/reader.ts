/**
 * Strict BCS reader over one byte range (source: the BCS specification, github.com/diem/bcs).
 *
 * One global cursor: a component reads one frame at a time, and a nested range is read by saving and restoring it.
 * Errors stick: after the first malformed field every read returns zero, so callers check `ok()` once, and loops over
 * counts end because a failed count is zero. Lengths must be canonical ULEB128 and within their stated maximum.
 */

/** Longest canonical ULEB128 of a 32-bit value, in bytes. */
const ULEB32_BYTES: u32 = 5;

/** 64 zero bytes: what `take` points at after a failure, so that callers may read small fixed fields unchecked. */
const NOTHING: usize = memory.data(64, 16);

let cursor: usize = 0;
let limit: usize = 0;
let failed: bool = false;

/** Starts reading `length` bytes at `from`. Forgets an earlier failure. */
export function open(from: usize, length: usize): void {
  cursor = from;
  limit = from + length;
  failed = false;
}

/** True while no read has failed. */
export function ok(): bool {
  return !failed;
}

/** True when nothing failed and every byte was read: the test a whole frame must end with. */
export function exhausted(): bool {
  return !failed && cursor == limit;
}

/** Marks the input as malformed; for semantic checks made while reading. */
export function fail(): void {
  failed = true;
}

/** Address of the next unread byte. */
export function position(): usize {
  return cursor;
}

/** Bytes left to read. */
export function remaining(): usize {
  return failed ? 0 : limit - cursor;
}

/** Address of the next `length` bytes, which are passed over. After a failure: zero bytes, at most 64 of which may be read. */
export function take(length: usize): usize {
  if (failed || length > limit - cursor) {
    failed = true;
    return NOTHING;
  }
  const at = cursor;
  cursor += length;
  return at;
}

export function u8_(): u32 {
  return failed || cursor >= limit ? nothing() : load<u8>(cursor++);
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
  const value = u8_();
  if (value > 1) failed = true;
  return value == 1;
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
    if (failed) return 0;
    value |= (<u64>(byte & 0x7f)) << (7 * i);
    if (byte < 0x80) {
      if ((byte == 0 && i > 0) || value > <u64>u32.MAX_VALUE) break;
      return <u32>value;
    }
  }
  failed = true;
  return 0;
}

/** A count or length of at most `max`; zero after a failure, so that loops over it end. */
export function count(max: u32): u32 {
  const value = uleb();
  if (value > max) {
    failed = true;
    return 0;
  }
  return value;
}

/** An enum's variant below `variants`; zero after a failure. */
export function variant(variants: u32): u32 {
  const value = uleb();
  if (value >= variants) {
    failed = true;
    return 0;
  }
  return value;
}

/** A saved cursor, restored by `restore`: address 0..15, limit and failure follow. */
export function save(to: usize): void {
  store<usize>(to, cursor);
  store<usize>(to, limit, sizeof<usize>());
  store<u8>(to, failed ? 1 : 0, 2 * sizeof<usize>());
}

/** Goes back to a cursor written by `save`. A failure in between is forgotten: look at `ok()` before. */
export function restore(from: usize): void {
  cursor = load<usize>(from);
  limit = load<usize>(from, sizeof<usize>());
  failed = load<u8>(from, 2 * sizeof<usize>()) != 0;
}

function nothing(): u32 {
  failed = true;
  return 0;
}
