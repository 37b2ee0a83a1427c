/**
 * How a node reaches the others of its chain, whatever carries the bytes: sockets (libp2p/) or a simulation (test/sim/network.ts).
 * It carries, bounds and counts; it trusts nobody, and nobody needs to trust it.
 */

import type { Reachability } from "../genesis/reachability.ts";
import type { Answer, Bundle, Request, Response } from "./messages.ts";
import type { Misdeed } from "./scores.ts";

/**
 * A validator by its index in the committee (of genesis; of the one in force: committee-network.ts), or a full node by the name that its transport
 * key gives it: one that observes us, or one that we follow.
 */
export type Peer = number | string;

/** What a validator of genesis is called that is no member of the committee any more, before its index there; no peer id begins like this. */
export const FORMER = "former-";

/** Whether what a peer says is listened to: a validator, one that was, as it is how who comes late hears of others, or a full node that is followed. */
export function isFollowed(peer: Peer, follows: ReadonlySet<Peer> | undefined): boolean {
  return typeof peer === "number" || peer.startsWith(FORMER) || (follows?.has(peer) ?? false);
}

/** Peers that may be asked: connected, and followed. */
export function sourcesOf(network: Network, follows: ReadonlySet<Peer> | undefined): readonly Peer[] {
  return network.peers().flatMap(({ peer, connected }) => (connected && isFollowed(peer, follows) ? [peer] : []));
}

export interface NetworkHandlers {
  /** Bundles of one peer come one at a time: the next one is read when this promise has settled. */
  bundle(peer: Peer, bundle: Bundle): Promise<void>;
  /** The peer dropped `count` bundles that were meant for us, because we did not read them in time: ask for what is missing. */
  skipped(peer: Peer, count: number): void;
  /** Serves a request. A rejection refuses it; the peer does not learn why. */
  request(peer: Peer, request: Request): Promise<Response>;
  /** From now on bundles come and go. What was sent before is asked for. */
  connected(peer: Peer): void;
  disconnected(peer: Peer): void;
}

export interface PeerStatus {
  readonly peer: Peer;
  readonly connected: boolean;
  /** Bundles that wait to be sent, and those that were dropped since the start. */
  readonly queuedBundles: number;
  readonly skippedBundles: number;
  /** What it has done wrong lately (scores.ts), and how long it is shut out for it, in milliseconds. */
  readonly score: number;
  readonly coolDownMs: number;
}

export interface Network {
  /** Begins to reach the others and to be reached. Throws NetworkError `cannotListen`. */
  start(handlers: NetworkHandlers): Promise<void>;
  /**
   * Who is to be listened to besides the validators of genesis, by their names, and where they are: all of them anew. `isMember`: we are a validator,
   * whom others reach. Left out where everybody is known anyway.
   */
  know?(members: ReadonlyMap<string, Reachability>, isMember: boolean): void;
  /** Sends a bundle to every connected peer, or queues it for those that are slow. Throws NetworkError `tooLarge` or `malformed`. */
  broadcast(bundle: Bundle): void;
  /** The same for one peer; nothing when it is not connected. */
  send(peer: Peer, bundle: Bundle): void;
  /** Asks a peer. Throws NetworkError: every code but `cannotListen`, `otherVersion`, `otherChain`, `unidentified` and `silent`. */
  request<R extends Request>(peer: Peer, request: R): Promise<Answer<R>>;
  /** Counts what the core found wrong with what a peer sent. Too much of it disconnects the peer for a while. */
  report(peer: Peer, misdeed: Misdeed): void;
  /** Every validator but this one, and the full nodes that are connected. */
  peers(): readonly PeerStatus[];
  /** Resolves when nothing is open any more. Requests under way are rejected; no handler is called afterwards. */
  stop(): Promise<void>;
}
