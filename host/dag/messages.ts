/**
 * What a page that follows the DAG is told. Digests are base58; rounds are numbers, because no chain lives to see 2^53 of them. A message of
 * the WebSocket is a JSON array of these.
 */

/** The first of all, and again whenever what was told before no longer holds or some of it was left out: forget it. */
export interface Begin {
  readonly kind: "begin";
  readonly chain: string;
  /** Names of the validators, by their index. */
  readonly committee: readonly string[];
  /** The validator that serves the page; null: a full node. */
  readonly serves: number | null;
  /** Slots before this one were decided earlier: what became of them is not told. */
  readonly undecided: Slot;
  /** Of each author: round of the last block committed earlier. */
  readonly committed: readonly number[];
  readonly equivocations: readonly EquivocationSeen[];
}

export interface Slot {
  readonly round: number;
  readonly rank: number;
}

export interface BlockSeen {
  readonly kind: "block";
  readonly digest: string;
  readonly author: number;
  readonly round: number;
  /** What its author says, since 1970. */
  readonly timestampMs: number;
  readonly parents: readonly string[];
  readonly transactions: readonly string[];
  /** Who leads the slots of its round, by rank. */
  readonly leaders: readonly number[];
}

export interface BlockName {
  readonly author: number;
  readonly round: number;
  readonly digest: string;
}

export interface CommitSeen {
  readonly kind: "commit";
  readonly index: number;
  readonly leader: BlockName;
  readonly blocks: readonly string[];
  /** How many, but for the system's own. */
  readonly transactions: number;
  /** Slots that no block was committed for, since the commit before. */
  readonly skipped: readonly (Slot & { readonly author: number })[];
  /** No block at or below this round is committed any more. */
  readonly horizon: number;
  readonly timestampMs: number;
}

/** This author has signed two blocks for this round: `caisson_getEquivocations` has the proof. */
export interface EquivocationSeen {
  readonly kind: "equivocation";
  readonly author: number;
  readonly round: number;
}

/** Every second, so that a page knows that it is still told. */
export interface StatusSeen {
  readonly kind: "status";
  readonly ready: boolean;
  /** Newest checkpoint that is certified; null before the first. */
  readonly checkpoint: number | null;
  /** Executed since genesis, but for the system's own. */
  readonly transactions: number;
  readonly waiting: number;
  /** Validators that this node has no connection with. */
  readonly missing: readonly number[];
}

export type DagMessage = Begin | BlockSeen | CommitSeen | EquivocationSeen | StatusSeen;
