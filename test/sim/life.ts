/** One process of a simulated validator, from its start until it is killed. What belongs to it stops with it, in the middle of whatever it does. */
import type { Time, Timer } from "../../host/time.ts";
import type { SimClock } from "./clock.ts";

export class Life implements Time {
  readonly #clock: SimClock;
  readonly #endings: (() => void)[] = [];
  #alive = true;
  #ios = 0;
  #lastIo = Number.POSITIVE_INFINITY;

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  get alive(): boolean {
    return this.#alive;
  }

  now(): number {
    return this.#clock.now();
  }

  after(ms: number, run: () => void): Timer {
    return this.#clock.after(ms, () => this.#alive && run());
  }

  /** `ending` is called when it is killed; of several, the last first. */
  onKill(ending: () => void): void {
    this.#endings.push(ending);
  }

  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const ending of this.#endings.splice(0).reverse()) ending();
  }

  /** Kills it at the n-th write to a disk from now on, which is under way by then. */
  killAtWrite(n: number): void {
    this.#lastIo = this.#ios + n;
  }

  /** A write to a disk is under way. */
  write(): void {
    if (++this.#ios === this.#lastIo) this.kill();
  }
}
