/**
 * Every threshold that is sharp, off its value by one, and one equivocator more than a row allows: a DAG is found on which two views of the
 * shipped component commit different leaders. With the thresholds as they are the same search finds none.
 */
import { describe, expect, test } from "vitest";
import type { ThresholdRow } from "../../core/wire/thresholds.ts";
import { Random } from "../../test/attack/random.ts";
import { type Made, make, ROWS, type Row, rowConfig } from "../../test/support/dag.ts";
import { Order } from "../../test/unit/core/order-support.ts";
import { reordered } from "../model/random-dag.ts";
import { type Suspect, suspects, type WalkBlock } from "./walk.ts";

const SEED = 0x3a1c;
/** DAGs that are looked at before a search gives up, and that a safe row must stand. CAISSON_EXPLORE: so many times as many. */
const LONG = process.env.CAISSON_EXPLORE !== undefined;
const TIMES = Number(process.env.CAISSON_EXPLORE ?? 1);
const TRIES = 400_000;
const SAFE_TRIES = 10_000 * TIMES;
const ROUNDS = 8;
/** Of core/order/decide.ts. */
const SKIP = 255;
const SKIPPED = "skipped";
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

/** What a view of the component decides of the first slot: a block, that there is none, or nothing yet. */
function firstSlot(row: Row, thresholds: ThresholdRow, blocks: readonly Made[]): string | undefined {
  const order = INSTANCE.begin(rowConfig(row, { thresholds }));
  for (const { block, ref } of blocks) {
    order.verifiedItem("block", ref.digest);
    for (const { frame } of order.accept(block)) {
      if (frame.kind === "commit") return frame.round === 1n ? frame.leaderBlock.join() : SKIPPED;
    }
  }
  return order.component.ask("statusOf", 1n, 0) === SKIP ? SKIPPED : undefined;
}

/** The component decides the first slot otherwise on the view than on the whole. */
function isConfirmed(row: Row, thresholds: ThresholdRow, { blocks, view }: Suspect): boolean {
  const made = real(blocks);
  const whole = firstSlot(row, thresholds, made);
  const seen = made.filter((_, place) => view.has(place));
  const part = firstSlot(row, thresholds, seen);
  return part !== undefined && whole !== undefined && part !== whole;
}

/** Whether a suspect is confirmed, before so many DAGs were looked at. */
function isBroken(row: Row, thresholds: ThresholdRow, equivocators: number, tries = TRIES): boolean {
  const rule = { n: row.n, thresholds, equivocators, rounds: ROUNDS };
  for (const suspect of suspects(new Random(SEED), rule, tries)) {
    if (isConfirmed(row, thresholds, suspect)) return true;
  }
  return false;
}

const row = (n: number, kind: Row["kind"], b: number): Row =>
  ROWS.find((one) => one.n === n && one.kind === kind && one.b === b)!;

type Off = readonly [keyof ThresholdRow, by: 1 | -1];
const below = (...names: (keyof ThresholdRow)[]): Off[] => names.map((name) => [name, -1]);
const EITHER_WAY: readonly Off[] = [
  ["indirectCommit", -1],
  ["indirectCommit", 1],
];
const THREE: readonly Off[] = [...below("certificate", "directCommit", "directSkip"), ...EITHER_WAY];

/**
 * Off its value, each of these is broken. Not every threshold is sharp on every row: with b = 0, c = k = 1 a smaller certificate or direct
 * commit is safe for four members, for the fast path's slack covers it; where T or WI could be one more, no smaller set can tell.
 */
const SHARP: readonly (readonly [Row, readonly Off[]])[] = [
  [row(3, "three", 0), THREE],
  [row(4, "three", 1), THREE],
  [row(7, "three", 2), LONG ? THREE : below("certificate", "directSkip", "indirectCommit")],
  [row(4, "two", 0), [...below("directCommit", "directSkip"), ...EITHER_WAY]],
  [row(4, "fast", 1), [...THREE, ["fastCommit", -1], ["fastIndirect", -1], ["fastIndirect", 1]]],
  [row(4, "fast", 0), [...below("directSkip", "indirectCommit", "fastCommit", "fastIndirect"), ["fastIndirect", 1]]],
  [
    row(7, "fast", 1),
    [
      ...below("directSkip", "indirectCommit", "fastCommit", "fastIndirect"),
      ...(LONG ? below("certificate", "directCommit") : []), // half a minute
    ],
  ],
];

describe.each(SHARP.map(([one, sharp]) => [one.name, one, sharp] as const))("%s", (_name, one, sharp) => {
  test.each(sharp)("%s off by %i is broken", { timeout: 300_000 }, (name, by) => {
    expect(isBroken(one, { ...one.thresholds, [name]: one.thresholds[name] + by }, one.b)).toBe(true);
  });

  test("one equivocator more is too many", () => {
    expect(isBroken(one, one.thresholds, one.b + 1)).toBe(true);
  });
});

test.each(ROWS.filter(({ n }) => n <= 7).map((one) => [one.name, one] as const))(
  "%s stands the same search",
  { timeout: 300_000 },
  (_name, one) => {
    expect(isBroken(one, one.thresholds, one.b, SAFE_TRIES)).toBe(false);
  },
);

test("the component follows a DAG of the search to its end, whatever the order of delivery", () => {
  const one = row(4, "three", 1);
  const random = new Random(SEED);
  const rule = { n: 4, thresholds: { ...one.thresholds, directSkip: 2 }, equivocators: 1, rounds: ROUNDS };
  const [found] = suspects(random, rule, TRIES);
  const made = real(found!.blocks);
  const expected = committed(one, one.thresholds, made);
  expect(committed(one, one.thresholds, reordered(random, made))).toEqual(expected);
});
