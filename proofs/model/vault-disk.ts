/**
 * A disk as the vault's keeper must expect it: it may fail in the middle of anything, with the machine or alone, and what was not
 * synchronized may be there afterwards or not. Follows the steps of `FolderDisk` in platform/trust/disk.ts.
 */
import type { Disk } from "../../platform/trust/disk.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/** How long a disk works, and what becomes of it then. */
export interface Fate {
  /** Operations that succeed before one fails; Infinity for a disk that never does. */
  readonly operations: number;
  /** True: the machine stops with the disk. False: the disk reports an error and works again after the next boot. */
  readonly machineStops: boolean;
  /** Names of the files whose unsynchronized state is found after the machine stopped. */
  readonly survivors: readonly string[];
}

export const NO_FAULT: Fate = { operations: Number.POSITIVE_INFINITY, machineStops: false, survivors: [] };

export class CrashDisk implements Disk {
  /** What survives for certain. */
  #durable: Files;
  /** What is seen while the machine runs. */
  readonly #seen: Map<string, Uint8Array>;
  readonly #fate: Fate;
  /** False weakens the disk: it says that it synchronizes, and does not. */
  readonly #syncs: boolean;
  #operations = 0;

  constructor(fate: Fate, { durable, seen, syncs = true }: { durable?: Files; seen?: Files; syncs?: boolean } = {}) {
    this.#durable = new Map(durable);
    this.#seen = new Map(seen ?? durable);
    this.#fate = fate;
    this.#syncs = syncs;
  }

  get operations(): number {
    return this.#operations;
  }

  get failed(): boolean {
    return this.#operations > this.#fate.operations;
  }

  get machineStopped(): boolean {
    return this.failed && this.#fate.machineStops;
  }

  /** The files as a program sees them now. */
  get files(): Files {
    return new Map(this.#seen);
  }

  /** The same disk at the next boot. */
  next(fate: Fate): CrashDisk {
    if (!this.machineStopped) {
      return new CrashDisk(fate, { durable: this.#durable, seen: this.#seen, syncs: this.#syncs });
    }
    const found = new Map(this.#durable);
    for (const name of this.#fate.survivors) {
      const bytes = this.#seen.get(name);
      if (bytes) found.set(name, bytes);
    }
    return new CrashDisk(fate, { durable: found, syncs: this.#syncs });
  }

  #operation(): void {
    this.#operations++;
    if (this.failed) throw new Error("the disk does not answer");
  }

  #syncFolder(): void {
    this.#operation();
    if (this.#syncs) this.#durable = new Map(this.#seen);
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    this.#syncFolder();
    this.#operation();
    return this.#seen.get(name);
  }

  async writeDurably(name: string, bytes: Uint8Array): Promise<void> {
    this.#operation(); // writing the new file under another name
    this.#operation(); // synchronizing it
    this.#operation(); // giving it its name
    this.#seen.set(name, bytes.slice());
    this.#syncFolder();
  }
}
