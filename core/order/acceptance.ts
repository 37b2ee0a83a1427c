/**
 * Takes a block that `verify` has passed. In a committee of one that is one of our own, given back by the host after a restart:
 * it must continue our chain exactly where it stands, and is then committed with the same result as when it was made.
 *
 * Acceptance depends on the block, on the block it names as its parent, and on what `verify` has passed; on nothing that
 * depends on the order in which things arrive.
 */
import { equal32 } from "../lib/bytes";
import * as reader from "../lib/reader";
import {
  MAX_BLOCK_BYTES,
  REJECT_ORDER_INVALID_BLOCK,
  REJECT_ORDER_MALFORMED_FRAME,
  REJECT_ORDER_UNVERIFIED_BLOCK,
} from "../wire/generated";
import { sayAccepted, sayRejected } from "./answers";
import { commitBlock } from "./commit";
import * as header from "./header";
import { gather, gathered, rejectedIndex } from "./payload";
import { expectedParent, unready } from "./proposer";
import * as state from "./state";
import { isVerified, removeVerified } from "./verified";

const DIGEST: usize = memory.data(32, 16);

/** `AcceptBlock`, after its variant. */
export function accept(): void {
  const id = reader.u64_();
  const length = reader.count(MAX_BLOCK_BYTES);
  const block = reader.take(length);
  if (!reader.exhausted()) {
    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
    return;
  }
  const code = unready();
  if (code != 0) {
    sayRejected(id, code, state.vaultFailure(), 0);
    return;
  }
  const bad = check(block, length);
  if (bad != 0) {
    sayRejected(id, bad, 0, 0);
    return;
  }
  const badTransaction = gather(header.headerTransactions, header.headerTransactionCount);
  if (badTransaction != 0) {
    sayRejected(id, badTransaction, rejectedIndex(), 0);
    return;
  }
  removeVerified(state.blocksArea(), DIGEST);
  sayAccepted(id);
  commitBlock(header.headerRound, header.headerTimestampMs, DIGEST, gathered(), header.headerTransactionCount);
}

/** Reads a block into header.ts and its digest into DIGEST. Returns 0, or the code of a rejection. */
function check(block: usize, length: u32): u32 {
  if (!header.readBlock(block, length)) return REJECT_ORDER_INVALID_BLOCK;
  header.blockDigest(DIGEST, block, header.headerLength);
  if (!isVerified(state.blocksArea(), DIGEST)) return REJECT_ORDER_UNVERIFIED_BLOCK;
  return isOurs() && continuesChain() ? 0 : REJECT_ORDER_INVALID_BLOCK;
}

/** Made by us, on this chain, and known to the vault: a round that it has not signed cannot carry its signature. */
function isOurs(): bool {
  return (
    equal32(header.headerChain, state.chain()) &&
    header.headerEpoch == state.epoch() &&
    header.headerAuthor == state.author() &&
    header.headerBoot <= state.boot() &&
    header.headerRound <= state.vaultRound()
  );
}

/** Rounds may be skipped: see proposer.ts. */
function continuesChain(): bool {
  return (
    header.headerRound > state.lastRound() &&
    header.headerTimestampMs >= state.lastTimestampMs() &&
    header.headerParentCount == 1 &&
    equal32(header.headerParents, expectedParent())
  );
}
