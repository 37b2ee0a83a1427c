/** Certificates of checkpoints that our own core has made, and whose signatures were not heard: they are asked for. */
import type { Network, Peer } from "../network/network.ts";
import type { NodeLog } from "../node-options.ts";
import type { Certifier } from "./certifier.ts";

export interface MissedCertificatesOptions {
  readonly network: Network;
  readonly certifier: Certifier;
  readonly log: NodeLog;
}

export class MissedCertificates {
  readonly #options: MissedCertificatesOptions;
  /** Newest checkpoint that our core had made at the last look. */
  #before: bigint | undefined;

  constructor(options: MissedCertificatesOptions) {
    this.#options = options;
  }

  /** Whether what was not certified at the last look is not yet. Signatures come with a delay, so looks are to be some time apart. */
  look(): boolean {
    const { certifier } = this.#options;
    const isMissed = this.#before !== undefined && this.#before > certifier.certified && !certifier.isExpecting;
    if (!isMissed) this.#before = certifier.uncertified;
    return isMissed;
  }

  /** Asks a peer for the certificate of what is missed, or of a later checkpoint. */
  async ask(peer: Peer): Promise<void> {
    const { network, certifier, log } = this.#options;
    try {
      const { checkpoint } = await network.request(peer, { kind: "checkpoint", sequence: this.#before });
      if (!checkpoint) return;
      if (!(await certifier.learn(checkpoint.summary, checkpoint.certificate))) network.report(peer, "invalid");
    } catch (error) {
      log.info({ peer, error: String(error) }, "a certificate is not had yet");
    }
  }
}
