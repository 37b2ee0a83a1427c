/**
 * Every threshold that is sharp, one below its value, and one equivocator more than a row allows: a DAG is found on which two views of the
 * shipped component commit different leaders. With the thresholds as they are the same search finds none.
 */
import { describe, expect, test } from "vitest";
import { type ThresholdRow, threeDelays, twoDelays } from "../../core/wire/thresholds.ts";
import { Random } from "../../test/attack/random.ts";
import { type Made, make, ROWS, type Row, rowConfig } from "../../test/support/dag.ts";
import { Order } from "../../test/unit/core/order-support.ts";
import { reordered } from "../model/random-dag.ts";
import { suspects, type WalkBlock } from "./walk.ts";

const SEED = 0x3a1c;
/** DAGs that are looked at before a search gives up, and that a safe row must stand. CAISSON_EXPLORE: so many times as many. */
const TIMES = Number(process.env.CAISSON_EXPLORE ?? 1);
const TRIES = 400_000;
const SAFE_TRIES = 1_500 * TIMES;
const ROUNDS = 8;
const VIEWS = 60;
const INSTANCE = new Order();

function real(blocks: readonly WalkBlock[]): Made[] {
  const made: Made[] = [];
  for (const { author, round, variant, parents } of blocks) {
    const refs = parents.map((i) => made[i]!.ref);
    const own = refs[0]?.author === author ? refs : [...make(author, 1, []).header.parents, ...refs];
    made.push(make(author, round, own, { timestampMs: BigInt(1_000 * round + variant) }));
  }
  return made;
}

/** Leaders that a view commits. */
function committed(row: Row, thresholds: ThresholdRow, blocks: readonly Made[]): string[] {
  const order = INSTANCE.begin(rowConfig(row, { thresholds }));
  return blocks.flatMap(({ block, ref }) => {
    order.verifiedItem("block", ref.digest);
    return order.accept(block).flatMap(({ frame }) => (frame.kind === "commit" ? [frame.commitDigest.join()] : []));
  });
}

/** Two views of the component that do not agree: each is what rests under some blocks of one round. */
function isConfirmed(random: Random, row: Row, thresholds: ThresholdRow, blocks: readonly WalkBlock[]): boolean {
  const made = real(blocks);
  const sequences: string[][] = [];
  for (let i = 0; i < VIEWS; i++) {
    const top = 2 + random.below(ROUNDS - 1);
    const tips = blocks.flatMap(({ round }, place) => (round === top && random.chance(0.6) ? [place] : []));
    const seen = new Set<number>();
    const see = (place: number): void => {
      if (seen.has(place)) return;
      seen.add(place);
      for (const parent of blocks[place]!.parents) see(parent);
    };
    for (const tip of tips) see(tip);
    const sequence = committed(
      row,
      thresholds,
      made.filter((_, place) => seen.has(place)),
    );
    const differs = sequences.some((other) => sequence.some((one, at) => at < other.length && other[at] !== one));
    if (differs) return true;
    sequences.push(sequence);
  }
  return false;
}

/** DAGs looked at until one is confirmed, or undefined. */
function search(row: Row, thresholds: ThresholdRow, equivocators: number): boolean {
  const random = new Random(SEED);
  const rule = { n: row.n, thresholds, equivocators, rounds: ROUNDS };
  for (const blocks of suspects(random, rule, TRIES)) if (isConfirmed(random, row, thresholds, blocks)) return true;
  return false;
}

const row = (n: number, kind: Row["kind"]): Row => ROWS.find((one) => one.n === n && one.kind === kind)!;
const SHARP: readonly (readonly [Row, ThresholdRow, (keyof ThresholdRow)[]])[] = [
  [row(3, "three"), threeDelays({ n: 3, F: 1, b: 0 }), ["certificate", "directCommit", "directSkip"]],
  [row(4, "three"), threeDelays({ n: 4, F: 1, b: 1 }), ["certificate", "directCommit", "directSkip"]],
  [row(4, "two"), twoDelays({ n: 4, F: 1, b: 0 }), ["directCommit", "directSkip"]],
];

describe.each(SHARP.map(([one, thresholds, sharp]) => [one.name, one, thresholds, sharp] as const))(
  "%s",
  (_name, one, thresholds, sharp) => {
    test.each(sharp)("%s one below its value is broken", (name) => {
      expect(search(one, { ...thresholds, [name]: thresholds[name] - 1 }, one.b)).toBe(true);
    });

    test("indirectCommit off its value either way is broken", () => {
      for (const by of [-1, 1]) {
        const indirectCommit = thresholds.indirectCommit + by;
        expect(search(one, { ...thresholds, indirectCommit }, one.b), `by ${by}`).toBe(true);
      }
    });

    test("one equivocator more is too many", () => {
      expect(search(one, thresholds, one.b + 1)).toBe(true);
    });
  },
);

test.each(ROWS.filter(({ n }) => n <= 7).map((one) => [one.name, one] as const))(
  "%s stands the same search",
  (_name, one) => {
    const rule = { n: one.n, thresholds: one.thresholds, equivocators: one.b, rounds: ROUNDS };
    for (const blocks of suspects(new Random(SEED), rule, SAFE_TRIES)) {
      const random = new Random(SEED);
      expect(isConfirmed(random, one, one.thresholds, blocks), JSON.stringify(blocks)).toBe(false);
    }
  },
);

test("the component follows a DAG of the search to its end, whatever the order of delivery", () => {
  const one = row(4, "three");
  const random = new Random(SEED);
  const rule = { n: 4, thresholds: { ...one.thresholds, directSkip: 2 }, equivocators: 1, rounds: ROUNDS };
  const [found] = suspects(random, rule, TRIES);
  const made = real(found!);
  const expected = committed(one, one.thresholds, made);
  expect(committed(one, one.thresholds, reordered(random, made))).toEqual(expected);
});
