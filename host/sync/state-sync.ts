/**
 * Takes the state of a certified checkpoint from peers, for a store that is empty, too old, or behind what its own vault has signed. Peers are
 * asked for what they offer; the newest that our own `verify` passes is taken, page by page, each checked against its state root before it is
 * written. Who gives something else is told on, and another is asked. What is written goes on after a crash, as long as somebody still offers that state;
 * else it begins anew.
 */
import { EpochOver } from "../epoch.ts";
import { CheckpointSummaryBcs, checkpointExtension, heightOfHorizon } from "../format/checkpoint.ts";
import { digestOf } from "../format/digest.ts";
import { parseBcs } from "../format/parse.ts";
import { NetworkError } from "../network/errors.ts";
import type { CertifiedCheckpoint, StatePage } from "../network/messages.ts";
import type { Network, Peer } from "../network/network.ts";
import type { NodeLog } from "../node-options.ts";
import { WorkingState } from "../pipeline/working-state.ts";
import { equalBytes } from "../state-tree/key.ts";
import type { IncomingEnd, Store } from "../store/store.ts";
import { sleep, type Time } from "../time.ts";
import { Frontier, NotThatState, wholeTree } from "./frontier.ts";
import { takePage } from "./page.ts";

export interface StateSyncOptions {
  readonly store: Store;
  readonly network: Network;
  /** Digest of the genesis checkpoint. */
  readonly chain: Uint8Array;
  /** Who may be asked. */
  readonly sources: () => readonly Peer[];
  /** In force: of a checkpoint of another one our `verify` says nothing. */
  readonly epoch: bigint;
  /** A peer offers the state of a later epoch. Throws EpochOver when that is so. */
  readonly laterEpoch: (peer: Peer) => Promise<void>;
  /** Whether our own `verify` finds a quorum's signatures under a summary. */
  readonly verify: (summary: Uint8Array, certificate: Uint8Array) => Promise<boolean>;
  /** A checkpoint before this one is of no use. */
  readonly minimum: bigint;
  /** Milliseconds of asking in vain after which it ends with NobodyOffers, unless a state is begun; infinity: never. */
  readonly patienceMs: number;
  readonly time: Time;
  readonly stopped: () => boolean;
  readonly log: NodeLog;
}

/** A checkpoint that `verify` has passed, and whose state a peer gives. */
interface Offer extends CertifiedCheckpoint, IncomingEnd {
  readonly peer: Peer;
  readonly sequence: bigint;
  readonly digest: Uint8Array;
  readonly root: Uint8Array;
}

/** No peer offers a state of use. */
export class NobodyOffers extends Error {
  override readonly name = "NobodyOffers";
}

/** Milliseconds between two rounds of asking, and until a page that was refused is asked for again. */
const AGAIN_MS = 500;
/** Times that one page is asked for in vain before another peer is asked. */
const MAX_TRIES = 8;
/** Pages that a peer gives in so many milliseconds at least; of one that is slower the rest is not waited for while others offer a state. */
const LEAST_PAGES = 10;
const PACE_MS = 10_000;
/** Times as many pages as the best of those who offer the state that was begun: then another state is begun. */
const MUCH_FASTER = 2;

export class StateSync {
  readonly #options: StateSyncOptions;
  /** Of peers that were too slow: the pages that they last gave in PACE_MS. */
  readonly #slow = new Map<Peer, number>();

  constructor(options: StateSyncOptions) {
    this.#options = options;
  }

  /** Resolves with the checkpoint's sequence number when the store has its state; undefined: stopped before. Throws NobodyOffers. */
  async run(): Promise<bigint | undefined> {
    const { store, time, stopped, log, minimum, patienceMs } = this.#options;
    const began = time.now();
    for (let round = 0; !stopped(); round++) {
      for (const offer of await this.#offers()) {
        if (stopped()) return undefined;
        if (await this.#take(offer)) return offer.sequence;
      }
      if (!store.incoming && time.now() - began > patienceMs)
        throw new NobodyOffers(`no peer offers the state of checkpoint ${minimum} or of a later one`);
      if (round % 10 === 0)
        log.info({ minimum: String(minimum) }, "waiting for a peer that gives the state of a certified checkpoint");
      await sleep(time, AGAIN_MS);
    }
    return undefined;
  }

  /**
   * In the order in which they are to be tried: from peers that were not slow first, of them the state that was begun, then the newest. While somebody
   * offers the one that was begun, others only of peers that are much faster: each begins with an empty store.
   */
  async #offers(): Promise<readonly Offer[]> {
    const offers = (await Promise.all(this.#options.sources().map((peer) => this.#ask(peer)))).filter(
      (offer) => offer !== undefined,
    );
    const begun = this.#options.store.incoming;
    const isBegun = ({ digest }: Offer) => begun !== undefined && equalBytes(begun.digest, digest);
    const pace = ({ peer }: Offer) => this.#slow.get(peer) ?? LEAST_PAGES;
    const begunPace = Math.max(0, ...offers.filter(isBegun).map(pace));
    return offers
      .filter((offer) => isBegun(offer) || pace(offer) > MUCH_FASTER * begunPace)
      .sort((a, b) => pace(b) - pace(a) || Number(isBegun(b)) - Number(isBegun(a)) || Number(b.sequence - a.sequence));
  }

  async #ask(peer: Peer): Promise<Offer | undefined> {
    const { network, epoch, laterEpoch, verify, minimum, log } = this.#options;
    try {
      const { checkpoint } = await network.request(peer, { kind: "state" });
      if (!checkpoint) return undefined;
      const offered = parseBcs(CheckpointSummaryBcs, checkpoint.summary);
      if (BigInt(offered.epoch) > epoch) await laterEpoch(peer);
      // Of an epoch that is over only the last checkpoint is of use: ours began with it, and `verify` knows it.
      if (BigInt(offered.epoch) > epoch || (BigInt(offered.epoch) < epoch && BigInt(offered.sequenceNumber) < minimum))
        return undefined;
      if (await verify(checkpoint.summary, checkpoint.certificate)) {
        const offer = { ...checkpoint, peer, ...readSummary(checkpoint.summary) };
        return offer.sequence >= minimum ? offer : undefined;
      }
      log.warn({ peer }, "a peer offers the state of a checkpoint that no quorum has signed");
      network.report(peer, "invalid");
    } catch (error) {
      if (error instanceof EpochOver) throw error;
      log.info({ peer, error: String(error) }, "a peer offers no state");
    }
    return undefined;
  }

