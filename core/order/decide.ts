/**
 * What becomes of each slot: a pure function of the blocks held. From the highest slot to the lowest, a slot is decided by the blocks of the
 * wave after it (directly), or by the first slot a wave later that is not skipped (indirectly).
 */
import { blocksOf, certificatesOf, inHistory, leaderOf, voteOf } from "./dag";
import * as state from "./state";

/** Not decided. Above it and below SKIP: committed, 1 and the block's place among the leader's. */
export const UNDECIDED: u32 = 0;
export const SKIP: u32 = 0xff;

/** Both committed and skipped: of no DAG that a safe committee makes. */
const CONTRADICTION: u32 = 0xfe;

/** Wave of a lone author, whose block decides on itself. */
const WAVE_BLOCK: u32 = 1;
const WAVE_VOTES: u32 = 2;

/** Statuses: a byte for each of MAX_SKIPPED_SLOTS slots, from the first round not decided on. */
const STATUS: usize = memory.data(2048, 16);

/** What counts as backing a block: the block itself, a vote or a certificate. */
const BLOCKS: u32 = 0;
const VOTES: u32 = 1;
const CERTIFICATES: u32 = 2;
const NO_SUPPORT: u32 = 3;

/** First round of those. */
let base: u64 = 0;
/** An anchor; round 0: count all blocks held. */
let anchorRound: u64 = 0;
let anchorAuthor: u32 = 0;
let anchorTwin: u32 = 0;

function slot(round: u64, rank: u32): usize {
  return <usize>(<u32>(round - base) * state.number(state.LEADERS) + rank);
}

/** Status of a slot from `nextRound` up to the highest round, as this step's last `decide` found it; UNDECIDED for others. */
export function statusOf(round: u64, rank: u32): u32 {
  if (round < base || round > state.highestRound()) return UNDECIDED;
  return load<u8>(STATUS + slot(round, rank));
}

/** True when every slot of the round is decided. */
export function isRoundDecided(round: u64): bool {
  if (round < state.nextRound()) return true;
  for (let rank: u32 = 0; rank < state.number(state.LEADERS); rank++) {
    const passed = round == state.nextRound() && rank < state.nextRank();
    if (!passed && statusOf(round, rank) == UNDECIDED) return false;
  }
  return true;
}

/** True when a block of the slot has the votes of a certificate, or the slot is skipped directly: nothing is gained by waiting longer. */
export function isSettled(round: u64, rank: u32): bool {
  anchorRound = 0;
  if (isBlamed(round, rank)) return true;
  const held = blocksOf(round, leaderOf(round, rank));
  for (let twin: u32 = 0; twin < held; twin++) {
    if (count(round, rank, twin, VOTES) >= state.number(state.CERTIFICATE)) return true;
  }
  return false;
}

/** Finds the status of every slot from `nextRound` on. */
export function decide(): void {
  base = state.nextRound();
  for (let round = state.highestRound(); round >= base; round--) {
    for (let rank = state.number(state.LEADERS); rank > 0; rank--) decideSlot(round, rank - 1);
  }
}

function decideSlot(round: u64, rank: u32): void {
  anchorRound = 0;
  const skipped = isBlamed(round, rank);
  const committed = directCommit(round, rank);
  let status = skipped ? SKIP : committed;
  if (status == UNDECIDED && findAnchor(round)) status = byAnchor(round, rank);
  store<u8>(STATUS + slot(round, rank), <u8>status);
}

/** Of a slot: what the blocks held say directly, as `statusOf` has it. With `anchored`, for exploration: neither depends on what is committed. */
export function directly(round: u64, rank: u32): u32 {
  anchorRound = 0;
  const skipped = isBlamed(round, rank);
  const committed = directCommit(round, rank);
  return skipped && committed != UNDECIDED ? CONTRADICTION : skipped ? SKIP : committed;
}

/** What a block that is held would say of an earlier slot, if it were its anchor. */
export function anchored(round: u64, rank: u32, byRound: u64, author: u32, twin: u32): u32 {
  anchorRound = byRound;
  anchorAuthor = author;
  anchorTwin = twin;
  return byAnchor(round, rank);
}

/** Enough authors vote for no block of the slot. */
function isBlamed(round: u64, rank: u32): bool {
  return count(round, rank, 0, NO_SUPPORT) >= state.number(state.DIRECT_SKIP);
}

function backing(): u32 {
  const wave = state.number(state.WAVE);
  return wave == WAVE_BLOCK ? BLOCKS : wave == WAVE_VOTES ? VOTES : CERTIFICATES;
}

function directCommit(round: u64, rank: u32): u32 {
  const held = blocksOf(round, leaderOf(round, rank));
  const fast = state.number(state.FAST_COMMIT);
  for (let twin: u32 = 0; twin < held; twin++) {
    if (count(round, rank, twin, backing()) >= state.number(state.DIRECT_COMMIT)) return 1 + twin;
    if (fast != 0 && count(round, rank, twin, VOTES) >= fast) return 1 + twin;
  }
  return UNDECIDED;
}

/** The first slot a wave later that is not skipped. False: there is none, or it is not decided. */
function findAnchor(round: u64): bool {
  for (let later = round + state.number(state.WAVE); later <= state.highestRound(); later++) {
    for (let rank: u32 = 0; rank < state.number(state.LEADERS); rank++) {
      const status = statusOf(later, rank);
      if (status == SKIP) continue;
      if (status == UNDECIDED) return false;
      anchorRound = later;
      anchorAuthor = leaderOf(later, rank);
      anchorTwin = status - 1;
      return true;
    }
  }
  return false;
}

/** What the anchor's history says of an earlier slot. Of several blocks the one of the least digest. */
function byAnchor(round: u64, rank: u32): u32 {
  const held = blocksOf(round, leaderOf(round, rank));
  for (let twin: u32 = 0; twin < held; twin++) {
    if (count(round, rank, twin, backing()) >= state.number(state.INDIRECT_COMMIT)) return 1 + twin;
  }
  const fast = state.number(state.FAST_INDIRECT);
  if (fast == 0) return SKIP;
  for (let twin: u32 = 0; twin < held; twin++) {
    if (count(round, rank, twin, VOTES) >= fast) return 1 + twin;
  }
  return SKIP;
}

/** Authors with a block, among those held or in the anchor's history, that backs a block of the slot as `kind` says. */
function count(round: u64, rank: u32, twin: u32, kind: u32): u32 {
  const at = kind == BLOCKS ? round : kind == CERTIFICATES ? round + 2 : round + 1;
  const n = state.committeeSize();
  let authors: u32 = 0;
  for (let author: u32 = 0; author < n; author++) {
    const held = blocksOf(at, author);
    for (let place: u32 = 0; place < held; place++) {
      if (!backs(at, author, place, round, rank, twin, kind) || !isCounted(at, author, place)) continue;
      authors++;
      break;
    }
  }
  return authors;
}

function isCounted(round: u64, author: u32, place: u32): bool {
  return anchorRound == 0 || inHistory(anchorRound, anchorAuthor, anchorTwin, round, author, place);
}

function backs(at: u64, author: u32, place: u32, round: u64, rank: u32, twin: u32, kind: u32): bool {
  if (kind == NO_SUPPORT) return voteOf(at, author, place, rank) == 0;
  if (kind == VOTES) return voteOf(at, author, place, rank) == 1 + twin;
  if (kind == CERTIFICATES) return ((certificatesOf(at, author, place, rank) >> twin) & 1) != 0;
  return author == leaderOf(round, rank) && place == twin;
}
