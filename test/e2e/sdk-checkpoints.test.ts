/** Checkpoints and the chain by the official client; digests are worked out again with the client's BCS, from what it was told. */
import { bcs } from "@iota/iota-sdk/bcs";
import type { Checkpoint, IotaClient } from "@iota/iota-sdk/client";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase58, fromBase64, toBase58, toHex } from "@iota/iota-sdk/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { account, everyPage, GENESIS_NANOS, referenceTo, TestNetwork } from "../support/network.ts";
import { signableDigest } from "../support/objects.ts";

const GasCostSummary = bcs.struct("GasCostSummary", {
  computationCost: bcs.u64(),
  computationCostBurned: bcs.u64(),
  storageCost: bcs.u64(),
  storageRebate: bcs.u64(),
  nonRefundableStorageFee: bcs.u64(),
});

/** CheckpointSummary of iotaledger/iota crates/iota-types/src/messages_checkpoint.rs, of a checkpoint that ends no epoch. */
const Summary = bcs.struct("CheckpointSummary", {
  epoch: bcs.u64(),
  sequenceNumber: bcs.u64(),
  networkTotalTransactions: bcs.u64(),
  contentDigest: bcs.ObjectDigest,
  previousDigest: bcs.option(bcs.ObjectDigest),
  epochRollingGasCostSummary: GasCostSummary,
  timestampMs: bcs.u64(),
  checkpointCommitments: bcs.vector(bcs.ObjectDigest),
  endOfEpochData: bcs.option(bcs.u8()),
  versionSpecificData: bcs.byteVector(),
});

/** CheckpointContents of the same file. */
const Contents = bcs.enum("CheckpointContents", {
  V1: bcs.struct("V1", {
    transactions: bcs.vector(
      bcs.struct("ExecutionDigests", { transaction: bcs.ObjectDigest, effects: bcs.ObjectDigest }),
    ),
    userSignatures: bcs.vector(bcs.vector(bcs.byteVector())),
  }),
});

const digestOf = (name: string, bytes: Uint8Array) => toBase58(signableDigest(name, bytes));

const alice = account("alice");
let net: TestNetwork;
let client: IotaClient;
let coins: string[];

beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
  coins = await net.fund(alice);
});
afterAll(() => net.stop());

/** Two transactions that do not touch, at once, so that a checkpoint may have more than one. */
async function somethingHappens(): Promise<void> {
  const send = async (gas: string) => {
    const transaction = new Transaction();
    transaction.setGasPayment([await referenceTo(client, gas)]);
    const [piece] = transaction.splitCoins(transaction.gas, [1n]);
    transaction.transferObjects([piece!], alice.toIotaAddress());
    await client.signAndExecuteTransaction({ signer: alice, transaction });
  };
  await Promise.all([send(coins[0]!), send(coins[1]!)]);
}

/** bcs(CheckpointSummary) of the newest checkpoint, by this node's own method. */
async function newestSummary(): Promise<Uint8Array> {
  const { summary } = await client.call<{ summary: string }>("caisson_getObjectProof", ["0x6"]);
  return fromBase64(summary);
}

