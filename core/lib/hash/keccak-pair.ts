/** Keccak-f[1600] on two states: both at once where the build has vectors, else one after the other. */
import { keccakFPair, wipeKeccakPair } from "./generated-keccak-pair";
import { keccakF } from "./keccak-f";

/** Permutes the states at `a` and `b`, which are distinct, in place. */
export function keccakF2(a: usize, b: usize): void {
  if (ASC_FEATURE_SIMD) {
    keccakFPair(a, b);
  } else {
    keccakF(a);
    keccakF(b);
  }
}

/** Clears what `keccakF2` leaves in memory of its own, which after secret work reveals the secret. */
export function wipeKeccak2(): void {
  if (ASC_FEATURE_SIMD) wipeKeccakPair();
}
