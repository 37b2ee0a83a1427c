/** What tests of both networks share: nodes that write down what reaches them. */
import type { Bundle, Request, Response } from "../../../host/network/messages.ts";
import type { Network, NetworkHandlers, Peer } from "../../../host/network/network.ts";

export const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

/** A bundle with a number in it; `bytes` of payload. */
export function sampleBundle(number: number, bytes = 0): Bundle {
  const block = new Uint8Array(64);
  new DataView(block.buffer).setUint32(0, number);
  const payloads = [];
  for (let left = bytes; left > 0; left -= 65_536) {
    payloads.push({ transaction: filled(Math.min(left, 65_536), number), signatures: [filled(3, number)] });
  }
  return { block, payloads, checkpoints: [] };
}

export const numberOf = ({ block }: Bundle): number => new DataView(block!.buffer, block!.byteOffset).getUint32(0);

/** A node, what it has received, and how it behaves. */
export class TestNode implements NetworkHandlers {
  readonly network: Network;
  readonly events: string[] = [];
  readonly received = new Map<Peer, number[]>();
  readonly skips = new Map<Peer, number>();
  /** Resolved before a bundle counts as taken. */
  taking: (peer: Peer, bundle: Bundle) => Promise<void> = async () => undefined;
  answering: (peer: Peer, request: Request) => Promise<Response> = async () => ({
    kind: "bundles",
    bundles: [],
    prunedTo: 0n,
  });

  constructor(network: Network) {
    this.network = network;
  }

  async bundle(peer: Peer, bundle: Bundle): Promise<void> {
    await this.taking(peer, bundle);
    this.received.set(peer, [...this.from(peer), numberOf(bundle)]);
  }

  skipped(peer: Peer, count: number): void {
    this.skips.set(peer, (this.skips.get(peer) ?? 0) + count);
  }

  request(peer: Peer, request: Request): Promise<Response> {
    return this.answering(peer, request);
  }

  connected(peer: Peer): void {
    this.events.push(`+${peer}`);
  }

  disconnected(peer: Peer): void {
    this.events.push(`-${peer}`);
  }

  from(peer: Peer): readonly number[] {
    return this.received.get(peer) ?? [];
  }

  sees(peer: Peer): boolean {
    return this.network.peers().some((status) => status.peer === peer && status.connected);
  }
}
