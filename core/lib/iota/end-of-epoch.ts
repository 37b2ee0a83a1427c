/**
 * The system transaction that ends an epoch: what the epoch's gas came to, and what the next epoch is. It is the last of the epoch's last
 * checkpoint, and nobody signs it: it follows from the commits alone.
 *
 * Layout: `TransactionData::V1` of kind `EndOfEpochTransaction` with the one `ChangeEpochV4` of protocol 38, and the gas data of every system
 * transaction (iotaledger/iota crates/iota-types/src/transaction.rs, `new_end_of_epoch_transaction`; the BCS schema of record,
 * crates/iota-core/tests/staged/iota.yaml). There are no system packages; every member is eligible, with the score of a validator that nothing is held
 * against (crates/iota-core/src/scorer.rs, `MAX_SCORE`), for nobody keeps scores here.
 */
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
import * as writer from "../writer";

/** "TransactionData::", what the hash of a transaction begins with (crates/iota-types/src/crypto.rs, `BcsSignable`). */
const NAME: usize = memory.data<u8>([
  0x54, 0x72, 0x61, 0x6e, 0x73, 0x61, 0x63, 0x74, 0x69, 0x6f, 0x6e, 0x44, 0x61, 0x74, 0x61, 0x3a, 0x3a,
]);
const NAME_BYTES: u32 = 17;

const TRANSACTION_DATA_V1: u32 = 0;
const KIND_END_OF_EPOCH: u32 = 4;
const CHANGE_EPOCH_V4: u32 = 3;
const EXPIRATION_NONE: u32 = 0;
/** `GAS_PRICE_FOR_SYSTEM_TX`, in NANOS. */
const SYSTEM_GAS_PRICE: u64 = 1;
const MAX_SCORE: u64 = 65_536;
/** Upstream serializes a digest as bytes with their length before them. */
const DIGEST_BYTES: u32 = 32;

const ZERO: usize = memory.data(32, 16);
/** A streaming hash: BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);

/**
 * Writes bcs(TransactionData), of at most `capacity` bytes, at `out`, and its transaction digest, 32 bytes, at `digest`. Returns its length.
 * Not while a frame is being written: there is one writer.
 * `epoch`, `protocolVersion` and `startMs` are the next epoch's; `gas`: five u64, the sum of the one that ends (GasSummary of core/wire/frames.ts).
 */
export function writeEndOfEpoch(
  out: usize,
  capacity: u32,
  digest: usize,
  epoch: u64,
  protocolVersion: u64,
  gas: usize,
  startMs: u64,
  members: u32,
): u32 {
  writer.open(out, capacity);
  writer.uleb(TRANSACTION_DATA_V1);
  writer.uleb(KIND_END_OF_EPOCH);
  writer.uleb(1);
  writer.uleb(CHANGE_EPOCH_V4);
  writer.u64_(epoch);
  writer.u64_(protocolVersion);
  writer.u64_(load<u64>(gas, 16)); // storage charge
  writer.u64_(load<u64>(gas)); // computation charge
  writer.u64_(load<u64>(gas, 8)); // of which burned
  writer.u64_(load<u64>(gas, 24)); // storage rebate
  writer.u64_(load<u64>(gas, 32)); // non-refundable storage fee
  writer.u64_(startMs);
  writer.uleb(0); // system packages
  writer.uleb(members);
  for (let i: u32 = 0; i < members; i++) writer.u64_(i);
  writer.uleb(members);
  for (let i: u32 = 0; i < members; i++) writer.u64_(MAX_SCORE);
  writer.u8_(1); // rewards are adjusted by score
  writer.raw32(ZERO); // sender
  writer.uleb(1); // gas payment: one object reference of zeros
  writer.raw32(ZERO);
  writer.u64_(0);
  writer.blob(ZERO, DIGEST_BYTES);
  writer.raw32(ZERO); // gas owner
  writer.u64_(SYSTEM_GAS_PRICE);
  writer.u64_(0); // budget
  writer.uleb(EXPIRATION_NONE);
  const length = writer.length();
  blake2b256Init(HASH);
  blake2b256Update(HASH, NAME, NAME_BYTES);
  blake2b256Update(HASH, out, length);
  blake2b256Final(HASH, digest);
  return length;
}
