/** The official client against four validators, each a process: one is killed at work, and all are stopped and started. */

import { Transaction } from "@iota/iota-sdk/transactions";
import { afterAll, beforeAll, expect, it } from "vitest";
import { account, balanceOf, succeed, TestNetwork } from "../support/network.ts";

const TIMEOUT_MS = 120_000;
const alice = account("alice");
const bob = account("bob").toIotaAddress();
let net: TestNetwork;
beforeAll(async () => {
  net = await TestNetwork.start(4);
}, TIMEOUT_MS);
afterAll(() => net.stop(), TIMEOUT_MS);

async function pay(amount: bigint): Promise<void> {
  const transaction = new Transaction();
  const [piece] = transaction.splitCoins(transaction.gas, [amount]);
  transaction.transferObjects([piece!], bob);
  await succeed(net.client(), alice, transaction);
}

it("pays, with all of them, while one is killed, and after all were stopped", {
  timeout: TIMEOUT_MS,
}, async () => {
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
});
