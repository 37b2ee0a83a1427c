/**
 * The network over sockets: TCP, Noise and Yamux of libp2p. An observer dials all validators, or the full nodes that it follows instead. Of two validators, the one with the lower
 * index dials the other, unless only the other can be dialled.
 */
import "./node-20.ts";
import type { Connection, Libp2p, PeerId, PrivateKey } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { MAX_VALIDATORS } from "../../../core/wire/limits.ts";
import { NodeUnavailable } from "../../errors.ts";
import type { Reachability } from "../../genesis/reachability.ts";
import type { NodeLog } from "../../node-options.ts";
import { type Deferred, deferred } from "../../pipeline/async.ts";
import { systemTime, type Time } from "../../time.ts";
import { NetworkError } from "../errors.ts";
import { type NetworkLimits, VALIDATOR_LIMITS } from "../limits.ts";
import { type Answer, type Bundle, type Request, writePush } from "../messages.ts";
import type { Network, NetworkHandlers, Peer, PeerStatus } from "../network.ts";
import { type Misdeed, Scores } from "../scores.ts";
import { Link, PUSH_PROTOCOL, REQUEST_PROTOCOL } from "./link.ts";
import { peerIdOf } from "./transport-key.ts";

export interface Libp2pOptions {
  readonly chain: Uint8Array;
  readonly key: PrivateKey;
  /** Multiaddresses to listen on; none: only dials. */
  readonly listen: readonly string[];
  /** By index, of the genesis file; those without an entry are not reached, and not known when they come. */
  readonly committee: readonly (Reachability | undefined)[];
  /** This node's index in the committee; undefined for an observer. */
  readonly author: number | undefined;
  /** Of an observer: full nodes that it follows instead of the validators, which it then does not dial. */
  readonly follow?: readonly Reachability[] | undefined;
  readonly limits?: NetworkLimits | undefined;
  readonly time?: Time | undefined;
  /** In [0, 1): spreads dials. */
  readonly random?: (() => number) | undefined;
  readonly log: NodeLog;
}

/** Connections that are not encrypted yet, and new ones a second from one address. Validators of one machine share an address. */
const MAX_PENDING_CONNECTIONS = 64;
const MAX_CONNECTIONS_PER_SECOND_AND_HOST = 64;
/** Connections that are there for a moment: one that takes another's place, one that is about to be refused. */
const SPARE_CONNECTIONS = 16;
/** Bytes of one stream that may be under way; libp2p ends a stream of which more than 4 MiB are unread. */
const MAX_STREAM_WINDOW_BYTES = 1_048_576;
const MAX_YAMUX_STREAMS = 64;
const KEEP_ALIVE_MS = 5_000;
/** A connection that lived this long was a good one: the next dial comes soon. */
const STABLE_MS = 5_000;

export class Libp2pNetwork implements Network {
  readonly #options: Libp2pOptions;
  readonly #limits: NetworkLimits;
  readonly #time: Time;
  readonly #random: () => number;
  readonly #scores: Scores<Peer>;
  readonly #validators = new Map<string, number>();
  /** Peer ids of the full nodes that we follow. */
  readonly #followed: ReadonlySet<Peer>;
  /** Members of the committee that genesis does not know, by their peer ids. */
  #members: ReadonlyMap<Peer, Reachability> = new Map();
  /** Those whom this node dials already. */
  readonly #dialled = new Set<Peer>();
  readonly #links = new Map<Peer, Link>();
  readonly #linksByConnection = new WeakMap<Connection, Link>();
  readonly #skipped = new Map<Peer, number>();
  readonly #dials: Promise<void>[] = [];
  /** Resolved when something changed that a dial waits for. */
  #change: Deferred<void> = deferred();
  #isMember: boolean;
  #libp2p: Libp2p | undefined;
  #handlers!: NetworkHandlers;
  readonly #stopping = new AbortController();

