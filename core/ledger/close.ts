/** The end of a checkpoint: user signatures, the checkpoint's summary, the vault's signature under it. */
import { copy32, equal32, isZero32 } from "../lib/bytes";
import { summaryDigest } from "../lib/iota/checkpoint";
import { writeExtension, writeSummaryHead, writeSummaryTail } from "../lib/iota/checkpoint-writer";
import * as reader from "../lib/reader";
import * as writer from "../lib/writer";
import {
  MAX_SIGNATURE_BYTES,
  MAX_SIGNATURES,
  REJECT_LEDGER_MALFORMED_FRAME,
  REJECT_LEDGER_NO_OPEN_COMMIT,
  REJECT_LEDGER_STEPS_LEFT,
  REJECT_LEDGER_WRONG_GENESIS,
  REJECT_LEDGER_WRONG_SIGNATURES,
} from "../wire/generated";
import * as answers from "./answers";
import * as contents from "./contents";
import { writeEndOfEpochData } from "./epoch";
import * as queue from "./queue";
import * as state from "./state";
import { requestSignature } from "./vault";

const CONTENT_DIGEST: usize = memory.data(32, 16);
const CONTENTS_ROOT: usize = memory.data(32, 16);
/** bcs(CheckpointExtension): 258 bytes and the resume state, of MAX_RESUME_BYTES at most. */
const EXTENSION: usize = memory.data(1_080, 16);
const EXTENSION_CAPACITY: usize = 1_080;
/** Address and length of each list of signatures in a frame: 8 bytes for MAX_COMMIT_TRANSACTIONS of them. */
const LISTS: usize = memory.data(4_112, 16);

/** The last step is done. False when that ended in a rejection: of a genesis that is not the configured chain's. */
export function startSignatures(id: u64): bool {
  contents.beginSignatures();
  state.setPhase(state.PHASE_SIGNATURES);
  if (contents.signaturesLeft() > 0) return true;
  return makeCheckpoint(id);
}

/**
 * Takes a frame's list of `count` lists of signatures (at most MAX_COMMIT_TRANSACTIONS), to be read with the open reader up to the
 * frame's end. Either all of them are taken or none.
 */
export function takeSignatures(id: u64, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = reader.position();
    const signatures = reader.count(MAX_SIGNATURES);
    for (let j: u32 = 0; j < signatures; j++) reader.take(reader.count(MAX_SIGNATURE_BYTES));
    store<u32>(listAt(i), <u32>at);
    store<u32>(listAt(i), <u32>(reader.position() - at), 4);
  }
  if (!reader.exhausted()) {
    answers.rejected(id, REJECT_LEDGER_MALFORMED_FRAME, 0, 0);
    return;
  }
  const phase = state.phase();
  if (phase == state.PHASE_STEPS) {
    answers.rejected(id, REJECT_LEDGER_STEPS_LEFT, queue.transactionCount() - load<u32>(state.APPLIED), 0);
  } else if (phase == state.PHASE_CLOSING && count == 0) {
    answers.accepted(id);
    requestSignature();
  } else if (phase != state.PHASE_SIGNATURES) {
    answers.rejected(id, REJECT_LEDGER_NO_OPEN_COMMIT, 0, 0);
  } else if (listsMatch(id, count)) {
    for (let i: u32 = 0; i < count; i++) contents.addSignatures(load<u32>(listAt(i)), load<u32>(listAt(i), 4));
    const rejected = contents.signaturesLeft() == 0 && !makeCheckpoint(id);
    if (rejected) return;
    answers.accepted(id);
    if (state.phase() == state.PHASE_CLOSING) requestSignature();
  }
}

function listsMatch(id: u64, count: u32): bool {
  if (count > contents.signaturesLeft()) {
    answers.rejected(id, REJECT_LEDGER_WRONG_SIGNATURES, contents.count(), 0);
    return false;
  }
  let entry = contents.nextSigned();
  for (let i: u32 = 0; i < count; i++) {
    if (!contents.signaturesMatch(entry, load<u32>(listAt(i)), load<u32>(listAt(i), 4))) {
      answers.rejected(id, REJECT_LEDGER_WRONG_SIGNATURES, entry, 0);
      return false;
    }
    entry = contents.userFrom(entry + 1);
  }
  return true;
}

/** Makes the summary, for the vault to sign once the host is answered. False: this is the genesis of another chain; it is rejected and forgotten. */
function makeCheckpoint(id: u64): bool {
  const total = load<u64>(state.TOTAL_TRANSACTIONS) + load<u32>(state.CONTENTS_COUNT);
  store<u64>(state.TOTAL_TRANSACTIONS, total);
  if (queue.commitTimestamp() > load<u64>(state.LAST_TIMESTAMP)) {
    store<u64>(state.LAST_TIMESTAMP, queue.commitTimestamp());
  }
  contents.endContents(CONTENT_DIGEST, CONTENTS_ROOT);
  writeCheckpoint(total);
  state.setPhase(state.PHASE_CLOSING);
  if (load<u64>(state.NEXT_SEQUENCE) == 0) {
    const configured = state.CONFIGURED_CHAIN;
    if (!isZero32(configured) && !equal32(configured, state.SUMMARY_DIGEST)) {
      state.forgetChain();
      answers.rejected(id, REJECT_LEDGER_WRONG_GENESIS, 0, 0);
      return false;
    }
    copy32(state.CHAIN, state.SUMMARY_DIGEST);
  }
  return true;
}

/** Writes the summary and its digest into the arena. Timestamps of checkpoints never go back, as upstream demands. */
function writeCheckpoint(total: u64): void {
  const sequence = load<u64>(state.NEXT_SEQUENCE);
  writer.open(EXTENSION, EXTENSION_CAPACITY);
  writeExtension(
    state.CHAIN,
    state.ENVIRONMENT,
    load<u64>(state.EPOCH_DURATION),
    state.FAULTS,
    queue.commitIndex(),
    queue.commitDigest(),
    queue.commitRound(),
    queue.leaderBlock(),
    queue.resume(),
    queue.resumeLength(),
    state.ROOT,
    CONTENTS_ROOT,
    state.COMMITTEE_DIGEST,
  );
  const extensionLength = writer.length();
  writer.open(state.SUMMARY, state.SUMMARY_CAPACITY);
  writeSummaryHead(
    load<u64>(state.ENVIRONMENT), // its first field is the epoch
    sequence,
    total,
    CONTENT_DIGEST,
    sequence == 0 ? 0 : state.PREVIOUS_DIGEST,
    state.GAS,
    load<u64>(state.LAST_TIMESTAMP),
  );
  const ends = load<u32>(state.END_ADDED) == 1;
  writer.u8_(ends ? 1 : 0);
  if (ends) writeEndOfEpochData();
  writeSummaryTail(EXTENSION, extensionLength);
  store<u32>(state.SUMMARY_LENGTH, writer.length());
  summaryDigest(state.SUMMARY_DIGEST, state.SUMMARY, writer.length());
}

function listAt(index: u32): usize {
  return LISTS + ((<usize>index) << 3);
}
