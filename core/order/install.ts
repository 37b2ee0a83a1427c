/** Starts `order`, and through it `ledger`, from a checkpoint that `verify` has passed, and whose chain has our thresholds. */
import { equal32, isZero32 } from "../lib/bytes";
import * as checkpoint from "../lib/iota/checkpoint";
import * as reader from "../lib/reader";
import {
  MAX_SUMMARY_BYTES,
  MAX_VALIDATORS,
  REJECT_ORDER_ALREADY_STARTED,
  REJECT_ORDER_MALFORMED_FRAME,
  REJECT_ORDER_UNVERIFIED_CHECKPOINT,
} from "../wire/generated";
import { sayAccepted, sayInstall, sayRejected } from "./answers";
import { isOutstanding } from "./outstanding";
import * as state from "./state";
import { areOf } from "./thresholds";
import { checkpointsRing, isVerified, removeVerified } from "./verified";

const DIGEST: usize = memory.data(32, 16);

// The resume state read last.
let horizon: u64 = 0;
let nextRound: u64 = 0;
let nextRank: u32 = 0;
let committed: usize = 0;

/** `Install`, after its variant. */
export function install(): void {
  const id = reader.u64_();
  const length = reader.count(MAX_SUMMARY_BYTES);
  const summary = reader.take(length);
  if (!reader.exhausted()) {
    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
    return;
  }
  const code = check(summary, length);
  if (code != 0) {
    sayRejected(id, code, 0, 0);
    return;
  }
  removeVerified(checkpointsRing(), DIGEST);
  resume();
  sayAccepted(id);
  sayInstall(summary, length);
}

/** Reads the summary into lib/iota/checkpoint.ts. Returns 0, or the code of a rejection. */
function check(summary: usize, length: u32): u32 {
  if (state.installed() || state.highestRound() != 0 || isOutstanding()) return REJECT_ORDER_ALREADY_STARTED;
  checkpoint.summaryDigest(DIGEST, summary, length);
  if (!isVerified(checkpointsRing(), DIGEST)) return REJECT_ORDER_UNVERIFIED_CHECKPOINT;
  if (!checkpoint.readSummary(summary, length) || !checkpoint.readExtension()) return REJECT_ORDER_MALFORMED_FRAME;
  if (!checkpoint.isCountable()) return REJECT_ORDER_MALFORMED_FRAME;
  if (!isOfThisChain() || !areOf(checkpoint.extensionFaults) || !(isOfThisEpoch() || opensThisEpoch()))
    return REJECT_ORDER_UNVERIFIED_CHECKPOINT;
  const begins = checkpoint.summarySequence == 0 || opensThisEpoch();
  return begins || readResume() ? 0 : REJECT_ORDER_MALFORMED_FRAME;
}

/** Made in our epoch, which began and lasts as we were told. */
function isOfThisEpoch(): bool {
  return (
    checkpoint.summaryEpoch == state.epoch() &&
    checkpoint.extensionEpochStartMs == state.epochStartMs() &&
    checkpoint.extensionEpochDurationMs == state.epochDurationMs()
  );
}

/** The last of the epoch before: ours begins at its time, with the committee that it names. */
function opensThisEpoch(): bool {
  return (
    checkpoint.summaryEndOfEpoch &&
    checkpoint.summaryEpoch + 1 == state.epoch() &&
    checkpoint.nextMembers == state.committeeSize() &&
    checkpoint.summaryTimestampMs == state.epochStartMs() &&
    checkpoint.extensionEpochDurationMs == state.epochDurationMs()
  );
}

/** The genesis checkpoint cannot name its own digest: it is the chain's name, and its extension has zero there. */
function isOfThisChain(): bool {
  if (checkpoint.summarySequence == 0) {
    return isZero32(checkpoint.extensionChain) && equal32(DIGEST, state.chain());
  }
  return equal32(checkpoint.extensionChain, state.chain());
}

/** Reads the extension's OrderResume. False: it is none of this committee, or says what no `order` can have come to. */
function readResume(): bool {
  reader.open(checkpoint.extensionResume, checkpoint.extensionResumeLength);
  horizon = reader.u64_();
  nextRound = reader.u64_();
  nextRank = reader.u8_();
  const members = reader.count(MAX_VALIDATORS);
  committed = reader.take(<usize>members * 8);
  if (!reader.exhausted() || members != state.committeeSize() || nextRank >= state.number(state.LEADERS)) return false;
  return nextRound > horizon && nextRound <= <u64>i64.MAX_VALUE;
}

/**
 * Takes over where the checkpoint's commit ended: of the epoch before its number and digest alone, for the DAG begins anew. Commit 0 is genesis, which
 * we had no part in: time goes on from where it began, as in an `order` that was given no checkpoint.
 */
function resume(): void {
  const commit = checkpoint.extensionCommit;
  state.setCommit(
    commit,
    checkpoint.extensionCommitDigest,
    commit == 0 ? state.lastTimestampMs() : checkpoint.summaryTimestampMs,
  );
  state.setInstalled();
  if (checkpoint.summarySequence == 0 || opensThisEpoch()) return;
  if (checkpoint.summaryEndOfEpoch) state.setEnded();
  state.setHorizon(horizon);
  state.setNextSlot(nextRound, nextRank);
  for (let author: u32 = 0; author < state.committeeSize(); author++) {
    state.setCommittedRound(author, load<u64>(committed + ((<usize>author) << 3)));
  }
}
