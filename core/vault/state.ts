/**
 * Everything of the vault that outlives a step, in one arena.
 *
 * The vault's memory is a record: the seed, the watermarks and the counter's generation they are sealed under. Two records lie
 * side by side. CURRENT is durable: what it says was sealed, and counted, before anything was released under it. NEXT differs
 * from CURRENT while a seal is under way, and becomes CURRENT when the platform says that it is durable.
 */
import { SIGNED_BLOCK, SIGNED_CHECKPOINT, SIGNED_STANDING } from "../lib/signed-message";

/** Requests that wait while a seal is under way. `order` and `ledger` have at most one signature and one bind out at a time. */
export const QUEUE_CAPACITY: u32 = 8;

// Arena: what the vault is doing, then the two records, then the ring of waiting requests, then the nonce of a recovery.
const ARENA_BYTES: usize = 1032;
const ARENA: usize = memory.data(1032, 16);

const PHASE: usize = 0;
const FAILURE: usize = 4;
const AUTHOR: usize = 8;
const RECOVERS: usize = 12;
/** The request, or step of a boot, whose seal is under way; KIND_NONE when none is. Same layout as a queue entry. */
const PENDING_OFFSET: usize = 16;
const CURRENT_OFFSET: usize = 80;
const NEXT_OFFSET: usize = 280;
const QUEUE_HEAD: usize = 480;
const QUEUE_COUNT: usize = 484;
const QUEUE_OFFSET: usize = 488;
const NONCE: usize = 1000;

// Record.
const GENERATION: usize = 0;
const BOOT: usize = 8;
const ROUND: usize = 16;
const NEXT_SEQUENCE: usize = 24;
const RECORD_AUTHOR: usize = 32;
const ROUND_BOOT: usize = 40;
const SEED: usize = 48;
const CHAIN: usize = 80;
const ROUND_DIGEST: usize = 112;
const SEQUENCE_DIGEST: usize = 144;
const RECORD_EPOCH: usize = 176;
const RECOVERED_ROUND: usize = 184;
const ENDING: usize = 192;
const RECORD_BYTES: usize = 200;

// Request.
const KIND: usize = 0;
const ENDS_EPOCH: usize = 4;
const EPOCH: usize = 8;
const SLOT: usize = 16;
const DIGEST: usize = 24;
const LEADER_ROUND: usize = 56;
const REQUEST_BYTES: usize = 64;

/** Not configured, or with a malformed configuration: nothing is served. */
export const PHASE_OFF: u32 = 0;
export const PHASE_LOADING: u32 = 1;
export const PHASE_ENTROPY: u32 = 2;
/** The boot's own seal is under way. */
export const PHASE_BOOTING: u32 = 3;
export const PHASE_READY: u32 = 4;
/** Everything is refused with `failure()` until a reboot. */
export const PHASE_FAILED: u32 = 5;
/** Entropy for the nonce of a recovery is asked for. */
export const PHASE_NONCE: u32 = 6;
/** What peers' vaults say with that nonce is waited for. */
export const PHASE_RECOVERING: u32 = 7;

export const KIND_NONE: u32 = 0;
/** The kinds that are signed carry the numbers they have in the signed message. */
export const KIND_BLOCK: u32 = SIGNED_BLOCK;
export const KIND_CHECKPOINT: u32 = SIGNED_CHECKPOINT;
/** Needs no seal, and never waits for one. */
export const KIND_STANDING: u32 = SIGNED_STANDING;
export const KIND_BIND: u32 = 4;
/** Finishing a count that a crash interrupted. */
export const KIND_RECOUNT: u32 = 5;
export const KIND_BOOT: u32 = 6;

export function stateBase(): usize {
  return ARENA;
}

export function stateLength(): u32 {
  return <u32>ARENA_BYTES;
}

