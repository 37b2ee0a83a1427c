/**
 * Everything of `order` that outlives a step, in one arena whose parts the configuration sizes (layout.ts): what decides, then what only says
 * what may be proposed, and last the DAG, by rounds. All of it, offsets included, is in the arena, so that a copy of it is a whole `order`.
 */
import { copy32 } from "../lib/bytes";

/** ORDER_ARENA_BYTES of core/wire/capacities.ts: what the parts must fit. */
export const ARENA_CAPACITY: usize = 50_331_648;
const ARENA: usize = memory.data(50331648, 16);

// Core. Numbers are u64 where rounds and indices are meant, u32 otherwise.
const STARTED: usize = 0;
const VAULT_READY: usize = 4;
const VAULT_FAILURE: usize = 8;
const INSTALLED: usize = 12;
const AUTHOR: usize = 16;
const COMMITTEE_SIZE: usize = 20;
const EPOCH: usize = 24;
const BOOT: usize = 32;
const VAULT_ROUND: usize = 40;
const COMMIT: usize = 48;
const TIMESTAMP: usize = 56;
const HORIZON: usize = 64;
const NEXT_ROUND: usize = 72;
const HIGHEST_ROUND: usize = 80;
const NEXT_RANK: usize = 88;
const LENGTH: usize = 92;
const CHAIN: usize = 96;
const COMMIT_DIGEST: usize = 128;
const VAULT_DIGEST: usize = 160;
const START: usize = 192;
const DURATION: usize = 200;
const ENDED: usize = 208;
const VAULT_KEY: usize = 216;
/** Configured numbers, u32 each, then offsets of the arena's parts: layout.ts writes them. */
const NUMBERS: usize = 248;

/** Where the table of leaders begins. */
export const CORE_BYTES: usize = 360;

// Places in NUMBERS. Thresholds:
export const PARENTS: u32 = 0;
export const WAVE: u32 = 1;
export const CERTIFICATE: u32 = 2;
export const DIRECT_COMMIT: u32 = 3;
export const DIRECT_SKIP: u32 = 4;
export const INDIRECT_COMMIT: u32 = 5;
export const FAST_COMMIT: u32 = 6;
export const FAST_INDIRECT: u32 = 7;
// Leaders, and capacities:
export const LEADERS: u32 = 8;
export const TABLE: u32 = 9;
export const ROUNDS: u32 = 10;
export const DEPTH: u32 = 11;
export const TWINS: u32 = 12;
export const BLOCK_TRANSACTIONS: u32 = 13;
export const POOL_TRANSACTIONS: u32 = 14;
export const POOL_GAS_OBJECTS: u32 = 15;
export const ORDERED_DIGESTS: u32 = 16;
export const VERIFIED_ITEMS: u32 = 17;
// Offsets and sizes in bytes:
export const COMMITTED_AT: u32 = 18;
export const OUTSTANDING_AT: u32 = 19;
export const VERIFIED_AT: u32 = 20;
export const ORDERED_AT: u32 = 21;
export const POOL_AT: u32 = 22;
export const DAG_AT: u32 = 23;
export const ROW_BYTES: u32 = 24;
export const CELL_BYTES: u32 = 25;
/** Bytes of a block's history in one round. */
export const HISTORY_BYTES: u32 = 26;
export const NUMBER_COUNT: u32 = 27;

export function stateBase(): usize {
  return ARENA;
}

/** Bytes in use: those of the configured capacities. */
export function stateLength(): u32 {
  return max(load<u32>(ARENA, LENGTH), <u32>CORE_BYTES);
}

/** A configured number, by its place. */
export function number(place: u32): u32 {
  return load<u32>(ARENA + NUMBERS + ((<usize>place) << 2));
}

export function setNumber(place: u32, value: u32): void {
  store<u32>(ARENA + NUMBERS + ((<usize>place) << 2), value);
}

/** Address of a part, by the place of its offset. */
export function part(place: u32): usize {
  return ARENA + number(place);
}

/** Back to the state before `init`. */
export function clearState(): void {
  memory.fill(ARENA, 0, CORE_BYTES);
}

/** Configured, with `length` bytes in use, of which those after the core are cleared: `chainAt` addresses the digest of the genesis checkpoint. */
export function configure(
  chainAt: usize,
  epoch: u64,
  epochStartMs: u64,
  epochDurationMs: u64,
  author: u32,
  committeeSize: u32,
  length: u32,
): void {
  memory.fill(ARENA + CORE_BYTES, 0, length - <u32>CORE_BYTES);
  copy32(ARENA + CHAIN, chainAt);
  store<u64>(ARENA, epoch, EPOCH);
  store<u64>(ARENA, epochStartMs, START);
  store<u64>(ARENA, epochStartMs, TIMESTAMP);
  store<u64>(ARENA, epochDurationMs, DURATION);
  store<u32>(ARENA, author, AUTHOR);
  store<u32>(ARENA, committeeSize, COMMITTEE_SIZE);
  store<u64>(ARENA, 1, NEXT_ROUND);
  store<u32>(ARENA, length, LENGTH);
  store<u32>(ARENA, 1, STARTED);
}

