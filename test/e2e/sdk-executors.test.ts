/** The official client's own executors, which keep what they know of objects to themselves and count on the answers being right. */
import type { IotaClient } from "@iota/iota-sdk/client";
import { ParallelTransactionExecutor, SerialTransactionExecutor, Transaction } from "@iota/iota-sdk/transactions";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COIN_NANOS, COINS_PER_REQUEST } from "../../host/faucet/faucet.ts";
import { account, balanceOf, netGas, TestNetwork } from "../support/network.ts";

const GIVEN = COIN_NANOS * BigInt(COINS_PER_REQUEST);

let net: TestNetwork;
let client: IotaClient;
beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
});
afterAll(() => net.stop());

/** Gives `to` a piece of the gas, or of a coin. */
function payment(to: string, amount: bigint, from?: string): Transaction {
  const transaction = new Transaction();
  const [piece] = transaction.splitCoins(from ?? transaction.gas, [amount]);
  transaction.transferObjects([piece!], to);
  return transaction;
}

/** Net gas of what the executors answered, and that all of it succeeded. */
function gasOf(results: readonly { readonly data: Parameters<typeof netGas>[0] }[]): bigint {
  return results.reduce((sum, { data }) => {
    expect(data.effects!.status.status).toBe("success");
    return sum + netGas(data);
  }, 0n);
}

it("the serial executor", async () => {
  const signer = account("serial");
  const coins = await net.fund(signer);
  const to = account("paid serially").toIotaAddress();
  const executor = new SerialTransactionExecutor({ client, signer });
  const amounts = Array.from({ length: 10 }, (_, n) => BigInt(n + 1));
  // Those of the coin come first: what pays for them is then another coin.
  const ofCoin = (n: number) => n % 2 === 0;
  const results = await Promise.all(
    amounts.map((amount, n) =>
      executor.executeTransaction(payment(to, amount, ofCoin(n) ? coins[0] : undefined), { showEffects: true }),
    ),
  );
  const paid = amounts.reduce((a, b) => a + b);
  expect(await balanceOf(client, to)).toBe(paid);
  expect(await balanceOf(client, signer.toIotaAddress())).toBe(GIVEN - paid - gasOf(results));
  const { data } = await client.getObject({ id: coins[0]!, options: { showContent: true } });
  const fromCoin = amounts.filter((_, n) => ofCoin(n)).reduce((a, b) => a + b);
  expect(data!.content).toMatchObject({ fields: { balance: String(COIN_NANOS - fromCoin) } });
});

it("the parallel executor", async () => {
  const signer = account("parallel");
  await net.fund(signer);
  const to = account("paid in parallel").toIotaAddress();
  const executor = new ParallelTransactionExecutor({ client, signer, coinBatchSize: 5, maxPoolSize: 10 });
  const amounts = Array.from({ length: 24 }, (_, n) => BigInt(n + 1));
  const results = await Promise.all(
    amounts.map((amount) => executor.executeTransaction(payment(to, amount), { showEffects: true })),
  );
  const paid = amounts.reduce((a, b) => a + b);
  expect(await balanceOf(client, to)).toBe(paid);
  // The executor's own transactions, which fill its pool of coins, cost as well.
  const { data } = await client.queryTransactionBlocks({
    filter: { FromAddress: signer.toIotaAddress() },
    options: { showEffects: true },
    limit: 50,
  });
  expect(data.length).toBeGreaterThan(amounts.length);
  gasOf(results);
  const gas = gasOf(data.map((response) => ({ data: response })));
  expect(await balanceOf(client, signer.toIotaAddress())).toBe(GIVEN - paid - gas);
});

/** It queues by the objects that its transactions name: these all take one coin, in whatever order. */
it("the parallel executor on one coin", async () => {
  const signer = account("contended");
  const coins = await net.fund(signer);
  const to = account("paid from one coin").toIotaAddress();
  const executor = new ParallelTransactionExecutor({ client, signer, sourceCoins: coins.slice(1) });
  const results = await Promise.all(
    [1n, 2n, 3n, 4n, 5n, 6n].map((amount) =>
      executor.executeTransaction(payment(to, amount, coins[0]!), { showEffects: true }),
    ),
  );
  gasOf(results);
  expect(await balanceOf(client, to)).toBe(21n);
  const { data } = await client.getObject({ id: coins[0]!, options: { showContent: true } });
  expect(data!.content).toMatchObject({ fields: { balance: String(COIN_NANOS - 21n) } });
});
