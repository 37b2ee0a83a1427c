/**
 * The two hashes of the state tree for the host, which keeps the nodes: node:crypto has no BLAKE2b-256, and the code that the core trusts is
 * the one whose result must be met. Not part of the core; it decides nothing.
 */
import { innerHash, leafHash } from "../lib/merkle/generated-hash";

const INPUT: usize = memory.data(128, 16);
const OUTPUT: usize = memory.data(32, 16);

/** Where the caller writes key || digest (64 bytes) or four child hashes (128 bytes). */
export function input(): usize {
  return INPUT;
}

/** Where the caller finds the hash, 32 bytes. */
export function output(): usize {
  return OUTPUT;
}

export function leaf(): void {
  leafHash(OUTPUT, INPUT, INPUT + 32);
}

export function inner(): void {
  innerHash(OUTPUT, INPUT);
}
