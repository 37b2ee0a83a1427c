/**
 * The state of a certified checkpoint, held ready for peers while the node goes on. One at a time, whoever asks, and not for long: what is
 * written meanwhile cannot take the room of what it shows.
 */
import { Bucket } from "../network/bucket.ts";
import type { Rate } from "../network/limits.ts";
import type { CertifiedCheckpoint, StatePage } from "../network/messages.ts";
import type { PinnedState, Store } from "../store/store.ts";
import type { Time, Timer } from "../time.ts";
import { statePage } from "./page.ts";

/** Milliseconds that a state is held, at most and after a page of it was last asked for: then a newer one can be offered. */
const HELD_MS = 600_000;
const IDLE_MS = 10_000;
/** Pages given to all peers together: each takes some milliseconds of this thread. */
const PAGES: Rate = { perSecond: 64, burst: 64 };

interface Held {
  readonly state: PinnedState;
  readonly until: number;
}

export class States {
  readonly #store: Store;
  readonly #time: Time;
  readonly #pages: Bucket;
  #held: Held | undefined;
  #timer: Timer | undefined;

  constructor(store: Store, time: Time) {
    this.#store = store;
    this.#time = time;
    this.#pages = new Bucket(time, PAGES);
  }

  /** The checkpoint whose state is held from now on, if it is not already; undefined: there is none. */
  offer(): CertifiedCheckpoint | undefined {
    if (!this.#held) {
      const state = this.#store.pinCertified();
      this.#held = state && { state, until: this.#time.now() + HELD_MS };
      this.#watch();
    }
    const { summary, certificate } = this.#held?.state.checkpoint ?? {};
    return summary && certificate && { summary, certificate };
  }

  /** From the node on whose record has the key `from`; undefined: this checkpoint's state is not held. Throws Busy. */
  page(sequence: bigint, from: Uint8Array): StatePage | undefined {
    if (this.#held?.state.sequence !== sequence) return undefined;
    if (!this.#pages.tryTake()) throw new Busy("as many pages of a state are asked for as may be: ask again");
    this.#watch();
    return statePage(this.#held.state, from);
  }

  /** Lets go of what is held. */
  stop(): void {
    this.#timer?.cancel();
    this.#held?.state.release();
    this.#held = undefined;
  }

  /** Lets go when nobody has asked for a while, or it was held long enough. */
  #watch(): void {
    if (!this.#held) return;
    this.#timer?.cancel();
    this.#timer = this.#time.after(Math.min(IDLE_MS, this.#held.until - this.#time.now()), () => this.stop());
  }
}

/** Too much is asked for at once. */
export class Busy extends Error {
  override readonly name = "Busy";
}
