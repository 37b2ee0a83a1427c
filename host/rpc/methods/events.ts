/**
 * Events (iotaledger/iota crates/iota-json-rpc/src/{read_api,indexer_api}.rs). Only Move code emits them, so there are none; filters
 * and cursors are read as upstream reads them, and an unknown transaction is told.
 */
import { toBase58 } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { type Method, method, optional, required } from "../method.ts";
import { userInput } from "../rpc-error.ts";
import { address, count, digest, u64 } from "../schemas.ts";
import { transactionNotFound } from "./not-found.ts";

const moduleName = v.object({ package: address, module: v.string() });

/** Filters that upstream's node has but does not serve. */
const REFUSED: ReadonlySet<string> = new Set(["All", "Any", "And", "Or", "MoveEventField"]);

export const eventFilter = v.union(
  [
    v.strictObject({ Sender: address }),
    v.strictObject({ Transaction: digest }),
    v.strictObject({ Package: address }),
    v.strictObject({ MoveModule: moduleName }),
    v.strictObject({ MoveEventType: v.string() }),
    v.strictObject({ MoveEventModule: moduleName }),
    v.strictObject({ TimeRange: v.object({ startTime: u64, endTime: u64 }) }),
    v.strictObject({ All: v.array(v.unknown()) }),
    v.strictObject({ Any: v.array(v.unknown()) }),
    v.strictObject({ And: v.tuple([v.unknown(), v.unknown()]) }),
    v.strictObject({ Or: v.tuple([v.unknown(), v.unknown()]) }),
    v.strictObject({ MoveEventField: v.object({ path: v.string(), value: v.unknown() }) }),
  ],
  "expected one filter of EventFilter",
);

const eventId = v.object({ txDigest: digest, eventSeq: u64 });

const getEvents = method({
  name: "iota_getEvents",
  tag: "Read API",
  description: "Return the events of a transaction.",
  params: { transaction_digest: required(digest, "the transaction's digest") },
  result: { name: "Vec<IotaEvent>", description: "none: coin commands emit no events" },
  handle: ({ node: { store } }, { transaction_digest }) => {
    if (!store.outcome(transaction_digest)) throw transactionNotFound(store, transaction_digest);
    return [];
  },
});

const queryEvents = method({
  name: "iotax_queryEvents",
  tag: "Extended API",
  description: "Return events that match a filter.",
  params: {
    query: required(eventFilter, "the filter"),
    cursor: optional(eventId, "the page begins after this event"),
    limit: optional(count, "most events of a page"),
    descending_order: optional(v.boolean(), "newest first"),
  },
  result: { name: "EventPage", description: "an empty page: coin commands emit no events" },
  handle: ({ node: { store } }, { query, cursor }) => {
    if (Object.keys(query).some((name) => REFUSED.has(name))) {
      throw userInput("Feature is not supported: this event filter");
    }
    if ("Transaction" in query && !store.outcome(query.Transaction))
      throw transactionNotFound(store, query.Transaction);
    if (cursor && !store.outcome(cursor.txDigest)) throw transactionNotFound(store, cursor.txDigest);
    const nextCursor = cursor ? { txDigest: toBase58(cursor.txDigest), eventSeq: String(cursor.eventSeq) } : null;
    return { data: [], nextCursor, hasNextPage: false };
  },
});

export const eventMethods: readonly Method[] = [getEvents, queryEvents];
