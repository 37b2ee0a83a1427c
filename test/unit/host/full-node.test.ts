/** Full nodes beside four validators, in one process: they follow, verify and certify by themselves, hand on what they are given, and start again. */
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterEach, expect, test } from "vitest";
import { digestOf } from "../../../host/format/digest.ts";
import type { Peer } from "../../../host/network/network.ts";
import { sleep, systemTime } from "../../../host/time.ts";
import { Cluster } from "../../support/cluster.ts";

let cluster: Cluster;
afterEach(() => cluster.stop());

const TIMEOUT_MS = 120_000;
/** Of the forwarder with who does not order what it was given (host/forwarder.ts, PATIENCE_MS). */
const LONGER_THAN_PATIENCE_MS = 3_000;
const PATIENCE = { timeout: 60_000, interval: 50 };

async function pay(peer: Peer, n: number): Promise<bigint> {
  const ending = await cluster.member(peer).node.submit(...(await cluster.payment(peer, n)));
  if (ending.kind !== "executed") throw new Error(`it was ${ending.kind}`);
  return ending.outcome.checkpoint;
}

/** The members have certified this checkpoint, and have the same bytes of it and of all before. */
async function agree(members: readonly Peer[], checkpoint: bigint): Promise<void> {
  const certified = (peer: Peer) => cluster.member(peer).store.certifiedCheckpoint() ?? -1n;
  for (const peer of members) await expect.poll(() => certified(peer), PATIENCE).toBeGreaterThanOrEqual(checkpoint);
  for (let sequence = 0n; sequence <= checkpoint; sequence++) {
    const summaries = members.map((peer) => toBase64(cluster.member(peer).store.checkpoint(sequence)!.summary));
    expect(new Set(summaries).size).toBe(1);
  }
}

test("one that comes later follows from genesis, and has what it is given executed", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8);
  for (let n = 0; n < 3; n++) await pay(n, n);
  await cluster.boot("full");
  const latest = await pay(3, 3);
  await agree([0, 1, 2, 3, "full"], latest);
  await agree([0, 1, 2, 3, "full"], await pay("full", 4));
  expect(cluster.mesh.reports).toEqual([]);
});

test("one that follows another full node alone certifies by itself, and hands on through it", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8);
  await cluster.boot("near");
  await cluster.boot("far", new Set(["near"]));
  await agree([0, 1, 2, 3, "near", "far"], await pay(0, 0));
  await agree([0, 1, 2, 3, "near", "far"], await pay("far", 1));
  expect(cluster.mesh.reports).toEqual([]);
});

test("what it has executed already is not taken for dropped, however long its disk takes", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 2);
  await cluster.boot("full");
  const { node, store } = cluster.member("full");
  const put = store.putCheckpoint.bind(store);
  store.putCheckpoint = async (checkpoint) => {
    await put(checkpoint);
    await sleep(systemTime, LONGER_THAN_PATIENCE_MS);
  };
  const [transaction, signatures] = await cluster.payment("full", 0);
  const digest = digestOf("TransactionData", transaction);
  const ending = node.submit(transaction, signatures);
  await expect.poll(() => node.ending(digest), PATIENCE).toBeDefined();
  const again = node.submit(transaction, signatures);
  expect(await ending).toMatchObject({ kind: "executed" });
  expect(await again).toMatchObject({ kind: "executed" });
});

test("one that is cut off, or stopped, catches up", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(4, 8);
  await cluster.boot("full");
  await agree([0, "full"], await pay("full", 0));
  cluster.mesh.cut("full");
  const missed = await pay(0, 1);
  cluster.mesh.heal();
  await agree([0, "full"], missed);
  await cluster.halt("full");
  const after = await pay(1, 2);
  await cluster.boot("full");
  await agree([0, "full"], after);
  await agree([0, "full"], await pay("full", 3));
});
