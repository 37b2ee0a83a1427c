/**
 * Transactions that passed every check, waiting for a block or in one of ours, with the host's soft locks on the object versions they use.
 */
import { toBase58 } from "@iota/iota-sdk/utils";
import { ObjectLocked } from "../errors.ts";
import { toHex } from "../format/hex.ts";
import { parseBcs } from "../format/parse.ts";
import { TransactionDataBcs, type TransactionDataV1 } from "../format/transaction.ts";
import { payloadBytes } from "../network/messages.ts";
import type { Payload } from "../store/records.ts";

export interface Waiting {
  readonly digest: Uint8Array;
  readonly payload: Payload;
  /** The payload's transaction, read. */
  readonly data: TransactionDataV1;
  readonly gasObjects: readonly string[];
  /** id and version of each owned object it uses. */
  readonly locks: readonly string[];
}

export class Mempool {
  readonly #waiting = new Map<string, Waiting>();
  readonly #taken = new Map<string, Waiting>();
  readonly #holders = new Map<string, string>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Takes a transaction in. Throws ObjectLocked when another one under way uses one of its object versions. */
  add(digest: Uint8Array, payload: Payload, data: TransactionDataV1): void {
    for (const { lock, id, version } of ownedRefs(data)) {
      const holder = this.#holders.get(lock);
      if (holder !== undefined) throw new ObjectLocked(id, version, holder);
    }
    this.#waiting.set(toHex(digest), this.#hold(digest, payload, data));
  }

  /** Up to `limit` transactions of `bytes` in all, oldest first, no two of which pay with one gas object. They keep their locks. */
  take(limit: number, bytes: number): Waiting[] {
    const taken: Waiting[] = [];
    const gas = new Set<string>();
    let room = bytes;
    for (const [key, waiting] of this.#waiting) {
      if (taken.length === limit) break;
      if (waiting.gasObjects.some((id) => gas.has(id))) continue;
      room -= payloadBytes(waiting.payload);
      if (room < 0) break;
      for (const id of waiting.gasObjects) gas.add(id);
      taken.push(waiting);
      this.#waiting.delete(key);
      this.#taken.set(key, waiting);
    }
    return taken;
  }

  /** Everything that waits, oldest first. */
  waiting(): readonly Waiting[] {
    return [...this.#waiting.values()];
  }

  /** What is known of a transaction that waits, or is in a block of ours. */
  find(digest: Uint8Array): Waiting | undefined {
    const key = toHex(digest);
    return this.#taken.get(key) ?? this.#waiting.get(key);
  }

  /** A block of ours, of an earlier run, has this transaction: it does not wait any more, and has its locks. */
  claim(digest: Uint8Array, payload: Payload): void {
    const key = toHex(digest);
    const waiting =
      this.find(digest) ?? this.#hold(digest, payload, parseBcs(TransactionDataBcs, payload.transaction).V1);
    this.#waiting.delete(key);
    this.#taken.set(key, waiting);
  }

  /** Puts back what was taken, and is in no block or in one that will not be ordered. What has ended meanwhile stays away. */
  putBack(transactions: readonly Waiting[]): void {
    for (const waiting of transactions) {
      const key = toHex(waiting.digest);
      if (this.#taken.delete(key)) this.#waiting.set(key, waiting);
    }
  }

  /** A transaction ended, however: its locks are free. `key`: its digest in hex. */
  settle(key: string): void {
    for (const transactions of [this.#waiting, this.#taken]) {
      for (const lock of transactions.get(key)?.locks ?? []) this.#holders.delete(lock);
      transactions.delete(key);
    }
  }

  /** Everything taken waits again: the blocks that have it are given up, or will be replayed. */
  putAllBack(): void {
    this.putBack([...this.#taken.values()]);
  }

  #hold(digest: Uint8Array, payload: Payload, data: TransactionDataV1): Waiting {
    const locks = ownedRefs(data).map(({ lock }) => lock);
    for (const lock of locks) this.#holders.set(lock, toBase58(digest));
    return { digest, payload, data, gasObjects: data.gasData.payment.map(({ objectId }) => objectId), locks };
  }
}

function ownedRefs({ kind, gasData }: TransactionDataV1): { lock: string; id: string; version: bigint }[] {
  const refs = [...gasData.payment];
  for (const input of kind.ProgrammableTransaction?.inputs ?? []) {
    const owned = input.Object?.ImmOrOwnedObject;
    if (owned) refs.push(owned);
  }
  return refs.map(({ objectId, version }) => ({
    lock: `${objectId}:${version}`,
    id: objectId,
    version: BigInt(version),
  }));
}
