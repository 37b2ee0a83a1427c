/** Checkpoint summaries and contents (source: iotaledger/iota crates/iota-types/src/messages_checkpoint.rs). */
import { bcs } from "@iota/iota-sdk/bcs";
import { CheckpointExtension, OrderResume } from "../../core/wire/frames.ts";
import { MAX_CHECKPOINT_TRANSACTIONS, MAX_SIGNATURE_BYTES, MAX_SIGNATURES } from "../../core/wire/limits.ts";
import { blob, decode, encode, struct, union, type Value, vector } from "../../core/wire/schema.ts";
import { heightOf } from "./height.ts";
import { parseBcs } from "./parse.ts";

const GasCostSummary = bcs.struct("GasCostSummary", {
  computationCost: bcs.u64(),
  computationCostBurned: bcs.u64(),
  storageCost: bcs.u64(),
  storageRebate: bcs.u64(),
  nonRefundableStorageFee: bcs.u64(),
});

/** Digest commitments; this chain's are in `versionSpecificData`, so the list is empty. */
const CheckpointCommitment = bcs.enum("CheckpointCommitment", { ECMHLiveObjectSetDigest: bcs.ObjectDigest });

const EndOfEpochData = bcs.struct("EndOfEpochData", {
  nextEpochCommittee: bcs.vector(bcs.tuple([bcs.byteVector(), bcs.u64()])),
  nextEpochProtocolVersion: bcs.u64(),
  epochCommitments: bcs.vector(CheckpointCommitment),
  epochSupplyChange: bcs.u64(),
});

export const CheckpointSummaryBcs = bcs.struct("CheckpointSummary", {
  epoch: bcs.u64(),
  sequenceNumber: bcs.u64(),
  networkTotalTransactions: bcs.u64(),
  contentDigest: bcs.ObjectDigest,
  previousDigest: bcs.option(bcs.ObjectDigest),
  epochRollingGasCostSummary: GasCostSummary,
  timestampMs: bcs.u64(),
  checkpointCommitments: bcs.vector(CheckpointCommitment),
  endOfEpochData: bcs.option(EndOfEpochData),
  versionSpecificData: bcs.byteVector(),
});

export const CheckpointContentsBcs = bcs.enum("CheckpointContents", {
  V1: bcs.struct("CheckpointContentsV1", {
    transactions: bcs.vector(
      bcs.struct("ExecutionDigests", { transaction: bcs.ObjectDigest, effects: bcs.ObjectDigest }),
    ),
    userSignatures: bcs.vector(bcs.vector(bcs.byteVector())),
  }),
});

export type CheckpointSummary = (typeof CheckpointSummaryBcs)["$inferType"];

/** What Caisson adds to a summary. Throws WireError when it is another chain's software's. */
export function checkpointExtension(summary: CheckpointSummary): Value<typeof CheckpointExtension> {
  return decode(CheckpointExtension, Uint8Array.from(summary.versionSpecificData));
}

/** Where `order` stands at the beginning of an epoch. */
export const AT_BEGINNING: Value<typeof OrderResume> = { horizon: 0n, round: 1n, rank: 0, committed: [] };

/** Where `order` goes on from, in the same epoch, after the checkpoint of bcs(CheckpointSummary). */
export function orderResume(summary: Uint8Array): Value<typeof OrderResume> {
  const { resume } = checkpointExtension(parseBcs(CheckpointSummaryBcs, summary));
  return resume.length === 0 ? AT_BEGINNING : decode(OrderResume, resume);
}

/** No block up to this height is needed by who goes on from the checkpoint of bcs(CheckpointSummary). */
export function heightOfHorizon(bytes: Uint8Array): bigint {
  const { epoch, endOfEpochData } = parseBcs(CheckpointSummaryBcs, bytes);
  if (endOfEpochData !== null) return heightOf(BigInt(epoch) + 1n, 0n);
  return heightOf(BigInt(epoch), orderResume(bytes).horizon);
}

/** A digest as upstream's BCS has it: its length before it. */
const Digest = blob(32);

/** The same as CheckpointContentsBcs, from and to bytes: what is written for each transaction should not go through base58 and arrays of numbers. */
const ContentsOfBytes = union("CheckpointContents", {
  V1: struct("CheckpointContentsV1", {
    transactions: vector(
      struct("ExecutionDigests", { transaction: Digest, effects: Digest }),
      MAX_CHECKPOINT_TRANSACTIONS,
    ),
    userSignatures: vector(vector(blob(MAX_SIGNATURE_BYTES), MAX_SIGNATURES), MAX_CHECKPOINT_TRANSACTIONS),
  }),
});

/** bcs(CheckpointContents) of transactions in their order: digests of 32 bytes, serialized signatures. */
export function encodeContents(
  transactions: readonly {
    readonly transaction: Uint8Array;
    readonly effects: Uint8Array;
    readonly signatures: readonly Uint8Array[];
  }[],
): Uint8Array {
  return encode(ContentsOfBytes, {
    kind: "V1",
    transactions: transactions.map(({ transaction, effects }) => ({ transaction, effects })),
    userSignatures: transactions.map(({ signatures }) => signatures),
  });
}
