/** A steady load of coin transactions on a node: splits, transfers and merges of one key's coins, several under way at a time. */
import type { Keypair } from "@iota/iota-sdk/cryptography";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, fromHex, toHex } from "@iota/iota-sdk/utils";
import { NodeUnavailable } from "../../host/errors.ts";
import { digestOf } from "../../host/format/digest.ts";
import { viewObject } from "../../host/format/object.ts";
import type { LedgerNode } from "../../host/node.ts";
import { below, type Random } from "./random.ts";
import type { Sent, Tell } from "./story.ts";

/** Coins that the load spreads its money over: more than are under way, so that some are always free. */
const COINS = 8;
const UNDER_WAY = 3;
/** A merge takes two coins, and leaves some for the others. */
const ENOUGH_TO_MERGE = 4;
/** NANOS. */
const GAS_BUDGET = 20_000_000n;
const PART = 1_000_000_000n;
/** Who is paid; nobody has the key. */
const PAYEE = `0x${"ca".repeat(32)}`;

interface Coin {
  readonly objectId: string;
  readonly version: string;
  readonly digest: string;
}

export class Load {
  readonly #node: LedgerNode;
  readonly #keypair: Keypair;
  readonly #random: Random;
  readonly #tell: Tell;
  readonly #inUse = new Set<string>();
  #left = 0;

  constructor(node: LedgerNode, keypair: Keypair, random: Random, tell: Tell) {
    this.#node = node;
    this.#keypair = keypair;
    this.#random = random;
    this.#tell = tell;
  }

  /** Sends `count` transactions; resolves when all are answered. Rejects when one is not executed. */
  async run(count: number): Promise<void> {
    this.#left = count;
    if (this.#coins().length < COINS) await this.#spread();
    await Promise.all(Array.from({ length: UNDER_WAY }, () => this.#lane()));
  }

  async #lane(): Promise<void> {
    while (this.#left > 0) {
      this.#left--;
      const coins = this.#coins();
      const gas = coins.splice(below(this.#random, coins.length), 1)[0]!;
      const merged = coins.length >= ENOUGH_TO_MERGE && this.#random() < 0.4 ? coins[0] : undefined;
      const used = [gas, ...(merged ? [merged] : [])].map(({ objectId }) => objectId);
      for (const id of used) this.#inUse.add(id);
      const transaction = new Transaction();
      if (merged) transaction.mergeCoins(transaction.gas, [transaction.objectRef(merged)]);
      else {
        const part = transaction.splitCoins(transaction.gas, [PART]);
        transaction.transferObjects([part], this.#random() < 0.5 ? PAYEE : this.#keypair.toIotaAddress());
      }
      await this.#send(transaction, gas);
      for (const id of used) this.#inUse.delete(id);
    }
  }

  /** One coin becomes many. */
  async #spread(): Promise<void> {
    this.#left--;
    const [gas] = this.#coins();
    const transaction = new Transaction();
    const parts = transaction.splitCoins(
      transaction.gas,
      Array.from({ length: COINS }, () => 1_000n * PART),
    );
    transaction.transferObjects(
      Array.from({ length: COINS }, (_, i) => parts[i]!),
      this.#keypair.toIotaAddress(),
    );
    await this.#send(transaction, gas!);
  }

  async #send(transaction: Transaction, gas: Coin): Promise<void> {
    transaction.setSender(this.#keypair.toIotaAddress());
    transaction.setGasPrice(this.#node.environment.referenceGasPrice);
    transaction.setGasBudget(GAS_BUDGET);
    transaction.setGasPayment([gas]);
    const bytes = await transaction.build();
    const { signature } = await this.#keypair.signTransaction(bytes);
    await submit(this.#node, bytes, fromBase64(signature), this.#tell);
  }

  /** Coins that no transaction under way uses. */
  #coins(): Coin[] {
    const { store } = this.#node;
    return [...store.coins(fromHex(this.#keypair.toIotaAddress()))]
      .map(({ key }) => viewObject(store.object(key.slice(-32))!))
      .filter(({ id }) => !this.#inUse.has(id))
      .map(({ id, version, digest }) => ({ objectId: id, version: String(version), digest }));
  }
}

/** What clients do whose transactions were not answered. */
export async function sendAgain(node: LedgerNode, unanswered: readonly Sent[], tell: Tell): Promise<void> {
  await Promise.all(
    unanswered.map(({ transaction, signature }) => submit(node, fromHex(transaction), fromHex(signature), tell)),
  );
}

/** Hands a transaction to the node, again while it is away, and tells of it. Rejects when it is not executed. */
async function submit(node: LedgerNode, transaction: Uint8Array, signature: Uint8Array, tell: Tell): Promise<void> {
  const digest = toHex(digestOf("TransactionData", transaction));
  tell({ said: "sent", digest, transaction: toHex(transaction), signature: toHex(signature) });
  const ending = await whenAvailable(() => node.submit(transaction, [signature]));
  if (ending.kind !== "executed") throw new Error(`transaction ${digest} was dropped: code ${ending.drop.code}`);
  const { effects, checkpoint } = ending.outcome;
  tell({
    said: "acknowledged",
    digest,
    effects: toHex(digestOf("TransactionEffects", effects)),
    checkpoint: String(checkpoint),
    checkpointDigest: toHex(digestOf("CheckpointSummary", node.store.checkpoint(checkpoint)!.summary)),
  });
}

const RETRY_MS = 20;

async function whenAvailable<T>(work: () => Promise<T>): Promise<T> {
  while (true) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NodeUnavailable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
