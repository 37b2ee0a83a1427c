/**
 * The state tree, verified without storing it: a batch of operations and a multiproof turn one root into the next, or are rejected.
 *
 * The tree is a 4-ary compressed trie from 32-byte keys to 32-byte digests. The path of a key takes byte 31 first, each byte from its
 * top bits, two bits a level: so keys sort as little-endian 256-bit integers, and the small system ids part at once instead of after
 * 31 shared bytes. An empty subtree hashes to 32 zero bytes. A leaf sits at its shortest unique prefix and hashes to
 * BLAKE2b-256(key || digest) with bit 0 of byte 31 cleared; its depth is left out, so that it moves without being hashed again. An inner node hashes to
 * BLAKE2b-256(its four child hashes) with that bit set, so that an opaque hash tells its kind and deletions need no further witness.
 * The root depends on the map alone: no child left makes an empty subtree, an only child that is a leaf moves up.
 *
 * An **operation** is key || old || new, 96 bytes, where 32 zero bytes stand for "absent": a read has old = new, a creation old = 0, a deletion
 * new = 0, an absence both. Keys ascend strictly, so a key has one operation at most.
 *
 * A **proof** is one byte string: u32 LE count of header bytes; the headers; then 32-byte words up to the end of the proof.
 * The first header is the code of the root; then comes one byte for each opened inner node in preorder, two bits for each child, child 0 lowest.
 *
 * | code | child with operations below it                     | child without                |
 * |---|---|---|
 * | 0    | empty                                              | empty                        |
 * | 1    | the leaf of one of the operations                  | not empty: its hash, 1 word  |
 * | 2    | a leaf of no operation: its key and digest, 2 words | rejected                     |
 * | 3    | an inner node, which is opened                     | rejected                     |
 *
 * Words stand in the order in which the children they belong to are met. Everything that an honest prover would not write is rejected, so
 * exactly one proof exists for a tree and a set of keys. Old and new root come from the same pass.
 *
 * Cost: an operation opens or makes at most 128 nodes, of one or two hashes each; a leaf takes one or two more. Hashes that are wanted together,
 * a node's before and after and all leaves of operations, are computed two at a time.
 * All scratch is static; recursion is at most MAX_DEPTH calls for opened nodes and then for new ones, since every call goes one level down.
 */
import { clear32, copy32, equal32, isZero32 } from "../bytes";
import { innerHash, innerHashes, leafHash, leafHashes } from "./hash";

/** Bytes of an operation: key, old digest, new digest. */
export const MERKLE_OPERATION_BYTES: usize = 96;
/** Most operations a call takes. Callers with more apply them in several calls, each against the root that the last one left. */
export const MERKLE_MAX_OPERATIONS: u32 = 8192;
/** Longest proof a call takes, in bytes. One operation needs 12,421 at most: 128 opened nodes, each a header and 3 words, and 5 bytes before. */
export const MERKLE_MAX_PROOF_BYTES: u32 = 4 << 20;

const OLD: usize = 32;
const NEW: usize = 64;

const ARITY: u32 = 4;
const DIGIT_BITS: u32 = 2;
const DIGIT_MASK: u32 = 3;
/** Digits of a key. Two distinct keys part at a depth below this. */
const MAX_DEPTH: u32 = 128;

const HASH: usize = 32;
const COUNT_BYTES: u32 = 4;

// Codes of children: see the table above. OPAQUE where no operation lies below, OWN where some do.
const EMPTY: u32 = 0;
const OPAQUE: u32 = 1;
const OWN: u32 = 1;
const FOREIGN: u32 = 2;
const OPENED: u32 = 3;

// What became of a subtree. UNCHANGED: its new hash is its old one, and the hashing of it is spared all the way up.
const UNCHANGED: u32 = 0;
const CHANGED: u32 = 1;
const REJECTED: u32 = 2;

// Answers of `onlyChild` beside an address.
const NO_CHILD: usize = 0;
const SEVERAL: usize = 1;

