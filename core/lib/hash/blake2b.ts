/**
 * BLAKE2b, unkeyed (RFC 7693), with 32-byte digests (ids, tree nodes, transaction digests) or 64-byte ones.
 *
 * Two ways in: one-shot, which compresses whole blocks where they lie, and streaming, whose state belongs to the caller so that several
 * hashes can be under way. Inputs are taken as public: nothing branches on their bytes, and nothing is wiped.
 * All pointers must address the stated number of bytes; a digest may be written over its own input.
 */
import { clearShort, copyShort } from "./block";
import { blake2bCompress, blake2bStart } from "./generated-blake2b";

const BLOCK_BYTES: u32 = 128;
/** The finalization flag f0 of the last block (RFC 7693, section 3.2). */
const LAST: u64 = ~(<u64>0);

// Layout of a streaming state: chaining value, bytes compressed so far (u64), bytes waiting (u32, 0 to 128), the waiting block.
const STATE_COUNT: usize = 64;
const STATE_FILLED: usize = 72;
const STATE_BLOCK: usize = 80;
/** Bytes a streaming state takes; align it to 8. */
export const BLAKE2B_STATE_BYTES: usize = 208;

const CHAIN: usize = memory.data(64, 16);
const TAIL: usize = memory.data(128, 16);

/** Hashes `length` bytes into CHAIN. */
function hash(input: usize, length: u32, digestLength: u64): void {
  blake2bStart(CHAIN, digestLength);
  let count: u64 = 0;
  while (length > BLOCK_BYTES) {
    count += BLOCK_BYTES;
    blake2bCompress(CHAIN, input, count, 0);
    input += BLOCK_BYTES;
    length -= BLOCK_BYTES;
  }
  let last = input;
  if (length < BLOCK_BYTES) {
    copyShort(TAIL, input, length);
    clearShort(TAIL + length, TAIL + BLOCK_BYTES);
    last = TAIL;
  }
  blake2bCompress(CHAIN, last, count + length, LAST);
}

/** BLAKE2b-256 of `length` bytes at `input`; writes 32 bytes. */
export function blake2b256(out: usize, input: usize, length: u32): void {
  hash(input, length, 32);
  copyShort(out, CHAIN, 32);
}

/** BLAKE2b-512 of `length` bytes at `input`; writes 64 bytes. */
export function blake2b512(out: usize, input: usize, length: u32): void {
  hash(input, length, 64);
  copyShort(out, CHAIN, 64);
}

/** Begins a 32-byte hash in BLAKE2B_STATE_BYTES bytes at `state`. */
export function blake2b256Init(state: usize): void {
  blake2bStart(state, 32);
  store<u64>(state, 0, STATE_COUNT);
  store<u32>(state, 0, STATE_FILLED);
}

/** Appends `length` bytes. A full block waits until more follows, because the last block is compressed differently. */
export function blake2b256Update(state: usize, input: usize, length: u32): void {
  let filled = load<u32>(state, STATE_FILLED);
  const space = BLOCK_BYTES - filled;
  if (length > space) {
    let count = load<u64>(state, STATE_COUNT);
    if (filled > 0) {
      copyShort(state + STATE_BLOCK + filled, input, space);
      count += BLOCK_BYTES;
      blake2bCompress(state, state + STATE_BLOCK, count, 0);
      input += space;
      length -= space;
      filled = 0;
    }
    while (length > BLOCK_BYTES) {
      count += BLOCK_BYTES;
      blake2bCompress(state, input, count, 0);
      input += BLOCK_BYTES;
      length -= BLOCK_BYTES;
    }
    store<u64>(state, count, STATE_COUNT);
  }
  copyShort(state + STATE_BLOCK + filled, input, length);
  store<u32>(state, filled + length, STATE_FILLED);
}

/** Ends the hash and writes 32 bytes. The state is used up: `blake2b256Init` must come before its next use. */
export function blake2b256Final(state: usize, out: usize): void {
  const filled = load<u32>(state, STATE_FILLED);
  clearShort(state + STATE_BLOCK + filled, state + STATE_BLOCK + BLOCK_BYTES);
  blake2bCompress(state, state + STATE_BLOCK, load<u64>(state, STATE_COUNT) + filled, LAST);
  copyShort(out, state, 32);
}
