/**
 * Transactions that are executed, paid for, and fail; and those that come too late for their objects. Sentences are of iota-rust-sdk
 * crates/iota-sdk-types/src/execution_status.rs (Display), before them crates/iota-json-rpc-types/src/iota_transaction.rs.
 */
import type { IotaClient } from "@iota/iota-sdk/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COIN_NANOS } from "../../host/faucet/faucet.ts";
import { build, owned, type Parts, piece, type Reference, send } from "../support/attempts.ts";
import { account, balanceOf, netGas, referenceTo, TestNetwork } from "../support/network.ts";
import { address, gasCoin, input, merge, nested, pure, split, transfer, u64 } from "../unit/core/execute-support.ts";

const alice = account("alice");
const a = alice.toIotaAddress();
let net: TestNetwork;
let client: IotaClient;
/** Alice's coins: one that pays, one that is used. */
let gas: Reference;
let coin: Reference;

beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
  const [pays, used] = await net.fund(alice);
  gas = await referenceTo(client, pays!);
  coin = await referenceTo(client, used!);
});
afterAll(() => net.stop());

describe("a transaction that fails", () => {
  interface Failing {
    readonly name: string;
    readonly parts: () => Parts;
    readonly says: string;
  }
  const TAKEN =
    "Invalid usage of value. Mutably borrowed values require unique usage. Immutably borrowed values cannot be taken or borrowed mutably. Taken values cannot be used again.";
  const failing: readonly Failing[] = [
    {
      name: "more than there is",
      parts: () => piece(COIN_NANOS, a),
      says: "Error in 1st command, Insufficient coin balance for operation",
    },
    {
      name: "a piece that nobody gets",
      parts: () => ({ inputs: [u64(1n)], commands: [split(gasCoin, input(0))] }),
      says: "Unused result without the drop ability. Command result 0, return value 0",
    },
    {
      name: "the gas coin merged away",
      parts: () => ({ inputs: [owned(coin)], commands: [merge(input(0), gasCoin)] }),
      says: "Error in 1st command, Invalid command argument at 1. Invalid taking of the Gas coin. It can only be used by-value with TransferObjects",
    },
    {
      name: "a coin merged twice",
      parts: () => ({ inputs: [owned(coin)], commands: [merge(gasCoin, input(0)), merge(gasCoin, input(0))] }),
      says: `Error in 2nd command, Invalid command argument at 1. ${TAKEN}`,
    },
    {
      name: "an input that there is not",
      parts: () => ({ commands: [merge(gasCoin, input(3))] }),
      says: "Error in 1st command, Invalid command argument at 1. Out of bounds access to input or result vector 3",
    },
    {
      name: "a result's place that there is not",
      parts: () => ({
        inputs: [u64(1n), address(a)],
        commands: [split(gasCoin, input(0)), transfer(input(1), nested(0, 1))],
      }),
      says: "Error in 2nd command, Invalid command argument at 0. Out of bounds secondary access to result vector 0 at secondary index 1",
    },
    {
      name: "a number for a coin",
      parts: () => ({ inputs: [u64(1n)], commands: [merge(gasCoin, input(0))] }),
      // iota-execution/latest/iota-adapter/src/execution_value.rs, TryFromValue for ObjectValue
      says: "Error in 1st command, Invalid command argument at 1. The type of the value does not match the expected type",
    },
    {
      name: "an amount of seven bytes",
      parts: () => ({ inputs: [pure(new Uint8Array(7))], commands: [split(gasCoin, input(0))] }),
      says: "Error in 1st command, Invalid command argument at 1. The argument cannot be deserialized into a value of the specified type",
    },
    {
      name: "a budget that storage is too much for",
      parts: () => ({ ...piece(1n, a), budget: 1_500_000n }),
      says: "Insufficient Gas",
    },
  ];

  it.each(failing)("$name", async ({ parts, says }) => {
    [gas, coin] = [await referenceTo(client, gas.objectId), await referenceTo(client, coin.objectId)];
    const before = await balanceOf(client, a);
    const paid = { payment: [gas], ...parts() };
    const foretold = await client.dryRunTransactionBlock({ transactionBlock: build(a, paid) });
    const response = await send(client, alice, paid);
    expect(response.effects!.status).toEqual({ status: "failure", error: says });
    expect(foretold.effects).toEqual(response.effects);
    expect(response.effects!.created).toBeUndefined();
    expect(await balanceOf(client, a)).toBe(before - netGas(response));
  });
});

describe("double use", () => {
  const RESERVED =
    "Failed to sign transaction by a quorum of validators because one or more of its objects is reserved for another transaction. Other transactions locking these objects:\n- ";
  const GONE =
    /\n- Object ID 0x[0-9a-f]{64} Version \d+ Digest \w+ is not available for consumption, current version: \d+$/;

  it("at once: one of many is executed, the others are told so", async () => {
    gas = await referenceTo(client, gas.objectId);
    const amounts = Array.from({ length: 6 }, (_, n) => BigInt(n + 1));
    const sent = await Promise.allSettled(
      amounts.map((amount) => send(client, alice, { payment: [gas], ...piece(amount, a) })),
    );
    const executed = sent.filter(({ status }) => status === "fulfilled");
    expect(executed.length).toBe(1);
    let reserved = 0;
    for (const outcome of sent) {
      if (outcome.status === "fulfilled") continue;
      expect(outcome.reason.code).toBe(-32002);
      // Whoever comes when the first one is done hears of the version that is gone.
      if (!GONE.test(outcome.reason.message)) {
        expect(outcome.reason.message.startsWith(RESERVED)).toBe(true);
        reserved++;
      }
    }
    expect(reserved).toBeGreaterThan(0);
  });
});
