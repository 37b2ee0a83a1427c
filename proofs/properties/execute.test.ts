/**
 * `execute` against its model (model/execute.ts) on random transactions, byte for byte; and that it is a function of the transaction, the
 * objects it reports as read and the environment, and of nothing else.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coin, numbered } from "../../test/support/objects.ts";
import { component, gas, input, makeVector, pure, SENDER, transaction } from "../../test/unit/core/execute-support.ts";
import { type Case, caseOf, VALUE_BYTES, VALUE_TYPES, WORLD } from "./execute-cases.ts";
import { failed, framesOf, MODE, model, send } from "./execute-frames.ts";
import { expectFrames } from "./same-frames.ts";

const SEED = 0xe8ec;
describe("execute says what its model says", () => {
  test("of transactions that run", () => {
    const counts = { success: 0, failure: 0 };
    fc.assert(
      fc.property(caseOf(true), (one) => {
        const expected = model(one);
        counts[failed(expected) ? "failure" : "success"]++;
        expectFrames(send(one), framesOf(expected));
      }),
      { seed: SEED, numRuns: 600 },
    );
    expect(Math.min(counts.success, counts.failure)).toBeGreaterThan(150);
  });

  test("of transactions that may be dropped, or want objects that were not given", () => {
    const counts = { need: 0, dropped: 0, executed: 0 };
    const codes = new Set<number>();
    fc.assert(
      fc.property(caseOf(false), (one) => {
        const expected = model(one);
        counts[expected.kind]++;
        if (expected.kind === "dropped") codes.add(expected.code);
        expectFrames(send(one), framesOf(expected));
      }),
      { seed: SEED, numRuns: 600 },
    );
    expect(Math.min(counts.need, counts.dropped, counts.executed)).toBeGreaterThan(20);
    expect(codes.size).toBeGreaterThanOrEqual(16);
  });
});

test("execute says in a dry run what its model says, and what each command came to", () => {
  const counts = { references: 0, values: 0 };
  fc.assert(
    fc.property(caseOf(true), (one) => {
      const expected = model(one);
      const results = expected.kind === "executed" ? expected.results : undefined;
      for (const { mutableReferenceOutputs, returnValues } of results ?? []) {
        counts.references += mutableReferenceOutputs.length;
        counts.values += returnValues.length;
      }
      expectFrames(send(one, WORLD, 1, MODE.dryRun), framesOf(expected, MODE.dryRun));
    }),
    { seed: SEED, numRuns: 300 },
  );
  expect(Math.min(counts.references, counts.values)).toBeGreaterThan(100);
});

test("execute takes for a value of a primitive type exactly what the client's BCS takes for one", () => {
  let taken = 0;
  for (const type of VALUE_TYPES) {
    for (const bytes of VALUE_BYTES) {
      const payment = [gas(1, 1_000_000_000n)];
      const one = {
        transaction: transaction({ payment, inputs: [pure(bytes)], commands: [makeVector(type, input(0), input(0))] }),
        missing: [],
        absent: [],
      };
      const expected = model(one);
      if (!failed(expected)) taken++;
      expectFrames(send(one), framesOf(expected));
    }
  }
  expect(taken).toBeGreaterThan(40);
});

describe("execute is a function of what it reports", () => {
  const strangers = Array.from({ length: 12 }, (_, n) =>
    coin({ id: numbered(0x5_0000 + 0x11_1111 * n), owner: SENDER, balance: BigInt(n) }),
  );

  test("objects that it does not report as read change nothing, given or absent or not spoken of", () => {
    fc.assert(
      fc.property(caseOf(true), fc.subarray(strangers), fc.boolean(), (one, more, speak) => {
        const outputs = send(one);
        const [first] = outputs;
        if (first?.lane !== "executeToHost" || !("reads" in first.frame)) return;
        const read = new Set(first.frame.reads.map(({ id }) => `0x${Buffer.from(id).toString("hex")}`));
        const world = [...WORLD.filter(({ id }) => read.has(id)), ...more];
        const absent = speak ? strangers.filter((s) => !more.includes(s)).map(({ id }) => id) : [];
        expectFrames(send({ ...one, absent }, world), outputs);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test("what ran before changes nothing, and an instance outside the core tells the host the same and the ledger nothing", () => {
    let previous: Case | undefined;
    fc.assert(
      fc.property(caseOf(false), (one) => {
        const outputs = send(one);
        const before = component(1).state();
        if (previous) send(previous);
        expectFrames(send(one), outputs);
        expect(component(1).state()).toEqual(before);
        expectFrames(send(one, WORLD, 0), outputs.slice(0, 1));
        previous = one;
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});
