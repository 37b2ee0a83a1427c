/**
 * Filters of transactions (TransactionFilter and TransactionFilterV2 of iotaledger/iota
 * crates/iota-json-rpc-types/src/iota_transaction.rs). Each says which transactions on disk it is for, by the indexes.
 */
import * as v from "valibot";
import type { KIND_VARIANT } from "../format/transaction.ts";
import { kindKey } from "../pipeline/index-keys.ts";
import { u64Key } from "../store/keys.ts";
import { type Store, TX_INDEX, type TxIndex } from "../store/store.ts";
import { address, u64 } from "./schemas.ts";

/**
 * `IotaTransactionKind`, and which kinds of this node's transactions each is for; what it never executes has none. The last one stands
 * for every kind but the users' (crates/iota-indexer/src/read.rs).
 */
const KINDS: Readonly<Record<string, readonly (keyof typeof KIND_VARIANT)[]>> = {
  ProgrammableTransaction: ["ProgrammableTransaction"],
  Genesis: ["Genesis"],
  ConsensusCommitPrologueV1: ["ConsensusCommitPrologueV1"],
  RandomnessStateUpdate: [],
  EndOfEpochTransaction: ["EndOfEpochTransaction"],
  SystemTransaction: ["Genesis", "ConsensusCommitPrologueV1", "EndOfEpochTransaction"],
};
const kindName = v.picklist(Object.keys(KINDS));

const FILTERS = [
  v.strictObject({ Checkpoint: u64 }),
  v.strictObject({
    MoveFunction: v.object({ package: address, module: v.nullish(v.string()), function: v.nullish(v.string()) }),
  }),
  v.strictObject({ InputObject: address }),
  v.strictObject({ ChangedObject: address }),
  v.strictObject({ FromAddress: address }),
  v.strictObject({ ToAddress: address }),
  v.strictObject({ FromAndToAddress: v.object({ from: address, to: address }) }),
  v.strictObject({ FromOrToAddress: v.object({ addr: address }) }),
  v.strictObject({ TransactionKind: kindName }),
  v.strictObject({ TransactionKindIn: v.array(kindName) }),
] as const;

export const transactionFilter = v.union(FILTERS, "expected one filter of TransactionFilter");
export const transactionFilterV2 = v.union(
  [...FILTERS, v.strictObject({ WrappedOrDeletedObject: address })],
  "expected one filter of TransactionFilterV2",
);
export type TransactionFilterV2 = v.InferOutput<typeof transactionFilterV2>;

/** Whether a filter is for the transaction with this sequence number, which is on disk. */
export function matches(store: Store, filter: TransactionFilterV2, sequence: bigint): boolean {
  const listed = (index: TxIndex, key: Uint8Array) => store.isTransactionBy(index, key, sequence);
  if ("Checkpoint" in filter) return listed(TX_INDEX.checkpoint, u64Key(filter.Checkpoint));
  if ("InputObject" in filter) return listed(TX_INDEX.input, filter.InputObject);
  if ("ChangedObject" in filter) return listed(TX_INDEX.changed, filter.ChangedObject);
  if ("WrappedOrDeletedObject" in filter) return listed(TX_INDEX.removed, filter.WrappedOrDeletedObject);
  if ("FromAddress" in filter) return listed(TX_INDEX.from, filter.FromAddress);
  if ("ToAddress" in filter) return listed(TX_INDEX.to, filter.ToAddress);
  if ("FromOrToAddress" in filter) return listed(TX_INDEX.fromOrTo, filter.FromOrToAddress.addr);
  if ("FromAndToAddress" in filter) {
    const { from, to } = filter.FromAndToAddress;
    return listed(TX_INDEX.from, from) && listed(TX_INDEX.to, to);
  }
  // No transaction calls Move here.
  if ("MoveFunction" in filter) return false;
  return kindKeys(filter).some((key) => listed(TX_INDEX.kind, key));
}

type KindFilter = Extract<TransactionFilterV2, { TransactionKind: string } | { TransactionKindIn: string[] }>;

/** Index keys of the kinds that a filter is for, each once. */
export function kindKeys(filter: KindFilter): Uint8Array[] {
  const names = "TransactionKind" in filter ? [filter.TransactionKind] : filter.TransactionKindIn;
  return [...new Set(names.flatMap((name) => KINDS[name] ?? []))].map(kindKey);
}
