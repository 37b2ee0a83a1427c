/**
 * The commit rule over random DAGs with silent and equivocating members: `order` answers as its model does; all views agree, whatever the order of
 * delivery; what resumes from a commit goes on as what never stopped.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_VERIFIED_ITEMS } from "../../core/wire/limits.ts";
import { Random } from "../../test/attack/random.ts";
import type { Output } from "../../test/support/component.ts";
import { Follower, type Made, ROWS, type Row, rowConfig } from "../../test/support/dag.ts";
import { Order, type OrderConfig, summaryDigest, summaryOf } from "../../test/unit/core/order-support.ts";
import { randomDag, randomTransactions, reordered, shuffled, view } from "../model/random-dag.ts";
import { expectFrames } from "./same-frames.ts";

const SEED = 0x0da6;
const TRANSACTIONS = 6;
const INSTANCE = new Order();
const OTHER = new Order();

/** A row, and what everything else follows from. */
const cases = fc.record({ row: fc.constantFrom(...ROWS), seed: fc.nat() });

type CommitFrame = Extract<Output["frame"], { kind: "commit" }>;

/** Gives blocks to `order`, the transactions of all first; what it committed. */
function commitsOf(order: Order, config: OrderConfig, blocks: readonly Made[]): CommitFrame[] {
  order.begin(config);
  order.verified(...randomTransactions(TRANSACTIONS));
  return blocks.flatMap((block) => give(order, block));
}

function give(order: Order, { block, ref }: Made): CommitFrame[] {
  order.verifiedItem("block", ref.digest);
  return order.accept(block).flatMap(({ frame }) => (frame.kind === "commit" ? [frame] : []));
}

const identities = (commits: readonly CommitFrame[]): string[] =>
  commits.map(({ commitDigest }) => Buffer.from(commitDigest).toString("hex"));

/** One is the beginning of the other. */
function expectAgreement(one: readonly string[], other: readonly string[]): void {
  const shorter = Math.min(one.length, other.length);
  expect(one.slice(0, shorter)).toEqual(other.slice(0, shorter));
}

const roundsOf = (row: Row): number => (row.n > 7 ? 8 : 12);

