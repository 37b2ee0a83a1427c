/** Nodes that take a state from their peers instead of every block: a validator that has lost its store, one that was away for long, a full node that comes late. */
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterEach, expect, test } from "vitest";
import type { Peer } from "../../../host/network/network.ts";
import { Cluster } from "../../support/cluster.ts";

let cluster: Cluster;
afterEach(() => cluster.stop());

const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 60_000, interval: 50 };
/** Between two blocks of a validator that has nothing to do: so there are many checkpoints soon. */
const OFTEN_MS = 50;

async function pay(peer: Peer, n: number): Promise<bigint> {
  const ending = await cluster.member(peer).node.submit(...(await cluster.payment(peer, n)));
  if (ending.kind !== "executed") throw new Error(`it was ${ending.kind}`);
  return ending.outcome.checkpoint;
}

const certified = (peer: Peer) => cluster.member(peer).store.certifiedCheckpoint() ?? -1n;

/** Checkpoints behind which a state is taken: more than come while a busy machine keeps one of the nodes waiting. */
const BEHIND = 20;

/** Resolves when the others have so many checkpoints more than a peer that it takes a state. */
async function leaveBehind(checkpoint: bigint): Promise<void> {
  await expect.poll(() => certified(0) - checkpoint, PATIENCE).toBeGreaterThan(BEHIND);
}

/** The members have certified this checkpoint, and have the same bytes of it. */
async function agree(members: readonly Peer[], checkpoint: bigint): Promise<void> {
  for (const peer of members) await expect.poll(() => certified(peer), PATIENCE).toBeGreaterThanOrEqual(checkpoint);
  const summaries = members.map((peer) => toBase64(cluster.member(peer).store.checkpoint(checkpoint)!.summary));
  expect(new Set(summaries).size).toBe(1);
}

test("a validator that has lost its store comes back with its vault, and makes blocks again", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8);
  for (let n = 0; n < 4; n++) await pay(n, n);
  await cluster.halt(3);
  cluster.loseStore(3);
  await pay(0, 4);
  await cluster.boot(3);
  const { store } = cluster.member(3);
  expect(store.beginning?.checkpoint).toBeGreaterThan(0n);
  const round = cluster.member(3).node.status.round;
  await agree([0, 1, 2, 3], await pay(3, 5));
  await expect.poll(() => cluster.member(3).node.status.round, PATIENCE).toBeGreaterThan(round + 2n);
  expect(cluster.mesh.reports).toEqual([]);
});

test("what was taken over has every object, balance and count that the others have", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8);
  for (let n = 0; n < 3; n++) await pay(n, n);
  await cluster.halt(3);
  cluster.loseStore(3);
  await cluster.boot(3);
  const checkpoint = await pay(3, 4);
  await agree([0, 3], checkpoint);
  const owner = Buffer.from(cluster.keypair.toIotaAddress().slice(2), "hex");
  const [one, other] = [0, 3].map((peer) => cluster.member(peer).store);
  expect([...other!.owned(owner)]).toEqual([...one!.owned(owner)]);
  expect([...other!.balances(owner)]).toEqual([...one!.balances(owner)]);
  for (const { id } of one!.owned(owner)) expect(other!.object(id)).toEqual(one!.object(id));
  const outcome = (peer: Peer) => cluster.member(peer).store.activity.after(checkpoint)!.liveObjects;
  expect(outcome(3)).toBe(outcome(0));
  expect(cluster.member(3).node.tree.root()).toHaveLength(32);
});

test("a validator whose store is an older copy takes a state, and does not ask its vault for what it signed before", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8);
  await pay(0, 0);
  await cluster.halt(3);
  cluster.saveStore(3);
  await cluster.boot(3);
  for (let n = 1; n < 5; n++) await agree([3], await pay(3, n));
  await cluster.halt(3);
  cluster.restoreStore(3);
  await cluster.boot(3);
  expect(cluster.member(3).store.beginning).toBeDefined();
  await agree([0, 1, 2, 3], await pay(3, 5));
});

test("a full node that is further behind than it is told to follow joins from a certified checkpoint, and serves others its state", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8, { heartbeatMs: OFTEN_MS, keeping: { syncBehind: BEHIND } });
  for (let n = 0; n < 5; n++) await pay(n % 4, n);
  await leaveBehind(0n);
  await cluster.boot("near");
  await expect.poll(() => cluster.member("near").store.beginning?.checkpoint ?? 0n, PATIENCE).toBeGreaterThan(3n);
  await expect.poll(() => cluster.member("near").node.ready, PATIENCE).toBe(true);
  await agree([0, "near"], await pay("near", 5));
  await cluster.boot("far", new Set(["near"]));
  await expect.poll(() => cluster.member("far").store.beginning?.checkpoint ?? 0n, PATIENCE).toBeGreaterThan(4n);
  await expect.poll(() => cluster.member("far").node.ready, PATIENCE).toBe(true);
  await agree([0, "near", "far"], await pay("far", 6));
  expect(cluster.mesh.reports).toEqual([]);
});

test("one that is cut off for long takes a state when it is back, and tells its clients what it does not know", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8, { heartbeatMs: OFTEN_MS, keeping: { syncBehind: BEHIND } });
  await agree([0, 1, 2, 3], await pay(0, 0));
  cluster.mesh.cut(3);
  const waiting = pay(3, 7).catch((error: Error) => error.name);
  for (let n = 1; n < 6; n++) await pay(n % 3, n);
  await leaveBehind(certified(3));
  cluster.mesh.heal();
  expect(await waiting).toBe("NodeUnavailable");
  await expect.poll(() => cluster.member(3).node.ready, PATIENCE).toBe(true);
  expect(cluster.member(3).store.beginning).toBeDefined();
  await agree([0, 1, 2, 3], await pay(3, 7));
});