describe("checkpoints", () => {
  it.each(["after the faucet", "after a transfer", "after another"])("every digest follows: %s", async (when) => {
    if (when !== "after the faucet") await somethingHappens();
    const bytes = await newestSummary();
    const summary = Summary.parse(bytes);
    expect(Summary.serialize(summary).toBytes()).toEqual(bytes);
    const { checkpointCommitments, contentDigest, endOfEpochData, versionSpecificData, ...shown } = summary;
    expect({ checkpointCommitments, endOfEpochData }).toEqual({ checkpointCommitments: [], endOfEpochData: null });
    expect(versionSpecificData.length).toBeGreaterThan(0);
    const checkpoint = await client.getCheckpoint({ id: summary.sequenceNumber });
    expect(checkpoint).toMatchObject({ ...shown, digest: digestOf("CheckpointSummary", bytes) });
    expect(contentDigest).toBe(await contentsDigest(checkpoint));
    expect(await client.getCheckpoint({ id: checkpoint.digest })).toEqual(checkpoint);
    const before = await client.getCheckpoint({ id: String(BigInt(summary.sequenceNumber) - 1n) });
    expect(checkpoint.previousDigest).toBe(before.digest);
  });

  /** Worked out from the raw transactions and the raw effects that the node tells. */
  async function contentsDigest({ transactions }: Checkpoint): Promise<string> {
    const told = await client.multiGetTransactionBlocks({
      digests: transactions,
      options: { showRawInput: true, showRawEffects: true },
    });
    const executed = told.map(({ digest, rawTransaction, rawEffects }) => {
      const effects = Uint8Array.from(rawEffects!);
      expect(bcs.TransactionEffects.parse(effects).V1.transactionDigest).toBe(digest);
      return { transaction: digest, effects: digestOf("TransactionEffects", effects), ...signed(rawTransaction!) };
    });
    for (const { transaction, data } of executed) expect(digestOf("TransactionData", data)).toBe(transaction);
    const contents = Contents.serialize({
      V1: { transactions: executed, userSignatures: executed.map(({ signatures }) => signatures) },
    });
    return digestOf("CheckpointContents", contents.toBytes());
  }

  /**
   * The parts of bcs(SenderSignedData): vector of one, intent of three bytes, TransactionData, signatures. The client's BCS does not
   * know the system's kinds; what stands for their signatures is one of zeros (iotaledger/iota crates/iota-types/src/transaction.rs,
   * new_system_transaction).
   */
  function signed(rawTransaction: string): { data: Uint8Array; signatures: Uint8Array[] } {
    const raw = fromBase64(rawTransaction);
    expect([...raw.subarray(0, 4)]).toEqual([1, 0, 0, 0]);
    const isUsers = raw[5] === 0;
    if (!isUsers) {
      expect([...raw.subarray(-99)]).toEqual([1, 97, ...Array(97).fill(0)]);
      return { data: raw.subarray(4, -99), signatures: [raw.subarray(-97)] };
    }
    const [only] = bcs.SenderSignedData.parse(raw);
    return {
      data: bcs.TransactionData.serialize(only!.intentMessage.value).toBytes(),
      signatures: only!.txSignatures.map((signature) => fromBase64(signature)),
    };
  }

  it("a chain from genesis on, by pages both ways", async () => {
    const pages: number[] = [];
    const all = await everyPage<Checkpoint, string>(
      (cursor) => client.getCheckpoints({ cursor, limit: 2, descendingOrder: false }),
      pages,
    );
    const latest = Number(await client.getLatestCheckpointSequenceNumber());
    expect(all.map(({ sequenceNumber }) => Number(sequenceNumber))).toEqual(
      Array.from({ length: latest + 1 }, (_, n) => n),
    );
    expect(pages.slice(0, -1).every((length) => length === 2)).toBe(true);
    let transactions = 0;
    all.forEach((checkpoint, n) => {
      transactions += checkpoint.transactions.length;
      expect(checkpoint.previousDigest).toBe(all[n - 1]?.digest);
      expect(checkpoint.networkTotalTransactions).toBe(String(transactions));
      expect(BigInt(checkpoint.timestampMs)).toBeGreaterThanOrEqual(BigInt(all[n - 1]?.timestampMs ?? 0));
      expect(checkpoint.epoch).toBe("0");
    });
    const back = await everyPage<Checkpoint, string>((cursor) =>
      client.getCheckpoints({ cursor, limit: 3, descendingOrder: true }),
    );
    expect(back).toEqual([...all].reverse());
    expect(await client.getTotalTransactionBlocks()).toBe(BigInt(transactions));
  });

  it("the gas of an epoch adds up", async () => {
    const all = await everyPage<Checkpoint, string>((cursor) =>
      client.getCheckpoints({ cursor, limit: 100, descendingOrder: false }),
    );
    const total = { computationCost: 0n, computationCostBurned: 0n, storageCost: 0n, storageRebate: 0n };
    for (const { transactions, epochRollingGasCostSummary } of all) {
      const told = await client.multiGetTransactionBlocks({ digests: transactions, options: { showEffects: true } });
      for (const { effects } of told) {
        for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += BigInt(effects!.gasUsed[key]);
      }
      const expected = Object.entries(total).map(([key, value]) => [key, String(value)]);
      expect(epochRollingGasCostSummary).toMatchObject(Object.fromEntries(expected));
    }
  });

  /** iotaledger/iota crates/iota-types/src/error.rs, UserInputError::VerifiedCheckpointNotFound. */
  it("one that there is not", async () => {
    await expect(client.getCheckpoint({ id: "1000000" })).rejects.toThrow(
      "Verified checkpoint not found for sequence number: 1000000",
    );
  });
});

describe("the chain", () => {
  it("is named by its genesis", async () => {
    const { digest } = await client.getCheckpoint({ id: "0" });
    expect(await client.getChainIdentifier()).toBe(toHex(fromBase58(digest).subarray(0, 4)));
  });

  /** Values: iotaledger/iota crates/iota-protocol-config/src/snapshots/iota_protocol_config__test__version_38.snap. */
  it("follows protocol version 38", async () => {
    const config = await client.getProtocolConfig();
    expect(config.protocolVersion).toBe("38");
    expect(await client.getProtocolConfig({ version: "38" })).toEqual(config);
    expect(config.attributes).toMatchObject({
      max_tx_gas: { u64: "50000000000" },
      max_tx_size_bytes: { u64: "131072" },
      max_gas_price: { u64: "100000" },
      storage_gas_price: { u64: "76" },
      obj_data_cost_refundable: { u64: "100" },
      base_gas_price: { u64: "1000" },
    });
    expect(config.featureFlags).toMatchObject({ protocol_defined_base_fee: true, normalize_ptb_arguments: true });
    await expect(client.getProtocolConfig({ version: "39" })).rejects.toMatchObject({ code: -32602 });
  });

  it("has a gas price, an epoch and validators", async () => {
    expect(await client.getReferenceGasPrice()).toBe(1_000n);
    const state = await client.getLatestIotaSystemState();
    expect(state).toMatchObject({
      epoch: "0",
      protocolVersion: "38",
      referenceGasPrice: "1000",
      iotaTotalSupply: String(GENESIS_NANOS),
      safeMode: false,
    });
    expect(state.activeValidators.length).toBe(net.validators);
    expect(state.committeeMembers).toEqual(state.activeValidators);
    const { timestampMs } = await client.getCheckpoint({ id: "0" });
    expect(state.epochStartTimestampMs).toBe(timestampMs);
    const committee = await client.getCommitteeInfo();
    expect(committee.epoch).toBe("0");
    expect(committee.validators.map(([key]) => key)).toEqual(
      state.activeValidators.map(({ authorityPubkeyBytes }) => authorityPubkeyBytes),
    );
  });

  it("is in an epoch of a day: at its end the client's parallel executor waits for the next", async () => {
    const { epochStartTimestampMs, epochDurationMs } = await client.getLatestIotaSystemState();
    expect(Number(epochDurationMs)).toBe(24 * 60 * 60 * 1_000);
    expect(Number(epochStartTimestampMs)).toBeLessThanOrEqual(Date.now());
    expect(Number(epochStartTimestampMs) + Number(epochDurationMs)).toBeGreaterThan(Date.now());
  });

  it("tells what it can do", async () => {
    expect(await client.getRpcApiVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });
});
