import type { Bytes } from "./environment.ts";

/**
 * What one transaction will write, gathered before it begins: LMDB commits a transaction whose callback throws as far as it came, and
 * its nested transactions are not safe when the disk fails (lmdb 3.5.6).
 */
export class Batch {
  readonly #puts = new Map<Bytes, Map<string, readonly [key: Uint8Array, value: Uint8Array | undefined]>>();

  readonly #cleared = new Set<Bytes>();

  /** Removes everything that the table has; what is put afterwards stays. */
  clear(db: Bytes): void {
    this.#cleared.add(db);
    this.#puts.delete(db);
  }

  /** Undefined removes the key. */
  put(db: Bytes, key: Uint8Array, value: Uint8Array | undefined): void {
    let puts = this.#puts.get(db);
    if (!puts) {
      puts = new Map();
      this.#puts.set(db, puts);
    }
    puts.set(mapKey(key), [key, value]);
  }

  /** What a key will have. */
  get(db: Bytes, key: Uint8Array): Uint8Array | undefined {
    const put = this.#puts.get(db)?.get(mapKey(key));
    if (put) return put[1];
    if (this.#cleared.has(db)) return undefined;
    const value = db.get(key);
    return value && Uint8Array.from(value); // LMDB's buffers are only valid until the next read
  }

  /** What all that is put here has now: putting it back undoes the write of a batch that clears nothing. */
  *before(): Generator<readonly [db: Bytes, key: Uint8Array, value: Uint8Array | undefined]> {
    for (const [db, puts] of this.#puts) {
      for (const [key] of puts.values()) {
        const value = db.get(key);
        yield [db, key, value && Uint8Array.from(value)];
      }
    }
  }

  /** To be called in a transaction. */
  write(): void {
    for (const db of this.#cleared) db.clearSync();
    for (const [db, puts] of this.#puts) {
      for (const [key, value] of puts.values()) {
        if (value) db.putSync(key, value);
        else db.removeSync(key);
      }
    }
  }
}

function mapKey(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}
