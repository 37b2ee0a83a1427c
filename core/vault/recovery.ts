/**
 * What a vault may sign after it has lost its state, by what other vaults say: the rules, without the steps. No counter is needed for them; one live
 * instance is.
 *
 * A block of round r has n - F authors of round r - 1 among its parents. F + b + 1 members, ourselves not among them, say up to which round they have
 * signed, with a nonce that was not there before: b + 1 of them are among the authors of any block that we signed and forgot, so one of them at least is
 * intact, and has said r - 1 or more. So no block of ours is above the highest that they say, plus one; the first round that is free is that plus two.
 *
 * An intact vault that was recovered itself may have signed rounds that it does not know, and says so: its highest round is the highest that may have been
 * signed. While it recovers it says nothing.
 *
 * Rounds begin anew with an epoch. In a later one we have signed nothing, for it begins with a checkpoint that n - F members have signed, and who has
 * signed it says nothing in the epoch that it ends. A vault that was recovered does not know whether it has; its next checkpoint of that epoch tells.
 */
import { copy32, equal32, equalBytes, isZero32 } from "../lib/bytes";
import {
  PUBLIC_KEY_BYTES,
  REJECT_VAULT_EPOCH_ENDING,
  REJECT_VAULT_OTHER_AUTHOR,
  REJECT_VAULT_SLOT_PASSED,
  REJECT_VAULT_UNBOUND,
} from "../wire/generated";
import * as key from "./key";
import * as state from "./state";

/** PUBLIC_KEY_BYTES. */
const OWN_KEY: usize = memory.data(1952, 16);

/** A block above the highest round that the others have signed: one of ours may be there already. */
const SECRET_ROUNDS: u64 = 1;

/** Whether others' standings were given to us, and in an epoch that we may sign in. */
export function concernsUs(chain: usize, epoch: u64, publicKey: usize, nonce: usize): bool {
  const record = state.current();
  const bound = state.chain(record);
  if (isZero32(chain) || !(isZero32(bound) || equal32(bound, chain))) return false;
  if (!equal32(nonce, state.nonce()) || epoch < state.recordEpoch(record)) return false;
  key.publicKey(OWN_KEY);
  return equalBytes(OWN_KEY, publicKey, PUBLIC_KEY_BYTES);
}

/** Writes into a record what is past, when the highest round that others have signed in `epoch` is `round`. */
export function raise(record: usize, chain: usize, epoch: u64, round: u64): void {
  copy32(state.chain(record), chain);
  if (epoch > state.recordEpoch(record)) state.enterEpoch(record, epoch);
  const past = max(round, round + SECRET_ROUNDS);
  if (past > state.round(record)) {
    state.setRound(record, past, state.boot(record));
    memory.fill(state.roundDigest(record), 0, 32);
  }
  state.setRecoveredRound(record, state.round(record));
  state.setEnding(record, true);
  state.setRecordAuthor(record, state.author());
}

/** Whether this vault can say for others where it stands in an epoch: 0, or the code of a refusal. */
export function judgeStanding(record: usize, epoch: u64): u32 {
  if (isZero32(state.chain(record))) return REJECT_VAULT_UNBOUND;
  if (epoch < state.recordEpoch(record)) return REJECT_VAULT_SLOT_PASSED;
  if (state.hasSignedIn(record, epoch) && state.recordAuthor(record) != state.author())
    return REJECT_VAULT_OTHER_AUTHOR;
  return epoch == state.recordEpoch(record) && state.ending(record) ? REJECT_VAULT_EPOCH_ENDING : 0;
}

/** Highest round of an epoch that was signed, or may have been. */
export function standing(record: usize, epoch: u64): u64 {
  return epoch == state.recordEpoch(record) ? state.round(record) : 0;
}
