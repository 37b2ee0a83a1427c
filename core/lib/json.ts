/**
 * JSON over one byte range of UTF-8, accepted and refused as the crate serde_json does (src/de.rs and src/read.rs at
 * 827a315bf2198558f0325b07bcc1e2cd973aba2f): RFC 8259, where strings that are read must have paired surrogates, and skipped ones need not.
 *
 * One global cursor. Errors stick, as in lib/reader: after the first one nothing is accepted any more. White space before a token is passed over.
 * Nesting costs a bit a level, never a call.
 */

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const COLON: u32 = 0x3a;
const OPEN_ARRAY: u32 = 0x5b;
const BACKSLASH: u32 = 0x5c;
const CLOSE_ARRAY: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

/** Bytes that a text may have, each of which may open one level. */
export const MAX_JSON_BYTES: u32 = 16_384;
/** A bit for each open level: 1 for an object. */
const LEVELS: usize = memory.data(2_048, 16);

const NULL: usize = memory.data<u8>([0x6e, 0x75, 0x6c, 0x6c]);
const TRUE: usize = memory.data<u8>([0x74, 0x72, 0x75, 0x65]);
const FALSE: usize = memory.data<u8>([0x66, 0x61, 0x6c, 0x73, 0x65]);

let cursor: usize = 0;
let limit: usize = 0;
let failed: bool = false;

// Where `read` writes what it reads.
let target: usize = 0;
let capacity: u32 = 0;
let written: u32 = 0;

/** Starts reading `length` bytes at `from`; more than MAX_JSON_BYTES fail. Forgets an earlier failure. */
export function open(from: usize, length: u32): void {
  cursor = from;
  limit = from + length;
  failed = length > MAX_JSON_BYTES;
}

export function fail(): void {
  failed = true;
}

/** True when nothing failed and nothing but white space is left. */
export function exhausted(): bool {
  return peek() == 0 && !failed && cursor == limit;
}

/** The next byte that is not white space; 0, which no token begins with, at the end. */
export function peek(): u32 {
  while (!failed && cursor < limit) {
    const byte = <u32>load<u8>(cursor);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return byte;
    cursor++;
  }
  return 0;
}

/** Passes over the byte if it is the next one. */
export function accept(byte: u32): bool {
  if (peek() != byte) return false;
  cursor++;
  return true;
}

export function expect(byte: u32): void {
  if (!accept(byte)) failed = true;
}

export function nil(): void {
  peek();
  literal(NULL, 4);
}

/**
 * Reads a string, its escapes resolved, into `size` bytes at `out`; returns its length, of which no more than `size` bytes are written.
 * Of another value: fails.
 */
export function string(out: usize, size: u32): u32 {
  target = out;
  capacity = size;
  written = 0;
  expect(QUOTE);
  while (!failed) {
    const byte = next();
    if (byte == QUOTE) return written;
    if (byte == BACKSLASH) readEscape();
    else if (byte < 0x20) failed = true;
    else put(byte);
  }
  return 0;
}

