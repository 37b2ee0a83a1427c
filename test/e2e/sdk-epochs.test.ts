/** The official client over epochs that end: four validators, each a process, and a full node. */
import { ParallelTransactionExecutor, Transaction } from "@iota/iota-sdk/transactions";
import { afterEach, expect, it } from "vitest";
import { CLOCK_ID } from "../../host/format/transaction.ts";
import { readGenesis } from "../../host/genesis/genesis.ts";
import { genesisAnchor } from "../../host/light/genesis-anchor.ts";
import { loadLightModules } from "../../host/light/modules.ts";
import { verifyObject } from "../../host/light/verify-object.ts";
import { isLonger } from "../support/longer.ts";
import { account, balanceOf, succeed, TestNetwork } from "../support/network.ts";

const SKIPPED = isLonger("epochs of four processes", "CAISSON_NETWORKS", "npm run test:validators");
const TIMEOUT_MS = 180_000;
const EPOCH_MS = 8_000n;
const PATIENCE = { timeout: 60_000, interval: 200 };
let net: TestNetwork;
afterEach(() => net.stop(), TIMEOUT_MS);

function payment(to: string, amount: bigint): Transaction {
  const transaction = new Transaction();
  const [piece] = transaction.splitCoins(transaction.gas, [amount]);
  transaction.transferObjects([piece!], to);
  return transaction;
}

it.skipIf(SKIPPED)(
  "pays from one epoch into the next, while one validator is killed, and is told of each",
  {
    timeout: TIMEOUT_MS,
  },
  async () => {
    net = await TestNetwork.start(4, undefined, "none", { epochMs: EPOCH_MS });
    const client = net.client();
    const epochNow = async () => Number((await client.getLatestIotaSystemState()).epoch);
    const alice = account("alice");
    const bob = account("bob").toIotaAddress();
    await net.fund(alice);
    let paid = 0n;
    let killed = false;
    for (const first = await epochNow(); (await epochNow()) < first + 3; paid++) {
      if (!killed && (await epochNow()) > first) net.kill(1);
      killed ||= (await epochNow()) > first;
      await succeed(client, alice, payment(bob, 1n));
    }
    expect(await balanceOf(client, bob)).toBe(paid);

    const { data: epochs } = await client.getEpochs();
    expect(epochs.map(({ epoch }) => Number(epoch))).toEqual(epochs.map((_, i) => i));
    expect(epochs.length).toBeGreaterThanOrEqual(4);
    const ended = epochs.slice(0, -1);
    for (const [i, { endOfEpochInfo, firstCheckpointId, epochTotalTransactions }] of ended.entries()) {
      const last = await client.getCheckpoint({ id: endOfEpochInfo!.lastCheckpointId });
      expect(last).toMatchObject({ epoch: String(i), timestampMs: endOfEpochInfo!.epochEndTimestamp });
      expect(last.endOfEpochData!.nextEpochCommittee).toHaveLength(4);
      expect(epochs[i + 1]!.firstCheckpointId).toBe(String(BigInt(endOfEpochInfo!.lastCheckpointId) + 1n));
      expect(epochs[i + 1]!.epochStartTimestamp).toBe(endOfEpochInfo!.epochEndTimestamp);
      expect(Number(endOfEpochInfo!.epochEndTimestamp)).toBeGreaterThanOrEqual(
        Number(epochs[i]!.epochStartTimestamp) + Number(EPOCH_MS),
      );
      const first = await client.getCheckpoint({ id: firstCheckpointId });
      const before = Number(first.networkTotalTransactions) - first.transactions.length;
      expect(Number(epochTotalTransactions)).toBe(Number(last.networkTotalTransactions) - before);
      const end = await client.getTransactionBlock({
        digest: last.transactions.at(-1)!,
        options: { showInput: true, showEffects: true },
      });
      expect(end.transaction!.data.transaction).toMatchObject({
        kind: "EndOfEpochTransaction",
        transactions: [{ ChangeEpochV4: { epoch: String(i + 1) } }],
      });
      expect(end.effects).toMatchObject({ status: { status: "success" }, executedEpoch: String(i) });
    }

    const [anchor, modules] = [genesisAnchor(readGenesis(net.genesisPath)), await loadLightModules()];
    const proof = await client.call<{ epochEnds: { summary: string; certificate: string }[] }>(
      "caisson_getObjectProof",
      [CLOCK_ID],
    );
    expect(verifyObject(modules, anchor, CLOCK_ID, proof).present).toBe(true);
    const { epochEnds: _, ...without } = proof;
    expect(() => verifyObject(modules, anchor, CLOCK_ID, without)).toThrow("whose committee is not known here");
    const unsigned = { ...proof.epochEnds[0]!, certificate: "" };
    expect(() => verifyObject(modules, anchor, CLOCK_ID, { ...proof, epochEnds: [unsigned] })).toThrow("too few");

    const late = payment(bob, 1n);
    late.setExpiration({ Epoch: 0 });
    await expect(client.signAndExecuteTransaction({ signer: alice, transaction: late })).rejects.toThrow(
      /xpired|epoch/,
    );
  },
);

it.skipIf(SKIPPED)(
  "serves the parallel executor, which waits for the next epoch at the end of one",
  {
    timeout: TIMEOUT_MS,
  },
  async () => {
    net = await TestNetwork.start(4, undefined, "none", { epochMs: EPOCH_MS });
    const client = net.client();
    const signer = account("parallel over epochs");
    await net.fund(signer);
    const to = account("paid over epochs").toIotaAddress();
    const executor = new ParallelTransactionExecutor({ client, signer, coinBatchSize: 5, maxPoolSize: 10 });
    const epochNow = async () => Number((await client.getLatestIotaSystemState()).epoch);
    let paid = 0;
    for (const first = await epochNow(); (await epochNow()) < first + 2; paid += 8) {
      const results = await Promise.all(
        Array.from({ length: 8 }, () => executor.executeTransaction(payment(to, 1n), { showEffects: true })),
      );
      for (const { data } of results) expect(data.effects!.status.status).toBe("success");
    }
    expect(await balanceOf(client, to)).toBe(BigInt(paid));
    await expect.poll(epochNow, PATIENCE).toBeGreaterThan(2); // an idle network comes to the end of an epoch too
  },
);
