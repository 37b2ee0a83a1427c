/**
 * Results of `execute` for the open commit, kept until a step applies them.
 *
 * A result, RESULT_BYTES: status u8, its first operation and their count in the pool (u32 each), gas, effects digest. Its
 * operations lie together in the pool, ascending in tree order: id, digest relied on, digest left (OPERATION_BYTES).
 *
 * Results come in any order, and only steps in commit order make room again. So a result whose operations do not fit drives out those
 * of the latest transactions: the first one not applied always fits, and every commit can be finished.
 */
import { copy32 } from "../lib/bytes";
import { merkleCompareKeys } from "../lib/merkle/tree";
import { MAX_COMMIT_TRANSACTIONS } from "../wire/generated";
import * as state from "./state";

export const RESULT_MISSING: u32 = 0;
export const RESULT_EXECUTED: u32 = 1;
export const RESULT_DROPPED: u32 = 2;

/** Transaction kinds, as `execute` says them (frames.ts). */
export const KIND_USER: u32 = 0;
export const KIND_PROLOGUE: u32 = 1;
export const KIND_GENESIS: u32 = 2;
export const KIND_END: u32 = 3;

const STATUS: usize = 0;
const FIRST: usize = 4;
const COUNT: usize = 8;
const GAS: usize = 16;
const EFFECTS: usize = 56;

/** Offsets in an operation. */
export const OLD: usize = 32;
export const NEW: usize = 64;

/** Forgets all results: a commit begins. */
export function clearResults(): void {
  memory.fill(state.RESULTS, 0, <usize>MAX_COMMIT_TRANSACTIONS * state.RESULT_BYTES);
  store<u32>(state.POOL_TAIL, 0);
  store<u32>(state.POOL_USED, 0);
}

function result(place: u32): usize {
  return state.RESULTS + <usize>place * state.RESULT_BYTES;
}

export function resultStatus(place: u32): u32 {
  return load<u8>(result(place), STATUS);
}

export function resultGas(place: u32): usize {
  return result(place) + GAS;
}

export function resultEffects(place: u32): usize {
  return result(place) + EFFECTS;
}

export function resultOperations(place: u32): usize {
  return state.POOL + <usize>load<u32>(result(place), FIRST) * state.OPERATION_BYTES;
}

export function resultOperationCount(place: u32): u32 {
  return load<u32>(result(place), COUNT);
}

/** Makes the room of a result free; it counts as missing from then on. */
export function forgetResult(place: u32): void {
  store<u32>(state.POOL_USED, load<u32>(state.POOL_USED) - resultOperationCount(place));
  store<u32>(result(place), 0, COUNT);
  store<u8>(result(place), RESULT_MISSING, STATUS);
}

/**
 * Keeps a result, in place of an earlier one for the same transaction; `gas` and `effects` are read of an executed one alone. False, and nothing is
 * changed, when it could only fit in place of results of earlier transactions.
 */
export function keepResult(place: u32, status: u32, gas: usize, effects: usize, operations: usize, count: u32): bool {
  // Where all fit together, those before do; only else are they counted.
  const crowded = load<u32>(state.POOL_USED) + count > state.POOL_OPERATIONS;
  if (crowded && operationsBefore(place) + count > state.POOL_OPERATIONS) return false;
  forgetResult(place);
  for (
    let last = MAX_COMMIT_TRANSACTIONS - 1;
    last > place && load<u32>(state.POOL_USED) + count > state.POOL_OPERATIONS;
    last--
  ) {
    forgetResult(last);
  }
  if (state.POOL_OPERATIONS - load<u32>(state.POOL_TAIL) < count) compact();
  const first = load<u32>(state.POOL_TAIL);
  memory.copy(state.POOL + <usize>first * state.OPERATION_BYTES, operations, <usize>count * state.OPERATION_BYTES);
  store<u32>(state.POOL_TAIL, first + count);
  store<u32>(state.POOL_USED, load<u32>(state.POOL_USED) + count);
  const at = result(place);
  store<u8>(at, <u8>status, STATUS);
  store<u32>(at, first, FIRST);
  store<u32>(at, count, COUNT);
  if (status == RESULT_EXECUTED) {
    memory.copy(at + GAS, gas, state.GAS_BYTES);
    copy32(at + EFFECTS, effects);
  }
  return true;
}

/** Operations of all results before `place`: what a result there may not drive out. */
function operationsBefore(place: u32): u32 {
  let sum: u32 = 0;
  for (let earlier: u32 = 0; earlier < place; earlier++) sum += resultOperationCount(earlier);
  return sum;
}

/** Moves all operations to the front of the pool, result by result as they lie. */
function compact(): void {
  let tail: u32 = 0;
  let from: u32 = 0;
  for (let moved: u32 = 0; moved < MAX_COMMIT_TRANSACTIONS; moved++) {
    const place = firstFrom(from);
    if (place == MAX_COMMIT_TRANSACTIONS) break;
    const at = result(place);
    const first = load<u32>(at, FIRST);
    const count = load<u32>(at, COUNT);
    memory.copy(
      state.POOL + <usize>tail * state.OPERATION_BYTES,
      state.POOL + <usize>first * state.OPERATION_BYTES,
      <usize>count * state.OPERATION_BYTES,
    );
    store<u32>(at, tail, FIRST);
    tail += count;
    from = first + count;
  }
  store<u32>(state.POOL_TAIL, tail);
}

/** The result that lies first in the pool from operation `from` on, or MAX_COMMIT_TRANSACTIONS. */
function firstFrom(from: u32): u32 {
  let found: u32 = MAX_COMMIT_TRANSACTIONS;
  let lowest: u32 = u32.MAX_VALUE;
  for (let place: u32 = 0; place < MAX_COMMIT_TRANSACTIONS; place++) {
    const first = load<u32>(result(place), FIRST);
    if (load<u32>(result(place), COUNT) == 0 || first < from || first >= lowest) continue;
    lowest = first;
    found = place;
  }
  return found;
}

/** Index of the first of `count` operations, ascending in tree order, whose id is not below `id`. */
export function lowerBound(operations: usize, count: u32, id: usize): u32 {
  let low: u32 = 0;
  let high: u32 = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (merkleCompareKeys(operations + <usize>middle * state.OPERATION_BYTES, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
