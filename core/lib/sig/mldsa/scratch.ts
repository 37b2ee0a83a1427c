/**
 * Working memory of key generation, signing and verification, one of which runs at a time: 37 KiB in one block, so that
 * whatever a secret has touched can be cleared with one fill. The matrix A, which is public, lies apart (matrix.ts).
 *
 * Names are those of FIPS 204. Vectors have room for the largest parameter set.
 */
import { wipeKeccak2 } from "../../hash/keccak-pair";

/** 1 KiB polynomials: s1 5, s2 6, t0 6, y 5, z 5, w 6, c 1, one product; then the byte strings below. */
const BLOCK_BYTES: i32 = 35 * 1024 + 2048;

const BLOCK: usize = memory.data(BLOCK_BYTES, 16);

export const S1: usize = BLOCK;
export const S2: usize = BLOCK + 5 * 1024;
export const T0: usize = BLOCK + 11 * 1024;
export const Y: usize = BLOCK + 17 * 1024;
export const Z: usize = BLOCK + 22 * 1024;
export const W: usize = BLOCK + 27 * 1024;
export const C: usize = BLOCK + 33 * 1024;
export const PRODUCT: usize = BLOCK + 34 * 1024;

const BYTES: usize = BLOCK + 35 * 1024;

/** A sponge of core/lib/hash/keccak.ts: 208 bytes. */
export const SPONGE: usize = BYTES;

/** 128 bytes: rho, rho' and K of key generation, or rho'' of signing. */
export const SEEDS: usize = BYTES + 208;

/** 64 bytes: the message representative. */
export const MU: usize = BYTES + 336;

/** 48 bytes: the challenge hash c~ as computed here. */
export const CHALLENGE: usize = BYTES + 400;

/** 768 bytes: w1 encoded. A mask of at most 640 bytes is unpacked from the same place before w1 exists, and another where products go. */
export const W1: usize = BYTES + 448;
export const MASK_A: usize = W1;
export const MASK_B: usize = PRODUCT;

/** 2 bytes: indices, counters and prefixes on their way into the sponge. */
export const PAIR: usize = BYTES + 1216;

/** A second sponge: samplers read two at a time. */
export const SPONGE_B: usize = BYTES + 1232;

/** Clears everything above, and what the hash has kept of it. */
export function wipe(): void {
  memory.fill(BLOCK, 0, BLOCK_BYTES);
  wipeKeccak2();
}
