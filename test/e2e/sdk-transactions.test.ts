/** Transactions by the official client: read with every option, waited for, found by every filter, page by page. */
import { bcs } from "@iota/iota-sdk/bcs";
import type {
  IotaClient,
  IotaTransactionBlockResponse,
  IotaTransactionKind,
  TransactionFilterV2,
} from "@iota/iota-sdk/client";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, toBase58, toBase64 } from "@iota/iota-sdk/utils";
import { verifyTransactionSignature } from "@iota/iota-sdk/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { account, everyPage, referenceTo, succeed, TestNetwork } from "../support/network.ts";
import { numbered, signableDigest } from "../support/objects.ts";

/** Digests of one request: `QUERY_MAX_RESULT_LIMIT` of iotaledger/iota crates/iota-json-rpc-api/src/lib.rs. */
const MOST_AT_ONCE = 50;
const EVERY_OPTION = {
  showInput: true,
  showRawInput: true,
  showEffects: true,
  showEvents: true,
  showObjectChanges: true,
  showBalanceChanges: true,
  showRawEffects: true,
} as const;
type Option = keyof typeof EVERY_OPTION;

const alice = account("alice");
const bob = account("bob");
const carol = account("carol").toIotaAddress();
let net: TestNetwork;
let client: IotaClient;
let coins: string[];
let bobsCoins: string[];
/** By alice to carol, sponsored by bob, with signatures in that order. */
let sponsored: { digest: string; bytes: Uint8Array; signatures: string[]; executed: IotaTransactionBlockResponse };
/** By alice; took in her last coin. */
let merging: string;
/** Every transaction there is, oldest first. */
let ledger: IotaTransactionBlockResponse[];

beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
  coins = await net.fund(alice);
  bobsCoins = await net.fund(bob);
  await pay(alice, coins[0]!, bob.toIotaAddress());
  await pay(bob, bobsCoins[0]!, alice.toIotaAddress());
  await pay(bob, bobsCoins[0]!, carol);
  const merge = new Transaction();
  merge.setGasPayment([await referenceTo(client, coins[0]!)]);
  merge.mergeCoins(coins[1]!, [coins[4]!]);
  merging = (await succeed(client, alice, merge)).digest;
  sponsored = await sponsor();
  await fail();
  ledger = await everyPage<IotaTransactionBlockResponse, string>((cursor) =>
    client.queryTransactionBlocks({ cursor, options: EVERY_OPTION }),
  );
});
afterAll(() => net.stop());

async function pay(from: typeof alice, gas: string, to: string): Promise<void> {
  const transaction = new Transaction();
  transaction.setGasPayment([await referenceTo(client, gas)]);
  const [piece] = transaction.splitCoins(transaction.gas, [1n]);
  transaction.transferObjects([piece!], to);
  await succeed(client, from, transaction);
}

async function sponsor() {
  const transaction = new Transaction();
  transaction.setSender(alice.toIotaAddress());
  transaction.setGasOwner(bob.toIotaAddress());
  transaction.setGasPayment([await referenceTo(client, bobsCoins[1]!), await referenceTo(client, bobsCoins[2]!)]);
  const [piece] = transaction.splitCoins(coins[1]!, [77n]);
  transaction.transferObjects([piece!], carol);
  const bytes = await transaction.build({ client });
  const signed = [await alice.signTransaction(bytes), await bob.signTransaction(bytes)];
  const signatures = signed.map(({ signature }) => signature);
  const executed = await client.executeTransactionBlock({
    transactionBlock: bytes,
    signature: signatures,
    options: EVERY_OPTION,
  });
  return { digest: executed.digest, bytes, signatures, executed };
}

