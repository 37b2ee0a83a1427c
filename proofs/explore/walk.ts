/**
 * Directed random search for DAGs on which the commit rule with given thresholds contradicts itself: two derivations of one slot that differ, on one
 * set of blocks. Members are in two camps that mostly name their own; those who equivocate have a block in each. A set that looks broken is
 * only a suspect: walk.test.ts confirms it by two views of the shipped component that commit different leaders.
 *
 * A third formulation of the rule, made for speed: blocks are numbers, histories are bits.
 */
import type { ThresholdRow } from "../../core/wire/thresholds.ts";
import type { Random } from "../../test/attack/random.ts";

export interface WalkBlock {
  readonly author: number;
  readonly round: number;
  /** Of an equivocator's two: which. */
  readonly variant: number;
  /** Places in the list of blocks, the author's own first. */
  readonly parents: readonly number[];
}

interface Known extends WalkBlock {
  readonly history: bigint;
  /** Block of the round before that is its leader's, or -1. */
  readonly vote: number;
  /** Blocks two rounds before that it certifies. */
  readonly certified: readonly number[];
}

const UNDECIDED = -2;
const SKIP = -1;
const OWN_CAMP = 0.8;
const PRESENT = 0.9;

export interface WalkRule {
  readonly n: number;
  readonly thresholds: ThresholdRow;
  readonly equivocators: number;
  readonly rounds: number;
}

const leaderOf = (round: number, n: number): number => (round - 1) % n;

/** One random DAG, as far as it could be made. */
function grow(random: Random, { n, thresholds, equivocators, rounds }: WalkRule): Known[] {
  const blocks: Known[] = [];
  const camp = Array.from({ length: n }, () => random.below(2));
  // The leader of the first slot is what most conflicts are about.
  const first = random.below(2);
  const twice = (author: number): boolean => (author + n - first) % n < equivocators;
  let before: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const now: number[] = [];
    for (let author = 0; author < n; author++) {
      if (!random.chance(PRESENT)) continue;
      for (let variant = 0; variant < (twice(author) ? 2 : 1); variant++) {
        const side = twice(author) ? variant : camp[author]!;
        const parents = choose(random, blocks, before, author, side, variant, camp, thresholds.parents, twice);
        if (round > 1 && !parents) continue;
        now.push(blocks.push(known(blocks, { author, round, variant, parents: parents ?? [] }, n, thresholds)) - 1);
      }
    }
    before = now;
  }
  return blocks;
}

/** Exactly as many parents as are needed: more would only join the camps. */
function choose(
  random: Random,
  blocks: readonly Known[],
  before: readonly number[],
  author: number,
  side: number,
  variant: number,
  camp: readonly number[],
  wanted: number,
  twice: (author: number) => boolean,
): number[] | undefined {
  const ownBlocks = blocks.flatMap((block, i) => (block.author === author ? [i] : []));
  const latest = ownBlocks.filter((i) => blocks[i]!.variant === variant).at(-1) ?? ownBlocks.at(-1);
  const own = latest === undefined ? [] : [latest];
  const ranked = before
    .filter((i) => blocks[i]!.author !== author)
    .map((i) => {
      const other = blocks[i]!;
      const near = (twice(other.author) ? other.variant : camp[other.author]!) === side;
      return { i, rank: random.bits() - (near === random.chance(OWN_CAMP) ? 2 ** 32 : 0) };
    })
    .sort((a, b) => a.rank - b.rank);
  const chosen = [...own];
  const authors = new Set([author]);
  let counted = own.length > 0 && before.includes(own[0]!) ? 1 : 0;
  for (const { i } of ranked) {
    if (counted >= wanted) break;
    if (authors.has(blocks[i]!.author)) continue;
    authors.add(blocks[i]!.author);
    chosen.push(i);
    counted++;
  }
  return counted >= wanted ? chosen : undefined;
}

function known(blocks: readonly Known[], block: WalkBlock, n: number, { certificate }: ThresholdRow): Known {
  let history = 0n;
  for (const i of block.parents) history |= blocks[i]!.history | (1n << BigInt(i));
  const before = block.parents.filter((i) => blocks[i]!.round === block.round - 1);
  const leader = leaderOf(block.round - 1, n);
  const vote = before.find((i) => blocks[i]!.author === leader) ?? -1;
  const votes = before.map((i) => blocks[i]!.vote).filter((i) => i >= 0);
  const certified = [...new Set(votes)].filter((one) => votes.filter((other) => other === one).length >= certificate);
  return { ...block, history, vote, certified };
}

/** Whether some slot has two derivations that differ. */
function isSuspect(blocks: readonly Known[], { n, thresholds, rounds }: WalkRule): boolean {
  const final = new Map<number, number>();
  const { wave, directCommit, directSkip, indirectCommit, fastCommit, fastIndirect } = thresholds;
  const count = (round: number, among: bigint | undefined, holds: (block: Known) => boolean): number => {
    const authors = new Set<number>();
    blocks.forEach((block, i) => {
      if (block.round !== round || (among !== undefined && ((among >> BigInt(i)) & 1n) === 0n)) return;
      if (holds(block)) authors.add(block.author);
    });
    return authors.size;
  };
  for (let round = rounds; round >= 1; round--) {
    const leader = leaderOf(round, n);
    const candidates = blocks.flatMap((block, i) => (block.round === round && block.author === leader ? [i] : []));
    const votes = (i: number, among?: bigint) => count(round + 1, among, ({ vote }) => vote === i);
    const backers = (i: number, among?: bigint) =>
      wave === 2 ? votes(i, among) : count(round + 2, among, ({ certified }) => certified.includes(i));
    const derived = new Set<number>();
    if (count(round + 1, undefined, ({ vote }) => vote < 0) >= directSkip) derived.add(SKIP);
    for (const i of candidates) {
      if (backers(i) >= directCommit || (fastCommit > 0 && votes(i) >= fastCommit)) derived.add(i);
    }
    const [direct] = derived;
    let indirect = UNDECIDED;
    for (let later = round + wave; later <= rounds; later++) {
      const anchor = final.get(later)!;
      if (anchor === SKIP) continue;
      if (anchor === UNDECIDED) break;
      const { history } = blocks[anchor]!;
      const certain = candidates.find((i) => backers(i, history) >= indirectCommit);
      const possible = fastIndirect > 0 ? candidates.find((i) => votes(i, history) >= fastIndirect) : undefined;
      indirect = certain ?? possible ?? SKIP;
      break;
    }
    if (indirect !== UNDECIDED) derived.add(indirect);
    if (derived.size > 1) return true;
    final.set(round, direct ?? indirect);
  }
  return false;
}

/** Suspects among `tries` DAGs, as they are found. */
export function* suspects(random: Random, rule: WalkRule, tries: number): Generator<readonly WalkBlock[]> {
  for (let i = 0; i < tries; i++) {
    const blocks = grow(random, rule);
    if (isSuspect(blocks, rule)) yield blocks;
  }
}
