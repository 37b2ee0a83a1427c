/**
 * Writes what a checkpoint is made of, as upstream's BCS has it: CheckpointContents, hashed as it streams by; CheckpointSummary; and
 * our extension in its version-specific data (CheckpointExtension of core/wire/frames.ts). The reader is checkpoint.ts beside it.
 *
 * Sources: iotaledger/iota crates/iota-types/src/messages_checkpoint.rs (CheckpointContentsV1, CheckpointSummary), crypto.rs
 * (BcsSignable); signatures of system transactions: crates/iota-genesis-builder/src/lib.rs (genesis: none),
 * crates/iota-types/src/transaction.rs, new_system_transaction (others: one Ed25519 signature of zero bytes).
 */
import { FAULT_RULE_BYTES } from "../faults";
import { blake2b256Init, blake2b256Update } from "../hash/blake2b";
import * as writer from "../writer";
import { EXTENSION_VERSION } from "./checkpoint";

/** "CheckpointContents::", what upstream's hash of the contents begins with, then the enum's variant V1. */
const CONTENTS_HEAD: usize = memory.data<u8>([
  0x43, 0x68, 0x65, 0x63, 0x6b, 0x70, 0x6f, 0x69, 0x6e, 0x74, 0x43, 0x6f, 0x6e, 0x74, 0x65, 0x6e, 0x74, 0x73, 0x3a,
  0x3a, 0,
]);
const CONTENTS_HEAD_BYTES: u32 = 21;
/** Upstream serializes a digest as bytes with their length before them. */
const DIGEST_BYTES: u32 = 32;

/** bcs of a list of one serialized signature: its count, 97 as its length, then flag 0 (Ed25519), signature and key, all zero. */
const ZERO_SIGNATURE: usize = memory.data(99, 16);
const ZERO_SIGNATURE_BYTES: u32 = 99;
const ED25519_BYTES: u8 = 97;
const NO_SIGNATURES: usize = memory.data<u8>([0]);

/** A ULEB128 of 32 bits, or two digests with their lengths. */
const PIECE: usize = memory.data(66, 16);
const PIECE_BYTES: usize = 66;

/**
 * Begins the hash of CheckpointContents in `hash` (BLAKE2B_STATE_BYTES): all up to the first list of signatures. `entries`: `count` pairs
 * of transaction digest and effects digest, `stride` bytes apart. The signatures of each follow through the next functions. Not while a frame is being
 * written: there is one writer.
 */
export function beginContents(hash: usize, entries: usize, stride: usize, count: u32): void {
  blake2b256Init(hash);
  blake2b256Update(hash, CONTENTS_HEAD, CONTENTS_HEAD_BYTES);
  updateCount(hash, count);
  for (let i: u32 = 0; i < count; i++) {
    const entry = entries + <usize>i * stride;
    writer.open(PIECE, PIECE_BYTES);
    writer.blob(entry, DIGEST_BYTES);
    writer.blob(entry + DIGEST_BYTES, DIGEST_BYTES);
    blake2b256Update(hash, PIECE, writer.length());
  }
  updateCount(hash, count);
}

/** A user's signatures: bcs of the list of serialized signatures. */
export function addUserSignatures(hash: usize, list: usize, length: u32): void {
  blake2b256Update(hash, list, length);
}

/** What stands for the signatures of the genesis transaction: an empty list. */
export function addGenesisSignatures(hash: usize): void {
  blake2b256Update(hash, NO_SIGNATURES, 1);
}

/** What stands for the signatures of any other system transaction. */
export function addSystemSignatures(hash: usize): void {
  store<u8>(ZERO_SIGNATURE, 1);
  store<u8>(ZERO_SIGNATURE, ED25519_BYTES, 1);
  blake2b256Update(hash, ZERO_SIGNATURE, ZERO_SIGNATURE_BYTES);
}

function updateCount(hash: usize, count: u32): void {
  writer.open(PIECE, PIECE_BYTES);
  writer.uleb(count);
  blake2b256Update(hash, PIECE, writer.length());
}

/**
 * Appends bcs(CheckpointExtension) to the open writer. `environment`: 32 bytes as in frames.ts; `faults`: bcs(FaultRule);
 * `resume`: bcs(OrderResume); the rest: addresses of 32 bytes.
 */
export function writeExtension(
  chain: usize,
  environment: usize,
  epochDurationMs: u64,
  faults: usize,
  commit: u64,
  commitDigest: usize,
  round: u64,
  leaderBlock: usize,
  resume: usize,
  resumeLength: u32,
  stateRoot: usize,
  contentsRoot: usize,
  committeeDigest: usize,
): void {
  writer.u8_(EXTENSION_VERSION);
  writer.raw32(chain);
  writer.raw32(environment);
  writer.u64_(epochDurationMs);
  writer.raw(faults, FAULT_RULE_BYTES);
  writer.u64_(commit);
  writer.raw32(commitDigest);
  writer.u64_(round);
  writer.raw32(leaderBlock);
  writer.blob(resume, resumeLength);
  writer.raw32(stateRoot);
  writer.raw32(contentsRoot);
  writer.raw32(committeeDigest);
}

/**
 * Appends bcs(CheckpointSummary) to the open writer, up to its end-of-epoch data, which follow: an option. `previousDigest`: 0 for the first
 * checkpoint; `gas`: 40 bytes, the epoch's rolling sum.
 */
export function writeSummaryHead(
  epoch: u64,
  sequence: u64,
  totalTransactions: u64,
  contentDigest: usize,
  previousDigest: usize,
  gas: usize,
  timestampMs: u64,
): void {
  writer.u64_(epoch);
  writer.u64_(sequence);
  writer.u64_(totalTransactions);
  writer.blob(contentDigest, DIGEST_BYTES);
  writer.u8_(previousDigest == 0 ? 0 : 1);
  if (previousDigest != 0) writer.blob(previousDigest, DIGEST_BYTES);
  writer.raw(gas, 40);
  writer.u64_(timestampMs);
  writer.uleb(0); // checkpoint commitments: the state root is in the extension
}

/** Appends what follows the end-of-epoch data. `extension`: the version-specific data. */
export function writeSummaryTail(extension: usize, extensionLength: u32): void {
  writer.blob(extension, extensionLength);
}
