/**
 * A checkpoint summary with its certificate: enough of the committee's vaults signed the summary's digest for its sequence number.
 *
 * Only which chain, epoch and sequence number it is of matters here: a quorum stands for the rest, which `order` reads when it installs it.
 * Signatures that do not count (of strangers, repeated, or wrong) are passed over, so that one bad member cannot spoil a certificate.
 */
import { equal32 } from "../lib/bytes";
import { quorum } from "../lib/faults";
import * as frame from "../lib/frame";
import { blake2b256 } from "../lib/hash/blake2b";
import * as checkpoint from "../lib/iota/checkpoint";
import * as reader from "../lib/reader";
import { mldsa65Verify } from "../lib/sig/mldsa";
import { SIGNED_CHECKPOINT, SIGNED_MESSAGE_BYTES, signedMessage } from "../lib/signed-message";
import * as writer from "../lib/writer";
import * as code from "../wire/generated";
import { author, chain, committeeSize, epoch, faults, knowsCommittee, memberKey, opening } from "./state";
import { PASSED, reject } from "./verdict";

/** Of the summary read last. */
const DIGEST: usize = memory.data(32, 16);
const KEY_DIGEST: usize = memory.data(32, 16);
/** SIGNED_MESSAGE_BYTES. */
const MESSAGE: usize = memory.data(99, 16);
/** A byte for each member: 1 once its signature has counted. MAX_VALIDATORS. */
const COUNTED: usize = memory.data(100, 16);

/** 32 bytes, of the summary read last. */
export function summaryDigest(): usize {
  return DIGEST;
}

/** Signatures that make a quorum of the committee in force, which has members. */
function quorumInForce(): u32 {
  return quorum(faults(), committeeSize());
}

/** Reads what follows the id, and checks it; PASSED, or a code. */
export function checkCheckpoint(): u32 {
  const summaryBytes = reader.count(code.MAX_SUMMARY_BYTES);
  const summary = reader.take(summaryBytes);
  const certificateBytes = reader.count(code.MAX_CERTIFICATE_BYTES);
  const certificate = reader.take(certificateBytes);
  if (!reader.exhausted()) return reject(code.REJECT_VERIFY_MALFORMED_FRAME);
  if (!knowsCommittee()) return reject(code.REJECT_VERIFY_NOT_READY);

  if (!readSummary(summary, summaryBytes)) return reject(code.REJECT_VERIFY_MALFORMED_CHECKPOINT);
  if (isOpening()) return PASSED;
  if (checkpoint.summaryEpoch != epoch() || !isOfThisChain() || !isCertificate(certificate, certificateBytes))
    return reject(code.REJECT_VERIFY_MALFORMED_CHECKPOINT);
  const wanted = quorumInForce();
  const found = countSignatures(certificate, certificateBytes, wanted);
  return found < wanted ? reject(code.REJECT_VERIFY_NO_QUORUM, wanted, found) : PASSED;
}

/** The checkpoint that the epoch in force began with: genesis's, which the chain is named by, or one whose certificate was checked when that led here. */
function isOpening(): bool {
  return equal32(DIGEST, opening());
}

/**
 * Whether the summary read last says that it is of our chain. Signatures for it alone do not: who configures another instance with a chain and keys of his own could
 * have anything signed in our chain's name.
 */
export function isOfThisChain(): bool {
  return equal32(checkpoint.extensionChain, chain());
}

/** Whether a quorum of the committee in force signed a summary of this epoch, or of a later one. */
export function endsEpoch(summary: usize, summaryBytes: u32, certificate: usize, certificateBytes: u32): bool {
  if (committeeSize() == 0 || !readSummary(summary, summaryBytes) || checkpoint.summaryEpoch < epoch()) return false;
  if (!isCertificate(certificate, certificateBytes)) return false;
  const wanted = quorumInForce();
  return countSignatures(certificate, certificateBytes, wanted) >= wanted;
}

