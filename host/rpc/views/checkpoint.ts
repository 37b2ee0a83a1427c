/** A checkpoint in JSON: `Checkpoint` of iotaledger/iota crates/iota-json-rpc-types/src/iota_checkpoint.rs. */
import { toBase58, toBase64 } from "@iota/iota-sdk/utils";
import { CheckpointContentsBcs, type CheckpointSummary, CheckpointSummaryBcs } from "../../format/checkpoint.ts";
import { digestOf } from "../../format/digest.ts";
import type { CheckpointRecord } from "../../store/records.ts";

/** `checkpointCommitments` is empty as upstream leaves it; what this chain commits to is in the signed summary. */
export function checkpointJson({ summary: bytes, contents, certificate }: CheckpointRecord): object {
  const summary = CheckpointSummaryBcs.parse(bytes);
  const { transactions } = CheckpointContentsBcs.parse(contents).V1;
  return {
    epoch: summary.epoch,
    sequenceNumber: summary.sequenceNumber,
    digest: toBase58(digestOf("CheckpointSummary", bytes)),
    networkTotalTransactions: summary.networkTotalTransactions,
    ...(summary.previousDigest === null ? {} : { previousDigest: summary.previousDigest }),
    epochRollingGasCostSummary: summary.epochRollingGasCostSummary,
    timestampMs: summary.timestampMs,
    transactions: transactions.map(({ transaction }) => transaction),
    ...(summary.endOfEpochData === null ? {} : { endOfEpochData: endOfEpochJson(summary.endOfEpochData) }),
    checkpointCommitments: [],
    validatorSignature: toBase64(certificate),
  };
}

/** `EndOfEpochData`. Keys are ML-DSA-65's. */
function endOfEpochJson(data: NonNullable<CheckpointSummary["endOfEpochData"]>): object {
  return {
    nextEpochCommittee: data.nextEpochCommittee.map(([key, power]) => [toBase64(Uint8Array.from(key)), power]),
    nextEpochProtocolVersion: data.nextEpochProtocolVersion,
    epochCommitments: [],
    epochSupplyChange: Number(BigInt.asIntN(64, BigInt(data.epochSupplyChange))),
  };
}
