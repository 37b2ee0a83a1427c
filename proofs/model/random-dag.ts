/** Random DAGs as a committee with faulty members could make them: silent members, late blocks, weak links, equivocations; each block valid. */

import type { Random } from "../../test/attack/random.ts";
import { type Made, make, type Row } from "../../test/support/dag.ts";
import { transaction } from "../../test/unit/core/order-support.ts";

export interface RandomDag {
  /** Parents first. */
  readonly blocks: readonly Made[];
  readonly equivocators: ReadonlySet<number>;
}

export interface DagOptions {
  readonly rounds: number;
  /** Members that make two blocks a round now and then; as many as the row allows, if it is missing. */
  readonly equivocators?: number;
  /** Of a transaction: how many different ones there are; 0: blocks are empty. */
  readonly transactions?: number;
  /** A member that makes no blocks. */
  readonly absent?: number;
}

const PRESENT = 0.85;
const TWIN = 0.6;
const WEAK = 0.3;
const LEADER_HIDDEN = 0.3;
const MOST_TRANSACTIONS = 3;

/** Leaders take turns (rowConfig of test/support/dag.ts). */
const leaderOf = (round: number, n: number): number => (round - 1) % n;

/** Transactions that random blocks hold, by number. */
export const randomTransactions = (count: number) => Array.from({ length: count }, (_, n) => transaction(n));

export function randomDag(random: Random, row: Row, options: DagOptions): RandomDag {
  const { n, thresholds } = row;
  const count = options.equivocators ?? row.b;
  const members = shuffled(
    random,
    Array.from({ length: n }, (_, author) => author),
  );
  const equivocators = new Set(members.slice(0, count));
  const pool = randomTransactions(options.transactions ?? 0);
  const blocks: Made[] = [];
  const at = (round: number, author: number): Made[] =>
    blocks.filter(({ ref }) => ref.author === author && ref.round === BigInt(round));
  for (let round = 1; round <= options.rounds; round++) {
    const hidden = random.chance(LEADER_HIDDEN);
    const present = members.filter((author) => author !== options.absent && random.chance(PRESENT));
    const silent = members.filter((author) => author !== options.absent && !present.includes(author));
    while (present.length < thresholds.parents) present.push(silent.pop()!);
    const made: Made[] = [];
    for (const author of present) {
      const variants = equivocators.has(author) && random.chance(TWIN) ? 2 : 1;
      for (let variant = 0; variant < variants; variant++) made.push(oneBlock(author, round, variant, hidden));
    }
    blocks.push(...made);
  }
  return { blocks, equivocators };

  function oneBlock(author: number, round: number, variant: number, hidden: boolean): Made {
    const own = latest(author, round);
    const before = members.filter((other) => other !== author && at(round - 1, other).length > 0);
    const leader = leaderOf(round - 1, n);
    const chosen = shuffled(random, before).sort((a, b) => (hidden ? Number(a === leader) - Number(b === leader) : 0));
    const wanted = thresholds.parents - (own && own.ref.round === BigInt(round - 1) ? 1 : 0);
    const more = random.below(Math.max(1, chosen.length - wanted + 1));
    const named = chosen.slice(0, Math.max(0, wanted + more)).map((other) => random.pick(at(round - 1, other)));
    const weak = members.flatMap((other) => {
      const old =
        other === author || named.some(({ ref }) => ref.author === other) ? undefined : latest(other, round - 1);
      return old && random.chance(WEAK) ? [old] : [];
    });
    const transactions = shuffled(random, pool).slice(0, random.below(MOST_TRANSACTIONS));
    const timestampMs = BigInt(1_000 * round + random.below(5_000) + variant);
    const parents = [...(own ? [own] : []), ...named, ...weak].map(({ ref }) => ref);
    return own
      ? make(author, round, parents, { timestampMs, transactions })
      : make(author, round, round === 1 ? [] : [...make(author, 1, []).header.parents, ...parents], {
          timestampMs,
          transactions,
        });
  }

  /** The author's latest block before `round`; of an equivocator's, any of that round. */
  function latest(author: number, round: number): Made | undefined {
    for (let earlier = round - 1; earlier > 0; earlier--) {
      const found = at(earlier, author);
      if (found.length > 0) return random.pick(found);
    }
    return undefined;
  }
}

export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

const name = ({ digest }: { digest: Uint8Array }): string => Buffer.from(digest).toString("hex");

/** The same blocks in another order that has parents first. */
export function reordered(random: Random, blocks: readonly Made[]): Made[] {
  const left = new Set(blocks);
  const given = new Set<string>();
  const all = new Set(blocks.map(({ ref }) => name(ref)));
  const order: Made[] = [];
  while (left.size > 0) {
    const ready = [...left].filter(({ header }) =>
      header.parents.every((parent) => given.has(name(parent)) || !all.has(name(parent))),
    );
    const next = random.pick(ready);
    left.delete(next);
    given.add(name(next.ref));
    order.push(next);
  }
  return order;
}

/** What a member knows who has seen some blocks, and everything that those rest on. */
export function view(random: Random, blocks: readonly Made[], share: number): Made[] {
  const byName = new Map(blocks.map((block) => [name(block.ref), block]));
  const seen = new Set<Made>();
  const see = (block: Made): void => {
    if (seen.has(block)) return;
    seen.add(block);
    for (const parent of block.header.parents) {
      const held = byName.get(name(parent));
      if (held) see(held);
    }
  };
  for (const block of blocks) if (random.chance(share)) see(block);
  return blocks.filter((block) => seen.has(block));
}
