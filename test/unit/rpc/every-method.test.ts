/**
 * The official client calls every method it has, of a real node over HTTP and a WebSocket; what comes over the wire has upstream's
 * published shape. What the flows of users need beyond that is in test/e2e.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IotaClient, IotaHTTPTransport } from "@iota/iota-sdk/client";
import { requestIotaFromFaucetV0 } from "@iota/iota-sdk/faucet";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Transaction } from "@iota/iota-sdk/transactions";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { Localnet } from "../../../host/localnet.ts";
import * as shape from "./shapes.ts";

const folder = mkdtempSync(join(tmpdir(), "caisson-methods-"));
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const EVERYTHING = {
  showType: true,
  showOwner: true,
  showPreviousTransaction: true,
  showDisplay: true,
  showContent: true,
  showBcs: true,
  showStorageRebate: true,
};
const WHOLE = {
  showInput: true,
  showRawInput: true,
  showEffects: true,
  showEvents: true,
  showObjectChanges: true,
  showBalanceChanges: true,
  showRawEffects: true,
};

const keypair = new Ed25519Keypair();
const owner = keypair.toIotaAddress();
/** Result of the last request of each method, as it came over the wire. */
const heard = new Map<string, unknown>();
const told: unknown[] = [];

let net: Localnet;
let client: IotaClient;
let coin: string;
let merged: string;
let digest: string;
let bytes: Uint8Array;

beforeAll(async () => {
  net = await Localnet.start({
    folder,
    fresh: false,
    hostname: "127.0.0.1",
    rpcPort: 0,
    faucetPort: 0,
    heartbeatMs: 10_000,
    log: SILENT,
  });
  const transport = new IotaHTTPTransport({
    url: net.rpc.url,
    WebSocketConstructor: WebSocket as never,
    websocket: { url: net.rpc.url, maxReconnects: 0 },
  });
  const request = transport.request.bind(transport);
  transport.request = async <T>(input: Parameters<typeof request>[0]): Promise<T> => {
    const result = await request<T>(input);
    heard.set(input.method, result);
    return result;
  };
  const subscribe = transport.subscribe.bind(transport);
  transport.subscribe = async (input) => {
    const end = await subscribe(input);
    heard.set(input.method, true);
    return end;
  };
  client = new IotaClient({ transport });
  await requestIotaFromFaucetV0({ host: net.faucet.url, recipient: owner });
  await client.subscribeTransaction({ filter: { FromAddress: owner }, onMessage: (effects) => told.push(effects) });
  await client.subscribeEvent({ filter: { Sender: owner }, onMessage: (event) => told.push(event) });
  const { data } = await client.getCoins({ owner });
  coin = data[0]!.coinObjectId;
  merged = data[1]!.coinObjectId;
  const transaction = new Transaction();
  transaction.setSender(owner);
  const [part] = transaction.splitCoins(transaction.gas, [1_000]);
  transaction.mergeCoins(coin, [merged]);
  transaction.transferObjects([part!], `0x${"ca".repeat(32)}`);
  bytes = await transaction.build({ client });
  const { signature } = await keypair.signTransaction(bytes);
  const executed = await client.executeTransactionBlock({ transactionBlock: bytes, signature, options: WHOLE });
  ({ digest } = executed);
});
afterAll(async () => {
  await net.stop();
  rmSync(folder, { recursive: true });
});

interface Case {
  readonly call: () => Promise<unknown>;
  readonly shape: v.GenericSchema;
}

const works = (call: () => Promise<unknown>, schema: v.GenericSchema): Case => ({ call, shape: schema });

