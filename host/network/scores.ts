/** What peers have done wrong: points that fade with time. At the limit a peer is shut out for a while, longer each time. */
import type { Time } from "../time.ts";
import type { NetworkLimits } from "./limits.ts";

/** Points of each misdeed, against `scoreLimit`. */
export const MISDEED_POINTS = {
  /** Bytes that no honest peer sends: a message that is malformed, too large, or not the peer's to send; another chain. */
  violation: 100,
  /** A block, payload or certificate that the core refused as invalid. */
  invalid: 50,
  /** A new connection while the older one is there. */
  churn: 10,
  /** More requests than may be. */
  flood: 2,
  /** A request not answered in time, or the answer cut short. */
  unanswered: 5,
} as const;
export type Misdeed = keyof typeof MISDEED_POINTS;

interface Record {
  score: number;
  /** When the score was that. */
  at: number;
  shutUntil: number;
  coolDownMs: number;
}

/** A peer that behaved for this many times its last cool-down begins anew with the shortest. */
const FORGIVEN_AFTER = 10;

type Limits = Pick<
  NetworkLimits,
  "scoreLimit" | "scoreDecayPerSecond" | "coolDownMs" | "coolDownMaxMs" | "scoredPeers"
>;

export class Scores<Key> {
  readonly #time: Time;
  readonly #limits: Limits;
  readonly #records = new Map<Key, Record>();

  constructor(time: Time, limits: Limits) {
    this.#time = time;
    this.#limits = limits;
  }

  /** True when the peer is to be disconnected for it. */
  add(peer: Key, misdeed: Misdeed): boolean {
    const { scoreLimit, scoredPeers, coolDownMs, coolDownMaxMs } = this.#limits;
    const now = this.#time.now();
    const old = this.#records.get(peer);
    const record = old ?? { score: 0, at: now, shutUntil: now, coolDownMs: 0 };
    record.score = this.score(peer) + MISDEED_POINTS[misdeed];
    record.at = now;
    const shut = record.score >= scoreLimit;
    if (shut) {
      const again = now < record.shutUntil + FORGIVEN_AFTER * record.coolDownMs;
      record.coolDownMs = again ? Math.min(2 * record.coolDownMs, coolDownMaxMs) : coolDownMs;
      record.shutUntil = now + record.coolDownMs;
      record.score = 0;
    }
    this.#records.delete(peer); // the newest goes last
    this.#records.set(peer, record);
    if (this.#records.size > scoredPeers) this.#records.delete(this.#records.keys().next().value!);
    return shut;
  }

  score(peer: Key): number {
    const record = this.#records.get(peer);
    if (!record) return 0;
    const forgiven = ((this.#time.now() - record.at) / 1_000) * this.#limits.scoreDecayPerSecond;
    return Math.max(0, record.score - forgiven);
  }

  /** Milliseconds for which the peer is shut out yet. */
  coolDownMs(peer: Key): number {
    return Math.max(0, (this.#records.get(peer)?.shutUntil ?? 0) - this.#time.now());
  }
}
