/** Users of a simulated cluster, one a coin: each pays again and again, to whichever validator answers, and remembers what it was told. */

import { digestOf } from "../../host/format/digest.ts";
import { toHex } from "../../host/format/hex.ts";
import { Random } from "../attack/random.ts";
import { payment } from "../support/payments.ts";
import type { SimCluster } from "./cluster.ts";

/** Milliseconds that a client waits for an answer before it turns to another validator. */
const PATIENCE_MS = 4_000;
/** Milliseconds between two tries, at most. */
const PAUSE_MS = 400;

export class Clients {
  /** Digests of transactions of which a validator said that they are executed, in hex. */
  readonly acknowledged = new Set<string>();
  /** Payments that were made again, since nobody answered or somebody refused. */
  retries = 0;
  readonly #cluster: SimCluster;
  readonly #random: Random;
  #stopped = false;

  constructor(cluster: SimCluster, coins: number) {
    this.#cluster = cluster;
    this.#random = new Random(cluster.random.bits());
    for (let coin = 0; coin < coins; coin++) this.#later(coin);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Has the user of this coin pay once, with whoever takes it. */
  payOnce(coin: number, paid: () => void): void {
    const { clock } = this.#cluster;
    void this.#pay(coin).then((done) => (done ? paid() : clock.after(PAUSE_MS, () => this.payOnce(coin, paid))));
  }

  #later(coin: number): void {
    this.#cluster.clock.after(this.#random.below(PAUSE_MS), () => {
      if (!this.#stopped) void this.#pay(coin).then(() => this.#later(coin));
    });
  }

  /** True when it was executed. */
  async #pay(coin: number): Promise<boolean> {
    const cluster = this.#cluster;
    const whole = cluster.honest.filter((node) => !cluster.isCorrupt(node));
    const running = cluster.running(this.#random.pick(whole));
    const node = running?.node;
    if (!running || !node?.ready) return false;
    const [transaction, signatures] = await payment(
      running.store,
      cluster.origin.keypair,
      coin,
      1 + this.#random.below(9),
    );
    const ending = await new Promise<string>((resolve) => {
      const deadline = cluster.clock.after(PATIENCE_MS, () => resolve("unanswered"));
      node
        .submit(transaction, signatures)
        .then(
          ({ kind }) => resolve(kind),
          (error: Error) => resolve(error.name),
        )
        .finally(() => deadline.cancel());
    });
    if (ending === "executed") this.acknowledged.add(toHex(digestOf("TransactionData", transaction)));
    else this.retries++;
    return ending === "executed";
  }
}
