/** Virtual time in whole milliseconds: a queue of events that a simulation drives. Nothing waits for real time, and the same seed gives the same run. */
import type { Time, Timer } from "../../host/time.ts";

interface Event {
  readonly at: number;
  readonly run: () => void;
}

export class SimClock implements Time {
  #now = 0;
  /** Latest first; those of the same moment in the order in which they were asked for, the first of them last. */
  readonly #events: Event[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): Timer {
    const event = { at: this.#now + Math.max(0, Math.ceil(ms)), run };
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.at > event.at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
    return {
      cancel: () => {
        const at = this.#events.indexOf(event);
        if (at >= 0) this.#events.splice(at, 1);
      },
    };
  }

  /** Runs everything that is due within the next `ms` milliseconds, and what follows from it. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    while (await this.#step(until));
    this.#now = until;
  }

  /** Runs until `done`. Throws when that takes more than `ms` milliseconds of virtual time, or when nothing is left to happen. */
  async until(done: () => boolean, ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    while (!done()) {
      if (!(await this.#step(until))) throw new Error(`not within ${ms} ms of virtual time: now ${this.#now}`);
    }
  }

  async #step(until: number): Promise<boolean> {
    const next = this.#events.at(-1);
    if (!next || next.at > until) return false;
    this.#events.pop();
    this.#now = next.at;
    next.run();
    await settled();
    return true;
  }
}

/**
 * Resolves when every promise that can settle without the clock has: turns of the event loop, until none is asked for any more. What is
 * simulated must not wait for threads, sockets or files.
 */
export async function settled(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (process.getActiveResourcesInfo().includes("Immediate"));
}
