/** Committees that change with the end of an epoch: who joins, who leaves, who is replaced, and who comes late and is led through all of it. */
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterEach, expect, test } from "vitest";
import { Certificate } from "../../../core/wire/frames.ts";
import { decode } from "../../../core/wire/schema.ts";
import { epochInForce } from "../../../host/epoch.ts";
import type { Peer } from "../../../host/network/network.ts";
import { Cluster } from "../../support/cluster.ts";
import type { Change } from "../../support/governing.ts";

let cluster: Cluster;
afterEach(() => cluster.stop());

const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 60_000, interval: 50 };
const EPOCH_MS = 2_500;
/** Peer ids of nodes that genesis does not know; the mesh calls them so. */
const [FIFTH, SIXTH] = ["F", "S"].map((letter) => `12D3KooW${letter.repeat(44)}`) as [string, string];

const epochOf = (peer: Peer) => cluster.member(peer).node.environment.epoch;
const certified = (peer: Peer) => cluster.member(peer).store.certifiedCheckpoint() ?? -1n;

async function submit(peer: Peer, [transaction, signatures]: [Uint8Array, Uint8Array[]]): Promise<bigint> {
  const ending = await cluster.member(peer).node.submit(transaction, signatures);
  if (ending.kind !== "executed") throw new Error(`it was ${ending.kind}`);
  expect(ending.outcome.effects[1]).toBe(0); // success
  return ending.outcome.checkpoint;
}

async function pay(peer: Peer, n: number): Promise<bigint> {
  await expect.poll(() => cluster.member(peer).node.ready, PATIENCE).toBe(true);
  return submit(peer, await cluster.payment(peer, n));
}

/** Changes the list through this member, whose user's first coin pays, and waits until the epoch is over that it was changed in. */
async function change(peer: Peer, what: Change): Promise<void> {
  const checkpoint = await submit(peer, await cluster.governing(peer, 0, what));
  const summary = cluster.member(peer).store.checkpoint(checkpoint)!.summary;
  const epoch = new DataView(summary.buffer, summary.byteOffset).getBigUint64(0, true);
  await expect.poll(() => epochOf(peer), PATIENCE).toBeGreaterThan(epoch);
}

/** Names of the committee in force, as a member sees it. */
function committee(peer: Peer): readonly string[] {
  const { node, store } = cluster.member(peer);
  return epochInForce(node.genesis, store).committee.map(({ name }) => name);
}

/** Authors whose signatures are in a member's certificate of its newest certified checkpoint. */
function signers(peer: Peer): readonly number[] {
  const { certificate } = cluster.member(peer).store.checkpoint(certified(peer))!;
  return decode(Certificate, certificate).signatures.map(({ author }) => author);
}

async function agree(members: readonly Peer[], checkpoint: bigint): Promise<void> {
  for (const peer of members) await expect.poll(() => certified(peer), PATIENCE).toBeGreaterThanOrEqual(checkpoint);
  const summaries = members.map((peer) => toBase64(cluster.member(peer).store.checkpoint(checkpoint)!.summary));
  expect(new Set(summaries).size).toBe(1);
  expect(cluster.mesh.reports).toEqual([]);
}

const listed = (name: string, key: Uint8Array, id: string) => ({ name, key, address: `/p2p/${id}` });

test("one joins and one leaves: the new committee certifies, and who left follows it; both survive a restart", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8, { epochMs: EPOCH_MS, governed: true });
  const key = await cluster.key(FIFTH);
  await cluster.boot(FIFTH, undefined, key);
  await change(0, { added: [listed("fifth", key, FIFTH)], removed: ["validator-1"] });
  const members = [0, 2, 3, FIFTH];
  for (const peer of [...members, 1]) await expect.poll(() => committee(peer), PATIENCE).toHaveLength(4);
  expect(committee(0)).toEqual(["validator-0", "validator-2", "validator-3", "fifth"]);
  await agree([...members, 1], await pay(1, 1));
  // Two of the first committee are gone: what is certified now has the signature of who joined.
  await cluster.halt(2);
  await agree([0, 3, FIFTH, 1], await pay(FIFTH, 2));
  expect(signers(0)).toEqual([0, 2, 3]);
  for (const peer of [1, FIFTH] as const) {
    await cluster.halt(peer);
    await cluster.boot(peer, undefined, peer === FIFTH ? key : undefined);
  }
  await cluster.boot(2);
  await agree([...members, 1], await pay(1, 3));
  const said = (peer: Peer, what: string) => cluster.logged.some((line) => line.startsWith(`${peer}: ${what}`));
  expect(said(1, "no member of the committee any more")).toBe(true);
  expect(said(FIFTH, "a member of the committee now")).toBe(true);
});

test("a committee is replaced over two epochs; who was away all the time, and who comes late, are led to it", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(2, 8, { epochMs: EPOCH_MS, governed: true });
  const keys = [await cluster.key(FIFTH), await cluster.key(SIXTH)] as const;
  await cluster.boot("away");
  await agree([0, 1, "away"], await pay(0, 1));
  await cluster.halt("away");
  for (const [peer, key] of [
    [FIFTH, keys[0]],
    [SIXTH, keys[1]],
  ] as const)
    await cluster.boot(peer, undefined, key);
  await change(0, { added: [listed("fifth", keys[0], FIFTH)], removed: ["validator-0"] });
  await pay(1, 1);
  await change(1, { added: [listed("sixth", keys[1], SIXTH)], removed: ["validator-1"] });
  await agree([FIFTH, SIXTH, 0, 1], await pay(SIXTH, 1));
  expect(committee(SIXTH)).toEqual(["fifth", "sixth"]);
  await cluster.boot("away");
  await cluster.boot("late");
  for (const peer of ["away", "late"]) {
    await expect.poll(() => committee(peer), PATIENCE).toEqual(["fifth", "sixth"]);
  }
  await agree([FIFTH, SIXTH, "away", "late"], await pay("late", 2));
});
