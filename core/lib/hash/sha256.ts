/**
 * SHA-256 (FIPS 180-4), for ECDSA and passkeys. Only public data is hashed with it: nothing is wiped.
 *
 * The streaming state belongs to the caller. All pointers must address the stated number of bytes.
 */
import { clearShort, copyShort } from "./block";
import { sha256Compress, sha256Output, sha256Start } from "./generated-sha256";

const BLOCK_BYTES: u32 = 64;
/** Where the 64-bit length in bits stands in the last block. */
const LENGTH: usize = 56;

// Layout of a streaming state: chaining value, bytes so far (u64), the waiting block.
const STATE_TOTAL: usize = 32;
const STATE_BLOCK: usize = 40;
/** Bytes a streaming state takes; align it to 8. */
export const SHA256_STATE_BYTES: usize = 104;

const STATE: usize = memory.data(104, 16);

/** Begins a hash in SHA256_STATE_BYTES bytes at `state`. */
export function sha256Init(state: usize): void {
  sha256Start(state);
  store<u64>(state, 0, STATE_TOTAL);
}

/** Appends `length` bytes. */
export function sha256Update(state: usize, input: usize, length: u32): void {
  const total = load<u64>(state, STATE_TOTAL);
  store<u64>(state, total + length, STATE_TOTAL);
  const block = state + STATE_BLOCK;
  let filled = <u32>total & (BLOCK_BYTES - 1);
  while (filled + length >= BLOCK_BYTES) {
    const taken = BLOCK_BYTES - filled;
    let full = input;
    if (filled > 0) {
      copyShort(block + filled, input, taken);
      full = block;
    }
    sha256Compress(state, full);
    input += taken;
    length -= taken;
    filled = 0;
  }
  copyShort(block + filled, input, length);
}

/** Ends the hash and writes 32 bytes. The state is used up: `sha256Init` must come before its next use. */
export function sha256Final(state: usize, out: usize): void {
  const total = load<u64>(state, STATE_TOTAL);
  const block = state + STATE_BLOCK;
  const filled = <usize>total & (BLOCK_BYTES - 1);
  store<u8>(block + filled, 0x80);
  let free = filled + 1;
  if (free > LENGTH) {
    clearShort(block + free, block + BLOCK_BYTES);
    sha256Compress(state, block);
    free = 0;
  }
  clearShort(block + free, block + LENGTH);
  store<u64>(block + LENGTH, bswap<u64>(total << 3));
  sha256Compress(state, block);
  sha256Output(out, state);
}

/** SHA-256 of `length` bytes at `input`; writes 32 bytes, which may lie over the input. */
export function sha256(out: usize, input: usize, length: u32): void {
  sha256Init(STATE);
  sha256Update(STATE, input, length);
  sha256Final(STATE, out);
}
