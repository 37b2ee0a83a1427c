/**
 * Gives coins of a local network to whoever asks. Requests that come together are served by one transaction, which splits the
 * faucet's coin; the HTTP shapes are those of upstream's faucet (crates/iota-faucet/src/{requests,responses,server}.rs).
 */
import { randomUUID } from "node:crypto";
import type { Keypair } from "@iota/iota-sdk/cryptography";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, fromHex, toHex } from "@iota/iota-sdk/utils";
import { parseEffects } from "../format/effects.ts";
import { IOTA_TYPE, viewObject } from "../format/object.ts";
import type { LedgerNode } from "../node.ts";
import { type Deferred, deferred } from "../pipeline/async.ts";
import type { Ending } from "../pipeline/committer.ts";
import { coinTypeKey, join } from "../store/keys.ts";
import type { Store } from "../store/store.ts";

/** One coin given: amount in NANOS, as upstream's `CoinInfo`. */
export interface GivenCoin {
  readonly amount: number;
  readonly id: string;
  readonly transferTxDigest: string;
}

/** The faucet cannot serve this request; the message says why. */
export class FaucetError extends Error {
  override readonly name = "FaucetError";
}

export type TaskStatus =
  | { readonly status: "INPROGRESS" }
  | { readonly status: "SUCCEEDED"; readonly coins: readonly GivenCoin[] }
  | { readonly status: "DISCARDED"; readonly why: string };

interface Request {
  readonly recipient: string;
  readonly done: Deferred<readonly GivenCoin[]>;
}

/** Coins a request gets, and NANOS in each: what upstream's local network gives (crates/iota/src/iota_commands.rs). */
export const COINS_PER_REQUEST = 5;
export const COIN_NANOS = 200_000_000_000n;
/** NANOS; pays for a batch of any size allowed below with room to spare. */
const GAS_BUDGET = 1_000_000_000n;
/** One transaction serves so many requests: results of one SplitCoins are bounded by `max_arguments` of protocol 38. */
const MAX_BATCH = 64;
/** Requests that may wait. */
const MAX_WAITING = 4_096;
/** Finished tasks that are remembered for /v1/status. */
const MAX_TASKS = 10_000;

export class Faucet {
  readonly #node: LedgerNode;
  readonly #keypair: Keypair;
  readonly #waiting: Request[] = [];
  readonly #tasks = new Map<string, TaskStatus>();
  #serving = false;

  constructor(node: LedgerNode, keypair: Keypair) {
    this.#node = node;
    this.#keypair = keypair;
  }

  /** Coins for `recipient`, certified. Throws FaucetError. */
  give(recipient: string): Promise<readonly GivenCoin[]> {
    if (this.#waiting.length >= MAX_WAITING) throw new FaucetError("too many requests are waiting; try again later");
    const done = deferred<readonly GivenCoin[]>();
    this.#waiting.push({ recipient, done });
    if (!this.#serving) void this.#serve();
    return done.promise;
  }

  /** Starts a request and returns the number of its task. */
  startTask(recipient: string): string {
    const task = randomUUID();
    const promise = this.give(recipient);
    this.#remember(task, { status: "INPROGRESS" });
    promise.then(
      (coins) => this.#remember(task, { status: "SUCCEEDED", coins }),
      (error: Error) => this.#remember(task, { status: "DISCARDED", why: error.message }),
    );
    return task;
  }

  task(id: string): TaskStatus | undefined {
    return this.#tasks.get(id);
  }

  #remember(task: string, status: TaskStatus): void {
    this.#tasks.set(task, status);
    for (const oldest of this.#tasks.keys()) {
      if (this.#tasks.size <= MAX_TASKS) break;
      this.#tasks.delete(oldest);
    }
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    await Promise.resolve(); // lets requests of the same moment join the batch
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        const coins = await this.#giveBatch(batch.map(({ recipient }) => recipient));
        batch.forEach(({ done }, i) => {
          done.resolve(coins.slice(i * COINS_PER_REQUEST, (i + 1) * COINS_PER_REQUEST));
        });
      } catch (error) {
        for (const { done } of batch) done.reject(error instanceof Error ? error : new FaucetError(String(error)));
      }
    }
    this.#serving = false;
  }

  async #giveBatch(recipients: readonly string[]): Promise<GivenCoin[]> {
    const sender = this.#keypair.toIotaAddress();
    const transaction = new Transaction();
    const amounts = recipients.flatMap(() => Array.from({ length: COINS_PER_REQUEST }, () => COIN_NANOS));
    const split = transaction.splitCoins(transaction.gas, amounts);
    recipients.forEach((recipient, i) => {
      const own = Array.from({ length: COINS_PER_REQUEST }, (_, n) => split[i * COINS_PER_REQUEST + n]!);
      transaction.transferObjects(own, recipient);
    });
    transaction.setSender(sender);
    transaction.setGasPrice(this.#node.environment.referenceGasPrice);
    transaction.setGasBudget(GAS_BUDGET);
    transaction.setGasPayment([
      largestCoin(this.#node.store, sender, COIN_NANOS * BigInt(amounts.length) + GAS_BUDGET),
    ]);
    const bytes = await transaction.build();
    const { signature } = await this.#keypair.signTransaction(bytes);
    const ending = await this.#node.submit(bytes, [fromBase64(signature)]);
    return givenCoins(this.#node.store, ending, recipients, await transaction.getDigest());
  }
}

/** The sender's coin with the most IOTA. Throws FaucetError when it does not hold `needed` NANOS. */
function largestCoin(store: Store, owner: string, needed: bigint) {
  let best: { id: Uint8Array; balance: bigint } | undefined;
  const prefix = join(fromHex(owner), coinTypeKey(IOTA_TYPE));
  for (const { key, record } of store.coins(prefix)) {
    if (!best || record.balance > best.balance) best = { id: key.slice(prefix.length), balance: record.balance };
  }
  if (!best || best.balance < needed) throw new FaucetError("the faucet has run out of coins");
  const { id, version, digest } = viewObject(store.object(best.id)!);
  return { objectId: id, version: String(version), digest };
}

/** The coins created for each recipient, in the order of the recipients. */
function givenCoins(store: Store, ending: Ending, recipients: readonly string[], digest: string): GivenCoin[] {
  if (ending.kind === "dropped")
    throw new FaucetError(`the faucet's transaction was dropped: code ${ending.drop.code}`);
  const effects = parseEffects(ending.outcome.effects);
  if (effects.status.$kind !== "Success") throw new FaucetError("the faucet's transaction failed");
  const created = new Map<string, GivenCoin[]>();
  for (const [id, { inputState, outputState }] of effects.changedObjects) {
    const owner = outputState.ObjectWrite?.[1].AddressOwner;
    if (inputState.$kind !== "NotExist" || owner === undefined) continue;
    const object = store.objectAt(fromHex(id), BigInt(effects.lamportVersion));
    const amount = Number(object ? viewObject(object).balance : 0n);
    const own = created.get(owner) ?? [];
    own.push({ amount, id: `0x${toHex(fromHex(id))}`, transferTxDigest: digest });
    created.set(owner, own);
  }
  return recipients.flatMap((recipient) => created.get(recipient)?.splice(0, COINS_PER_REQUEST) ?? []);
}
