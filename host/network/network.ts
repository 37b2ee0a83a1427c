/**
 * How a node reaches the others of its chain, whatever carries the bytes: sockets (libp2p/) or a simulation (test/sim/network.ts).
 * It carries, bounds and counts; it trusts nobody, and nobody needs to trust it.
 */
import type { Answer, Bundle, Request, Response } from "./messages.ts";
import type { Misdeed } from "./scores.ts";

/**
 * A validator by its index in the genesis committee, or a full node by the name that its transport key gives it: one that observes us, or one
 * that we follow.
 */
export type Peer = number | string;

/** Whether what a peer says is listened to: a validator, or a full node that is followed. */
export function isFollowed(peer: Peer, follows: ReadonlySet<Peer> | undefined): boolean {
  return typeof peer === "number" || (follows?.has(peer) ?? false);
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
