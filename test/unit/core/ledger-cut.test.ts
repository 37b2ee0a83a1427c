/** Where a checkpoint ends: by the time since the one before, by its commits, by what they hold; and what it is then made of. */
import { describe, expect, test } from "vitest";
import { CheckpointExtension } from "../../../core/wire/frames.ts";
import {
  CHECKPOINT_INTERVAL_MS,
  IDLE_CHECKPOINT_INTERVAL_MS,
  MAX_CHECKPOINT_COMMITS,
  MAX_CHECKPOINT_TRANSACTIONS,
  MAX_COMMIT_TRANSACTIONS,
} from "../../../core/wire/limits.ts";
import { decode } from "../../../core/wire/schema.ts";
import type { Commit } from "../../../proofs/model/ledger.ts";
import { CheckpointSummaryBcs } from "../../../proofs/model/ledger-formats.ts";
import {
  COMMITTEE,
  CONFIG,
  payment,
  type Transaction,
  transaction,
  World,
} from "../../../proofs/model/ledger-world.ts";
import { loadComponent } from "../../support/component.ts";

const EARLY = BigInt(CHECKPOINT_INTERVAL_MS - 1);
const LATE = BigInt(CHECKPOINT_INTERVAL_MS);

let names = 0;
const pay = (): Transaction => transaction(`cut ${names++}`, payment(0, 0, 1, 1n));

/** How many checkpoints of the chain were made after genesis's. */
const made = (world: World): number => world.checkpoints.length - 1;

function extension(world: World) {
  const { versionSpecificData } = CheckpointSummaryBcs.parse(world.checkpoints.at(-1)!.summary);
  return decode(CheckpointExtension, Uint8Array.from(versionSpecificData));
}

describe("the time since the checkpoint before", () => {
  test("ends one with users' transactions once it is CHECKPOINT_INTERVAL_MS", () => {
    const world = new World().start();
    world.commit([pay()], false, EARLY);
    expect(made(world)).toBe(0);
    world.commit([], false, 0n);
    expect(made(world)).toBe(0);
    world.commit([], false, 1n);
    expect(made(world)).toBe(1);
  });

  test("ends one that holds a dropped transaction alone: somebody waits for that, too", () => {
    const world = new World().start();
    const unpayable = transaction("unpayable", payment(0, 0, 1, 1n << 60n));
    world.commit([unpayable], false, LATE);
    expect(world.results.map((result) => result?.kind)).toEqual(["executed", "dropped"]);
    expect(made(world)).toBe(1);
  });

  test("ends one of empty commits once it is IDLE_CHECKPOINT_INTERVAL_MS", () => {
    const world = new World().start();
    world.commit([], false, BigInt(IDLE_CHECKPOINT_INTERVAL_MS - 1));
    expect(made(world)).toBe(0);
    world.commit([], false, 1n);
    expect(made(world)).toBe(1);
    world.commit([], false, 1n);
    expect(made(world)).toBe(1);
  });

  test("that runs backwards ends none", () => {
    const world = new World().start();
    world.commit([pay()], false, LATE);
    world.commit([pay()], false, -5n * LATE);
    expect(made(world)).toBe(1);
  });
});

describe("what a checkpoint has room for", () => {
  test("is MAX_CHECKPOINT_COMMITS commits, of whatever time", () => {
    const world = new World().start();
    for (let round = 1; round <= 2; round++) {
      for (let i = 1; i < MAX_CHECKPOINT_COMMITS; i++) world.commit([], false, 0n);
      expect(made(world)).toBe(round - 1);
      world.commit([], false, 0n);
      expect(made(world)).toBe(round);
    }
    expect(CheckpointSummaryBcs.parse(world.checkpoints.at(-1)!.summary).networkTotalTransactions).toBe(
      String(1 + 2 * MAX_CHECKPOINT_COMMITS),
    );
  });

  test("ends where another commit might not fit, and what fits is all listed", () => {
    const world = new World().start();
    const most = MAX_CHECKPOINT_TRANSACTIONS - MAX_COMMIT_TRANSACTIONS;
    const unpayable = (count: number) =>
      Array.from({ length: count }, () => transaction(`cut ${names++}`, payment(0, 0, 1, 1n << 60n)));
    world.commit(unpayable(most - 1), false, 0n); // with the prologue as many as leave room
    expect(made(world)).toBe(0);
    world.commit([], false, 0n);
    expect(made(world)).toBe(1);
    world.commit(unpayable(most), false, 0n);
    expect(made(world)).toBe(2);
  });
});

test("each checkpoint lists the transactions of all its commits, and goes on from the last of them", () => {
  const world = new World().start();
  const commits: Commit[] = [];
  for (const transactions of [[pay()], [], [pay(), pay()]]) {
    const commit = world.order(transactions, 0n, false, commits.length < 2 ? 0n : LATE);
    commits.push(commit);
    world.begin(commit, transactions);
    world.runAll();
    world.finish(world.step(world.left), 1);
  }
  expect(made(world)).toBe(1);
  const { commit, commitDigest, round, leaderBlock, resume } = extension(world);
  expect({ commit, commitDigest, round, leaderBlock, resume }).toEqual({
    commit: 3n,
    commitDigest: commits[2]!.commitDigest,
    round: commits[2]!.round,
    leaderBlock: commits[2]!.leaderBlock,
    resume: commits[2]!.resume,
  });
  expect(CheckpointSummaryBcs.parse(world.checkpoints.at(-1)!.summary).networkTotalTransactions).toBe(
    String(1 + 3 + 3),
  );
});

test("signatures are due where the checkpoint ends, and not before", () => {
  const world = new World().start();
  const { component } = world;
  const early = [pay()];
  world.begin(world.order(early, 0n, false, 0n), early);
  world.runAll();
  const [answer] = world.step(world.left);
  expect(answer?.frame).toMatchObject({ kind: "stepped", remaining: 0, endOfCheckpoint: false });
  const signatures = [early[0]!.signatures];
  expect(component.step("hostToLedger", { kind: "signatures", id: 1n, signatures })[0]?.frame).toMatchObject({
    kind: "rejected",
  });
  world.finish([]);
  world.commit([pay()], false, LATE);
  expect(made(world)).toBe(1);
});

test("the end of an epoch ends a checkpoint at any time, with the commits that were open", () => {
  const world = new World().start();
  world.commit([pay()], false, 0n);
  world.commit([pay()], true, 0n);
  expect(made(world)).toBe(1);
  expect(extension(world).commit).toBe(2n);
});

test("a ledger that starts from a checkpoint cuts on as the one that made it", () => {
  const world = new World().start();
  world.commit([pay()], false, LATE);
  world.component = loadComponent("ledger", { ...CONFIG, chain: world.model.chain }).component;
  world.vaultReady(world.model.chain);
  world.component.step("orderToLedger", { kind: "install", summary: world.checkpoints.at(-1)!.summary });
  world.commit([pay()], false, EARLY);
  expect(made(world)).toBe(1);
  world.commit([], false, 1n);
  expect(made(world)).toBe(2);
});

test("a lone author's ends with every commit that holds users' transactions, and with no empty one", () => {
  const world = new World(CONFIG.faults, [COMMITTEE[CONFIG.author]!]).start();
  world.commit([pay()], false, 0n);
  expect(made(world)).toBe(1);
  world.commit([], false, BigInt(IDLE_CHECKPOINT_INTERVAL_MS - 1));
  expect(made(world)).toBe(1);
  world.commit([pay()], false, 0n);
  expect(made(world)).toBe(2);
});
