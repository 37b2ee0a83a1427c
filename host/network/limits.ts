/** What one peer may cost. Sizes of messages are in messages.ts. */

/** How fast something may go on, and how much of it may come at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface NetworkLimits {
  /** Observers connected at once. */
  readonly observers: number;
  /** What waits for one slow peer. Beyond either, the oldest bundles are dropped. */
  readonly queuedBundles: number;
  readonly queuedBytes: number;
  /** Messages and bytes that are read from a peer's push stream; it is read more slowly when it sends more. */
  readonly pushMessages: Rate;
  readonly pushBytes: Rate;
  /** Requests served for a peer; more are refused, and count as `flood`. */
  readonly requests: Rate;
  /** Requests under way to one peer, and from one. */
  readonly requestsUnderWay: number;
  /** Milliseconds from asking to the whole answer. */
  readonly requestMs: number;
  /** Milliseconds until a new connection must be encrypted, and must have said its Hello, each. */
  readonly handshakeMs: number;
  /** Milliseconds after which an idle stream says that it lives, and after which silence ends a connection. */
  readonly beatMs: number;
  readonly silenceMs: number;
  /** Milliseconds before a dial is tried again, doubled with each failure. */
  readonly redialMs: number;
  readonly redialMaxMs: number;
  /** Score at which a peer is disconnected, and how much of it is forgiven in a second (scores.ts). */
  readonly scoreLimit: number;
  readonly scoreDecayPerSecond: number;
  /** Milliseconds that a disconnected peer is shut out, doubled each time that it comes to it again before ten times as long has passed. */
  readonly coolDownMs: number;
  readonly coolDownMaxMs: number;
  /** Peers whose misdeeds are remembered; the oldest is forgotten first. */
  readonly scoredPeers: number;
}

const MIB = 1_048_576;

export const VALIDATOR_LIMITS: NetworkLimits = {
  observers: 16,
  queuedBundles: 256,
  queuedBytes: 16 * MIB,
  pushMessages: { perSecond: 2_000, burst: 2_000 },
  pushBytes: { perSecond: 64 * MIB, burst: 64 * MIB },
  requests: { perSecond: 100, burst: 200 },
  requestsUnderWay: 8,
  requestMs: 5_000,
  handshakeMs: 5_000,
  beatMs: 1_000,
  silenceMs: 10_000,
  redialMs: 100,
  redialMaxMs: 3_000,
  scoreLimit: 100,
  scoreDecayPerSecond: 1,
  coolDownMs: 5_000,
  coolDownMaxMs: 300_000,
  scoredPeers: 1_024,
};

/** An observer has nothing to push but beats. */
export const OBSERVER_PUSHES: Pick<NetworkLimits, "pushMessages" | "pushBytes"> = {
  pushMessages: { perSecond: 5, burst: 10 },
  pushBytes: { perSecond: 1_024, burst: 1_024 },
};

/** It asks when it lacks something, and hands on what its clients send. */
export const OBSERVER_REQUESTS: Pick<NetworkLimits, "requests" | "requestsUnderWay"> = {
  requests: { perSecond: 20, burst: 40 },
  requestsUnderWay: 4,
};
