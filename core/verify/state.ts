/**
 * All that `verify` keeps between steps: what its configuration came to. It holds nothing else, so any number of instances serve one node
 * and any of them may be started again at any time.
 */
import { copy32 } from "../lib/bytes";
import { FAULT_RULE_BYTES } from "../lib/faults";
import { PUBLIC_KEY_BYTES } from "../wire/generated";

// Layout of the arena: ready u32, committee size u32, epoch u64, reference gas price u64, chain 32 bytes, own index u32, 4 bytes unused, digest of
// the checkpoint that the epoch began with 32 bytes, the chain's fault rule 8 bytes, then the committee's keys.
const READY: usize = 0;
const COMMITTEE_SIZE: usize = 4;
const EPOCH: usize = 8;
const REFERENCE_GAS_PRICE: usize = 16;
const CHAIN: usize = 24;
const AUTHOR: usize = 56;
const OPENING: usize = 64;
const FAULTS: usize = 96;
const KEYS: usize = 104;
/** KEYS + MAX_VALIDATORS · PUBLIC_KEY_BYTES. */
const ARENA_BYTES: u32 = 195_304;
const ARENA: usize = memory.data(195_304, 16);

export function stateBase(): usize {
  return ARENA;
}

export function stateLength(): u32 {
  return ARENA_BYTES;
}

/** Back to the state before `init`. */
export function clear(): void {
  memory.fill(ARENA, 0, ARENA_BYTES);
}

/** `referenceGasPrice`: NANOS a unit of computation. */
export function setEnvironment(epoch: u64, referenceGasPrice: u64): void {
  store<u64>(ARENA, epoch, EPOCH);
  store<u64>(ARENA, referenceGasPrice, REFERENCE_GAS_PRICE);
}

/** `digest`: of the genesis checkpoint; `faults`: the chain's fault rule. */
export function setChain(digest: usize, faults: usize): void {
  copy32(ARENA + CHAIN, digest);
  memory.copy(ARENA + FAULTS, faults, FAULT_RULE_BYTES);
}

/** Our own place in the committee that is in force. */
export function setAuthor(place: u32): void {
  store<u32>(ARENA, place, AUTHOR);
}

/** The configuration was taken whole. */
export function setReady(): void {
  store<u32>(ARENA, 1, READY);
}

/** An epoch is in force, of a committee whose keys follow through `setMemberKey`. `digest`: of the checkpoint that it begins with. */
export function beginEpoch(epoch: u64, members: u32, digest: usize): void {
  store<u64>(ARENA, epoch, EPOCH);
  store<u32>(ARENA, members, COMMITTEE_SIZE);
  copy32(ARENA + OPENING, digest);
}

export function setMemberKey(author: u32, key: usize): void {
  memory.copy(memberKey(author), key, PUBLIC_KEY_BYTES);
}

/** Digest of the checkpoint that the epoch began with, 32 bytes: genesis's, or the last of the epoch before. */
export function opening(): usize {
  return ARENA + OPENING;
}

/** Whether there is a configuration: enough for transactions. */
export function isReady(): bool {
  return load<u32>(ARENA, READY) != 0;
}

/** Whether there is a chain, and so a committee: needed for blocks and checkpoints, which are signed for one chain. */
export function knowsCommittee(): bool {
  return committeeSize() > 0;
}

/** Digest of the genesis checkpoint, 32 bytes. */
export function chain(): usize {
  return ARENA + CHAIN;
}

export function epoch(): u64 {
  return load<u64>(ARENA, EPOCH);
}

/** NANOS a unit of computation. */
export function referenceGasPrice(): u64 {
  return load<u64>(ARENA, REFERENCE_GAS_PRICE);
}

export function committeeSize(): u32 {
  return load<u32>(ARENA, COMMITTEE_SIZE);
}

/** The chain's fault rule, bcs(FaultRule): it makes the committee safe. */
export function faults(): usize {
  return ARENA + FAULTS;
}

/** Our own place in the committee; NO_AUTHOR when we have none. */
export function author(): u32 {
  return load<u32>(ARENA, AUTHOR);
}

/** The ML-DSA-65 key of a member; `author` is below `committeeSize()`. */
export function memberKey(author: u32): usize {
  return ARENA + KEYS + <usize>author * PUBLIC_KEY_BYTES;
}
