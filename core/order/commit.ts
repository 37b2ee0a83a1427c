/**
 * What commits send. Slots are committed one after another as far as they are decided. A commit orders what the leader's history has that no commit
 * had before, by (round, author, digest): of each author only blocks later than the last one committed, and none at or below the horizon. So each block
 * is ordered once, and what is ordered next follows from `OrderResume` and the blocks above the horizon alone.
 *
 * A history that does not fit one commit goes on in the next one, of the same leader: blocks are never split.
 *
 * The first commit whose time is a whole duration after the epoch's beginning is the epoch's last, whatever else is decided: what it does not have is
 * ordered in the next epoch, by blocks of that one.
 */
import * as frame from "../lib/frame";
import { blake2b256 } from "../lib/hash/blake2b";
import { PROLOGUE_BYTES, writePrologue } from "../lib/iota/prologue";
import * as writer from "../lib/writer";
import {
  LANE_ORDER_TO_HOST,
  LANE_ORDER_TO_LEDGER,
  MAX_BLOCK_TRANSACTIONS,
  MAX_COMMIT_BLOCKS,
  ORDER_TO_HOST_COMMITTED,
  ORDER_TO_LEDGER_COMMIT,
} from "../wire/generated";
import * as dag from "./dag";
import { decide, SKIP, statusOf, UNDECIDED } from "./decide";
import { addOrdered } from "./ordered";
import { TRANSACTION_BYTES } from "./pool";
import { addNumber, findNumber, NOWHERE, openIndex } from "./sorted";
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

/** Commits that one step sends: `ledger` holds 64, and a frame's answers must fit its output. The rest comes with the host's next frame. */
const MAX_COMMITS_A_STEP: u32 = 16;

/** The commit's transactions, MAX_BLOCK_TRANSACTIONS of TRANSACTION_BYTES, and their index by digest. */
const TRANSACTIONS: usize = memory.data(65536, 16);
const INDEX: usize = memory.data(2056, 16);
/** The commit's blocks: MAX_COMMIT_BLOCKS of {round u64, author u32, place u32}. */
const BLOCKS: usize = memory.data(8192, 16);
const BLOCK_BYTES: usize = 16;
/** Timestamps, u64 for each of MAX_VALIDATORS. */
const TIMES: usize = memory.data(800, 16);
/** bcs(OrderResume). */
const RESUME: usize = memory.data(832, 16);
const RESUME_CAPACITY: usize = 832;

let transactions: u32 = 0;
let blocks: u32 = 0;
let latestTime: u64 = 0;

// The leader that is being committed.
let leaderRound: u64 = 0;
let leaderRank: u32 = 0;
let leaderAuthor: u32 = 0;
let leaderTwin: u32 = 0;

/** Commits what is decided, slot by slot, up to MAX_COMMITS_A_STEP commits; nothing after the epoch's last one. */
export function advance(): void {
  decide();
  for (let sent: u32 = 0; sent < MAX_COMMITS_A_STEP && !state.hasEnded() && findLeader(); sent++) commit();
}

/** The first committed slot with nothing undecided before it. False: there is none yet. */
function findLeader(): bool {
  for (let round = state.nextRound(); round <= state.highestRound(); round++) {
    const from = round == state.nextRound() ? state.nextRank() : 0;
    for (let rank = from; rank < state.number(state.LEADERS); rank++) {
      const status = statusOf(round, rank);
      if (status == UNDECIDED) return false;
      if (status == SKIP) continue;
      leaderRound = round;
      leaderRank = rank;
      leaderAuthor = dag.leaderOf(round, rank);
      leaderTwin = status - 1;
      return true;
    }
  }
  return false;
}

/** Commits the leader's history, or as much of it as fits. */
function commit(): void {
  const complete = linearise();
  const timestampMs = max(medianTimestamp(), state.lastTimestampMs());
  const index = state.commitIndex() + 1;
  const block = dag.digestOf(leaderRound, leaderAuthor, leaderTwin);
  commitDigest(index, leaderRound, block);
  writePrologue(PROLOGUE, PROLOGUE_DIGEST, state.epoch(), leaderRound, timestampMs, DIGEST);
  if (state.endsEpoch(timestampMs)) state.setEnded();
  sayCommitted(index, timestampMs, complete);
  settle(complete);
  sayCommit(index, timestampMs, block);
  state.setCommit(index, DIGEST, timestampMs);
  for (let i: u32 = 0; i < transactions; i++) addOrdered(TRANSACTIONS + <usize>i * TRANSACTION_BYTES);
}

