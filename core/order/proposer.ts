/**
 * Makes our blocks, in two steps: `propose` answers what the next one would be and changes nothing; `sign` takes such a header back, when the host has it
 * on disk, and has the vault sign it. So a block whose signature was lost in a crash can be had again, the same and no other: the vault answers for
 * the digest that it signed at its highest round, and for no second one.
 *
 * The host may change a header in between: it chooses times and transactions anyway, and which blocks reach us. What it cannot have signed is what
 * rules.ts does not let into a DAG, or a block that passes over our latest one or enters its round too early.
 */
import { equal32 } from "../lib/bytes";
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import * as writer from "../lib/writer";
import {
  LANE_ORDER_TO_HOST,
  MAX_BLOCK_BYTES,
  MAX_BLOCK_TRANSACTIONS,
  NO_AUTHOR,
  ORDER_TO_HOST_DRAFTED,
  REJECT_BLOCK_MALFORMED,
  REJECT_BLOCK_NOT_LATEST,
  REJECT_BLOCK_NOT_OURS,
  REJECT_BLOCK_OTHER_BOOT,
  REJECT_BLOCK_TOO_EARLY,
  REJECT_BLOCK_TOO_MANY_TRANSACTIONS,
  REJECT_ORDER_BELOW_HORIZON,
  REJECT_ORDER_BUSY,
  REJECT_ORDER_EPOCH_ENDED,
  REJECT_ORDER_INVALID_BLOCK,
  REJECT_ORDER_MALFORMED_FRAME,
  REJECT_ORDER_NOT_YET,
  REJECT_ORDER_TOO_FAR_AHEAD,
  REJECT_ORDER_UNVERIFIED_TRANSACTION,
  REJECT_ORDER_VAULT_REFUSED,
  REJECT_VAULT_SLOT_PASSED,
  REJECT_VAULT_SLOT_TAKEN,
  SIGNATURE_BYTES,
} from "../wire/generated";
import { add, sayNoVault } from "./acceptance";
import { askSignature, sayMissing, sayProposed, sayRejected } from "./answers";
import * as dag from "./dag";
import { decide } from "./decide";
import * as header from "./header";
import * as outstanding from "./outstanding";
import { lowestRound, mayEnter, nextBlockRound, ownRound } from "./pacemaker";
import * as payload from "./payload";
import { SIGNATURES_DIGEST, TRANSACTION_BYTES } from "./pool";
import { fault, lastRound, linkParents } from "./rules";
import * as state from "./state";

/** MAX_BLOCK_BYTES. */
const DRAFT: usize = memory.data(49152, 16);
const DIGEST: usize = memory.data(32, 16);
const ZERO: usize = memory.data(32, 16);

/** `Propose`, after its variant. */
export function propose(): void {
  const id = reader.u64_();
  const timestampMs = reader.u64_();
  const count = reader.count(MAX_BLOCK_TRANSACTIONS);
  const digests = reader.take(<usize>count * 32);
  if (!reader.exhausted()) {
    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
    return;
  }
  if (!isReady(id)) return;
  if (count > state.number(state.BLOCK_TRANSACTIONS)) {
    sayRejected(id, REJECT_ORDER_INVALID_BLOCK, REJECT_BLOCK_TOO_MANY_TRANSACTIONS, 0);
    return;
  }
  const bad = payload.gatherOurs(digests, count);
  if (bad != 0) {
    sayRejected(id, bad, payload.rejectedIndex(), 0);
    return;
  }
  decide();
  const round = nextBlockRound();
  if (round == 0) {
    const lowest = lowestRound();
    sayRejected(id, REJECT_ORDER_NOT_YET, lowest, lowest > 1 ? dag.authorsAt(lowest - 1) : 0);
    return;
  }
  draft(id, round, timestampMs, count);
}

