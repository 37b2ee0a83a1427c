/**
 * What a full node does when nothing comes by itself: asks those it follows for blocks that it may have missed, and for the certificates
 * of checkpoints that its own core has made and whose signatures it has not heard.
 */
import type { CoreClient } from "../core-client.ts";
import type { Peer } from "../network/network.ts";
import { sleep, type Time } from "../time.ts";
import type { MissedCertificates } from "./certificates.ts";

export interface FollowOptions {
  readonly core: CoreClient;
  readonly missed: MissedCertificates;
  /** Who may be asked: connected, and followed. */
  readonly sources: () => readonly Peer[];
  readonly catchUp: (peer: Peer) => Promise<void>;
  readonly stopped: () => boolean;
  readonly time: Time;
}

/** Milliseconds between two looks. */
const LOOK_MS = 250;
/** Milliseconds without another round after which blocks may have been missed. */
const STALLED_MS = 2_000;

/** Resolves when stopped. */
export async function follow(options: FollowOptions): Promise<void> {
  const { core, missed, sources, catchUp, stopped, time } = options;
  let highest = 0n;
  let since = time.now();
  let turn = 0;
  while (!stopped()) {
    await sleep(time, LOOK_MS);
    if (stopped()) return;
    const all = sources();
    const source = all[turn++ % all.length];
    if (source === undefined) continue;
    if (missed.look()) await missed.ask(source);
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
