/** Transactions that passed every check and wait for a block, with the host's soft locks on the object versions they use. */
import { toBase58 } from "@iota/iota-sdk/utils";
import { ObjectLocked } from "../errors.ts";
import { toHex } from "../format/hex.ts";
import { parseBcs } from "../format/parse.ts";
import { TransactionDataBcs, type TransactionDataV1 } from "../format/transaction.ts";
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

  /** Up to `limit` transactions, oldest first, no two of which pay with one gas object. They keep their locks. */
  take(limit: number): Waiting[] {
    const taken: Waiting[] = [];
    const gas = new Set<string>();
    for (const [key, waiting] of this.#waiting) {
      if (taken.length === limit) break;
      if (waiting.gasObjects.some((id) => gas.has(id))) continue;
      for (const id of waiting.gasObjects) gas.add(id);
      taken.push(waiting);
      this.#waiting.delete(key);
    }
    return taken;
  }

  /** Everything that waits, oldest first. */
  waiting(): readonly Waiting[] {
    return [...this.#waiting.values()];
  }

  /** A transaction that a block has already, taken out if it waits. It has its locks. */
  claim(digest: Uint8Array, payload: Payload): Waiting {
    const key = toHex(digest);
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    return waiting ?? this.#hold(digest, payload, parseBcs(TransactionDataBcs, payload.transaction).V1);
  }

  /** Puts back what could not be proposed. */
  putBack(transactions: readonly Waiting[]): void {
    for (const waiting of transactions) this.#waiting.set(toHex(waiting.digest), waiting);
  }

  /** The transaction ended, however: its locks are free. */
  release({ locks }: Pick<Waiting, "locks">): void {
    for (const lock of locks) this.#holders.delete(lock);
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
