/** Payments out of a user's coins, as a store has them: built and signed without a node. */
import type { Keypair } from "@iota/iota-sdk/cryptography";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, fromHex } from "@iota/iota-sdk/utils";
import { viewObject } from "../../host/format/object.ts";
import { ID_BYTES } from "../../host/store/keys.ts";
import type { Store } from "../../host/store/store.ts";

/** Whom they go to. */
const RECIPIENT = `0x${"ca".repeat(32)}`;

/** NANOS out of the user's n-th coin, which pays the gas too: bcs(TransactionData) and its signatures. */
export async function payment(
  store: Store,
  keypair: Keypair,
  n: number,
  amount = 1_000,
  lastEpoch?: bigint,
): Promise<[Uint8Array, Uint8Array[]]> {
  const owner = keypair.toIotaAddress();
  const { key } = [...store.coins(fromHex(owner))][n]!;
  const { id: objectId, version, digest } = viewObject(store.object(key.slice(-ID_BYTES))!);
  const transaction = new Transaction();
  transaction.setSender(owner);
  if (lastEpoch !== undefined) transaction.setExpiration({ Epoch: Number(lastEpoch) });
  transaction.setGasPrice(1_000);
  transaction.setGasBudget(10_000_000);
  transaction.setGasPayment([{ objectId, version: String(version), digest }]);
  transaction.transferObjects([transaction.splitCoins(transaction.gas, [amount])], RECIPIENT);
  const { bytes, signature } = await keypair.signTransaction(await transaction.build());
  return [fromBase64(bytes), [fromBase64(signature)]];
}
