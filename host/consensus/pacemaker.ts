/**
 * When this validator makes its next block. `order` says what a block of ours could be now; when it should be made is the host's to
 * choose, and no choice is unsafe. Rules: notes on liveness in README.md.
 */
import type { OrderToHost } from "../../core/wire/frames.ts";
import type { Value } from "../../core/wire/schema.ts";

export type OrderStatus = Extract<Value<typeof OrderToHost>, { kind: "status" }>;

/** What the host knows besides. Times in milliseconds on one clock. */
export interface Situation {
  readonly now: number;
  /** When `order` first said that the round could have a block of ours. */
  readonly possibleSince: number;
  /** When our last block was made. */
  readonly lastBlockAt: number;
  /** Something is to be ordered: transactions that wait here, or in blocks that are not committed. */
  readonly work: boolean;
  /** Authors of the round before that a block must name. */
  readonly parents: number;
  /** Ranks, as bits, whose leaders are silent, and not waited for: of the round before, and of the one before that. */
  readonly silent: { readonly before: number; readonly earlier: number };
}

export interface Pace {
  /** Between two blocks of ours, however much there is to do. */
  readonly minimumMs: number;
  /** How long leaders are waited for: 2 Delta. */
  readonly leaderTimeoutMs: number;
  /** Between two blocks of ours when there is nothing to do. */
  readonly heartbeatMs: number;
}

/** While nothing is committed, leaders are waited for longer and longer: `order` has room for so many rounds, and no more. */
const ROUNDS_A_DOUBLING = 8n;
const MAX_DOUBLINGS = 6;

/** Milliseconds until the next look, unless something happens before; 0: now is the time for a block. */
export function untilNextBlock(status: OrderStatus, situation: Situation, pace: Pace): number {
  const { now, possibleSince, lastBlockAt, work, parents, silent } = situation;
  if (status.round === 0n) return Number.POSITIVE_INFINITY;
  const othersAreThere = parents > 0 && status.authorsAtRound >= parents;
  const awaited = (status.leadersLacking & ~silent.before) | (status.leadersUnsettled & ~silent.earlier);
  const wanted = work || othersAreThere ? lastBlockAt + pace.minimumMs : lastBlockAt + pace.heartbeatMs;
  const undecided = status.round > status.nextRound ? status.round - status.nextRound : 0n;
  const doublings = Math.min(MAX_DOUBLINGS, Number(undecided / ROUNDS_A_DOUBLING));
  const patience = pace.leaderTimeoutMs * 2 ** doublings;
  const ready = parents === 0 || awaited === 0 || othersAreThere ? possibleSince : possibleSince + patience;
  return Math.max(0, wanted - now, ready - now);
}
