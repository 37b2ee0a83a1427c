/**
 * Members that lose their state and recover (restart.ts), on the shipped `vault` and `verify`: none signs a slot twice, whatever was lost, withheld and asked in
 * which order. With one member more that is not intact, or with what the others have seen in the place of what they signed, one does.
 * CAISSON_EXPLORE=1 adds what takes minutes.
 */
import { describe, expect, test } from "vitest";
import { FAULT_KINDS, type FaultRule } from "../../core/wire/thresholds.ts";
import { exploreRestart, type RestartOptions } from "./restart.ts";

const LONG = process.env.CAISSON_EXPLORE !== undefined;
const TIMEOUT_MS = 600_000;

const threeDelays = (F: number, b: number): FaultRule => ({
  kind: FAULT_KINDS.indexOf("threeDelays"),
  b,
  c: F - b,
  k: 0,
});
const THREE = { rule: threeDelays(1, 0), n: 3, equivocators: 0 } as const;
const FOUR = { rule: threeDelays(1, 1), n: 4, equivocators: 1 } as const;

const SHORT: readonly (readonly [string, RestartOptions])[] = [
  ["n=3 b=0, three rounds, two losses", { ...THREE, rounds: 3, epochs: 1, losses: 2, checkpoints: false }],
  ["n=3 b=0, the end of an epoch, one loss", { ...THREE, rounds: 1, epochs: 2, losses: 1, checkpoints: true }],
  ["n=4 b=1, three rounds and checkpoints, one loss", { ...FOUR, rounds: 3, epochs: 1, losses: 1, checkpoints: true }],
];
const LONGER: typeof SHORT = [
  ["n=3 b=0, four rounds, two losses", { ...THREE, rounds: 4, epochs: 1, losses: 2, checkpoints: false }],
  ["n=3 b=0, two rounds and checkpoints, two losses", { ...THREE, rounds: 2, epochs: 1, losses: 2, checkpoints: true }],
  ["n=4 b=1, the end of an epoch, two losses", { ...FOUR, rounds: 1, epochs: 2, losses: 2, checkpoints: true }],
];

describe("no slot is signed twice", () => {
  test.each([...SHORT, ...(LONG ? LONGER : [])])("%s", { timeout: TIMEOUT_MS }, (name, options) => {
    const { states, recoveries, signedAfter, broken } = exploreRestart(options);
    console.log(`${name}: ${states} states, ${recoveries} recoveries, ${signedAfter} signatures after one`);
    expect(broken).toBeUndefined();
    expect(recoveries).toBeGreaterThan(0);
    expect(signedAfter).toBeGreaterThan(0);
  });
});

describe("a block is signed twice", () => {
  const one = { rounds: 3, epochs: 1, losses: 1, checkpoints: false } as const;

  test("when more members are not intact than the rule bears", () => {
    expect(exploreRestart({ ...FOUR, ...one, equivocators: 2 }).broken?.at(-1)).toMatch(/signs the block/);
  });

  test("when members say which of the asker's blocks they have seen, and not what they signed", () => {
    expect(exploreRestart({ ...THREE, ...one, seenInstead: true }).broken?.at(-1)).toMatch(/signs the block/);
  });
});
