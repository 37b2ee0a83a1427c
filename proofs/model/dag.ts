/**
 * The commit rule as plainly as it can be said: blocks are kept for ever, a history is walked, a slot is decided by asking the slots after it. Nothing
 * is computed before it is asked for, and nothing of core/order is shared.
 */
import { blake2b } from "@noble/hashes/blake2.js";

export interface ModelRef {
  readonly author: number;
  readonly round: number;
  /** Hexadecimal. */
  readonly digest: string;
}

export interface ModelBlock<T> extends ModelRef {
  /** Those at or below the horizon may name what nobody holds. */
  readonly parents: readonly ModelRef[];
  readonly timestampMs: bigint;
  readonly transactions: readonly T[];
}

export interface Rule {
  readonly n: number;
  readonly parents: number;
  readonly wave: number;
  readonly certificate: number;
  readonly directCommit: number;
  readonly directSkip: number;
  readonly indirectCommit: number;
  readonly fastCommit: number;
  readonly fastIndirect: number;
  readonly leadersPerRound: number;
  readonly depth: number;
  leader(round: number, rank: number): number;
}

export interface Slot {
  readonly round: number;
  readonly rank: number;
}

export type Decision<T> = "undecided" | "skipped" | ModelBlock<T>;

/** What one commit orders. */
export interface Ordered<T> {
  readonly leader: ModelBlock<T>;
  readonly complete: boolean;
  readonly blocks: readonly ModelBlock<T>[];
  readonly transactions: readonly T[];
  readonly medianMs: bigint;
  readonly skipped: readonly (Slot & { readonly author: number })[];
}

const MAX_TRANSACTIONS = 512;
const MAX_BLOCKS = 512;

/** Leaders as core/order/leaders.ts states them: words of a digest of chain, epoch and round, taken without replacement. */
export function drawnLeader(chain: Uint8Array, epoch: bigint, n: number): Rule["leader"] {
  return (round, rank) => {
    const numbers = Buffer.alloc(16);
    numbers.writeBigUInt64LE(epoch, 0);
    numbers.writeBigUInt64LE(BigInt(round), 8);
    const words = Buffer.from(blake2b(Buffer.concat([Buffer.from("CaissonLeader::"), chain, numbers]), { dkLen: 32 }));
    const members = Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i <= rank; i++) {
      const chosen = i + (words.readUInt32LE(4 * i) % (n - i));
      [members[i], members[chosen]] = [members[chosen]!, members[i]!];
    }
    return members[rank]!;
  };
}

const byDigest = (a: ModelRef, b: ModelRef): number => (a.digest < b.digest ? -1 : 1);
const byPlace = (a: ModelRef, b: ModelRef): number => a.round - b.round || a.author - b.author || byDigest(a, b);
const authors = (blocks: readonly ModelRef[]): number => new Set(blocks.map(({ author }) => author)).size;

export class ModelDag<T> {
  readonly rule: Rule;
  readonly #key: (transaction: T) => string;
  readonly #blocks = new Map<string, ModelBlock<T>>();
  horizon = 0;
  /** First slot after the last commit. */
  next: Slot = { round: 1, rank: 0 };
  /** Last committed round of each author. */
  readonly committed: number[];

  /** `key`: what makes two transactions the same. */
  constructor(rule: Rule, key: (transaction: T) => string) {
    this.rule = rule;
    this.#key = key;
    this.committed = Array.from({ length: rule.n }, () => 0);
  }

