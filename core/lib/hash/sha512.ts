/**
 * SHA-512 (FIPS 180-4), for Ed25519.
 *
 * Its time and its addresses depend on the length only, so secrets may be hashed. The streaming state belongs to the caller, who wipes it
 * where it held a secret; the one-shot form wipes its own. All pointers must address the stated number of bytes.
 */
import { clearShort, copyShort } from "./block";
import { sha512Compress, sha512Output, sha512Start } from "./generated-sha512";

const BLOCK_BYTES: u32 = 128;
/** Where the 128-bit length in bits stands in the last block. */
const LENGTH_HIGH: usize = 112;
const LENGTH_LOW: usize = 120;

// Layout of a streaming state: chaining value, bytes so far (u64), the waiting block.
const STATE_TOTAL: usize = 64;
const STATE_BLOCK: usize = 72;
/** Bytes a streaming state takes; align it to 8. */
export const SHA512_STATE_BYTES: usize = 200;

const STATE: usize = memory.data(200, 16);

/** Begins a hash in SHA512_STATE_BYTES bytes at `state`. */
export function sha512Init(state: usize): void {
  sha512Start(state);
  store<u64>(state, 0, STATE_TOTAL);
}

/** Appends `length` bytes. */
export function sha512Update(state: usize, input: usize, length: u32): void {
  const total = load<u64>(state, STATE_TOTAL);
  store<u64>(state, total + length, STATE_TOTAL);
  const block = state + STATE_BLOCK;
  const filled = <u32>total & (BLOCK_BYTES - 1);
  const space = BLOCK_BYTES - filled;
  if (length < space) {
    copyShort(block + filled, input, length);
    return;
  }
  if (filled > 0) {
    copyShort(block + filled, input, space);
    sha512Compress(state, block);
    input += space;
    length -= space;
  }
  while (length >= BLOCK_BYTES) {
    sha512Compress(state, input);
    input += BLOCK_BYTES;
    length -= BLOCK_BYTES;
  }
  copyShort(block, input, length);
}

/** Ends the hash and writes 64 bytes. The state is used up: `sha512Init` must come before its next use. */
export function sha512Final(state: usize, out: usize): void {
  const total = load<u64>(state, STATE_TOTAL);
  const block = state + STATE_BLOCK;
  const filled = <usize>total & (BLOCK_BYTES - 1);
  store<u8>(block + filled, 0x80);
  if (filled < LENGTH_HIGH) {
    clearShort(block + filled + 1, block + LENGTH_HIGH);
  } else {
    clearShort(block + filled + 1, block + BLOCK_BYTES);
    sha512Compress(state, block);
    clearShort(block, block + LENGTH_HIGH);
  }
  store<u64>(block + LENGTH_HIGH, bswap<u64>(total >> 61));
  store<u64>(block + LENGTH_LOW, bswap<u64>(total << 3));
  sha512Compress(state, block);
  sha512Output(out, state);
}

/** SHA-512 of `length` bytes at `input`; writes 64 bytes, which may lie over the input. */
export function sha512(out: usize, input: usize, length: u32): void {
  sha512Init(STATE);
  sha512Update(STATE, input, length);
  sha512Final(STATE, out);
  clearShort(STATE, STATE + SHA512_STATE_BYTES);
}
