/** Messages that wait for one peer. What a slow peer does not read is dropped, the oldest first, and counted; nothing else waits for it. */
import type { NetworkLimits } from "./limits.ts";

/** The next message to send: an encoded bundle, or how many were dropped before the next one. */
export type Outgoing = { readonly bundle: Uint8Array } | { readonly skipped: number };

export class Outbox {
  readonly #limits: Pick<NetworkLimits, "queuedBundles" | "queuedBytes">;
  readonly #bundles: Uint8Array[] = [];
  #bytes = 0;
  #untold = 0;
  #skipped = 0;

  constructor(limits: Pick<NetworkLimits, "queuedBundles" | "queuedBytes">) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#bundles.length;
  }

  /** Bundles dropped since the start. */
  get skipped(): number {
    return this.#skipped;
  }

  add(bundle: Uint8Array): void {
    this.#bundles.push(bundle);
    this.#bytes += bundle.length;
    while (this.#bundles.length > this.#limits.queuedBundles || this.#bytes > this.#limits.queuedBytes) {
      this.#bytes -= this.#bundles.shift()!.length;
      this.#untold++;
      this.#skipped++;
    }
  }

  take(): Outgoing | undefined {
    if (this.#untold > 0) {
      const skipped = this.#untold;
      this.#untold = 0;
      return { skipped };
    }
    const bundle = this.#bundles.shift();
    if (!bundle) return undefined;
    this.#bytes -= bundle.length;
    return { bundle };
  }
}
