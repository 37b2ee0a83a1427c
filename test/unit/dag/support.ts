/** A feed, and blocks and commits as the host hears of them. */
import { fromBase58 } from "@iota/iota-sdk/utils";
import type { AcceptedBlock } from "../../../host/consensus/intake.ts";
import type { Committed } from "../../../host/core-client.ts";
import { DagFeed } from "../../../host/dag/feed.ts";
import type { DagMessage } from "../../../host/dag/messages.ts";

const CHAIN = fromBase58("4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi");
const MEMBERS = ["ann", "ben", "cat", "dan"];

export const testFeed = (): DagFeed =>
  new DagFeed({ chain: CHAIN, committeeSize: 4, leadersPerRound: 2, committee: MEMBERS, author: 0 });

/** The n-th digest. */
export function digest(n: number): Uint8Array {
  const bytes = new Uint8Array(32).fill(1);
  new DataView(bytes.buffer).setUint32(0, n + 1);
  return bytes;
}

export interface TestBlock {
  readonly n: number;
  readonly author?: number;
  readonly round: number;
  readonly parents?: readonly number[];
  readonly transactions?: readonly number[];
  /** What it weighs. */
  readonly bytes?: number;
  readonly timestampMs?: bigint;
}

export function block({
  n,
  author = 0,
  round,
  parents = [],
  transactions = [],
  bytes = 4_000,
  timestampMs = 1n,
}: TestBlock): AcceptedBlock {
  return {
    digest: digest(n),
    author,
    height: BigInt(round),
    round: BigInt(round),
    block: new Uint8Array(bytes),
    header: {
      chain: CHAIN,
      epoch: 0n,
      author,
      boot: 1n,
      round: BigInt(round),
      parents: parents.map((parent) => ({ author: 0, round: BigInt(round - 1), digest: digest(parent) })),
      timestampMs,
      transactions: transactions.map((transaction) => ({ digest: digest(transaction), signaturesDigest: digest(0) })),
    },
  };
}

export interface TestCommit {
  readonly index: number;
  /** Author, round, and number of the block. */
  readonly leader: readonly [number, number, number];
  readonly blocks: readonly number[];
  readonly skipped?: readonly (readonly [round: number, rank: number, author: number])[];
  readonly horizon?: number;
}

export function commit({
  index,
  leader: [author, round, n],
  blocks,
  skipped = [],
  horizon = 0,
}: TestCommit): Committed {
  return {
    kind: "committed",
    index: BigInt(index),
    round: BigInt(round),
    timestampMs: 5n,
    commitDigest: digest(0),
    prologue: new Uint8Array(),
    transactions: [digest(0)],
    leader: { author, round: BigInt(round), digest: digest(n) },
    complete: true,
    endOfEpoch: false,
    horizon: BigInt(horizon),
    blocks: blocks.map((one) => ({ author: 0, round: 1n, digest: digest(one) })),
    skipped: skipped.map(([slotRound, rank, of]) => ({ round: BigInt(slotRound), rank, author: of })),
  };
}

/** Everything that a reader who begins at `at` gets, and where it is then. */
export function readAll(feed: DagFeed, at?: number): { readonly messages: DagMessage[]; readonly next: number } {
  const messages: DagMessage[] = [];
  let next = at;
  for (;;) {
    const read = feed.read(next);
    next = read.next;
    messages.push(...read.texts.map((text) => JSON.parse(text) as DagMessage));
    if (read.texts.length === 0 || feed.read(next).texts.length === 0) return { messages, next };
  }
}
