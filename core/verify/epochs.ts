/**
 * From genesis to the epoch that is served. Whoever configures `verify` says what ended the epochs before; each end counts only when a quorum of
 * the committee in force has signed it, and what it says of the next committee is in force from then on. So a committee is genesis's, or was put
 * in force by one that was.
 *
 * Ends may be left out: an intact core signs in an epoch only as a member of its committee, and never two checkpoints for one sequence number, so
 * a quorum of a committee that was once in force signs no checkpoint of a later epoch but that epoch's own.
 */
import { equalBytes } from "../lib/bytes";
import { FAULT_RULE_BYTES, isSafe } from "../lib/faults";
import * as checkpoint from "../lib/iota/checkpoint";
import * as reader from "../lib/reader";
import { MAX_CERTIFICATE_BYTES, MAX_EPOCH_ENDS, MAX_SUMMARY_BYTES, PROTOCOL_VERSION } from "../wire/generated";
import { endsEpoch, isOfThisChain, summaryDigest } from "./checkpoint";
import { readOrigin } from "./origin";
import * as state from "./state";

const SAVED_READER: usize = memory.data(8, 8);

/** Takes VerifyConfig. One that is malformed, or has an end that is none, leaves the component not ready. */
export function configure(from: usize, length: u32): void {
  state.clear();
  reader.open(from, length);
  if (readOrigin() && follow()) state.setReady();
  else state.clear();
}

/** Reads our place and the ends, and moves on with each. */
function follow(): bool {
  state.setAuthor(reader.u16_());
  const ends = reader.count(MAX_EPOCH_ENDS);
  for (let i: u32 = 0; i < ends; i++) {
    const summaryBytes = reader.count(MAX_SUMMARY_BYTES);
    const summary = reader.take(summaryBytes);
    const certificateBytes = reader.count(MAX_CERTIFICATE_BYTES);
    const certificate = reader.take(certificateBytes);
    if (!reader.ok()) return false;
    reader.save(SAVED_READER);
    if (!endsEpoch(summary, summaryBytes, certificate, certificateBytes)) return false;
    if (!moveOn()) return false;
    reader.restore(SAVED_READER);
  }
  return reader.exhausted();
}

/** Puts in force what the epoch's end that was read last says of the next one. False: it does not, or not in a way that this build can follow. */
function moveOn(): bool {
  if (!checkpoint.summaryEndOfEpoch || checkpoint.nextProtocolVersion != PROTOCOL_VERSION) return false;
  if (checkpoint.summaryEpoch == u64.MAX_VALUE || !isOfThisChain() || !isOfItsRule()) return false;
  if (!isSafe(state.faults(), checkpoint.nextMembers)) return false;
  for (let i: u32 = 0; i < checkpoint.nextMembers; i++) if (checkpoint.nextKey(i) == 0) return false;
  state.beginEpoch(checkpoint.summaryEpoch + 1, checkpoint.nextMembers, summaryDigest());
  for (let i: u32 = 0; i < checkpoint.nextMembers; i++) state.setMemberKey(i, checkpoint.nextKey(i));
  return true;
}

function isOfItsRule(): bool {
  return equalBytes(checkpoint.extensionFaults, state.faults(), FAULT_RULE_BYTES);
}
