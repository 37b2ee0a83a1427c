/**
 * All that outlives a step, in one arena whose layout is fixed: proofs copy, hash and restore a ledger by this range alone.
 *
 * | offset | bytes | what |
 * |---|---|---|
 * | 0 | 448 | numbers and digests, the constants below |
 * | 448 | 208 | streaming hash of the CheckpointContents in the making |
 * | 656 | 1,032 | Merkle list of the same (lib/merkle-list.ts) |
 * | 1,688 | 200,704 | bcs(CheckpointSummary) that waits for the vault's signature |
 * | 202,392 | 2,080 | the vault's last `ready` frame, as it came, without its variant |
 * | 204,472 | 195,208 | COMMITTEE: how many members (u32), then a key of 1,952 bytes for each of 100 |
 * | 399,680 | 195,208 | NEXT_COMMITTEE: the same, of the epoch that follows, once its end has a result |
 * | 594,888 | 91,872 | CONTENTS: 957 x {transaction digest, effects digest, digest of its signatures}, of the checkpoint in the making (contents.ts) |
 * | 686,760 | 49,344 | RESULTS: 514 x 96, one for each place of the open commit (results.ts) |
 * | 736,104 | 60,320 | COMMITS: ring of 65 x 928: the open commit and 64 more (queue.ts) |
 * | 796,424 | 1,050,624 | TRANSACTIONS: ring of 8,208 x 128, those of all commits in COMMITS (queue.ts) |
 * | 1,847,048 | 1,572,864 | POOL: 16,384 operations of 96 bytes, what the results of the open commit read and write (results.ts) |
 */
import { BLAKE2B_STATE_BYTES } from "../lib/hash/blake2b";
import { MERKLE_LIST_BYTES } from "../lib/merkle-list";
import {
  MAX_CHECKPOINT_TRANSACTIONS,
  MAX_COMMIT_TRANSACTIONS,
  MAX_ORDERED_TRANSACTIONS,
  MAX_STEP_OPERATIONS,
  MAX_VALIDATORS,
  PUBLIC_KEY_BYTES,
} from "../wire/generated";

/** Commits that may wait behind the open one. */
export const WAITING_COMMITS: u32 = 64;
export const COMMIT_SLOTS: u32 = WAITING_COMMITS + 1;
export const COMMIT_BYTES: usize = 928;
/** Transactions of all commits together: 16 commits of the largest size, the open one among them. */
export const TRANSACTION_SLOTS: u32 = 16 * MAX_ORDERED_TRANSACTIONS;
export const TRANSACTION_BYTES: usize = 128;
/** Twice what one step may take, so that results of later transactions need not wait until earlier ones are applied. */
export const POOL_OPERATIONS: u32 = 2 * MAX_STEP_OPERATIONS;
export const OPERATION_BYTES: usize = 96;
export const RESULT_BYTES: usize = 96;
export const CONTENT_BYTES: usize = 96;
/** Our summaries take about 400 bytes, the resume state of `order`, and an epoch's last one 1,962 for each member of the next committee. */
export const SUMMARY_CAPACITY: usize = 200704;
/** Public key, boot, chain, epoch, round, its digest, next sequence, its digest. */
export const VAULT_READY_BYTES: usize = 2080;
/** epoch, epochStartMs, protocolVersion, referenceGasPrice. */
export const ENVIRONMENT_BYTES: usize = 32;
/** Five u64 in upstream's order (frames.ts, GasSummary). */
export const GAS_BYTES: usize = 40;

const ARENA_BYTES: usize = 3_419_912;
const ARENA: usize = memory.data(3_419_912, 16);

/** 1 once a well-formed configuration came. */
export const CONFIGURED: usize = ARENA;
/** One of the phases below. */
export const PHASE: usize = ARENA + 4;
export const AUTHOR: usize = ARENA + 8;
/** 1 once the end of the epoch was added to the open commit. */
export const END_ADDED: usize = ARENA + 12;
/** 1 when the vault has said that it is bound to our chain. */
export const BOUND: usize = ARENA + 16;
/** 1 when VAULT_READY holds something. */
export const VAULT_KNOWN: usize = ARENA + 20;
/** Transactions of the open commit that steps have applied. */
export const APPLIED: usize = ARENA + 24;
/** Entries of CONTENTS, and how many of them have their signatures hashed. */
export const CONTENTS_COUNT: usize = ARENA + 28;
export const SIGNED_COUNT: usize = ARENA + 32;
/** Operations up to which the pool has been given out, and how many of them belong to a result. */
export const POOL_TAIL: usize = ARENA + 36;
export const POOL_USED: usize = ARENA + 40;
/** First slot in use, and slots in use, of the two rings. */
export const COMMITS_HEAD: usize = ARENA + 44;
export const COMMITS_COUNT: usize = ARENA + 48;
export const TRANSACTIONS_HEAD: usize = ARENA + 52;
export const TRANSACTIONS_COUNT: usize = ARENA + 56;
export const SUMMARY_LENGTH: usize = ARENA + 60;
/** Last LedgerRefusal. */
export const LAST_REFUSAL: usize = ARENA + 64;
/** 1 once `order` gave the epoch's last commit: none follows it, here. */
export const COMPLETE: usize = ARENA + 68;

