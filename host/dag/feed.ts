/** The DAG as a page is told of it: what the host hears of `order`, in order, as far back as there is room for. */
import { toBase58 } from "@iota/iota-sdk/utils";
import type { DagObserver, Resume } from "../consensus/dag-observer.ts";
import type { AcceptedBlock } from "../consensus/intake.ts";
import { type LeaderDraw, leadersOf } from "../consensus/leaders.ts";
import type { Committed } from "../core-client.ts";
import type { Evidence } from "../store/records.ts";
import { Backlog, type Read } from "./backlog.ts";
import type { Begin, BlockName, BlockSeen, CommitSeen, DagMessage, EquivocationSeen } from "./messages.ts";

/** What is kept: some 2,000 blocks, whose signatures are most of it. */
const MAX_BYTES = 8_388_608;
/** What a page that begins, or that was too slow, is told of what has been. */
const RESUME_BYTES = 4_194_304;
/** What goes into one message of a WebSocket: much less as JSON, which has no signatures. */
const MESSAGE_BYTES = 524_288;
/** Of a commit, and of each block or slot that it names. */
const COMMIT_BYTES = 256;
const NAME_BYTES = 64;

export interface DagFeedOptions extends Omit<LeaderDraw, "epoch"> {
  /** Names of the validators. */
  readonly committee: readonly string[];
  /** The validator whose host this is; undefined: a full node's. */
  readonly author: number | undefined;
}

export class DagFeed implements DagObserver {
  #options: DagFeedOptions;
  readonly #backlog = new Backlog(MAX_BYTES);
  readonly #listeners = new Set<() => void>();
  /** By author. */
  readonly #equivocations = new Map<number, EquivocationSeen>();
  #epoch = 0n;
  #resume: Resume = { horizon: 0n, round: 1n, rank: 0, committed: [] };

  constructor(options: DagFeedOptions) {
    this.#options = options;
  }

  /** Another committee is in force. */
  enter(committee: Omit<DagFeedOptions, "chain">): void {
    this.#options = { ...committee, chain: this.#options.chain };
  }

  began(resume: Resume, epoch: bigint): void {
    this.#epoch = epoch;
    this.#resume = resume;
    this.#backlog.clear();
    this.#wake();
  }

  accepted(block: AcceptedBlock): void {
    this.#push(block.block.length, () =>
      blockSeen(block, leadersOf({ ...this.#options, epoch: this.#epoch }, block.round)),
    );
  }

  committed(commit: Committed): void {
    const names = commit.blocks.length + commit.skipped.length;
    this.#push(COMMIT_BYTES + names * NAME_BYTES, () => commitSeen(commit));
  }

  equivocated({ author, round }: Evidence): void {
    const seen: EquivocationSeen = { kind: "equivocation", author, round: Number(round) };
    this.#equivocations.set(author, seen);
    this.#push(NAME_BYTES, () => seen);
  }

  /** Calls `listener` when there is more to read. Returns what ends it. */
  onMore(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What follows from `at` on; for who begins, or has missed some of it, what there is, behind a Begin. */
  read(at: number | undefined): Read {
    const more = at === undefined ? undefined : this.#backlog.read(at, MESSAGE_BYTES);
    if (more) return more;
    const { texts, next } = this.#backlog.read(this.#backlog.tail(RESUME_BYTES), RESUME_BYTES)!;
    return { texts: [JSON.stringify(this.#begin()), ...texts], next };
  }

  #begin(): Begin {
    const { chain, committee, author } = this.#options;
    const { round, rank, committed } = this.#resume;
    return {
      kind: "begin",
      chain: toBase58(chain),
      committee,
      serves: author ?? null,
      undecided: { round: Number(round), rank },
      committed: committed.map(Number),
      equivocations: [...this.#equivocations.values()],
    };
  }

  #push(bytes: number, make: () => DagMessage): void {
    this.#backlog.push(bytes, make);
    this.#wake();
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
  }
}

function blockSeen({ digest, header }: AcceptedBlock, leaders: readonly number[]): BlockSeen {
  return {
    kind: "block",
    digest: toBase58(digest),
    author: header.author,
    round: Number(header.round),
    timestampMs: Number(header.timestampMs),
    parents: header.parents.filter(({ round }) => round > 0n).map((parent) => toBase58(parent.digest)),
    transactions: header.transactions.map((transaction) => toBase58(transaction.digest)),
    leaders,
  };
}

function commitSeen(commit: Committed): CommitSeen {
  return {
    kind: "commit",
    index: Number(commit.index),
    leader: nameOf(commit.leader),
    blocks: commit.blocks.map(({ digest }) => toBase58(digest)),
    transactions: commit.transactions.length - 1,
    skipped: commit.skipped.map(({ round, rank, author }) => ({ round: Number(round), rank, author })),
    horizon: Number(commit.horizon),
    timestampMs: Number(commit.timestampMs),
  };
}

const nameOf = ({ author, round, digest }: Committed["leader"]): BlockName => ({
  author,
  round: Number(round),
  digest: toBase58(digest),
});
