/**
 * The public matrix A (ExpandA, FIPS 204, algorithm 32): k · l transformed polynomials, row after row, 30 KiB at most.
 *
 * Expanding it is the larger half of a verification, so it is kept until another key asks for its own: a validator signs
 * with one key, and a signer's messages tend to come together.
 */
import { copy32, equal32 } from "../../bytes";
import { columns, POLYNOMIAL_BYTES, rows } from "./parameters";
import { sampleUniform2 } from "./sampling";

const MATRIX: usize = memory.data(30720, 16);

/** The seed and the shape MATRIX was expanded from; no shape before the first expansion and after a failed one. */
const expandedRho: usize = memory.data(32, 16);
let expandedShape: usize = 0;

/** Makes A for `rho` current. False if sampling failed. */
export function expandMatrix(set: usize, rho: usize): bool {
  const shape = (rows(set) << 8) | columns(set);
  if (expandedShape == shape && equal32(expandedRho, rho)) return true;
  expandedShape = 0;
  // Both sets have an even number of entries.
  const entries = <u32>(rows(set) * columns(set));
  for (let entry: u32 = 0; entry < entries; entry += 2) {
    if (!sampleUniform2(set, MATRIX + <usize>entry * POLYNOMIAL_BYTES, rho, entry)) return false;
  }
  copy32(expandedRho, rho);
  expandedShape = shape;
  return true;
}

/** Row `i` of the current matrix: l polynomials with coefficients in [0, q). */
export function matrixRow(set: usize, i: usize): usize {
  return MATRIX + i * columns(set) * POLYNOMIAL_BYTES;
}
