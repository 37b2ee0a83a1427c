/**
 * The two hashes of the state tree, two at a time where two are wanted: in the lanes of vectors where the build has them, else one after
 * the other. Bytes are the same.
 */
import { innerHash, leafHash } from "./generated-hash";
import { innerHashPair, leafHashPair } from "./generated-hash-pair";

export { innerHash, leafHash } from "./generated-hash";

/** Two leaves: see `leafHash`. An output must not be an input of the other. */
export function leafHashes(outA: usize, keyA: usize, digestA: usize, outB: usize, keyB: usize, digestB: usize): void {
  if (ASC_FEATURE_SIMD) {
    leafHashPair(outA, keyA, digestA, outB, keyB, digestB);
  } else {
    leafHash(outA, keyA, digestA);
    leafHash(outB, keyB, digestB);
  }
}

/** Two inner nodes: see `innerHash`. An output must not lie within the other's children. */
export function innerHashes(outA: usize, childrenA: usize, outB: usize, childrenB: usize): void {
  if (ASC_FEATURE_SIMD) {
    innerHashPair(outA, childrenA, outB, childrenB);
  } else {
    innerHash(outA, childrenA);
    innerHash(outB, childrenB);
  }
}