/** Back to the state before `init`. */
export function clearState(author: u32, recovers: bool): void {
  memory.fill(ARENA, 0, ARENA_BYTES);
  store<u32>(ARENA, author, AUTHOR);
  store<u32>(ARENA, recovers ? 1 : 0, RECOVERS);
}

/** As configured: the counter is not to be trusted. */
export function recovers(): bool {
  return load<u32>(ARENA, RECOVERS) != 0;
}

/** 32 bytes: what peers' vaults are asked with, of a recovery. */
export function nonce(): usize {
  return ARENA + NONCE;
}

export function phase(): u32 {
  return load<u32>(ARENA, PHASE);
}

export function setPhase(value: u32): void {
  store<u32>(ARENA, value, PHASE);
}

export function failure(): u32 {
  return load<u32>(ARENA, FAILURE);
}

export function setFailure(code: u32): void {
  store<u32>(ARENA, code, FAILURE);
}

/** This validator's index in the committee in force, as configured. */
export function author(): u32 {
  return load<u32>(ARENA, AUTHOR);
}

export function current(): usize {
  return ARENA + CURRENT_OFFSET;
}

export function next(): usize {
  return ARENA + NEXT_OFFSET;
}

/** NEXT begins as a copy of CURRENT. */
export function prepareNext(): void {
  memory.copy(next(), current(), RECORD_BYTES);
}

/** NEXT is durable. */
export function adoptNext(): void {
  memory.copy(current(), next(), RECORD_BYTES);
}

export function generation(record: usize): u64 {
  return load<u64>(record, GENERATION);
}

export function setGeneration(record: usize, value: u64): void {
  store<u64>(record, value, GENERATION);
}

/** How many times this vault was started, from 1. */
export function boot(record: usize): u64 {
  return load<u64>(record, BOOT);
}

export function setBoot(record: usize, value: u64): void {
  store<u64>(record, value, BOOT);
}

/** The last epoch that anything was signed in. */
export function recordEpoch(record: usize): u64 {
  return load<u64>(record, RECORD_EPOCH);
}

export function setRecordEpoch(record: usize, value: u64): void {
  store<u64>(record, value, RECORD_EPOCH);
}

/** Whether anything was signed in this epoch, which is not before the last. */
export function hasSignedIn(record: usize, value: u64): bool {
  return value == recordEpoch(record) && (round(record) != 0 || nextSequence(record) != 0);
}

/** A later epoch: its rounds begin anew. Sequences go on. */
export function enterEpoch(record: usize, value: u64): void {
  setRecordEpoch(record, value);
  setRound(record, 0, 0);
  memory.fill(roundDigest(record), 0, 32);
  setRecoveredRound(record, 0);
  setEnding(record, false);
}

/** Highest round of that epoch signed, or that may have been; 0 before the first. */
export function round(record: usize): u64 {
  return load<u64>(record, ROUND);
}

/** The boot in which it was signed: a block's header names its boot, so it is signed in that one's name when it is asked for again. */
export function roundBoot(record: usize): u64 {
  return load<u64>(record, ROUND_BOOT);
}

export function setRound(record: usize, value: u64, bootNumber: u64): void {
  store<u64>(record, value, ROUND);
  store<u64>(record, bootNumber, ROUND_BOOT);
}

/** Highest round of that epoch that may have been signed before the state was lost; 0: it was not, in that epoch. */
export function recoveredRound(record: usize): u64 {
  return load<u64>(record, RECOVERED_ROUND);
}

export function setRecoveredRound(record: usize, value: u64): void {
  store<u64>(record, value, RECOVERED_ROUND);
}

/** The last checkpoint of that epoch was signed, or may have been before the state was lost. */
export function ending(record: usize): bool {
  return load<u32>(record, ENDING) != 0;
}

export function setEnding(record: usize, value: bool): void {
  store<u32>(record, value ? 1 : 0, ENDING);
}

/** One more than the highest checkpoint sequence signed; 0 before the first. */
export function nextSequence(record: usize): u64 {
  return load<u64>(record, NEXT_SEQUENCE);
}

