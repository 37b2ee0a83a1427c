/** Epochs that end: who was there, who was away over one end or several, who comes late, and what waited for a block meanwhile. */
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterEach, expect, test } from "vitest";
import { TransactionRejected } from "../../../host/errors.ts";
import type { Peer } from "../../../host/network/network.ts";
import { Cluster } from "../../support/cluster.ts";

let cluster: Cluster;
afterEach(() => cluster.stop());

const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 60_000, interval: 50 };
const EPOCH_MS = 2_500;

async function pay(peer: Peer, n: number): Promise<bigint> {
  await expect.poll(() => cluster.member(peer).node.ready, PATIENCE).toBe(true);
  const ending = await cluster.member(peer).node.submit(...(await cluster.payment(peer, n)));
  if (ending.kind !== "executed") throw new Error(`it was ${ending.kind}`);
  return ending.outcome.checkpoint;
}

const certified = (peer: Peer) => cluster.member(peer).store.certifiedCheckpoint() ?? -1n;
const epochOf = (peer: Peer) => cluster.member(peer).node.environment.epoch;
/** A member is where validator 0 is now. */
async function follow(peer: Peer): Promise<void> {
  await come(peer, epochOf(0));
  const newest = certified(0);
  await expect.poll(() => certified(peer), PATIENCE).toBeGreaterThanOrEqual(newest);
}

const come = (peer: Peer, epoch: bigint) => expect.poll(() => epochOf(peer), PATIENCE).toBeGreaterThanOrEqual(epoch);

/** The members have certified this checkpoint, have the same bytes of it, and blame nobody. */
async function agree(members: readonly Peer[], checkpoint: bigint): Promise<void> {
  for (const peer of members) await expect.poll(() => certified(peer), PATIENCE).toBeGreaterThanOrEqual(checkpoint);
  const summaries = members.map((peer) => toBase64(cluster.member(peer).store.checkpoint(checkpoint)!.summary));
  expect(new Set(summaries).size).toBe(1);
  expect(cluster.mesh.reports).toEqual([]);
}

test("a validator that was away over the end of several epochs comes back, and so does one that was cut off", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8, { epochMs: EPOCH_MS });
  await agree([0, 1, 2, 3], await pay(3, 0));
  await cluster.halt(3);
  const away = epochOf(0);
  await come(0, away + 2n);
  await pay(0, 1);
  await cluster.boot(3);
  await follow(3);
  await agree([0, 1, 2, 3], await pay(3, 2));
  const round = cluster.member(3).node.status.round;
  await come(3, away + 3n);
  cluster.mesh.cut(3);
  await come(0, epochOf(3) + 1n);
  cluster.mesh.heal();
  await follow(3);
  await agree([0, 1, 2, 3], await pay(3, 3));
  expect(round).toBeGreaterThan(0n);
});

test("a full node that begins with genesis comes to the epoch that is in force", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(4, 8, { epochMs: EPOCH_MS });
  await pay(0, 0);
  await come(0, 2n);
  await cluster.boot("late");
  await follow("late");
  await agree([0, "late"], await pay("late", 1));
});

test("a network that stops as a whole goes on, wherever it was in its epoch", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(4, 8, { epochMs: EPOCH_MS });
  for (let n = 0; n < 3; n++) {
    await pay(n, n);
    for (let author = 0; author < 4; author++) await cluster.halt(author);
    await new Promise((resolve) => setTimeout(resolve, n * EPOCH_MS * 0.7));
    await Promise.all([0, 1, 2, 3].map((author) => cluster.boot(author)));
  }
  await agree([0, 1, 2, 3], await pay(3, 3));
  await come(0, 2n);
});

test("a lone validator ends its epochs, and goes on after a stop", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(1, 4, { epochMs: 1_000 });
  await pay(0, 0);
  await come(0, 2n);
  await cluster.halt(0);
  await cluster.boot(0);
  await pay(0, 1);
  await come(0, 4n);
  await pay(0, 2);
});

test("what waits over the end of an epoch is ordered in the next, unless it was good for the one before alone", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8, { epochMs: EPOCH_MS });
  await pay(0, 0);
  const now = epochOf(3);
  cluster.mesh.cut(3);
  const waiting = cluster.member(3).node.submit(...(await cluster.payment(3, 1)));
  const late = cluster.member(3).node.submit(...(await cluster.payment(3, 2, 1_000, now)));
  const refused = late.catch((error: Error) => error);
  await come(0, now + 1n);
  cluster.mesh.heal();
  expect(await refused).toBeInstanceOf(TransactionRejected);
  expect((await waiting).kind).toBe("executed");
});
