/**
 * iotax_queryTransactionBlocks (iotaledger/iota crates/iota-json-rpc/src/indexer_api.rs; filters: TransactionFilterV2 of
 * crates/iota-json-rpc-types/src/iota_transaction.rs).
 *
 * Every filter is a walk over transactions in order, narrowed by an index where there is one. A page looks at a bounded number of
 * them: it may be short, or empty, and still say that more follows; its cursor is then the last one looked at.
 */
import { toBase58 } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { parseEffects } from "../../format/effects.ts";
import { u64Key } from "../../store/keys.ts";
import { type Store, TX_INDEX, type TxIndex } from "../../store/store.ts";
import { type Method, method, optional, required } from "../method.ts";
import { invalidInput, userInput } from "../rpc-error.ts";
import { address, capPageLimit, count, digest, transactionOptions, u64 } from "../schemas.ts";
import { effectLists } from "../views/effects.ts";
import { transactionNotFound } from "./not-found.ts";
import { multiGet } from "./transactions.ts";

/** Transactions that one page looks at. */
const MAX_EXAMINED = 10_000;

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

const filterSchema = v.union(
  [
    v.strictObject({ Checkpoint: u64 }),
    v.strictObject({
      MoveFunction: v.object({ package: address, module: v.nullish(v.string()), function: v.nullish(v.string()) }),
    }),
    v.strictObject({ InputObject: address }),
    v.strictObject({ ChangedObject: address }),
    v.strictObject({ WrappedOrDeletedObject: address }),
    v.strictObject({ FromAddress: address }),
    v.strictObject({ ToAddress: address }),
    v.strictObject({ FromAndToAddress: v.object({ from: address, to: address }) }),
    v.strictObject({ FromOrToAddress: v.object({ addr: address }) }),
    v.strictObject({ TransactionKind: kindName }),
    v.strictObject({ TransactionKindIn: v.array(kindName) }),
  ],
  "expected one filter of TransactionFilterV2",
);
type Filter = v.InferOutput<typeof filterSchema>;

/** Sequence numbers in order, and which of them match. */
interface Walk {
  readonly sequences: Iterable<bigint>;
  readonly matches: (sequence: bigint) => boolean;
}

const ALL = () => true;

const queryTransactionBlocks = method({
  name: "iotax_queryTransactionBlocks",
  tag: "Extended API",
  description: "Return transactions that match a filter, oldest first.",
  params: {
    query: required(
      v.object({ filter: v.nullish(filterSchema), options: v.nullish(transactionOptions) }),
      "the filter, and what the answers contain",
    ),
    cursor: optional(digest, "the page begins after this transaction"),
    limit: optional(count, "most transactions of a page"),
    descending_order: optional(v.boolean(), "newest first"),
  },
  result: { name: "TransactionBlocksPage", description: "a page, and where the next one begins" },
  handle: (context, { query, cursor, limit, descending_order }) => {
    const { store } = context.node;
    const after = cursor && sequenceOf(store, cursor);
    const walk = walkOf(store, query.filter ?? undefined, descending_order ?? false, after);
    const { found, hasNextPage, last } = page(walk, capPageLimit(limit));
    const digests = found.map((sequence) => store.transactionAt(sequence)!);
    const next = last === undefined ? cursor : store.transactionAt(last);
    const options = query.options;
    const asked = options && Object.values(options).includes(true);
    return {
      data: asked ? multiGet(context, digests, options) : digests.map((each) => ({ digest: toBase58(each) })),
      nextCursor: next ? toBase58(next) : null,
      hasNextPage,
    };
  },
});

function sequenceOf(store: Store, cursor: Uint8Array): bigint {
  const outcome = store.outcome(cursor);
  if (!outcome) throw transactionNotFound(store, cursor);
  return outcome.sequence;
}

/** `last`: where the page ends; undefined when it looked at nothing. */
function page({ sequences, matches }: Walk, limit: number): { found: bigint[]; hasNextPage: boolean; last?: bigint } {
  const found: bigint[] = [];
  let last: bigint | undefined;
  let examined = 0;
  for (const sequence of sequences) {
    const matching = matches(sequence);
    if (matching && found.length === limit) return { found, hasNextPage: true, last: found.at(-1)! };
    if (examined++ === MAX_EXAMINED) return { found, hasNextPage: true, last: last! };
    if (matching) found.push(sequence);
    last = sequence;
  }
  const end = found.at(-1);
  return { found, hasNextPage: false, ...(end === undefined ? {} : { last: end }) };
}

