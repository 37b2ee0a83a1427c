/** Networks over sockets of 127.0.0.1, on whatever ports are free. */
import { generateKeyPair } from "@libp2p/crypto/keys";
import type { Ed25519PrivateKey } from "@libp2p/interface";
import { Libp2pNetwork } from "../../../host/network/libp2p/libp2p-network.ts";
import { peerIdOf } from "../../../host/network/libp2p/transport-key.ts";
import type { NetworkLimits } from "../../../host/network/limits.ts";
import type { Peer } from "../../../host/network/network.ts";
import type { Harness } from "./conformance.ts";
import { filled } from "./support.ts";

/** What should happen has not after this long, on a machine that is busy. */
const LONG_MS = 10_000;
const POLL_MS = 2;
const VALIDATORS = 4;

export const CHAIN = filled(32, 9);
export const ANY_PORT = "/ip4/127.0.0.1/tcp/0";
const SILENT_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function until(done: () => boolean): Promise<void> {
  const start = Date.now();
  while (!done()) {
    if (Date.now() - start > LONG_MS) throw new Error(`not within ${LONG_MS} ms`);
    await pass(POLL_MS);
  }
}

export const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class SocketHarness implements Harness {
  readonly limits: NetworkLimits;
  /** Filled in as validators listen. */
  readonly committee: { peerId: string; addresses: string[] }[] = [];
  /** What went wrong within nodes, which a test expects to be nothing. */
  readonly troubles: string[] = [];
  readonly #keys = new Map<Peer, Ed25519PrivateKey>();
  readonly #open: Libp2pNetwork[] = [];

  constructor(limits: NetworkLimits) {
    this.limits = limits;
  }

  readonly until = until;
  readonly pass = pass;

  async keyOf(peer: Peer): Promise<Ed25519PrivateKey> {
    const key = this.#keys.get(peer) ?? (await generateKeyPair("Ed25519"));
    this.#keys.set(peer, key);
    return key;
  }

  nameOf(peer: Peer): Peer {
    return typeof peer === "number" ? peer : peerIdOf(this.#keys.get(peer)!);
  }

  /** The validators' keys are known before the first of them starts; where it is reached, only then. */
  async join(peer: Peer): Promise<Libp2pNetwork> {
    while (this.committee.length < VALIDATORS) {
      const key = await this.keyOf(this.committee.length);
      this.committee.push({ peerId: peerIdOf(key), addresses: [ANY_PORT] });
    }
    const entry = typeof peer === "number" ? this.committee[peer] : undefined;
    const author = typeof peer === "number" ? peer : undefined;
    const network = await this.#network(peer, author, entry ? [entry.addresses[0]!] : []);
    const start = network.start.bind(network);
    network.start = async (handlers) => {
      await start(handlers);
      // Without the peer id, which the dialer adds.
      if (entry) entry.addresses = network.addresses.map((address) => address.replace(/\/p2p\/.*/, ""));
    };
    return network;
  }

  /** An observer that listens. */
  listener(address: string): Promise<Libp2pNetwork> {
    return this.#network("listener", undefined, [address]);
  }

  async #network(peer: Peer, author: number | undefined, listen: readonly string[]): Promise<Libp2pNetwork> {
    const { committee, limits } = this;
    const log = { ...SILENT_LOG, error: (fields: object) => this.troubles.push(JSON.stringify(fields)) };
    const key = await this.keyOf(peer);
    const network = new Libp2pNetwork({ chain: CHAIN, key, listen, committee, author, limits, log });
    this.#open.push(network);
    return network;
  }

  async close(): Promise<void> {
    for (const network of this.#open) await network.stop();
  }
}
