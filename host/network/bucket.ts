/** A token bucket: what may go on at a rate, with some of it at once. */
import type { Time } from "../time.ts";
import type { Rate } from "./limits.ts";

export class Bucket {
  readonly #time: Time;
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(time: Time, rate: Rate) {
    this.#time = time;
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = time.now();
  }

  /** Takes `amount`, into debt if need be. Milliseconds to wait until the debt is paid; 0 when there is none. */
  take(amount: number): number {
    this.#refill();
    this.#tokens -= amount;
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / this.#rate.perSecond) * 1_000);
  }

  /** Takes one if there is one. */
  tryTake(): boolean {
    this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #refill(): void {
    const now = this.#time.now();
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + ((now - this.#at) / 1_000) * this.#rate.perSecond);
    this.#at = now;
  }
}
