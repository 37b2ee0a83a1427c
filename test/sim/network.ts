/**
 * The network in memory, under virtual time and from a seed: delays, lost, doubled and reordered bundles, lost connections, partitions.
 * The same interface, messages, queues and scores as the one over sockets.
 */
import { Bucket } from "../../host/network/bucket.ts";
import { NetworkError } from "../../host/network/errors.ts";
import { type NetworkLimits, OBSERVER_REQUESTS, VALIDATOR_LIMITS } from "../../host/network/limits.ts";
import {
  type Answer,
  type Bundle,
  type Request,
  readAnswer,
  readPush,
  readRequest,
  writePush,
  writeRequest,
  writeResponse,
} from "../../host/network/messages.ts";
import type { Network, NetworkHandlers, Peer, PeerStatus } from "../../host/network/network.ts";
import { Outbox } from "../../host/network/outbox.ts";
import { type Misdeed, Scores } from "../../host/network/scores.ts";
import { Random } from "../attack/random.ts";
import type { SimClock } from "./clock.ts";

/** What goes wrong by itself. Probabilities are of each bundle. */
export interface Weather {
  /** One way, milliseconds: at least, and below. */
  readonly delayMs: readonly [number, number];
  readonly loss: number;
  readonly duplication: number;
  /** A bundle that may be overtaken by later ones. */
  readonly reordering: number;
  /** The connection ends instead. */
  readonly cut: number;
}

export const CALM: Weather = { delayMs: [1, 2], loss: 0, duplication: 0, reordering: 0, cut: 0 };

/** Bundles under way to a peer that its handler has not taken yet; the others wait with the sender, as they do behind a full window. */
const WINDOW_BUNDLES = 4;
/** A bundle that is overtaken is late by up to this many of the longest delays. */
const LATE = 4;

export class SimNetwork {
  readonly clock: SimClock;
  readonly limits: NetworkLimits;
  /** May be changed at any time. */
  weather: Weather = CALM;
  readonly #random: Random;
  readonly #nodes = new Map<Peer, SimNode>();
  readonly #connections = new Map<string, Connection>();
  #groups: readonly (readonly Peer[])[] | undefined;
  /** Connections that are about to be tried. */
  readonly #trying = new Set<string>();

  constructor(clock: SimClock, seed: number, limits: NetworkLimits = VALIDATOR_LIMITS) {
    this.clock = clock;
    this.limits = limits;
    this.#random = new Random(seed);
  }

  /** The network as one node sees it: a validator by its index, an observer by any name. A second call is the node's next life. */
  join(peer: Peer): Network {
    const node = new SimNode(this, peer);
    this.#nodes.get(peer)?.leave();
    this.#nodes.set(peer, node);
    return node;
  }

