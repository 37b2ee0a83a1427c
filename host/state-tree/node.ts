/**
 * Inner nodes of the state tree as the host keeps them, and their bytes on disk.
 *
 * A node's record lies under its path, so that a change rewrites records in place and a restart finds the tree as it was. Leaves lie in the record of the
 * node above them: a look-up ends there, and one record holds all that a proof needs at that level.
 */
import { HASH_BYTES } from "./key.ts";
import { treeHash } from "./tree-hash.ts";

export class Leaf {
  readonly key: Uint8Array;
  readonly digest: Uint8Array;
  #hash: Uint8Array | undefined;

  constructor(key: Uint8Array, digest: Uint8Array) {
    this.key = key;
    this.digest = digest;
  }

  /** Computed at the first use: a look-up needs none. */
  get hash(): Uint8Array {
    this.#hash ??= treeHash().leaf(this.key, this.digest);
    return this.#hash;
  }
}

/** An inner node seen from above. Never changed but for `node`, so that two states of the tree share what is the same in both. */
export class Inner {
  readonly hash: Uint8Array;
  /** What lies below, while it is in memory. */
  node: Node | undefined;

  constructor(hash: Uint8Array, node?: Node) {
    this.hash = hash;
    this.node = node;
  }
}

/** What stands in one of the four places of a node; undefined: nothing. */
export type Child = Leaf | Inner | undefined;

export const ARITY = 4;
export const NO_CHILDREN: readonly Child[] = [undefined, undefined, undefined, undefined];

/** An inner node's children, never changed, with what the cache has to know about them. */
export class Node {
  readonly children: readonly Child[];
  /** Number of the `takeChanges` that handed its record out; UNSAVED before. */
  savedIn: number;
  /** The cache's epoch in which it was last used. */
  usedIn: number;

  constructor(children: readonly Child[], savedIn: number, usedIn: number) {
    this.children = children;
    this.savedIn = savedIn;
    this.usedIn = usedIn;
  }
}

export const UNSAVED = Number.POSITIVE_INFINITY;

/** Key of the record above the root, whose child 0 is the whole tree. */
export const TOP_KEY = Uint8Array.of(0);

/** Key of the record of the node at `depth` on the path of `key`: 1 + depth, then the path in whole bytes, its unused last bits zero. */
export function recordKey(key: Uint8Array, depth: number): Uint8Array {
  const bytes = new Uint8Array(1 + Math.ceil(depth / 4));
  bytes[0] = 1 + depth;
  for (let i = 1; i < bytes.length; i++) bytes[i] = key[HASH_BYTES - i]!;
  if (depth % 4 !== 0) bytes[bytes.length - 1]! &= 0xff << (8 - 2 * (depth % 4));
  return bytes;
}

/** Key of the record of the node that stands in a place of the node, or above the root, whose record has the key `parent`. */
export function childKey(parent: Uint8Array, place: number): Uint8Array {
  if (parent[0] === TOP_KEY[0]) return Uint8Array.of(1);
  const depth = parent[0]! - 1;
  const key = new Uint8Array(2 + (depth >> 2));
  key.set(parent);
  key[0] = parent[0]! + 1;
  key[1 + (depth >> 2)]! |= place << (6 - 2 * (depth & 3));
  return key;
}

/** The place in which the path to the record `key` goes on from its ancestor at the level of `ancestor`. */
export function placeTowards(key: Uint8Array, ancestor: Uint8Array): number {
  if (ancestor[0] === TOP_KEY[0]) return 0;
  const depth = ancestor[0]! - 1;
  return (key[1 + (depth >> 2)]! >> (6 - 2 * (depth & 3))) & 3;
}

// Kinds of children in a record's first byte, two bits each, child 0 lowest.
const KIND_EMPTY = 0;
const KIND_LEAF = 1;
const KIND_INNER = 3;

/** One byte of kinds, then for each leaf its key and digest, and for each inner child its hash. */
export function encodeNode(children: readonly Child[]): Uint8Array {
  let kinds = 0;
  let length = 1;
  for (let i = 0; i < ARITY; i++) {
    const child = children[i];
    if (!child) continue;
    kinds |= (child instanceof Leaf ? KIND_LEAF : KIND_INNER) << (2 * i);
    length += child instanceof Leaf ? 2 * HASH_BYTES : HASH_BYTES;
  }
  const bytes = Buffer.allocUnsafe(length); // from the pool, and wholly written: an ArrayBuffer each costs more than the rest
  bytes[0] = kinds;
  let at = 1;
  for (const child of children) {
    if (child instanceof Leaf) {
      bytes.set(child.key, at);
      bytes.set(child.digest, at + HASH_BYTES);
      at += 2 * HASH_BYTES;
    } else if (child) {
      bytes.set(child.hash, at);
      at += HASH_BYTES;
    }
  }
  return bytes;
}

/** Throws when the record cannot have been written by `encodeNode`. The bytes are copied: a store may use its buffer again. */
export function decodeNode(record: Uint8Array): readonly Child[] {
  const bytes = new Uint8Array(record);
  let at = 1;
  const next = () => {
    at += HASH_BYTES;
    return bytes.subarray(at - HASH_BYTES, at);
  };
  const children = NO_CHILDREN.map((_, i): Child => {
    const kind = (bytes[0]! >> (2 * i)) & 3;
    if (kind === KIND_LEAF) return new Leaf(next(), next());
    if (kind === KIND_INNER) return new Inner(next());
    if (kind !== KIND_EMPTY) throw new Error("state tree: malformed node record, with an unknown kind of child");
    return undefined;
  });
  if (at !== bytes.length) throw new Error("state tree: malformed node record");
  return children;
}
