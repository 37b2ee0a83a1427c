/** What a method may use: the node, seen as narrowly as the methods need it, so that tests can stand in for one. */
import type { Environment } from "../../core/wire/frames.ts";
import type { Value } from "../../core/wire/schema.ts";
import type { Attestation } from "../../platform/tpm/attestation.ts";
import type { DagFeed } from "../dag/feed.ts";
import type { GenesisFile } from "../genesis/genesis.ts";
import type { Meter } from "../meter.ts";
import type { NodeStatus } from "../node.ts";
import type { Ending } from "../pipeline/committer.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Store } from "../store/store.ts";
import type { TransactionFilterV2 } from "./transaction-filter.ts";

/** The part of host/node.ts's LedgerNode that JSON-RPC serves. */
export interface RpcNode {
  readonly store: Store;
  readonly sandbox: Pick<Sandbox, "execute" | "verifyUnsigned">;
  readonly genesis: GenesisFile;
  /** Digest of the genesis checkpoint. */
  readonly chain: Uint8Array;
  readonly environment: Value<typeof Environment>;
  readonly status: NodeStatus;
  readonly dag: DagFeed;
  readonly meter: Meter;
  /** True once it takes transactions. */
  readonly ready: boolean;
  /**
   * Takes a transaction through the ledger and resolves with how it ended, certified and on disk. Throws the classes of
   * host/errors.ts; then nothing was locked.
   */
  submit(transaction: Uint8Array, signatures: readonly Uint8Array[]): Promise<Ending>;
  /** What a TPM says of this node, for 32 bytes of whoever asks; undefined: it has none, or cannot say it now. */
  attest(nonce: Uint8Array): Promise<Attestation | undefined>;
  /** Calls `listener`, which must not throw, with the number of each checkpoint once it is on disk. Returns what ends it. */
  onCheckpoint(listener: (sequence: bigint) => void): () => void;
}

/** The subscriptions of one connection. `topic`: the method that began one. */
export interface Subscriber {
  /** Returns the subscription's number. Throws RpcError when the node has no room for more, or the connection is gone. */
  subscribe(topic: string, filter?: TransactionFilterV2): number;
  /** False when this connection has no such subscription. */
  unsubscribe(topic: string, id: number): boolean;
}

export interface RpcContext {
  readonly node: RpcNode;
  /** Of a WebSocket connection; undefined over plain HTTP. */
  readonly subscriber?: Subscriber | undefined;
}
