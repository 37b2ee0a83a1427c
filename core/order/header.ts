/**
 * Block headers: `BlockHeader` and `Block` of core/wire/frames.ts, read and written. Whether a header continues the DAG is for
 * acceptance.ts; this file knows bytes alone.
 *
 * The fields of the header read last stay here until the next is read; pointers go into its bytes.
 */
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../lib/hash/blake2b";
import * as reader from "../lib/reader";
import { MAX_BLOCK_TRANSACTIONS, MAX_VALIDATORS, SIGNATURE_BYTES } from "../wire/generated";

/** "CaissonBlock::", what a block's digest begins with. */
const NAME: usize = memory.data<u8>([
  0x43, 0x61, 0x69, 0x73, 0x73, 0x6f, 0x6e, 0x42, 0x6c, 0x6f, 0x63, 0x6b, 0x3a, 0x3a,
]);
const NAME_BYTES: u32 = 14;

/** A streaming hash: BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);

export let headerLength: u32 = 0;
/** 32 bytes. */
export let headerChain: usize = 0;
export let headerEpoch: u64 = 0;
export let headerAuthor: u32 = 0;
export let headerBoot: u64 = 0;
export let headerRound: u64 = 0;
export let headerParentCount: u32 = 0;
/** PARENT_BYTES each. */
export let headerParents: usize = 0;
export let headerTimestampMs: u64 = 0;
export let headerTransactionCount: u32 = 0;
/** HEADER_TRANSACTION_BYTES each: a digest, and that of its signatures. */
export let headerTransactions: usize = 0;

/** A `BlockRef`: author u16, round u64, digest. */
export const PARENT_BYTES: usize = 42;
const PARENT_ROUND: usize = 2;
const PARENT_DIGEST: usize = 10;
/** A `BlockTransaction`. */
export const HEADER_TRANSACTION_BYTES: usize = 64;

export function headerTransactionAt(index: u32): usize {
  return headerTransactions + <usize>index * HEADER_TRANSACTION_BYTES;
}

/** Address of a parent's reference. */
export function parentAt(index: u32): usize {
  return headerParents + <usize>index * PARENT_BYTES;
}

export function parentAuthor(index: u32): u32 {
  return load<u16>(parentAt(index));
}

export function parentRound(index: u32): u64 {
  return load<u64>(parentAt(index), PARENT_ROUND);
}

/** 32 bytes. */
export function parentDigest(index: u32): usize {
  return parentAt(index) + PARENT_DIGEST;
}

/** Reads `length` bytes as a whole bcs(Block). False: they are not. */
export function readBlock(at: usize, length: u32): bool {
  reader.open(at, length);
  readFields(at);
  reader.take(SIGNATURE_BYTES);
  return reader.exhausted();
}

/** Reads `length` bytes as a whole bcs(BlockHeader). False: they are not. */
export function readHeader(at: usize, length: u32): bool {
  reader.open(at, length);
  readFields(at);
  return reader.exhausted();
}

function readFields(at: usize): void {
  headerChain = reader.raw32();
  headerEpoch = reader.u64_();
  headerAuthor = reader.u16_();
  headerBoot = reader.u64_();
  headerRound = reader.u64_();
  headerParentCount = reader.count(MAX_VALIDATORS);
  headerParents = reader.take(headerParentCount * PARENT_BYTES);
  headerTimestampMs = reader.u64_();
  headerTransactionCount = reader.count(MAX_BLOCK_TRANSACTIONS);
  headerTransactions = reader.take(headerTransactionCount * HEADER_TRANSACTION_BYTES);
  headerLength = <u32>(reader.position() - at);
}

/** A block's digest, 32 bytes at `out`, from the bytes of its header. The signature is no part of it. */
export function blockDigest(out: usize, header: usize, length: u32): void {
  blake2b256Init(HASH);
  blake2b256Update(HASH, NAME, NAME_BYTES);
  blake2b256Update(HASH, header, length);
  blake2b256Final(HASH, out);
}