/** Lists the blocks and transactions of the next commit. False: the leader itself, which is the last of its history, did not fit. */
function linearise(): bool {
  transactions = 0;
  blocks = 0;
  store<u32>(INDEX, 0);
  for (let round = state.horizon() + 1; round <= leaderRound; round++) {
    for (let author: u32 = 0; author < state.committeeSize(); author++) {
      if (round <= state.committedRound(author)) continue;
      const held = dag.blocksOf(round, author);
      for (let twin: u32 = 0; twin < held; twin++) {
        if (isInHistory(round, author, twin) && !addBlock(round, author, twin)) return false;
      }
    }
  }
  return true;
}

/** In the leader's history, or the leader itself. */
function isInHistory(round: u64, author: u32, twin: u32): bool {
  if (round == leaderRound) return author == leaderAuthor && twin == leaderTwin;
  return dag.inHistory(leaderRound, leaderAuthor, leaderTwin, round, author, twin);
}

/** Adds a block, and those of its transactions that the commit does not have yet. False: it does not fit. */
function addBlock(round: u64, author: u32, twin: u32): bool {
  const count = dag.transactionCount(round, author, twin);
  if (blocks >= MAX_COMMIT_BLOCKS || transactions + count > MAX_BLOCK_TRANSACTIONS) return false;
  const at = BLOCKS + <usize>blocks * BLOCK_BYTES;
  store<u64>(at, round);
  store<u32>(at, author, 8);
  store<u32>(at, twin, 12);
  blocks++;
  openIndex(INDEX, TRANSACTIONS, TRANSACTION_BYTES);
  for (let i: u32 = 0; i < count; i++) {
    const transaction = dag.transactionsOf(round, author, twin) + <usize>i * TRANSACTION_BYTES;
    if (findNumber(transaction) != NOWHERE) continue;
    memory.copy(TRANSACTIONS + <usize>transactions * TRANSACTION_BYTES, transaction, TRANSACTION_BYTES);
    addNumber(transactions++);
  }
  return true;
}

/**
 * The lower median of the latest timestamps, above the horizon, of all authors in the leader's history, the leader's own among them. A history of
 * fewer authors than a block must name, as a leader of round 1 has, says no time: one of them could say any.
 */
function medianTimestamp(): u64 {
  let count: u32 = 0;
  for (let author: u32 = 0; author < state.committeeSize(); author++) {
    for (let round = leaderRound; round > state.horizon(); round--) {
      if (!findTime(round, author)) continue;
      insertTime(count++, latestTime);
      break;
    }
  }
  return count == 0 || count < state.number(state.PARENTS) ? 0 : load<u64>(TIMES + ((<usize>((count - 1) / 2)) << 3));
}

/** The latest timestamp of an author's blocks of a round in the leader's history. False: it has none there. */
function findTime(round: u64, author: u32): bool {
  let found = false;
  latestTime = 0;
  const held = dag.blocksOf(round, author);
  for (let twin: u32 = 0; twin < held; twin++) {
    if (!isInHistory(round, author, twin)) continue;
    found = true;
    latestTime = max(latestTime, dag.timestampOf(round, author, twin));
  }
  return found;
}

/** Into its place among the first `count` of TIMES, which ascend. */
function insertTime(count: u32, time: u64): void {
  let place = count;
  for (; place > 0 && load<u64>(TIMES + ((<usize>(place - 1)) << 3)) > time; place--) {
    store<u64>(TIMES + ((<usize>place) << 3), load<u64>(TIMES + ((<usize>(place - 1)) << 3)));
  }
  store<u64>(TIMES + ((<usize>place) << 3), time);
}

function blockRound(index: u32): u64 {
  return load<u64>(BLOCKS + <usize>index * BLOCK_BYTES);
}

