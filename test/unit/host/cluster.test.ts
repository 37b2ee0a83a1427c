/**
 * Validators of one chain in one process: real cores and stores, and a mesh between them. What one is given, all come to; a minority that is
 * cut off or stopped stops nobody and catches up; a majority that is missing stops everybody, and nothing is lost by it.
 */
import { fromBase64, toBase64 } from "@iota/iota-sdk/utils";
import { afterEach, expect, test } from "vitest";
import { anotherSignature } from "../../support/another-signature.ts";
import { Cluster } from "../../support/cluster.ts";
import { usersTransactions } from "../../support/contents.ts";

let cluster: Cluster;
afterEach(() => cluster.stop());

const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 60_000, interval: 50 };

/** Has `author` pay out of the user's n-th coin; resolves when it is certified. */
async function pay(author: number, n: number): Promise<void> {
  const ending = await cluster.member(author).node.submit(...(await cluster.payment(author, n)));
  expect(ending.kind).toBe("executed");
}

/** All members come to one certified checkpoint that has so many transactions of users, and to the same bytes of every one before. */
async function agree(members: readonly number[], transactions: bigint): Promise<void> {
  const users = (author: number) => BigInt(usersTransactions(cluster.member(author).store).length);
  for (const author of members) await expect.poll(() => users(author), PATIENCE).toBe(transactions);
  const certified = () =>
    members
      .map((author) => cluster.member(author).store.certifiedCheckpoint() ?? -1n)
      .sort((a, b) => Number(a - b))[0]!;
  await expect.poll(certified, PATIENCE).toBeGreaterThan(0n);
  const common = certified();
  for (let sequence = 0n; sequence <= common; sequence++) {
    const summaries = members.map((author) => toBase64(cluster.member(author).store.checkpoint(sequence)!.summary));
    expect(new Set(summaries).size).toBe(1);
  }
}

test("transactions given to any of four are executed by all, once, in one order", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(4, 8);
  await Promise.all([0, 1, 2, 3].map((author) => pay(author, author)));
  // The same transaction, given to two of them at once.
  const both = await cluster.payment(0, 4);
  const endings = await Promise.all([0, 2].map((author) => cluster.member(author).node.submit(...both)));
  expect(endings.map(({ kind }) => kind)).toEqual(["executed", "executed"]);
  await agree([0, 1, 2, 3], 5n);
  expect(cluster.mesh.reports).toEqual([]);
});

test("signatures under checkpoints that are lost on the way are had again, though nobody makes another block", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 4, { heartbeatMs: 10 * TIMEOUT_MS });
  const certified = (author: number) => cluster.member(author).store.certifiedCheckpoint() ?? -1n;
  cluster.mesh.deaf.add(3);
  await pay(0, 0);
  await expect.poll(() => certified(3), PATIENCE).toBeGreaterThanOrEqual(certified(0));

  for (const author of [0, 1, 2]) cluster.mesh.deaf.add(author);
  const payment = pay(1, 1);
  await expect.poll(() => cluster.member(1).node.status.waiting, PATIENCE).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  cluster.mesh.deaf.clear();
  await payment;
  await agree([0, 1, 2, 3], 2n);
});

test("a transaction that each is given with signatures of its own is executed once, and no member is blamed", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 4);
  for (let coin = 0; coin < 3; coin++) {
    const [transaction] = await cluster.payment(0, coin);
    const endings = await Promise.all(
      [0, 1, 2, 3].map((author) => {
        const signature = fromBase64(anotherSignature(cluster.keypair, transaction, 10 * coin + author));
        return cluster.member(author).node.submit(transaction, [signature]);
      }),
    );
    expect(endings.map(({ kind }) => kind)).toEqual(["executed", "executed", "executed", "executed"]);
  }
  await agree([0, 1, 2, 3], 3n);
  expect(cluster.mesh.reports).toEqual([]);
  expect(cluster.logged.filter((line) => line.includes("reboot"))).toEqual([]);
});

test("of two transactions on one coin, given to two validators, one is executed", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(4, 2);
  const rivals = [await cluster.payment(0, 0, 1), await cluster.payment(1, 0, 2)];
  const endings = await Promise.all(
    rivals.map((rival, author) =>
      cluster
        .member(author)
        .node.submit(...rival)
        .catch((error: Error) => error),
    ),
  );
  const kinds = endings.map((ending) => ("kind" in ending ? ending.kind : ending.name)).sort();
  expect(kinds[1]).toBe("executed");
  expect(["dropped", "TransactionDropped"]).toContain(kinds[0]);
  await agree([0, 1, 2, 3], 1n);
});

test("one that is stopped stops nobody, and catches up when it is back", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(4, 8);
  await pay(0, 0);
  await cluster.halt(3);
  for (let n = 1; n < 4; n++) await pay(n % 3, n);
  await agree([0, 1, 2], 4n);
  await cluster.boot(3);
  await agree([0, 1, 2, 3], 4n);
  await pay(3, 4);
  await agree([0, 1, 2, 3], 5n);
});

test("by a rule of members that do not equivocate two of three go on without the third", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(3, 8, { faults: { rule: "three-delays", b: 0, c: 1 } });
  await pay(0, 0);
  await cluster.halt(2);
  await pay(1, 1);
  await agree([0, 1], 2n);
  await cluster.boot(2);
  await agree([0, 1, 2], 2n);
});

test("half of them cut off from the other half stand still, and go on when the cut heals", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8);
  await pay(0, 0);
  await agree([0, 1, 2, 3], 1n);
  cluster.mesh.cut(2, 3);
  let ended = 0;
  const sides = [0, 2].map((author) => pay(author, 1 + author).then(() => ended++));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(ended).toBe(0);
  cluster.mesh.heal();
  await Promise.all(sides);
  await agree([0, 1, 2, 3], 3n);
});

test("what is lost on the way is had again", { timeout: TIMEOUT_MS }, async () => {
  cluster = await Cluster.start(4, 8);
  await pay(0, 0);
  await agree([0, 1, 2, 3], 1n);
  cluster.mesh.losing = true;
  const paying = [1, 2].map((author) => pay(author, author));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  cluster.mesh.losing = false;
  await Promise.all(paying);
  await agree([0, 1, 2, 3], 3n);
});

test("all of them stopped at once come back by themselves, with everything that was acknowledged", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8);
  for (let n = 0; n < 3; n++) await pay(n, n);
  await Promise.all([0, 1, 2, 3].map((author) => cluster.halt(author)));
  await Promise.all([0, 1, 2, 3].map((author) => cluster.boot(author)));
  await pay(3, 3);
  await agree([0, 1, 2, 3], 4n);
});
