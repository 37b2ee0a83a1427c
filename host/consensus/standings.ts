/** Where our vault stands, for peers whose vaults have lost their state. Each answer is a signature: a member may ask now and then, others not at all. */
import { type CoreClient, CoreFault } from "../core-client.ts";
import { coreRefusal } from "../errors.ts";
import { Bucket } from "../network/bucket.ts";
import type { Rate } from "../network/limits.ts";
import type { Request, Response } from "../network/messages.ts";
import type { Peer } from "../network/network.ts";
import type { Time } from "../time.ts";

/** Of one member. It asks again while it waits for others. */
const ANSWERS: Rate = { perSecond: 1, burst: 4 };

/** The peer may not ask, not so often, or not of this epoch. */
class NotAnswered extends Error {
  override readonly name = "NotAnswered";
}

export type StandingRequest = Extract<Request, { kind: "standing" }>;

export class Standings {
  readonly #core: CoreClient;
  readonly #epoch: bigint;
  readonly #time: Time;
  readonly #asked = new Map<number, Bucket>();

  /** `epoch`: in force. */
  constructor(core: CoreClient, epoch: bigint, time: Time) {
    this.#core = core;
    this.#epoch = epoch;
    this.#time = time;
  }

  /** Throws why there is no answer. */
  async answer(peer: Peer, { epoch, nonce }: StandingRequest): Promise<Response> {
    if (epoch !== this.#epoch || typeof peer !== "number" || !this.#bucket(peer).tryTake())
      throw new NotAnswered(`${peer} asks where we stand in epoch ${epoch}`);
    const answer = await this.#core.order({ kind: "standing", nonce });
    if (answer.kind === "standing") return { kind: "standing", standing: answer.standing };
    throw answer.kind === "rejected"
      ? coreRefusal("order", "to say where its vault stands", answer, undefined)
      : new CoreFault(`order answered ${answer.kind}`);
  }

  #bucket(member: number): Bucket {
    const bucket = this.#asked.get(member) ?? new Bucket(this.#time, ANSWERS);
    this.#asked.set(member, bucket);
    return bucket;
  }
}
