/** Removes what is kept long enough: for peers blocks with what they order, and certificates; for clients why transactions were dropped, which costs nobody gas. */
import { heightOfHorizon } from "../format/checkpoint.ts";
import { epochStart } from "../format/height.ts";
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
    const last = lastToGo(heightOfHorizon(this.#store.checkpoint(certified)!.summary), BigInt(keepRounds));
    if (last >= this.#store.prunedTo + STEP) while (!this.#stopped && (await this.#store.pruneBlocks(last)));
    if (certified < this.#store.certificatesPrunedTo + STEP) return;
    while (
      !this.#stopped &&
      (await this.#store.pruneDrops(certified > keepRounds ? certified - BigInt(keepRounds) : 0n))
    );
    while (!this.#stopped && (await this.#store.pruneCertificates(certified, BigInt(keepCertificates))));
  }
}

/** The height up to which blocks go: those of the epoch before stay until ours has as many rounds as are kept, those of earlier ones do not. */
function lastToGo(horizon: bigint, keepRounds: bigint): bigint {
  const begins = epochStart(horizon);
  if (horizon - begins > keepRounds) return horizon - keepRounds;
  return begins === 0n ? 0n : epochStart(begins - 1n);
}