/** A transaction that is executed, and fails. */
async function fail(): Promise<void> {
  const transaction = new Transaction();
  transaction.setGasBudget(10_000_000n);
  transaction.setGasPayment([await referenceTo(client, coins[2]!)]);
  const [piece] = transaction.splitCoins(coins[3]!, [2n ** 63n]);
  transaction.transferObjects([piece!], carol);
  const { effects } = await client.signAndExecuteTransaction({
    signer: alice,
    transaction,
    options: { showEffects: true },
  });
  // Display of ExecutionError: iota-rust-sdk crates/iota-sdk-types/src/execution_status.rs
  expect(effects!.status).toEqual({
    status: "failure",
    error: "Error in 1st command, Insufficient coin balance for operation",
  });
}

describe("getTransactionBlock", () => {
  it("with every option is what execution answered", async () => {
    const { executed, digest } = sponsored;
    const read = await client.getTransactionBlock({ digest, options: EVERY_OPTION });
    const { confirmedLocalExecution, ...answered } = executed;
    expect(confirmedLocalExecution).toBe(true);
    expect(read).toMatchObject(answered);
    expect(read.checkpoint).toMatch(/^\d+$/);
    const { timestampMs } = await client.getCheckpoint({ id: read.checkpoint! });
    expect(read.timestampMs).toBe(timestampMs);
  });

  const MEMBERS: Readonly<Record<Option, string>> = {
    showInput: "transaction",
    showRawInput: "rawTransaction",
    showEffects: "effects",
    showEvents: "events",
    showObjectChanges: "objectChanges",
    showBalanceChanges: "balanceChanges",
    showRawEffects: "rawEffects",
  };
  it.each(Object.entries(MEMBERS))("%s adds %s", async (option, member) => {
    const all = await client.getTransactionBlock({ digest: merging, options: EVERY_OPTION });
    const one = await client.getTransactionBlock({ digest: merging, options: { [option]: true } });
    expect(Object.keys(one).sort()).toEqual(["checkpoint", "digest", "timestampMs", member].sort());
    expect(one).toEqual(Object.fromEntries(Object.entries(all).filter(([name]) => name in one)));
  });

  it("without any says where it is and nothing else", async () => {
    const plain = await client.getTransactionBlock({ digest: merging });
    expect(Object.keys(plain).sort()).toEqual(["checkpoint", "digest", "timestampMs"]);
  });

  it("the raw bytes are those that were sent, signatures and all", async () => {
    const { rawTransaction } = await client.getTransactionBlock({
      digest: sponsored.digest,
      options: { showRawInput: true },
    });
    const [signed, ...more] = bcs.SenderSignedData.parse(fromBase64(rawTransaction!));
    expect(more).toEqual([]);
    expect(signed!.txSignatures).toEqual(sponsored.signatures);
    const value = bcs.TransactionData.serialize(signed!.intentMessage.value).toBytes();
    expect(toBase64(value)).toBe(toBase64(sponsored.bytes));
    expect(toBase58(signableDigest("TransactionData", value))).toBe(sponsored.digest);
    for (const [index, signer] of [alice, bob].entries()) {
      const key = await verifyTransactionSignature(value, signed!.txSignatures[index]!);
      expect(key.toIotaAddress()).toBe(signer.toIotaAddress());
    }
  });

  it("the raw effects are those that are shown", async () => {
    for (const { rawEffects, effects, digest } of ledger) {
      const { V1: raw } = bcs.TransactionEffects.parse(Uint8Array.from(rawEffects!));
      expect(raw.transactionDigest).toBe(digest);
      expect(raw.gasUsed).toEqual(effects!.gasUsed);
      expect(raw.executedEpoch).toBe(effects!.executedEpoch);
      expect(raw.dependencies).toEqual(effects!.dependencies ?? []);
      expect(raw.status.$kind === "Success" ? "success" : "failure").toBe(effects!.status.status);
      const written = raw.changedObjects.flatMap(([id, { outputState }]) =>
        outputState.ObjectWrite ? [[id, raw.lamportVersion, outputState.ObjectWrite[0]]] : [],
      );
      const shown = [...(effects!.created ?? []), ...(effects!.mutated ?? [])].map(({ reference }) => [
        reference.objectId,
        String(reference.version),
        reference.digest,
      ]);
      expect(shown.sort()).toEqual(written.sort());
    }
  });

  /** iotaledger/iota crates/iota-types/src/error.rs, IotaError::TransactionNotFound; crates/iota-json-rpc/src/error.rs for its code. */
  it("one that there is not", async () => {
    const digest = toBase58(new Uint8Array(32).fill(5));
    await expect(client.getTransactionBlock({ digest })).rejects.toMatchObject({
      code: -32602,
      message: `Could not find the referenced transaction [${digest}]`,
    });
  });

  it("several at once, in the order asked for", async () => {
    const newest = [...ledger].reverse().slice(0, MOST_AT_ONCE);
    const digests = newest.map(({ digest }) => digest);
    const found = await client.multiGetTransactionBlocks({ digests, options: EVERY_OPTION });
    expect(found).toEqual(newest);
  });

  it("all there are", async () => {
    expect(await client.getTotalTransactionBlocks()).toBe(BigInt(ledger.length));
  });
});

