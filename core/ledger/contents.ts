/** What the open commit's checkpoint lists: executed transactions in commit order, and the signatures that authorised them. */

import { copy32, equal32 } from "../lib/bytes";
import { blake2b256, blake2b256Final } from "../lib/hash/blake2b";
import * as writer from "../lib/iota/checkpoint-writer";
import { merkleListAppend, merkleListInit, merkleListRoot } from "../lib/merkle-list";
import * as queue from "./queue";
import * as results from "./results";
import * as state from "./state";

const EFFECTS: usize = 32;
const PLACE: usize = 64;
/** Of an entry, what the Merkle list holds: transaction digest, effects digest. */
const LEAF_BYTES: u32 = 64;
const DIGEST: usize = memory.data(32, 16);

export function clearContents(): void {
  store<u32>(state.CONTENTS_COUNT, 0);
  merkleListInit(state.CONTENTS_LIST);
}

/** Lists the transaction at `place`, whose result is kept. A commit has no more places than the list has entries. */
export function append(place: u32): void {
  const count = load<u32>(state.CONTENTS_COUNT);
  const entry = entryAt(count);
  copy32(entry, queue.transactionDigest(place));
  copy32(entry + EFFECTS, results.resultEffects(place));
  store<u64>(entry, place, PLACE);
  merkleListAppend(state.CONTENTS_LIST, entry, LEAF_BYTES);
  store<u32>(state.CONTENTS_COUNT, count + 1);
}

/** Begins to hash the contents, the list being complete. */
export function beginSignatures(): void {
  writer.beginContents(state.CONTENTS_HASH, state.CONTENTS, state.CONTENT_BYTES, load<u32>(state.CONTENTS_COUNT));
  passSystem();
}

/** Users' transactions whose signatures are still to come. System transactions come first in a commit, and the one that ends the epoch last. */
export function signaturesLeft(): u32 {
  return load<u32>(state.CONTENTS_COUNT) - load<u32>(state.END_ADDED) - load<u32>(state.SIGNED_COUNT);
}

/** Place in the commit of the transaction whose signatures are the `ahead`-th from now. */
export function placeOf(ahead: u32): u32 {
  return <u32>load<u64>(entryAt(load<u32>(state.SIGNED_COUNT) + ahead), PLACE);
}

/** Are these the signatures that `verify` passed for it? `list`: bcs of the list. */
export function signaturesMatch(ahead: u32, list: usize, length: u32): bool {
  blake2b256(DIGEST, list, length);
  return equal32(DIGEST, queue.signaturesDigest(placeOf(ahead)));
}

/** Hashes the next transaction's signatures. */
export function addSignatures(list: usize, length: u32): void {
  writer.addUserSignatures(state.CONTENTS_HASH, list, length);
  store<u32>(state.SIGNED_COUNT, load<u32>(state.SIGNED_COUNT) + 1);
}

/** Writes the digest of CheckpointContents and the root of the Merkle list; the hash is used up. */
export function endContents(digest: usize, root: usize): void {
  if (load<u32>(state.END_ADDED) == 1) writer.addSystemSignatures(state.CONTENTS_HASH);
  blake2b256Final(state.CONTENTS_HASH, digest);
  merkleListRoot(state.CONTENTS_LIST, root);
}

/** The first transaction of every commit is a system transaction; of the others, only the one that ends an epoch is. */
function passSystem(): void {
  if (queue.commitIndex() == 0) writer.addGenesisSignatures(state.CONTENTS_HASH);
  else writer.addSystemSignatures(state.CONTENTS_HASH);
  store<u32>(state.SIGNED_COUNT, 1);
}

function entryAt(index: u32): usize {
  return state.CONTENTS + <usize>index * state.CONTENT_BYTES;
}
