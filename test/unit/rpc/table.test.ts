/** The table of methods in host/rpc/README.md, so that it cannot lie: against the methods served, and the client's own. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { METHODS } from "../../../host/rpc/methods/index.ts";
import { openRpcDocument } from "../../../host/rpc/openrpc.ts";
import { Chain } from "./support.ts";

const SDK_METHODS = 58;
const KINDS = ["works", "works but for Move", "deviates"];

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly note: string;
}

const readme = readFileSync(new URL("../../../host/rpc/README.md", import.meta.url), "utf8");
const rows: readonly Row[] = [...readme.matchAll(/^\| `([a-zA-Z0-9_.]+)` \| ([^|]*) \| ([^|]*)\|$/gm)].map(
  ([, name, kind, note]) => ({ name: name!, kind: kind!, note: note!.trim() }),
);

/** Every method name in the client's code: it calls methods by nothing but literals. */
function namesInSdk(): readonly string[] {
  const entry = createRequire(import.meta.url).resolve("@iota/iota-sdk/client");
  const code = readFileSync(join(dirname(entry), "client.js"), "utf8");
  return [...new Set([...code.matchAll(/"((?:iotax?_|rpc\.)[a-zA-Z]+[a-zA-Z0-9]*)"/g)].map(([, name]) => name!))];
}

const chain = new Chain();
afterAll(() => chain.close());

describe("the table of methods", () => {
  it("has every method that is served, once, and no other", () => {
    const served = [...METHODS.map(({ name }) => name), "rpc.discover"];
    expect(rows.map(({ name }) => name).sort()).toStrictEqual(served.sort());
  });

  it("begins with the methods that the official client calls", () => {
    const called = namesInSdk().filter((name) => !/^iotax_unsubscribe|^rpc\./.test(name));
    expect(called).toHaveLength(SDK_METHODS);
    expect(rows.slice(0, SDK_METHODS).map(({ name }) => name)).toStrictEqual(called.sort());
    const served = new Set(rows.map(({ name }) => name));
    expect(namesInSdk().filter((name) => !served.has(name))).toStrictEqual([]);
  });

  it("says of each what it is, and how it deviates", () => {
    for (const { name, kind, note } of rows) {
      expect(KINDS, name).toContain(kind);
      if (kind === "deviates") expect(note, name).not.toBe("");
    }
  });

  it("is what rpc.discover lists, with parameters as upstream declares them", async () => {
    const { methods } = openRpcDocument(METHODS, "0") as { methods: { name: string; params: object[] }[] };
    expect(methods.map(({ name }) => name)).toStrictEqual(METHODS.map(({ name }) => name).sort());
    // Names and order of parameters of iotaledger/iota crates/iota-open-rpc/spec/openrpc.json, and whether they are required.
    const declared = Object.fromEntries(
      METHODS.map(({ name, params }) => [
        name,
        Object.entries(params).map(([param, { required }]) => (required ? param : `${param}?`)),
      ]),
    );
    expect(declared).toMatchObject({
      iota_devInspectTransactionBlock: ["sender_address", "tx_bytes", "gas_price?", "epoch?", "additional_args?"],
      iota_dryRunTransactionBlock: ["tx_bytes"],
      iota_executeTransactionBlock: ["tx_bytes", "signatures", "options?", "request_type?"],
      iota_getChainIdentifier: [],
      iota_getCheckpoint: ["id"],
      iota_getCheckpoints: ["cursor?", "limit?", "descending_order"],
      iota_getEvents: ["transaction_digest"],
      iota_getLatestCheckpointSequenceNumber: [],
      iota_getMoveFunctionArgTypes: ["package", "module", "function"],
      iota_getNormalizedMoveFunction: ["package", "module_name", "function_name"],
      iota_getNormalizedMoveModule: ["package", "module_name"],
      iota_getNormalizedMoveModulesByPackage: ["package"],
      iota_getNormalizedMoveStruct: ["package", "module_name", "struct_name"],
      iota_getObject: ["object_id", "options?"],
      iota_getProtocolConfig: ["version?"],
      iota_getTotalTransactionBlocks: [],
      iota_getTransactionBlock: ["digest", "options?"],
      iota_multiGetObjects: ["object_ids", "options?"],
      iota_multiGetTransactionBlocks: ["digests", "options?"],
      iota_tryGetPastObject: ["object_id", "version", "options?"],
      iota_tryMultiGetPastObjects: ["past_objects", "options?"],
      iotax_getAllBalances: ["owner"],
      iotax_getAllCoins: ["owner", "cursor?", "limit?"],
      iotax_getBalance: ["owner", "coin_type?"],
      iotax_getCoinMetadata: ["coin_type"],
      iotax_getCoins: ["owner", "coin_type?", "cursor?", "limit?"],
      iotax_getCommitteeInfo: ["epoch?"],
      iotax_getDynamicFieldObject: ["parent_object_id", "name"],
      iotax_getDynamicFields: ["parent_object_id", "cursor?", "limit?"],
      iotax_getLatestIotaSystemState: [],
      iotax_getOwnedObjects: ["address", "query?", "cursor?", "limit?"],
      iotax_getReferenceGasPrice: [],
      iotax_getStakes: ["owner"],
      iotax_getStakesByIds: ["staked_iota_ids"],
      iotax_getTimelockedStakes: ["owner"],
      iotax_getTimelockedStakesByIds: ["timelocked_staked_iota_ids"],
      iotax_getTotalSupply: ["coin_type"],
      iotax_getValidatorsApy: [],
      iotax_queryEvents: ["query", "cursor?", "limit?", "descending_order?"],
      iotax_queryTransactionBlocks: ["query", "cursor?", "limit?", "descending_order?"],
      iotax_subscribeEvent: ["filter"],
      iotax_subscribeTransaction: ["filter"],
    });
  });
});