describe("waitForTransaction", () => {
  it.each(["checkpoint", "indexed-on-node"] as const)("until it is there (%s)", async (waitMode) => {
    const signer = account(`waiting for ${waitMode}`);
    await net.fund(signer);
    const transaction = new Transaction();
    transaction.setSender(signer.toIotaAddress());
    transaction.transferObjects([transaction.gas], carol);
    const bytes = await transaction.build({ client });
    const digest = await transaction.getDigest({ client });
    const waiting = client.waitForTransaction({ digest, waitMode, pollInterval: 20, options: { showEffects: true } });
    const { signature } = await signer.signTransaction(bytes);
    await client.executeTransactionBlock({ transactionBlock: bytes, signature });
    expect((await waiting).effects!.transactionDigest).toBe(digest);
  });

  it("gives up in time", async () => {
    const digest = toBase58(new Uint8Array(32).fill(6));
    await expect(client.waitForTransaction({ digest, timeout: 100, pollInterval: 20 })).rejects.toThrow(/timeout/i);
  });
});

describe("queryTransactionBlocks", () => {
  type Predicate = (transaction: IotaTransactionBlockResponse) => boolean;
  const find = (filter: TransactionFilterV2 | null, order: "ascending" | "descending" = "ascending", limit = 50) =>
    everyPage<IotaTransactionBlockResponse, string>((cursor) =>
      client.queryTransactionBlocks({ filter, order, limit, cursor }),
    );
  const digestsOf = (found: readonly IotaTransactionBlockResponse[]) => found.map(({ digest }) => digest);
  /** Only those that were there when the ledger was read. */
  const known = (found: readonly IotaTransactionBlockResponse[]) =>
    digestsOf(found).filter((digest) => ledger.some((each) => each.digest === digest));
  const matching = (predicate: Predicate) => digestsOf(ledger.filter(predicate));

  /** What the filters mean: iotaledger/iota crates/iota-core/src/authority.rs (index_tx) and crates/iota-storage/src/indexes.rs. */
  const kindOf: (t: IotaTransactionBlockResponse) => IotaTransactionKind = (t) => t.transaction!.data.transaction.kind;
  const by =
    (sender: string): Predicate =>
    ({ transaction }) =>
      transaction!.data.sender === sender;
  const to =
    (address: string): Predicate =>
    ({ effects }) =>
      [...(effects!.created ?? []), ...(effects!.mutated ?? []), ...(effects!.unwrapped ?? [])].some(
        ({ owner }) => typeof owner === "object" && "AddressOwner" in owner && owner.AddressOwner === address,
      );
  const takes =
    (id: string): Predicate =>
    ({ transaction }) => {
      const { gasData, transaction: kind } = transaction!.data;
      if (kind.kind === "ConsensusCommitPrologueV1") return id === numbered(6);
      if (kind.kind !== "ProgrammableTransaction") return false;
      const inputs = kind.inputs.flatMap((input) => (input.type === "object" ? [input.objectId] : []));
      return [...inputs, ...gasData.payment.map(({ objectId }) => objectId)].includes(id);
    };
  const writes =
    (id: string): Predicate =>
    ({ effects }) =>
      [...(effects!.created ?? []), ...(effects!.mutated ?? []), ...(effects!.unwrapped ?? [])].some(
        ({ reference }) => reference.objectId === id,
      );
  const removes =
    (id: string): Predicate =>
    ({ effects }) =>
      [...(effects!.deleted ?? []), ...(effects!.wrapped ?? [])].some(({ objectId }) => objectId === id);

  const a = alice.toIotaAddress();
  const b = bob.toIotaAddress();
  const programmable: Predicate = (t) => kindOf(t) === "ProgrammableTransaction";
  const filters = (): readonly (readonly [TransactionFilterV2 | null, Predicate])[] => [
    [null, () => true],
    [{ FromAddress: a }, by(a)],
    [{ ToAddress: carol }, to(carol)],
    [{ FromAndToAddress: { from: b, to: a } }, (t) => by(b)(t) && to(a)(t)],
    [{ FromOrToAddress: { addr: b } }, (t) => by(b)(t) || to(b)(t)],
    [{ InputObject: coins[1]! }, takes(coins[1]!)],
    [{ InputObject: bobsCoins[2]! }, takes(bobsCoins[2]!)],
    [{ InputObject: "0x6" }, takes(numbered(6))],
    [{ ChangedObject: coins[1]! }, writes(coins[1]!)],
    [{ ChangedObject: coins[4]! }, writes(coins[4]!)],
    [{ WrappedOrDeletedObject: coins[4]! }, removes(coins[4]!)],
    [{ WrappedOrDeletedObject: coins[1]! }, removes(coins[1]!)],
    [{ Checkpoint: "0" }, (t) => t.checkpoint === "0"],
    [{ Checkpoint: "3" }, (t) => t.checkpoint === "3"],
    [{ TransactionKind: "ProgrammableTransaction" }, programmable],
    [{ TransactionKind: "Genesis" }, (t) => kindOf(t) === "Genesis"],
    [{ TransactionKind: "ConsensusCommitPrologueV1" }, (t) => kindOf(t) === "ConsensusCommitPrologueV1"],
    [{ TransactionKind: "EndOfEpochTransaction" }, () => false],
    // "can be used to filter for all types of system transactions": crates/iota-indexer/src/read.rs
    [{ TransactionKind: "SystemTransaction" }, (t) => !programmable(t)],
    [{ TransactionKindIn: ["Genesis", "ProgrammableTransaction"] }, (t) => kindOf(t) === "Genesis" || programmable(t)],
    [{ MoveFunction: { package: "0x2" } }, () => false],
  ];

  it("by every filter, both ways", async () => {
    for (const [filter, predicate] of filters()) {
      const expected = matching(predicate);
      expect({ filter, found: known(await find(filter)) }).toEqual({ filter, found: expected });
      const back = known(await find(filter, "descending"));
      expect({ filter, back }).toEqual({ filter, back: [...expected].reverse() });
    }
  });

  it.each([1, 2, 3])("by pages of %d", async (limit) => {
    const pages: number[] = [];
    const filter = { FromOrToAddress: { addr: a } };
    const found = await everyPage<IotaTransactionBlockResponse, string>(
      (cursor) => client.queryTransactionBlocks({ filter, limit, cursor }),
      pages,
    );
    expect(known(found)).toEqual(matching((t) => by(a)(t) || to(a)(t)));
    expect(pages.slice(0, -1).every((length) => length === limit)).toBe(true);
  });

  it("with every option is what reading each gives", async () => {
    const { data } = await client.queryTransactionBlocks({ filter: { FromAddress: a }, options: EVERY_OPTION });
    for (const found of data) {
      expect(found).toEqual(await client.getTransactionBlock({ digest: found.digest, options: EVERY_OPTION }));
    }
  });

  it("events: there are none", async () => {
    expect(await client.queryEvents({ query: { Sender: a } })).toMatchObject({ data: [], hasNextPage: false });
  });
});
