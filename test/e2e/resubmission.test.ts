/** The same bytes again: one transaction, whoever sends them, however often; and only for those who have its signatures. */
import { bcs } from "@iota/iota-sdk/bcs";
import type { IotaClient } from "@iota/iota-sdk/client";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64 } from "@iota/iota-sdk/utils";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anotherSignature } from "../support/another-signature.ts";
import { account, balanceOf, netGas, TestNetwork } from "../support/network.ts";

const alice = account("alice");
const bob = account("bob");
const to = bob.toIotaAddress();
let net: TestNetwork;
let client: IotaClient;
beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
  await net.fund(alice);
});
afterAll(() => net.stop());

async function transfer(amount: bigint): Promise<Uint8Array> {
  const transaction = new Transaction();
  transaction.setSender(alice.toIotaAddress());
  const [piece] = transaction.splitCoins(transaction.gas, [amount]);
  transaction.transferObjects([piece!], to);
  return transaction.build({ client });
}

const send = (transactionBlock: Uint8Array, signature: string) =>
  client.executeTransactionBlock({ transactionBlock, signature, options: { showEffects: true, showRawEffects: true } });
const usual = async (bytes: Uint8Array) => (await alice.signTransaction(bytes)).signature;

const another = (bytes: Uint8Array, n: number) => anotherSignature(alice, bytes, n);

it("at the same time", async () => {
  const bytes = await transfer(3n);
  const signature = await usual(bytes);
  const before = await balanceOf(client, to);
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(bytes, signature)));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(await balanceOf(client, to)).toBe(before + 3n);
});

it("at the same time, each with a signature of its own", async () => {
  const bytes = await transfer(4n);
  const before = await balanceOf(client, to);
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => send(bytes, another(bytes, n))));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(await balanceOf(client, to)).toBe(before + 4n);
  expect(answers[0]!.effects!.status.status).toBe("success");
  expect(await send(bytes, await usual(bytes))).toEqual(answers[0]);
  // A checkpoint lists one set of signatures, and it is that of the transaction that the node tells.
  const { rawTransaction } = await client.getTransactionBlock({
    digest: answers[0]!.digest,
    options: { showRawInput: true },
  });
  const [signed] = bcs.SenderSignedData.parse(fromBase64(rawTransaction!));
  expect(Array.from({ length: 8 }, (_, n) => another(bytes, n))).toContain(signed!.txSignatures[0]);
});

/** iotaledger/iota crates/iota-core/src/transaction_orchestrator.rs: signatures are verified before anything is looked up. */
it("with a signature that is not the sender's: before, while and after it is executed", async () => {
  const bytes = await transfer(5n);
  const refused = { code: -32002, message: expect.stringMatching(/^Invalid user signature: /) };
  const forged = (await bob.signTransaction(bytes)).signature;
  const broken = another(bytes, 0).replace(/^(.{20})./, (_, head) => `${head}${"x"}`);
  for (const signature of [forged, broken]) await expect(send(bytes, signature)).rejects.toMatchObject(refused);
  const first = send(bytes, forged);
  const [executed, ...others] = await Promise.allSettled([
    send(bytes, await usual(bytes)),
    first,
    send(bytes, broken),
    send(bytes, forged),
  ]);
  expect(executed.status).toBe("fulfilled");
  for (const other of others) expect(other).toMatchObject({ status: "rejected", reason: refused });
  for (const signature of [forged, broken]) await expect(send(bytes, signature)).rejects.toMatchObject(refused);
});

it("nothing of this cost the sender but what was executed", async () => {
  const { data } = await client.queryTransactionBlocks({
    filter: { FromAddress: alice.toIotaAddress() },
    options: { showEffects: true, showBalanceChanges: true },
  });
  expect(data.length).toBe(3);
  const paid = data.reduce((sum, response) => sum + netGas(response), 0n);
  const changes = data.flatMap(({ balanceChanges }) => balanceChanges!);
  const own = changes.filter(({ owner }) => JSON.stringify(owner).includes(alice.toIotaAddress()));
  expect(own.reduce((sum, { amount }) => sum + BigInt(amount), 0n)).toBe(-paid - 12n);
});
