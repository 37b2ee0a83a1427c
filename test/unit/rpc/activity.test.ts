/** What is counted as checkpoints are written, against a recount of everything. */
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { coin, numbered } from "../../support/objects.ts";
import { ALICE, BOB, Chain, type TestTransaction } from "./support.ts";

const DAY_MS = 86_400_000n;
const BEGIN = 1_700_000_000_000n;
const SYSTEM = numbered(0);
const opened: Chain[] = [];
const open = () => {
  const chain = new Chain();
  opened.push(chain);
  return chain;
};
afterAll(() => Promise.all(opened.map((chain) => chain.close())));

const person = (n: number) => numbered(0x1000 + n);
const object = coin({ id: numbered(0x11), owner: ALICE, balance: 1n });
const sends = (sender: string, ...recipients: string[]): TestTransaction => ({
  sender,
  written: recipients.map((owner) => ({ object, owner })),
});

describe("activity", () => {
  it("is what the methods tell", async () => {
    const chain = open();
    const second = coin({ id: numbered(0x12), owner: BOB, balance: 1n });
    await chain.checkpoint({ timestampMs: BEGIN, objects: [object, second], transactions: [sends(SYSTEM, ALICE)] });
    await chain.checkpoint({
      timestampMs: BEGIN + 500n,
      deleted: [second.id],
      version: 2n,
      transactions: [sends(ALICE, BOB), sends(ALICE, ALICE), sends(SYSTEM)],
    });
    await chain.checkpoint({ timestampMs: BEGIN + 2_500n, transactions: [sends(SYSTEM)] });
    expect(await chain.call("iotax_getNetworkMetrics")).toStrictEqual({
      currentTps: 0.5,
      tps30Days: 6,
      totalPackages: "0",
      totalAddresses: "2",
      totalObjects: "1",
      currentEpoch: "0",
      currentCheckpoint: "2",
    });
    const latest = {
      checkpoint: 2,
      epoch: 0,
      timestampMs: Number(BEGIN) + 2_500,
      cumulativeAddresses: 2,
      cumulativeActiveAddresses: 1,
      dailyActiveAddresses: 1,
    };
    expect(await chain.call("iotax_getLatestAddressMetrics")).toStrictEqual(latest);
    expect(await chain.call("iotax_getAllEpochAddressMetrics")).toStrictEqual([latest]);
    expect(await chain.call("iotax_getCheckpointAddressMetrics", 0)).toMatchObject({
      checkpoint: 0,
      cumulativeAddresses: 1,
      cumulativeActiveAddresses: 0,
    });
    expect(await chain.refusal("iotax_getCheckpointAddressMetrics", 3)).toMatchObject({
      code: -32602,
      message: "Verified checkpoint not found for sequence number: 3",
    });
  });

  it("of an empty node is an error that says so", async () => {
    expect(await open().refusal("iotax_getNetworkMetrics")).toMatchObject({
      message: "Latest checkpoint sequence number was not found",
    });
  });

  it("forgets rates after 30 days", async () => {
    const chain = open();
    const at = (timestampMs: bigint, transactions: number) =>
      chain.checkpoint({ timestampMs, transactions: Array(transactions).fill(sends(ALICE)) });
    await at(BEGIN, 1);
    await at(BEGIN + 1_000n, 9);
    await at(BEGIN + 30n * DAY_MS, 1);
    expect((await chain.call("iotax_getNetworkMetrics")).tps30Days).toBe(9);
    await at(BEGIN + 31n * DAY_MS, 1);
    await at(BEGIN + 31n * DAY_MS + 1_000n, 2);
    expect(await chain.call("iotax_getNetworkMetrics")).toMatchObject({ currentTps: 2, tps30Days: 2 });
  });

  it("counts as a recount does, through any history", async () => {
    const transaction = fc.record({
      sender: fc.integer({ min: 0, max: 5 }),
      recipients: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 2 }),
    });
    const step = fc.record({
      // Mostly around the edge of a day.
      elapsedMs: fc.oneof(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: DAY_MS - 2n, max: DAY_MS + 2n })),
      transactions: fc.array(transaction, { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const chain = open();
        const sent: { who: string; when: bigint }[] = [];
        const known = new Set<string>();
        let now = BEGIN;
        for (const [i, { elapsedMs, transactions }] of steps.entries()) {
          now += elapsedMs;
          await chain.checkpoint({
            timestampMs: now,
            transactions: transactions.map(({ sender, recipients }) =>
              sends(person(sender), ...recipients.map(person)),
            ),
          });
          for (const { sender, recipients } of transactions) {
            sent.push({ who: person(sender), when: now });
            for (const one of [sender, ...recipients]) known.add(person(one));
          }
          const lately = sent.filter(({ when }) => when > now - DAY_MS);
          expect(await chain.call("iotax_getLatestAddressMetrics")).toMatchObject({
            checkpoint: i,
            cumulativeAddresses: known.size,
            cumulativeActiveAddresses: new Set(sent.map(({ who }) => who)).size,
            dailyActiveAddresses: new Set(lately.map(({ who }) => who)).size,
          });
        }
      }),
      { numRuns: 15 },
    );
  });
});
