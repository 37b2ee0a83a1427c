/**
 * Directed random search for DAGs on which the commit rule with given thresholds contradicts itself: two derivations of one slot that differ, on one
 * set of blocks. A set that looks broken is only a suspect, with a view of it that should decide otherwise than the whole: walk.test.ts confirms
 * it on the shipped component.
 *
 * A third formulation of the rule, made for speed: layers are complete, a block is a place in its layer, and sets of them are bits.
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

/** Blocks of each round, as bits; round 0 has none. */
type View = readonly number[];

interface Known {
  readonly author: number;
  readonly variant: number;
  /** Places in the layer before, the author's own first. */
  readonly parents: readonly number[];
  readonly history: View;
  /** Place of the block of the layer before that is its leader's, or -1. */
  readonly vote: number;
  /** Blocks of two layers before that it certifies, as bits. */
  readonly certified: number;
}

/** The layer of round r is at r; there is none at 0. */
type Layers = readonly (readonly Known[])[];

const UNDECIDED = -2;
const SKIP = -1;
/** How many blocks draw parents of their own, and name the other of an equivocator's blocks. */
const STRAY = 1 / 8;

export interface WalkRule {
  readonly n: number;
  readonly thresholds: ThresholdRow;
  readonly equivocators: number;
  readonly rounds: number;
}

const leaderOf = (round: number, n: number): number => (round - 1) % n;

const has = (set: number, place: number): boolean => ((set >> place) & 1) === 1;

/**
 * Complete layers, one more each time: the blocks of each draw their parents from one random set, or from two or three that form camps. Each block
 * names its author's own block besides.
 */
function* grow(random: Random, { n, thresholds, equivocators, rounds }: WalkRule): Generator<Layers> {
  const first = random.below(n); // whether the leader of the first slot is one of them matters
  const everybody = Array.from({ length: n }, (_, author) => author);
  const twinOf = (author: number): boolean => (author + n - first) % n < equivocators;
  const makers = everybody.flatMap((author) => (twinOf(author) ? [0, 1] : [0]).map((variant) => ({ author, variant })));
  const placeOf = (author: number, side: number): number =>
    makers.findIndex((one) => one.author === author && one.variant === (twinOf(author) ? side : 0));
  /** One block each of enough authors, those that `wanted` names first, as places in a layer; of who has two, mostly that of one side. */
  const set = (wanted: readonly number[], side: number): number[] => {
    const most = random.chance(0.5) ? thresholds.parents : n;
    const size = thresholds.parents + random.below(most - thresholds.parents + 1);
    const authors = new Set(wanted);
    while (authors.size < size) authors.add(random.below(n));
    return [...authors].map((author) => placeOf(author, random.chance(STRAY) ? 1 - side : side));
  };
  const anySet = (): number[] => set([], random.below(2));
  /** Two sets that have as little in common as they can, and perhaps a third. */
  const camps = (): number[][] => {
    const side = random.below(2);
    const one = set([], side);
    const left = everybody.filter((author) => !one.some((place) => makers[place]!.author === author));
    return [one, set(left, 1 - side), ...(random.chance(0.5) ? [anySet()] : [])];
  };
  const layers: Known[][] = [[]];
  for (let round = 1; round <= rounds; round++) {
    const pool = random.chance(0.5) ? camps() : [anySet()];
    const layer = makers.map(({ author, variant }, own) => {
      const chosen = random.chance(STRAY) ? anySet() : random.pick(pool);
      const others = chosen.filter((place) => makers[place]!.author !== author);
      return known(layers, author, variant, round === 1 ? [] : [own, ...others], n, thresholds);
    });
    layers.push(layer);
    yield layers;
  }
}

function known(
  layers: Layers,
  author: number,
  variant: number,
  parents: readonly number[],
  n: number,
  { certificate }: ThresholdRow,
): Known {
  const round = layers.length;
  const before = layers[round - 1]!;
  const history = Array<number>(round).fill(0);
  for (const place of parents) {
    history[round - 1]! |= 1 << place;
    before[place]!.history.forEach((places, at) => {
      history[at]! |= places;
    });
  }
  const vote = parents.find((place) => before[place]!.author === leaderOf(round - 1, n)) ?? -1;
  let certified = 0;
  for (const one of new Set(parents.map((place) => before[place]!.vote))) {
    if (one >= 0 && parents.filter((place) => before[place]!.vote === one).length >= certificate) certified |= 1 << one;
  }
  return { author, variant, parents, history, vote, certified };
}

/** Of the first slot: every derivation that there is, and the one that counts. */
interface Decision {
  readonly derived: ReadonlySet<number>;
  readonly final: number;
}

