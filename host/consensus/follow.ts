/**
 * What a full node does when nothing comes by itself: asks those it follows for blocks that it may have missed, and for the certificates
 * of checkpoints that its own core has made and whose signatures it has not heard.
 */
import type { CoreClient } from "../core-client.ts";
import type { Network, Peer } from "../network/network.ts";
import type { NodeLog } from "../node-options.ts";
import { sleep, type Time } from "../time.ts";
import type { Certifier } from "./certifier.ts";

export interface FollowOptions {
  readonly core: CoreClient;
  readonly network: Network;
  readonly certifier: Certifier;
  /** Who may be asked: connected, and followed. */
  readonly sources: () => readonly Peer[];
  readonly catchUp: (peer: Peer) => Promise<void>;
  readonly stopped: () => boolean;
  readonly time: Time;
  readonly log: NodeLog;
}

/** Milliseconds between two looks. */
const LOOK_MS = 250;
/** Milliseconds without another round after which blocks may have been missed. */
const STALLED_MS = 2_000;

/** Resolves when stopped. */
export async function follow(options: FollowOptions): Promise<void> {
  const { core, certifier, sources, catchUp, stopped, time } = options;
  let highest = 0n;
  let since = time.now();
  let turn = 0;
  let uncertified: bigint | undefined;
  while (!stopped()) {
    await sleep(time, LOOK_MS);
    if (stopped()) return;
    const all = sources();
    const source = all[turn++ % all.length];
    if (source === undefined) continue;
    // Signatures come with a delay: only what was not certified at the last look either is asked for.
    if (certifier.uncertified !== undefined && uncertified !== undefined && !certifier.isExpecting)
      await askForCertificate(options, source, uncertified);
    uncertified = certifier.uncertified;
    const status = await core.order({ kind: "status" });
    const now = "highestRound" in status ? status.highestRound : 0n;
    if (now !== highest) since = time.now();
    else if (time.now() - since > STALLED_MS) {
      since = time.now();
      void catchUp(source);
    }
    highest = now;
  }
}

/** Of a checkpoint, or of a later one. */
async function askForCertificate({ network, certifier, log }: FollowOptions, peer: Peer, from: bigint): Promise<void> {
  try {
    const { checkpoint } = await network.request(peer, { kind: "checkpoint", sequence: from });
    if (!checkpoint) return;
    if (!(await certifier.learn(checkpoint.summary, checkpoint.certificate))) network.report(peer, "invalid");
  } catch (error) {
    log.info({ peer, error: String(error) }, "a certificate is not had yet");
  }
}
