/**
 * How much `order` keeps for a committee, and the formula of its arena, which core/order/layout.ts repeats and refuses what does not fit.
 */
import type { OrderCapacities, Thresholds } from "./frames.ts";
import {
  MAX_BLOCK_TRANSACTIONS,
  MAX_ORDERED_DIGESTS,
  MAX_POOL_GAS_OBJECTS,
  MAX_POOL_TRANSACTIONS,
  MAX_VERIFIED_ITEMS,
} from "./limits.ts";
import type { Value } from "./schema.ts";
import { CLASSIC, type FaultRule, thresholdsOf } from "./thresholds.ts";

type Capacities = Value<typeof OrderCapacities>;

/** Bytes that the component has for its arena. */
export const ORDER_ARENA_BYTES = 50_331_648;

/** Rounds that late blocks may be behind the last leader, and rounds that may pass without a commit. */
const DEPTH = 24;
const ROUNDS = 72;
/** What a block of a large committee still holds. */
const LEAST_BLOCK_TRANSACTIONS = 8;
/** Transactions that the blocks of one round hold together in a committee of more than one. */
const ROUND_TRANSACTIONS = 256;
/** Twins that committees up to this size have room for, and larger ones. */
const SMALL_COMMITTEE = 7;
const SMALL_TWINS = 4;
const LARGE_TWINS = 2;

/** The usual capacities for a committee of `n`. A lone author's block is committed at once: it needs no DAG to speak of. */
export function defaultCapacities(n: number): Capacities {
  const pool = {
    poolTransactions: MAX_POOL_TRANSACTIONS,
    poolGasObjects: MAX_POOL_GAS_OBJECTS,
    orderedDigests: MAX_ORDERED_DIGESTS,
    verifiedItems: MAX_VERIFIED_ITEMS,
  };
  if (n === 1) return { rounds: 2, depth: 1, twins: 1, blockTransactions: MAX_BLOCK_TRANSACTIONS, ...pool };
  return {
    rounds: ROUNDS,
    depth: DEPTH,
    twins: n <= SMALL_COMMITTEE ? SMALL_TWINS : LARGE_TWINS,
    blockTransactions: Math.max(LEAST_BLOCK_TRANSACTIONS, Math.floor(ROUND_TRANSACTIONS / n)),
    ...pool,
  };
}

const DEFAULT_LEADERS = 2;

/** Everything of an OrderConfig but chain, epoch and author, as a committee of `n` has it. Throws UnsafeThresholds. */
export function defaultOrder(
  n: number,
  faults: FaultRule = CLASSIC,
): {
  readonly committeeSize: number;
  readonly thresholds: Value<typeof Thresholds>;
  readonly leadersPerRound: number;
  readonly leaders: readonly number[];
  readonly capacities: Capacities;
} {
  return {
    committeeSize: n,
    thresholds: thresholdsOf(faults, n),
    leadersPerRound: Math.min(n, DEFAULT_LEADERS),
    leaders: [],
    capacities: defaultCapacities(n),
  };
}

const align = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Fixed fields, and a table of leaders of `leaders` entries. */
const CORE_BYTES = 360;
const RING_HEADER_BYTES = 16;

/** Bytes of one block in the arena. */
export function orderCellBytes(n: number, leadersPerRound: number, capacities: Capacities): number {
  const { rounds, twins, blockTransactions } = capacities;
  const history = rounds * Math.ceil((n * twins) / 8);
  return 48 + align(2 * leadersPerRound) + align(history) + 128 * blockTransactions;
}

/**
 * Bytes of the whole arena. Parts in their order: fixed fields and the table of leaders; of each author the last round committed (8) and an
 * equivocation (80); the block whose signature is out; two rings of verified digests; digests ordered lately; the pool; the rounds.
 */
export function orderArenaBytes(
  n: number,
  leadersPerRound: number,
  leaders: readonly number[],
  capacities: Capacities,
): number {
  const { rounds, twins, blockTransactions } = capacities;
  const { poolTransactions, poolGasObjects, orderedDigests, verifiedItems } = capacities;
  const core = CORE_BYTES + align(2 * leaders.length) + 88 * n;
  const outstanding = 64 + align(80 + 42 * n + 64 * blockTransactions) + 128 * blockTransactions;
  const rings = 2 * (RING_HEADER_BYTES + 32 * verifiedItems);
  const ordered = 16 + align(8 + 4 * orderedDigests) + 32 * orderedDigests;
  const pool = 32 + align(8 + 4 * poolTransactions) + 144 * poolTransactions + 32 * poolGasObjects;
  const row = 8 + align(2 * leadersPerRound) + n * twins * orderCellBytes(n, leadersPerRound, capacities);
  return core + outstanding + rings + ordered + pool + rounds * row;
}
