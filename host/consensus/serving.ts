/** What this node answers to peers that lack something: out of its store, and nothing that is not there. */
import {
  type Bundle,
  EMPTY_BUNDLE,
  fitting,
  type Request,
  type Response,
  type TransactionPayload,
} from "../network/messages.ts";
import type { Store } from "../store/store.ts";
import { States } from "../sync/states.ts";
import type { Time } from "../time.ts";
import { readBlock } from "./intake.ts";

/** Requests that the store answers. */
export type StoreRequest = Exclude<Request, { kind: "submit" | "standing" }>;

export class Serving {
  readonly #store: Store;
  readonly #states: States;

  constructor(store: Store, time: Time) {
    this.#store = store;
    this.#states = new States(store, time);
  }

  stop(): void {
    this.#states.stop();
  }

  answer(request: StoreRequest): Response {
    switch (request.kind) {
      case "blocks":
        return this.#answer(this.#bundles(request.digests.flatMap((digest) => this.#store.block(digest) ?? [])));
      case "blocksFrom":
        return this.#answer(this.#bundles(this.#blocksFrom(request.author, request.height)));
      case "blocksAfter":
        return this.#answer(this.#bundles(this.#store.blocksBehind(request.height, request.author)));
      case "payloads":
        return { kind: "payloads", payloads: fitting(this.#payloads(request.digests)) };
      case "checkpoint":
        return { kind: "checkpoint", checkpoint: this.#certified(request.sequence) };
      case "epochEnd":
        return { kind: "checkpoint", checkpoint: this.#store.endFrom(request.epoch) };
      case "state":
        return { kind: "state", checkpoint: this.#states.offer() };
      case "statePage":
        return { kind: "statePage", page: this.#states.page(request.sequence, request.from) };
    }
  }

  /** A block with the payloads of its transactions. */
  bundle(block: Uint8Array): Bundle {
    const { transactions } = readBlock(block).header;
    return { ...EMPTY_BUNDLE, block, payloads: transactions.flatMap((named) => this.#store.blockPayload(named) ?? []) };
  }

  #answer(all: Iterable<Bundle>): Response {
    return { kind: "bundles", bundles: fitting(all), prunedTo: this.#store.prunedTo };
  }

  *#bundles(blocks: Iterable<Uint8Array>): Generator<Bundle> {
    for (const block of blocks) yield this.bundle(block);
  }

  *#blocksFrom(author: number, height: bigint): Generator<Uint8Array> {
    if (height > 0n) yield* this.#store.blocksFrom(author, height);
  }

  *#payloads(digests: readonly Uint8Array[]): Generator<TransactionPayload> {
    for (const digest of digests) yield* this.#store.blockPayloads(digest);
  }

  #certified(wanted: bigint | undefined) {
    const sequence = wanted === undefined ? this.#store.certifiedCheckpoint() : this.#store.certifiedFrom(wanted);
    if (sequence === undefined) return undefined;
    const { summary, certificate } = this.#store.checkpoint(sequence)!;
    return { summary, certificate };
  }
}
