/** Dev inspect by the official client: what each command came to, with all checks and with nearly none. */
import { bcs } from "@iota/iota-sdk/bcs";
import type { DevInspectResults, IotaClient } from "@iota/iota-sdk/client";
import { Transaction } from "@iota/iota-sdk/transactions";
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { account, TestNetwork } from "../support/network.ts";

const IOTA_COIN = "0x2::coin::Coin<0x2::iota::IOTA>";
const Coin = bcs.struct("Coin", { id: bcs.Address, balance: bcs.u64() });

const alice = account("alice");
const bob = account("bob").toIotaAddress();
let net: TestNetwork;
let client: IotaClient;
let coins: string[];

beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
  coins = await net.fund(alice);
});
afterAll(() => net.stop());

const sender = alice.toIotaAddress();
const coin = (bytes: number[]) => Coin.parse(Uint8Array.from(bytes));

describe("dev inspect", () => {
  it("returns what SplitCoins, MergeCoins, MakeMoveVec and TransferObjects come to", async () => {
    const transaction = new Transaction();
    const [piece] = transaction.splitCoins(coins[1]!, [7n]);
    transaction.mergeCoins(piece!, [coins[2]!]);
    const vector = transaction.makeMoveVec({ elements: [1n, 2n].map((n) => transaction.pure.u64(n)), type: "u64" });
    void vector;
    transaction.transferObjects([piece!], bob);
    const balance = async (id: string) => {
      const object = await client.getObject({ id, options: { showBcs: true } });
      if (object.data?.bcs?.dataType !== "moveObject") throw new Error(id);
      return BigInt(Coin.fromBase64(object.data.bcs.bcsBytes).balance);
    };
    const { effects, results, error } = await client.devInspectTransactionBlock({
      sender,
      transactionBlock: transaction,
    });
    expect(error).toBeUndefined();
    expect(effects.status).toEqual({ status: "success" });
    expect(results).toHaveLength(4);
    const [split, merge, made, transfer] = results!;
    const [argument, bytes, type] = split!.mutableReferenceOutputs![0]!;
    expect([argument, type]).toEqual([{ Input: 0 }, IOTA_COIN]);
    expect(coin(bytes)).toEqual({ id: coins[1], balance: String((await balance(coins[1]!)) - 7n) });
    const [splitOff, splitType] = split!.returnValues![0]!;
    expect(splitType).toBe(IOTA_COIN);
    expect(coin(splitOff).balance).toBe("7");
    expect(effects.created?.map(({ reference }) => reference.objectId)).toContain(coin(splitOff).id);

    const [[into, merged]] = merge!.mutableReferenceOutputs as [[unknown, number[], string]];
    expect(into).toEqual({ NestedResult: [0, 0] });
    expect(coin(merged)).toEqual({ id: coin(splitOff).id, balance: String((await balance(coins[2]!)) + 7n) });
    expect(merge).not.toHaveProperty("returnValues");

    const both = [...bcs.vector(bcs.u64()).serialize([1n, 2n]).toBytes()];
    expect(made).toEqual({ returnValues: [[both, "vector<u64>"]] });
    expect(transfer).toEqual({});
  });

  it("makes the checks of a transaction when it is told to", async () => {
    const loose = new Transaction();
    loose.splitCoins(coins[1]!, [7n]);
    const kind = toBase64(await loose.build({ client, onlyTransactionKind: true }));
    // The client takes these arguments and does not send them.
    const inspect = (skipChecks: boolean, from = sender) =>
      client.call<DevInspectResults>("iota_devInspectTransactionBlock", [
        from,
        kind,
        null,
        null,
        { skipChecks, gasBudget: "10000000" },
      ]);
    const skipped = await inspect(true);
    expect(skipped.effects.status.status).toBe("success");
    expect(skipped.results?.[0]?.returnValues).toHaveLength(1);
    const checked = await inspect(false);
    expect(checked.error).toMatch(/unused result without the drop ability/i);
    expect(checked).not.toHaveProperty("results");
    expect((await inspect(true, bob)).results).toHaveLength(1);
    await expect(inspect(false, bob)).rejects.toThrow(/not signed by the correct sender|owned by/i);
  });
});