export function configured(): bool {
  return load<u32>(ARENA, STARTED) != 0;
}

/** 32 bytes. */
export function chain(): usize {
  return ARENA + CHAIN;
}

export function epoch(): u64 {
  return load<u64>(ARENA, EPOCH);
}

/** Milliseconds since 1970. */
export function epochStartMs(): u64 {
  return load<u64>(ARENA, START);
}

/** Milliseconds; 0: the epoch does not end. */
export function epochDurationMs(): u64 {
  return load<u64>(ARENA, DURATION);
}

/** Whether a commit of this time, which is not before the epoch's beginning, is the epoch's last. */
export function endsEpoch(timestampMs: u64): bool {
  return epochDurationMs() > 0 && timestampMs - epochStartMs() >= epochDurationMs();
}

/** The epoch's last commit was made, or installed: nothing is committed, made or taken any more. */
export function hasEnded(): bool {
  return load<u32>(ARENA, ENDED) != 0;
}

export function setEnded(): void {
  store<u32>(ARENA, 1, ENDED);
}

/** Own index in the committee, or NO_AUTHOR. */
export function author(): u32 {
  return load<u32>(ARENA, AUTHOR);
}

export function committeeSize(): u32 {
  return load<u32>(ARENA, COMMITTEE_SIZE);
}

export function vaultReady(): bool {
  return load<u32>(ARENA, VAULT_READY) != 0;
}

/** `digest`: what was signed at `round`, 32 bytes. */
export function setVaultReady(bootNumber: u64, round: u64, digest: usize): void {
  store<u32>(ARENA, 1, VAULT_READY);
  store<u64>(ARENA, bootNumber, BOOT);
  setVaultRound(round, digest);
}

/** blake2b256 of the vault's public key, 32 bytes; zero before it has said it. */
export function vaultKey(): usize {
  return ARENA + VAULT_KEY;
}

/** Why the vault's boot failed, a code of VaultRefusal; 0 while it has not. */
export function vaultFailure(): u32 {
  return load<u32>(ARENA, VAULT_FAILURE);
}

export function setVaultFailure(code: u32): void {
  store<u32>(ARENA, code, VAULT_FAILURE);
}

/** The vault's boot number, which is in every block's header. */
export function boot(): u64 {
  return load<u64>(ARENA, BOOT);
}

/** Highest round that the vault is known to have signed, or to refuse. */
export function vaultRound(): u64 {
  return load<u64>(ARENA, VAULT_ROUND);
}

/** 32 bytes: what it signed there; zero where that is not known. */
export function vaultDigest(): usize {
  return ARENA + VAULT_DIGEST;
}

export function setVaultRound(round: u64, digest: usize): void {
  store<u64>(ARENA, round, VAULT_ROUND);
  copy32(ARENA + VAULT_DIGEST, digest);
}

/** A checkpoint was installed. */
export function installed(): bool {
  return load<u32>(ARENA, INSTALLED) != 0;
}

export function setInstalled(): void {
  store<u32>(ARENA, 1, INSTALLED);
}

/** Index of the last commit; 0 is genesis, which `order` has no part in. */
export function commitIndex(): u64 {
  return load<u64>(ARENA, COMMIT);
}

/** 32 bytes: digest of the last commit; zero before the first. */
export function commitDigest(): usize {
  return ARENA + COMMIT_DIGEST;
}

/** Milliseconds since 1970: the last commit's; the beginning of the epoch before the first. */
export function lastTimestampMs(): u64 {
  return load<u64>(ARENA, TIMESTAMP);
}

/** The last commit is this one. */
export function setCommit(index: u64, digest: usize, timestampMs: u64): void {
  store<u64>(ARENA, index, COMMIT);
  copy32(ARENA + COMMIT_DIGEST, digest);
  store<u64>(ARENA, timestampMs, TIMESTAMP);
}

/** Blocks of this round and below are neither taken nor ordered any more: a function of what is committed. */
export function horizon(): u64 {
  return load<u64>(ARENA, HORIZON);
}

export function setHorizon(round: u64): void {
  store<u64>(ARENA, round, HORIZON);
}

/** The slot after the last committed one. */
export function nextRound(): u64 {
  return load<u64>(ARENA, NEXT_ROUND);
}

export function nextRank(): u32 {
  return load<u32>(ARENA, NEXT_RANK);
}

export function setNextSlot(round: u64, rank: u32): void {
  store<u64>(ARENA, round, NEXT_ROUND);
  store<u32>(ARENA, rank, NEXT_RANK);
}

/** Highest round that a block is held of; 0 before the first. */
export function highestRound(): u64 {
  return load<u64>(ARENA, HIGHEST_ROUND);
}

export function setHighestRound(round: u64): void {
  store<u64>(ARENA, round, HIGHEST_ROUND);
}

/** Round of an author's last committed block; 0 before the first. */
export function committedRound(author: u32): u64 {
  return load<u64>(part(COMMITTED_AT) + ((<usize>author) << 3));
}

export function setCommittedRound(author: u32, round: u64): void {
  store<u64>(part(COMMITTED_AT) + ((<usize>author) << 3), round);
}
