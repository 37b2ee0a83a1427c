/**
 * The consensus commit prologue: the system transaction that begins every commit and moves the clock.
 *
 * Layout: `TransactionData::V1` of kind `ConsensusCommitPrologueV1`, with the gas data upstream gives every system transaction
 * (iotaledger/iota crates/iota-types/src/transaction.rs, `new_system_transaction` and `new_consensus_commit_prologue_v1`;
 * messages_consensus.rs, `ConsensusCommitPrologueV1`). Nobody signs it: it follows from the commit alone.
 */
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
import * as writer from "../writer";

/** Length of every prologue: no field of it varies in size. */
export const PROLOGUE_BYTES: u32 = 217;

/** "TransactionData::", what the hash of a transaction begins with (crates/iota-types/src/crypto.rs, `BcsSignable`). */
const NAME: usize = memory.data<u8>([
  0x54, 0x72, 0x61, 0x6e, 0x73, 0x61, 0x63, 0x74, 0x69, 0x6f, 0x6e, 0x44, 0x61, 0x74, 0x61, 0x3a, 0x3a,
]);
const NAME_BYTES: u32 = 17;

const TRANSACTION_DATA_V1: u32 = 0;
const KIND_CONSENSUS_COMMIT_PROLOGUE_V1: u32 = 2;
const CANCELLED_TRANSACTIONS: u32 = 0;
const EXPIRATION_NONE: u32 = 0;
const OPTION_NONE: u32 = 0;
/** `GAS_PRICE_FOR_SYSTEM_TX`, in NANOS. */
const SYSTEM_GAS_PRICE: u64 = 1;
/** Upstream serializes a digest as bytes with their length before them. */
const DIGEST_BYTES: u32 = 32;

const ZERO: usize = memory.data(32, 16);
/** A streaming hash: BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);

/**
 * Writes bcs(TransactionData) of a commit's prologue, PROLOGUE_BYTES at `out`, and its transaction digest, 32 bytes at `digest`.
 * Not while a frame is being written: there is one writer.
 */
export function writePrologue(
  out: usize,
  digest: usize,
  epoch: u64,
  round: u64,
  timestampMs: u64,
  commitDigest: usize,
): void {
  writer.open(out, PROLOGUE_BYTES);
  writer.uleb(TRANSACTION_DATA_V1);
  writer.uleb(KIND_CONSENSUS_COMMIT_PROLOGUE_V1);
  writer.u64_(epoch);
  writer.u64_(round);
  writer.u8_(OPTION_NONE); // sub-DAG index: one commit a round
  writer.u64_(timestampMs);
  writer.blob(commitDigest, DIGEST_BYTES);
  writer.uleb(CANCELLED_TRANSACTIONS);
  writer.uleb(0);
  writer.raw32(ZERO); // sender
  writer.uleb(1); // gas payment: one object reference of zeros
  writer.raw32(ZERO);
  writer.u64_(0);
  writer.blob(ZERO, DIGEST_BYTES);
  writer.raw32(ZERO); // gas owner
  writer.u64_(SYSTEM_GAS_PRICE);
  writer.u64_(0); // budget
  writer.uleb(EXPIRATION_NONE);
  blake2b256Init(HASH);
  blake2b256Update(HASH, NAME, NAME_BYTES);
  blake2b256Update(HASH, out, PROLOGUE_BYTES);
  blake2b256Final(HASH, digest);
}
