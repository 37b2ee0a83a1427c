/** A network that was stopped goes on where it was: what was acknowledged is there, and the same bytes have the same effects. */
import type { IotaClient } from "@iota/iota-sdk/client";
import { Transaction } from "@iota/iota-sdk/transactions";
import { afterAll, beforeAll, expect, it } from "vitest";
import { account, balanceOf, everyPage, succeed, TestNetwork } from "../support/network.ts";

const EVERY_OPTION = {
  showInput: true,
  showRawInput: true,
  showEffects: true,
  showObjectChanges: true,
  showBalanceChanges: true,
  showRawEffects: true,
} as const;

const alice = account("alice");
const bob = account("bob");
let net: TestNetwork;
beforeAll(async () => {
  net = await TestNetwork.start();
});
afterAll(() => net.stop());

/** A signed transfer of alice's gas coins, or one that fails. */
async function signedTransfer(client: IotaClient, amount: bigint) {
  const transaction = new Transaction();
  transaction.setSender(alice.toIotaAddress());
  transaction.setGasBudget(10_000_000n);
  const [piece] = transaction.splitCoins(transaction.gas, [amount]);
  transaction.transferObjects([piece!], bob.toIotaAddress());
  const transactionBlock = await transaction.build({ client });
  const { signature } = await alice.signTransaction(transactionBlock);
  return { transactionBlock, signature, options: EVERY_OPTION };
}

/** All that the network says of itself. */
async function everything(client: IotaClient) {
  const transactions = await everyPage((cursor: string | null) =>
    client.queryTransactionBlocks({ cursor, options: EVERY_OPTION }),
  );
  const checkpoints = await everyPage((cursor: string | null) =>
    client.getCheckpoints({ cursor, descendingOrder: false }),
  );
  const options = { showContent: true, showOwner: true, showPreviousTransaction: true, showStorageRebate: true };
  const objects = await Promise.all(
    [alice, bob].map((owner) =>
      everyPage((cursor: string | null) => client.getOwnedObjects({ owner: owner.toIotaAddress(), cursor, options })),
    ),
  );
  const balances = await Promise.all([alice, bob].map((owner) => balanceOf(client, owner.toIotaAddress())));
  return { chain: await client.getChainIdentifier(), transactions, checkpoints, objects, balances };
}

const alone = (): boolean => net.validators === 1;
type Everything = Awaited<ReturnType<typeof everything>>;

/** The same as before; validators that are several may have made checkpoints meanwhile, in which nothing happens but that time goes on. */
function expectGoneOn(now: Everything, before: Everything): void {
  if (alone()) expect(now).toEqual(before);
  else {
    expect(now.checkpoints.slice(0, before.checkpoints.length)).toEqual(before.checkpoints);
    expect(now.transactions.slice(0, before.transactions.length)).toEqual(before.transactions);
    const more = now.transactions.slice(before.transactions.length);
    expect(more.map(({ transaction }) => transaction!.data.transaction.kind)).toEqual(
      more.map(() => "ConsensusCommitPrologueV1"),
    );
    const { chain, objects, balances } = before;
    expect(now).toMatchObject({ chain, objects, balances });
  }
}

it("again and again", async () => {
  await net.fund(alice);
  const requests = [await signedTransfer(net.client(), 5n)];
  const answers = [await net.client().executeTransactionBlock(requests[0]!)];
  // More than there is: executed, and failed.
  requests.push(await signedTransfer(net.client(), 2n ** 63n));
  answers.push(await net.client().executeTransactionBlock(requests[1]!));
  expect(answers.map(({ effects }) => effects!.status.status)).toEqual(["success", "failure"]);
  for (let round = 0; round < 2; round++) {
    const before = await everything(net.client());
    await net.restart();
    const client = net.client();
    expectGoneOn(await everything(client), before);
    for (const [n, request] of requests.entries()) {
      expect(await client.executeTransactionBlock(request)).toEqual(answers[n]);
    }
    expectGoneOn(await everything(client), before);
    // And it goes on: with the next checkpoint, on top of the last one.
    const transaction = new Transaction();
    const [piece] = transaction.splitCoins(transaction.gas, [1n]);
    transaction.transferObjects([piece!], bob.toIotaAddress());
    const { digest } = await succeed(client, alice, transaction);
    const { checkpoint } = await client.getTransactionBlock({ digest });
    if (alone()) expect(BigInt(checkpoint!)).toBe(BigInt(before.checkpoints.length));
    const next = await client.getCheckpoint({ id: String(before.checkpoints.length) });
    expect(next.previousDigest).toBe(before.checkpoints.at(-1)!.digest);
    expect(await balanceOf(client, bob.toIotaAddress())).toBe(before.balances[1]! + 1n);
  }
});
