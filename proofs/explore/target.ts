/**
 * Every DAG of complete layers around one slot, by copying the shipped component's memory. What decides on the slot of round 1 directly are the layers of
 * its wave; what else could be decided on it hangs on the history of a later anchor. So it is enough that every block that could follow those layers
 * says of the slot what they say: later histories only grow. This holds for any number of rounds and any schedule of leaders.
 *
 * Blocks whose parents give them the same facts (vote and certificates for the slot, and, where votes of a history are counted, which blocks they name)
 * stand for one another.
 */
import type { Made, Row } from "../../test/support/dag.ts";
import type { Order } from "../../test/unit/core/order-support.ts";
import { type Layered, Layers, UNDECIDED } from "./layers.ts";

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

class Explorer {
  readonly #layers: Layers;
  readonly #row: Row;
  #sets = 0;
  #decided = 0;
  #anchors = 0;
  #broken: Made[] | undefined;

  constructor(order: Order, row: Row, equivocator: number | undefined) {
    this.#layers = new Layers(order, { row, equivocator, rounds: ROUNDS });
    this.#row = row;
  }

  run(): Explored {
    this.#expand(this.#layers.begin());
    return { sets: this.#sets, decided: this.#decided, anchors: this.#anchors, broken: this.#broken };
  }

  #expand(from: Layered): void {
    if (this.#broken) return;
    if (from.layers.length === this.#row.thresholds.wave) {
      this.#judge(from);
      return;
    }
    for (const layer of this.#layers.next(from, (block) => this.#facts(block))) {
      this.#expand({ state: this.#layers.order.component.state(), layers: [...from.layers, layer] });
      if (this.#broken) return;
    }
  }

  /** Read from the component, which holds no other block of the author and round: the block's vote or certificates; and, where it matters, what it names. */
  #facts({ ref: { author, round }, header }: Made): string {
    const { component } = this.#layers.order;
    const facts = component.ask(round === 2n ? "voteOf" : "certificatesOf", round, author, 0, 0);
    const { fastCommit, wave } = this.#row.thresholds;
    const namesMatter = round > 2n && (fastCommit > 0 || wave === 2);
    return `${facts} ${namesMatter ? header.parents.map(({ digest }) => digest.join()).join(" ") : ""}`;
  }

  #judge(from: Layered): void {
    const { component } = this.#layers.order;
    this.#sets++;
    component.restore(from.state);
    const direct = component.ask("directly", 1n, 0);
    if (direct === UNDECIDED) return;
    this.#decided++;
    for (let author = 0; author < this.#row.n; author++) {
      for (const anchor of this.#layers.blocks(author, from)) {
        component.restore(from.state);
        this.#layers.give(anchor);
        this.#anchors++;
        if (component.ask("anchored", 1n, 0, anchor.ref.round, author, 0) === direct) continue;
        this.#broken = [...from.layers.flat(), anchor];
        return;
      }
    }
  }
}

/** Explores a row with its own thresholds or others; `equivocator`: a member that makes two blocks in every layer. */
export function explore(order: Order, row: Row, equivocator?: number): Explored {
  return new Explorer(order, row, equivocator).run();
}
