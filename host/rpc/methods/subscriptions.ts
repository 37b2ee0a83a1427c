/** Subscriptions over WebSocket (iotaledger/iota crates/iota-json-rpc/src/indexer_api.rs). */
import type { RpcContext, Subscriber } from "../context.ts";
import { type Method, method, required } from "../method.ts";
import { invalidParams, RPC_CODE, RpcError } from "../rpc-error.ts";
import { count } from "../schemas.ts";
import { transactionFilter } from "../transaction-filter.ts";
import { eventFilter } from "./events.ts";

const TAG = "Extended API";
const TRANSACTIONS = "iotax_subscribeTransaction";
const EVENTS = "iotax_subscribeEvent";
const begun = { name: "SubscriptionId", description: "the subscription's number, which its notifications carry" };
const unsubscribed = { name: "bool", description: "false when this connection has no such subscription" };
const subscription = required(count, "the subscription's number");

const subscribeTransaction = method({
  name: TRANSACTIONS,
  tag: TAG,
  description:
    "Be told the effects of each transaction that matches a filter, once it is certified. Filters mean what they mean to iotax_queryTransactionBlocks.",
  params: { filter: required(transactionFilter, "the filter") },
  result: begun,
  handle: (context, { filter }) => {
    if ("Checkpoint" in filter) throw invalidParams("checkpoint filter is not supported");
    return subscriberOf(context).subscribe(TRANSACTIONS, filter);
  },
});

const unsubscribeTransaction = method({
  name: "iotax_unsubscribeTransaction",
  tag: TAG,
  description: "End a subscription to transactions.",
  params: { subscription },
  result: unsubscribed,
  handle: (context, params) => subscriberOf(context).unsubscribe(TRANSACTIONS, params.subscription),
});

const subscribeEvent = method({
  name: EVENTS,
  tag: TAG,
  description: "Be told of events that match a filter. Coin commands emit none, so nothing comes.",
  params: { filter: required(eventFilter, "the filter") },
  result: begun,
  handle: (context) => subscriberOf(context).subscribe(EVENTS),
});

const unsubscribeEvent = method({
  name: "iotax_unsubscribeEvent",
  tag: TAG,
  description: "End a subscription to events.",
  params: { subscription },
  result: unsubscribed,
  handle: (context, params) => subscriberOf(context).unsubscribe(EVENTS, params.subscription),
});

/** Over plain HTTP nobody can be told anything: upstream answers with an internal error. */
function subscriberOf({ subscriber }: RpcContext): Subscriber {
  if (subscriber) return subscriber;
  throw new RpcError(RPC_CODE.internalError, "Internal error", "subscriptions need a WebSocket");
}

export const subscriptionMethods: readonly Method[] = [
  subscribeTransaction,
  unsubscribeTransaction,
  subscribeEvent,
  unsubscribeEvent,
];
