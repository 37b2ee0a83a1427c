/**
 * Everything of `order` that outlives a step, in one arena. First what decides (256 bytes), then the block whose signature is
 * out, then the sets that only say what may be proposed: verified blocks and checkpoints, digests ordered lately, the pool.
 */
import { copy32 } from "../lib/bytes";

// The arena's parts, in bytes from its start. Each part's own file says how it is laid out.
/** core/order/outstanding.ts: 128 bytes, a header, and 512 transactions of 128 bytes. */
const OUTSTANDING: usize = 256;
/** core/order/verified.ts: two rings. */
const BLOCKS: usize = 82_416;
const CHECKPOINTS: usize = 90_624;
/** core/order/ordered.ts. */
const ORDERED: usize = 98_832;
/** core/order/pool.ts. */
const POOL: usize = 688_680;
const ARENA_BYTES: usize = 2_949_712;

const ARENA: usize = memory.data(2949712, 16);

// Core.
const STARTED: usize = 0;
const VAULT_READY: usize = 4;
const VAULT_FAILURE: usize = 8;
const INSTALLED: usize = 12;
const AUTHOR: usize = 16;
const EPOCH: usize = 24;
const BOOT: usize = 32;
const VAULT_ROUND: usize = 40;
const COMMIT: usize = 48;
const ROUND: usize = 56;
const TIMESTAMP: usize = 64;
const CHAIN: usize = 80;
const COMMIT_DIGEST: usize = 112;
const LAST_BLOCK: usize = 144;

export function stateBase(): usize {
  return ARENA;
}

export function stateLength(): u32 {
  return <u32>ARENA_BYTES;
}

export function outstandingArea(): usize {
  return ARENA + OUTSTANDING;
}

export function blocksArea(): usize {
  return ARENA + BLOCKS;
}

export function checkpointsArea(): usize {
  return ARENA + CHECKPOINTS;
}

export function orderedArea(): usize {
  return ARENA + ORDERED;
}

export function poolArea(): usize {
  return ARENA + POOL;
}

/** Back to the state before `init`. */
export function clearState(): void {
  memory.fill(ARENA, 0, ARENA_BYTES);
}

/** Configured: `chainAt` addresses the digest of the genesis checkpoint. */
export function configure(chainAt: usize, epoch: u64, author: u32): void {
  copy32(ARENA + CHAIN, chainAt);
  store<u64>(ARENA, epoch, EPOCH);
  store<u32>(ARENA, author, AUTHOR);
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

/** Own index in the committee. */
export function author(): u32 {
  return load<u32>(ARENA, AUTHOR);
}

export function vaultReady(): bool {
  return load<u32>(ARENA, VAULT_READY) != 0;
}

export function setVaultReady(bootNumber: u64, round: u64): void {
  store<u32>(ARENA, 1, VAULT_READY);
  store<u64>(ARENA, bootNumber, BOOT);
  setVaultRound(round);
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

export function setVaultRound(round: u64): void {
  store<u64>(ARENA, round, VAULT_ROUND);
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

/** Round of the last commit's leader, which in a committee of one is our last block; 0 before the first. */
export function lastRound(): u64 {
  return load<u64>(ARENA, ROUND);
}

/** 32 bytes: digest of that block; zero before the first. */
export function lastBlock(): usize {
  return ARENA + LAST_BLOCK;
}

/** Milliseconds since 1970: the last commit's; 0 before the first. */
export function lastTimestampMs(): u64 {
  return load<u64>(ARENA, TIMESTAMP);
}

/** The last commit is this one. */
export function setCommit(index: u64, digest: usize, round: u64, block: usize, timestampMs: u64): void {
  store<u64>(ARENA, index, COMMIT);
  copy32(ARENA + COMMIT_DIGEST, digest);
  store<u64>(ARENA, round, ROUND);
  copy32(ARENA + LAST_BLOCK, block);
  store<u64>(ARENA, timestampMs, TIMESTAMP);
}
