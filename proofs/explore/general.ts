/**
 * Every DAG of complete layers up to some round, by copying the shipped component's memory, with states that have the same future merged. In each,
 * what the layers decide of a slot directly and what its anchor says of it must be the same. Unlike the target mode it needs no argument about
 * which slots matter, and it sees slots that hang on each other.
 *
 * Only for rows of three delays without a fast path: there a later block can see of a history whether it has a certificate, and no more (T = 1).
 */
import type { Made, Row } from "../../test/support/dag.ts";
import type { Order } from "../../test/unit/core/order-support.ts";
import { type Layered, Layers, SKIP, UNDECIDED } from "./layers.ts";

export interface GeneralExplored {
  /** States of each layer that no other of it has the same future as, and layers that were tried. */
  readonly states: readonly number[];
  readonly tried: number;
  /** Decisions that were compared: of slots of which both derivations are there. */
  readonly compared: number;
  readonly broken: readonly Made[] | undefined;
}

/** What the layers say of the slots of each round, by their round. */
interface Slots {
  readonly direct: readonly number[];
  readonly final: readonly number[];
  /** Whether the slot's anchor is decided, so that nothing more will be said of it. */
  readonly closed: readonly boolean[];
}

class Explorer {
  readonly #layers: Layers;
  readonly #row: Row;
  readonly #rounds: number;
  #tried = 0;
  #compared = 0;
  #broken: readonly Made[] | undefined;

  constructor(order: Order, row: Row, equivocator: number | undefined, rounds: number) {
    const { wave, indirectCommit, fastCommit } = row.thresholds;
    if (wave !== 3 || indirectCommit !== 1 || fastCommit !== 0)
      throw new Error(`the general mode does not merge ${row.name}`);
    this.#layers = new Layers(order, { row, equivocator, rounds: rounds + 1 });
    this.#row = row;
    this.#rounds = rounds;
  }

  run(): GeneralExplored {
    let states: Layered[] = [this.#layers.begin()];
    const counts = [1];
    for (let round = 2; round <= this.#rounds && !this.#broken; round++) {
      states = this.#grow(states);
      counts.push(states.length);
    }
    return { states: counts, tried: this.#tried, compared: this.#compared, broken: this.#broken };
  }

  #grow(states: readonly Layered[]): Layered[] {
    const { component } = this.#layers.order;
    const found = new Map<string, Layered>();
    for (const from of states) {
      component.restore(from.state);
      const { closed } = this.#slots(from.layers);
      for (const layer of this.#layers.next(from, ({ ref }) =>
        this.#factsOf(ref.author, 0, from.layers.length + 1, closed),
      )) {
        this.#tried++;
        const layers = [...from.layers, layer];
        const slots = this.#slots(layers);
        if (this.#broken) return [];
        const key = this.#keyOf(layers, slots);
        if (!found.has(key)) found.set(key, { state: component.state(), layers });
      }
    }
    return [...found.values()];
  }

  /** Of the component as it is. */
  #slots(layers: Layered["layers"]): Slots {
    const { component } = this.#layers.order;
    const last = layers.length;
    const { wave } = this.#row.thresholds;
    const direct = Array<number>(last + 1).fill(UNDECIDED);
    const final = Array<number>(last + 1).fill(UNDECIDED);
    const closed = Array<boolean>(last + 1).fill(false);
    for (let round = last; round >= 1; round--) {
      direct[round] = component.ask("directly", BigInt(round), 0);
      let anchor = round + wave;
      while (anchor <= last && final[anchor] === SKIP) anchor++;
      closed[round] = anchor <= last && final[anchor] !== UNDECIDED;
      const indirect = closed[round]
        ? this.#outcome(round, anchor, this.#leaderOf(anchor), final[anchor]! - 1)
        : UNDECIDED;
      final[round] = direct[round] || indirect;
      if (direct[round] === UNDECIDED || indirect === UNDECIDED) continue;
      this.#compared++;
      if (direct[round] !== indirect) this.#broken = layers.flat();
    }
    return { direct, final, closed };
  }

  #leaderOf(round: number): number {
    return (round - 1) % this.#row.n;
  }

  /** What a block says of an earlier slot as its anchor. */
  #outcome(slot: number, round: number, author: number, twin: number): number {
    return this.#layers.order.component.ask("anchored", BigInt(slot), 0, BigInt(round), author, twin);
  }

  /** What a later block can see of a block: its vote, its certificates, and of each slot that is open whether its history has a certificate. */
  #factsOf(author: number, twin: number, round: number, closed: readonly boolean[]): string {
    const { component } = this.#layers.order;
    const at = [BigInt(round), author, twin, 0] as const;
    const facts = [component.ask("voteOf", ...at), component.ask("certificatesOf", ...at)];
    for (let slot = 1; slot + this.#row.thresholds.wave <= round; slot++) {
      if (!closed[slot]) facts.push(this.#outcome(slot, round, author, twin));
    }
    return facts.join();
  }

  /** All that what comes later can depend on, with rounds counted from the last. */
  #keyOf(layers: Layered["layers"], { direct, final, closed }: Slots): string {
    const last = layers.length;
    const lowest = closed.indexOf(false, 1);
    const parts = [`${last % this.#row.n} ${last - lowest}`];
    for (let slot = lowest; slot <= last; slot++) {
      parts.push(`${closed[slot]} ${direct[slot]} ${final[slot]}`);
      if (final[slot] === SKIP) continue;
      const leader = this.#leaderOf(slot);
      const held = layers[slot - 1]!.filter(({ ref }) => ref.author === leader).length;
      for (let twin = 0; twin < held; twin++) {
        if (final[slot] !== UNDECIDED && final[slot] !== twin + 1) continue;
        for (let open = lowest; open + this.#row.thresholds.wave <= slot; open++) {
          if (!closed[open]) parts.push(String(this.#outcome(open, slot, leader, twin)));
        }
      }
    }
    for (let author = 0; author < this.#row.n; author++) {
      const held = layers.at(-1)!.filter(({ ref }) => ref.author === author).length;
      for (let twin = 0; twin < held; twin++) parts.push(this.#factsOf(author, twin, last, closed));
    }
    return parts.join("|");
  }
}

/** Explores a row up to a round; `equivocator`: a member that makes two blocks in every layer. */
export function exploreAll(order: Order, row: Row, rounds: number, equivocator?: number): GeneralExplored {
  return new Explorer(order, row, equivocator, rounds).run();
}
