/**
 * Every DAG of complete layers around one slot, by copying the shipped component's memory. What decides on the slot of round 1 directly are the layers of
 * its wave; what else could be decided on it hangs on the history of a later anchor. So it is enough that every block that could follow those layers
 * says of the slot what they say: later histories only grow. This holds for any number of rounds and any schedule of leaders.
 *
 * Blocks whose parents give them the same facts (vote and certificates for the slot, and, where votes of a history are counted, which blocks they name)
 * stand for one another.
 */
import { type Made, make, type Row, rowConfig } from "../../test/support/dag.ts";
import type { Order, Ref } from "../../test/unit/core/order-support.ts";

const UNDECIDED = 0;
/** As many as the wave and one anchor need, so that nothing falls below the horizon. */
const ROUNDS = 6;

export interface Explored {
  /** Complete sets of layers, those of them that decide directly, and anchors that were asked. */
  readonly sets: number;
  readonly decided: number;
  readonly anchors: number;
  /** A set and an anchor that contradict each other, if there are any. */
  readonly broken: readonly Made[] | undefined;
}

interface Layered {
  readonly state: Uint8Array;
  readonly layers: readonly (readonly Made[])[];
}

class Explorer {
  readonly #order: Order;
  readonly #row: Row;
  readonly #equivocator: number | undefined;
  #sets = 0;
  #decided = 0;
  #anchors = 0;
  #broken: Made[] | undefined;

  constructor(order: Order, row: Row, equivocator: number | undefined) {
    this.#order = order;
    this.#row = row;
    this.#equivocator = equivocator;
  }

  run(): Explored {
    const { capacities } = rowConfig(this.#row);
    const small = { twins: 2, rounds: ROUNDS, depth: ROUNDS - 1, blockTransactions: 0, verifiedItems: 1 };
    const pools = { poolTransactions: 1, poolGasObjects: 1, orderedDigests: 1 };
    this.#order.begin(rowConfig(this.#row, { capacities: { ...capacities, ...small, ...pools } }));
    const first = Array.from({ length: this.#row.n }, (_, author) => make(author, 1, []));
    if (this.#equivocator !== undefined) first.push(make(this.#equivocator, 1, [], { timestampMs: 1n }));
    for (const block of first) this.#give(block);
    this.#expand({ state: this.#order.component.state(), layers: [first] });
    return { sets: this.#sets, decided: this.#decided, anchors: this.#anchors, broken: this.#broken };
  }

  #give({ block, ref }: Made): void {
    this.#order.verifiedItem("block", ref.digest);
    const kind = this.#order.accept(block)[0]?.frame.kind;
    if (kind !== "accepted") throw new Error(`a block of the exploration is ${kind}`);
  }

  #expand(from: Layered): void {
    if (this.#broken) return;
    const { wave } = this.#row.thresholds;
    if (from.layers.length === wave) {
      this.#judge(from);
      return;
    }
    const choices = Array.from({ length: this.#row.n }, (_, author) => this.#choices(author, from));
    for (const layer of product(choices)) {
      this.#order.component.restore(from.state);
      for (const block of layer) this.#give(block);
      this.#expand({ state: this.#order.component.state(), layers: [...from.layers, layer] });
      if (this.#broken) return;
    }
  }

  /** What an author can add to the next layer: one block, or two that differ, if it equivocates. */
  #choices(author: number, from: Layered): Made[][] {
    const byFacts = new Map<string, Made>();
    for (const block of this.#blocks(author, from)) {
      this.#order.component.restore(from.state);
      this.#give(block);
      const facts = this.#facts(block);
      if (!byFacts.has(facts)) byFacts.set(facts, block);
    }
    const one = [...byFacts.values()];
    if (author !== this.#equivocator) return one.map((block) => [block]);
    const two = one.flatMap((block, i) => one.slice(i + 1).map((other) => [block, other]));
    return two.length > 0 ? two : one.map((block) => [block]);
  }

  /** Every valid block of an author on the last layer. */
  #blocks(author: number, { layers }: Layered): Made[] {
    const before = layers.at(-1)!;
    const round = layers.length + 1;
    const of = (other: number): readonly Made[] => before.filter(({ ref }) => ref.author === other);
    const others = Array.from({ length: this.#row.n }, (_, other) => other).filter((other) => other !== author);
    const sets = product([of(author).map(one), ...others.map((other) => [[], ...of(other).map(one)])]);
    return sets
      .filter((parents) => parents.length >= this.#row.thresholds.parents)
      .map((parents) => make(author, round, refs(parents)));
  }

  /** Read from the component, which holds no other block of the author and round: the block's vote or certificates; and, where it matters, what it names. */
  #facts({ ref: { author, round }, header }: Made): string {
    const { component } = this.#order;
    const facts = component.ask(round === 2n ? "voteOf" : "certificatesOf", round, author, 0, 0);
    const { fastCommit, wave } = this.#row.thresholds;
    const namesMatter = round > 2n && (fastCommit > 0 || wave === 2);
    return `${facts} ${namesMatter ? header.parents.map(({ digest }) => digest.join()).join(" ") : ""}`;
  }

  #judge(from: Layered): void {
    this.#sets++;
    this.#order.component.restore(from.state);
    const direct = this.#order.component.ask("directly", 1n, 0);
    if (direct === UNDECIDED) return;
    this.#decided++;
    for (let author = 0; author < this.#row.n; author++) {
      for (const anchor of this.#blocks(author, from)) {
        this.#order.component.restore(from.state);
        this.#give(anchor);
        this.#anchors++;
        if (this.#order.component.ask("anchored", 1n, 0, anchor.ref.round, author, 0) === direct) continue;
        this.#broken = [...from.layers.flat(), anchor];
        return;
      }
    }
  }
}

const one = (block: Made): Made[] => [block];
const refs = (blocks: readonly Made[]): Ref[] => blocks.map(({ ref }) => ref);

/** Every way to take one of each list, joined. */
function product<T>(lists: readonly (readonly (readonly T[])[])[]): T[][] {
  return lists.reduce<T[][]>((made, list) => made.flatMap((head) => list.map((tail) => [...head, ...tail])), [[]]);
}

/** Explores a row with its own thresholds or others; `equivocator`: a member that makes two blocks in every layer. */
export function explore(order: Order, row: Row, equivocator?: number): Explored {
  return new Explorer(order, row, equivocator).run();
}
