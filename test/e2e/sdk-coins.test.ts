/** Coins by the official client: the faucet, reading, splitting, merging, transferring, sponsoring, dry runs; and that no NANOS is lost. */
import type {
  CoinStruct,
  DryRunTransactionBlockResponse,
  IotaClient,
  IotaObjectResponse,
  IotaTransactionBlockResponse,
} from "@iota/iota-sdk/client";
import { getFaucetRequestStatus, requestIotaFromFaucet, requestIotaFromFaucetV1 } from "@iota/iota-sdk/faucet";
import { Transaction } from "@iota/iota-sdk/transactions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COIN_NANOS, COINS_PER_REQUEST } from "../../host/faucet/faucet.ts";
import {
  account,
  balanceOf,
  everyPage,
  GENESIS_NANOS,
  netGas,
  referenceTo,
  succeed,
  TestNetwork,
} from "../support/network.ts";

const IOTA = "0x2::iota::IOTA";
const GIVEN = COIN_NANOS * BigInt(COINS_PER_REQUEST);
/** NANOS. */
const BUDGET = 10_000_000n;

let net: TestNetwork;
let client: IotaClient;

beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
});
afterAll(() => net.stop());

/** An account with the faucet's coins, and its address. */
async function funded(name: string) {
  const signer = account(name);
  return { signer, address: signer.toIotaAddress(), coins: await net.fund(signer) };
}

const strangers = (count: number) => Array.from({ length: count }, (_, n) => account(`stranger ${n}`).toIotaAddress());

describe("the faucet", () => {
  it("gives coins at once", async () => {
    const { address, coins } = await funded("v0");
    expect(coins.length).toBe(COINS_PER_REQUEST);
    const { data } = await client.getCoins({ owner: address });
    expect(data.map(({ coinObjectId }) => coinObjectId).sort()).toEqual([...coins].sort());
    expect(data.every(({ balance }) => BigInt(balance) === COIN_NANOS)).toBe(true);
  });

  it("gives coins by task", async () => {
    const recipient = account("v1").toIotaAddress();
    const { task, error } = await requestIotaFromFaucetV1({ host: net.faucetUrl, recipient });
    expect(error).toBeFalsy();
    let status = await getFaucetRequestStatus({ host: net.faucetUrl, taskId: task! });
    while (status.status.status === "INPROGRESS") {
      await new Promise((resolve) => setTimeout(resolve, 20));
      status = await getFaucetRequestStatus({ host: net.faucetUrl, taskId: task! });
    }
    expect(status.status.status).toBe("SUCCEEDED");
    expect(status.status.transferred_gas_objects!.sent.length).toBe(COINS_PER_REQUEST);
    expect(await balanceOf(client, recipient)).toBe(GIVEN);
  });

  it("serves the client's own waiting", async () => {
    const recipient = account("waiting").toIotaAddress();
    expect(await requestIotaFromFaucet({ host: net.faucetUrl, recipient, delayMs: 20, maxAttempts: 1_000 })).toBe(
      Number(GIVEN),
    );
  });

  it("serves many at once", async () => {
    const names = Array.from({ length: 12 }, (_, n) => `crowd ${n}`);
    await Promise.all(names.map((name) => net.fund(account(name))));
    for (const name of names) expect(await balanceOf(client, account(name).toIotaAddress())).toBe(GIVEN);
  });

  it("refuses what is no address", async () => {
    const asked = requestIotaFromFaucetV1({ host: net.faucetUrl, recipient: "nobody" });
    await expect(asked).rejects.toThrow(/recipient/);
  });
});

