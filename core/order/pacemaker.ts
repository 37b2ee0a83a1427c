/**
 * Which round our next block may have. Without the rule about our own block a committee can go on for ever without a commit: those who are late skip
 * rounds, so that blocks are there and votes are not (Qiu, Xiao, Shao, S&P 2026; proofs/explore/pacemaker.test.ts).
 *
 * When to make it is the host's to say, who has a clock: as soon as every leader of the round before is held and every slot of the round before that
 * is settled, or a quorum has blocks of this round already, or it has waited long enough. `status` tells all of this.
 */
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import * as writer from "../lib/writer";
import { LANE_ORDER_TO_HOST, NO_AUTHOR, ORDER_TO_HOST_STATUS, REJECT_ORDER_MALFORMED_FRAME } from "../wire/generated";
import { sayRejected } from "./answers";
import { advance } from "./commit";
import { authorsAt, blocksOf, latestRound, leaderOf } from "./dag";
import { isRoundDecided, isSettled } from "./decide";
import { lastRound } from "./rules";
import * as state from "./state";

/** Round of our latest block, of those held and those committed; 0: there is none above the horizon. */
export function ownRound(): u64 {
  const committed = state.committedRound(state.author());
  const held = latestRound(state.author(), <u64>i64.MAX_VALUE);
  return committed > state.horizon() ? max(held, committed) : held;
}

/** The lowest round that is after all of ours. */
export function lowestRound(): u64 {
  const last = max(ownRound(), max(state.committedRound(state.author()), state.vaultRound()));
  return min(last, <u64>i64.MAX_VALUE) + 1;
}

/** Enough blocks of the round before are held. */
function hasParents(round: u64): bool {
  return round == 1 || authorsAt(round - 1) >= state.number(state.PARENTS);
}

/** Our own block of the round before is held, or the round before that is decided. After `decide`. */
export function mayEnter(round: u64): bool {
  if (round <= 2 || state.number(state.PARENTS) == 0) return true;
  return blocksOf(round - 1, state.author()) > 0 || isRoundDecided(round - 2);
}

/** The round of our next block; 0: none can be made. After `decide`. */
export function nextBlockRound(): u64 {
  if (state.author() == NO_AUTHOR || !state.vaultReady() || state.hasEnded()) return 0;
  const lowest = lowestRound();
  if (lowest > <u64>i64.MAX_VALUE) return 0;
  const own = ownRound(); // one that is committed, and not given back after an install, is named first by the next one
  if (own > 0 && blocksOf(own, state.author()) == 0) return 0;
  if (state.number(state.PARENTS) == 0) return lowest;
  for (let round = min(state.highestRound() + 1, lastRound()); round >= lowest && round > state.horizon(); round--) {
    if (hasParents(round) && mayEnter(round)) return round;
  }
  return 0;
}

/** A bit of each rank: no block is held of the leader of that slot of the round before. */
function leadersLacking(round: u64): u32 {
  let lacking: u32 = 0;
  if (round < 2) return 0;
  for (let rank: u32 = 0; rank < state.number(state.LEADERS); rank++) {
    if (blocksOf(round - 1, leaderOf(round - 1, rank)) == 0) lacking |= 1 << rank;
  }
  return lacking;
}

/** The same: that slot of the round before that is not settled. */
function leadersUnsettled(round: u64): u32 {
  let unsettled: u32 = 0;
  if (round < 3) return 0;
  for (let rank: u32 = 0; rank < state.number(state.LEADERS); rank++)
    if (!isSettled(round - 2, rank)) unsettled |= 1 << rank;
  return unsettled;
}

/** `OrderStatusRequest`, after its variant. Commits that were left over from earlier steps come with the answer. */
export function status(): void {
  const id = reader.u64_();
  if (!reader.exhausted()) {
    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
    return;
  }
  advance();
  const round = nextBlockRound();
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_STATUS);
  writer.u64_(id);
  writer.u64_(round);
  writer.u8_(leadersLacking(round));
  writer.u8_(leadersUnsettled(round));
  writer.u16_(round == 0 ? 0 : authorsAt(round));
  writer.u64_(state.author() == NO_AUTHOR ? 0 : ownRound());
  writer.u64_(state.vaultRound());
  writer.u64_(state.highestRound());
  writer.u64_(lastRound());
  writer.u64_(state.horizon());
  writer.u64_(state.commitIndex());
  writer.u64_(state.nextRound());
  writer.u8_(state.nextRank());
  frame.finish();
}
