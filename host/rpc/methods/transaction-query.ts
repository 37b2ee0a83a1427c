/**
 * iotax_queryTransactionBlocks (iotaledger/iota crates/iota-json-rpc/src/indexer_api.rs; filters: TransactionFilterV2 of
 * crates/iota-json-rpc-types/src/iota_transaction.rs).
 *
 * Every filter is a walk over transactions in order, narrowed by an index where there is one. A page looks at a bounded number of
 * them: it may be short, or empty, and still say that more follows; its cursor is then the last one looked at.
 */
import { toBase58 } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { u64Key } from "../../store/keys.ts";
import { type Store, TX_INDEX, type TxIndex } from "../../store/store.ts";
import { type Method, method, optional, required } from "../method.ts";
import { firstCheckpoint, prunedCheckpoint } from "../pruned.ts";
import { invalidInput, RPC_CODE, userInput } from "../rpc-error.ts";
import { capPageLimit, count, digest, transactionOptions } from "../schemas.ts";
import { kindKeys, matches, type TransactionFilterV2, transactionFilterV2 } from "../transaction-filter.ts";
import { transactionNotFound } from "./not-found.ts";
import { multiGet } from "./transactions.ts";

/** Transactions that one page looks at. */
const MAX_EXAMINED = 2_000;

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
      v.object({ filter: v.nullish(transactionFilterV2), options: v.nullish(transactionOptions) }),
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

function walkOf(
  store: Store,
  filter: TransactionFilterV2 | undefined,
  descending: boolean,
  after: bigint | undefined,
): Walk {
  if (!filter) return { sequences: everySequence(store, descending, after), matches: ALL };
  if ("MoveFunction" in filter) checkMoveFunction(filter.MoveFunction, after);
  if ("Checkpoint" in filter) expectCheckpoint(store, filter.Checkpoint);
  return {
    sequences: narrowed(store, filter, descending, after),
    matches: (sequence) => matches(store, filter, sequence),
  };
}

function expectCheckpoint(store: Store, sequence: bigint): void {
  const message = `Verified checkpoint not found for sequence number: ${sequence}`;
  if (sequence < firstCheckpoint(store)) throw prunedCheckpoint(store, RPC_CODE.invalidParams, message);
  if (!store.checkpoint(sequence)) throw invalidInput(message);
}

/** A walk that has every transaction the filter is for, and as few others as an index allows. */
function narrowed(
  store: Store,
  filter: TransactionFilterV2,
  descending: boolean,
  after: bigint | undefined,
): Iterable<bigint> {
  const by = (index: TxIndex, key: Uint8Array) => store.transactionsBy(index, key, descending, after);
  if ("Checkpoint" in filter) return by(TX_INDEX.checkpoint, u64Key(filter.Checkpoint));
  if ("InputObject" in filter) return by(TX_INDEX.input, filter.InputObject);
  if ("ChangedObject" in filter) return by(TX_INDEX.changed, filter.ChangedObject);
  if ("WrappedOrDeletedObject" in filter) return by(TX_INDEX.removed, filter.WrappedOrDeletedObject);
  if ("FromAddress" in filter) return by(TX_INDEX.from, filter.FromAddress);
  if ("ToAddress" in filter) return by(TX_INDEX.to, filter.ToAddress);
  if ("FromOrToAddress" in filter) return by(TX_INDEX.fromOrTo, filter.FromOrToAddress.addr);
  if ("FromAndToAddress" in filter) return by(TX_INDEX.from, filter.FromAndToAddress.from);
  const [kind, ...more] = "MoveFunction" in filter ? [] : kindKeys(filter);
  if (!kind) return [];
  return more.length === 0 ? by(TX_INDEX.kind, kind) : everySequence(store, descending, after);
}

function* everySequence(store: Store, descending: boolean, after: bigint | undefined): Generator<bigint> {
  const end = store.transactionCount();
  const first = store.beginning?.transactions ?? 0n;
  if (descending) for (let at = (after ?? end) - 1n; at >= first; at--) yield at;
  else for (let at = after === undefined ? first : after + 1n; at < end; at++) yield at;
}

/** Upstream's own refusals (crates/iota-storage/src/indexes.rs). */
function checkMoveFunction(
  filter: { module?: string | null | undefined; function?: string | null | undefined },
  after: bigint | undefined,
): void {
  const refuse = (why: string) => userInput(`Query transactions with move function input error: ${why}`);
  if (filter.function && !filter.module) throw refuse("Cannot supply function without supplying module");
  if (after !== undefined && !(filter.module && filter.function)) {
    throw refuse("Cannot supply cursor without supplying module and function");
  }
}

export const transactionQueryMethods: readonly Method[] = [queryTransactionBlocks];