export function setNextSequence(record: usize, value: u64): void {
  store<u64>(record, value, NEXT_SEQUENCE);
}

/** The place in the committee that the last epoch was signed in for. */
export function recordAuthor(record: usize): u32 {
  return load<u32>(record, RECORD_AUTHOR);
}

export function setRecordAuthor(record: usize, value: u32): void {
  store<u32>(record, value, RECORD_AUTHOR);
}

/** 32 bytes, secret: the seed of the signing key (FIPS 204, xi). */
export function seed(record: usize): usize {
  return record + SEED;
}

/** 32 bytes; zero until bound. */
export function chain(record: usize): usize {
  return record + CHAIN;
}

/** 32 bytes: the digest signed at the highest round. */
export function roundDigest(record: usize): usize {
  return record + ROUND_DIGEST;
}

/** 32 bytes: the digest signed at the highest sequence. */
export function sequenceDigest(record: usize): usize {
  return record + SEQUENCE_DIGEST;
}

export function pending(): usize {
  return ARENA + PENDING_OFFSET;
}

export function requestKind(request: usize): u32 {
  return load<u32>(request, KIND);
}

export function requestEpoch(request: usize): u64 {
  return load<u64>(request, EPOCH);
}

/** Round or sequence. */
export function requestSlot(request: usize): u64 {
  return load<u64>(request, SLOT);
}

/** 32 bytes: what to sign, or the chain to bind to. */
export function requestDigest(request: usize): usize {
  return request + DIGEST;
}

/** Of a checkpoint: round of the last leader whose commit it holds. */
export function requestLeaderRound(request: usize): u64 {
  return load<u64>(request, LEADER_ROUND);
}

/** Of a checkpoint: it is its epoch's last. */
export function requestEndsEpoch(request: usize): bool {
  return load<u32>(request, ENDS_EPOCH) != 0;
}

/** Adds to a request what a checkpoint holds. */
export function setRequestCommits(request: usize, leaderRound: u64, endsEpoch: bool): void {
  store<u64>(request, leaderRound, LEADER_ROUND);
  store<u32>(request, endsEpoch ? 1 : 0, ENDS_EPOCH);
}

/** Writes a request; `digest` 0 leaves the digest zero. */
export function setRequest(request: usize, kind: u32, epoch: u64, slot: u64, digest: usize): void {
  memory.fill(request, 0, REQUEST_BYTES);
  store<u32>(request, kind, KIND);
  store<u64>(request, epoch, EPOCH);
  store<u64>(request, slot, SLOT);
  if (digest) memory.copy(request + DIGEST, digest, 32);
}

export function copyRequest(to: usize, from: usize): void {
  memory.copy(to, from, REQUEST_BYTES);
}

/** Appends a request to the queue. False: it is full. */
export function enqueue(request: usize): bool {
  const count = load<u32>(ARENA, QUEUE_COUNT);
  if (count >= QUEUE_CAPACITY) return false;
  const place = (load<u32>(ARENA, QUEUE_HEAD) + count) % QUEUE_CAPACITY;
  copyRequest(ARENA + QUEUE_OFFSET + place * REQUEST_BYTES, request);
  store<u32>(ARENA, count + 1, QUEUE_COUNT);
  return true;
}

/** Takes the oldest request off the queue into `to`. False: none waits. */
export function dequeue(to: usize): bool {
  const count = load<u32>(ARENA, QUEUE_COUNT);
  if (count == 0) return false;
  const head = load<u32>(ARENA, QUEUE_HEAD) % QUEUE_CAPACITY;
  copyRequest(to, ARENA + QUEUE_OFFSET + head * REQUEST_BYTES);
  store<u32>(ARENA, (head + 1) % QUEUE_CAPACITY, QUEUE_HEAD);
  store<u32>(ARENA, count - 1, QUEUE_COUNT);
  return true;
}