function walkOf(store: Store, filter: Filter | undefined, descending: boolean, after: bigint | undefined): Walk {
  const by = (index: TxIndex, key: Uint8Array) => store.transactionsBy(index, key, descending, after);
  const every = () => everySequence(store, descending, after);
  if (!filter) return { sequences: every(), matches: ALL };
  if ("Checkpoint" in filter) {
    if (!store.checkpoint(filter.Checkpoint)) {
      throw invalidInput(`Verified checkpoint not found for sequence number: ${filter.Checkpoint}`);
    }
    return { sequences: by(TX_INDEX.checkpoint, u64Key(filter.Checkpoint)), matches: ALL };
  }
  if ("InputObject" in filter) return { sequences: by(TX_INDEX.input, filter.InputObject), matches: ALL };
  if ("ChangedObject" in filter)
    return changed(store, by(TX_INDEX.changed, filter.ChangedObject), filter.ChangedObject, false);
  if ("WrappedOrDeletedObject" in filter) {
    const id = filter.WrappedOrDeletedObject;
    return changed(store, by(TX_INDEX.changed, id), id, true);
  }
  if ("FromAddress" in filter) return { sequences: by(TX_INDEX.from, filter.FromAddress), matches: ALL };
  if ("ToAddress" in filter) return { sequences: by(TX_INDEX.to, filter.ToAddress), matches: ALL };
  if ("FromOrToAddress" in filter)
    return { sequences: by(TX_INDEX.fromOrTo, filter.FromOrToAddress.addr), matches: ALL };
  if ("FromAndToAddress" in filter) {
    const { from, to } = filter.FromAndToAddress;
    return { sequences: by(TX_INDEX.from, from), matches: (sequence) => isListed(store, TX_INDEX.to, to, sequence) };
  }
  if ("MoveFunction" in filter) return moveFunction(filter.MoveFunction, after);
  const kinds = "TransactionKind" in filter ? [filter.TransactionKind] : filter.TransactionKindIn;
  const variants = new Set(kinds.flatMap((kind) => KIND_VARIANTS[kind] ?? []));
  return variants.size === 0
    ? { sequences: [], matches: ALL }
    : { sequences: every(), matches: (sequence) => variants.has(kindVariant(store, sequence)) };
}

function* everySequence(store: Store, descending: boolean, after: bigint | undefined): Generator<bigint> {
  const end = store.transactionCount();
  if (descending) for (let at = (after ?? end) - 1n; at >= 0n; at--) yield at;
  else for (let at = after === undefined ? 0n : after + 1n; at < end; at++) yield at;
}

/** Whether an index has one transaction under a key. */
function isListed(store: Store, index: TxIndex, key: Uint8Array, sequence: bigint): boolean {
  const before = sequence === 0n ? undefined : sequence - 1n;
  for (const next of store.transactionsBy(index, key, false, before)) return next === sequence;
  return false;
}

/** Transactions that wrote `id`, or those that removed it: the index has both. */
function changed(store: Store, sequences: Iterable<bigint>, id: Uint8Array, removed: boolean): Walk {
  const text = `0x${Buffer.from(id).toString("hex")}`;
  const matches = (sequence: bigint) => {
    const effects = parseEffects(store.outcome(store.transactionAt(sequence)!)!.effects);
    const { created, mutated, unwrapped } = effectLists(effects);
    const written = [...created, ...mutated, ...unwrapped].some((object) => object.id === text);
    return written !== removed;
  };
  return { sequences, matches };
}

/** No transaction calls Move here; upstream's own refusals stay (crates/iota-storage/src/indexes.rs). */
function moveFunction(
  filter: { module?: string | null | undefined; function?: string | null | undefined },
  after: bigint | undefined,
): Walk {
  const refuse = (why: string) => userInput(`Query transactions with move function input error: ${why}`);
  if (filter.function && !filter.module) throw refuse("Cannot supply function without supplying module");
  if (after !== undefined && !(filter.module && filter.function)) {
    throw refuse("Cannot supply cursor without supplying module and function");
  }
  return { sequences: [], matches: ALL };
}

function kindVariant(store: Store, sequence: bigint): number {
  return store.payload(store.transactionAt(sequence)!)!.transaction[KIND_OFFSET]!;
}

export const transactionQueryMethods: readonly Method[] = [queryTransactionBlocks];
