/** Seeded random numbers: whatever attacks draw comes from here, so that a printed seed replays a run. */

/** A stream that its seed determines (splitmix32: a counter through a mixing function). */
export class Random {
  #state: number;

  /** `seed`: any integer; its low 32 bits count. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 32 random bits. */
  bits(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** A whole number in [0, bound); 0 when `bound` is 0. */
  below(bound: number): number {
    return bound > 0 ? Math.floor((this.bits() / 2 ** 32) * bound) : 0;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.bits() < probability * 2 ** 32;
  }

  /** One of several, which must not be none. */
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = this.bits();
    return out;
  }

  /** A stream of its own, so that what one part draws does not move another. */
  fork(): Random {
    return new Random(this.bits());
  }
}

/** The seed of this run: CAISSON_SEED, or a fixed one, so that a plain run is always the same. */
export const SEED = Number(process.env.CAISSON_SEED ?? 20_260_801);
