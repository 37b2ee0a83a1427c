/** A network that makes no blocks by itself for an hour: a payment now and then is final at once all the same, whoever takes it, and whoever was a round ahead before. */
import { expect, test } from "vitest";
import { SEED } from "../attack/random.ts";
import { Clients } from "./clients.ts";
import { makeOrigin, SimCluster } from "./cluster.ts";
import { CALM } from "./network.ts";

const VALIDATORS = 4;
const COINS = 4;
const PAYMENTS = 120;
const HEARTBEAT_MS = 3_600_000;
/** One way, milliseconds: some hear of a commit rounds before others. */
const DELAY_MS = [20, 160] as const;
const PAUSE_MS = 1_000;
const WITHIN_MS = 60_000;

test("a payment in a quiet network waits for nobody's heartbeat", { timeout: 120_000 }, async () => {
  const origin = await makeOrigin({ validators: VALIDATORS, coins: COINS, epochMs: 0 });
  const cluster = new SimCluster({ origin, seed: SEED, heartbeatMs: HEARTBEAT_MS });
  const { clock } = cluster;
  try {
    cluster.network.weather = { ...CALM, delayMs: DELAY_MS };
    for (let node = 0; node < VALIDATORS; node++) cluster.boot(node);
    await clock.until(() => cluster.honest.every((node) => cluster.running(node)?.node?.ready), WITHIN_MS);
    const clients = new Clients(cluster, 0);
    for (let n = 0; n < PAYMENTS; n++) {
      let paid = false;
      clients.payOnce(n % COINS, () => {
        paid = true;
      });
      await clock.until(() => paid, WITHIN_MS);
      await clock.advance(cluster.random.below(PAUSE_MS));
    }
    expect(clients.retries).toBe(0);
    expect(cluster.violations).toEqual([]);
  } finally {
    await cluster.stop();
  }
});