  get nodes(): readonly SimNode[] {
    return [...this.#nodes.values()];
  }

  node(peer: Peer): SimNode | undefined {
    return this.#nodes.get(peer);
  }

  /** From now on only peers of one group reach each other; those that are in no group reach nobody. */
  partition(...groups: readonly (readonly Peer[])[]): void {
    this.#groups = groups;
    for (const { a, b, end } of [...this.#connections.values()]) if (!this.#reaches(a.peer, b.peer)) end("partitioned");
  }

  heal(): void {
    this.#groups = undefined;
    for (const node of this.nodes) this.reach(node);
  }

  /** Ends one connection, which comes back by itself. */
  cut(a: Peer, b: Peer): void {
    this.#connections.get(pairOf(a, b))?.end("cut");
  }

  connection(a: Peer, b: Peer): Connection | undefined {
    return this.#connections.get(pairOf(a, b));
  }

  /** Tries soon to connect a node with all others. */
  reach(node: SimNode): void {
    for (const other of this.nodes) if (other !== node) this.#tryLater(node.peer, other.peer, this.limits.redialMs);
  }

  delay(): number {
    const [least, below] = this.weather.delayMs;
    return least + this.chance() * (below - least);
  }

  /** In [0, 1). */
  chance(): number {
    return this.#random.bits() / 2 ** 32;
  }

  #reaches(a: Peer, b: Peer): boolean {
    return this.#groups?.some((group) => group.includes(a) && group.includes(b)) ?? true;
  }

  #tryLater(a: Peer, b: Peer, ms: number): void {
    const pair = pairOf(a, b);
    if (this.#trying.has(pair)) return;
    this.#trying.add(pair);
    this.clock.after(ms * (0.5 + this.chance() / 2) + this.delay(), () => {
      this.#trying.delete(pair);
      this.#connect(a, b);
    });
  }

  #connect(one: Peer, other: Peer): void {
    const a = this.#nodes.get(one);
    const b = this.#nodes.get(other);
    if (!a?.running || !b?.running || this.connection(one, other) || !this.#reaches(one, other)) return;
    const strangers = !a.knows(other) && !b.knows(one);
    if (typeof one === "string" && typeof other === "string" && strangers) return; // observers do not know each other
    const waitMs = Math.max(a.coolDownMs(other), b.coolDownMs(one));
    if (waitMs > 0 || !a.hasRoomFor(other) || !b.hasRoomFor(one)) {
      this.#tryLater(one, other, 2 * waitMs + this.limits.redialMs);
      return;
    }
    const pair = pairOf(one, other);
    const connection = new Connection(this, a, b, () => {
      this.#connections.delete(pair);
      this.#tryLater(one, other, this.limits.redialMs);
    });
    this.#connections.set(pair, connection);
    connection.begin();
  }
}

/** Two nodes that hear each other. */
class Connection {
  readonly a: SimNode;
  readonly b: SimNode;
  readonly #pipes: readonly [Pipe, Pipe];
  readonly #ended: () => void;
  readonly #listeners = new Set<() => void>();
  alive = true;

  constructor(network: SimNetwork, a: SimNode, b: SimNode, ended: () => void) {
    this.a = a;
    this.b = b;
    this.#ended = ended;
    this.#pipes = [new Pipe(network, this, a, b), new Pipe(network, this, b, a)];
  }

  begin(): void {
    this.a.tell("connected", this.b.peer);
    this.b.tell("connected", this.a.peer);
  }

  from(node: SimNode): Pipe {
    return this.#pipes[node === this.a ? 0 : 1];
  }

  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly end = (_why: string): void => {
    if (!this.alive) return;
    this.alive = false;
    this.#ended();
    for (const node of [this.a, this.b]) {
      const other = node === this.a ? this.b : this.a;
      node.keepSkipped(other.peer, this.from(node).outbox.skipped);
      node.tell("disconnected", other.peer);
    }
    for (const listener of [...this.#listeners]) listener();
  };
}

/** One direction of a connection. */
class Pipe {
  readonly outbox: Outbox;
  readonly served: Bucket;
  readonly made: Bucket;
  asked = 0;
  serving = 0;
  readonly limits: NetworkLimits;
  readonly #network: SimNetwork;
  readonly #connection: Connection;
  readonly #from: SimNode;
  readonly #to: SimNode;
  #underWay = 0;
  #lastArrival = 0;
  readonly #arrived: Uint8Array[] = [];
  #delivering = false;

  constructor(network: SimNetwork, connection: Connection, from: SimNode, to: SimNode) {
    this.#network = network;
    this.#connection = connection;
    this.#from = from;
    this.#to = to;
    const observed = typeof from.peer === "string" || typeof to.peer === "string";
    this.limits = observed ? { ...network.limits, ...OBSERVER_REQUESTS } : network.limits;
    this.outbox = new Outbox(network.limits);
    this.served = new Bucket(network.clock, this.limits.requests);
    this.made = new Bucket(network.clock, this.limits.requests);
  }

  send(bundle: Uint8Array): void {
    this.outbox.add(bundle);
    this.#pump();
  }

  #pump(): void {
    const network = this.#network;
    while (this.#connection.alive && this.#underWay < WINDOW_BUNDLES) {
      const next = this.outbox.take();
      if (!next) return;
      if ("skipped" in next) {
        this.#carry(writePush({ kind: "skipped", bundles: next.skipped }), false);
        continue;
      }
      const { loss, duplication, reordering, cut } = network.weather;
      if (network.chance() < cut) {
        this.#connection.end("cut by the weather");
        return;
      }
      if (network.chance() < loss) continue;
      const late = network.chance() < reordering;
      this.#carry(next.bundle, late);
      if (network.chance() < duplication) this.#carry(next.bundle, true);
    }
  }

  #carry(message: Uint8Array, late: boolean): void {
    const { clock, weather } = this.#network;
    const now = clock.now();
    let arrival = now + this.#network.delay();
    if (late) arrival += this.#network.chance() * LATE * weather.delayMs[1];
    else this.#lastArrival = arrival = Math.max(arrival, this.#lastArrival);
    this.#underWay++;
    clock.after(arrival - now, () => {
      if (!this.#connection.alive) return;
      this.#arrived.push(message);
      if (!this.#delivering) void this.#deliver();
    });
  }

  async #deliver(): Promise<void> {
    this.#delivering = true;
    for (let message = this.#arrived.shift(); message; message = this.#arrived.shift()) {
      await this.#to.take(this.#from.peer, message);
      if (!this.#connection.alive) return;
      this.#underWay--;
      this.#pump();
    }
    this.#delivering = false;
  }
}

class SimNode implements Network {
  readonly peer: Peer;
  readonly #network: SimNetwork;
  readonly #scores: Scores<Peer>;
  readonly #skipped = new Map<Peer, number>();
  /** Members that genesis does not know. */
  #known: ReadonlySet<Peer> = new Set();
  #handlers: NetworkHandlers | undefined;
  #stopped = false;

  constructor(network: SimNetwork, peer: Peer) {
    this.#network = network;
    this.peer = peer;
    this.#scores = new Scores(network.clock, network.limits);
  }

  get running(): boolean {
    return this.#handlers !== undefined && !this.#stopped;
  }

  async start(handlers: NetworkHandlers): Promise<void> {
    this.#handlers = handlers;
    this.#network.reach(this);
  }

  know(members: ReadonlyMap<Peer, unknown>): void {
    this.#known = new Set(members.keys());
    this.#network.reach(this);
  }

  /** Whether it follows, or is followed by, whom genesis does not know. */
  knows(peer: Peer): boolean {
    return this.#known.has(peer);
  }

  broadcast(bundle: Bundle): void {
    if (this.#stopped) return;
    const message = writePush({ kind: "bundle", ...bundle });
    for (const { peer } of this.#network.nodes) this.#network.connection(this.peer, peer)?.from(this).send(message);
  }

  send(peer: Peer, bundle: Bundle): void {
    if (this.#stopped) return;
    this.#network
      .connection(this.peer, peer)
      ?.from(this)
      .send(writePush({ kind: "bundle", ...bundle }));
  }

  async request<R extends Request>(peer: Peer, request: R): Promise<Answer<R>> {
    const message = writeRequest(request);
    if (this.#stopped) throw new NetworkError("stopped");
    const connection = this.#network.connection(this.peer, peer);
    if (!connection) throw new NetworkError("notConnected");
    const pipe = connection.from(this);
    if (pipe.asked >= pipe.limits.requestsUnderWay || !pipe.made.tryTake()) throw new NetworkError("busy");
    pipe.asked++;
    try {
      const answer = await this.#carried(connection, this.#network.node(peer)!, message);
      return readAnswer(answer, request);
    } catch (error) {
      const { code } = error as NetworkError;
      if (code === "deadline") this.report(peer, "unanswered");
      if (code === "malformed" || code === "tooLarge") this.report(peer, "violation");
      throw this.#stopped ? new NetworkError("stopped") : error;
    } finally {
      pipe.asked--;
    }
  }

  report(peer: Peer, misdeed: Misdeed): void {
    if (!this.#stopped && this.#scores.add(peer, misdeed)) {
      this.#network.connection(this.peer, peer)?.end(`shut out for ${misdeed}`);
    }
  }

  peers(): readonly PeerStatus[] {
    const others = this.#network.nodes.map(({ peer }) => peer).filter((peer) => peer !== this.peer);
    return others
      .filter((peer) => typeof peer === "number" || this.#network.connection(this.peer, peer))
      .map((peer) => {
        const connection = this.#network.connection(this.peer, peer);
        const outbox = connection?.from(this).outbox;
        return {
          peer,
          connected: connection !== undefined,
          queuedBundles: outbox?.size ?? 0,
          skippedBundles: (this.#skipped.get(peer) ?? 0) + (outbox?.skipped ?? 0),
          score: this.#scores.score(peer),
          coolDownMs: this.#scores.coolDownMs(peer),
        };
      });
  }

  async stop(): Promise<void> {
    this.leave();
  }

  /** As a process that is killed. */
  leave(): void {
    this.#stopped = true;
    for (const { peer } of this.#network.nodes) this.#network.connection(this.peer, peer)?.end("stopped");
  }

  coolDownMs(peer: Peer): number {
    return this.#scores.coolDownMs(peer);
  }

  hasRoomFor(peer: Peer): boolean {
    if (typeof peer === "number") return true;
    return this.peers().filter((other) => typeof other.peer === "string").length < this.#network.limits.observers;
  }

  keepSkipped(peer: Peer, count: number): void {
    this.#skipped.set(peer, (this.#skipped.get(peer) ?? 0) + count);
  }

  tell(event: "connected" | "disconnected", peer: Peer): void {
    if (this.running) this.#handlers![event](peer);
  }

  async take(peer: Peer, message: Uint8Array): Promise<void> {
    if (!this.running) return;
    if (typeof peer === "string" && !this.#known.has(peer)) return; // not heard
    const push = readPush(message.slice());
    if (push.kind === "bundle") await this.#handlers!.bundle(peer, push).catch(() => undefined);
    else if (push.kind === "skipped") this.#handlers!.skipped(peer, push.bundles);
  }

  async serve(peer: Peer, pipe: Pipe, message: Uint8Array): Promise<Uint8Array> {
    const refused = writeResponse({ kind: "refused" });
    if (!pipe.served.tryTake()) this.report(peer, "flood");
    else if (pipe.serving < pipe.limits.requestsUnderWay) {
      pipe.serving++;
      try {
        return writeResponse(await this.#handlers!.request(peer, readRequest(message)));
      } catch {
        return refused;
      } finally {
        pipe.serving--;
      }
    }
    return refused;
  }

  /** A request there and its answer back, or NetworkError `deadline` or `disconnected`. */
  #carried(connection: Connection, to: SimNode, message: Uint8Array): Promise<Uint8Array> {
    const network = this.#network;
    const { clock, limits } = network;
    return new Promise((resolve, reject) => {
      const fail = (code: "deadline" | "disconnected") => {
        forget();
        deadline.cancel();
        reject(new NetworkError(code));
      };
      const deadline = clock.after(limits.requestMs, () => fail("deadline"));
      const forget = connection.onEnd(() => fail("disconnected"));
      clock.after(network.delay(), async () => {
        if (!connection.alive || !to.running) return;
        const answer = await to.serve(this.peer, connection.from(to), message.slice());
        clock.after(network.delay(), () => {
          if (!connection.alive) return;
          forget();
          deadline.cancel();
          resolve(answer);
        });
      });
    });
  }
}

function pairOf(a: Peer, b: Peer): string {
  return [JSON.stringify(a), JSON.stringify(b)].sort().join();
}
