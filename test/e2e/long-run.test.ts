/**
 * Four validators, each a process, for many rounds with payments in between: what they hold of memory and of descriptors does not grow.
 * CAISSON_ROUNDS says how many rounds; without it this is skipped.
 */
import { readdirSync } from "node:fs";
import { Transaction } from "@iota/iota-sdk/transactions";
import { expect, it } from "vitest";
import { account, succeed, TestNetwork } from "../support/network.ts";

const ROUNDS = Number(process.env.CAISSON_ROUNDS ?? 0);
const VALIDATORS = 4;
/** Idle validators make blocks this often: as often as they may. */
const HEARTBEAT_MS = 1;
const SAMPLES = 12;
/** What comes before is warming up: caches fill, code is compiled. */
const WARM = SAMPLES / 3;
/** V8 gives memory back when it likes. */
const TOLERANCE = 1.15;
/** Connections of clients that are just being closed. */
const FEW_DESCRIPTORS = 8;
const MS_A_ROUND = 2_000;

interface Sample {
  readonly round: number;
  /** Of all validators: bytes, and open files. */
  readonly memory: number;
  readonly descriptors: number;
}

if (ROUNDS === 0) console.log("a long run of validators is skipped: CAISSON_ROUNDS is not set");

it.skipIf(ROUNDS === 0)(
  `hold no more of memory and descriptors after ${ROUNDS} rounds`,
  { timeout: 120_000 + ROUNDS * MS_A_ROUND },
  async () => {
    const net = await TestNetwork.start(VALIDATORS, ["node"], "none", { heartbeatMs: HEARTBEAT_MS });
    try {
      const alice = account("alice");
      await net.fund(alice);
      const reports = () => [...Array(VALIDATORS).keys()].flatMap((author) => net.report(author) ?? []);
      const samples: Sample[] = [];
      for (let i = 1; i <= SAMPLES; i++) {
        while (reports().every(({ round }) => round < (i * ROUNDS) / SAMPLES)) {
          const transaction = new Transaction();
          transaction.transferObjects([transaction.splitCoins(transaction.gas, [1n])], alice.toIotaAddress());
          await succeed(net.client(), alice, transaction);
        }
        const sample = {
          round: Math.max(...reports().map(({ round }) => round)),
          memory: reports().reduce((sum, { memory }) => sum + memory, 0),
          descriptors: net.pids.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0),
        };
        console.log(
          `round ${sample.round}: ${Math.round(sample.memory / 2 ** 20)} MiB, ${sample.descriptors} descriptors`,
        );
        samples.push(sample);
      }
      const [early, late] = [samples.slice(WARM, 2 * WARM), samples.slice(-WARM)];
      const most = (some: readonly Sample[], of: (sample: Sample) => number) => Math.max(...some.map(of));
      expect(most(late, ({ memory }) => memory)).toBeLessThan(TOLERANCE * most(early, ({ memory }) => memory));
      expect(most(late, ({ descriptors }) => descriptors)).toBeLessThanOrEqual(
        most(early, ({ descriptors }) => descriptors) + FEW_DESCRIPTORS,
      );
    } finally {
      await net.stop();
    }
  },
);
