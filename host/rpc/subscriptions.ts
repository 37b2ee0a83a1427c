/**
 * Who is told of new transactions, over which connection (iotaledger/iota crates/iota-core/src/subscription_handler.rs,
 * crates/iota-json-rpc/src/indexer_api.rs). Told is what is certified and on disk, checkpoint by checkpoint.
 */
import { parseEffects } from "../format/effects.ts";
import { u64Key } from "../store/keys.ts";
import { TX_INDEX } from "../store/store.ts";
import type { RpcNode, Subscriber } from "./context.ts";
import { type FaultListener, RPC_CODE, RpcError } from "./rpc-error.ts";
import { matches, type TransactionFilterV2 } from "./transaction-filter.ts";
import { effectsJson } from "./views/effects.ts";

/** Of one node, over all connections: `DEFAULT_MAX_SUBSCRIPTIONS` of indexer_api.rs. */
export const MAX_SUBSCRIPTIONS = 100;

/** Sends one notification to a client; a client that does not keep up is the connection's to drop. */
type Send = (notification: string) => void;

interface Subscription {
  /** The method that began it, whose name notifications carry. */
  readonly topic: string;
  /** Undefined for events: Move code emits them, so there are none to be told of. */
  readonly filter: TransactionFilterV2 | undefined;
  readonly owner: Connection;
}

export class Connection implements Subscriber {
  readonly #subscriptions: Subscriptions;
  readonly send: Send;
  #closed = false;

  constructor(subscriptions: Subscriptions, send: Send) {
    this.#subscriptions = subscriptions;
    this.send = send;
  }

  subscribe(topic: string, filter?: TransactionFilterV2): number {
    if (this.#closed) throw exhausted();
    return this.#subscriptions.add({ topic, filter, owner: this });
  }

  unsubscribe(topic: string, id: number): boolean {
    return this.#subscriptions.remove(id, (known) => known.owner === this && known.topic === topic);
  }

  /** The connection is gone. */
  close(): void {
    this.#closed = true;
    this.#subscriptions.forget(this);
  }
}

function exhausted(): RpcError {
  return new RpcError(RPC_CODE.internalError, "Internal error", "Resources exhausted");
}

export class Subscriptions {
  readonly #node: Pick<RpcNode, "store" | "onCheckpoint">;
  readonly #onFault: FaultListener;
  readonly #subscriptions = new Map<number, Subscription>();
  #nextId = 1;
  /** Ends hearing of checkpoints, which is only needed while somebody listens. */
  #unhear: (() => void) | undefined;

  constructor(node: Pick<RpcNode, "store" | "onCheckpoint">, onFault: FaultListener) {
    this.#node = node;
    this.#onFault = onFault;
  }

  connect(send: Send): Connection {
    return new Connection(this, send);
  }

  get size(): number {
    return this.#subscriptions.size;
  }

  add(subscription: Subscription): number {
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) throw exhausted();
    const id = this.#nextId++;
    this.#subscriptions.set(id, subscription);
    this.#unhear ??= this.#node.onCheckpoint((sequence) => this.#publish(sequence));
    return id;
  }

  remove(id: number, isIt: (subscription: Subscription) => boolean): boolean {
    const subscription = this.#subscriptions.get(id);
    if (!subscription || !isIt(subscription)) return false;
    this.#subscriptions.delete(id);
    if (this.#subscriptions.size === 0) {
      this.#unhear?.();
      this.#unhear = undefined;
    }
    return true;
  }

  forget(owner: Connection): void {
    for (const id of [...this.#subscriptions.keys()]) this.remove(id, (known) => known.owner === owner);
  }

  /** The node's own pipeline calls this, so nothing may be thrown into it. */
  #publish(checkpoint: bigint): void {
    try {
      const { store } = this.#node;
      for (const sequence of store.transactionsBy(TX_INDEX.checkpoint, u64Key(checkpoint), false)) {
        this.#tell(sequence);
      }
    } catch (error) {
      this.#onFault("subscriptions", error);
    }
  }

  #tell(sequence: bigint): void {
    const { store } = this.#node;
    let result: object | undefined;
    for (const [subscription, { topic, filter, owner }] of this.#subscriptions) {
      if (!filter || !matches(store, filter, sequence)) continue;
      result ??= effectsJson(parseEffects(store.outcome(store.transactionAt(sequence)!)!.effects));
      owner.send(JSON.stringify({ jsonrpc: "2.0", method: topic, params: { subscription, result } }));
    }
  }
}
