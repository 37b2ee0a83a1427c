/** Networks of validators and full nodes in one process: what one sends, the others hear, each a turn of the event loop later, as long as no cut is between them. */
import { NetworkError } from "../../host/network/errors.ts";
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
import type { Network, NetworkHandlers, Peer } from "../../host/network/network.ts";

class Member implements Network {
  handlers: NetworkHandlers | undefined;
  readonly #mesh: Mesh;
  readonly #author: Peer;
  /** Bundles of each peer are taken one at a time. */
  readonly #inbox = new Map<Peer, Promise<void>>();

  constructor(mesh: Mesh, author: Peer) {
    this.#mesh = mesh;
    this.#author = author;
  }

  async start(handlers: NetworkHandlers): Promise<void> {
    this.handlers = handlers;
    for (const { author, member } of this.#mesh.reachable(this.#author)) {
      if (!member.handlers) continue;
      member.handlers.connected(this.#author);
      handlers.connected(author);
    }
  }

  know(members: ReadonlyMap<Peer, unknown>): void {
    const before = new Set(this.#mesh.reachable(this.#author).map(({ author }) => author));
    this.#mesh.known.set(this.#author, new Set(members.keys()));
    for (const { author, member } of this.#mesh.reachable(this.#author)) {
      if (before.has(author) || !this.handlers || !member.handlers) continue;
      member.handlers.connected(this.#author);
      this.handlers.connected(author);
    }
  }

  broadcast(bundle: Bundle): void {
    for (const { author } of this.#mesh.reachable(this.#author)) this.send(author, bundle);
  }

  send(peer: Peer, bundle: Bundle): void {
    if (this.#mesh.losing || this.#mesh.unreached.has(peer)) return;
    const heard = this.#mesh.deaf.has(peer) ? { ...bundle, checkpoints: [] } : bundle;
    const message = writePush({ kind: "bundle", ...heard });
    const to = this.#mesh.reachable(this.#author).find(({ author }) => author === peer)?.member;
    if (to) to.hear(this.#author, message);
  }

  async request<R extends Request>(peer: Peer, request: R): Promise<Answer<R>> {
    const to = this.#mesh.reachable(this.#author).find(({ author }) => author === peer)?.member;
    if (!to?.handlers) throw new NetworkError("notConnected");
    if (this.#mesh.unreached.has(this.#author)) throw new NetworkError("deadline");
    const asked = readRequest(writeRequest(request));
    try {
      return readAnswer(writeResponse(await to.handlers.request(this.#author, asked)), request);
    } catch (error) {
      throw error instanceof NetworkError ? error : new NetworkError("refused", String(error));
    }
  }

  report(peer: Peer, misdeed: string): void {
    this.#mesh.reports.push({ by: this.#author, peer, misdeed });
  }

  peers() {
    return this.#mesh.reachable(this.#author).map(({ author, member }) => ({
      peer: author,
      connected: member.handlers !== undefined,
      queuedBundles: 0,
      skippedBundles: 0,
      score: 0,
      coolDownMs: 0,
    }));
  }

  async stop(): Promise<void> {
    this.handlers = undefined;
  }

  hear(from: Peer, message: Uint8Array): void {
    const before = this.#inbox.get(from) ?? Promise.resolve();
    const taken = before
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(async () => {
        const push = readPush(message);
        if (push.kind === "bundle") await this.handlers?.bundle(from, push);
      });
    this.#inbox.set(from, taken);
  }
}

export class Mesh {
  /** While true, everything that is sent is lost, and nobody is told. */
  losing = false;
  /** Members that do not hear signatures under checkpoints. */
  readonly deaf = new Set<Peer>();
  /** Members to whom nothing comes, asked for or not, which nobody is told. */
  readonly unreached = new Set<Peer>();
  /** Members of the committee that genesis does not know, as each member knows them. */
  readonly known = new Map<Peer, ReadonlySet<Peer>>();
  /** Complaints of one member of another. */
  readonly reports: { readonly by: Peer; readonly peer: Peer; readonly misdeed: string }[] = [];
  readonly #members = new Map<Peer, Member>();
  /** Members that are cut off from the rest. */
  readonly #cut = new Set<Peer>();
  /** Full nodes that follow full nodes: whom. The others follow the validators. */
  readonly #follows = new Map<Peer, ReadonlySet<Peer>>();

  constructor(size: number) {
    for (let author = 0; author < size; author++) this.#members.set(author, new Member(this, author));
  }

  /** Of a validator, or of a full node by its name. */
  network(peer: Peer, follows?: ReadonlySet<Peer>): Network {
    const member = this.#members.get(peer) ?? new Member(this, peer);
    this.#members.set(peer, member);
    if (follows) this.#follows.set(peer, follows);
    return member;
  }

  /** Cuts these members off from the rest. */
  cut(...peers: readonly Peer[]): void {
    for (const peer of peers) this.#cut.add(peer);
  }

  heal(): void {
    const cut = [...this.#cut];
    this.#cut.clear();
    for (const author of cut) {
      for (const { author: other, member } of this.reachable(author)) {
        const { handlers } = this.#members.get(author)!;
        if (!member.handlers || !handlers) continue;
        member.handlers.connected(author);
        handlers.connected(other);
      }
    }
  }

  reachable(peer: Peer): readonly { readonly author: Peer; readonly member: Member }[] {
    return [...this.#members]
      .map(([author, member]) => ({ author, member }))
      .filter(({ author }) => author !== peer && this.#cut.has(author) === this.#cut.has(peer))
      .filter(({ author }) => this.#follow(author, peer) || this.#follow(peer, author));
  }

  #follow(one: Peer, other: Peer): boolean {
    return (
      this.#follows.get(one)?.has(other) ?? (typeof other === "number" || (this.known.get(one)?.has(other) ?? false))
    );
  }
}
