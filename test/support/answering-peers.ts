/** Peers whose answers a test makes, over the real messages; nothing is pushed. */
import { NetworkError } from "../../host/network/errors.ts";
import {
  type Answer,
  type Request,
  type Response,
  readAnswer,
  readRequest,
  writeRequest,
  writeResponse,
} from "../../host/network/messages.ts";
import type { Network, Peer } from "../../host/network/network.ts";
import { NO_PEERS } from "../../host/network/no-peers.ts";
import type { Misdeed } from "../../host/network/scores.ts";
import type { NodeLog } from "../../host/node-options.ts";

export const SILENT_LOG: NodeLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

export type Answering = (request: Request) => Response | Promise<Response>;

/** Peers by their names, and who was blamed for what. */
export class Peers implements Pick<Network, "peers" | "request" | "report"> {
  readonly answering = new Map<Peer, Answering>();
  readonly blamed: (readonly [Peer, Misdeed])[] = [];
  readonly asked: (readonly [Peer, Request["kind"]])[] = [];
  /** Known, and not to be reached. */
  readonly offline = new Set<Peer>();

  peers() {
    return [...this.answering.keys()].map((peer) => ({ ...QUIET, peer, connected: !this.offline.has(peer) }));
  }

  async request<R extends Request>(peer: Peer, request: R): Promise<Answer<R>> {
    this.asked.push([peer, request.kind]);
    const answering = this.answering.get(peer);
    if (!answering) throw new NetworkError("notConnected");
    return readAnswer(writeResponse(await answering(readRequest(writeRequest(request)))), request);
  }

  report(peer: Peer, misdeed: Misdeed): void {
    this.blamed.push([peer, misdeed]);
  }

  get network(): Network {
    return Object.assign(Object.create(NO_PEERS) as Network, {
      peers: () => this.peers(),
      request: <R extends Request>(peer: Peer, request: R) => this.request(peer, request),
      report: (peer: Peer, misdeed: Misdeed) => this.report(peer, misdeed),
    });
  }
}

const QUIET = { queuedBundles: 0, skippedBundles: 0, score: 0, coolDownMs: 0 };
