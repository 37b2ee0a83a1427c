/**
 * What a validator's key signs, for blocks and for checkpoints: `SignedMessage` of core/wire/frames.ts in BCS. The vault builds it to
 * sign and `verify` builds it to check, from typed fields both times, so that no signature can be carried over to another chain, epoch,
 * author, boot, kind or slot. Signed with ML-DSA-65 and an empty context string.
 */
import * as writer from "./writer";

/** Kinds of slot; one author signs at most one digest for each (kind, slot). */
export const SIGNED_BLOCK: u32 = 1;
export const SIGNED_CHECKPOINT: u32 = 2;
/** Where a vault stands, for another that has lost its state. Not a slot: signed as often as it is asked. */
export const SIGNED_STANDING: u32 = 3;

/** domain 8, chain 32, epoch 8, author 2, boot 8, kind 1, slot 8, digest 32. */
export const SIGNED_MESSAGE_BYTES: u32 = 99;

/** "CAISSON1" in ASCII. */
const DOMAIN: usize = memory.data<u8>([0x43, 0x41, 0x49, 0x53, 0x53, 0x4f, 0x4e, 0x31]);
const DOMAIN_BYTES: usize = 8;

const SAVED_WRITER: usize = memory.data(12, 8);

/**
 * Writes the message at `out`, SIGNED_MESSAGE_BYTES of room, and returns its length. `chain` and `digest` address 32 bytes; `slot` is the
 * round of a block or of a standing, the sequence number of a checkpoint. The writer is kept, so a frame may be written around it.
 */
export function signedMessage(
  out: usize,
  chain: usize,
  epoch: u64,
  author: u32,
  boot: u64,
  kind: u32,
  slot: u64,
  digest: usize,
): u32 {
  writer.save(SAVED_WRITER);
  writer.open(out, SIGNED_MESSAGE_BYTES);
  writer.raw(DOMAIN, DOMAIN_BYTES);
  writer.raw32(chain);
  writer.u64_(epoch);
  writer.u16_(author);
  writer.u64_(boot);
  writer.u8_(kind);
  writer.u64_(slot);
  writer.raw32(digest);
  const length = writer.length();
  writer.restore(SAVED_WRITER);
  return length;
}