/** Passes over one value of any kind. */
export function skipValue(): void {
  let depth: u32 = 0;
  while (!failed) {
    // A value begins here.
    const byte = peek();
    if (byte == OPEN_ARRAY || byte == OPEN_OBJECT) {
      cursor++;
      setLevel(depth++, byte == OPEN_OBJECT);
      if (!accept(byte == OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        if (byte == OPEN_OBJECT) skipKey();
        continue;
      }
      depth--;
    } else {
      skipScalar(byte);
    }
    // And has ended here, with all that end with it.
    while (!failed && depth > 0) {
      const inObject = level(depth - 1);
      if (accept(COMMA)) {
        if (inObject) skipKey();
        break;
      }
      expect(inObject ? CLOSE_OBJECT : CLOSE_ARRAY);
      depth--;
    }
    if (depth == 0) return;
  }
}

function level(index: u32): bool {
  return ((load<u8>(LEVELS + (index >> 3)) >> (index & 7)) & 1) != 0;
}

function setLevel(index: u32, isObject: bool): void {
  const at = LEVELS + (index >> 3);
  const bits: u32 = load<u8>(at);
  const mask: u32 = 1 << (index & 7);
  store<u8>(at, isObject ? bits | mask : bits & ~mask);
}

function skipKey(): void {
  if (peek() != QUOTE) failed = true;
  skipString();
  expect(COLON);
}

function skipScalar(first: u32): void {
  if (first == QUOTE) skipString();
  else if (first == MINUS || isDigit(first)) skipNumber();
  else if (first == 0x6e) literal(NULL, 4);
  else if (first == 0x74) literal(TRUE, 4);
  else if (first == 0x66) literal(FALSE, 5);
  else failed = true;
}

/** Passes over a string without a look at what its \u escapes stand for. */
function skipString(): void {
  expect(QUOTE);
  while (!failed) {
    const byte = next();
    if (byte == QUOTE) return;
    if (byte < 0x20) failed = true;
    if (byte != BACKSLASH) continue;
    const kind = next();
    if (kind == 0x75) hexadecimal();
    else if (simpleEscape(kind) == 0) failed = true;
  }
}

function skipNumber(): void {
  if (byteAt() == MINUS) cursor++;
  // No digit may follow a leading zero.
  if (byteAt() == 0x30) cursor++;
  else skipDigits();
  if (isDigit(byteAt())) failed = true;
  if (byteAt() == POINT) {
    cursor++;
    skipDigits();
  }
  if ((byteAt() | 0x20) == 0x65) {
    cursor++;
    if (byteAt() == 0x2b || byteAt() == MINUS) cursor++;
    skipDigits();
  }
}

/** At least one. */
function skipDigits(): void {
  if (!isDigit(byteAt())) failed = true;
  while (isDigit(byteAt())) cursor++;
}

function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

function literal(text: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i++) {
    if (next() != <u32>load<u8>(text + i)) failed = true;
  }
}

/** The byte at the cursor; 0 at the end. */
function byteAt(): u32 {
  return !failed && cursor < limit ? load<u8>(cursor) : 0;
}

/** The byte at the cursor, which is passed over; 0, and a failure, at the end. */
function next(): u32 {
  if (failed || cursor >= limit) {
    failed = true;
    return 0;
  }
  return load<u8>(cursor++);
}

function put(byte: u32): void {
  if (written < capacity) store<u8>(target + written, byte);
  written++;
}

/** The byte that a backslash and `kind` stand for; 0 when they stand for none. */
function simpleEscape(kind: u32): u32 {
  if (kind == QUOTE || kind == BACKSLASH || kind == 0x2f) return kind;
  if (kind == 0x62) return 0x08;
  if (kind == 0x66) return 0x0c;
  if (kind == 0x6e) return 0x0a;
  if (kind == 0x72) return 0x0d;
  return kind == 0x74 ? 0x09 : 0;
}

function readEscape(): void {
  const kind = next();
  if (kind != 0x75) {
    const byte = simpleEscape(kind);
    if (byte == 0) failed = true;
    else put(byte);
    return;
  }
  let point = hexadecimal();
  if (point >= 0xdc00 && point <= 0xdfff) failed = true;
  if (point >= 0xd800 && point <= 0xdbff) {
    if (next() != BACKSLASH || next() != 0x75) failed = true;
    const low = hexadecimal();
    if (low < 0xdc00 || low > 0xdfff) failed = true;
    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
  }
  putPoint(point);
}

/** Four hexadecimal digits. */
function hexadecimal(): u32 {
  let value: u32 = 0;
  for (let i: u32 = 0; i < 4; i++) {
    const byte = next();
    const letter = (byte | 0x20) - 0x61;
    if (isDigit(byte)) value = (value << 4) | (byte - 0x30);
    else if (letter < 6) value = (value << 4) | (letter + 10);
    else failed = true;
  }
  return value;
}

/** Writes a code point in UTF-8. */
function putPoint(point: u32): void {
  if (point < 0x80) {
    put(point);
    return;
  }
  if (point < 0x800) {
    put(0xc0 | (point >> 6));
  } else {
    if (point < 0x10000) {
      put(0xe0 | (point >> 12));
    } else {
      put(0xf0 | (point >> 18));
      put(0x80 | ((point >> 12) & 0x3f));
    }
    put(0x80 | ((point >> 6) & 0x3f));
  }
  put(0x80 | (point & 0x3f));
}
