/** What an honest host does on a chain, so that there is something to attack: blocks of payments, a stop between a block and its commit. */
import type { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64 } from "@iota/iota-sdk/utils";
import { digestOf } from "../../../host/format/digest.ts";
import { type ObjectView, viewObject } from "../../../host/format/object.ts";
import type { Chain } from "../chain.ts";
import type { Objects, Payload } from "./words.ts";

export interface Signed extends Payload {
  readonly digest: Uint8Array;
}

/** One after another: a block of transactions, or the end of a boot, after `proposed` with a block that is not applied yet. */
export type Act =
  | { readonly kind: "block"; readonly transactions: readonly Signed[] }
  | { readonly kind: "reboot"; readonly proposed: readonly Signed[] }
  | { readonly kind: "status" };

const BUDGET = 20_000_000;
const PRICE = 1_000;

type Build = (transaction: Transaction) => void;

export async function script(chain: Chain, genesisObjects: Objects): Promise<readonly Act[]> {
  const views = [...genesisObjects.values()].map(viewObject);
  const address = (user: number) => chain.users[user]!.toIotaAddress();
  const coins = chain.users.map((_, user) =>
    views.filter(({ owner }) => owner.kind === "address" && owner.address === address(user)).map(reference),
  );
  const sign = async (key: Ed25519Keypair, bytes: Uint8Array) =>
    fromBase64((await key.signTransaction(bytes)).signature);
  /** Paid by coin `gas` of `sponsor`. */
  const make = async (sender: number, gas: number, build: Build, sponsor = sender): Promise<Signed> => {
    const transaction = new Transaction();
    transaction.setSender(address(sender));
    transaction.setGasOwner(address(sponsor));
    transaction.setGasPrice(PRICE);
    transaction.setGasBudget(BUDGET);
    transaction.setGasPayment([coins[sponsor]![gas]!]);
    build(transaction);
    const bytes = await transaction.build();
    const signers = sponsor === sender ? [sender] : [sender, sponsor];
    const signatures = await Promise.all(signers.map((user) => sign(chain.users[user]!, bytes)));
    return { transaction: bytes, signatures, digest: digestOf("TransactionData", bytes) };
  };
  const pay =
    (to: number, ...amounts: number[]): Build =>
    (transaction) => {
      const split = transaction.splitCoins(transaction.gas, amounts);
      transaction.transferObjects(
        amounts.map((_, i) => split[i]!),
        address(to),
      );
    };
  const give =
    (user: number, coin: number, to: number): Build =>
    (transaction) =>
      transaction.transferObjects([transaction.objectRef(coins[user]![coin]!)], address(to));
  const merge: Build = (transaction) => {
    const [into, from] = [coins[2]![2]!, coins[2]![3]!];
    transaction.mergeCoins(transaction.objectRef(into), [transaction.objectRef(from)]);
  };
  return [
    // The third uses what the second gave away, so it is dropped.
    {
      kind: "block",
      transactions: [await make(0, 0, pay(1, 5, 6)), await make(1, 0, give(1, 1, 2)), await make(1, 2, give(1, 1, 0))],
    },
    // One sponsored, one that fails, one that deletes an object.
    {
      kind: "block",
      transactions: [await make(2, 3, pay(0, 7), 1), await make(2, 0, pay(0, 60_000_000_000)), await make(2, 1, merge)],
    },
    { kind: "reboot", proposed: [await make(0, 1, pay(2, 9))] },
    { kind: "block", transactions: [await make(0, 2, give(0, 3, 1))] },
    { kind: "status" },
    { kind: "block", transactions: [] },
  ];
}

function reference({ id, version, digest }: ObjectView) {
  return { objectId: id, version: String(version), digest };
}
