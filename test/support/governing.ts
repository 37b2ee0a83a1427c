/** Changes of the list of validators by who has the capability, as a store has it: built and signed without a node. */
import type { Keypair } from "@iota/iota-sdk/cryptography";
import { Inputs, Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, fromHex } from "@iota/iota-sdk/utils";
import {
  CAPABILITY_ID,
  COMMITTEE_MODULE,
  COMMITTEE_PACKAGE,
  LIST_ID,
  type ListedMember,
} from "../../host/format/committee.ts";
import { viewObject } from "../../host/format/object.ts";
import { ID_BYTES } from "../../host/store/keys.ts";
import type { Store } from "../../host/store/store.ts";

export interface Change {
  readonly removed?: readonly string[];
  readonly added?: readonly ListedMember[];
}

const GAS_BUDGET = 300_000_000;

/** bcs(TransactionData) that the governor's n-th coin pays for, and its signatures. */
export async function governing(
  store: Store,
  keypair: Keypair,
  n: number,
  { removed = [], added = [] }: Change,
): Promise<[Uint8Array, Uint8Array[]]> {
  const reference = (id: Uint8Array) => {
    const { id: objectId, version, digest } = viewObject(store.object(id)!);
    return { objectId, version: String(version), digest };
  };
  const owner = keypair.toIotaAddress();
  const { key } = [...store.coins(fromHex(owner))][n]!;
  const transaction = new Transaction();
  transaction.setSender(owner);
  transaction.setGasPrice(1_000);
  transaction.setGasBudget(GAS_BUDGET);
  transaction.setGasPayment([reference(key.slice(-ID_BYTES))]);
  const list = transaction.object(
    Inputs.SharedObjectRef({ objectId: LIST_ID, initialSharedVersion: "1", mutable: true }),
  );
  const capability = transaction.object(Inputs.ObjectRef(reference(fromHex(CAPABILITY_ID))));
  const target = `${COMMITTEE_PACKAGE}::${COMMITTEE_MODULE}` as const;
  const { pure } = transaction;
  for (const { name, key: own, address } of added) {
    const values = [pure.string(name), pure.vector("u8", [...own]), pure.string(address)];
    transaction.moveCall({ target: `${target}::add`, arguments: [list, capability, ...values] });
  }
  for (const name of removed) {
    transaction.moveCall({ target: `${target}::remove`, arguments: [list, capability, pure.string(name)] });
  }
  const { bytes, signature } = await keypair.signTransaction(await transaction.build());
  return [fromBase64(bytes), [fromBase64(signature)]];
}
