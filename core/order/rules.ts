/**
 * When a block, or a header of ours, may be part of the DAG. Whether it is valid depends on its bytes and its history alone; what is only not held
 * yet can be fetched, and does not make it invalid.
 *
 * All functions are about the header that header.ts read last.
 */
import { equal32 } from "../lib/bytes";
import {
  REJECT_BLOCK_NO_OWN_PARENT,
  REJECT_BLOCK_OTHER_CHAIN,
  REJECT_BLOCK_PARENT_TWICE,
  REJECT_BLOCK_TOO_FEW_PARENTS,
  REJECT_BLOCK_TOO_MANY_TRANSACTIONS,
  REJECT_BLOCK_UNKNOWN_AUTHOR,
  REJECT_BLOCK_WRONG_PARENT_ROUND,
  REJECT_BLOCK_WRONG_ROUND,
} from "../wire/generated";
import * as dag from "./dag";
import * as header from "./header";
import * as state from "./state";

/** A byte for each of MAX_VALIDATORS: 1 when a parent is of this author. */
const SEEN: usize = memory.data(100, 16);
/** Places of the parents that are not held, u8 each. */
const MISSING: usize = memory.data(100, 16);

let missing: u32 = 0;

/** How many of the parents are not held, and their places; of the last `linkParents`. */
export function missingParents(): u32 {
  return missing;
}

export function missingParent(index: u32): u32 {
  return load<u8>(MISSING + index);
}

/** A BlockFault, or 0: what can be said without the DAG. */
export function fault(): u32 {
  if (!equal32(header.headerChain, state.chain()) || header.headerEpoch != state.epoch())
    return REJECT_BLOCK_OTHER_CHAIN;
  if (header.headerAuthor >= state.committeeSize()) return REJECT_BLOCK_UNKNOWN_AUTHOR;
  if (header.headerRound == 0 || header.headerRound > <u64>i64.MAX_VALUE) return REJECT_BLOCK_WRONG_ROUND;
  if (header.headerTransactionCount > state.number(state.BLOCK_TRANSACTIONS)) return REJECT_BLOCK_TOO_MANY_TRANSACTIONS;
  return parentFault();
}

/** The author's own previous block first, one parent an author, enough of the round before; of the first round there is none before. */
function parentFault(): u32 {
  const round = header.headerRound;
  if (header.headerParentCount == 0 || header.parentAuthor(0) != header.headerAuthor) return REJECT_BLOCK_NO_OWN_PARENT;
  memory.fill(SEEN, 0, state.committeeSize());
  let before: u32 = 0;
  for (let i: u32 = 0; i < header.headerParentCount; i++) {
    const author = header.parentAuthor(i);
    if (author >= state.committeeSize() || load<u8>(SEEN + author) != 0) return REJECT_BLOCK_PARENT_TWICE;
    store<u8>(SEEN + author, 1);
    if (header.parentRound(i) >= round) return REJECT_BLOCK_WRONG_PARENT_ROUND;
    const beginning = i == 0 && equal32(header.parentDigest(0), state.chain());
    if (header.parentRound(i) == 0 && !beginning) return REJECT_BLOCK_WRONG_PARENT_ROUND;
    if (header.parentRound(i) == round - 1) before++;
  }
  return round > 1 && before < state.number(state.PARENTS) ? REJECT_BLOCK_TOO_FEW_PARENTS : 0;
}

/** Highest round that there is room for. A lone author's rounds may be any: nobody else's blocks can be lacking between them. */
export function lastRound(): u64 {
  return state.number(state.PARENTS) == 0 ? <u64>i64.MAX_VALUE : state.horizon() + state.number(state.ROUNDS);
}

/** Links the parents above the horizon to the next `dag.insert`. False: some are not held. */
export function linkParents(): bool {
  missing = 0;
  dag.clearLinks();
  for (let i: u32 = 0; i < header.headerParentCount; i++) {
    const round = header.parentRound(i);
    if (round <= state.horizon()) continue;
    const twin = dag.find(round, header.parentAuthor(i), header.parentDigest(i));
    if (twin == dag.ABSENT) store<u8>(MISSING + missing++, <u8>i);
    else dag.link(round, header.parentAuthor(i), <u32>twin);
  }
  return missing == 0;
}
