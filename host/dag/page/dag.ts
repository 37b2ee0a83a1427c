/** What is known of the DAG: built up from what the node tells, as far back as a page has room for. */
import type { Begin, BlockSeen, CommitSeen, DagMessage, EquivocationSeen, Slot, StatusSeen } from "../messages.ts";

/** `open`: not committed yet; `passed`: never will be. */
export type BlockState = "open" | "committed" | "passed";
/** What became of a leader's slot. `unknown`: it was decided before what this page was told. */
export type SlotState = "committed" | "skipped" | "undecided" | "unknown";

export interface Block extends Omit<BlockSeen, "kind" | "leaders"> {
  state: BlockState;
  /** Index of the commit that it is part of. */
  commit: number | undefined;
  /** Digests of the blocks that name it as a parent. */
  readonly children: string[];
}

interface Round {
  readonly leaders: readonly number[];
  /** Of each author; more than one is an equivocation. */
  readonly blocks: Map<number, Block[]>;
  /** Ranks whose leader is committed, or skipped. */
  readonly decided: Map<number, "committed" | "skipped">;
}

const MAX_BLOCKS = 6_000;
const MAX_COMMITS = 10;
/** Blocks that a commit has named before they came. */
const MAX_EARLY = 4_096;
const NOTHING: Begin = {
  kind: "begin",
  chain: "",
  committee: [],
  serves: null,
  undecided: { round: 1, rank: 0 },
  committed: [],
  equivocations: [],
};

const before = (a: Slot, b: Slot): boolean => a.round < b.round || (a.round === b.round && a.rank < b.rank);

export class Dag {
  begin: Begin = NOTHING;
  status: StatusSeen | undefined;
  /** The newest first. */
  commits: CommitSeen[] = [];
  equivocations: EquivocationSeen[] = [];
  readonly #rounds = new Map<number, Round>();
  readonly #blocks = new Map<string, Block>();
  /** Of each author: the round of its newest block. */
  readonly #newest = new Map<number, number>();
  readonly #early = new Map<string, number>();
  /** The first slot that is not decided, as far as is known. */
  #undecided: Slot = NOTHING.undecided;
  /** Blocks at or below are committed or passed over. */
  #settled = 0;
  #first = 1;
  #last = 0;

  /** First and last round that there is anything of; the last is 0 when there is nothing. */
  get first(): number {
    return this.#first;
  }

  get last(): number {
    return this.#last;
  }

  get size(): number {
    return this.#blocks.size;
  }

  block(digest: string): Block | undefined {
    return this.#blocks.get(digest);
  }

  blocks(): IterableIterator<Block> {
    return this.#blocks.values();
  }

  at(round: number, author: number): readonly Block[] {
    return this.#rounds.get(round)?.blocks.get(author) ?? [];
  }

  /** Round of an author's newest block; 0: none was seen. */
  newestOf(author: number): number {
    return this.#newest.get(author) ?? this.begin.committed[author] ?? 0;
  }

  /** Authors of a round's slots, by rank. */
  leaders(round: number): readonly number[] {
    return this.#rounds.get(round)?.leaders ?? [];
  }

  slot(round: number, rank: number): SlotState {
    const decided = this.#rounds.get(round)?.decided.get(rank);
    return decided ?? (before({ round, rank }, this.#undecided) ? "unknown" : "undecided");
  }

  /** What became of the slot that this author leads in this round; undefined when it leads none. */
  slotOf(round: number, author: number): SlotState | undefined {
    const rank = this.leaders(round).indexOf(author);
    return rank < 0 ? undefined : this.slot(round, rank);
  }

  apply(message: DagMessage): void {
    switch (message.kind) {
      case "begin":
        this.#restart(message);
        return;
      case "block":
        this.#add(message);
        return;
      case "commit":
        this.#commit(message);
        return;
      case "equivocation":
        if (!this.equivocations.some(({ author }) => author === message.author)) this.equivocations.push(message);
        return;
      case "status":
        this.status = message;
    }
  }

  #restart(begin: Begin): void {
    this.begin = begin;
    this.#rounds.clear();
    this.#blocks.clear();
    this.#newest.clear();
    this.#early.clear();
    this.commits = [];
    this.equivocations = [...begin.equivocations];
    this.#undecided = begin.undecided;
    this.#settled = 0;
    this.#first = 1;
    this.#last = 0;
  }

  #add({ kind, leaders, ...seen }: BlockSeen): void {
    if (this.#blocks.has(seen.digest)) return;
    const { author, round, digest, parents } = seen;
    const commit = this.#early.get(digest);
    this.#early.delete(digest);
    const committed = commit !== undefined || round <= (this.begin.committed[author] ?? 0);
    const block: Block = { ...seen, commit, state: committed ? "committed" : "open", children: [] };
    if (!committed && round <= this.#settled) block.state = "passed";
    this.#blocks.set(digest, block);
    const row = this.#round(round, leaders);
    const twins = row.blocks.get(author);
    if (twins) twins.push(block);
    else row.blocks.set(author, [block]);
    for (const parent of parents) this.#blocks.get(parent)?.children.push(digest);
    this.#newest.set(author, Math.max(round, this.newestOf(author)));
    if (this.#last === 0) this.#first = round;
    this.#first = Math.min(this.#first, round);
    this.#last = Math.max(this.#last, round);
    while (this.#blocks.size > MAX_BLOCKS) this.#forget(this.#first++);
  }

  #round(round: number, leaders: readonly number[]): Round {
    const known = this.#rounds.get(round);
    if (known) return known;
    const made: Round = { leaders, blocks: new Map(), decided: new Map() };
    this.#rounds.set(round, made);
    return made;
  }

  #forget(round: number): void {
    for (const blocks of this.#rounds.get(round)?.blocks.values() ?? []) {
      for (const { digest } of blocks) this.#blocks.delete(digest);
    }
    this.#rounds.delete(round);
  }

  #commit(commit: CommitSeen): void {
    const { index, leader, blocks, skipped, horizon } = commit;
    for (const digest of blocks) {
      const block = this.#blocks.get(digest);
      if (block) Object.assign(block, { state: "committed", commit: index });
      else this.#early.set(digest, index);
    }
    for (const [digest] of this.#early) {
      if (this.#early.size <= MAX_EARLY) break;
      this.#early.delete(digest);
    }
    for (const { round, rank } of skipped) this.#decide({ round, rank }, "skipped");
    const rank = this.leaders(leader.round).indexOf(leader.author);
    if (rank >= 0) this.#decide({ round: leader.round, rank }, "committed");
    this.#passOver(horizon);
    this.commits = [commit, ...this.commits].slice(0, MAX_COMMITS);
  }

  #decide(slot: Slot, as: "committed" | "skipped"): void {
    this.#rounds.get(slot.round)?.decided.set(slot.rank, as);
    const next = { round: slot.round, rank: slot.rank + 1 };
    if (before(this.#undecided, next)) this.#undecided = next;
  }

  #passOver(horizon: number): void {
    for (let round = Math.max(this.#first, this.#settled + 1); round <= Math.min(horizon, this.#last); round++) {
      for (const blocks of this.#rounds.get(round)?.blocks.values() ?? []) {
        for (const block of blocks) if (block.state === "open") block.state = "passed";
      }
    }
    this.#settled = Math.max(this.#settled, horizon);
  }
}