  constructor(options: Libp2pOptions) {
    this.#options = options;
    this.#limits = options.limits ?? VALIDATOR_LIMITS;
    this.#time = options.time ?? systemTime;
    this.#random = options.random ?? Math.random;
    this.#scores = new Scores(this.#time, this.#limits);
    this.#isMember = options.author !== undefined;
    this.#followed = new Set(options.follow?.map(({ peerId }) => peerId));
    for (const [index, reachability] of options.committee.entries()) {
      if (reachability) this.#validators.set(reachability.peerId, index);
    }
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Multiaddresses that are listened on, with the ports that were given. */
  get addresses(): readonly string[] {
    return this.#libp2p?.getMultiaddrs().map(String) ?? [];
  }

  /** Throws NetworkError `cannotListen`, or NodeUnavailable when the key is not this validator's. */
  async start(handlers: NetworkHandlers): Promise<void> {
    const { author, committee, key } = this.#options;
    const own = author === undefined ? undefined : committee[author];
    if (own && own.peerId !== peerIdOf(key)) {
      throw new NodeUnavailable(
        `the transport key's peer id is ${peerIdOf(key)}, the genesis file names ${own.peerId} for validator ${author}: point the node at its own data folder`,
      );
    }
    this.#handlers = handlers;
    const libp2p = await this.#createLibp2p();
    this.#libp2p = libp2p;
    libp2p.addEventListener("connection:open", ({ detail }) => this.#adopt(detail));
    libp2p.addEventListener("connection:close", ({ detail }) =>
      this.#linksByConnection.get(detail)?.end(new NetworkError("disconnected")),
    );
    await libp2p.handle(PUSH_PROTOCOL, (stream, connection) => {
      const link = this.#adopt(connection);
      if (link) link.takePush(stream);
      else stream.abort(new NetworkError("disconnected"));
    });
    await libp2p.handle(
      REQUEST_PROTOCOL,
      (stream, connection) => {
        const link = this.#adopt(connection);
        if (link) link.takeRequest(stream);
        else stream.abort(new NetworkError("disconnected"));
      },
      { maxInboundStreams: 2 * this.#limits.requestsUnderWay, maxOutboundStreams: this.#limits.requestsUnderWay },
    );
    try {
      await libp2p.start();
    } catch (error) {
      await libp2p.stop();
      throw new NetworkError("cannotListen", `${this.#options.listen.join(", ")}: ${(error as Error).message}`);
    }
    this.#dialMembers();
    for (const full of this.#options.follow ?? []) this.#dials.push(this.#keepDialling(full.peerId, full));
    if (this.#followed.size > 0) return;
    for (const [index, reachability] of committee.entries()) {
      if (!reachability || reachability.addresses.length === 0 || index === author) continue;
      const isDialled = own !== undefined && own.addresses.length > 0;
      if (author === undefined || author < index || !isDialled) {
        this.#dials.push(this.#keepDialling(index, reachability));
      }
    }
  }

  know(members: ReadonlyMap<string, Reachability>, isMember: boolean): void {
    const before = this.#members;
    const wasMember = this.#isMember;
    this.#members = members;
    this.#isMember = isMember;
    for (const [peer, link] of this.#links) {
      const isOther = wasMember !== isMember && this.#isFollowed(peer);
      if (!isOther && before.has(peer) === this.#members.has(peer)) continue;
      link.end(new NetworkError("disconnected", "the committee has changed")); // what it may do, and cost, is other than before
    }
    this.#dialMembers();
    this.#changed();
  }

  /** Members that genesis does not know, as far as it is for us to dial them. */
  #dialMembers(): void {
    if (!this.#libp2p || this.#stopped || this.#followed.size > 0) return;
    for (const [peer, reachability] of this.#members) {
      if (this.#dialled.has(peer) || reachability.addresses.length === 0 || !this.#isToDial(reachability)) continue;
      this.#dialled.add(peer);
      this.#dials.push(this.#keepDialling(peer, reachability).finally(() => this.#dialled.delete(peer)));
    }
  }

  /** Of two validators, who is not of genesis dials who is; of two that are not, the one with the lower peer id. An observer dials. */
  #isToDial({ peerId }: Reachability): boolean {
    const { author, committee, key, listen } = this.#options;
    if (!this.#isMember || listen.length === 0) return true;
    if (author !== undefined) return (committee[author]?.addresses.length ?? 0) === 0;
    return peerIdOf(key) < peerId;
  }

  broadcast(bundle: Bundle): void {
    const message = writePush({ kind: "bundle", ...bundle });
    for (const link of this.#links.values()) if (link.isIdentified) link.send(message);
  }

  send(peer: Peer, bundle: Bundle): void {
    const link = this.#links.get(peer);
    if (link?.isIdentified) link.send(writePush({ kind: "bundle", ...bundle }));
  }

  async request<R extends Request>(peer: Peer, request: R): Promise<Answer<R>> {
    if (this.#stopped) throw new NetworkError("stopped");
    const link = this.#links.get(peer);
    if (!link) throw new NetworkError("notConnected");
    try {
      return await link.request(request);
    } catch (error) {
      throw this.#stopped ? new NetworkError("stopped") : error;
    }
  }

  report(peer: Peer, misdeed: Misdeed): void {
    if (this.#stopped || !this.#scores.add(peer, misdeed)) return;
    this.#options.log.warn({ peer, misdeed, coolDownMs: this.#scores.coolDownMs(peer) }, "a peer is shut out");
    this.#links.get(peer)?.end(new NetworkError("disconnected", "shut out"));
  }

  peers(): readonly PeerStatus[] {
    const { committee, author } = this.#options;
    const others: Peer[] = [...committee.keys()].filter((index) => index !== author);
    const full = [...this.#links.keys()].filter((peer) => typeof peer === "string");
    return [...others, ...full].map((peer) => {
      const link = this.#links.get(peer);
      return {
        peer,
        connected: link?.isIdentified ?? false,
        queuedBundles: link?.outbox.size ?? 0,
        skippedBundles: (this.#skipped.get(peer) ?? 0) + (link?.outbox.skipped ?? 0),
        score: this.#scores.score(peer),
        coolDownMs: this.#scores.coolDownMs(peer),
      };
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#changed();
    for (const link of [...this.#links.values()]) link.end(new NetworkError("stopped"));
    await Promise.all(this.#dials);
    await this.#libp2p?.stop();
  }

  #createLibp2p(): Promise<Libp2p> {
    const { key, listen } = this.#options;
    const { observers, handshakeMs } = this.#limits;
    const maxConnections = MAX_VALIDATORS + observers + SPARE_CONNECTIONS;
    return createLibp2p({
      start: false,
      privateKey: key,
      addresses: { listen: [...listen] },
      transports: [
        tcp({ maxConnections: maxConnections + MAX_PENDING_CONNECTIONS, listenOpts: NO_DELAY, dialOpts: NO_DELAY }),
      ],
      connectionEncrypters: [noise()],
      streamMuxers: [
        yamux({
          keepAliveInterval: KEEP_ALIVE_MS,
          maxInboundStreams: MAX_YAMUX_STREAMS,
          maxOutboundStreams: MAX_YAMUX_STREAMS,
          streamOptions: { maxStreamWindowSize: MAX_STREAM_WINDOW_BYTES },
        }),
      ],
      connectionGater: { denyInboundEncryptedConnection: (peerId) => this.#isRefused(this.#peerOf(peerId)) },
      connectionManager: {
        maxConnections,
        maxIncomingPendingConnections: MAX_PENDING_CONNECTIONS,
        inboundConnectionThreshold: MAX_CONNECTIONS_PER_SECOND_AND_HOST,
        inboundUpgradeTimeout: handshakeMs,
        inboundStreamProtocolNegotiationTimeout: handshakeMs,
        outboundStreamProtocolNegotiationTimeout: handshakeMs,
        dialTimeout: handshakeMs,
        reconnectRetries: 0,
      },
      connectionMonitor: { enabled: false }, // the beats of the push streams say the same
    });
  }

  #peerOf(peerId: PeerId): Peer {
    const name = peerId.toString();
    return this.#validators.get(name) ?? name;
  }

  #isRefused(peer: Peer): boolean {
    if (this.#stopped || peer === this.#options.author || this.#scores.coolDownMs(peer) > 0) return true;
    if (this.#isFollowed(peer) || this.#links.has(peer)) return false;
    return [...this.#links.keys()].filter((other) => !this.#isFollowed(other)).length >= this.#limits.observers;
  }

  #isFollowed(peer: Peer): boolean {
    return typeof peer === "number" || this.#followed.has(peer) || this.#members.has(peer);
  }

  /** The link of a connection. The newest connection of a peer is the one that counts: of an older one it may not know any more. */
  #adopt(connection: Connection): Link | undefined {
    const known = this.#linksByConnection.get(connection);
    if (known) return known;
    const peer = this.#peerOf(connection.remotePeer);
    if (connection.status !== "open" || this.#isRefused(peer)) {
      connection.abort(new NetworkError("disconnected"));
      return undefined;
    }
    const older = this.#links.get(peer);
    if (older) {
      older.end(new NetworkError("disconnected", "another connection took its place"));
      this.report(peer, "churn");
      return this.#adopt(connection); // unless that was once too often
    }
    let identified = false;
    const { chain, log } = this.#options;
    const link: Link = new Link(connection, {
      peer,
      chain,
      observing: !this.#isMember && this.#isFollowed(peer),
      followed: this.#isFollowed(peer),
      limits: this.#limits,
      time: this.#time,
      handlers: this.#handlers,
      misdeed: (misdeed) => this.report(peer, misdeed),
      trouble: (error) => this.#trouble(error),
      identified: () => {
        identified = true;
        this.#tell("connected", peer);
        this.#changed();
      },
      ended: (reason) => {
        if (!this.#stopped) log.info({ peer, reason: reason.message }, "a peer is disconnected");
        if (this.#links.get(peer) === link) this.#links.delete(peer);
        if (typeof peer === "number") {
          this.#skipped.set(peer, (this.#skipped.get(peer) ?? 0) + link.outbox.skipped);
        } else {
          // Otherwise libp2p would remember every observer there ever was.
          this.#libp2p?.peerStore.delete(connection.remotePeer).catch((error) => this.#trouble(error));
        }
        if (identified) this.#tell("disconnected", peer);
        this.#changed();
      },
    });
    this.#links.set(peer, link);
    this.#linksByConnection.set(connection, link);
    return link;
  }

  #tell(event: "connected" | "disconnected", peer: Peer): void {
    if (this.#stopped) return;
    try {
      this.#handlers[event](peer);
    } catch (error) {
      this.#trouble(error);
    }
  }

  #trouble(error: unknown): void {
    if (!this.#stopped) this.#options.log.error({ error: String(error) }, "the network has a problem");
  }

  /** Dials one peer, again and again, whenever there is no connection to it. */
  async #keepDialling(peer: Peer, reachability: Reachability): Promise<void> {
    const { redialMs, redialMaxMs } = this.#limits;
    let delayMs = redialMs;
    while (!this.#stopped && this.#isFollowed(peer)) {
      const since = this.#time.now();
      if (this.#scores.coolDownMs(peer) === 0 && (await this.#dial(peer, reachability, delayMs === redialMaxMs))) {
        while (this.#links.has(peer) && !this.#stopped) await this.#change.promise;
      }
      if (this.#stopped) return;
      const stable = this.#time.now() - since >= STABLE_MS;
      const waitMs = Math.max(delayMs * (0.5 + this.#random() / 2), this.#scores.coolDownMs(peer));
      delayMs = stable ? redialMs : Math.min(2 * delayMs, redialMaxMs);
      await this.#sleep(waitMs);
    }
  }

  /** True when there is a link. It is tried again and again: that a peer is not reached is told when that has been so for long. */
  async #dial(peer: Peer, { peerId, addresses }: Reachability, tells: boolean): Promise<boolean> {
    if (this.#links.has(peer)) return true;
    const controller = new AbortController();
    const abort = () => controller.abort();
    const deadline = this.#time.after(this.#limits.handshakeMs, abort);
    this.#stopping.signal.addEventListener("abort", abort);
    try {
      const targets = addresses.map((address) => multiaddr(`${address}/p2p/${peerId}`));
      this.#adopt(await this.#libp2p!.dial(targets, { signal: controller.signal }));
    } catch (error) {
      if (tells) this.#options.log.info({ peer, error: String(error) }, "a peer is not reached");
    } finally {
      deadline.cancel();
      this.#stopping.signal.removeEventListener("abort", abort);
    }
    return this.#links.has(peer);
  }

  async #sleep(ms: number): Promise<void> {
    const until = this.#time.now() + ms;
    while (!this.#stopped && this.#time.now() < until) {
      const { promise } = this.#change;
      const over = deferred<void>();
      const timer = this.#time.after(until - this.#time.now(), over.resolve);
      await Promise.race([over.promise, promise]);
      timer.cancel();
    }
  }

  #changed(): void {
    const change = this.#change;
    this.#change = deferred();
    change.resolve();
  }
}

const NO_DELAY = { noDelay: true };
