/** Networks of validators in one process: what one sends, the others hear, each a turn of the event loop later, as long as no cut is between them. */
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
  readonly #author: number;
  /** Bundles of each peer are taken one at a time. */
  readonly #inbox = new Map<number, Promise<void>>();

  constructor(mesh: Mesh, author: number) {
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

  broadcast(bundle: Bundle): void {
    for (const { author } of this.#mesh.reachable(this.#author)) this.send(author, bundle);
  }

  send(peer: Peer, bundle: Bundle): void {
    if (this.#mesh.losing) return;
    const message = writePush({ kind: "bundle", ...bundle });
    const to = this.#mesh.reachable(this.#author).find(({ author }) => author === peer)?.member;
    if (to) to.hear(this.#author, message);
  }

  async request<R extends Request>(peer: Peer, request: R): Promise<Answer<R>> {
    const to = this.#mesh.reachable(this.#author).find(({ author }) => author === peer)?.member;
    if (!to?.handlers) throw new NetworkError("notConnected");
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

  hear(from: number, message: Uint8Array): void {
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
  /** Complaints of one member of another. */
  readonly reports: { readonly by: number; readonly peer: Peer; readonly misdeed: string }[] = [];
  readonly #members: readonly Member[];
  /** The side of the cut that each is on. */
  readonly #sides: number[];

  constructor(size: number) {
    this.#members = Array.from({ length: size }, (_, author) => new Member(this, author));
    this.#sides = this.#members.map(() => 0);
  }

  network(author: number): Network {
    return this.#members[author]!;
  }

  /** Cuts these members off from the rest. */
  cut(...authors: readonly number[]): void {
    for (const author of authors) this.#sides[author] = 1;
  }

  heal(): void {
    const cut = this.#sides.flatMap((side, author) => (side === 1 ? [author] : []));
    this.#sides.fill(0);
    for (const author of cut) {
      for (const { author: other, member } of this.reachable(author)) {
        const { handlers } = this.#members[author]!;
        if (!member.handlers || !handlers) continue;
        member.handlers.connected(author);
        handlers.connected(other);
      }
    }
  }

  reachable(author: number): readonly { readonly author: number; readonly member: Member }[] {
    return this.#members
      .map((member, other) => ({ author: other, member }))
      .filter(({ author: other }) => other !== author && this.#sides[other] === this.#sides[author]);
  }
}
