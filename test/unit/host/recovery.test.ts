/**
 * A validator whose vault's folder is put back to an older copy: it does not start, but by what the other validators' vaults say is past. Then it makes blocks
 * again, and nobody has two of its blocks of one round.
 */
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterEach, expect, test } from "vitest";
import { readBlock } from "../../../host/consensus/intake.ts";
import { Cluster } from "../../support/cluster.ts";

let cluster: Cluster;
afterEach(() => cluster.stop());

const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 60_000, interval: 50 };
const LOSER = 3;

async function pay(author: number, n: number): Promise<void> {
  const ending = await cluster.member(author).node.submit(...(await cluster.payment(author, n)));
  expect(ending.kind).toBe("executed");
}

const ready = (author: number) => expect.poll(() => cluster.member(author).node.ready, PATIENCE).toBe(true);
const certified = (author: number) => cluster.member(author).store.certifiedCheckpoint() ?? -1n;
const recover = (author: number) => cluster.boot(author, undefined, undefined, true);

/** Blocks of the loser that a member holds, by height. */
const blocksOf = (author: number) =>
  [...cluster.member(author).store.blocksAfter(0n)].map(readBlock).filter((block) => block.author === LOSER);

/** Has the loser's vault sign for a while after a copy of its folder was made. */
async function outdate(): Promise<void> {
  await pay(LOSER, 0);
  await cluster.halt(LOSER);
  cluster.saveVault(LOSER);
  await cluster.boot(LOSER);
  await ready(LOSER);
  await pay(LOSER, 1);
  await pay(0, 2);
  await cluster.halt(LOSER);
}

/** Every member has the same newest checkpoint, one block of the loser a round, and blames nobody. */
async function agree(members: readonly number[]): Promise<void> {
  const newest = certified(0);
  for (const author of members) await expect.poll(() => certified(author), PATIENCE).toBeGreaterThanOrEqual(newest);
  const summaries = members.map((author) => toBase64(cluster.member(author).store.checkpoint(newest)!.summary));
  expect(new Set(summaries).size).toBe(1);
  for (const author of members) {
    const heights = blocksOf(author).map(({ height }) => height);
    expect(new Set(heights).size).toBe(heights.length);
    expect([...cluster.member(author).store.allEvidence()]).toEqual([]);
  }
  expect(cluster.mesh.reports).toEqual([]);
}

test("it is refused, says why, and goes on above what the others know; so it does again, and as one that others ask", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8);
  await outdate();
  const signed = blocksOf(0).at(-1)!.round;

  // The counter stands where it stood: the vault itself says so.
  cluster.restoreVault(LOSER, "vault.sealed");
  await expect(cluster.boot(LOSER)).rejects.toThrow(/counter stands at.*--recover peers/);
  await cluster.halt(LOSER);
  // All of the folder: the store tells.
  cluster.restoreVault(LOSER, "vault.sealed", "counter");
  await expect(cluster.boot(LOSER)).rejects.toThrow(/its folder is an older copy.*--recover peers/);
  await cluster.halt(LOSER);

  await recover(LOSER);
  await ready(LOSER);
  await pay(LOSER, 3);
  expect(blocksOf(0).at(-1)!.round).toBeGreaterThan(signed);
  await agree([0, 1, 2, LOSER]);

  // It has recovered for good: an ordinary start is enough, and what was lost once may be lost again.
  await cluster.halt(LOSER);
  await cluster.boot(LOSER);
  await ready(LOSER);
  await pay(LOSER, 4);
  await cluster.halt(LOSER);
  cluster.restoreVault(LOSER, "vault.sealed");
  await recover(LOSER);
  await ready(LOSER);
  await pay(LOSER, 5);
  await agree([0, 1, 2, LOSER]);
});

test("it waits for every validator that must say something, and says for whom", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(4, 8);
  await outdate();
  await cluster.halt(2);
  cluster.restoreVault(LOSER, "vault.sealed");
  await recover(LOSER);
  const { node } = cluster.member(LOSER);
  await expect.poll(() => node.status.waitsFor, PATIENCE).toMatch(/what is past: 2 of 3 have/);
  expect([node.ready, node.status.ready]).toEqual([false, false]);
  expect(cluster.logged.some((line) => /what is past: \d of 3 have/.test(line))).toBe(true);
  await cluster.boot(2);
  await ready(LOSER);
  expect(node.status.waitsFor).toBeUndefined();
  await pay(LOSER, 3);
  await agree([0, 1, 2, LOSER]);
});

test("it comes back into an epoch that began while it was away", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(4, 8, { epochMs: 4_000 });
  await outdate();
  const { epoch } = cluster.member(0).node.environment;
  await expect.poll(() => cluster.member(0).node.environment.epoch, PATIENCE).toBeGreaterThan(epoch);
  cluster.restoreVault(LOSER, "vault.sealed");
  await recover(LOSER);
  await ready(LOSER);
  await expect.poll(() => blocksOf(0).some((block) => block.header.epoch > epoch), PATIENCE).toBe(true);
  for (const author of [0, 1, 2, LOSER]) expect([...cluster.member(author).store.allEvidence()]).toEqual([]);
  expect(cluster.mesh.reports).toEqual([]);
});

test("a lone validator has nobody to ask, and says so", async () => {
  cluster = await Cluster.start(1, 1);
  await cluster.halt(0);
  await expect(recover(0)).rejects.toThrow(/signs nothing before 1 of.*and there are 0/);
  await cluster.halt(0);
});
