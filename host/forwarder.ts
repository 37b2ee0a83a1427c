/**
 * Hands what clients send to a full node on to those it follows, who order it. None of them is trusted to: who has not ordered a
 * transaction after a while is passed over for the next. What becomes of each, our own core says.
 */
import { toHex } from "./format/hex.ts";
import { submittable } from "./network/messages.ts";
import { type Network, type Peer, sourcesOf } from "./network/network.ts";
import type { NodeLog } from "./node-options.ts";
import { type Deferred, deferred } from "./pipeline/async.ts";
import type { Mempool, Waiting } from "./pipeline/mempool.ts";
import type { Time } from "./time.ts";

export interface ForwarderOptions {
  readonly mempool: Mempool;
  readonly network: Network;
  /** Full nodes that are followed beside the validators. */
  readonly follows: ReadonlySet<Peer> | undefined;
  /** False: the transaction can not be executed any more, which whoever waits for it has been told. */
  readonly isWanted: (waiting: Waiting) => boolean;
  readonly time: Time;
  readonly log: NodeLog;
}

/** Milliseconds after which a transaction that was handed on and not ordered goes to the next peer. */
const PATIENCE_MS = 2_000;
/** Milliseconds between two tries when nobody takes anything. */
const AGAIN_MS = 250;

export class Forwarder {
  readonly #options: ForwarderOptions;
  /** By digest: when a transaction was handed on last. */
  readonly #sent = new Map<string, number>();
  #turn = 0;
  #wake: Deferred<void> = deferred();
  #stopped = false;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** A transaction waits. */
  wake(): void {
    this.#wake.resolve();
  }

  stop(): void {
    this.#stopped = true;
    this.wake();
  }

  /** Hands on until stopped. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      const due = this.#due();
      const sent = due.length > 0 && (await this.#send(due));
      if (!sent) await this.#sleep(due.length > 0 ? AGAIN_MS : PATIENCE_MS / 4);
    }
  }

  /** What is to be handed on now, as much as goes at once. */
  #due(): readonly Waiting[] {
    const { mempool, time, isWanted } = this.#options;
    const now = time.now();
    const waiting = new Map(mempool.waiting().map((one) => [toHex(one.digest), one]));
    for (const key of this.#sent.keys()) if (!waiting.has(key)) this.#sent.delete(key);
    const due = [...waiting].flatMap(([key, one]) => {
      const sent = this.#sent.get(key);
      if (sent === undefined) return [one];
      return now - sent >= PATIENCE_MS && isWanted(one) ? [one] : [];
    });
    return submittable(due, ({ payload }) => payload);
  }

  /** False: the peer whose turn it was did not take them. */
  async #send(due: readonly Waiting[]): Promise<boolean> {
    const { network, follows, time, log } = this.#options;
    const peers = sourcesOf(network, follows);
    const peer = peers[this.#turn++ % peers.length];
    if (peer === undefined) return false;
    try {
      await network.request(peer, { kind: "submit", transactions: due.map(({ payload }) => payload) });
    } catch (error) {
      log.info({ peer, error: String(error) }, "transactions are not handed on yet");
      return false;
    }
    for (const { digest } of due) this.#sent.set(toHex(digest), time.now());
    return true;
  }

  async #sleep(ms: number): Promise<void> {
    const timer = this.#options.time.after(ms, () => this.wake());
    await this.#wake.promise;
    timer.cancel();
    this.#wake = deferred();
  }
}