export const NEXT_SEQUENCE: usize = ARENA + 72;
export const NEXT_COMMIT: usize = ARENA + 80;
export const TOTAL_TRANSACTIONS: usize = ARENA + 88;
export const LAST_TIMESTAMP: usize = ARENA + 96;
export const REFUSED_RESULTS: usize = ARENA + 104;
/** Rolling sum of the epoch. */
export const GAS: usize = ARENA + 112;
/** What genesis must come to; zero accepts any. */
export const CONFIGURED_CHAIN: usize = ARENA + 152;
/** blake2b256(bcs(vector of Member)) of COMMITTEE. */
export const COMMITTEE_DIGEST: usize = ARENA + 184;
/** The chain's fault rule, bcs(FaultRule). */
export const FAULTS: usize = ARENA + 216;
export const CHAIN: usize = ARENA + 224;
export const ROOT: usize = ARENA + 256;
export const PREVIOUS_DIGEST: usize = ARENA + 288;
export const ENVIRONMENT: usize = ARENA + 320;
/** Digest of the summary that waits for its signature. */
export const SUMMARY_DIGEST: usize = ARENA + 352;
/** OrderConfig's `epochDurationMs`. */
export const EPOCH_DURATION: usize = ARENA + 384;
/** 1 once `order` has started from the checkpoint that we stand at: with its chain's thresholds, epoch and committee. */
export const ORDER_STARTED: usize = ARENA + 392;
/** Of the checkpoint in the making: its commits, the open one among them, and the transactions that these ordered. */
export const OPEN_COMMITS: usize = ARENA + 396;
export const OPEN_TRANSACTIONS: usize = ARENA + 400;
/** Users' transactions of CONTENTS whose signatures are not hashed. */
export const SIGNATURES_LEFT: usize = ARENA + 404;

export const CONTENTS_HASH: usize = ARENA + 448;
export const CONTENTS_LIST: usize = CONTENTS_HASH + BLAKE2B_STATE_BYTES;
export const SUMMARY: usize = CONTENTS_LIST + MERKLE_LIST_BYTES;
export const VAULT_READY: usize = SUMMARY + SUMMARY_CAPACITY;
/** Members of the committee in force, u32, 4 bytes unused, then their keys. */
export const COMMITTEE: usize = VAULT_READY + VAULT_READY_BYTES;
export const COMMITTEE_KEYS: usize = COMMITTEE + 8;
export const NEXT_COMMITTEE: usize = COMMITTEE_KEYS + <usize>MAX_VALIDATORS * <usize>PUBLIC_KEY_BYTES;
export const NEXT_COMMITTEE_KEYS: usize = NEXT_COMMITTEE + 8;
export const CONTENTS: usize = NEXT_COMMITTEE_KEYS + <usize>MAX_VALIDATORS * <usize>PUBLIC_KEY_BYTES;
export const RESULTS: usize = CONTENTS + <usize>MAX_CHECKPOINT_TRANSACTIONS * CONTENT_BYTES;
export const COMMITS: usize = RESULTS + <usize>MAX_COMMIT_TRANSACTIONS * RESULT_BYTES;
export const TRANSACTIONS: usize = COMMITS + <usize>COMMIT_SLOTS * COMMIT_BYTES;
export const POOL: usize = TRANSACTIONS + <usize>TRANSACTION_SLOTS * TRANSACTION_BYTES;

/** Neither genesis nor an installed checkpoint yet. */
export const PHASE_EMPTY: u32 = 0;
/** No commit is open. */
export const PHASE_IDLE: u32 = 1;
/** The open commit waits for results and steps. */
export const PHASE_STEPS: u32 = 2;
/** All is applied, and the checkpoint ends here; user signatures are awaited. */
export const PHASE_SIGNATURES: u32 = 3;
/** The summary is made; the vault's signature is awaited. */
export const PHASE_CLOSING: u32 = 4;

const VAULT_BOOT: usize = PUBLIC_KEY_BYTES;
const VAULT_CHAIN: usize = VAULT_BOOT + 8;

export function stateBase(): usize {
  return ARENA;
}

export function stateLength(): u32 {
  return <u32>ARENA_BYTES;
}

export function phase(): u32 {
  return load<u32>(PHASE);
}

export function setPhase(value: u32): void {
  store<u32>(PHASE, value);
}

/** A commit is open from `begin` until it is applied; a checkpoint's last one until that is signed. */
export function isOpen(): bool {
  return phase() >= PHASE_STEPS;
}

/** The chain that the vault said it was bound to when it became ready. */
export function vaultChain(): usize {
  return VAULT_READY + VAULT_CHAIN;
}

/** Bytes of the arena that mean something now: what stands always, and what the rings and the pool hold. */
export function bytesUsed(): u32 {
  return <u32>(
    (COMMITS -
      ARENA +
      <usize>load<u32>(COMMITS_COUNT) * COMMIT_BYTES +
      <usize>load<u32>(TRANSACTIONS_COUNT) * TRANSACTION_BYTES +
      <usize>load<u32>(POOL_USED) * OPERATION_BYTES)
  );
}

/**
 * Back to what it was before `genesis`, byte for byte, but for what is no part of a chain: configuration, vault, counters. For a genesis
 * that is not the configured one.
 */
export function forgetChain(): void {
  setPhase(PHASE_EMPTY);
  clear(BOUND, VAULT_KNOWN);
  clear(APPLIED, LAST_REFUSAL);
  clear(NEXT_SEQUENCE, REFUSED_RESULTS);
  clear(GAS, CONFIGURED_CHAIN);
  clear(CHAIN, VAULT_READY);
  clear(CONTENTS, ARENA + ARENA_BYTES);
}

function clear(from: usize, to: usize): void {
  memory.fill(from, 0, to - from);
}
