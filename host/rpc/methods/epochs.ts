/**
 * What upstream leaves to its indexer (iotaledger/iota crates/iota-json-rpc-api/src/extended.rs,
 * crates/iota-json-rpc-types/src/iota_extended.rs), as far as a node knows it: of an epoch that it was not there for, nothing is told.
 */
import * as v from "valibot";
import { type CheckpointSummary, CheckpointSummaryBcs, checkpointExtension } from "../../format/checkpoint.ts";
import { parseBcs } from "../../format/parse.ts";
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

/** A page of the epochs that are known, those behind the cursor in the page's direction. */
function epochPage(
  node: RpcNode,
  { cursor, limit, descending_order }: Values<typeof paging>,
  view: (node: RpcNode, epoch: bigint) => object,
): object {
  const most = validatePageLimit(limit, MAX_PAGE_EPOCHS);
  const follows = (epoch: bigint) => cursor === undefined || (descending_order ? epoch < cursor : epoch > cursor);
  const known = knownEpochs(node).filter(follows);
  if (descending_order) known.reverse();
  const shown = known.slice(0, most);
  const last = shown.at(-1);
  return {
    data: shown.map((epoch) => view(node, epoch)),
    nextCursor: last === undefined ? null : String(last),
    hasNextPage: known.length > shown.length,
  };
}

/** Ascending: those whose beginning is known, and whose end is, if they have ended. */
function knownEpochs({ store, environment }: RpcNode): bigint[] {
  const known: bigint[] = [];
  for (let epoch = 0n; epoch < environment.epoch; epoch++) {
    const begins = epoch === 0n || store.epochEnd(epoch - 1n);
    if (begins && store.epochEnd(epoch)) known.push(epoch);
  }
  return [...known, environment.epoch];
}

/** The last checkpoint of an epoch, if it has ended. */
function endOf({ store }: RpcNode, epoch: bigint): CheckpointSummary | undefined {
  const end = store.epochEnd(epoch);
  return end && parseBcs(CheckpointSummaryBcs, end.summary);
}

function epochMetrics(node: RpcNode, epoch: bigint): object {
  const before = epoch === 0n ? undefined : endOf(node, epoch - 1n);
  const end = endOf(node, epoch);
  const total = end ? BigInt(end.networkTotalTransactions) : node.store.transactionCount();
  return {
    epoch: String(epoch),
    epochTotalTransactions: String(total - BigInt(before?.networkTotalTransactions ?? 0)),
    firstCheckpointId: String(before ? BigInt(before.sequenceNumber) + 1n : 0n),
    epochStartTimestamp: before?.timestampMs ?? node.genesis.timestampMs,
    endOfEpochInfo: end ? endOfEpochInfo(end) : null,
  };
}

/** Nobody has stake, is rewarded or minted for; what storage costs is in the objects' rebates. */
function endOfEpochInfo(end: CheckpointSummary): object {
  const { environment } = checkpointExtension(end);
  const gas = end.epochRollingGasCostSummary;
  return {
    lastCheckpointId: end.sequenceNumber,
    epochEndTimestamp: end.timestampMs,
    protocolVersion: String(environment.protocolVersion),
    referenceGasPrice: String(environment.referenceGasPrice),
    totalStake: "0",
    storageCharge: gas.storageCost,
    storageRebate: gas.storageRebate,
    storageFundBalance: "0",
    totalGasFees: gas.computationCost,
    totalStakeRewardsDistributed: "0",
    burntTokensAmount: gas.computationCostBurned,
    mintedTokensAmount: "0",
  };
}

function epochInfo(node: RpcNode, epoch = node.environment.epoch): object {
  return {
    ...epochMetrics(node, epoch),
    validators: validatorsJson(node, epoch),
    referenceGasPrice: u64Json(node.environment.referenceGasPrice),
    committeeMembers: committeeMembers(node, epoch),
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
