// Lets tests call the verifier of the state tree. Both areas are longer than the limits, so that tests can go beyond these.
import * as tree from "../../core/lib/merkle/tree";

const ROOT: usize = memory.data(32, 16);
const OPERATIONS: usize = memory.data(786528, 16); // 8,193 operations
const PROOF: usize = memory.data(4210688, 16);

export function root(): usize {
  return ROOT;
}

export function operations(): usize {
  return OPERATIONS;
}

export function proof(): usize {
  return PROOF;
}

export function apply(operationCount: u32, proofLength: u32): bool {
  return tree.merkleApply(ROOT, OPERATIONS, operationCount, PROOF, proofLength);
}

/** Compares the keys of two operations. */
export function compareKeys(first: u32, second: u32): i32 {
  return tree.merkleCompareKeys(
    OPERATIONS + first * tree.MERKLE_OPERATION_BYTES,
    OPERATIONS + second * tree.MERKLE_OPERATION_BYTES,
  );
}

export function maxOperations(): u32 {
  return tree.MERKLE_MAX_OPERATIONS;
}

export function maxProofBytes(): u32 {
  return tree.MERKLE_MAX_PROOF_BYTES;
}
