/** What the checkpoint in the making lists: executed transactions of its commits in their order, and the signatures that authorised them. */

import { copy32, equal32, isZero32 } from "../lib/bytes";
import { blake2b256, blake2b256Final } from "../lib/hash/blake2b";
import * as writer from "../lib/iota/checkpoint-writer";
import { merkleListAppend, merkleListInit, merkleListRoot } from "../lib/merkle-list";
import * as queue from "./queue";
import * as results from "./results";
import * as state from "./state";

const EFFECTS: usize = 32;
/** Digest of its signatures; zero of a system transaction, which has none. */
const SIGNATURES: usize = 64;
/** Of an entry, what the Merkle list holds: transaction digest, effects digest. */
const LEAF_BYTES: u32 = 64;
const DIGEST: usize = memory.data(32, 16);

export function clearContents(): void {
  store<u32>(state.CONTENTS_COUNT, 0);
  store<u32>(state.SIGNED_COUNT, 0);
  store<u32>(state.SIGNATURES_LEFT, 0);
  merkleListInit(state.CONTENTS_LIST);
}

export function count(): u32 {
  return load<u32>(state.CONTENTS_COUNT);
}

/** Lists the transaction at `place` of the open commit, whose result is kept. There is room: a checkpoint ends before it could lack (cut.ts). */
export function append(place: u32): void {
  const entry = entryAt(count());
  copy32(entry, queue.transactionDigest(place));
  copy32(entry + EFFECTS, results.resultEffects(place));
  copy32(entry + SIGNATURES, queue.signaturesDigest(place));
  merkleListAppend(state.CONTENTS_LIST, entry, LEAF_BYTES);
  if (!isSystem(count())) store<u32>(state.SIGNATURES_LEFT, signaturesLeft() + 1);
  store<u32>(state.CONTENTS_COUNT, count() + 1);
}

/** Begins to hash the contents, the list being complete. */
export function beginSignatures(): void {
  writer.beginContents(state.CONTENTS_HASH, state.CONTENTS, state.CONTENT_BYTES, count());
  passSystem();
}

/** Users' transactions whose signatures are still to come. */
export function signaturesLeft(): u32 {
  return load<u32>(state.SIGNATURES_LEFT);
}

/** Entry of the user's transaction whose signatures are hashed next. */
export function nextSigned(): u32 {
  return load<u32>(state.SIGNED_COUNT);
}

/** The first entry from `entry` on that is a user's, or `count()`. */
export function userFrom(entry: u32): u32 {
  while (entry < count() && isSystem(entry)) entry++;
  return entry;
}

/** Are these the signatures that `verify` passed for the transaction of an entry? `list`: bcs of the list. */
export function signaturesMatch(entry: u32, list: usize, length: u32): bool {
  blake2b256(DIGEST, list, length);
  return equal32(DIGEST, entryAt(entry) + SIGNATURES);
}

/** Hashes the next transaction's signatures. */
export function addSignatures(list: usize, length: u32): void {
  writer.addUserSignatures(state.CONTENTS_HASH, list, length);
  store<u32>(state.SIGNATURES_LEFT, signaturesLeft() - 1);
  store<u32>(state.SIGNED_COUNT, nextSigned() + 1);
  passSystem();
}

/** Writes the digest of CheckpointContents and the root of the Merkle list; the hash is used up. */
export function endContents(digest: usize, root: usize): void {
  blake2b256Final(state.CONTENTS_HASH, digest);
  merkleListRoot(state.CONTENTS_LIST, root);
}

/** Hashes what stands for the signatures of system transactions, up to the next of a user. */
function passSystem(): void {
  const user = userFrom(nextSigned());
  for (let entry = nextSigned(); entry < user; entry++) {
    if (load<u64>(state.NEXT_SEQUENCE) == 0) writer.addGenesisSignatures(state.CONTENTS_HASH);
    else writer.addSystemSignatures(state.CONTENTS_HASH);
  }
  store<u32>(state.SIGNED_COUNT, user);
}

function isSystem(entry: u32): bool {
  return isZero32(entryAt(entry) + SIGNATURES);
}

function entryAt(index: u32): usize {
  return state.CONTENTS + <usize>index * state.CONTENT_BYTES;
}