describe("reading coins", () => {
  it("getCoins and getAllCoins go by pages", async () => {
    const { address, coins } = await funded("pages");
    for (const method of ["getCoins", "getAllCoins"] as const) {
      const pages: number[] = [];
      const seen = await everyPage<CoinStruct, string>(
        (cursor) => client[method]({ owner: address, limit: 2, cursor }),
        pages,
      );
      expect(pages).toEqual([2, 2, 1]);
      expect(seen.map(({ coinObjectId }) => coinObjectId).sort()).toEqual([...coins].sort());
    }
  });

  it("every coin is told as the object it is", async () => {
    const { address } = await funded("told");
    const { data } = await client.getCoins({ owner: address, coinType: IOTA });
    for (const coin of data) {
      const { data: object } = await client.getObject({
        id: coin.coinObjectId,
        options: { showPreviousTransaction: true },
      });
      expect(coin).toEqual({
        coinType: IOTA,
        coinObjectId: object!.objectId,
        version: object!.version,
        digest: object!.digest,
        balance: String(COIN_NANOS),
        previousTransaction: object!.previousTransaction,
      });
    }
  });

  it("getBalance and getAllBalances", async () => {
    const { address } = await funded("balances");
    const balance = { coinType: IOTA, coinObjectCount: COINS_PER_REQUEST, totalBalance: String(GIVEN) };
    expect(await client.getBalance({ owner: address })).toMatchObject(balance);
    expect(await client.getBalance({ owner: address, coinType: IOTA })).toMatchObject(balance);
    expect(await client.getAllBalances({ owner: address })).toMatchObject([balance]);
  });

  it("who has nothing has nothing", async () => {
    const owner = account("nobody").toIotaAddress();
    expect((await client.getCoins({ owner })).data).toEqual([]);
    expect(await client.getBalance({ owner })).toMatchObject({ coinObjectCount: 0, totalBalance: "0" });
    expect(await client.getAllBalances({ owner })).toEqual([]);
  });
});