/** What the blocks of a view come to. */
function decide(layers: Layers, view: View, { n, thresholds }: WalkRule): Decision {
  const { wave, directCommit, directSkip, indirectCommit, fastCommit, fastIndirect } = thresholds;
  const top = layers.length - 1;
  const authors = (round: number, among: number, holds: (block: Known) => boolean): number => {
    let found = 0;
    layers[round]?.forEach((block, place) => {
      if (has(among, place) && holds(block)) found |= 1 << block.author;
    });
    return bitsOf(found);
  };
  const votes = (round: number, place: number, among: View): number =>
    authors(round + 1, among[round + 1] ?? 0, ({ vote }) => vote === place);
  const backers = (round: number, place: number, among: View): number =>
    wave === 2
      ? votes(round, place, among)
      : authors(round + 2, among[round + 2] ?? 0, ({ certified }) => has(certified, place));
  const finals = Array<number>(top + 1).fill(UNDECIDED);
  let derived = new Set<number>();
  for (let round = top; round >= 1; round--) {
    const candidates = [...layers[round]!.keys()].filter(
      (place) => has(view[round]!, place) && layers[round]![place]!.author === leaderOf(round, n),
    );
    derived = new Set();
    if (authors(round + 1, view[round + 1] ?? 0, ({ vote }) => vote < 0) >= directSkip) derived.add(SKIP);
    for (const place of candidates) {
      const fast = fastCommit > 0 && votes(round, place, view) >= fastCommit;
      if (fast || backers(round, place, view) >= directCommit) derived.add(place);
    }
    const [direct] = derived;
    let indirect = UNDECIDED;
    let later = round + wave;
    while (later <= top && finals[later] === SKIP) later++;
    if (later <= top && finals[later] !== UNDECIDED) {
      const { history } = layers[later]![finals[later]!]!;
      const certain = candidates.find((place) => backers(round, place, history) >= indirectCommit);
      const possible =
        fastIndirect > 0 ? candidates.find((place) => votes(round, place, history) >= fastIndirect) : undefined;
      indirect = certain ?? possible ?? SKIP;
      derived.add(indirect);
    }
    finals[round] = direct ?? indirect;
  }
  return { derived, final: finals[1]! };
}

function bitsOf(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

const wholeOf = (layers: Layers): View => layers.map((layer) => (1 << layer.length) - 1);

/** Blocks of a view that none of its blocks names. */
function tipsOf(layers: Layers, view: View): { readonly round: number; readonly place: number }[] {
  return layers.flatMap((layer, round) => {
    let named = 0;
    layers[round + 1]?.forEach(({ parents }, place) => {
      if (has(view[round + 1]!, place)) for (const parent of parents) named |= 1 << parent;
    });
    return layer.flatMap((_, place) => (has(view[round]! & ~named, place) ? [{ round, place }] : []));
  });
}

/**
 * Takes blocks that nothing names away from the whole, at random, as long as `wanted` can still be derived of the first slot, until the view
 * decides that slot otherwise than the whole does. Undefined: it comes to an end before.
 */
function shrink(random: Random, layers: Layers, rule: WalkRule, wanted: number): View | undefined {
  let view = wholeOf(layers);
  const whole = decide(layers, view, rule).final;
  const kept = new Set<string>();
  for (;;) {
    const tips = tipsOf(layers, view).filter(({ round, place }) => !kept.has(`${round}:${place}`));
    if (tips.length === 0) return undefined;
    const { round, place } = random.pick(tips);
    const less = view.map((places, at) => (at === round ? places & ~(1 << place) : places));
    const { derived, final } = decide(layers, less, rule);
    if (derived.has(wanted)) view = less;
    else kept.add(`${round}:${place}`);
    if (derived.has(wanted) && final !== whole) return view;
  }
}

/** Tries for each derivation of a slot that has two. */
const SHRINKS = 6;

/** A DAG, and one of its views that should decide the first slot otherwise than the whole of it. */
export interface Suspect {
  readonly blocks: readonly WalkBlock[];
  readonly view: ReadonlySet<number>;
}

/**
 * Suspects among `tries` DAGs, as they are found. Only the first slot is looked at: what can become of a later one can become of the first, for
 * earlier layers change nothing for it.
 */
export function* suspects(random: Random, rule: WalkRule, tries: number): Generator<Suspect> {
  for (let i = 0; i < tries; i++) {
    for (const layers of grow(random, rule)) {
      const { derived } = decide(layers, wholeOf(layers), rule);
      if (derived.size < 2) continue;
      for (const wanted of derived) {
        for (let t = 0; t < SHRINKS; t++) {
          const view = shrink(random, layers, rule, wanted);
          if (view) yield suspect(layers, view);
        }
      }
      break;
    }
  }
}

function suspect(layers: Layers, view: View): Suspect {
  const blocks: WalkBlock[] = [];
  const seen = new Set<number>();
  let before = 0; // where the layer before begins
  layers.forEach((layer, round) => {
    const begin = blocks.length;
    layer.forEach(({ author, variant, parents }, place) => {
      if (has(view[round]!, place)) seen.add(begin + place);
      blocks.push({ author, round, variant, parents: parents.map((parent) => before + parent) });
    });
    before = begin;
  });
  return { blocks, view: seen };
}