  get highest(): number {
    return Math.max(0, ...[...this.#blocks.values()].map(({ round }) => round));
  }

  get(digest: string): ModelBlock<T> | undefined {
    return this.#blocks.get(digest);
  }

  /** Blocks of a round above the horizon, of one author or all, by author and digest. */
  at(round: number, author?: number): ModelBlock<T>[] {
    if (round <= this.horizon) return [];
    return [...this.#blocks.values()]
      .filter((block) => block.round === round && (author === undefined || block.author === author))
      .sort(byPlace);
  }

  add(block: ModelBlock<T>): void {
    this.#blocks.set(block.digest, block);
  }

  /** All that a block rests on, and is held. */
  history(block: ModelBlock<T>): Set<ModelBlock<T>> {
    const found = new Set<ModelBlock<T>>();
    const visit = ({ parents }: ModelBlock<T>): void => {
      for (const { digest } of parents) {
        const parent = this.#blocks.get(digest);
        if (!parent || found.has(parent)) continue;
        found.add(parent);
        visit(parent);
      }
    };
    visit(block);
    return found;
  }

  #votesFor(block: ModelBlock<T>, candidate: ModelBlock<T>): boolean {
    return block.round === candidate.round + 1 && block.parents.some(({ digest }) => digest === candidate.digest);
  }

  #certifies(block: ModelBlock<T>, candidate: ModelBlock<T>): boolean {
    if (block.round !== candidate.round + 2) return false;
    const voting = block.parents.filter(({ digest }) => {
      const parent = this.#blocks.get(digest);
      return parent !== undefined && this.#votesFor(parent, candidate);
    });
    return authors(voting) >= this.rule.certificate;
  }

  #votes(among: readonly ModelBlock<T>[], candidate: ModelBlock<T>): number {
    return authors(among.filter((block) => this.#votesFor(block, candidate)));
  }

  /** What decides: certificates, votes, or the block itself, by the length of the wave. */
  #backers(among: readonly ModelBlock<T>[], candidate: ModelBlock<T>): number {
    if (this.rule.wave === 1) return among.includes(candidate) ? 1 : 0;
    if (this.rule.wave === 2) return this.#votes(among, candidate);
    return authors(among.filter((block) => this.#certifies(block, candidate)));
  }

  #candidates({ round, rank }: Slot): ModelBlock<T>[] {
    return this.at(round, this.rule.leader(round, rank));
  }

  isBlamed(slot: Slot): boolean {
    const candidates = this.#candidates(slot);
    const against = this.at(slot.round + 1).filter((block) => !candidates.some((one) => this.#votesFor(block, one)));
    return authors(against) >= this.rule.directSkip;
  }

  /** Some block of the slot has the votes of a certificate. */
  isVoted(slot: Slot): boolean {
    return this.#candidates(slot).some((one) => this.#votes(this.at(slot.round + 1), one) >= this.rule.certificate);
  }

  direct(slot: Slot): Decision<T> {
    if (this.isBlamed(slot)) return "skipped";
    const all = [...this.#blocks.values()];
    const { directCommit, fastCommit } = this.rule;
    const found = this.#candidates(slot).find((one) => {
      return this.#backers(all, one) >= directCommit || (fastCommit > 0 && this.#votes(all, one) >= fastCommit);
    });
    return found ?? "undecided";
  }

  decide(slot: Slot, known = new Map<string, Decision<T>>()): Decision<T> {
    const name = `${slot.round} ${slot.rank}`;
    let decision = known.get(name);
    if (decision === undefined) {
      const direct = this.direct(slot);
      decision = direct === "undecided" ? this.#indirect(slot, known) : direct;
      known.set(name, decision);
    }
    return decision;
  }

  #indirect(slot: Slot, known: Map<string, Decision<T>>): Decision<T> {
    const anchor = this.slots({ round: slot.round + this.rule.wave, rank: 0 })
      .map((later) => this.decide(later, known))
      .find((decision) => decision !== "skipped");
    if (anchor === undefined || anchor === "undecided") return "undecided";
    const history = [...this.history(anchor as ModelBlock<T>)];
    const candidates = this.#candidates(slot);
    const { indirectCommit, fastIndirect } = this.rule;
    const certain = candidates.find((one) => this.#backers(history, one) >= indirectCommit);
    const possible = fastIndirect > 0 && candidates.find((one) => this.#votes(history, one) >= fastIndirect);
    return certain ?? (possible || "skipped");
  }

  /** Slots from one on, up to the highest round that a block is held of. */
  slots(from: Slot): Slot[] {
    const slots: Slot[] = [];
    for (let { round, rank } = from; round <= this.highest; round++, rank = 0) {
      for (; rank < this.rule.leadersPerRound; rank++) slots.push({ round, rank });
    }
    return slots;
  }

  /** The next commit, if it is decided; the DAG then stands behind it. */
  commit(): Ordered<T> | undefined {
    const skipped: (Slot & { author: number })[] = [];
    const known = new Map<string, Decision<T>>();
    for (const slot of this.slots(this.next)) {
      const decision = this.decide(slot, known);
      if (decision === "undecided") return undefined;
      if (decision !== "skipped") return this.#order(slot, decision, skipped);
      skipped.push({ ...slot, author: this.rule.leader(slot.round, slot.rank) });
    }
    return undefined;
  }

  #order(slot: Slot, leader: ModelBlock<T>, skipped: Ordered<T>["skipped"]): Ordered<T> {
    const history = [...this.history(leader), leader].filter(({ round }) => round > this.horizon);
    const medianMs = this.#median(history);
    const blocks: ModelBlock<T>[] = [];
    const transactions = new Map<string, T>();
    let complete = true;
    for (const block of history.filter(({ author, round }) => round > this.committed[author]!).sort(byPlace)) {
      complete = blocks.length < MAX_BLOCKS && transactions.size + block.transactions.length <= MAX_TRANSACTIONS;
      if (!complete) break;
      blocks.push(block);
      for (const one of block.transactions) {
        if (!transactions.has(this.#key(one))) transactions.set(this.#key(one), one);
      }
    }
    for (const { author, round } of blocks) this.committed[author] = round;
    const last = slot.rank + 1 === this.rule.leadersPerRound;
    this.next = slot;
    if (complete) {
      this.next = last ? { round: slot.round + 1, rank: 0 } : { round: slot.round, rank: slot.rank + 1 };
      this.horizon = Math.max(this.horizon, slot.round - this.rule.depth);
    }
    return { leader, complete, blocks, transactions: [...transactions.values()], medianMs, skipped };
  }

  /** Lower median over authors of the time of their latest block; of fewer than a quorum of parents, none. */
  #median(blocks: readonly ModelBlock<T>[]): bigint {
    const latest = Array.from({ length: this.rule.n }, (_, author) => {
      const own = blocks.filter((block) => block.author === author);
      const round = Math.max(...own.map((block) => block.round));
      const times = own.filter((block) => block.round === round).map(({ timestampMs }) => timestampMs);
      return times.sort((a, b) => (a < b ? -1 : 1)).at(-1);
    });
    const times = latest.filter((time) => time !== undefined).sort((a, b) => (a < b ? -1 : 1));
    return times.length < this.rule.parents ? 0n : times[Math.floor((times.length - 1) / 2)]!;
  }
}
