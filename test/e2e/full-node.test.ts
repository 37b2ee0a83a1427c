/** The official client against full nodes of four validators, each a process: one that follows the validators, and one that follows the first. */
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
const alice = account("alice");
const bob = account("bob").toIotaAddress();
const folder = mkdtempSync(join(tmpdir(), "caisson-full-"));
const running = new Set<NodeProcess>();
const errors: string[] = [];
let net: TestNetwork;
beforeAll(async () => {
  net = await TestNetwork.start(4);
}, TIMEOUT_MS);
afterAll(async () => {
  for (const node of running) await node.stop();
  await net.stop();
  rmSync(folder, { recursive: true });
}, TIMEOUT_MS);

async function startFull(name: string, followed?: NodeProcess): Promise<NodeProcess> {
  const follow = followed?.listening.map((address) => {
    const [reached = "", peerId = ""] = address.split("/p2p/");
    return { peerId, addresses: [reached] };
  });
  const node = await NodeProcess.start({
    genesis: readGenesis(net.genesisPath),
    dataFolder: join(folder, name),
    follow,
    listen: ["/ip4/127.0.0.1/tcp/0"],
    hostname: "127.0.0.1",
    rpcPort: 0,
    log: { info: () => {}, warn: () => {}, error: (fields, message) => errors.push(message + JSON.stringify(fields)) },
  });
  running.add(node);
  return node;
}

async function stop(node: NodeProcess): Promise<void> {
  running.delete(node);
  await node.stop();
}

const clientOf = (node: NodeProcess): IotaClient => new IotaClient({ url: node.rpc.url });

/** Until a node knows of as much as the validators do. */
async function caughtUp(node: NodeProcess): Promise<void> {
  const latest = Number(await net.client().getLatestCheckpointSequenceNumber());
  const reached = async () => Number(await clientOf(node).getLatestCheckpointSequenceNumber());
  await expect.poll(reached, { timeout: TIMEOUT_MS, interval: 100 }).toBeGreaterThanOrEqual(latest);
}

async function pay(node: NodeProcess, amount: bigint): Promise<void> {
  const transaction = new Transaction();
  const [piece] = transaction.splitCoins(transaction.gas, [amount]);
  transaction.transferObjects([piece!], bob);
  const client = clientOf(node);
  const { digest } = await succeed(client, alice, transaction);
  const { checkpoint } = await client.waitForTransaction({ digest });
  expect((await client.getCheckpoint({ id: checkpoint! })).transactions).toContain(digest);
}

it("serve it as a validator does, follow each other, and go on after they were stopped", {
  timeout: TIMEOUT_MS,
}, async () => {
  await net.fund(alice);
  let near = await startFull("near");
  await caughtUp(near);
  await pay(near, 1n);
  const far = await startFull("far", near);
  await caughtUp(far);
  await pay(far, 10n);
  expect(await balanceOf(net.client(), bob)).toBe(11n);
  await stop(near);
  net.kill(2);
  near = await startFull("near");
  await caughtUp(near);
  await pay(near, 100n);
  expect(await balanceOf(clientOf(near), bob)).toBe(111n);
  expect(errors).toEqual([]);
});
