/** Complete layers of blocks on the shipped component: what the exhaustive modes are made of. */
import { type Made, make, type Row, rowConfig } from "../../test/support/dag.ts";
import type { Order, Ref } from "../../test/unit/core/order-support.ts";

export const UNDECIDED = 0;
/** Of core/order/decide.ts, as are places in a slot: 1 is the leader's first block. */
export const SKIP = 255;

/** A component that holds some complete layers, and what they are. */
export interface Layered {
  readonly state: Uint8Array;
  readonly layers: readonly (readonly Made[])[];
}

export interface LayersOptions {
  readonly row: Row;
  /** A member that makes two blocks in every layer. */
  readonly equivocator: number | undefined;
  /** Nothing falls below the horizon within so many. */
  readonly rounds: number;
}

export class Layers {
  readonly order: Order;
  readonly #options: LayersOptions;

  constructor(order: Order, options: LayersOptions) {
    this.order = order;
    this.#options = options;
  }

  /** The first layer. */
  begin(): Layered {
    const { row, equivocator, rounds } = this.#options;
    const { capacities } = rowConfig(row);
    const twins = equivocator === undefined ? 1 : 2;
    const small = { twins, rounds, depth: rounds - 1, blockTransactions: 0, verifiedItems: 1 };
    const pools = { poolTransactions: 1, poolGasObjects: 1, orderedDigests: 1 };
    this.order.begin(rowConfig(row, { capacities: { ...capacities, ...small, ...pools } }));
    const first = Array.from({ length: row.n }, (_, author) => make(author, 1, []));
    if (equivocator !== undefined) first.push(make(equivocator, 1, [], { timestampMs: 1n }));
    for (const block of first) this.give(block);
    return { state: this.order.component.state(), layers: [first] };
  }

  give({ block, ref }: Made): void {
    this.order.verifiedItem("block", ref.digest);
    const kind = this.order.accept(block)[0]?.frame.kind;
    if (kind !== "accepted") throw new Error(`a block of the exploration is ${kind}`);
  }

  /** Every next layer in which no two blocks of an author have the same facts. The component holds it while it is looked at. */
  *next(from: Layered, factsOf: (block: Made) => string): Generator<readonly Made[]> {
    const choices = Array.from({ length: this.#options.row.n }, (_, author) => this.#choices(author, from, factsOf));
    for (const layer of product(choices)) {
      this.order.component.restore(from.state);
      for (const block of layer) this.give(block);
      yield layer;
    }
  }

  /** What an author can add to the next layer: one block, or two that differ, if it equivocates. */
  #choices(author: number, from: Layered, factsOf: (block: Made) => string): Made[][] {
    const byFacts = new Map<string, Made>();
    for (const block of this.blocks(author, from)) {
      this.order.component.restore(from.state);
      this.give(block);
      const facts = factsOf(block);
      if (!byFacts.has(facts)) byFacts.set(facts, block);
    }
    const one = [...byFacts.values()];
    if (author !== this.#options.equivocator) return one.map((block) => [block]);
    const two = one.flatMap((block, i) => one.slice(i + 1).map((other) => [block, other]));
    return two.length > 0 ? two : one.map((block) => [block]);
  }

  /** Every valid block of an author on the last layer. */
  blocks(author: number, { layers }: Layered): Made[] {
    const { row } = this.#options;
    const before = layers.at(-1)!;
    const round = layers.length + 1;
    const of = (other: number): readonly Made[] => before.filter(({ ref }) => ref.author === other);
    const others = Array.from({ length: row.n }, (_, other) => other).filter((other) => other !== author);
    const sets = product([of(author).map(one), ...others.map((other) => [[], ...of(other).map(one)])]);
    return sets
      .filter((parents) => parents.length >= row.thresholds.parents)
      .map((parents) => make(author, round, refs(parents)));
  }
}

const one = (block: Made): Made[] => [block];
const refs = (blocks: readonly Made[]): Ref[] => blocks.map(({ ref }) => ref);

/** Every way to take one of each list, joined. */
function product<T>(lists: readonly (readonly (readonly T[])[])[]): T[][] {
  return lists.reduce<T[][]>((made, list) => made.flatMap((head) => list.map((tail) => [...head, ...tail])), [[]]);
}
