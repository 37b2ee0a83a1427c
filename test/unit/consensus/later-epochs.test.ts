/** A node that is behind by an epoch asks whoever speaks of a later one for its end, and nobody keeps it from asking the others. */
import { toBase58 } from "@iota/iota-sdk/utils";
import { expect, it } from "vitest";
import { LaterEpochs } from "../../../host/consensus/later-epochs.ts";
import { EpochOver } from "../../../host/epoch.ts";
import { CheckpointSummaryBcs } from "../../../host/format/checkpoint.ts";
import { Peers, SILENT_LOG } from "../../support/answering-peers.ts";

const EPOCH = 3n;
const summary = (epoch: bigint) =>
  CheckpointSummaryBcs.serialize({
    epoch,
    sequenceNumber: 9n,
    networkTotalTransactions: 0n,
    contentDigest: toBase58(new Uint8Array(32)),
    previousDigest: null,
    epochRollingGasCostSummary: {
      computationCost: 0n,
      computationCostBurned: 0n,
      storageCost: 0n,
      storageRebate: 0n,
      nonRefundableStorageFee: 0n,
    },
    timestampMs: 0n,
    checkpointCommitments: [],
    endOfEpochData: null,
    versionSpecificData: [],
  }).toBytes();

function start({ leads = true } = {}) {
  const peers = new Peers();
  const caughtUp: unknown[] = [];
  const failures: EpochOver[] = [];
  const learned: Uint8Array[] = [];
  const later = new LaterEpochs({
    network: peers.network,
    certifier: {
      learn: async (bytes) => {
        learned.push(bytes);
        return leads;
      },
    },
    epoch: EPOCH,
    laterEnd: async () => {
      if (leads) throw new EpochOver("over");
      return false;
    },
    catchUp: (peer) => caughtUp.push(peer),
    failed: (error) => failures.push(error),
    log: SILENT_LOG,
  });
  const says = (peer: number, epoch: bigint): void => {
    const checkpoint = { summary: summary(epoch), certificate: Uint8Array.of(1) };
    peers.answering.set(peer, () => ({ kind: "checkpoint", checkpoint }));
  };
  return { later, peers, caughtUp, failures, learned, says };
}

it("catches up with a peer that has the certified end of our epoch", async () => {
  const { later, peers, caughtUp, learned, says } = start();
  says(1, EPOCH);
  await later.ask(1);
  expect([caughtUp, learned.length, peers.blamed]).toEqual([[1], 1, []]);
});

it("goes where a certified end of a later epoch leads", async () => {
  const { later, caughtUp, failures, says } = start();
  says(1, EPOCH + 4n);
  await later.ask(1);
  expect([caughtUp, failures]).toEqual([[], [expect.any(EpochOver)]]);
});

it("blames a peer whose end is none, and passes over earlier ones and none at all", async () => {
  const { later, peers, caughtUp, failures, says } = start({ leads: false });
  says(1, EPOCH);
  says(2, EPOCH + 1n);
  says(3, EPOCH - 1n);
  peers.answering.set(4, () => ({ kind: "checkpoint", checkpoint: undefined }));
  for (const peer of [1, 2, 3, 4, 5]) await later.ask(peer);
  expect(peers.blamed).toEqual([
    [1, "invalid"],
    [2, "invalid"],
  ]);
  expect([caughtUp, failures]).toEqual([[], []]);
});

it("asks others while one does not answer, and that one once at a time", async () => {
  const { later, peers, caughtUp, says } = start();
  peers.answering.set(1, () => new Promise(() => undefined));
  void later.ask(1);
  void later.ask(1);
  says(2, EPOCH);
  await later.ask(2);
  expect(caughtUp).toEqual([2]);
  expect(peers.asked.filter(([peer]) => peer === 1)).toHaveLength(1);
});

it("asks nobody once stopped", async () => {
  const { later, peers, says } = start();
  says(1, EPOCH);
  later.stop();
  await later.ask(1);
  expect(peers.asked).toEqual([]);
});
