/**
 * The rule that the vault exists for: one digest a slot, and never backwards. Pure: reads a record, changes nothing.
 *
 * A block's slot is its epoch and round; rounds begin anew with each epoch. A checkpoint's is its sequence number, whatever the epoch: an epoch's
 * checkpoints follow those of the one before, so that no number is ever signed for twice. Neither is signed in an epoch before the last.
 */
import { equal32, isZero32 } from "../lib/bytes";
import { REJECT_VAULT_BEFORE_RECOVERY, REJECT_VAULT_SLOT_PASSED, REJECT_VAULT_SLOT_TAKEN } from "../wire/generated";
import * as state from "./state";

/** A later slot than any signed: sign once the watermark is durable. */
export const SLOT_NEW: u32 = 0;
/** What was signed last, asked for again: sign again, nothing to remember. */
export const SLOT_AGAIN: u32 = 0xffff_ffff;

/** SLOT_NEW, SLOT_AGAIN or the code of a refusal. Rounds start at 1. */
export function judgeBlock(record: usize, epoch: u64, round: u64, digest: usize): u32 {
  const last = state.recordEpoch(record);
  if (epoch < last) return REJECT_VAULT_SLOT_PASSED;
  const highest = epoch > last ? 0 : state.round(record);
  if (round > highest) return SLOT_NEW;
  if (round < highest || round == 0) return REJECT_VAULT_SLOT_PASSED;
  // Of a round that was recovered it is not known what was signed: zero, which is no digest.
  const again = !isZero32(digest) && equal32(digest, state.roundDigest(record));
  return again ? SLOT_AGAIN : REJECT_VAULT_SLOT_TAKEN;
}

/**
 * SLOT_NEW, SLOT_AGAIN or the code of a refusal. Sequences may be skipped: after the install of a certified checkpoint the vault
 * may lag behind the chain, and going forward only gives up signatures. The last u64 has no successor and is never signed.
 *
 * `leaderRound`: of the checkpoint's last commit. A checkpoint is made when blocks behind its leader decide it, so that of those that a vault has signed
 * and forgotten no leader is above the rounds that it may have signed (recovery.ts).
 */
export function judgeCheckpoint(record: usize, epoch: u64, sequence: u64, digest: usize, leaderRound: u64): u32 {
  const next = state.nextSequence(record);
  const last = state.recordEpoch(record);
  if (epoch < last || sequence == u64.MAX_VALUE) return REJECT_VAULT_SLOT_PASSED;
  if (sequence >= next) {
    const recovered = epoch == last ? state.recoveredRound(record) : 0;
    return recovered != 0 && leaderRound <= recovered ? REJECT_VAULT_BEFORE_RECOVERY : SLOT_NEW;
  }
  if (epoch > last || sequence + 1 < next) return REJECT_VAULT_SLOT_PASSED;
  return equal32(digest, state.sequenceDigest(record)) ? SLOT_AGAIN : REJECT_VAULT_SLOT_TAKEN;
}
