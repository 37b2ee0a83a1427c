/**
 * Whole clusters in trouble, validators and one that may become one, under virtual time: lost, doubled, late and reordered messages, partitions, crashes in the middle of writes, slow
 * and corrupt disks, skewed clocks, committees that change. After it has healed: every node has the same checkpoints, whatever a client was told is in them, and
 * the next payments go through. At no time does an intact validator sign two things for one slot.
 *
 * CAISSON_SIMULATIONS: how many runs; CAISSON_SEED replays. What fails is shrunk and printed with the seed and path that replay it.
 */
import { toBase64 } from "@iota/iota-sdk/utils";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { readBlock } from "../../host/consensus/intake.ts";
import { fromHex } from "../../host/format/hex.ts";
import type { Store } from "../../host/store/store.ts";
import { SEED } from "../attack/random.ts";
import { Clients } from "./clients.ts";
import { makeOrigin, type Origin, SimCluster } from "./cluster.ts";
import { Governor } from "./governor.ts";
import { FAIR, heal, inflict, type Plan, plans, TROUBLED_MS } from "./plan.ts";

const RUNS = Number(process.env.CAISSON_SIMULATIONS ?? 3);
const VALIDATORS = 4;
/** It follows as a full node, until the committee has it. */
const CANDIDATES = 1;
/** All nodes. */
const SIZE = VALIDATORS + CANDIDATES;
/** Each a client's; one more pays for changes of the committee. */
const COINS = 6;
/** Several epochs end while there is trouble, and more while it heals. */
const EPOCH_MS = 3_000;
/** Milliseconds of virtual time within which a healed cluster has come to agree, and its clients' payments go through. */
const HEALED_WITHIN_MS = 60_000;
/** Of real time, for all runs. */
const TIMEOUT_MS = 30_000 * Math.max(RUNS, 8);

let origin: Origin;
const seen = {
  rounds: 0n,
  checkpoints: 0n,
  payments: 0,
  retries: 0,
  boots: 0,
  equivocations: 0,
  /** Nodes that had taken a state from their peers by the end. */
  statesTaken: 0,
  /** Nodes that ended because of what their disks had come to. */
  ends: 0,
  epochs: 0n,
  /** Ends of epochs that put another committee in force. */
  committees: 0,
  faults: {} as Record<string, number>,
};

beforeAll(async () => {
  origin = await makeOrigin({
    validators: VALIDATORS,
    candidates: CANDIDATES,
    coins: COINS + 1,
    epochMs: EPOCH_MS,
  });
});

/** Throws what went wrong; else everything that the run came to, in text. */
async function run(plan: Plan): Promise<string> {
  const cluster = new SimCluster({
    origin,
    seed: plan.seed,
    skewMs: plan.skewMs,
    hostility: plan.hostility,
    keeping: plan.keeping,
  });
  const { clock, honest: members } = cluster;
  try {
    cluster.network.weather = FAIR;
    for (let node = 0; node < SIZE; node++) cluster.boot(node);
    const clients = new Clients(cluster, COINS);
    inflict(cluster, new Governor(cluster, COINS), plan);
    await clock.advance(TROUBLED_MS);
    clients.stop();
    heal(cluster);
    let paid = 0;
    for (let coin = 0; coin < COINS; coin++) clients.payOnce(coin, () => paid++);
    await clock.until(() => paid === COINS, HEALED_WITHIN_MS);
    const stores = () => members.map((node) => cluster.running(node)!.store);
    const certified = () => stores().map((store) => store.certifiedCheckpoint() ?? 0n);
    const newest = certified().sort((a, b) => Number(b - a))[0]!;
    await clock.until(() => certified().every((one) => one >= newest), HEALED_WITHIN_MS);
    for (let sequence = 0n; sequence <= newest; sequence++) {
      const summaries = stores()
        .filter((store) => sequence >= (store.beginning?.checkpoint ?? 0n))
        .map((store) => toBase64(store.checkpoint(sequence)!.summary));
      if (new Set(summaries).size > 1) cluster.violations.push(`checkpoint ${sequence} differs`);
    }
    for (const digest of clients.acknowledged) {
      // Who has taken a state has what it came to, which its checkpoints stand for, and not what was before.
      const without = members.filter((_, i) => !stores()[i]!.beginning && !stores()[i]!.outcome(fromHex(digest)));
      if (without.length > 0) cluster.violations.push(`${digest} was acknowledged, nodes ${without} do not have it`);
    }
    expect(cluster.violations).toEqual([]);
    count(cluster, plan, clients, newest);
    return [
      clock.now(),
      ...clients.acknowledged,
      ...cluster.logged,
      toBase64(stores()[0]!.checkpoint(newest)!.summary),
    ].join("\n");
  } finally {
    await cluster.stop();
  }
}

function count(cluster: SimCluster, plan: Plan, clients: Clients, newest: bigint): void {
  seen.rounds += cluster.running(0)!.node!.status.round;
  seen.checkpoints += newest;
  seen.payments += clients.acknowledged.size;
  seen.retries += clients.retries;
  seen.boots += cluster.boots;
  seen.statesTaken += cluster.disks.filter((_, node) => cluster.running(node)!.store.beginning).length;
  seen.ends += cluster.ends;
  seen.committees += cluster.running(0)!.store.turnsBefore(cluster.running(0)!.node!.environment.epoch).length;
  seen.equivocations += equivocations(cluster.running(0)!.store);
  seen.epochs += cluster.running(0)!.node!.environment.epoch;
  for (const kind of [...plan.faults.map(({ kind }) => kind), plan.hostility ?? "all honest"]) {
    seen.faults[kind] = (seen.faults[kind] ?? 0) + 1;
  }
}

/** Rounds of which a store has two blocks of one author. */
function equivocations(store: Store): number {
  const places = [...store.blocksAfter(0n)].map(readBlock).map(({ author, height }) => `${author} ${height}`);
  return places.length - new Set(places).size;
}

test("validators in trouble agree, lose nothing that was acknowledged, and go on when it is over", {
  timeout: TIMEOUT_MS,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plans(SIZE), async (plan) => {
      await run(plan);
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: process.env.CAISSON_SHRINK === undefined },
  );
  console.log(
    `simulated, seed ${SEED}:`,
    JSON.stringify(seen, (_, value) => (typeof value === "bigint" ? String(value) : value)),
  );
});

test("a run with the same seed is the same", { timeout: TIMEOUT_MS }, async () => {
  const [plan] = fc.sample(plans(SIZE), { numRuns: 1, seed: SEED });
  const once = await run(plan!);
  expect(await run(plan!)).toBe(once);
  expect(once.split("\n").length).toBeGreaterThan(10);
});
