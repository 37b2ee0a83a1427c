/**
 * What upstream leaves to its indexer (iotaledger/iota crates/iota-json-rpc-api/src/extended.rs,
 * crates/iota-json-rpc-types/src/iota_extended.rs), as far as a node knows it. There has been one epoch.
 */
import * as v from "valibot";
import type { RpcNode } from "../context.ts";
import { type Method, method, optional, type Values } from "../method.ts";
import { count, u64, validatePageLimit } from "../schemas.ts";
import { u64Json } from "../views/refs.ts";
import { committeeMembers, validatorsJson } from "../views/system-state.ts";

const TAG = "Extended API";
/** Of upstream's indexer (crates/iota-indexer/src/apis/extended_api.rs). */
const MAX_PAGE_EPOCHS = 100;
const paging = {
  cursor: optional(u64, "the page begins after this epoch"),
  limit: optional(count, "most epochs of a page"),
  descending_order: optional(v.boolean(), "newest first"),
};

const getEpochs = method({
  name: "iotax_getEpochs",
  tag: TAG,
  description: "Return the epochs.",
  params: paging,
  result: { name: "EpochPage", description: "a page, and where the next one begins" },
  handle: ({ node }, params) => epochPage(node, params, epochInfo),
});

const getEpochMetrics = method({
  name: "iotax_getEpochMetrics",
  tag: TAG,
  description: "Return the epochs without their validators.",
  params: paging,
  result: { name: "EpochMetricsPage", description: "a page, and where the next one begins" },
  handle: ({ node }, params) => epochPage(node, params, epochMetrics),
});

const getCurrentEpoch = method({
  name: "iotax_getCurrentEpoch",
  tag: TAG,
  description: "Return the current epoch.",
  params: {},
  result: { name: "EpochInfo", description: "the epoch" },
  handle: ({ node }) => epochInfo(node),
});

/** The one epoch is on the page unless the cursor is at it, or beyond it in the page's direction. */
function epochPage(
  node: RpcNode,
  { cursor, limit, descending_order }: Values<typeof paging>,
  view: (node: RpcNode) => object,
): object {
  validatePageLimit(limit, MAX_PAGE_EPOCHS);
  const { epoch } = node.environment;
  const follows = cursor === undefined || (descending_order ? epoch < cursor : epoch > cursor);
  return { data: follows ? [view(node)] : [], nextCursor: follows ? String(epoch) : null, hasNextPage: false };
}

function epochMetrics({ store, environment }: RpcNode): object {
  return {
    epoch: String(environment.epoch),
    epochTotalTransactions: String(store.transactionCount()),
    firstCheckpointId: "0",
    epochStartTimestamp: String(environment.epochStartMs),
    endOfEpochInfo: null,
  };
}

function epochInfo(node: RpcNode): object {
  return {
    ...epochMetrics(node),
    validators: validatorsJson(node),
    referenceGasPrice: u64Json(node.environment.referenceGasPrice),
    committeeMembers: committeeMembers(node),
  };
}

const getTotalTransactions = method({
  name: "iotax_getTotalTransactions",
  tag: TAG,
  description: "Return the number of transactions executed since genesis, system transactions among them.",
  params: {},
  result: { name: "BigInt<u64>", description: "a decimal string" },
  handle: ({ node }) => String(node.store.transactionCount()),
});

const getMoveCallMetrics = method({
  name: "iotax_getMoveCallMetrics",
  tag: TAG,
  description: "Return which Move functions are called most.",
  params: {},
  result: { name: "MoveCallMetrics", description: "none: no transaction calls Move here" },
  handle: () => ({ rank3Days: [], rank7Days: [], rank30Days: [] }),
});

const getParticipationMetrics = method({
  name: "iotax_getParticipationMetrics",
  tag: TAG,
  description: "Return the number of addresses that have staked.",
  params: {},
  result: { name: "ParticipationMetrics", description: "zero: nobody can stake yet" },
  handle: () => ({ totalAddresses: 0 }),
});

export const epochMethods: readonly Method[] = [
  getEpochs,
  getEpochMetrics,
  getCurrentEpoch,
  getTotalTransactions,
  getMoveCallMetrics,
  getParticipationMetrics,
];
