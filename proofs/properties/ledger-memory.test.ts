/**
 * What the ledger keeps between steps, beyond what small histories fill: the rings of waiting commits when they wrap, and the pool of results
 * when it is full, against lists.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeName, LedgerRefusal, LedgerRejection } from "../../core/wire/codes.ts";
import { MAX_READS } from "../../core/wire/limits.ts";
import type { Dropped } from "../model/ledger.ts";
import { hash } from "../model/ledger-formats.ts";
import { ENVIRONMENT, payment, type Transaction, transaction, World, ZERO } from "../model/ledger-world.ts";

const SEED = 0x1ed6e6;

/** core/ledger/state.ts: offsets of the first slots in use of the two rings, and how many slots they have. */
const COMMITS = { head: 44, slots: 65 } as const;
const TRANSACTIONS = { head: 52, slots: 16 * 513 } as const;

/** A started ledger whose empty rings begin so many slots before their ends. */
function nearTheEnd(commits: number, transactions: number): World {
  const world = new World().start();
  const state = world.component.state();
  const view = new DataView(state.buffer);
  view.setUint32(COMMITS.head, COMMITS.slots - commits, true);
  view.setUint32(TRANSACTIONS.head, TRANSACTIONS.slots - transactions, true);
  world.component.restore(state);
  return world;
}

describe("rings of commits and transactions", () => {
  test("wrap wherever their ends lie", () => {
    for (const [commits, slots] of [
      [1, 1],
      [1, 4],
      [2, 2],
      [2, 3],
      [3, 7],
      [4, 20],
    ] as const) {
      const world = nearTheEnd(commits, slots);
      const lists: Transaction[][] = [0, 1, 2, 3].map((n) =>
        [0, 1, 2].slice(0, n).map((user) => transaction(`ring ${n} ${user}`, payment(user, n % 3, (user + 1) % 3, 5n))),
      );
      const ordered = lists.map((list, n) => world.order(list, BigInt(n)));
      for (const [n, commit] of ordered.entries()) {
        world.begin(commit, lists[n]!);
        world.runAll();
        world.finish(world.step(world.left));
      }
      expect(world.status()).toMatchObject({ commit: 5n, refusedResults: 0n });
    }
  });
});

/** core/ledger/state.ts: operations that the pool holds. */
const POOL = 16_384;
const PLACES = 6;

/** What is given for a transaction of the open commit: its place, and how many absent objects it read. */
const given = fc.record({
  place: fc.integer({ min: 1, max: PLACES }),
  reads: fc.oneof(
    { weight: 1, arbitrary: fc.nat(6) },
    { weight: 3, arbitrary: fc.constantFrom(MAX_READS, MAX_READS - 1, 5_000, 4_096, 4_097) },
  ),
});

/** The pool as a list: how many operations the result at each place has, where there is one. */
class Pool {
  readonly kept = new Map<number, number>();

  get used(): number {
    return [...this.kept.values()].reduce((sum, count) => sum + count, 0);
  }

  /** False: it could only stay in place of earlier transactions' results. */
  keep(place: number, count: number): boolean {
    const before = [...this.kept].filter(([other]) => other < place).reduce((sum, [, many]) => sum + many, 0);
    if (before + count > POOL) return false;
    this.kept.delete(place);
    for (let last = PLACES; last > place && this.used + count > POOL; last--) this.kept.delete(last);
    this.kept.set(place, count);
    return true;
  }

  get firstMissing(): number {
    for (let place = 0; ; place++) if (!this.kept.has(place)) return place;
  }
}

describe("the pool of results", () => {
  const transactions = Array.from({ length: PLACES }, (_, i) => transaction(`pool ${i}`, payment(i % 3, i % 2, 1, 1n)));

  function result(world: World, place: number, reads: number): Dropped {
    const { digest } = world.run(place, world.model.objects);
    const absent = Array.from({ length: reads }, (_, i) => ({
      id: hash(Uint8Array.of(place, i, i >> 8)),
      digest: ZERO,
    }));
    return { kind: "dropped", commit: 1n, digest, environment: ENVIRONMENT, code: 1, reads: absent };
  }

  test("keeps what a list says, in whatever order results come and come again, and all of it can be applied", () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(given, { minLength: 10, maxLength: 24 }), (frames) => {
        const world = new World().start();
        const pool = new Pool();
        world.begin(world.order(transactions), transactions);
        const prologue = world.run(0, world.model.objects);
        world.give(0, prologue);
        pool.keep(0, prologue.reads.length);
        // core/ledger/state.ts: what stands always, one commit, its transactions.
        const empty = 736_104 + 928 + 128 * (PLACES + 1);
        expect(world.status().arenaBytesUsed).toBe(empty + 96 * pool.used);
        for (const { place, reads } of frames) {
          const before = world.status().refusedResults;
          const kept = pool.keep(place, reads);
          const one = result(world, place, reads);
          if (kept) world.give(place, one);
          else {
            expect(world.component.step("executeToLedger", one)).toEqual([]);
            const { refusedResults, lastRefusal } = world.status();
            expect([refusedResults, codeName(LedgerRefusal, lastRefusal)]).toEqual([before + 1n, "poolFull"]);
            refused++;
          }
          expect(world.status().arenaBytesUsed).toBe(empty + 96 * pool.used);
          const [answer] = world.component.step("hostToLedger", {
            kind: "step",
            id: 1n,
            transactions: PLACES + 1,
            operations: [],
            proof: ZERO,
          });
          if (pool.firstMissing > PLACES) continue;
          const frame = answer!.frame as { readonly code: number; readonly a: bigint };
          expect([codeName(LedgerRejection, frame.code), frame.a]).toEqual([
            "resultMissing",
            BigInt(pool.firstMissing),
          ]);
        }
        // What is missing comes again, small, and every transaction is applied by itself.
        for (let place = 1; place <= PLACES; place++) {
          if (!pool.kept.has(place)) {
            expect(pool.keep(place, 1)).toBe(true);
            world.give(place, result(world, place, 1));
          }
          world.step(place === 1 ? 2 : 1);
          for (const done of [0, place]) pool.kept.delete(done);
        }
      }),
      { seed: SEED, numRuns: 8 },
    );
    expect(refused).toBeGreaterThan(5);
  });
});