/** Four child hashes for each depth: one node a depth is under way at any time. */
const FRAME: usize = 128;
const OLD_CHILDREN: usize = memory.data(16384, 16);
const NEW_CHILDREN: usize = memory.data(16384, 16);
/** For each of MERKLE_MAX_OPERATIONS the hashes of its leaf before and after, where there is one. */
const LEAVES: usize = memory.data(524288, 16);
const LEAVES_SHIFT: usize = 6;
const OLD_ROOT: usize = memory.data(32, 16);
const NEW_ROOT: usize = memory.data(32, 16);

let firstOperation: usize = 0;
let header: usize = 0;
let headerEnd: usize = 0;
let word: usize = 0;
let wordEnd: usize = 0;

/** Order of two keys in the tree, that of little-endian 256-bit integers: -1, 0 or 1. */
export function merkleCompareKeys(a: usize, b: usize): i32 {
  for (let i: usize = 32; i > 0; i -= 8) {
    const x = load<u64>(a + i - 8);
    const y = load<u64>(b + i - 8);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

/**
 * Checks `operationCount` operations (96 bytes each, at least one, keys ascending) against the 32 bytes at `root`, and replaces these with
 * the root after all of them. False: the claim is not proved or the input is malformed, and `root` is as it was.
 * The three ranges must not overlap; `root` may be 32 zero bytes, the empty tree.
 */
export function merkleApply(root: usize, operations: usize, operationCount: u32, proof: usize, proofLength: u32): bool {
  if (operationCount == 0 || operationCount > MERKLE_MAX_OPERATIONS) return false;
  const end = operations + <usize>operationCount * MERKLE_OPERATION_BYTES;
  if (!ascending(operations, end) || !openProof(proof, proofLength)) return false;
  hashLeaves(operations, end);
  const rootCode: u32 = load<u8>(header++);
  if (subtree(rootCode, 0, operations, end, OLD_ROOT, NEW_ROOT) == REJECTED) return false;
  if (header != headerEnd || word != wordEnd || !equal32(OLD_ROOT, root)) return false;
  copy32(root, NEW_ROOT);
  return true;
}

function ascending(operations: usize, end: usize): bool {
  for (let next = operations + MERKLE_OPERATION_BYTES; next < end; next += MERKLE_OPERATION_BYTES) {
    if (merkleCompareKeys(next - MERKLE_OPERATION_BYTES, next) >= 0) return false;
  }
  return true;
}

/** Fills LEAVES, two leaves at a time; a leaf that stays the same is hashed once. */
function hashLeaves(operations: usize, end: usize): void {
  firstOperation = operations;
  let waitingAt: usize = 0;
  let waitingKey: usize = 0;
  let waitingDigest: usize = 0;
  for (let at = operations; at < end; at += MERKLE_OPERATION_BYTES) {
    const last: usize = equal32(at + OLD, at + NEW) ? OLD : NEW;
    for (let digest = OLD; digest <= last; digest += HASH) {
      if (isZero32(at + digest)) continue;
      const out = leafOf(at, digest);
      if (waitingAt == 0) {
        waitingAt = out;
        waitingKey = at;
        waitingDigest = at + digest;
      } else {
        leafHashes(waitingAt, waitingKey, waitingDigest, out, at, at + digest);
        waitingAt = 0;
      }
    }
  }
  if (waitingAt != 0) leafHash(waitingAt, waitingKey, waitingDigest);
}

/** Address of the hash of an operation's leaf with its OLD digest, or with its NEW one if that is another. */
function leafOf(operation: usize, digest: usize): usize {
  const index = (operation - firstOperation) / MERKLE_OPERATION_BYTES;
  return LEAVES + (index << LEAVES_SHIFT) + digest - OLD;
}

/** Splits the proof into its headers, at least one, and its whole words. */
function openProof(proof: usize, length: u32): bool {
  if (length > MERKLE_MAX_PROOF_BYTES || length <= COUNT_BYTES) return false;
  const headers = load<u32>(proof);
  const body = length - COUNT_BYTES;
  if (headers == 0 || headers > body || (body - headers) % HASH != 0) return false;
  header = proof + COUNT_BYTES;
  headerEnd = header + headers;
  word = headerEnd;
  wordEnd = proof + length;
  return true;
}

function digit(key: usize, depth: u32): u32 {
  const bit = depth * DIGIT_BITS;
  return (<u32>load<u8>(key + 31 - (bit >> 3)) >> (8 - DIGIT_BITS - (bit & 7))) & DIGIT_MASK;
}

function samePrefix(a: usize, b: usize, depth: u32): bool {
  for (let level: u32 = 0; level < depth; level++) {
    if (digit(a, level) != digit(b, level)) return false;
  }
  return true;
}

/** End of the operations from `from` on that go into child `child` of a node at `depth`. */
function childEnd(from: usize, end: usize, depth: u32, child: u32): usize {
  while (from < end && digit(from, depth) == child) from += MERKLE_OPERATION_BYTES;
  return from;
}

function isInner(hash: usize): bool {
  return (load<u8>(hash, 31) & 1) != 0;
}

/** A subtree at `depth` with the operations [from, end), at least one, below it. Writes its old and its new hash. */
function subtree(code: u32, depth: u32, from: usize, end: usize, oldHash: usize, newHash: usize): u32 {
  if (code == OPENED) return openedNode(depth, from, end, oldHash, newHash);
  if (code == OWN) return ownLeaf(depth, from, end, oldHash, newHash);
  if (code == FOREIGN) return foreignLeaf(depth, from, end, oldHash, newHash);
  if (code == EMPTY) return emptySubtree(depth, from, end, oldHash, newHash);
  return REJECTED;
}

function emptySubtree(depth: u32, from: usize, end: usize, oldHash: usize, newHash: usize): u32 {
  const change = claimsOnAbsent(from, end);
  if (change == REJECTED) return REJECTED;
  clear32(oldHash);
  if (change == CHANGED) return build(depth, from, end, 0, 0, newHash);
  clear32(newHash);
  return UNCHANGED;
}

/** The subtree was the leaf of the one operation that claims a present object; the others claim absent ones. */
function ownLeaf(depth: u32, from: usize, end: usize, oldHash: usize, newHash: usize): u32 {
  let own: usize = 0;
  let change = UNCHANGED;
  for (let at = from; at < end; at += MERKLE_OPERATION_BYTES) {
    if (!isZero32(at + OLD)) {
      if (own != 0) return REJECTED;
      own = at;
    }
    if (!equal32(at + OLD, at + NEW)) change = CHANGED;
  }
  if (own == 0) return REJECTED;
  copy32(oldHash, leafOf(own, OLD));
  if (change == CHANGED) return build(depth, from, end, 0, 0, newHash);
  copy32(newHash, oldHash);
  return UNCHANGED;
}

/**
 * The subtree was a leaf whose key no operation has: this is how absence is proved where the path ends at another key. Were the key allowed
 * to equal an operation's, a present object could be proved absent by its own leaf.
 */
function foreignLeaf(depth: u32, from: usize, end: usize, oldHash: usize, newHash: usize): u32 {
  const change = claimsOnAbsent(from, end);
  if (change == REJECTED || wordEnd - word < 2 * HASH) return REJECTED;
  const leaf = word;
  word += 2 * HASH;
  if (isZero32(leaf + HASH) || !samePrefix(leaf, from, depth)) return REJECTED;
  for (let at = from; at < end; at += MERKLE_OPERATION_BYTES) {
    if (equal32(leaf, at)) return REJECTED;
  }
  leafHash(oldHash, leaf, leaf + HASH);
  if (change == CHANGED) return build(depth, from, end, leaf, oldHash, newHash);
  copy32(newHash, oldHash);
  return UNCHANGED;
}

/** CHANGED when an operation creates an object, UNCHANGED when none does, REJECTED when one claims that an object was present. */
function claimsOnAbsent(from: usize, end: usize): u32 {
  let change = UNCHANGED;
  for (let at = from; at < end; at += MERKLE_OPERATION_BYTES) {
    if (!isZero32(at + OLD)) return REJECTED;
    if (!isZero32(at + NEW)) change = CHANGED;
  }
  return change;
}

function openedNode(depth: u32, from: usize, end: usize, oldHash: usize, newHash: usize): u32 {
  if (depth >= MAX_DEPTH || header >= headerEnd) return REJECTED;
  let codes: u32 = load<u8>(header++);
  const oldChildren = OLD_CHILDREN + <usize>depth * FRAME;
  const newChildren = NEW_CHILDREN + <usize>depth * FRAME;
  let change = UNCHANGED;
  for (let child: u32 = 0; child < ARITY; child++) {
    const code = codes & DIGIT_MASK;
    codes >>= DIGIT_BITS;
    const oldChild = oldChildren + HASH * child;
    const newChild = newChildren + HASH * child;
    const next = childEnd(from, end, depth, child);
    const result =
      next == from
        ? untouchedChild(code, oldChild, newChild)
        : subtree(code, depth + 1, from, next, oldChild, newChild);
    if (result == REJECTED) return REJECTED;
    change |= result;
    from = next;
  }
  // An empty node, or one over a single leaf, is not the tree of any map.
  const only = onlyChild(oldChildren);
  if (only == NO_CHILD || (only != SEVERAL && !isInner(only))) return REJECTED;
  if (change == UNCHANGED) {
    innerHash(oldHash, oldChildren);
    copy32(newHash, oldHash);
    return UNCHANGED;
  }
  // What four subtrees make together once all operations below are done: nothing, the only leaf, or an inner node.
  const left = onlyChild(newChildren);
  if (left == SEVERAL || (left != NO_CHILD && isInner(left))) {
    innerHashes(oldHash, oldChildren, newHash, newChildren);
    return CHANGED;
  }
  innerHash(oldHash, oldChildren);
  if (left == NO_CHILD) clear32(newHash);
  else copy32(newHash, left);
  return CHANGED;
}

function untouchedChild(code: u32, oldChild: usize, newChild: usize): u32 {
  if (code == EMPTY) {
    clear32(oldChild);
    clear32(newChild);
    return UNCHANGED;
  }
  // A zero word would be a second way of writing an empty child.
  if (code != OPAQUE || wordEnd - word < HASH || isZero32(word)) return REJECTED;
  copy32(oldChild, word);
  copy32(newChild, word);
  word += HASH;
  return UNCHANGED;
}

/** Address of the only child that is not empty, or one of the answers above. */
function onlyChild(children: usize): usize {
  let only = NO_CHILD;
  for (let child = children; child < children + FRAME; child += HASH) {
    if (isZero32(child)) continue;
    if (only != NO_CHILD) return SEVERAL;
    only = child;
  }
  return only;
}

/**
 * Hash of a new subtree at `depth`: the leaves of the operations in [from, end) that end present, and the leaf with the key `foreign` and
 * the hash `foreignHash` unless that is 0. All share the prefix of that depth and are distinct. Returns CHANGED, never REJECTED for such input.
 */
function build(depth: u32, from: usize, end: usize, foreign: usize, foreignHash: usize, out: usize): u32 {
  let leaves: u32 = foreign != 0 ? 1 : 0;
  let own: usize = 0;
  for (let at = from; at < end && leaves < 2; at += MERKLE_OPERATION_BYTES) {
    if (isZero32(at + NEW)) continue;
    leaves++;
    own = at;
  }
  if (leaves == 0) clear32(out);
  else if (leaves == 1 && foreign != 0) copy32(out, foreignHash);
  else if (leaves == 1) copy32(out, newLeaf(own));
  else return buildInner(depth, from, end, foreign, foreignHash, out);
  return CHANGED;
}

function newLeaf(operation: usize): usize {
  return leafOf(operation, equal32(operation + OLD, operation + NEW) ? OLD : NEW);
}

function buildInner(depth: u32, from: usize, end: usize, foreign: usize, foreignHash: usize, out: usize): u32 {
  if (depth >= MAX_DEPTH) return REJECTED; // two equal keys: excluded by `ascending` and `foreignLeaf`
  const children = NEW_CHILDREN + <usize>depth * FRAME;
  const foreignDigit = foreign != 0 ? digit(foreign, depth) : ARITY;
  for (let child: u32 = 0; child < ARITY; child++) {
    const next = childEnd(from, end, depth, child);
    const below: usize = child == foreignDigit ? foreign : 0;
    if (build(depth + 1, from, next, below, foreignHash, children + HASH * child) == REJECTED) return REJECTED;
    from = next;
  }
  innerHash(out, children);
  return CHANGED;
}
