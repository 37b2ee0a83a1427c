/**
 * Every DAG of complete layers around one slot (target.ts), on the shipped component: no anchor contradicts what the layers decide; with a sharp threshold
 * one below its value one does. CAISSON_EXPLORE=1 adds the rows that take minutes (README.md has what they came to).
 */
import { describe, expect, test } from "vitest";
import type { ThresholdRow } from "../../core/wire/thresholds.ts";
import { ROWS, type Row } from "../../test/support/dag.ts";
import { Order } from "../../test/unit/core/order-support.ts";
import { type Explored, explore } from "./target.ts";

const INSTANCE = new Order();
const LONG = process.env.CAISSON_EXPLORE !== undefined;
const LEADER = 0;
const FOLLOWER = 1;

const row = (n: number, kind: Row["kind"], b: number): Row =>
  ROWS.find((one) => one.n === n && one.kind === kind && one.b === b)!;

function measured(name: string, run: () => Explored): Explored {
  const from = performance.now();
  const explored = run();
  const { sets, decided, anchors } = explored;
  const took = Math.round(performance.now() - from);
  console.log(`${name}: ${sets} sets of layers, ${decided} decide, ${anchors} anchors, ${took} ms`);
  return explored;
}

const SHORT: readonly (readonly [Row, number | undefined, (keyof ThresholdRow)[]])[] = [
  [row(3, "three", 0), undefined, ["certificate", "directCommit", "directSkip"]],
  [row(4, "two", 0), undefined, ["directCommit", "directSkip"]],
  [row(4, "three", 1), LEADER, ["certificate", "directCommit"]],
  [row(4, "three", 1), FOLLOWER, ["directSkip"]],
  [row(5, "three", 0), undefined, ["certificate"]],
  [row(4, "fast", 0), undefined, []],
];
const LONGER: typeof SHORT = [
  [row(4, "fast", 1), LEADER, []],
  [row(6, "three", 1), LEADER, []],
];

const who = (twice: number | undefined): string =>
  twice === undefined ? "" : twice === LEADER ? ", the leader equivocates" : ", a follower equivocates";

describe.each(
  [...SHORT, ...(LONG ? LONGER : [])].map(([one, twice, sharp]) => [one.name + who(twice), one, twice, sharp] as const),
)("%s", (name, one, twice, sharp) => {
  test("no anchor contradicts a direct decision", { timeout: 600_000 }, () => {
    const explored = measured(name, () => explore(INSTANCE, one, twice));
    expect(explored.broken).toBeUndefined();
    expect(explored.decided).toBeGreaterThan(0);
    expect(explored.decided).toBeLessThan(explored.sets);
  });

  test.each(sharp)("with %s one below its value an anchor does", (threshold) => {
    const thresholds = { ...one.thresholds, [threshold]: one.thresholds[threshold] - 1 };
    expect(explore(INSTANCE, { ...one, thresholds }, twice).broken).toBeDefined();
  });
});