const cases: Readonly<Record<string, Case>> = {
  iota_devInspectTransactionBlock: works(
    () => client.devInspectTransactionBlock({ sender: owner, transactionBlock: inspected() }),
    shape.devInspect,
  ),
  iota_dryRunTransactionBlock: works(async () => {
    const transaction = new Transaction();
    transaction.setSender(owner);
    transaction.transferObjects([transaction.splitCoins(transaction.gas, [7])], `0x${"cb".repeat(32)}`);
    return client.dryRunTransactionBlock({ transactionBlock: await transaction.build({ client }) });
  }, shape.dryRun),
  iota_executeTransactionBlock: works(async () => {
    const { signature } = await keypair.signTransaction(bytes);
    return client.executeTransactionBlock({ transactionBlock: bytes, signature, options: WHOLE });
  }, shape.transactionResponse),
  iota_getChainIdentifier: works(() => client.getChainIdentifier(), v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/))),
  iota_getCheckpoint: works(() => client.getCheckpoint({ id: "0" }), shape.checkpoint),
  iota_getCheckpoints: works(() => client.getCheckpoints({ descendingOrder: true, limit: 2 }), shape.checkpointPage),
  iota_getLatestCheckpointSequenceNumber: works(() => client.getLatestCheckpointSequenceNumber(), shape.bigInt),
  iota_getObject: works(() => client.getObject({ id: coin, options: EVERYTHING }), shape.objectResponse),
  iota_getProtocolConfig: works(() => client.getProtocolConfig(), shape.protocolConfig),
  iota_getTotalTransactionBlocks: works(() => client.getTotalTransactionBlocks(), shape.bigInt),
  iota_getTransactionBlock: works(
    () => client.getTransactionBlock({ digest, options: WHOLE }),
    shape.transactionResponse,
  ),
  iota_isTransactionIndexedOnNode: works(() => client.isTransactionIndexedOnNode({ digest }), v.literal(true)),
  iota_multiGetObjects: works(
    () => client.multiGetObjects({ ids: [coin, merged, "0x6", `0x${"f".repeat(64)}`], options: EVERYTHING }),
    v.array(shape.objectResponse),
  ),
  iota_multiGetTransactionBlocks: works(
    () => client.multiGetTransactionBlocks({ digests: [digest], options: WHOLE }),
    v.array(shape.transactionResponse),
  ),
  iota_tryGetPastObject: works(
    () => client.tryGetPastObject({ id: coin, version: 2, options: EVERYTHING }),
    shape.objectRead,
  ),
  iotax_getAllBalances: works(() => client.getAllBalances({ owner }), v.array(shape.balance)),
  iotax_getAllCoins: works(() => client.getAllCoins({ owner, limit: 2 }), shape.coinPage),
  iotax_getAllEpochAddressMetrics: works(() => client.getAllEpochAddressMetrics(), v.array(shape.addressMetrics)),
  iotax_getBalance: works(() => client.getBalance({ owner }), shape.balance),
  iotax_getCheckpointAddressMetrics: works(
    () => client.getCheckpointAddressMetrics({ checkpoint: "1" }),
    shape.addressMetrics,
  ),
  iotax_getCirculatingSupply: works(() => client.getCirculatingSupply(), shape.circulatingSupply),
  iotax_getCoinMetadata: works(() => client.getCoinMetadata({ coinType: "0x2::iota::IOTA" }), shape.coinMetadata),
  iotax_getCoins: works(() => client.getCoins({ owner }), shape.coinPage),
  iotax_getCommitteeInfo: works(() => client.getCommitteeInfo({ epoch: "0" }), shape.committee),
  iotax_getCurrentEpoch: works(() => client.getCurrentEpoch(), shape.epoch),
  iotax_getDynamicFieldObject: works(
    () => client.getDynamicFieldObjectV1({ parentId: coin, name: { type: "u64", value: "1" } }),
    shape.objectResponse,
  ),
  iotax_getDynamicFieldObjectV2: works(
    () => client.getDynamicFieldObject({ parentObjectId: coin, name: { type: "u64", value: "1" } }),
    shape.objectResponse,
  ),
  iotax_getDynamicFields: works(() => client.getDynamicFields({ parentId: coin }), shape.emptyObjectsPage),
  iotax_getEpochMetrics: works(() => client.getEpochMetrics(), shape.epochMetricsPage),
  iotax_getEpochs: works(() => client.getEpochs(), shape.epochPage),
  iotax_getLatestAddressMetrics: works(() => client.getAddressMetrics(), shape.addressMetrics),
  iotax_getLatestIotaSystemState: works(() => client.getLatestIotaSystemStateV1(), shape.systemStateV1),
  iotax_getLatestIotaSystemStateV2: works(() => client.getLatestIotaSystemState(), shape.systemStateV2),
  iotax_getMoveCallMetrics: works(() => client.getMoveCallMetrics(), shape.moveCallMetrics),
  iotax_getNetworkMetrics: works(() => client.getNetworkMetrics(), shape.networkMetrics),
  iotax_getOwnedObjects: works(() => client.getOwnedObjects({ owner, options: EVERYTHING }), shape.objectsPage),
  iotax_getParticipationMetrics: works(() => client.getParticipationMetrics(), shape.participation),
  iotax_getReferenceGasPrice: works(() => client.getReferenceGasPrice(), shape.bigInt),
  iotax_getStakes: works(() => client.getStakes({ owner }), v.tuple([])),
  iotax_getStakesByIds: works(() => client.getStakesByIds({ stakedIotaIds: [] }), v.tuple([])),
  iotax_getTimelockedStakes: works(() => client.getTimelockedStakes({ owner }), v.tuple([])),
  iotax_getTimelockedStakesByIds: works(
    () => client.getTimelockedStakesByIds({ timelockedStakedIotaIds: [] }),
    v.tuple([]),
  ),
  iotax_getTotalSupply: works(() => client.getTotalSupply({ coinType: "0x2::iota::IOTA" }), shape.supply),
  iotax_getTotalTransactions: works(() => client.getTotalTransactions(), shape.bigInt),
  iotax_getValidatorsApy: works(() => client.getValidatorsApy(), shape.apys),
  iotax_iotaNamesFindAllRegistrationNFTs: works(
    () => client.iotaNamesFindAllRegistrationNFTs({ address: owner }),
    shape.emptyObjectsPage,
  ),
  iotax_iotaNamesLookup: works(() => client.iotaNamesLookup({ name: "alice.iota" }), v.null()),
  iotax_iotaNamesReverseLookup: works(() => client.iotaNamesReverseLookup({ address: owner }), v.null()),
  iotax_queryEvents: works(() => client.queryEvents({ query: { Sender: owner } }), shape.eventPage),
  iotax_queryTransactionBlocks: works(
    () => client.queryTransactionBlocks({ filter: { FromAddress: owner }, options: WHOLE, order: "descending" }),
    shape.transactionsPage,
  ),
};

