/** Peers that are ahead of us by an epoch or more, and the ends of epochs that they are asked for. */
import { CoreFault } from "../core-client.ts";
import { EpochOver, epochOf } from "../epoch.ts";
import type { Network, Peer } from "../network/network.ts";
import type { NodeLog } from "../node-options.ts";
import type { EpochEnd } from "../store/store.ts";
import type { Certifier } from "./certifier.ts";

export interface LaterEpochsOptions {
  readonly network: Network;
  readonly certifier: Pick<Certifier, "learn">;
  /** In force. */
  readonly epoch: bigint;
  /** An end of a later epoch than ours, from a peer. False: it does not lead there. Throws EpochOver when we can go there. */
  readonly laterEnd: (end: EpochEnd) => Promise<boolean>;
  /** Our epoch has a certified end, and the peer has the blocks that lead to it. */
  readonly catchUp: (peer: Peer) => void;
  /** Nothing goes on in this epoch. */
  readonly failed: (error: EpochOver) => void;
  readonly log: NodeLog;
}

export class LaterEpochs {
  readonly #options: LaterEpochsOptions;
  /** One question to a peer at a time: one that does not answer keeps nobody else from being asked. */
  readonly #asked = new Set<Peer>();
  #stopped = false;

  constructor(options: LaterEpochsOptions) {
    this.#options = options;
  }

  /** Asks a peer that speaks of a later epoch for the end of its newest. Never rejects. */
  async ask(peer: Peer): Promise<void> {
    if (this.#asked.has(peer) || this.#stopped) return;
    this.#asked.add(peer);
    const { failed, log } = this.#options;
    try {
      await this.#ask(peer);
    } catch (error) {
      if (this.#stopped || error instanceof CoreFault) return;
      if (error instanceof EpochOver) failed(error);
      else log.info({ peer, error: String(error) }, "the end of an epoch is not had yet");
    } finally {
      this.#asked.delete(peer);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** If our epoch has just ended, the peer's blocks lead there too; else they are not to be had as blocks. */
  async #ask(peer: Peer): Promise<void> {
    const { network, certifier, epoch, laterEnd, catchUp } = this.#options;
    const { checkpoint } = await network.request(peer, { kind: "epochEnd", epoch });
    if (!checkpoint || this.#stopped) return;
    const theirs = epochOf(checkpoint.summary);
    if (theirs < epoch) return;
    const { summary, certificate } = checkpoint;
    const right = theirs === epoch ? await certifier.learn(summary, certificate) : await laterEnd(checkpoint);
    if (!right) network.report(peer, "invalid");
    else if (theirs === epoch) catchUp(peer);
  }
}
