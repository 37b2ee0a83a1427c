/**
 * The official client against four validators, each a process: one is killed at work, all are stopped and started; and one is hostile. The whole
 * suites of the official client run against such networks with `npm run test:validators`.
 */

import { Transaction } from "@iota/iota-sdk/transactions";
import { afterEach, expect, it } from "vitest";
import { isLonger } from "../support/longer.ts";
import { account, balanceOf, succeed, TestNetwork } from "../support/network.ts";

const SKIPPED = isLonger("networks of four processes", "CAISSON_NETWORKS", "npm run test:validators");
const TIMEOUT_MS = 120_000;
const alice = account("alice");
const bob = account("bob").toIotaAddress();
let net: TestNetwork;
afterEach(() => net.stop(), TIMEOUT_MS);

async function pay(amount: bigint): Promise<void> {
  const transaction = new Transaction();
  const [piece] = transaction.splitCoins(transaction.gas, [amount]);
  transaction.transferObjects([piece!], bob);
  await succeed(net.client(), alice, transaction);
}

it.skipIf(SKIPPED)(
  "pays, with all of them, while one is killed, and after all were stopped",
  { timeout: TIMEOUT_MS },
  async () => {
    net = await TestNetwork.start(4);
    await net.fund(alice);
    await pay(1n);
    net.kill(1);
    for (let i = 0; i < 5; i++) await pay(10n);
    const chain = await net.client().getChainIdentifier();
    await net.restart();
    expect(await net.client().getChainIdentifier()).toBe(chain);
    await pay(1_000n);
    expect(await balanceOf(net.client(), bob)).toBe(1_051n);
    const latest = await net.client().getLatestCheckpointSequenceNumber();
    const checkpoint = await net.client().getCheckpoint({ id: latest });
    expect(checkpoint.sequenceNumber).toBe(latest);
  },
);

it.skipIf(SKIPPED)(
  "pays while the host of one withholds, delays, repeats, garbles, lies, floods and is silent",
  {
    timeout: TIMEOUT_MS,
  },
  async () => {
    net = await TestNetwork.start(4, ["node"], "hostile");
    await net.fund(alice);
    for (let i = 0; i < 10; i++) await pay(10n);
    expect(await balanceOf(net.client(), bob)).toBe(100n);
    expect(await net.client().call("caisson_getEquivocations", [])).toEqual([]);
  },
);