  /** Takes the whole state from one peer. False: it does not give it. */
  async #take(offer: Offer): Promise<boolean> {
    const { network, log } = this.#options;
    const { peer, sequence } = offer;
    log.info({ peer, checkpoint: String(sequence) }, "taking the state of a checkpoint");
    try {
      if (!(await this.#pages(offer))) return false;
    } catch (error) {
      if (!(error instanceof NotThatState) && !(error instanceof NetworkError)) throw error;
      log.warn({ peer, error: error.message }, "a peer does not give the state that it offered");
      if (error instanceof NotThatState) network.report(peer, "invalid");
      return false;
    }
    const { store, chain } = this.#options;
    // Of the checkpoint that our epoch began with, `verify` does not look at a certificate: it has checked ours.
    const end = store.newestEpochEnd();
    const certificate = end && equalBytes(end.summary, offer.summary) ? end.certificate : offer.certificate;
    const record = { summary: offer.summary, contents: new Uint8Array(), certificate };
    const { objects } = store.incoming!;
    await store.endIncoming(chain, record, offer);
    log.info({ checkpoint: String(sequence), objects: String(objects) }, "the state of a checkpoint is taken over");
    return true;
  }

  /** False: the peer does not hold that state any more, is too slow, or we were stopped. */
  async #pages({ peer, sequence, digest, root }: Offer): Promise<boolean> {
    const { store, stopped, time } = this.#options;
    let pace = { since: time.now(), pages: 0 };
    for (;;) {
      const begun = store.incoming;
      const isBegun = begun !== undefined && equalBytes(begun.digest, digest);
      const incoming = isBegun ? begun : { sequence, digest, objects: 0n, pending: [...wholeTree(root)] };
      const frontier = new Frontier(incoming.pending);
      if (!frontier.next) return true;
      const page = stopped() ? undefined : await this.#page(peer, sequence, frontier.next);
      if (!page) return false;
      const { nodes, objects } = takePage(frontier, page);
      if (!isBegun) await store.beginIncoming(incoming); // an older one goes when there is a page of this, and not before
      const state = new WorkingState(store);
      state.apply(objects, [], 0n);
      await store.putIncoming(
        { nodes, objects: state.writes },
        { ...incoming, objects: incoming.objects + BigInt(objects.length), pending: [...frontier.pending] },
      );
      pace.pages++;
      if (time.now() - pace.since < PACE_MS) continue;
      if (pace.pages < LEAST_PAGES) {
        this.#slow.set(peer, pace.pages);
        return false;
      }
      this.#slow.delete(peer);
      pace = { since: time.now(), pages: 0 };
    }
  }

  /** One that is busy is asked again. */
  async #page(peer: Peer, sequence: bigint, from: Uint8Array): Promise<StatePage | undefined> {
    const { network, time } = this.#options;
    for (let tries = 1; ; tries++) {
      try {
        return (await network.request(peer, { kind: "statePage", sequence, from })).page;
      } catch (error) {
        if (!(error instanceof NetworkError) || error.code !== "refused" || tries === MAX_TRIES) throw error;
        await sleep(time, AGAIN_MS);
      }
    }
  }
}

function readSummary(bytes: Uint8Array): Omit<Offer, keyof CertifiedCheckpoint | "peer"> {
  const summary = parseBcs(CheckpointSummaryBcs, bytes);
  return {
    sequence: BigInt(summary.sequenceNumber),
    digest: digestOf("CheckpointSummary", bytes),
    root: checkpointExtension(summary).stateRoot,
    timestampMs: BigInt(summary.timestampMs),
    transactions: BigInt(summary.networkTotalTransactions),
    height: heightOfHorizon(bytes),
  };
}
