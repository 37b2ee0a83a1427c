/**
 * SHA-3 and SHAKE (FIPS 202) over a sponge that the caller owns, so that several can be open at once and secret ones can
 * be wiped by whoever filled them.
 *
 * A sponge is `SPONGE_BYTES` of memory: the Keccak state, then its rate and its position in bytes. The order of calls is
 * one of the `…Init` functions, any number of `absorb`, one `finish`, any number of `squeeze` or `nextBlock`. Time
 * depends on lengths only.
 */
import { KECCAK_STATE_BYTES, keccakF } from "./keccak-f";
import { keccakF2 } from "./keccak-pair";

/** Size of a sponge. */
export const SPONGE_BYTES: usize = 208;

/** Rates in bytes: 200 less twice the security strength (FIPS 202, sections 6.1 and 6.2). */
export const SHAKE128_RATE: u32 = 168;
export const SHAKE256_RATE: u32 = 136;
const SHA3_256_RATE: u32 = 136;
const SHA3_512_RATE: u32 = 72;

/** Domain suffix and first padding bit: 01‖1 for the hashes, 1111‖1 for the extendable functions (FIPS 202, B.2). */
const SHA3_SUFFIX: u32 = 0x06;
const SHAKE_SUFFIX: u32 = 0x1f;

/** Last padding bit, in the last byte of the rate. */
const LAST_PADDING_BIT: u32 = 0x80;

const RATE_AT: usize = KECCAK_STATE_BYTES;
const POSITION_AT: usize = KECCAK_STATE_BYTES + 4;

const oneShot: usize = memory.data(208, 16);

function init(sponge: usize, rate: u32): void {
  memory.fill(sponge, 0, SPONGE_BYTES);
  store<u32>(sponge, rate, RATE_AT);
}

export function shake128Init(sponge: usize): void {
  init(sponge, SHAKE128_RATE);
}

export function shake256Init(sponge: usize): void {
  init(sponge, SHAKE256_RATE);
}

export function sha3_256Init(sponge: usize): void {
  init(sponge, SHA3_256_RATE);
}

export function sha3_512Init(sponge: usize): void {
  init(sponge, SHA3_512_RATE);
}

function xorInto(to: usize, from: usize, length: usize): void {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) store<u64>(to + i, load<u64>(to + i) ^ load<u64>(from + i));
  for (; i < length; i++) store<u8>(to + i, load<u8>(to + i) ^ load<u8>(from + i));
}

/** Takes in `length` bytes at `from`. */
export function absorb(sponge: usize, from: usize, length: usize): void {
  const rate: usize = load<u32>(sponge, RATE_AT);
  let position: usize = load<u32>(sponge, POSITION_AT);
  while (length > 0) {
    const part = min(length, rate - position);
    xorInto(sponge + position, from, part);
    from += part;
    length -= part;
    position += part;
    if (position == rate) {
      keccakF(sponge);
      position = 0;
    }
  }
  store<u32>(sponge, <u32>position, POSITION_AT);
}

/** Pads. The position then stands at the end of a block that is yet to be made. */
function finish(sponge: usize, suffix: u32): void {
  const rate: usize = load<u32>(sponge, RATE_AT);
  const at = sponge + <usize>load<u32>(sponge, POSITION_AT);
  store<u8>(at, load<u8>(at) ^ suffix);
  const last = sponge + rate - 1;
  store<u8>(last, load<u8>(last) ^ LAST_PADDING_BIT);
  store<u32>(sponge, <u32>rate, POSITION_AT);
}

/** Ends the input of SHAKE128 or SHAKE256. */
export function shakeFinish(sponge: usize): void {
  finish(sponge, SHAKE_SUFFIX);
}

/** Ends the input of SHA3-256 or SHA3-512 and writes the digest, 32 or 64 bytes. */
export function sha3Finish(sponge: usize, to: usize): void {
  finish(sponge, SHA3_SUFFIX);
  const digestBytes = (<u32>KECCAK_STATE_BYTES - load<u32>(sponge, RATE_AT)) >> 1;
  squeeze(sponge, to, digestBytes);
}

/** Writes the next `length` bytes of output. */
export function squeeze(sponge: usize, to: usize, length: usize): void {
  const rate: usize = load<u32>(sponge, RATE_AT);
  let position: usize = load<u32>(sponge, POSITION_AT);
  while (length > 0) {
    if (position == rate) {
      keccakF(sponge);
      position = 0;
    }
    const part = min(length, rate - position);
    memory.copy(to, sponge + position, part);
    to += part;
    length -= part;
    position += part;
  }
  store<u32>(sponge, <u32>position, POSITION_AT);
}

/**
 * Makes the next whole block of output in place: its `rate` bytes lie at `sponge` until the next call. For samplers, which
 * read blocks without a copy; not to be mixed with `squeeze` on one sponge.
 */
export function nextBlock(sponge: usize): void {
  keccakF(sponge);
}

/** `nextBlock` of two sponges, in little more than the time of one (keccak-pair.ts). */
export function nextBlocks(a: usize, b: usize): void {
  keccakF2(a, b);
}

/** SHA3-256 of `length` bytes; writes 32. */
export function sha3_256(to: usize, from: usize, length: usize): void {
  sha3_256Init(oneShot);
  absorb(oneShot, from, length);
  sha3Finish(oneShot, to);
}

/** SHA3-512 of `length` bytes; writes 64. */
export function sha3_512(to: usize, from: usize, length: usize): void {
  sha3_512Init(oneShot);
  absorb(oneShot, from, length);
  sha3Finish(oneShot, to);
}

/** SHAKE128 of `length` bytes; writes `toLength`. Leaves its state in memory: for public input. */
export function shake128(to: usize, toLength: usize, from: usize, length: usize): void {
  shake128Init(oneShot);
  absorb(oneShot, from, length);
  shakeFinish(oneShot);
  squeeze(oneShot, to, toLength);
}

/** SHAKE256 of `length` bytes; writes `toLength`. Leaves its state in memory: for public input. */
export function shake256(to: usize, toLength: usize, from: usize, length: usize): void {
  shake256Init(oneShot);
  absorb(oneShot, from, length);
  shakeFinish(oneShot);
  squeeze(oneShot, to, toLength);
}
