/**
 * A simulated validator's disk: it outlives the validator's processes. A write takes its time; when the process is killed meanwhile, it
 * is there as a whole or not at all, as chance has it, and never one that was begun after another that is not.
 */
import type { Bytes, Environment, Range } from "../../host/store/environment.ts";
import type { Disk } from "../../platform/trust/disk.ts";
import type { Random } from "../attack/random.ts";
import type { Life } from "./life.ts";

/** Milliseconds that a write takes: at least, and below. */
const WRITE_MS: readonly [number, number] = [1, 3];

export class SimDisk {
  /** What a write takes more, in milliseconds. */
  slowMs = 0;
  /** Writes that are durable. */
  writes = 0;
  readonly #random: Random;
  readonly #tables = new Map<string, Table>();
  readonly #files: Map<string, Uint8Array>;

  /** `files`: those that are there from the beginning. */
  constructor(random: Random, files: ReadonlyMap<string, Uint8Array>) {
    this.#random = random;
    this.#files = new Map(files);
  }

  /** For the store of one process. */
  environment(life: Life): Environment {
    const queue = new Queue(this, life, this.#random);
    const table = (name: string): Table => {
      const known = this.#tables.get(name) ?? new Table();
      this.#tables.set(name, known);
      return known;
    };
    return {
      place: "memory",
      prepare: (work) => work(),
      table,
      snapshot: () => {
        const tables = new Map([...this.#tables].map(([name, one]) => [name, one.copy()]));
        return { table: (name) => tables.get(name) ?? new Table(), release: () => undefined };
      },
      expectRoom: () => undefined,
      transaction: (write) => queue.write(write),
      close: async () => undefined,
    };
  }

  /** Everything is gone but what the trust has kept. To be called while no process has it. */
  loseStore(): void {
    this.#tables.clear();
  }

  /** Rows of the store come to have another bit than was written, or are not there any more. To be called while no process has it. */
  corrupt(rows: number): void {
    const tables = [...this.#tables.values()].filter(({ size }) => size > 0);
    for (let row = 0; row < rows; row++) this.#random.pick(tables).corrupt(this.#random);
  }

  /** For the trust of one process. */
  files(life: Life): Disk {
    const queue = new Queue(this, life, this.#random);
    return {
      read: async (name) => this.#files.get(name)?.slice(),
      writeDurably: (name, bytes) => {
        const written = bytes.slice();
        return queue.write(() => this.#files.set(name, written));
      },
    };
  }
}

/** Writes of one process, one after the other. */
class Queue {
  readonly #disk: SimDisk;
  readonly #life: Life;
  readonly #random: Random;
  readonly #waiting: { readonly write: () => unknown; readonly done: () => void }[] = [];
  #busy = false;

  constructor(disk: SimDisk, life: Life, random: Random) {
    this.#disk = disk;
    this.#life = life;
    this.#random = random;
    life.onKill(() => {
      if (this.#waiting.length > 0 && random.chance(0.5)) this.#do(this.#waiting[0]!.write);
    });
  }

  /** Never resolves when the process is killed first. */
  write(write: () => unknown): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#life.alive) return;
      this.#waiting.push({ write, done: resolve });
      if (!this.#busy) this.#next();
    });
  }

  #next(): void {
    const first = this.#waiting[0];
    this.#busy = first !== undefined;
    if (!first) return;
    this.#life.write();
    const [least, below] = WRITE_MS;
    this.#life.after(this.#disk.slowMs + least + this.#random.below(below - least), () => {
      this.#do(first.write);
      this.#waiting.shift();
      first.done();
      this.#next();
    });
  }

  #do(write: () => unknown): void {
    this.#disk.writes++;
    write();
  }
}

/** A table in memory. Its keys are put in order when it is first asked for a range. */
class Table implements Bytes {
  readonly #values = new Map<string, Uint8Array>();
  #sorted: string[] | undefined;

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#values.get(nameOf(key));
  }

  doesExist(key: Uint8Array): boolean {
    return this.#values.has(nameOf(key));
  }

  *getRange(range: Range): Generator<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
    for (const name of this.#names(range)) yield { key: keyOf(name), value: this.#values.get(name)! };
  }

  *getKeys(range: Range): Generator<Uint8Array> {
    for (const name of this.#names(range)) yield keyOf(name);
  }

  getKeysCount(range: Range): number {
    return this.#names(range).length;
  }

  putSync(key: Uint8Array, value: Uint8Array): void {
    const name = nameOf(key);
    if (this.#sorted && !this.#values.has(name)) this.#sorted.splice(this.#firstFrom(name), 0, name);
    this.#values.set(name, Uint8Array.from(value));
  }

  removeSync(key: Uint8Array): void {
    const name = nameOf(key);
    if (this.#values.delete(name) && this.#sorted) this.#sorted.splice(this.#firstFrom(name), 1);
  }

  clearSync(): void {
    this.#values.clear();
    this.#sorted = undefined;
  }

  get size(): number {
    return this.#values.size;
  }

  corrupt(random: Random): void {
    const names = [...this.#values.keys()];
    const name = random.pick(names);
    const value = this.#values.get(name)!.slice();
    if (value.length === 0 || random.chance(0.1)) {
      if (names.length > 1) this.removeSync(keyOf(name));
      return;
    }
    value[random.below(value.length)]! ^= 1 << random.below(8);
    this.#values.set(name, value);
  }

  /** As it is now; values are never changed in place. */
  copy(): Table {
    const copy = new Table();
    for (const [name, value] of this.#values) copy.#values.set(name, value);
    return copy;
  }

  /** As of now: what is written while a range is read does not change it. */
  #names({ start, end, reverse = false, limit }: Range): string[] {
    this.#sorted ??= [...this.#values.keys()].sort();
    const { length } = this.#sorted;
    const at = (key: Uint8Array | undefined, missing: number) => (key ? this.#firstFrom(nameOf(key)) : missing);
    let names: string[];
    if (reverse) {
      const last = start ? at(start, 0) + (this.doesExist(start) ? 1 : 0) : length;
      const first = end ? at(end, 0) + (this.doesExist(end) ? 1 : 0) : 0;
      names = this.#sorted.slice(limit === undefined ? first : Math.max(first, last - limit), last).reverse();
    } else {
      const first = at(start, 0);
      const last = at(end, length);
      names = this.#sorted.slice(first, limit === undefined ? last : Math.min(last, first + limit));
    }
    return names;
  }

  /** Index of the first name that is not below this one. */
  #firstFrom(name: string): number {
    const sorted = this.#sorted!;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A key as a string whose order is that of its bytes. */
function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}

function keyOf(name: string): Uint8Array {
  return Uint8Array.from(Buffer.from(name, "latin1"));
}