function blockAuthor(index: u32): u32 {
  return load<u32>(BLOCKS + <usize>index * BLOCK_BYTES, 8);
}

function blockTwin(index: u32): u32 {
  return load<u32>(BLOCKS + <usize>index * BLOCK_BYTES, 12);
}

/** Moves on behind what was committed. Rounds of blocks ascend, so an author's last one stays. */
function settle(complete: bool): void {
  for (let i: u32 = 0; i < blocks; i++) state.setCommittedRound(blockAuthor(i), blockRound(i));
  const last = leaderRank + 1 == state.number(state.LEADERS);
  if (!complete) state.setNextSlot(leaderRound, leaderRank);
  else state.setNextSlot(last ? leaderRound + 1 : leaderRound, last ? 0 : leaderRank + 1);
  if (complete) state.setHorizon(horizonAfter());
}

/** The horizon once the leader is committed. */
function horizonAfter(): u64 {
  const depth = state.number(state.DEPTH);
  return max(state.horizon(), leaderRound > depth ? leaderRound - depth : 0);
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

/** Before `settle`: the slots from the last commit to this one are those that were skipped. */
function sayCommitted(index: u64, timestampMs: u64, complete: bool): void {
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_COMMITTED);
  writer.u64_(index);
  writer.u64_(leaderRound);
  writer.u64_(timestampMs);
  writer.raw32(DIGEST);
  writer.blob(PROLOGUE, PROLOGUE_BYTES);
  writer.uleb(transactions + 1);
  writer.raw32(PROLOGUE_DIGEST);
  for (let i: u32 = 0; i < transactions; i++) writer.raw32(TRANSACTIONS + <usize>i * TRANSACTION_BYTES);
  writeRef(leaderRound, leaderAuthor, leaderTwin);
  writer.u8_(complete ? 1 : 0);
  writer.u8_(state.hasEnded() ? 1 : 0);
  writer.u64_(complete ? horizonAfter() : state.horizon());
  writer.uleb(blocks);
  for (let i: u32 = 0; i < blocks; i++) writeRef(blockRound(i), blockAuthor(i), blockTwin(i));
  writeSkipped();
  frame.finish();
}

function writeRef(round: u64, author: u32, twin: u32): void {
  writer.u16_(author);
  writer.u64_(round);
  writer.raw32(dag.digestOf(round, author, twin));
}

function writeSkipped(): void {
  const leaders = state.number(state.LEADERS);
  let round = state.nextRound();
  let rank = state.nextRank();
  writer.uleb(<u32>(leaderRound - round) * leaders + leaderRank - rank);
  while (round < leaderRound || (round == leaderRound && rank < leaderRank)) {
    if (rank < leaders) {
      writer.u64_(round);
      writer.u8_(rank);
      writer.u16_(dag.leaderOf(round, rank));
      rank++;
    } else {
      round++;
      rank = 0;
    }
  }
}

/** After `settle`. The prologue has no sender, no gas owner and no signatures: zeros. */
function sayCommit(index: u64, timestampMs: u64, block: usize): void {
  writer.open(RESUME, RESUME_CAPACITY);
  writer.u64_(state.horizon());
  writer.u64_(state.nextRound());
  writer.u8_(state.nextRank());
  writer.uleb(state.committeeSize());
  for (let author: u32 = 0; author < state.committeeSize(); author++) writer.u64_(state.committedRound(author));
  const resumeLength = writer.length();
  frame.start(LANE_ORDER_TO_LEDGER);
  writer.uleb(ORDER_TO_LEDGER_COMMIT);
  writer.u64_(index);
  writer.u64_(leaderRound);
  writer.u64_(timestampMs);
  writer.raw32(DIGEST);
  writer.raw32(block);
  writer.blob(RESUME, resumeLength);
  writer.u8_(state.hasEnded() ? 1 : 0);
  writer.uleb(transactions + 1);
  writer.raw32(PROLOGUE_DIGEST);
  writer.raw32(ZERO);
  writer.raw32(ZERO);
  writer.raw32(ZERO);
  writer.raw(TRANSACTIONS, <usize>transactions * TRANSACTION_BYTES);
  frame.finish();
}
