/** Whatever comes in ends in an answer, and is never the node's fault. */
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NodeUnavailable } from "../../../host/errors.ts";
import { Dispatcher } from "../../../host/rpc/dispatch.ts";
import type { Method } from "../../../host/rpc/method.ts";
import { METHODS } from "../../../host/rpc/methods/index.ts";
import { Sandbox } from "../../../host/sandbox.ts";
import { coin, moveObject, movePackage, numbered } from "../../support/objects.ts";
import { ALICE, BOB, Chain } from "./support.ts";

/** -32603 is upstream's answer to these, and no fault of the node: no WebSocket here, no such epoch. */
const INTERNAL_BY_DESIGN = /^iotax_(un)?subscribe|^iotax_getCommitteeInfo$/;

/** More of them with CAISSON_FUZZ_RUNS=10000, say. */
const RUNS = Number(process.env.CAISSON_FUZZ_RUNS ?? 60);

const chain = new Chain();
const faults: unknown[] = [];
let dispatcher: Dispatcher;
let digest: string;
beforeAll(async () => {
  const sandbox = await Sandbox.load(chain.node.environment, (id) => chain.store.object(id));
  const submit = () => Promise.reject(new NodeUnavailable("the node is starting"));
  dispatcher = new Dispatcher(
    METHODS,
    { node: { ...chain.node, sandbox, submit } },
    { fault: (method, error) => faults.push([method, error]), answered: () => undefined },
  );
  const mine = coin({ id: numbered(1), owner: ALICE, balance: 5n });
  const gone = coin({ id: numbered(2), owner: ALICE, balance: 5n });
  const strange = moveObject({ id: numbered(3), owner: { AddressOwner: ALICE }, type: "0x99::m::S" });
  const child = moveObject({
    id: numbered(4),
    owner: { ObjectOwner: numbered(1) },
    type: "0x2::dynamic_field::Field<u8, u8>",
    fields: Uint8Array.of(1, 2),
  });
  const objects = [mine, gone, strange, child, movePackage({ id: numbered(0x99) })];
  [digest] = (await chain.checkpoint({ objects, transactions: [{ sender: ALICE }] })) as [string];
  await chain.checkpoint({ deleted: [gone.id], version: 2n, transactions: [{ sender: BOB }] });
});
beforeEach(() => {
  faults.length = 0;
});
afterAll(() => chain.close());

const answer = async (text: string) => JSON.parse(await dispatcher.answer(text, { admit: () => true }));

/** Values that methods are made for, in all the wrong places too. */
const known = fc.constantFrom<unknown[]>(
  ...[
    ALICE,
    numbered(1),
    numbered(2),
    numbered(3),
    numbered(5),
    numbered(0x99),
    "0x6",
    "0x2::iota::IOTA",
    "0x2::coin::Coin<u8>",
  ],
  ...[
    "0",
    "1",
    0,
    1,
    50,
    51,
    -1,
    2 ** 53,
    "18446744073709551615",
    "18446744073709551616",
    true,
    null,
    "",
    "AAAA",
    "alice.iota",
  ],
  { showType: true, showContent: true, showBcs: true },
  { filter: { MatchAny: [{ StructType: "0x2::coin::Coin" }, { Version: "1" }] }, options: { showOwner: true } },
  {
    filter: { FromAddress: ALICE },
    options: { showInput: true, showEffects: true, showObjectChanges: true, showBalanceChanges: true },
  },
  ...[{ FromOrToAddress: { addr: BOB } }, { TransactionKind: "Genesis" }, { Sender: ALICE }, { type: "u8", value: 1 }],
  ...[[numbered(1), numbered(2)], [{ objectId: numbered(1), version: "1" }], ["u8"], []],
);

describe("every method", () => {
  it.each(METHODS.map((method): [string, Method] => [method.name, method]))(
    "%s answers anything",
    async (name, { params }) => {
      const value = fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });
      const byPosition = fc.array(value, { maxLength: Object.keys(params).length + 1 });
      const byName = fc.record(Object.fromEntries(Object.keys(params).map((param) => [param, value])), {
        requiredKeys: [],
      });
      await fc.assert(
        fc.asyncProperty(fc.oneof(byPosition, byName, fc.jsonValue({ maxDepth: 2 })), async (given) => {
          const response = await answer(JSON.stringify({ jsonrpc: "2.0", id: 7, method: name, params: given }));
          expect(faults).toStrictEqual([]);
          expect(response).toMatchObject({ jsonrpc: "2.0", id: 7 });
          expect("result" in response).toBe(!("error" in response));
          if ("error" in response) {
            expect(response.error).toMatchObject({ code: expect.any(Number), message: expect.any(String) });
            if (!INTERNAL_BY_DESIGN.test(name)) expect(response.error.code).not.toBe(-32603);
          }
        }),
        { numRuns: RUNS },
      );
    },
  );

  it("takes parameters by name as by position, in either case of names, and ignores what follows", async () => {
    const ask = async (params: unknown, method = "iotax_getOwnedObjects") =>
      (await answer(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))).result;
    const wanted = await ask([ALICE, null, null, 1]);
    expect(wanted.data).toHaveLength(1);
    expect(await ask({ address: ALICE, limit: 1 })).toStrictEqual(wanted);
    expect(await ask([ALICE, null, null, 1, "what", {}])).toStrictEqual(wanted);
    expect(await ask({ coinType: "0x2::iota::IOTA", owner: ALICE }, "iotax_getBalance")).toStrictEqual(
      await ask({ coin_type: "0x2::iota::IOTA", owner: ALICE }, "iotax_getBalance"),
    );
  });
});

describe("requests", () => {
  it.each<[string, unknown, object]>([
    ["nothing", "", { id: null, error: { code: -32700 } }],
    ["no JSON", "{", { id: null, error: { code: -32700 } }],
    ["a number", "1", { id: null, error: { code: -32600 } }],
    ["no method", { jsonrpc: "2.0", id: 4 }, { id: 4, error: { code: -32600 } }],
    ["another version", { jsonrpc: "1.0", id: 4, method: "x" }, { id: 4, error: { code: -32600 } }],
    ["no id", { jsonrpc: "2.0", method: "iota_getChainIdentifier" }, { id: null, error: { code: -32600 } }],
    ["an id that is none", { jsonrpc: "2.0", id: {}, method: "x" }, { id: null, error: { code: -32600 } }],
    ["a text as id", { jsonrpc: "2.0", id: "é", method: "x" }, { id: "é", error: { code: -32601 } }],
    [
      "params that are none",
      { jsonrpc: "2.0", id: 1, method: "iota_getObject", params: 3 },
      { error: { code: -32602 } },
    ],
    ["a method of every object", { jsonrpc: "2.0", id: 1, method: "constructor" }, { error: { code: -32601 } }],
    [
      "a parameter of every object",
      { jsonrpc: "2.0", id: 1, method: "iota_getObject", params: { __proto__: 1 } },
      { error: { code: -32602 } },
    ],
  ])("with %s are answered", async (_, body, expected) => {
    expect(await answer(typeof body === "string" ? body : JSON.stringify(body))).toMatchObject(expected);
  });

  it("of any text at all are answered", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" })), async (text) => {
        const response = await answer(text);
        for (const one of Array.isArray(response) ? response : [response])
          expect(one).toMatchObject({ jsonrpc: "2.0" });
      }),
    );
  });

  it("read transactions that there are", async () => {
    const { result } = await answer(
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "iota_getTransactionBlock", params: [digest] }),
    );
    expect(result).toMatchObject({ digest, checkpoint: "0" });
  });
});
