/** Signed payments out of many coins, as a store has them. */
import type { Keypair } from "@iota/iota-sdk/cryptography";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, fromHex } from "@iota/iota-sdk/utils";
import { viewObject } from "../../host/format/object.ts";
import type { Store } from "../../host/store/store.ts";
import { GAS_PRICE } from "../support/prepared.ts";

const BUDGET = 10_000_000n;
const RECIPIENT = `0x${"ca".repeat(32)}`;

export interface Signed {
  readonly transaction: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

/** A payment of a small part of each coin that the key owns; the coin pays the gas too. */
export async function transfers(store: Store, keypair: Keypair): Promise<Signed[]> {
  const sender = keypair.toIotaAddress();
  const signed: Signed[] = [];
  for (const { id } of store.owned(fromHex(sender))) {
    const { id: objectId, version, digest } = viewObject(store.object(id)!);
    const transaction = new Transaction();
    transaction.setSender(sender);
    transaction.setGasPrice(GAS_PRICE);
    transaction.setGasBudget(BUDGET);
    transaction.setGasPayment([{ objectId, version: String(version), digest }]);
    transaction.transferObjects([transaction.splitCoins(transaction.gas, [1_000n])], RECIPIENT);
    const { bytes, signature } = await keypair.signTransaction(await transaction.build());
    signed.push({ transaction: fromBase64(bytes), signatures: [fromBase64(signature)] });
  }
  return signed;
}