/** The same for a checkpoint that our own vault has signed. It signs none that our own core has not made, so the core may go on from it. */
export function checkOwnCheckpoint(): u32 {
  const summaryBytes = reader.count(code.MAX_SUMMARY_BYTES);
  const summary = reader.take(summaryBytes);
  const boot = reader.u64_();
  const signature = reader.take(code.SIGNATURE_BYTES);
  if (!reader.exhausted()) return reject(code.REJECT_VERIFY_MALFORMED_FRAME);
  if (!knowsCommittee() || author() >= committeeSize()) return reject(code.REJECT_VERIFY_NOT_READY);
  if (!readSummary(summary, summaryBytes) || checkpoint.summaryEpoch != epoch() || !(isOfThisChain() || isOpening()))
    return reject(code.REJECT_VERIFY_MALFORMED_CHECKPOINT);
  return isSigned(author(), boot, signature) ? PASSED : reject(code.REJECT_VERIFY_BAD_SIGNATURE);
}

/** Reads a whole summary, with what Caisson commits to beyond upstream's fields. False: it is none. */
function readSummary(summary: usize, length: u32): bool {
  if (!checkpoint.readSummary(summary, length) || !checkpoint.readExtension()) return false;
  checkpoint.summaryDigest(DIGEST, summary, length);
  return true;
}

/** Whether a member's vault signed DIGEST for the summary's epoch and sequence number. */
function isSigned(member: u32, boot: u64, signature: usize): bool {
  const sequence = checkpoint.summarySequence;
  signedMessage(MESSAGE, chain(), checkpoint.summaryEpoch, member, boot, SIGNED_CHECKPOINT, sequence, DIGEST);
  return mldsa65Verify(signature, code.SIGNATURE_BYTES, memberKey(member), MESSAGE, SIGNED_MESSAGE_BYTES, 0, 0);
}

/** Whether the bytes are a Certificate of the summary's epoch: the whole shape, before any costly signature is looked at. */
function isCertificate(at: usize, length: u32): bool {
  reader.open(at, length);
  const certificateEpoch = reader.u64_();
  const signatures = reader.count(code.MAX_VALIDATORS);
  reader.take(<usize>signatures * (SIGNATURE_OFFSET + code.SIGNATURE_BYTES));
  return reader.exhausted() && certificateEpoch == checkpoint.summaryEpoch;
}

/** author u16 and boot u64, before each signature. */
const SIGNATURE_OFFSET: u32 = 10;

/** Valid signatures of different members; stops at `enough`. */
function countSignatures(at: usize, length: u32, enough: u32): u32 {
  memory.fill(COUNTED, 0, code.MAX_VALIDATORS);
  reader.open(at, length);
  reader.u64_(); // epoch
  const signatures = reader.count(code.MAX_VALIDATORS);
  let found: u32 = 0;
  for (let i: u32 = 0; i < signatures && found < enough; i++) {
    const member = reader.u16_();
    const boot = reader.u64_();
    const signature = reader.take(code.SIGNATURE_BYTES);
    if (member >= committeeSize() || load<u8>(COUNTED + member) != 0 || !isSigned(member, boot, signature)) continue;
    store<u8>(COUNTED + member, 1);
    found++;
  }
  return found;
}

/** Answers for the checkpoint that a quorum has signed, and that was just passed. */
export function acceptCheckpoint(id: u64): void {
  tellHost(id);
  frame.start(code.LANE_VERIFY_TO_ORDER);
  writer.uleb(code.VERIFY_TO_ORDER_CHECKPOINT);
  writer.raw32(DIGEST);
  writer.u16_(committeeSize());
  frame.finish();
}

/** The same for our own vault's. Who configured us has said which member we are: whose vault it is, `order` compares. */
export function acceptOwnCheckpoint(id: u64): void {
  tellHost(id);
  blake2b256(KEY_DIGEST, memberKey(author()), code.PUBLIC_KEY_BYTES);
  frame.start(code.LANE_VERIFY_TO_ORDER);
  writer.uleb(code.VERIFY_TO_ORDER_OWN_CHECKPOINT);
  writer.raw32(DIGEST);
  writer.u16_(committeeSize());
  writer.raw32(KEY_DIGEST);
  frame.finish();
}

function tellHost(id: u64): void {
  frame.start(code.LANE_VERIFY_TO_HOST);
  writer.uleb(code.VERIFY_TO_HOST_CHECKPOINT);
  writer.u64_(id);
  writer.raw32(DIGEST);
  frame.finish();
}
