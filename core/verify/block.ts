/**
 * A peer's block: of this chain and epoch, by a member of the committee, signed by that member's vault. Whether it fits the DAG is for
 * `order` to say.
 */
import { equal32 } from "../lib/bytes";
import * as frame from "../lib/frame";
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../lib/hash/blake2b";
import * as reader from "../lib/reader";
import { mldsa65Verify } from "../lib/sig/mldsa";
import { SIGNED_BLOCK, SIGNED_MESSAGE_BYTES, signedMessage } from "../lib/signed-message";
import * as writer from "../lib/writer";
import * as code from "../wire/generated";
import { chain, committeeSize, epoch, knowsCommittee, memberKey } from "./state";
import { PASSED, reject } from "./verdict";

/** "CaissonBlock::", what a block's digest begins with, as upstream's do with the name of what they hash. */
const DOMAIN: usize = memory.data<u8>([
  0x43, 0x61, 0x69, 0x73, 0x73, 0x6f, 0x6e, 0x42, 0x6c, 0x6f, 0x63, 0x6b, 0x3a, 0x3a,
]);
const DOMAIN_BYTES: u32 = 14;

/** A parent: author, round, digest. A transaction: its digest, and that of its signatures. */
const PARENT_BYTES: usize = 42;
const TRANSACTION_BYTES: usize = 64;

/** A streaming hash, BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);
const DIGEST: usize = memory.data(32, 16);
/** SIGNED_MESSAGE_BYTES. */
const MESSAGE: usize = memory.data(99, 16);

/** Reads what follows the id, and checks it; PASSED, or a code. */
export function checkBlock(): u32 {
  const length = reader.count(code.MAX_BLOCK_BYTES);
  const block = reader.take(length);
  if (!reader.exhausted()) return reject(code.REJECT_VERIFY_MALFORMED_FRAME);
  if (!knowsCommittee()) return reject(code.REJECT_VERIFY_NOT_READY);

  reader.open(block, length);
  const blockChain = reader.raw32();
  const blockEpoch = reader.u64_();
  const author = reader.u16_();
  const boot = reader.u64_();
  const round = reader.u64_();
  reader.take(<usize>reader.count(code.MAX_VALIDATORS) * PARENT_BYTES);
  reader.u64_(); // timestamp
  reader.take(<usize>reader.count(code.MAX_BLOCK_TRANSACTIONS) * TRANSACTION_BYTES);
  const headerBytes = <u32>(reader.position() - block);
  const signature = reader.take(code.SIGNATURE_BYTES);
  if (!reader.exhausted() || !equal32(blockChain, chain()) || blockEpoch != epoch()) {
    return reject(code.REJECT_VERIFY_MALFORMED_BLOCK);
  }
  if (author >= committeeSize()) return reject(code.REJECT_VERIFY_UNKNOWN_AUTHOR, author);

  blake2b256Init(HASH);
  blake2b256Update(HASH, DOMAIN, DOMAIN_BYTES);
  blake2b256Update(HASH, block, headerBytes);
  blake2b256Final(HASH, DIGEST);
  signedMessage(MESSAGE, chain(), epoch(), author, boot, SIGNED_BLOCK, round, DIGEST);
  const valid = mldsa65Verify(
    signature,
    code.SIGNATURE_BYTES,
    memberKey(author),
    MESSAGE,
    SIGNED_MESSAGE_BYTES,
    0, // no context string
    0,
  );
  return valid ? PASSED : reject(code.REJECT_VERIFY_BAD_SIGNATURE);
}

/** Answers for the block that `checkBlock` has just passed. */
export function acceptBlock(id: u64): void {
  frame.start(code.LANE_VERIFY_TO_HOST);
  writer.uleb(code.VERIFY_TO_HOST_BLOCK);
  writer.u64_(id);
  writer.raw32(DIGEST);
  frame.finish();
  frame.start(code.LANE_VERIFY_TO_ORDER);
  writer.uleb(code.VERIFY_TO_ORDER_BLOCK);
  writer.raw32(DIGEST);
  frame.finish();
}
