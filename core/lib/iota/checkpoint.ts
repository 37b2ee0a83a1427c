/**
 * Reads a checkpoint summary (upstream crates/iota-types/src/messages_checkpoint.rs, `CheckpointSummary`) and the extension that
 * our summaries carry in `version_specific_data` (`CheckpointExtension` of core/wire/frames.ts).
 *
 * What was read last stays in this module until the next call; pointers go into the bytes that were read. Both functions open
 * the reader anew, so a caller in the middle of a frame saves it first.
 */

import { MAX_RESUME_BYTES, MAX_VALIDATORS, PUBLIC_KEY_BYTES } from "../../wire/generated";
import { FAULT_RULE_BYTES } from "../faults";
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
import * as reader from "../reader";

/** "CheckpointSummary::", what upstream's hash of a summary begins with (crates/iota-types/src/crypto.rs, `BcsSignable`). */
const NAME: usize = memory.data<u8>([
  0x43, 0x68, 0x65, 0x63, 0x6b, 0x70, 0x6f, 0x69, 0x6e, 0x74, 0x53, 0x75, 0x6d, 0x6d, 0x61, 0x72, 0x79, 0x3a, 0x3a,
]);
const NAME_BYTES: u32 = 19;

/** The only layout of the extension so far. */
export const EXTENSION_VERSION: u32 = 3;
/** Commitments of one kind each; upstream has one kind. The bound only keeps the loop short. */
const MAX_COMMITMENTS: u32 = 16;
const DIGEST_BYTES: u32 = 32;

/** A streaming hash: BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);
/** Address and length of each key of the next committee: 8 bytes for MAX_VALIDATORS. */
const NEXT_KEYS: usize = memory.data(800, 16);

/** Fields of the summary read last. Times in milliseconds since 1970, gas in NANOS. */
export let summaryEpoch: u64 = 0;
export let summarySequence: u64 = 0;
export let summaryTotalTransactions: u64 = 0;
/** 32 bytes. */
export let summaryContentDigest: usize = 0;
/** 32 bytes, or 0 for the genesis checkpoint, which follows none. */
export let summaryPreviousDigest: usize = 0;
/** Five u64, little-endian and not aligned: computation cost, burned computation cost, storage cost, rebate, non-refundable fee. */
export let summaryGas: usize = 0;
export let summaryTimestampMs: u64 = 0;
export let summaryEndOfEpoch: bool = false;
/** What an epoch's last checkpoint says of the next one: its members, and the protocol version. */
export let nextMembers: u32 = 0;
export let nextProtocolVersion: u64 = 0;
export let summaryExtension: usize = 0;
export let summaryExtensionLength: u32 = 0;

/** Fields of the extension read last that are asked for. */
export let extensionChain: usize = 0;
export let extensionEpoch: u64 = 0;
export let extensionEpochStartMs: u64 = 0;
export let extensionProtocolVersion: u64 = 0;
export let extensionReferenceGasPrice: u64 = 0;
export let extensionEpochDurationMs: u64 = 0;
/** bcs(FaultRule). */
export let extensionFaults: usize = 0;
export let extensionCommit: u64 = 0;
export let extensionCommitDigest: usize = 0;
/** bcs(OrderResume), at most MAX_RESUME_BYTES. */
export let extensionResume: usize = 0;
export let extensionResumeLength: u32 = 0;
export let extensionStateRoot: usize = 0;
export let extensionCommitteeDigest: usize = 0;

/** Upstream serializes a digest as bytes with their length before them. */
function digest(): usize {
  if (reader.uleb() != DIGEST_BYTES) reader.fail();
  return reader.raw32();
}

/** `CheckpointCommitment`: its one variant is the digest of the live object set. */
function commitments(): void {
  const count = reader.count(MAX_COMMITMENTS);
  for (let i: u32 = 0; i < count; i++) {
    reader.variant(1);
    digest();
  }
}

/** `EndOfEpochData`: next committee as (public key, stake), next protocol version, commitments, change of supply. */
function endOfEpoch(): void {
  nextMembers = reader.count(MAX_VALIDATORS);
  for (let i: u32 = 0; i < nextMembers; i++) {
    const length = reader.count(PUBLIC_KEY_BYTES);
    store<u32>(NEXT_KEYS + ((<usize>i) << 3), <u32>reader.take(length));
    store<u32>(NEXT_KEYS + ((<usize>i) << 3), length, 4);
    reader.u64_();
  }
  nextProtocolVersion = reader.u64_();
  commitments();
  reader.u64_();
}

/** A member of the next committee's key of PUBLIC_KEY_BYTES; 0 when the key is another scheme's, as upstream's are. */
export function nextKey(member: u32): usize {
  const entry = NEXT_KEYS + ((<usize>member) << 3);
  return load<u32>(entry, 4) == PUBLIC_KEY_BYTES ? <usize>load<u32>(entry) : 0;
}

/** Reads `length` bytes as a whole bcs(CheckpointSummary). False: they are not. */
export function readSummary(at: usize, length: u32): bool {
  reader.open(at, length);
  summaryEpoch = reader.u64_();
  summarySequence = reader.u64_();
  summaryTotalTransactions = reader.u64_();
  summaryContentDigest = digest();
  summaryPreviousDigest = reader.option() ? digest() : 0;
  summaryGas = reader.take(40);
  summaryTimestampMs = reader.u64_();
  commitments();
  summaryEndOfEpoch = reader.option();
  nextMembers = 0;
  nextProtocolVersion = 0;
  if (summaryEndOfEpoch) endOfEpoch();
  summaryExtensionLength = reader.count(length);
  summaryExtension = reader.take(summaryExtensionLength);
  return reader.exhausted();
}

/** Reads the summary's version-specific data as a whole bcs(CheckpointExtension). False: it is not, or of another version. */
export function readExtension(): bool {
  reader.open(summaryExtension, summaryExtensionLength);
  const version = reader.u8_();
  extensionChain = reader.raw32();
  extensionEpoch = reader.u64_();
  extensionEpochStartMs = reader.u64_();
  extensionProtocolVersion = reader.u64_();
  extensionReferenceGasPrice = reader.u64_();
  extensionEpochDurationMs = reader.u64_();
  extensionFaults = reader.take(FAULT_RULE_BYTES);
  extensionCommit = reader.u64_();
  extensionCommitDigest = reader.raw32();
  reader.u64_(); // the commit's round
  reader.raw32(); // its leader block
  extensionResumeLength = reader.count(MAX_RESUME_BYTES);
  extensionResume = reader.take(extensionResumeLength);
  extensionStateRoot = reader.raw32();
  reader.raw32(); // root of the contents
  extensionCommitteeDigest = reader.raw32();
  return reader.exhausted() && version == EXTENSION_VERSION;
}

/**
 * Whether sequence and commit of the checkpoint read last, with its extension, are below 2^63: whoever counts on from there never comes to
 * the end of a u64. No chain gets that far, so higher ones are made up.
 */
export function isCountable(): bool {
  return summarySequence <= <u64>i64.MAX_VALUE && extensionCommit <= <u64>i64.MAX_VALUE;
}

/** The summary's digest: blake2b256("CheckpointSummary::" || bcs). Writes 32 bytes. */
export function summaryDigest(out: usize, at: usize, length: u32): void {
  blake2b256Init(HASH);
  blake2b256Update(HASH, NAME, NAME_BYTES);
  blake2b256Update(HASH, at, length);
  blake2b256Final(HASH, out);
}
