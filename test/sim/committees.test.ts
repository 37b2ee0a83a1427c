/** Moments at which a committee that changes is easily lost: its nodes stop when the epoch's last checkpoint is made and not certified, or restart when the list has changed and the committee not yet. */
import { expect, test } from "vitest";
import { endsEpoch } from "../../host/epoch.ts";
import { SEED } from "../attack/random.ts";
import { makeOrigin, type Origin, SimCluster } from "./cluster.ts";
import { Governor } from "./governor.ts";
import { FAIR } from "./plan.ts";

const VALIDATORS = 4;
const CANDIDATE = VALIDATORS;
const EVERYBODY = [0, 1, 2, 3, CANDIDATE];
/** Which of the owner's coins pays for changes of the list. */
const COIN = 0;
const TIMEOUT_MS = 120_000;
const WITHIN_MS = 60_000;

const epochOf = (cluster: SimCluster, node: number): bigint => cluster.running(node)?.node?.environment.epoch ?? -1n;
const placeOf = (cluster: SimCluster, node: number): number | undefined => cluster.running(node)?.node?.author;

/** Has made the epoch's last checkpoint, and has not seen a quorum sign it. */
function isAtTheEnd(cluster: SimCluster, node: number): boolean {
  const { store } = cluster.running(node) ?? {};
  const latest = store?.latestCheckpoint();
  if (!store || latest === undefined || (store.certifiedCheckpoint() ?? -1n) >= latest) return false;
  return endsEpoch(store.checkpoint(latest)!.summary);
}

/** Has the candidate put on the list, or taken off. */
async function govern(cluster: SimCluster, governor: Governor): Promise<void> {
  let done = false;
  void governor.toggle(CANDIDATE).then(() => {
    done = true;
  });
  await cluster.clock.until(() => done, WITHIN_MS);
}

async function started(epochMs: number): Promise<SimCluster> {
  const origin: Origin = await makeOrigin({ validators: VALIDATORS, candidates: 1, coins: 1, epochMs });
  const cluster = new SimCluster({ origin, seed: SEED });
  cluster.network.weather = FAIR;
  for (const node of EVERYBODY) cluster.boot(node);
  await cluster.clock.until(() => EVERYBODY.every((node) => cluster.running(node)?.node?.ready), WITHIN_MS);
  return cluster;
}

test.each([
  ["all nodes", EVERYBODY],
  ["one validator", [1]],
])(
  "%s stopped at the end of an epoch that changes the committee come back, and the next epochs begin",
  {
    timeout: TIMEOUT_MS,
  },
  async (_, nodes) => {
    const cluster = await started(8_000);
    try {
      await govern(cluster, new Governor(cluster, COIN));
      const epoch = epochOf(cluster, 0);
      await cluster.clock.until(
        () => nodes.filter((node) => node !== CANDIDATE).every((node) => isAtTheEnd(cluster, node)),
        WITHIN_MS,
      );
      for (const node of nodes) cluster.kill(node);
      await cluster.clock.advance(500);
      for (const node of nodes) cluster.boot(node);
      await cluster.clock.until(() => EVERYBODY.every((node) => epochOf(cluster, node) > epoch + 1n), WITHIN_MS);
      expect(EVERYBODY.map((node) => placeOf(cluster, node))).toEqual(EVERYBODY);
      expect(cluster.violations).toEqual([]);
    } finally {
      await cluster.stop();
    }
  },
);

test("who restarts when a member was taken off the list hears it until the epoch ends", {
  timeout: TIMEOUT_MS,
}, async () => {
  const cluster = await started(30_000);
  const { clock } = cluster;
  try {
    const governor = new Governor(cluster, COIN);
    await govern(cluster, governor);
    await clock.until(() => EVERYBODY.every((node) => placeOf(cluster, node) === node), WITHIN_MS);
    await clock.advance(2_000);
    await govern(cluster, governor);
    for (const node of [0, 1, 2, 3]) {
      cluster.kill(node);
      cluster.boot(node);
      await clock.until(() => cluster.running(node)?.node?.ready === true, WITHIN_MS);
    }
    const epoch = epochOf(cluster, 0);
    cluster.kill(1); // without the candidate the others are too few
    const certified = () => cluster.running(0)!.store.certifiedCheckpoint()!;
    const before = certified();
    await clock.until(() => certified() > before + 3n, WITHIN_MS);
    expect(epochOf(cluster, 0)).toBe(epoch);
    expect(cluster.violations).toEqual([]);
  } finally {
    await cluster.stop();
  }
});