describe("transactions", () => {
  it("split and transfer, with the client's own budget", async () => {
    const { signer, address } = await funded("split");
    const [first, second] = strangers(2);
    const transaction = new Transaction();
    const [a, b] = transaction.splitCoins(transaction.gas, [1_000n, 2_500n]);
    transaction.transferObjects([a!], first!);
    transaction.transferObjects([b!], second!);
    const before = [await balanceOf(client, first!), await balanceOf(client, second!)];
    const response = await succeed(client, signer, transaction);
    expect(response.effects!.created!.length).toBe(2);
    expect(await balanceOf(client, first!)).toBe(before[0]! + 1_000n);
    expect(await balanceOf(client, second!)).toBe(before[1]! + 2_500n);
    expect(await balanceOf(client, address)).toBe(GIVEN - 3_500n - netGas(response));
  });

  it("split a coin object, with a budget of the user's", async () => {
    const { signer, address, coins } = await funded("split object");
    const [to] = strangers(1);
    const transaction = new Transaction();
    transaction.setGasBudget(BUDGET);
    const [piece] = transaction.splitCoins(coins[0]!, [7n]);
    transaction.transferObjects([piece!], to!);
    const response = await succeed(client, signer, transaction);
    const { data } = await client.getObject({ id: coins[0]!, options: { showContent: true } });
    expect(data!.content).toMatchObject({ fields: { balance: String(COIN_NANOS - 7n) } });
    expect(await balanceOf(client, address)).toBe(GIVEN - 7n - netGas(response));
  });

  it("merge", async () => {
    const { signer, address, coins } = await funded("merge");
    const transaction = new Transaction();
    transaction.mergeCoins(coins[0]!, [coins[1]!, coins[2]!]);
    const response = await succeed(client, signer, transaction);
    expect(response.effects!.deleted!.map(({ objectId }) => objectId)).toEqual(
      expect.arrayContaining([coins[1], coins[2]]),
    );
    const { data } = await client.getObject({ id: coins[0]!, options: { showContent: true } });
    expect(data!.content).toMatchObject({ fields: { balance: String(3n * COIN_NANOS) } });
    expect(await balanceOf(client, address)).toBe(GIVEN - netGas(response));
  });

  it("transfer a whole coin, and all that pays for it", async () => {
    const { signer, address, coins } = await funded("whole");
    const to = account("heir").toIotaAddress();
    const one = new Transaction();
    one.transferObjects([coins[0]!], to);
    const first = await succeed(client, signer, one);
    const rest = new Transaction();
    rest.transferObjects([rest.gas], to);
    const second = await succeed(client, signer, rest);
    expect(await balanceOf(client, address)).toBe(0n);
    expect(await balanceOf(client, to)).toBe(GIVEN - netGas(first) - netGas(second));
    // The gas coins are one coin now.
    expect((await client.getCoins({ owner: to })).data.length).toBe(2);
  });

  it("make a vector: of numbers, and of coins that nobody takes", async () => {
    const { signer, coins } = await funded("vector");
    const wasted = new Transaction();
    wasted.setGasBudget(BUDGET);
    wasted.makeMoveVec({ elements: [wasted.object(coins[0]!), wasted.object(coins[1]!)] });
    const { effects } = await client.signAndExecuteTransaction({
      signer,
      transaction: wasted,
      options: { showEffects: true },
    });
    // Display of ExecutionError: iota-rust-sdk crates/iota-sdk-types/src/execution_status.rs
    expect(effects!.status).toEqual({
      status: "failure",
      error: "Unused result without the drop ability. Command result 0, return value 0",
    });
    const numbers = new Transaction();
    numbers.makeMoveVec({ type: "u64", elements: [numbers.pure.u64(1n), numbers.pure.u64(2n)] });
    await succeed(client, signer, numbers);
  });

  it.each(["the client's budget", "a budget of the user's"])("a sponsor pays, with %s", async (whose) => {
    const user = await funded(`user of ${whose}`);
    const sponsor = await funded(`sponsor of ${whose}`);
    const [to] = strangers(1);
    const before = await balanceOf(client, to!);
    const transaction = new Transaction();
    const [piece] = transaction.splitCoins(user.coins[0]!, [123n]);
    transaction.transferObjects([piece!], to!);
    transaction.setSender(user.address);
    transaction.setGasOwner(sponsor.address);
    if (whose === "a budget of the user's") transaction.setGasBudget(BUDGET);
    const bytes = await transaction.build({ client });
    const signatures = [await user.signer.signTransaction(bytes), await sponsor.signer.signTransaction(bytes)];
    const response = await client.executeTransactionBlock({
      transactionBlock: bytes,
      signature: signatures.map(({ signature }) => signature),
      options: { showEffects: true, showInput: true, showBalanceChanges: true },
    });
    expect(response.effects!.status.status).toBe("success");
    expect(response.transaction!.data.gasData.owner).toBe(sponsor.address);
    const gas = netGas(response);
    expect(await balanceOf(client, to!)).toBe(before + 123n);
    expect(await balanceOf(client, user.address)).toBe(GIVEN - 123n);
    expect(await balanceOf(client, sponsor.address)).toBe(GIVEN - gas);
    expect(response.balanceChanges).toHaveLength(3);
    expect(response.balanceChanges).toEqual(
      expect.arrayContaining([
        { owner: { AddressOwner: user.address }, coinType: IOTA, amount: "-123" },
        { owner: { AddressOwner: sponsor.address }, coinType: IOTA, amount: String(-gas) },
        { owner: { AddressOwner: to }, coinType: IOTA, amount: "123" },
      ]),
    );
  });
});