/** No block can be made before the vault is ready, while a signature is out, or when the epoch has ended. False: that was said. */
function isReady(id: u64): bool {
  if (state.hasEnded()) sayRejected(id, REJECT_ORDER_EPOCH_ENDED, 0, 0);
  else if (state.author() == NO_AUTHOR || !state.vaultReady()) sayNoVault(id);
  else if (outstanding.isOutstanding()) sayRejected(id, REJECT_ORDER_BUSY, 0, 0);
  else return true;
  return false;
}

/** The header of our block of a round, with the transactions gathered last. */
function draft(id: u64, round: u64, timestampMs: u64, count: u32): void {
  const own = dag.latestRound(state.author(), round - 1);
  const time = max(timestampMs, state.lastTimestampMs());
  writer.open(DRAFT, MAX_BLOCK_BYTES);
  writer.raw32(state.chain());
  writer.u64_(state.epoch());
  writer.u16_(state.author());
  writer.u64_(state.boot());
  writer.u64_(round);
  writeParents(round, own);
  writer.u64_(own > 0 ? max(time, dag.timestampOf(own, state.author(), 0)) : time);
  writer.uleb(count);
  for (let i: u32 = 0; i < count; i++) {
    const transaction = payload.gathered() + <usize>i * TRANSACTION_BYTES;
    writer.raw32(transaction);
    writer.raw32(transaction + SIGNATURES_DIGEST);
  }
  const length = writer.length();
  header.blockDigest(DIGEST, DRAFT, length);
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_DRAFTED);
  writer.u64_(id);
  writer.u64_(round);
  writer.raw32(DIGEST);
  writer.blob(DRAFT, length);
  frame.finish();
}

/** Our latest block, then of every other author the latest that our own history does not have yet: all of the round before, and what came late. */
function writeParents(round: u64, own: u64): void {
  let count: u32 = 1;
  for (let author: u32 = 0; author < state.committeeSize(); author++) if (parentOf(author, round, own) != 0) count++;
  writer.uleb(count);
  if (own > 0) writeRef(state.author(), own);
  else {
    writer.u16_(state.author());
    writer.u64_(0);
    writer.raw32(state.chain());
  }
  for (let author: u32 = 0; author < state.committeeSize(); author++) {
    const from = parentOf(author, round, own);
    if (from != 0) writeRef(author, from);
  }
}

/** Round of an author's block that our block of `round` names besides our own; 0: none. */
function parentOf(author: u32, round: u64, own: u64): u64 {
  if (author == state.author()) return 0;
  const latest = dag.latestRound(author, round - 1);
  if (latest == 0 || latest == round - 1 || own == 0) return latest;
  return dag.inHistory(own, state.author(), 0, latest, author, 0) ? 0 : latest;
}

function writeRef(author: u32, round: u64): void {
  writer.u16_(author);
  writer.u64_(round);
  writer.raw32(dag.digestOf(round, author, 0));
}

/** `Sign`, after its variant. */
export function sign(): void {
  const id = reader.u64_();
  const length = reader.count(MAX_BLOCK_BYTES);
  const bytes = reader.take(length);
  if (!reader.exhausted()) {
    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
    return;
  }
  if (!isReady(id)) return;
  const bad = header.readHeader(bytes, length) ? headerFault() : REJECT_BLOCK_MALFORMED;
  if (bad != 0) {
    sayRejected(id, REJECT_ORDER_INVALID_BLOCK, bad, 0);
    return;
  }
  header.blockDigest(DIGEST, bytes, length);
  if (maySign(id)) ask(id, bytes, length);
}

/** A BlockFault of a header that is to be ours, or 0. */
function headerFault(): u32 {
  const bad = fault();
  if (bad != 0) return bad;
  if (header.headerAuthor != state.author()) return REJECT_BLOCK_NOT_OURS;
  const round = header.headerRound;
  if (header.headerBoot != state.boot() && round != state.vaultRound()) return REJECT_BLOCK_OTHER_BOOT;
  if (header.parentRound(0) != ownParentRound(round)) return REJECT_BLOCK_NOT_LATEST;
  decide();
  return mayEnter(round) ? 0 : REJECT_BLOCK_TOO_EARLY;
}

