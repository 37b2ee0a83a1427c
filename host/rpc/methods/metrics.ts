/**
 * How much goes on (iotaledger/iota crates/iota-json-rpc-api/src/extended.rs, crates/iota-json-rpc-types/src/iota_extended.rs), which
 * upstream leaves to its indexer.
 */
import * as v from "valibot";
import type { Store } from "../../store/store.ts";
import type { RpcNode } from "../context.ts";
import { type Method, method, optional, required } from "../method.ts";
import { invalidInput } from "../rpc-error.ts";
import { u64 } from "../schemas.ts";
import { u64Json } from "../views/refs.ts";

const TAG = "Extended API";
/** Rates are kept for a thousand seconds. */
const KILO = 1_000;

const getNetworkMetrics = method({
  name: "iotax_getNetworkMetrics",
  tag: TAG,
  description:
    "Return how much there is, and how fast: transactions a second between the two newest checkpoints, and the most of 30 days.",
  params: {},
  result: { name: "NetworkMetrics", description: "counts as decimal strings, rates as numbers" },
  handle: ({ node: { store, environment } }) => {
    const checkpoint = latestCheckpoint(store);
    const { timestampMs, rate, addresses, liveObjects } = store.activity.after(checkpoint)!;
    return {
      currentTps: Number(rate) / KILO,
      tps30Days: Number(store.activity.peakRate(timestampMs)) / KILO,
      totalPackages: "0",
      totalAddresses: String(addresses),
      totalObjects: String(liveObjects),
      currentEpoch: String(environment.epoch),
      currentCheckpoint: String(checkpoint),
    };
  },
});

const result = { name: "AddressMetrics", description: "addresses, senders, and senders of 24 hours" };

const getLatestAddressMetrics = method({
  name: "iotax_getLatestAddressMetrics",
  tag: TAG,
  description: "Return how many addresses took part in transactions up to the newest checkpoint.",
  params: {},
  result,
  handle: ({ node }) => addressMetrics(node, latestCheckpoint(node.store)),
});

const getCheckpointAddressMetrics = method({
  name: "iotax_getCheckpointAddressMetrics",
  tag: TAG,
  description: "Return how many addresses took part in transactions up to a checkpoint.",
  params: { checkpoint: required(u64, "the checkpoint's sequence number") },
  result,
  handle: ({ node }, { checkpoint }) => addressMetrics(node, checkpoint),
});

const getAllEpochAddressMetrics = method({
  name: "iotax_getAllEpochAddressMetrics",
  tag: TAG,
  description: "Return the address metrics of each epoch's last checkpoint so far. There has been one epoch.",
  params: { descending_order: optional(v.boolean(), "newest first") },
  result: { name: "Vec<AddressMetrics>", description: "one for each epoch" },
  handle: ({ node }) => [addressMetrics(node, latestCheckpoint(node.store))],
});

function latestCheckpoint(store: Store): bigint {
  const latest = store.certifiedCheckpoint();
  if (latest === undefined) throw invalidInput("Latest checkpoint sequence number was not found");
  return latest;
}

function addressMetrics({ store, environment }: RpcNode, checkpoint: bigint): object {
  const activity = store.activity.after(checkpoint);
  if (!activity) throw invalidInput(`Verified checkpoint not found for sequence number: ${checkpoint}`);
  return {
    checkpoint: u64Json(checkpoint),
    epoch: u64Json(environment.epoch),
    timestampMs: u64Json(activity.timestampMs),
    cumulativeAddresses: u64Json(activity.addresses),
    cumulativeActiveAddresses: u64Json(activity.senders),
    dailyActiveAddresses: u64Json(activity.dailySenders),
  };
}

export const metricMethods: readonly Method[] = [
  getNetworkMetrics,
  getLatestAddressMetrics,
  getCheckpointAddressMetrics,
  getAllEpochAddressMetrics,
];
