/**
 * A network as an epoch sees it: its validators by their places in the committee in force, whatever they are called below. The network below calls
 * those of genesis by their index there, and everybody else by the name that its transport key gives it; so connections outlive a change of the committee.
 */

import { NO_AUTHOR } from "../../core/wire/limits.ts";
import type { MemberInForce } from "../epoch.ts";
import { NetworkError } from "./errors.ts";
import type { Answer, Bundle, Request } from "./messages.ts";
import { FORMER, type Network, type NetworkHandlers, type Peer, type PeerStatus } from "./network.ts";
import type { Misdeed } from "./scores.ts";

export class CommitteeNetwork implements Network {
  readonly #network: Network;
  /** By their place: what the members are called below; undefined: nobody says where one is. */
  #names: readonly (Peer | undefined)[] = [];
  #places = new Map<Peer, number>();
  #own: number;

  constructor(network: Network, committee: readonly MemberInForce[], own: number) {
    this.#network = network;
    this.#own = own;
    this.#name(committee);
  }

  /** Another committee is in force, `own` our place in it: its members are known from now on, and those who are new are reached. */
  enter(committee: readonly MemberInForce[], own: number): void {
    this.#own = own;
    this.#name(committee);
    this.#network.know?.(
      new Map(
        committee.flatMap(({ network }, place) => {
          const name = this.#names[place];
          return network && typeof name === "string" && place !== own ? [[name, network] as const] : [];
        }),
      ),
      own !== NO_AUTHOR,
    );
  }

  #name(committee: readonly MemberInForce[]): void {
    this.#names = committee.map(({ inGenesis, network }) => inGenesis ?? network?.peerId);
    this.#places = new Map(this.#names.flatMap((name, place) => (name === undefined ? [] : [[name, place]])));
  }

  /** What a peer of the network below is called here. Who was a member, and is none any more, is a full node that may be asked. */
  #above(name: Peer): Peer {
    return this.#places.get(name) ?? (typeof name === "number" ? `${FORMER}${name}` : name);
  }

  /** Undefined: a member that nobody says where it is. */
  #below(peer: Peer): Peer | undefined {
    if (typeof peer === "number") return this.#names[peer];
    return peer.startsWith(FORMER) ? Number(peer.slice(FORMER.length)) : peer;
  }

  start(handlers: NetworkHandlers): Promise<void> {
    return this.#network.start({
      bundle: (name, bundle) => handlers.bundle(this.#above(name), bundle),
      skipped: (name, count) => handlers.skipped(this.#above(name), count),
      request: (name, request) => handlers.request(this.#above(name), request),
      connected: (name) => handlers.connected(this.#above(name)),
      disconnected: (name) => handlers.disconnected(this.#above(name)),
    });
  }

  broadcast(bundle: Bundle): void {
    this.#network.broadcast(bundle);
  }

  send(peer: Peer, bundle: Bundle): void {
    const name = this.#below(peer);
    if (name !== undefined) this.#network.send(name, bundle);
  }

  async request<R extends Request>(peer: Peer, request: R): Promise<Answer<R>> {
    const name = this.#below(peer);
    if (name === undefined) throw new NetworkError("notConnected");
    return this.#network.request(name, request);
  }

  report(peer: Peer, misdeed: Misdeed): void {
    const name = this.#below(peer);
    if (name !== undefined) this.#network.report(name, misdeed);
  }

  peers(): readonly PeerStatus[] {
    const known = this.#network.peers().map((status) => ({ ...status, peer: this.#above(status.peer) }));
    const there = new Set(known.map(({ peer }) => peer));
    const missing = [...this.#names.keys()].filter((place) => place !== this.#own && !there.has(place));
    return [...known, ...missing.map((peer) => ({ peer, ...NOT_CONNECTED }))];
  }

  stop(): Promise<void> {
    return this.#network.stop();
  }
}

const NOT_CONNECTED = { connected: false, queuedBundles: 0, skippedBundles: 0, score: 0, coolDownMs: 0 } as const;
