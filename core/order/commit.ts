/**
 * The commit rule, and what a commit sends.
 *
 * In a committee of one the rule is short: its only member leads every round, and its block is a quorum of parents, votes and
 * certificates at once. So a block is committed when it is accepted, and its history not yet committed is the block itself.
 */
import * as frame from "../lib/frame";
import { blake2b256 } from "../lib/hash/blake2b";
import { PROLOGUE_BYTES, writePrologue } from "../lib/iota/prologue";
import * as writer from "../lib/writer";
import {
  LANE_ORDER_TO_HOST,
  LANE_ORDER_TO_LEDGER,
  ORDER_TO_HOST_COMMITTED,
  ORDER_TO_LEDGER_COMMIT,
} from "../wire/generated";
import { addOrdered } from "./ordered";
import { ABSENT, findTransaction, removeTransaction, TRANSACTION_BYTES } from "./pool";
import * as state from "./state";

/** "CaissonCommit::", what a commit's digest begins with. */
const NAME: usize = memory.data<u8>([
  0x43, 0x61, 0x69, 0x73, 0x73, 0x6f, 0x6e, 0x43, 0x6f, 0x6d, 0x6d, 0x69, 0x74, 0x3a, 0x3a,
]);
const NAME_BYTES: u32 = 15;
/** The name and a `CommitIdentity` of core/wire/frames.ts: 15 and 80 bytes. */
const IDENTITY: usize = memory.data(96, 16);
const IDENTITY_CAPACITY: usize = 96;

const DIGEST: usize = memory.data(32, 16);
const PROLOGUE: usize = memory.data(224, 16);
const PROLOGUE_DIGEST: usize = memory.data(32, 16);
const ZERO: usize = memory.data(32, 16);

/** Commits an accepted block: moves the state on, and tells host and ledger. `transactions` are TRANSACTION_BYTES each. */
export function commitBlock(round: u64, timestampMs: u64, block: usize, transactions: usize, count: u32): void {
  const index = state.commitIndex() + 1;
  commitDigest(index, round, block);
  writePrologue(PROLOGUE, PROLOGUE_DIGEST, state.epoch(), round, timestampMs, DIGEST);
  sayCommitted(index, round, timestampMs, transactions, count);
  sayCommit(index, round, timestampMs, block, transactions, count);
  state.setCommit(index, DIGEST, round, block, timestampMs);
  for (let i: u32 = 0; i < count; i++) {
    const digest = transactions + <usize>i * TRANSACTION_BYTES;
    addOrdered(digest);
    const slot = findTransaction(digest);
    if (slot != ABSENT) removeTransaction(slot);
  }
}

/** DIGEST of the next commit. */
function commitDigest(index: u64, round: u64, block: usize): void {
  writer.open(IDENTITY, IDENTITY_CAPACITY);
  writer.raw(NAME, NAME_BYTES);
  writer.raw32(state.commitDigest());
  writer.u64_(index);
  writer.u64_(round);
  writer.raw32(block);
  blake2b256(DIGEST, IDENTITY, writer.length());
}

function sayCommitted(index: u64, round: u64, timestampMs: u64, transactions: usize, count: u32): void {
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_COMMITTED);
  writer.u64_(index);
  writer.u64_(round);
  writer.u64_(timestampMs);
  writer.raw32(DIGEST);
  writer.blob(PROLOGUE, PROLOGUE_BYTES);
  writer.uleb(count + 1);
  writer.raw32(PROLOGUE_DIGEST);
  for (let i: u32 = 0; i < count; i++) writer.raw32(transactions + <usize>i * TRANSACTION_BYTES);
  frame.finish();
}

/** The prologue has no sender, no gas owner and no signatures: zeros. */
function sayCommit(index: u64, round: u64, timestampMs: u64, block: usize, transactions: usize, count: u32): void {
  frame.start(LANE_ORDER_TO_LEDGER);
  writer.uleb(ORDER_TO_LEDGER_COMMIT);
  writer.u64_(index);
  writer.u64_(round);
  writer.u64_(timestampMs);
  writer.raw32(DIGEST);
  writer.raw32(block);
  writer.uleb(count + 1);
  writer.raw32(PROLOGUE_DIGEST);
  writer.raw32(ZERO);
  writer.raw32(ZERO);
  writer.raw32(ZERO);
  writer.raw(transactions, <usize>count * TRANSACTION_BYTES);
  frame.finish();
}