describe("a dry run foretells", () => {
  type Build = (transaction: Transaction, coins: readonly string[]) => void;
  const shapes: readonly (readonly [string, Build])[] = [
    ["nothing at all", () => undefined],
    [
      "a transfer of 40 pieces",
      (transaction) => {
        const pieces = transaction.splitCoins(
          transaction.gas,
          Array.from({ length: 40 }, (_, n) => BigInt(n)),
        );
        strangers(40).forEach((to, n) => {
          transaction.transferObjects([pieces[n]!], to);
        });
      },
    ],
    ["a merge", (transaction, coins) => void transaction.mergeCoins(coins[1]!, [coins[2]!, coins[3]!])],
    ["all of the gas going", (transaction) => transaction.transferObjects([transaction.gas], strangers(1)[0]!)],
    [
      "a failure",
      (transaction, coins) => {
        const [piece] = transaction.splitCoins(coins[1]!, [2n * COIN_NANOS]);
        transaction.transferObjects([piece!], strangers(1)[0]!);
      },
    ],
  ];

  it.each(shapes)("%s", async (name, build) => {
    const { signer, address, coins } = await funded(`dry ${name}`);
    const transaction = new Transaction();
    transaction.setSender(address);
    transaction.setGasBudget(500_000_000n);
    transaction.setGasPayment([await referenceTo(client, coins[0]!)]);
    build(transaction, coins);
    const bytes = await transaction.build({ client });
    const foretold: DryRunTransactionBlockResponse = await client.dryRunTransactionBlock({ transactionBlock: bytes });
    expect(await balanceOf(client, address)).toBe(GIVEN);
    const { signature } = await signer.signTransaction(bytes);
    const done = await client.executeTransactionBlock({
      transactionBlock: bytes,
      signature,
      options: { showEffects: true, showObjectChanges: true, showBalanceChanges: true, showInput: true },
    });
    expect(foretold.effects).toEqual(done.effects);
    expect(foretold.objectChanges).toEqual(done.objectChanges);
    expect(foretold.balanceChanges).toEqual(done.balanceChanges);
    expect(foretold.input).toEqual(done.transaction!.data);
    expect(await balanceOf(client, address)).toBe(
      GIVEN + BigInt(done.balanceChanges!.find(({ owner }) => ownerIs(owner, address))?.amount ?? 0),
    );
  });

  const ownerIs = (owner: unknown, address: string) =>
    typeof owner === "object" && owner !== null && "AddressOwner" in owner && owner.AddressOwner === address;

  it("the same gas when it chooses the coin itself", async () => {
    const { signer, address } = await funded("dry gas");
    const [to] = strangers(1);
    const build = () => {
      const transaction = new Transaction();
      transaction.setSender(address);
      const [piece] = transaction.splitCoins(transaction.gas, [5n]);
      transaction.transferObjects([piece!], to!);
      return transaction;
    };
    await succeed(client, signer, build()); // the coin that pays has a storage rebate from now on
    const kindOnly = build();
    kindOnly.setGasPayment([]);
    kindOnly.setGasPrice(1_000n);
    kindOnly.setGasBudget(BUDGET);
    const { effects } = await client.dryRunTransactionBlock({ transactionBlock: await kindOnly.build({ client }) });
    const { computationCost, storageCost } = (await succeed(client, signer, build())).effects!.gasUsed;
    expect(effects.gasUsed).toMatchObject({ computationCost, storageCost });
  });
});

/** Everything there ever was is in coins, in their storage deposits, or was paid for computation. */
it("no NANOS is lost or made", async () => {
  let computation = 0n;
  let deposited = 0n;
  const owners = new Set<string>();
  const transactions = await everyPage<IotaTransactionBlockResponse, string>((cursor) =>
    client.queryTransactionBlocks({ cursor, options: { showEffects: true } }),
  );
  for (const { effects } of transactions) {
    const { computationCost, storageCost, storageRebate } = effects!.gasUsed;
    computation += BigInt(computationCost);
    deposited += BigInt(storageCost) - BigInt(storageRebate);
    for (const { owner } of [...(effects!.created ?? []), ...(effects!.mutated ?? [])]) {
      if (typeof owner === "object" && "AddressOwner" in owner) owners.add(owner.AddressOwner);
    }
  }
  let balances = 0n;
  let rebates = 0n;
  for (const owner of owners) {
    balances += await balanceOf(client, owner);
    const owned = await everyPage<IotaObjectResponse, string>((cursor) =>
      client.getOwnedObjects({ owner, cursor, options: { showStorageRebate: true } }),
    );
    for (const { data } of owned) rebates += BigInt(data!.storageRebate!);
  }
  expect(rebates).toBe(deposited);
  expect(balances + rebates + computation).toBe(GENESIS_NANOS);
});
