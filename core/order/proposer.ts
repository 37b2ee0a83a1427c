/**
 * Makes our next block and commits it when the vault has signed it.
 *
 * Rounds may be skipped: when the vault signed a round whose block was lost in a crash before the host kept it, the next block
 * takes the round after, and the parent it names is the last one we still have. In a committee of one nobody else can have
 * built on the lost block, and the vault sees to it that its round never has another. A host that hides such a block gains
 * nothing either: what counts outside is the checkpoint, and the vault signs one for each sequence.
 */
import { equal32, isZero32 } from "../lib/bytes";
import * as reader from "../lib/reader";
import * as writer from "../lib/writer";
import {
  MAX_BLOCK_TRANSACTIONS,
  REJECT_ORDER_BUSY,
  REJECT_ORDER_INVALID_BLOCK,
  REJECT_ORDER_MALFORMED_FRAME,
  REJECT_ORDER_NOT_READY,
  REJECT_ORDER_VAULT_REFUSED,
  REJECT_VAULT_SLOT_PASSED,
  REJECT_VAULT_SLOT_TAKEN,
  SIGNATURE_BYTES,
} from "../wire/generated";
import { askSignature, sayProposed, sayRejected } from "./answers";
import { commitBlock } from "./commit";
import { blockDigest, writeHeader } from "./header";
import * as outstanding from "./outstanding";
import { gather, gathered, rejectedIndex } from "./payload";
import { TRANSACTION_BYTES } from "./pool";
import * as state from "./state";

/** Why no block can be made or taken now: 0, or the code of a rejection. Both need to know where the vault stands. */
export function unready(): u32 {
  if (state.vaultFailure() != 0) return REJECT_ORDER_VAULT_REFUSED;
  if (!state.vaultReady()) return REJECT_ORDER_NOT_READY;
  return outstanding.isOutstanding() ? REJECT_ORDER_BUSY : 0;
}

/** The parent that our next block names: our last one, or, before the first, the chain. */
export function expectedParent(): usize {
  return isZero32(state.lastBlock()) ? state.chain() : state.lastBlock();
}

/** `Propose`, after its variant. */
export function propose(): void {
  const id = reader.u64_();
  const timestampMs = reader.u64_();
  const count = reader.count(MAX_BLOCK_TRANSACTIONS);
  const digests = reader.take(<usize>count * 32);
  if (!reader.exhausted()) {
    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
    return;
  }
  const code = unready();
  if (code != 0) {
    sayRejected(id, code, state.vaultFailure(), 0);
    return;
  }
  const bad = gather(digests, count);
  if (bad != 0) {
    sayRejected(id, bad, rejectedIndex(), 0);
    return;
  }
  const highest = max(state.lastRound(), state.vaultRound());
  if (highest == u64.MAX_VALUE) {
    sayRejected(id, REJECT_ORDER_INVALID_BLOCK, 0, 0);
    return;
  }
  build(id, highest + 1, max(timestampMs, state.lastTimestampMs()), digests, count);
}

/** Writes the block's header, keeps it, and asks for its signature. */
function build(id: u64, round: u64, timestampMs: u64, digests: usize, count: u32): void {
  const header = outstanding.outstandingHeader();
  writer.open(header, outstanding.HEADER_CAPACITY);
  writeHeader(
    state.chain(),
    state.epoch(),
    state.author(),
    state.boot(),
    round,
    expectedParent(),
    timestampMs,
    digests,
    count,
  );
  const length = writer.length();
  blockDigest(outstanding.outstandingDigest(), header, length);
  memory.copy(outstanding.outstandingTransactions(), gathered(), <usize>count * TRANSACTION_BYTES);
  outstanding.setOutstanding(id, round, timestampMs, length, count);
  askSignature();
}

/** True when the vault speaks of the block that is out. */
function concernsOutstanding(round: u64, digest: usize): bool {
  return (
    outstanding.isOutstanding() &&
    round == outstanding.outstandingRound() &&
    equal32(digest, outstanding.outstandingDigest())
  );
}

/** `BlockSigned`, after its variant: the block leaves, and is committed. */
export function signed(): void {
  const round = reader.u64_();
  const digest = reader.take(32);
  const boot = reader.u64_();
  const signature = reader.take(SIGNATURE_BYTES);
  if (!reader.exhausted() || boot != state.boot() || !concernsOutstanding(round, digest)) return;
  sayProposed(signature);
  state.setVaultRound(max(state.vaultRound(), round));
  commitBlock(
    round,
    outstanding.outstandingTimestampMs(),
    digest,
    outstanding.outstandingTransactions(),
    outstanding.outstandingCount(),
  );
  outstanding.clearOutstanding();
}

/**
 * `VaultRefused`, after its variant. One that concerns no block says that the vault's boot failed. A slot that was taken or
 * passed is not tried again: the next proposal takes the round after it.
 */
export function refused(): void {
  const code = reader.u16_();
  const round = reader.u64_();
  const digest = reader.take(32);
  if (!reader.exhausted()) return;
  if (concernsOutstanding(round, digest)) {
    sayRejected(outstanding.outstandingId(), REJECT_ORDER_VAULT_REFUSED, code, round);
    outstanding.clearOutstanding();
    const gone = code == REJECT_VAULT_SLOT_TAKEN || code == REJECT_VAULT_SLOT_PASSED;
    if (gone) state.setVaultRound(max(state.vaultRound(), round));
  } else if (round == 0 && !state.vaultReady()) state.setVaultFailure(code);
}