/** Round of the block that our block of `round` names first: of a round that was signed already, the one that it named then. */
function ownParentRound(round: u64): u64 {
  const own = ownRound();
  return own < round ? own : dag.latestRound(state.author(), round - 1);
}

/** Everything that may be otherwise later. False: that was said. */
function maySign(id: u64): bool {
  const round = header.headerRound;
  const again = round == state.vaultRound() && equal32(DIGEST, state.vaultDigest());
  if (round <= state.vaultRound() && !again)
    sayRejected(id, REJECT_ORDER_VAULT_REFUSED, REJECT_VAULT_SLOT_PASSED, round);
  else if (round <= state.horizon()) sayRejected(id, REJECT_ORDER_BELOW_HORIZON, state.horizon(), 0);
  else if (round > lastRound()) sayRejected(id, REJECT_ORDER_TOO_FAR_AHEAD, lastRound(), 0);
  else {
    const linked = linkParents();
    const bad = payload.gather(
      header.headerTransactions,
      header.headerTransactionCount,
      header.HEADER_TRANSACTION_BYTES,
    );
    if (!linked || bad == REJECT_ORDER_UNVERIFIED_TRANSACTION) sayMissing(id);
    else if (bad != 0) sayRejected(id, bad, payload.rejectedIndex(), 0);
    else return true;
  }
  return false;
}

/** Keeps the header and its transactions, which the pool may drop meanwhile, and asks for the signature. */
function ask(id: u64, bytes: usize, length: u32): void {
  const count = header.headerTransactionCount;
  memory.copy(outstanding.outstandingHeader(), bytes, length);
  memory.copy(outstanding.outstandingDigest(), DIGEST, 32);
  memory.copy(outstanding.outstandingTransactions(), payload.gathered(), <usize>count * TRANSACTION_BYTES);
  outstanding.setOutstanding(id, header.headerRound, length, count);
  askSignature();
}

/** True when the vault speaks of the block that is out. */
function concernsOutstanding(round: u64, digest: usize): bool {
  return (
    outstanding.isOutstanding() &&
    round == outstanding.outstandingRound() &&
    equal32(digest, outstanding.outstandingDigest())
  );
}

/** `BlockSigned`, after its variant: the block leaves, and is part of the DAG. */
export function signed(): void {
  const round = reader.u64_();
  const digest = reader.raw32();
  const boot = reader.u64_();
  const signature = reader.take(SIGNATURE_BYTES);
  if (!reader.exhausted() || !concernsOutstanding(round, digest)) return;
  header.readHeader(outstanding.outstandingHeader(), outstanding.outstandingHeaderLength());
  if (boot != header.headerBoot) return;
  sayProposed(signature);
  if (round > state.vaultRound()) state.setVaultRound(round, digest);
  outstanding.clearOutstanding();
  if (isWanted(round)) {
    add(outstanding.outstandingDigest(), outstanding.outstandingTransactions(), outstanding.outstandingCount());
  }
}

/** Since it was asked for, the DAG may have left the block behind, or have it from elsewhere, or the epoch has ended. Its parents are linked when this is true. */
function isWanted(round: u64): bool {
  if (state.hasEnded() || round <= state.horizon() || dag.blocksOf(round, state.author()) > 0) return false;
  return linkParents();
}

/**
 * `VaultRefused`, after its variant. One that concerns no block says that the vault's boot failed. A slot that was taken or
 * passed is not tried again: the next proposal takes the round after it.
 */
export function refused(): void {
  const code = reader.u16_();
  const round = reader.u64_();
  const digest = reader.raw32();
  if (!reader.exhausted()) return;
  if (concernsOutstanding(round, digest)) {
    sayRejected(outstanding.outstandingId(), REJECT_ORDER_VAULT_REFUSED, code, round);
    outstanding.clearOutstanding();
    const gone = code == REJECT_VAULT_SLOT_TAKEN || code == REJECT_VAULT_SLOT_PASSED;
    if (gone && round > state.vaultRound()) state.setVaultRound(round, ZERO);
  } else if (round == 0 && !state.vaultReady()) state.setVaultFailure(code);
}