describe("order over random DAGs", () => {
  test("says what its model says", () => {
    let commits = 0;
    let skipped = 0;
    fc.assert(
      fc.property(cases, ({ row, seed }) => {
        const random = new Random(seed);
        const { blocks } = randomDag(random, row, { rounds: roundsOf(row), transactions: TRANSACTIONS });
        // A short memory now and then: what is old is refused, and the arena's rows are used again.
        const capacities = { ...rowConfig(row).capacities, ...(random.chance(0.5) ? { rounds: 9, depth: 2 } : {}) };
        const leadersPerRound = random.chance(0.5) ? 1 : 2;
        const leaders = random.chance(0.5) ? {} : { leaders: [] };
        const follower = new Follower(rowConfig(row, { capacities, leadersPerRound, ...leaders }), INSTANCE);
        for (const block of reordered(random, blocks)) follower.give(block);
        commits += follower.commits.length;
        skipped += follower.answers.get("rejected") ?? 0;
      }),
      { seed: SEED, numRuns: 100 },
    );
    expect(commits).toBeGreaterThan(150);
    expect(skipped).toBeGreaterThan(20);
  });

  test("comes to the same bytes by every order of delivery", () => {
    fc.assert(
      fc.property(cases, ({ row, seed }) => {
        const random = new Random(seed);
        const { blocks } = randomDag(random, row, { rounds: roundsOf(row), transactions: TRANSACTIONS });
        const config = rowConfig(row);
        const expected = commitsOf(INSTANCE, config, blocks);
        const state = INSTANCE.component.state();
        for (let i = 0; i < 3; i++) {
          expect(identities(commitsOf(OTHER, config, reordered(random, blocks)))).toEqual(identities(expected));
          expect(Buffer.compare(OTHER.component.state(), state)).toBe(0);
        }
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  test("commits what every other view commits", () => {
    let pairs = 0;
    fc.assert(
      fc.property(cases, ({ row, seed }) => {
        const random = new Random(seed);
        const { blocks } = randomDag(random, row, { rounds: roundsOf(row), transactions: TRANSACTIONS });
        const config = rowConfig(row);
        const whole = identities(commitsOf(INSTANCE, config, blocks));
        for (let i = 0; i < 6; i++) {
          const seen = reordered(random, view(random, blocks, [0.02, 0.05, 0.1, 0.2, 0.4, 0.8][i]!));
          const partial = identities(commitsOf(INSTANCE, config, seen));
          expectAgreement(whole, partial);
          if (partial.length > 0) pairs++;
        }
      }),
      { seed: SEED, numRuns: 120 },
    );
    expect(pairs).toBeGreaterThan(250);
  });

  test("goes on from any commit as if it had never stopped", () => {
    let resumed = 0;
    fc.assert(
      fc.property(cases, ({ row, seed }) => {
        const random = new Random(seed);
        const { blocks } = randomDag(random, row, { rounds: 14, transactions: TRANSACTIONS });
        const leadersPerRound = random.chance(0.5) ? 1 : 2;
        const capacities = { ...rowConfig(row).capacities, rounds: 20, depth: 2 };
        const config = rowConfig(row, { capacities, leadersPerRound });
        const commits = commitsOf(INSTANCE, config, blocks);
        if (commits.length < 2) return;
        const from = random.below(commits.length - 1);
        const { transactions: _, kind: __, ...commit } = commits[from]!;
        const summary = summaryOf(commit, { faults: row.faults });
        OTHER.begin(config);
        OTHER.verified(...randomTransactions(TRANSACTIONS));
        OTHER.verifiedItem("checkpoint", summaryDigest(summary));
        expect(OTHER.install(summary)[0]?.frame.kind).toBe("accepted");
        // What was taken below the horizon is refused now; it is in no commit that is still to come.
        const again = reordered(random, blocks).flatMap((block) => give(OTHER, block));
        const lane = "orderToLedger" as const;
        expectFrames(
          again.map((frame) => ({ lane, frame })),
          commits.slice(from + 1).map((frame) => ({ lane, frame })),
        );
        resumed += again.length;
      }),
      { seed: SEED, numRuns: 120 },
    );
    expect(resumed).toBeGreaterThan(200);
  });

  test("keeps an equivocation of each author, the same by every order of delivery", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new Random(seed);
        const row = random.pick(ROWS.filter(({ b }) => b > 0));
        const { blocks, equivocators } = randomDag(random, row, { rounds: 6 });
        const config = rowConfig(row);
        const twice = new Set<number>();
        for (const one of blocks) {
          const other = blocks.find(
            ({ ref }) => ref !== one.ref && ref.author === one.ref.author && ref.round === one.ref.round,
          );
          if (other) twice.add(one.ref.author);
        }
        commitsOf(INSTANCE, config, blocks);
        const evidence = () => INSTANCE.component.step("hostToOrder", { kind: "evidence", id: 1n });
        const first = evidence();
        const [{ frame }] = first as [Output];
        if (frame.kind !== "evidence" || !("equivocations" in frame)) throw new Error(frame.kind);
        expect(frame.equivocations.map(({ author }) => author)).toEqual([...twice].sort((a, b) => a - b));
        for (const { author, round, first, second } of frame.equivocations) {
          expect(equivocators.has(author)).toBe(true);
          expect(Buffer.compare(first, second)).toBe(-1);
          for (const digest of [first, second]) {
            const held = blocks.find(({ ref }) => Buffer.compare(ref.digest, digest) === 0);
            expect(held?.ref).toMatchObject({ author, round });
          }
        }
        commitsOf(INSTANCE, config, reordered(random, blocks));
        expect(evidence()).toEqual(first);
      }),
      { seed: SEED, numRuns: 40 },
    );
  });
});

test("blocks may be verified long before they are given, as many as are remembered", () => {
  const row = ROWS[1]!;
  const { blocks } = randomDag(new Random(SEED), row, { rounds: 12 });
  expect(blocks.length).toBeLessThan(MAX_VERIFIED_ITEMS);
  const order = INSTANCE.begin(rowConfig(row));
  for (const { ref } of shuffled(new Random(SEED), blocks)) order.verifiedItem("block", ref.digest);
  for (const { block } of blocks) expect(order.accept(block)[0]?.frame.kind).toBe("accepted");
});
