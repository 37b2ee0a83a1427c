/**
 * Filters of transactions (TransactionFilter and TransactionFilterV2 of iotaledger/iota
 * crates/iota-json-rpc-types/src/iota_transaction.rs). Each says which transactions on disk it is for, by the indexes.
 */
import * as v from "valibot";
import { parseEffects } from "../format/effects.ts";
import { u64Key } from "../store/keys.ts";
import { type Store, TX_INDEX, type TxIndex } from "../store/store.ts";
import { address, addressText, u64 } from "./schemas.ts";
import { effectLists } from "./views/effects.ts";

/**
 * `IotaTransactionKind`, and which variants of bcs(TransactionKind) each is; what this node never executes has none. The last one stands
 * for every kind but the users' (crates/iota-indexer/src/read.rs).
 */
const KIND_VARIANTS: Readonly<Record<string, readonly number[]>> = {
  ProgrammableTransaction: [0],
  Genesis: [1],
  ConsensusCommitPrologueV1: [2],
  RandomnessStateUpdate: [],
  EndOfEpochTransaction: [],
  SystemTransaction: [1, 2],
};
const kindName = v.picklist(Object.keys(KIND_VARIANTS));
/** bcs(TransactionData): the variant V1, then the variant of the kind. */
const KIND_OFFSET = 1;

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
  if ("ChangedObject" in filter) {
    const id = filter.ChangedObject;
    return listed(TX_INDEX.changed, id) && leftThere(store, id, sequence);
  }
  if ("WrappedOrDeletedObject" in filter) {
    const id = filter.WrappedOrDeletedObject;
    return listed(TX_INDEX.changed, id) && !leftThere(store, id, sequence);
  }
  if ("FromAddress" in filter) return listed(TX_INDEX.from, filter.FromAddress);
  if ("ToAddress" in filter) return listed(TX_INDEX.to, filter.ToAddress);
  if ("FromOrToAddress" in filter) return listed(TX_INDEX.fromOrTo, filter.FromOrToAddress.addr);
  if ("FromAndToAddress" in filter) {
    const { from, to } = filter.FromAndToAddress;
    return listed(TX_INDEX.from, from) && listed(TX_INDEX.to, to);
  }
  // No transaction calls Move here.
  if ("MoveFunction" in filter) return false;
  return kindVariants(filter).has(kindVariant(store, sequence));
}

/** The variants of bcs(TransactionKind) that a filter of kinds is for. */
export function kindVariants(
  filter: Extract<TransactionFilterV2, { TransactionKind: string } | { TransactionKindIn: string[] }>,
): ReadonlySet<number> {
  const kinds = "TransactionKind" in filter ? [filter.TransactionKind] : filter.TransactionKindIn;
  return new Set(kinds.flatMap((kind) => KIND_VARIANTS[kind] ?? []));
}

function kindVariant(store: Store, sequence: bigint): number {
  return store.payload(store.transactionAt(sequence)!)!.transaction[KIND_OFFSET]!;
}

/** Whether a transaction that changed `id` left an object there, or took it away: the index has both. */
function leftThere(store: Store, id: Uint8Array, sequence: bigint): boolean {
  const text = addressText(id);
  const { created, mutated, unwrapped } = effectLists(
    parseEffects(store.outcome(store.transactionAt(sequence)!)!.effects),
  );
  return [...created, ...mutated, ...unwrapped].some((object) => object.id === text);
}
