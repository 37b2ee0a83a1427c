/**
 * Where a checkpoint ends: a function of what is committed alone, so that all nodes cut alike, and one that starts from a checkpoint goes on as the one
 * that made it.
 *
 * It ends with the first commit that has transactions of users in it, or before it, and comes long enough after the checkpoint before; with one that
 * comes very long after it; with the last that it has room for; and with genesis and the end of an epoch. Empty commits by themselves make few
 * checkpoints, and nobody waits for those. Upstream gathers commits until `min_checkpoint_interval_ms` have passed
 * (crates/iota-core/src/checkpoints/mod.rs); as there, each commit keeps its own prologue.
 */
import {
  CHECKPOINT_INTERVAL_MS,
  IDLE_CHECKPOINT_INTERVAL_MS,
  MAX_CHECKPOINT_COMMITS,
  MAX_CHECKPOINT_TRANSACTIONS,
  MAX_COMMIT_TRANSACTIONS,
} from "../wire/generated";
import { clearContents } from "./contents";
import * as queue from "./queue";
import * as state from "./state";

/** The first commit of the queue joins the checkpoint in the making. */
export function enterCommit(): void {
  if (load<u32>(state.OPEN_COMMITS) == 0) clearContents();
  store<u32>(state.OPEN_COMMITS, load<u32>(state.OPEN_COMMITS) + 1);
  store<u32>(state.OPEN_TRANSACTIONS, load<u32>(state.OPEN_TRANSACTIONS) + queue.transactionCount());
}

/** It is done with, and the next one may be opened. */
export function leaveCommit(): void {
  queue.pop();
  store<u64>(state.NEXT_COMMIT, load<u64>(state.NEXT_COMMIT) + 1);
  state.setPhase(state.PHASE_IDLE);
}

/** Does the checkpoint in the making end with the open commit? */
export function endsCheckpoint(): bool {
  if (queue.commitIndex() == 0 || queue.endsEpoch() || isFull()) return true;
  const last = load<u64>(state.LAST_TIMESTAMP);
  const elapsed = queue.commitTimestamp() > last ? queue.commitTimestamp() - last : 0;
  return elapsed >= interval();
}

/** Milliseconds after the checkpoint before. */
function interval(): u64 {
  if (load<u32>(state.OPEN_TRANSACTIONS) == load<u32>(state.OPEN_COMMITS)) return IDLE_CHECKPOINT_INTERVAL_MS; // prologues alone
  return load<u32>(state.COMMITTEE) == 1 ? 0 : CHECKPOINT_INTERVAL_MS;
}

/** It may be that another commit does not fit. */
function isFull(): bool {
  return (
    load<u32>(state.OPEN_COMMITS) == MAX_CHECKPOINT_COMMITS ||
    load<u32>(state.OPEN_TRANSACTIONS) > MAX_CHECKPOINT_TRANSACTIONS - MAX_COMMIT_TRANSACTIONS
  );
}

/** The checkpoint is given out, and with it its last commit is done with. */
export function endCheckpoint(): void {
  store<u32>(state.OPEN_COMMITS, 0);
  store<u32>(state.OPEN_TRANSACTIONS, 0);
  leaveCommit();
}
