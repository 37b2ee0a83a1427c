/** Removes what is kept for peers alone, and long enough: blocks and what they order, and certificates. */
import { orderResume } from "../format/checkpoint.ts";
import type { Keeping } from "../keeping.ts";
import type { Store } from "../store/store.ts";
import { type Deferred, deferred } from "./async.ts";

/** Rounds and checkpoints that come together before the next ones go: a write to the disk for all of them. */
const STEP = 32n;

export class Pruner {
  readonly #store: Store;
  readonly #keeping: Keeping;
  #certified: bigint | undefined;
  #wake: Deferred<void> = deferred();
  #stopped = false;

  constructor(store: Store, keeping: Keeping) {
    this.#store = store;
    this.#keeping = keeping;
    this.#certified = store.certifiedCheckpoint();
  }

  /** A quorum has signed this checkpoint. */
  certified(sequence: bigint): void {
    this.#certified = sequence;
    this.#wake.resolve();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.resolve();
  }

  /** Prunes as checkpoints are certified, until stopped. Throws StoreError. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      if (this.#certified !== undefined) await this.#prune(this.#certified);
      await this.#wake.promise;
      this.#wake = deferred();
    }
  }

  async #prune(certified: bigint): Promise<void> {
    const { keepRounds, keepCertificates } = this.#keeping;
    const lastRound = orderResume(this.#store.checkpoint(certified)!.summary).horizon - BigInt(keepRounds);
    if (lastRound >= this.#store.prunedTo + STEP) while (!this.#stopped && (await this.#store.pruneRounds(lastRound)));
    if (certified >= this.#store.certificatesPrunedTo + STEP)
      while (!this.#stopped && (await this.#store.pruneCertificates(certified, BigInt(keepCertificates))));
  }
}