/** Methods that need a Move package, and what the client hears instead. */
const NO_PACKAGE = `Package object does not exist with ID 0x${"2".padStart(64, "0")}`;
const coin2 = { package: "0x2", module: "coin" };
const refused: Readonly<Record<string, { call: () => Promise<unknown>; code: number; message: string }>> = {
  iota_getMoveFunctionArgTypes: {
    call: () => client.getMoveFunctionArgTypes({ ...coin2, function: "value" }),
    code: -32602,
    message: NO_PACKAGE,
  },
  iota_getNormalizedMoveFunction: {
    call: () => client.getNormalizedMoveFunction({ ...coin2, function: "value" }),
    code: -32602,
    message: NO_PACKAGE,
  },
  iota_getNormalizedMoveModule: {
    call: () => client.getNormalizedMoveModule(coin2),
    code: -32602,
    message: NO_PACKAGE,
  },
  iota_getNormalizedMoveModulesByPackage: {
    call: () => client.getNormalizedMoveModulesByPackage({ package: "0x6" }),
    code: -32602,
    message: `Object is not a package with ID 0x${"6".padStart(64, "0")}`,
  },
  iota_getNormalizedMoveStruct: {
    call: () => client.getNormalizedMoveStruct({ ...coin2, struct: "Coin" }),
    code: -32602,
    message: NO_PACKAGE,
  },
  iota_view: {
    call: () => client.view({ functionName: "0x2::clock::timestamp_ms", arguments: ["0x6"] }),
    code: -32600,
    message: "Unsupported Feature: view functions need a Move virtual machine, which this node does not have",
  },
};

function inspected(): Transaction {
  const transaction = new Transaction();
  transaction.transferObjects([transaction.splitCoins(transaction.gas, [7])], owner);
  return transaction;
}

describe("the official client's", () => {
  it.each(Object.entries(cases))("%s answers in upstream's shape", async (name, { call, shape: schema }) => {
    await call();
    const result = v.safeParse(schema, heard.get(name));
    expect(result.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`) ?? []).toStrictEqual([]);
  });

  it.each(Object.entries(refused))("%s is refused for want of Move packages", async (_, { call, code, message }) => {
    await expect(call()).rejects.toMatchObject({ code, message });
  });

  it("subscriptions are told each transaction, with the effects that a read shows, and no event", async () => {
    await expect.poll(() => told.length).toBe(1);
    const { effects } = await client.getTransactionBlock({ digest, options: { showEffects: true } });
    expect(told[0]).toStrictEqual(effects);
    expect(v.is(shape.effects, told[0])).toBe(true);
  });

  it("methods were all called: 58", () => {
    const subscribed = ["iotax_subscribeEvent", "iotax_subscribeTransaction"];
    for (const name of [...Object.keys(cases), ...subscribed]) expect([...heard.keys()]).toContain(name);
    expect(new Set([...Object.keys(cases), ...Object.keys(refused), ...subscribed]).size).toBe(58);
  });
});
