/**
 * The end of an epoch: the transaction that closes its last commit, what the checkpoint says of the next epoch, and the next epoch's own beginning,
 * in a ledger that is installed from that checkpoint.
 *
 * That transaction reads the governed list of validators, whose members are the next committee; where there is none, or one that the chain's fault
 * rule does not make safe, the committee goes on as it is.
 * Nobody is paid for an epoch: what of its gas is not burned belongs to no one until there is stake.
 */
import { equal32, equalBytes } from "../lib/bytes";
import { isSafe } from "../lib/faults";
import * as checkpoint from "../lib/iota/checkpoint";
import * as list from "../lib/iota/committee";
import { writeEndOfEpoch } from "../lib/iota/end-of-epoch";
import * as writer from "../lib/writer";
import { MAX_END_OF_EPOCH_BYTES, PUBLIC_KEY_BYTES } from "../wire/generated";
import * as queue from "./queue";
import * as state from "./state";

/** MAX_END_OF_EPOCH_BYTES. */
const TRANSACTION: usize = memory.data(2_048, 16);
/** The same as `order` would have given it: TRANSACTION_BYTES, all but the digest zero. */
const COMMITTED: usize = memory.data(128, 16);

/** `TOTAL_VOTING_POWER` of crates/iota-types/src/committee.rs: what a committee's members share. */
const TOTAL_VOTING_POWER: u64 = 10_000;

const EPOCH: usize = 0;
const EPOCH_START: usize = 8;
const PROTOCOL_VERSION: usize = 16;

let length: u32 = 0;

function members(): u32 {
  return load<u32>(state.COMMITTEE);
}

/** Adds the transaction that ends the epoch to the open commit, the last one, whose others are all applied. */
export function addEnd(): void {
  length = writeEndOfEpoch(
    TRANSACTION,
    MAX_END_OF_EPOCH_BYTES,
    COMMITTED,
    load<u64>(state.ENVIRONMENT, EPOCH) + 1,
    load<u64>(state.ENVIRONMENT, PROTOCOL_VERSION),
    state.GAS,
    max(queue.commitTimestamp(), load<u64>(state.LAST_TIMESTAMP)),
    members(),
  );
  queue.append(COMMITTED);
  store<u32>(state.END_ADDED, 1);
}

/** bcs(TransactionData) of what was added last: scratch of one step. */
export function endBytes(): usize {
  return TRANSACTION;
}

export function endLength(): u32 {
  return length;
}

/**
 * The result of what ends the epoch is kept: `listed` when it read the list, whose members were read last. They are not the next committee when the
 * chain's fault rule does not make as many safe.
 */
export function setNextCommittee(listed: bool): void {
  if (!listed || !isSafe(state.FAULTS, list.memberCount())) {
    memory.copy(state.NEXT_COMMITTEE, state.COMMITTEE, state.CONTENTS - state.NEXT_COMMITTEE);
    return;
  }
  store<u32>(state.NEXT_COMMITTEE, list.memberCount());
  for (let i: u32 = 0; i < list.memberCount(); i++)
    memory.copy(state.NEXT_COMMITTEE_KEYS + <usize>i * PUBLIC_KEY_BYTES, list.memberKey(i), PUBLIC_KEY_BYTES);
}

/** Appends bcs(EndOfEpochData) to the open writer. Powers are equal shares; what cannot be divided goes to the first ones, a unit each. */
export function writeEndOfEpochData(): void {
  const next = load<u32>(state.NEXT_COMMITTEE);
  writer.uleb(next);
  for (let i: u32 = 0; i < next; i++) {
    const share = TOTAL_VOTING_POWER / next + (i < TOTAL_VOTING_POWER % next ? 1 : 0);
    writer.blob(state.NEXT_COMMITTEE_KEYS + <usize>i * PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES);
    writer.u64_(share);
  }
  writer.u64_(load<u64>(state.ENVIRONMENT, PROTOCOL_VERSION));
  writer.uleb(0); // commitments: the state root is in the extension
  writer.u64_(-load<u64>(state.GAS, 8)); // change of supply, an i64: what was burned is gone, and nothing is minted
}

/** The checkpoint read last is of our committee: it names it, or ends the epoch before ours. */
export function isOfOurCommittee(): bool {
  return opensOurEpoch() || equal32(checkpoint.extensionCommitteeDigest, state.COMMITTEE_DIGEST);
}

/** It ends an epoch, and names us as the next committee. If it does not, and is our own last one, our epoch is over, and nothing more is committed. */
export function opensOurEpoch(): bool {
  if (!checkpoint.summaryEndOfEpoch || checkpoint.nextMembers != members()) return false;
  for (let i: u32 = 0; i < checkpoint.nextMembers; i++) {
    const key = checkpoint.nextKey(i);
    if (key == 0 || !equalBytes(key, state.COMMITTEE_KEYS + <usize>i * PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES))
      return false;
  }
  return true;
}

/** An epoch's last checkpoint is taken over, and its time is LAST_TIMESTAMP: what follows is of the next epoch. */
export function enterNextEpoch(): void {
  store<u64>(state.ENVIRONMENT, load<u64>(state.ENVIRONMENT, EPOCH) + 1, EPOCH);
  store<u64>(state.ENVIRONMENT, load<u64>(state.LAST_TIMESTAMP), EPOCH_START);
  memory.fill(state.GAS, 0, state.GAS_BYTES);
}
