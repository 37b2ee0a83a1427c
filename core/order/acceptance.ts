/**
 * Takes a block that `verify` has passed: a peer's, or one of our own that the host gives back after a restart. It counts when its history is held
 * and `verify` has passed each of its transactions with the signatures it names; what is lacking is named in the answer.
 */
import * as reader from "../lib/reader";
import {
  MAX_BLOCK_BYTES,
  REJECT_BLOCK_MALFORMED,
  REJECT_BLOCK_UNSIGNED,
  REJECT_ORDER_BELOW_HORIZON,
  REJECT_ORDER_EPOCH_ENDED,
  REJECT_ORDER_INVALID_BLOCK,
  REJECT_ORDER_MALFORMED_FRAME,
  REJECT_ORDER_NOT_READY,
  REJECT_ORDER_TOO_FAR_AHEAD,
  REJECT_ORDER_TOO_MANY_TWINS,
  REJECT_ORDER_UNVERIFIED_BLOCK,
  REJECT_ORDER_UNVERIFIED_TRANSACTION,
  REJECT_ORDER_VAULT_REFUSED,
} from "../wire/generated";
import { sayAccepted, sayMissing, sayRejected } from "./answers";
import { advance } from "./commit";
import * as dag from "./dag";
import { noteEquivocation } from "./evidence";
import * as header from "./header";
import * as payload from "./payload";
import { fault, lastRound, linkParents } from "./rules";
import * as state from "./state";
import { blocksRing, isVerified, removeVerified } from "./verified";

const DIGEST: usize = memory.data(32, 16);

/** `AcceptBlock`, after its variant. */
export function accept(): void {
  const id = reader.u64_();
  const length = reader.count(MAX_BLOCK_BYTES);
  const block = reader.take(length);
  if (!reader.exhausted()) {
    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
    return;
  }
  if (!header.readBlock(block, length)) {
    sayRejected(id, REJECT_ORDER_INVALID_BLOCK, REJECT_BLOCK_MALFORMED, 0);
    return;
  }
  const bad = fault();
  if (bad != 0) {
    sayRejected(id, REJECT_ORDER_INVALID_BLOCK, bad, 0);
    return;
  }
  header.blockDigest(DIGEST, block, header.headerLength);
  judge(id);
}

/** The block in header.ts has no fault of its own. */
function judge(id: u64): void {
  const round = header.headerRound;
  const author = header.headerAuthor;
  if (state.hasEnded()) sayRejected(id, REJECT_ORDER_EPOCH_ENDED, 0, 0);
  else if (round <= state.horizon()) sayRejected(id, REJECT_ORDER_BELOW_HORIZON, state.horizon(), 0);
  else if (dag.find(round, author, DIGEST) != dag.ABSENT) sayAccepted(id);
  else if (!isVerified(blocksRing(), DIGEST)) sayRejected(id, REJECT_ORDER_UNVERIFIED_BLOCK, 0, 0);
  else if (author == state.author() && !state.vaultReady()) sayNoVault(id);
  else if (author == state.author() && !wasSigned()) {
    sayRejected(id, REJECT_ORDER_INVALID_BLOCK, REJECT_BLOCK_UNSIGNED, 0);
  } else if (round > lastRound()) sayRejected(id, REJECT_ORDER_TOO_FAR_AHEAD, lastRound(), 0);
  else if (dag.blocksOf(round, author) >= state.number(state.TWINS)) {
    sayRejected(id, REJECT_ORDER_TOO_MANY_TWINS, state.number(state.TWINS), 0);
  } else take(id);
}

/** No block of ours is made or taken before it is known where the vault stands. */
export function sayNoVault(id: u64): void {
  const failure = state.vaultFailure();
  sayRejected(id, failure != 0 ? REJECT_ORDER_VAULT_REFUSED : REJECT_ORDER_NOT_READY, failure, 0);
}

/** A round that our vault has not signed cannot carry its signature. A boot's number says nothing: those of a state that was lost are forgotten. */
function wasSigned(): bool {
  return header.headerRound <= state.vaultRound();
}

function take(id: u64): void {
  const linked = linkParents();
  const bad = gatherPayload();
  if (!linked || bad == REJECT_ORDER_UNVERIFIED_TRANSACTION) sayMissing(id);
  else if (bad != 0) sayRejected(id, bad, payload.rejectedIndex(), 0);
  else {
    removeVerified(blocksRing(), DIGEST);
    sayAccepted(id);
    add(DIGEST, payload.gathered(), isCommitted() ? 0 : header.headerTransactionCount);
  }
}

/** A checkpoint that was installed has committed it, or something of its author's after it: what it holds is of no interest any more. */
function isCommitted(): bool {
  return header.headerRound <= state.committedRound(header.headerAuthor);
}

function gatherPayload(): u32 {
  payload.clearMissing();
  if (isCommitted()) return 0;
  return payload.gather(header.headerTransactions, header.headerTransactionCount, header.HEADER_TRANSACTION_BYTES);
}

/** Adds the block in header.ts, whose parents are linked, to the DAG, and commits what it decides. */
export function add(digest: usize, transactions: usize, count: u32): void {
  const round = header.headerRound;
  const author = header.headerAuthor;
  makeRoom(round);
  dag.insert(round, author, digest, header.headerTimestampMs, transactions, count);
  noteEquivocation(round, author);
  advance();
}

/** The rounds that a lone author skipped are empty for ever: they need no room. */
function makeRoom(round: u64): void {
  const rounds = state.number(state.ROUNDS);
  if (round <= state.horizon() + rounds) return;
  state.setHorizon(round - rounds);
  if (state.nextRound() <= state.horizon()) state.setNextSlot(state.horizon() + 1, 0);
}
