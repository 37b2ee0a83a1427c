/**
 * Where the store's tables live: one place with atomic, durable transactions. LMDB on disk; a simulation has one in memory, whose crashes
 * it decides.
 */
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statfsSync } from "node:fs";
import { dirname, join as joinPath } from "node:path";
import { open, type RootDatabase } from "lmdb";
import { makeFolder, syncFolder } from "../../platform/durable.ts";

/**
 * The store cannot be used; the message says what to do. After a write that failed this process must end: lmdb 3.5.6 writes past a
 * buffer of its own when it says why (mdb_page_flush in mdb.c), and takes no more writes after some failures.
 */
export class StoreError extends Error {
  override readonly name: string = "StoreError";
}

/** There is too little room to begin a write. Nothing was tried: writing can go on as soon as there is. */
export class DiskFull extends StoreError {
  override readonly name = "DiskFull";
}

/** From `start` on and before `end`; with `reverse` from `start` downwards, and after `end`. */
export interface Range {
  readonly start?: Uint8Array;
  readonly end?: Uint8Array;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** What of a table a snapshot shows. What is read is valid until the next read only. */
export interface ReadOnly {
  get(key: Uint8Array): Uint8Array | undefined;
  getRange(range: Range): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>;
}

/** One table, ordered by the bytes of its keys. */
export interface Bytes extends ReadOnly {
  doesExist(key: Uint8Array): boolean;
  getKeys(range: Range): Iterable<Uint8Array>;
  getKeysCount(range: Range): number;
  /** In a transaction only. */
  putSync(key: Uint8Array, value: Uint8Array): unknown;
  /** In a transaction only. */
  removeSync(key: Uint8Array): unknown;
  /** Removes everything. In a transaction only. */
  clearSync(): unknown;
}

/** All tables as they were at one moment. */
export interface Snapshot {
  table(name: string): ReadOnly;
  /** To be called once: until then nothing that it shows makes room for what is written since. */
  release(): void;
}

export interface Environment {
  /** As errors name it. */
  readonly place: string;
  /** Runs `work`, which opens its tables and may write to them, in a first transaction. What a crash leaves of a new one is none. */
  prepare(work: () => void): void;
  table(name: string): Bytes;
  snapshot(): Snapshot;
  /** Throws DiskFull when there is no room to write, and StoreError when nothing can be written any more. */
  expectRoom(): void;
  /** To be called after `expectRoom`. Runs `write` and resolves when what it wrote is durable; after a crash all of it is there or nothing. Throws StoreError. */
  transaction(write: () => void): Promise<void>;
  close(): Promise<void>;
}

const LMDB_OPTIONS = {
  maxDbs: 32,
  noSubdir: false,
  /** Without it a committed transaction is a synced one, which is what "on disk" means everywhere here. */
  overlappingSync: false,
  /** With it a failed commit also rejects a promise that nobody can wait for, which ends the process. */
  eventTurnBatching: false,
} as const;
/** Far more than a checkpoint takes, so that LMDB itself never meets a full disk. */
const LEAST_FREE_BYTES = 64n * 1024n * 1024n;
/** LMDB's name for it. */
const DATA_FILE = "data.mdb";
/** MDB_MAGIC of the first meta page, behind a page header of 24 bytes (mdb.c of lmdb 3.5.6). */
const MAGIC = 0xbeef_c0de;
const MAGIC_AT = 24;

export class LmdbEnvironment implements Environment {
  readonly place: string;
  readonly #freeBytes: (folder: string) => bigint;
  /** Why a write failed. Nothing is written any more. */
  #failure: StoreError | undefined;
  #root!: RootDatabase<Uint8Array, Uint8Array>;

  /** `folder`: made when it is missing. `freeBytes`: of the disk that holds a folder. */
  constructor(folder: string, freeBytes = freeBytesOf) {
    this.place = folder;
    this.#freeBytes = freeBytes;
  }

  /** A new one is made beside its place first. Throws StoreError when the disk does not let it be opened, and what `work` throws. */
  prepare(work: () => void): void {
    const made = existsSync(joinPath(this.place, DATA_FILE));
    const place = made ? this.place : `${this.place}.new`;
    if (!made) rmSync(place, { recursive: true, force: true }); // one left by a crash
    makeFolder(place);
    this.#open(place, work);
    if (made) return;
    syncFolder(place);
    renameSync(place, this.place);
    syncFolder(dirname(this.place));
  }

  table(name: string): Bytes {
    return this.#root.openDB({ name, encoding: "binary", keyEncoding: "binary" });
  }

  snapshot(): Snapshot {
    const transaction = this.#root.useReadTransaction();
    return {
      table: (name) => {
        const table = this.#root.openDB<Uint8Array, Uint8Array>({ name, encoding: "binary", keyEncoding: "binary" });
        return {
          get: (key) => table.get(key, { transaction }),
          getRange: (range) => table.getRange({ ...range, transaction }),
        };
      },
      release: () => transaction.done(),
    };
  }

  expectRoom(folder = this.place): void {
    if (this.#failure) throw this.#failure;
    const free = this.#freeBytes(folder);
    if (free >= LEAST_FREE_BYTES) return;
    throw new DiskFull(`${free} bytes are free on the disk of ${folder}, ${LEAST_FREE_BYTES} are needed: make room`);
  }

  async transaction(write: () => void): Promise<void> {
    try {
      await this.#root.transaction(write);
    } catch (error) {
      const { commitError } = error as { readonly commitError?: Promise<never> };
      throw this.#failed("written", await (commitError ?? Promise.reject(error)).catch((reason) => reason));
    }
  }

  async close(): Promise<void> {
    // After a failure its memory cannot be relied on, and the process is about to end.
    if (!this.#failure) await this.#root.close();
  }

  #open(folder: string, work: () => void): void {
    this.expectRoom(folder);
    try {
      checkFile(joinPath(folder, DATA_FILE));
      this.#root = open({ path: folder, ...LMDB_OPTIONS });
      this.#root.transactionSync(work);
    } catch (error) {
      if (!(error instanceof StoreError)) throw this.#failed("opened", error);
      void this.#root.close();
      throw error;
    }
  }

  #failed(done: "opened" | "written", reason: unknown): StoreError {
    const why = reason instanceof Error ? reason.message : String(reason);
    this.#failure = new StoreError(
      `the store in ${this.place} cannot be ${done} (${why}): see to the disk's space, health and permissions, then start again`,
    );
    return this.#failure;
  }
}

function freeBytesOf(folder: string): bigint {
  const { bavail, bsize } = statfsSync(folder, { bigint: true });
  return bavail * bsize;
}

/** Throws when the file cannot be LMDB's, or not be written: lmdb 3.5.6 does not survive an environment that it fails to open. */
function checkFile(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r+");
  try {
    const magic = new DataView(new ArrayBuffer(4));
    const read = readSync(file, magic, 0, 4, MAGIC_AT);
    if (read < 4 || magic.getUint32(0, true) !== MAGIC) throw new Error(`${path} is damaged: no LMDB file`);
  } finally {
    closeSync(file);
  }
}
