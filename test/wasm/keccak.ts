// Lets tests call the FIPS 202 functions: bytes go in at `input()`, come out at `output()`.
import * as keccak from "../../core/lib/hash/keccak";
import { keccakF2 } from "../../core/lib/hash/keccak-pair";

const INPUT: usize = memory.data(1048576 + 4096, 16);
const OUTPUT: usize = memory.data(65536, 16);
const SPONGE: usize = memory.data(208, 16);

export function input(): usize {
  return INPUT;
}

export function output(): usize {
  return OUTPUT;
}

export function spongeBytes(): usize {
  return keccak.SPONGE_BYTES;
}

export function sha3_256(length: usize): void {
  keccak.sha3_256(OUTPUT, INPUT, length);
}

export function sha3_512(length: usize): void {
  keccak.sha3_512(OUTPUT, INPUT, length);
}

export function shake128(outputLength: usize, length: usize): void {
  keccak.shake128(OUTPUT, outputLength, INPUT, length);
}

export function shake256(outputLength: usize, length: usize): void {
  keccak.shake256(OUTPUT, outputLength, INPUT, length);
}

/** The incremental interface on one sponge: `bits` is 128 or 256 for SHAKE, 3256 or 3512 for the hashes. */
export function init(bits: u32): void {
  if (bits == 128) keccak.shake128Init(SPONGE);
  else if (bits == 256) keccak.shake256Init(SPONGE);
  else if (bits == 3256) keccak.sha3_256Init(SPONGE);
  else keccak.sha3_512Init(SPONGE);
}

export function absorb(offset: usize, length: usize): void {
  keccak.absorb(SPONGE, INPUT + offset, length);
}

export function sha3Finish(): void {
  keccak.sha3Finish(SPONGE, OUTPUT);
}

export function shakeFinish(): void {
  keccak.shakeFinish(SPONGE);
}

export function squeeze(offset: usize, length: usize): void {
  keccak.squeeze(SPONGE, OUTPUT + offset, length);
}

/** Makes one block and copies it out. */
export function nextBlock(offset: usize, length: usize): void {
  keccak.nextBlock(SPONGE);
  memory.copy(OUTPUT + offset, SPONGE, length);
}

/** Permutes the two states that lie at these offsets of the input. */
export function permuteBoth(first: usize, second: usize): void {
  keccakF2(INPUT + first, INPUT + second);
}
