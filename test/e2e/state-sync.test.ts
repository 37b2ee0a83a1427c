/** The official client, and processes whose stores are lost or new: a validator comes back with its vault alone, a full node joins a chain whose history it does not get. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IotaClient } from "@iota/iota-sdk/client";
import { Transaction } from "@iota/iota-sdk/transactions";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readGenesis } from "../../host/genesis/genesis.ts";
import { NodeProcess } from "../../host/node-process.ts";
import { account, balanceOf, succeed, TestNetwork } from "../support/network.ts";

const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 60_000, interval: 100 };
/** Checkpoints behind which nobody asks for all blocks: fewer than the payments of these tests. */
const SYNC_BEHIND = 5;
const LOSER = 3;
const alice = account("alice");
const bob = account("bob").toIotaAddress();
let net: TestNetwork;
beforeAll(async () => {
  net = await TestNetwork.start(4, ["node"], "none", { keeping: { syncBehind: SYNC_BEHIND, keepRounds: 20 } });
  await net.fund(alice);
}, TIMEOUT_MS);
afterAll(() => net.stop(), TIMEOUT_MS);

async function pay(client: IotaClient, amount: bigint): Promise<number> {
  const transaction = new Transaction();
  const [coin] = transaction.splitCoins(transaction.gas, [amount]);
  transaction.transferObjects([coin!], bob);
  const { digest } = await succeed(client, alice, transaction);
  const { checkpoint } = await client.waitForTransaction({ digest });
  return Number(checkpoint);
}

it("a validator that lost its store comes back, and the others can do without another one again", {
  timeout: TIMEOUT_MS,
}, async () => {
  for (let n = 1n; n <= 6n; n++) await pay(net.client(), n);
  await net.loseStore(LOSER);
  const without = await pay(net.client(), 7n);
  await expect.poll(() => net.report(LOSER)?.checkpoint ?? -1, PATIENCE).toBeGreaterThanOrEqual(without);
  expect(net.report(LOSER)?.ready).toBe(true);
  net.kill(0); // three of four are a quorum: from now on its blocks and signatures are needed
  const checkpoint = await pay(net.client(), 8n);
  await expect.poll(() => net.report(LOSER)?.checkpoint ?? -1, PATIENCE).toBeGreaterThanOrEqual(checkpoint);
});

it("a full node joins from a certified checkpoint, has the whole state, and says that the history before is pruned", {
  timeout: TIMEOUT_MS,
}, async () => {
  const errors: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "caisson-late-"));
  const { digest: early } = (await net.client().getCheckpoint({ id: "2" })) as { digest: string };
  const full = await NodeProcess.start({
    genesis: readGenesis(net.genesisPath),
    dataFolder: folder,
    keeping: { syncBehind: SYNC_BEHIND },
    hostname: "127.0.0.1",
    rpcPort: 0,
    log: { info: () => {}, warn: () => {}, error: (fields, message) => errors.push(message + JSON.stringify(fields)) },
  });
  try {
    const client = new IotaClient({ url: full.rpc.url });
    await expect.poll(() => full.node.store.beginning?.checkpoint ?? 0n, PATIENCE).toBeGreaterThan(BigInt(SYNC_BEHIND));
    await expect.poll(() => full.node.ready, PATIENCE).toBe(true);
    const latest = await pay(net.client(), 9n);
    await expect
      .poll(async () => Number(await client.getLatestCheckpointSequenceNumber()), PATIENCE)
      .toBeGreaterThanOrEqual(latest);
    const { validatorSignature: _, ...checkpoint } = await net.client().getCheckpoint({ id: String(latest) });
    expect(await client.getCheckpoint({ id: String(latest) })).toMatchObject(checkpoint);
    for (const owner of [bob, alice.toIotaAddress()]) {
      expect(await balanceOf(client, owner)).toBe(await balanceOf(net.client(), owner));
      expect(await client.getOwnedObjects({ owner })).toEqual(await net.client().getOwnedObjects({ owner }));
    }
    await expect(client.getCheckpoint({ id: "2" })).rejects.toThrow("pruned");
    await expect(client.getTransactionBlock({ digest: early })).rejects.toThrow("pruned");
    const through = await pay(client, 10n);
    expect(await client.getCheckpoint({ id: String(through) })).toMatchObject({ sequenceNumber: String(through) });
    expect(errors).toEqual([]);
  } finally {
    await full.stop();
    rmSync(folder, { recursive: true });
  }
});
