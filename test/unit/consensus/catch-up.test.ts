/** Who is asked for the blocks that a node lacks, for how long, and when it is too far behind for blocks: whatever single peers say. */
import { expect, it } from "vitest";
import { NO_AUTHOR } from "../../../core/wire/limits.ts";
import { CatchUp } from "../../../host/consensus/catch-up.ts";
import type { Intake } from "../../../host/consensus/intake.ts";
import type { CoreClient } from "../../../host/core-client.ts";
import { KEEPING } from "../../../host/keeping.ts";
import { EMPTY_BUNDLE } from "../../../host/network/messages.ts";
import type { Peer } from "../../../host/network/network.ts";
import type { Store } from "../../../host/store/store.ts";
import { FarBehind } from "../../../host/sync/lag.ts";
import { type Answering, Peers, SILENT_LOG } from "../../support/answering-peers.ts";
import { testBlock } from "./support.ts";

const HORIZON = 100n;

const ENDS_AT_ONCE = (): Promise<void> => Promise.resolve();

function start(
  author: number,
  answering: ReadonlyMap<Peer, Answering>,
  { faulty = 1, follows = new Set<Peer>(), clock = { now: 0 }, take = ENDS_AT_ONCE } = {},
) {
  const peers = new Peers();
  for (const [peer, answer] of answering) peers.answering.set(peer, answer);
  const failures: unknown[] = [];
  const status = { kind: "status", highestRound: HORIZON + 4n, horizon: HORIZON };
  const catchUp = new CatchUp({
    core: { order: async () => status } as unknown as CoreClient,
    store: { blocksAfter: () => [], latestCheckpoint: () => 0n } as unknown as Store,
    network: peers.network,
    intake: { take } as unknown as Intake,
    author,
    signatures: () => [],
    keeping: KEEPING,
    faulty,
    follows,
    verify: async () => true,
    failed: (error) => failures.push(error),
    epoch: 0n,
    laterEpoch: () => undefined,
    time: {
      now: () => clock.now,
      after: (ms, run) => {
        const timer = setImmediate(() => {
          clock.now += ms;
          run();
        });
        return { cancel: () => clearImmediate(timer) };
      },
    },
    log: SILENT_LOG,
  });
  return { catchUp, peers, failures };
}

const NONE: Answering = (request) =>
  request.kind === "checkpoint"
    ? { kind: "checkpoint", checkpoint: undefined }
    : { kind: "bundles", bundles: [], prunedTo: 0n };
/** Says that it has no blocks of any round that could be asked for. */
const PRUNED: Answering = (request) =>
  request.kind === "checkpoint" ? NONE(request) : { kind: "bundles", bundles: [], prunedTo: 1n << 39n };

it("is too far behind when more say that the blocks are gone than may lie, and not before", async () => {
  const { catchUp, failures } = start(0, new Map([1, 2, 3].map((peer) => [peer, PRUNED])));
  await catchUp.with(1);
  await catchUp.with(1);
  expect(failures).toEqual([]);
  await catchUp.with(2);
  expect(failures).toEqual([expect.any(FarBehind)]);
});

it("forgets what a peer said when it has blocks after all", async () => {
  let first = true;
  const changing: Answering = (request) => {
    if (request.kind === "checkpoint" || !first) return NONE(request);
    first = false;
    return PRUNED(request);
  };
  const { catchUp, failures } = start(
    0,
    new Map<Peer, Answering>([
      [1, changing],
      [2, PRUNED],
      [3, NONE],
    ]),
  );
  for (const peer of [1, 1, 2, 3]) await catchUp.with(peer);
  expect(failures).toEqual([]);
});

it("counts those who are not connected: a full node with one of four validators at hand does not take its word", async () => {
  const { catchUp, peers, failures } = start(
    NO_AUTHOR,
    new Map<Peer, Answering>([
      [1, PRUNED],
      [2, NONE],
      [3, NONE],
    ]),
  );
  peers.offline.add(2).add(3);
  await catchUp.with(1);
  expect(failures).toEqual([]);
});

it("has nobody but the one that it follows to believe", async () => {
  const { catchUp, failures } = start(NO_AUTHOR, new Map<Peer, Answering>([["one", PRUNED]]), {
    follows: new Set<Peer>(["one"]),
  });
  await catchUp.with("one");
  expect(failures).toEqual([expect.any(FarBehind)]);
});

it("gives a peer whose blocks never end a turn, and the others theirs", async () => {
  let round = HORIZON + 4n;
  const clock = { now: 0 };
  const endless: Answering = (request) => {
    if (request.kind === "checkpoint") return NONE(request);
    clock.now += 1_000;
    return { kind: "bundles", bundles: [{ ...EMPTY_BUNDLE, block: testBlock(++round, 1) }], prunedTo: 0n };
  };
  const answering = new Map<Peer, Answering>().set(1, endless).set(2, NONE);
  const { catchUp, peers } = start(NO_AUTHOR, answering, { clock });
  const first = catchUp.with(1);
  await catchUp.with(2);
  const asked = peers.asked.flatMap(([peer, kind]) => (kind === "blocksAfter" ? [peer] : []));
  expect(asked.indexOf(2)).toBeGreaterThan(1);
  expect(asked.length).toBeLessThan(20);
  catchUp.stop();
  await first;
});

it("ends the turn of a peer whose block is not to be had whole", async () => {
  const clock = { now: 0 };
  const FOR_EVER = new Promise<never>(() => undefined);
  const withholding: Answering = (request) =>
    request.kind === "checkpoint"
      ? NONE(request)
      : { kind: "bundles", bundles: [{ ...EMPTY_BUNDLE, block: testBlock(HORIZON + 5n, 1) }], prunedTo: 0n };
  const answering = new Map<Peer, Answering>().set(1, withholding).set(2, NONE);
  const { catchUp, peers } = start(NO_AUTHOR, answering, { clock, take: () => FOR_EVER });
  const first = catchUp.with(1);
  await catchUp.with(2);
  expect(peers.asked).toContainEqual([2, "blocksAfter"]);
  catchUp.stop();
  await first;
});
