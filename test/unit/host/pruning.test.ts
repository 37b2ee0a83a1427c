/** What is kept for peers that come late does not grow for ever, and who comes later than that takes a state. */
import { toBase64 } from "@iota/iota-sdk/utils";
import { open } from "lmdb";
import { afterEach, expect, test } from "vitest";
import { Certificate } from "../../../core/wire/frames.ts";
import { decode } from "../../../core/wire/schema.ts";
import type { Store } from "../../../host/store/store.ts";
import { Cluster } from "../../support/cluster.ts";

let cluster: Cluster | undefined;
afterEach(() => cluster?.stop());

const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 90_000, interval: 20 };
/** Of host/pipeline/pruner.ts: so many rounds and checkpoints go together. */
const STEP = 32;

const isSigned = (store: Store, sequence: bigint): boolean =>
  decode(Certificate, store.checkpoint(sequence)!.certificate).signatures.length > 0;

/** How many rows each table has that is kept for peers, as the disk has it. */
async function rowsOf(folder: string): Promise<Record<string, number>> {
  const root = open({ path: folder, maxDbs: 40, readOnly: true });
  const names = ["blocks", "rounds", "drafts", "block-payloads", "payload-rounds", "certificates"];
  const counts = names.map((name) => [
    name,
    root.openDB({ name, encoding: "binary", keyEncoding: "binary" }).getCount(),
  ]);
  await root.close();
  return Object.fromEntries(counts);
}

test("a long run keeps a bounded number of blocks, payloads and certificates", { timeout: TIMEOUT_MS }, async () => {
  const keepRounds = 40;
  const keepCertificates = 20;
  const payments = 80;
  cluster = await Cluster.start(1, 2 * payments, { heartbeatMs: 1, keeping: { keepRounds, keepCertificates } });
  const { node, store } = cluster.member(0);
  const counts: Record<string, number>[] = [];
  for (const phase of [0, 1]) {
    // Each by itself, and so a checkpoint of its own.
    for (let i = 0; i < payments; i++) await node.submit(...(await cluster.payment(0, payments * phase + i)));
    const rounds = node.status.round + 200n;
    await expect.poll(() => node.status.round, PATIENCE).toBeGreaterThan(rounds);
    await expect.poll(() => store.prunedTo, PATIENCE).toBeGreaterThan(rounds - BigInt(2 * keepRounds + 2 * STEP));
    counts.push(await rowsOf(cluster.storeFolder(0)));
  }
  for (const { blocks, rounds, drafts, certificates, ...payloads } of counts) {
    expect(blocks).toBeGreaterThanOrEqual(keepRounds);
    expect(blocks).toBeLessThan(2 * keepRounds + 3 * STEP);
    expect(rounds).toBe(blocks);
    expect(drafts).toBeLessThan(2);
    expect(payloads).toEqual({ "block-payloads": 0, "payload-rounds": 0 });
    expect(certificates).toBeLessThan(3 * STEP + (2 * payments) / keepCertificates);
  }
  const certified = [...Array(100).keys()].filter((sequence) => isSigned(store, BigInt(sequence)));
  expect(certified).toEqual([0, 20, 40, 60, 80]);
  expect(isSigned(store, store.certifiedCheckpoint()!)).toBe(true);
});

test("what a kept block names stays, when an older block that is gone named it too", async () => {
  cluster = await Cluster.start(1, 1);
  const { store } = cluster.member(0);
  const bytes = (value: number) => new Uint8Array(32).fill(value);
  const name = { digest: bytes(1), signaturesDigest: bytes(2) };
  const other = { digest: bytes(3), signaturesDigest: bytes(2) };
  const payload = { transaction: bytes(4), signatures: [] };
  const block = (height: bigint) => ({ height, author: 3, digest: bytes(Number(height)), block: bytes(9) });
  await store.putBlocks([block(200n)], [{ ...name, height: 200n, payload }]);
  await store.putBlocks(
    [block(100n)],
    [name, other].map((named) => ({ ...named, height: 100n, payload })),
  );
  await store.putDraft(150n, bytes(7), [{ ...other, height: 150n, payload }]);
  while (await store.pruneBlocks(149n));
  expect([store.hasBlock(bytes(100)), store.hasBlock(bytes(200))]).toEqual([false, true]);
  expect([store.blockPayload(name), store.blockPayload(other)]).toEqual([payload, payload]);
  while (await store.pruneBlocks(150n));
  expect([store.blockPayload(name), store.blockPayload(other)]).toEqual([payload, undefined]);
  expect([...store.draftsAfter(0n)].map((draft) => draft[0])).not.toContain(7);
  while (await store.pruneBlocks(200n));
  expect(store.blockPayload(name)).toBeUndefined();
});

test("one that has not heard of what is gone by now notices it by the next block, with nothing to do", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 1, { heartbeatMs: 20, keeping: { keepRounds: 0 } });
  const { node, store } = cluster.member(3);
  await expect.poll(() => node.status.round, PATIENCE).toBeGreaterThan(2n);
  cluster.mesh.unreached.add(3);
  const other = cluster.member(0).store;
  await expect.poll(() => other.prunedTo, PATIENCE).toBeGreaterThan(node.status.round + 10n);
  cluster.mesh.unreached.clear();
  const goal = other.certifiedCheckpoint()!;
  await expect.poll(() => store.certifiedCheckpoint() ?? 0n, PATIENCE).toBeGreaterThan(goal);
  expect(store.beginning).toBeDefined();
});

test("one that was away for longer than blocks are kept is told so by its peers, and takes a state", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8, { heartbeatMs: 20, keeping: { keepRounds: 0, keepCertificates: 10 } });
  await cluster.boot("full");
  await cluster.halt("full");
  await cluster.halt(3);
  const horizon = 60n;
  await expect
    .poll(() => [0, 1, 2].every((author) => cluster!.member(author).store.prunedTo > horizon), PATIENCE)
    .toBe(true);
  await Promise.all([cluster.boot(3), cluster.boot("full")]);
  for (const peer of [3, "full"])
    await expect.poll(() => cluster!.member(peer).store.beginning?.checkpoint ?? 0n, PATIENCE).toBeGreaterThan(0n);
  // By one that was not away: with no block kept, a busy machine is enough to be behind once more.
  const ending = await cluster.member(0).node.submit(...(await cluster.payment(0, 1)));
  if (ending.kind !== "executed") throw new Error(`it was ${ending.kind}`);
  const { checkpoint } = ending.outcome;
  const members = [0, 1, 2, 3, "full"].map((peer) => cluster!.member(peer).store);
  for (const store of members)
    await expect.poll(() => store.certifiedCheckpoint() ?? 0n, PATIENCE).toBeGreaterThanOrEqual(checkpoint);
  expect(new Set(members.map((store) => toBase64(store.checkpoint(checkpoint)!.summary))).size).toBe(1);
  expect(cluster.mesh.reports).toEqual([]);
});
