/** Who is told of which transactions. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_SUBSCRIPTIONS, Subscriptions } from "../../../host/rpc/subscriptions.ts";
import { coin, numbered } from "../../support/objects.ts";
import { ALICE, BOB, Chain, type TestTransaction } from "./support.ts";

const MINE = coin({ id: numbered(0x11), owner: ALICE, balance: 1n });
const SENT = coin({ id: numbered(0x12), owner: BOB, balance: 1n });
const MERGED = coin({ id: numbered(0x13), owner: ALICE, balance: 1n });

const pays: TestTransaction = {
  sender: ALICE,
  written: [
    { object: MINE, owner: ALICE },
    { object: SENT, owner: BOB, created: true },
  ],
};
const merges: TestTransaction = {
  sender: ALICE,
  written: [{ object: MINE, owner: ALICE }],
  deleted: [{ object: MERGED }],
};
const others: TestTransaction = { sender: BOB, written: [{ object: SENT, owner: BOB }] };

const chain = new Chain();
let digests: string[] = [];
beforeAll(async () => {
  digests = await chain.checkpoint({ objects: [MINE, SENT, MERGED], transactions: [pays, merges, others] });
});
afterAll(() => chain.close());

const faults: unknown[] = [];
const fresh = (on = chain) => {
  const subscriptions = new Subscriptions(on.node, (_, error) => faults.push(error));
  // biome-ignore lint/suspicious/noExplicitAny: notifications as they came
  const told: any[] = [];
  const subscriber = subscriptions.connect((notification) => told.push(JSON.parse(notification)));
  return { subscriptions, told, subscriber };
};

const cases: [string, object, number[]][] = [
  ["the sender", { FromAddress: ALICE }, [0, 1]],
  ["a recipient, also of what was created", { ToAddress: BOB }, [0, 2]],
  ["sender and recipient", { FromAndToAddress: { from: ALICE, to: BOB } }, [0]],
  ["either", { FromOrToAddress: { addr: BOB } }, [0, 2]],
  ["an object that was changed or created", { ChangedObject: SENT.id }, [0, 2]],
  ["an object that went away", { ChangedObject: MERGED.id }, []],
  ["an input", { InputObject: MINE.id }, []],
  ["a kind", { TransactionKind: "ProgrammableTransaction" }, [0, 1, 2]],
  ["kinds", { TransactionKindIn: ["Genesis", "RandomnessStateUpdate"] }, []],
  ["several kinds", { TransactionKindIn: ["ProgrammableTransaction", "SystemTransaction"] }, [0, 1, 2]],
  ["the system's kinds", { TransactionKind: "SystemTransaction" }, []],
  ["a Move function", { MoveFunction: { package: "0x2" } }, []],
];

describe("subscriptions to transactions", () => {
  it.each(cases)("by %s tell what iotax_queryTransactionBlocks finds", async (_, filter, expected) => {
    const wanted = expected.map((i) => digests[i]);
    const page = await chain.call("iotax_queryTransactionBlocks", { filter });
    expect(page.data.map(({ digest }: { digest: string }) => digest)).toStrictEqual(wanted);

    const other = new Chain();
    const { told, subscriber } = fresh(other);
    const { result } = await other.answer("iotax_subscribeTransaction", [filter], subscriber);
    await other.checkpoint({ objects: [MINE, SENT, MERGED], transactions: [pays, merges, others] });
    expect(told.map(({ params }) => params.result.transactionDigest)).toStrictEqual(wanted);
    for (const { jsonrpc, method, params } of told) {
      expect({ jsonrpc, method }).toStrictEqual({ jsonrpc: "2.0", method: "iotax_subscribeTransaction" });
      expect(params.subscription).toBe(result);
    }
    await other.close();
  });

  it("are told the effects that a read of the transaction shows", async () => {
    const other = new Chain();
    const { told, subscriber } = fresh(other);
    await other.answer("iotax_subscribeTransaction", [{ FromAddress: ALICE }], subscriber);
    const [digest] = await other.checkpoint({ transactions: [pays] });
    const { effects } = await other.call("iota_getTransactionBlock", digest, { showEffects: true });
    expect(told[0].params.result).toStrictEqual(effects);
    await other.close();
  });

  it("end when they are ended, or their connection is, and the node is listened to no longer than that", async () => {
    const other = new Chain();
    const { told, subscriber, subscriptions } = fresh(other);
    const second: string[] = [];
    const another = subscriptions.connect((notification) => second.push(notification));
    const subscribe = (by: typeof subscriber) =>
      other.answer("iotax_subscribeTransaction", [{ FromAddress: ALICE }], by);
    const unsubscribe = (method: string, id: unknown) => other.answer(method, [id], subscriber);
    const { result: id } = await subscribe(subscriber);
    const { result: anothers } = await subscribe(another);
    expect(other.listeners).toBe(1);

    // Not another topic's, not another connection's, not one that never was.
    expect((await unsubscribe("iotax_unsubscribeEvent", id)).result).toBe(false);
    expect((await unsubscribe("iotax_unsubscribeTransaction", anothers)).result).toBe(false);
    expect((await unsubscribe("iotax_unsubscribeTransaction", 999)).result).toBe(false);
    expect((await unsubscribe("iotax_unsubscribeTransaction", id)).result).toBe(true);
    expect((await unsubscribe("iotax_unsubscribeTransaction", id)).result).toBe(false);

    await other.checkpoint({ transactions: [pays] });
    expect(told).toHaveLength(0);
    expect(second).toHaveLength(1);
    another.close();
    expect(other.listeners).toBe(0);
    expect(subscriptions.size).toBe(0);
    // Whoever is gone cannot begin again.
    expect((await subscribe(another)).error).toMatchObject({ code: -32603 });
    await other.close();
  });

  it("refuse checkpoints, filters that are none, and plain HTTP", async () => {
    const { subscriber } = fresh();
    for (const filter of [{ Checkpoint: "1" }, { WrappedOrDeletedObject: MINE.id }, {}, { Unheard: 1 }]) {
      const { error } = await chain.answer("iotax_subscribeTransaction", [filter], subscriber);
      expect(error).toMatchObject({ code: -32602, message: "Invalid params" });
    }
    expect(await chain.refusal("iotax_subscribeTransaction", { FromAddress: ALICE })).toMatchObject({ code: -32603 });
    expect(await chain.refusal("iotax_unsubscribeEvent", 1)).toMatchObject({ code: -32603 });
  });

  it("are as many as upstream's node allows", async () => {
    const { subscriber, subscriptions } = fresh();
    const subscribe = () => chain.answer("iotax_subscribeEvent", [{ Sender: ALICE }], subscriber);
    for (let i = 0; i < MAX_SUBSCRIPTIONS; i++) expect((await subscribe()).error).toBeUndefined();
    expect((await subscribe()).error).toMatchObject({ code: -32603, data: "Resources exhausted" });
    subscriber.close();
    expect(subscriptions.size).toBe(0);
  });

  it("never throw into the node's pipeline", async () => {
    const other = new Chain();
    const subscriptions = new Subscriptions(other.node, (_, error) => faults.push(error));
    const broken = subscriptions.connect(() => {
      throw new Error("the socket broke");
    });
    await other.answer("iotax_subscribeTransaction", [{ FromAddress: ALICE }], broken);
    await other.checkpoint({ transactions: [pays] });
    expect(faults.at(-1)).toMatchObject({ message: "the socket broke" });
    await other.close();
  });
});
