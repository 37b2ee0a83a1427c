/**
 * Checks of the state tree for whoever stands outside the core: hosts, light clients, browsers. The same code as the ledger's, so
 * what it accepts is what the ledger would. Not part of the core; it decides nothing there.
 */
import { MERKLE_OPERATION_BYTES, merkleApply } from "../lib/merkle/tree";

/** Operations of one call. */
const MAX_OPERATIONS: u32 = 64;
/** Longest proof that so many operations can need is 64 x 12,421 bytes (core/lib/merkle/tree.ts). */
const MAX_PROOF_BYTES: u32 = 794_944;

const ROOT: usize = memory.data(32, 16);
/** MAX_OPERATIONS x MERKLE_OPERATION_BYTES */
const OPERATIONS: usize = memory.data(6144, 16);
const PROOF: usize = memory.data(794944, 16);

/** Where the caller writes the root, 32 bytes, and finds it as it is after the operations. */
export function root(): usize {
  return ROOT;
}

/** Where the caller writes operations: key || old || new, 96 bytes each, keys ascending in tree order. */
export function operations(): usize {
  return OPERATIONS;
}

export function operationsCapacity(): u32 {
  return MAX_OPERATIONS * <u32>MERKLE_OPERATION_BYTES;
}

export function proof(): usize {
  return PROOF;
}

export function proofCapacity(): u32 {
  return MAX_PROOF_BYTES;
}

/** 1 when the proof proves the operations against the root; 0, and the root as it was, when it does not. */
export function apply(operationCount: u32, proofLength: u32): u32 {
  if (operationCount > MAX_OPERATIONS || proofLength > MAX_PROOF_BYTES) return 0;
  return merkleApply(ROOT, OPERATIONS, operationCount, PROOF, proofLength) ? 1 : 0;
}
