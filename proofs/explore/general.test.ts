/**
 * Every DAG of complete layers up to some round (general.ts), on the shipped component: no slot is decided in two ways; with a sharp threshold one below
 * its value one is. CAISSON_EXPLORE=1 goes further (README.md has what it came to).
 */
import { describe, expect, test } from "vitest";
import { ROWS, type Row } from "../../test/support/dag.ts";
import { Order } from "../../test/unit/core/order-support.ts";
import { exploreAll } from "./general.ts";

const INSTANCE = new Order();
const LONG = process.env.CAISSON_EXPLORE !== undefined;
const row = (n: number, b: number): Row => ROWS.find((one) => one.n === n && one.kind === "three" && one.b === b)!;

const SHARP = ["certificate", "directCommit", "directSkip"] as const;

const RUNS: readonly (readonly [row: Row, rounds: number])[] = LONG
  ? [
      [row(3, 0), 8],
      [row(4, 1), 6],
    ]
  : [[row(3, 0), 6]];

test.each(RUNS.map(([one, rounds]) => [one.name, rounds, one] as const))(
  "%s, all DAGs of %i rounds: no slot is decided in two ways",
  { timeout: 1_800_000 },
  (name, rounds, one) => {
    const from = performance.now();
    const { states, tried, compared, broken } = exploreAll(INSTANCE, one, rounds);
    const took = Math.round(performance.now() - from);
    console.log(`${name}: ${states.join(" + ")} states, ${tried} layers, ${compared} compared, ${took} ms`);
    expect(broken).toBeUndefined();
    expect(compared).toBeGreaterThan(0);
  },
);

describe("three members", () => {
  test.each(SHARP)("with %s one below its value a slot is", { timeout: 600_000 }, (name) => {
    const one = row(3, 0);
    const thresholds = { ...one.thresholds, [name]: one.thresholds[name] - 1 };
    expect(exploreAll(INSTANCE, { ...one, thresholds }, 6).broken).toBeDefined();
  });
});
