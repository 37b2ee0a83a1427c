/**
 * A state tree of millions of objects that takes seconds to make: only the objects that the bench touches are real, the others are random ids; and
 * nodes are not kept but worked out when a proof wants them, as a store would read them.
 */
import { randomFillSync } from "node:crypto";
import { compareKeys, digit, HASH_BYTES } from "../../host/state-tree/key.ts";
import { ARITY, type Child, encodeNode, Inner, Leaf, NO_CHILDREN } from "../../host/state-tree/node.ts";
import type { NodeStore } from "../../host/state-tree/state-tree.ts";
import { treeHash } from "../../host/state-tree/tree-hash.ts";

export interface Entry {
  readonly id: Uint8Array;
  readonly digest: Uint8Array;
}

/** Bytes that decide the order of random ids: six, so that they make a number. */
const ORDER_BYTES = 6;
/** Subtrees of fewer objects are hashed anew whenever they are wanted. */
const REMEMBERED = 64;
/** Twice the digits of an id: tells the depths of a range apart. */
const DEPTHS = 256;

export class LargeTree implements NodeStore {
  /** All ids in the tree's order. An object that is not among `#real` has its id as its digest. */
  readonly #ids: Uint8Array;
  readonly #count: number;
  readonly #real: ReadonlyMap<string, Uint8Array>;
  readonly #hashes = new Map<number, Uint8Array>();

  /** `size` objects, `entries` among them. */
  constructor(entries: readonly Entry[], size: number) {
    this.#count = size;
    this.#real = new Map(entries.map(({ id, digest }) => [hex(id), digest]));
    this.#ids = sortedIds(
      entries.map(({ id }) => id),
      size,
    );
  }

  /** A node's record by the key that `recordKey` gives it. */
  get(key: Uint8Array): Uint8Array {
    if (key[0] === 0) return encodeNode(NO_CHILDREN.with(0, this.#child(0, this.#count, 0)));
    const depth = key[0]! - 1;
    const path = new Uint8Array(HASH_BYTES);
    for (let i = 1; i < key.length; i++) path[HASH_BYTES - i] = key[i]!;
    let [from, to] = [0, this.#count];
    for (let level = 0; level < depth; level++) [from, to] = this.#below(from, to, level, digit(path, level));
    return encodeNode(this.#children(from, to, depth));
  }

  #id(index: number): Uint8Array {
    return this.#ids.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  /** What stands over the objects [from, to), which share a path of `depth` digits. */
  #child(from: number, to: number, depth: number): Child {
    if (from === to) return undefined;
    if (to === from + 1) return new Leaf(this.#id(from), this.#real.get(hex(this.#id(from))) ?? this.#id(from));
    const key = from * DEPTHS + depth;
    const hash = this.#hashes.get(key) ?? treeHash().inner(this.#children(from, to, depth).map((child) => child?.hash));
    if (to - from >= REMEMBERED) this.#hashes.set(key, hash);
    return new Inner(hash);
  }

  #children(from: number, to: number, depth: number): Child[] {
    return Array.from({ length: ARITY }, (_, place) => this.#child(...this.#below(from, to, depth, place), depth + 1));
  }

  /** The part of [from, to) that has the digit `place` at `depth`. */
  #below(from: number, to: number, depth: number, place: number): [number, number] {
    const firstOf = (wanted: number) => {
      let [low, high] = [from, to];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (digit(this.#id(middle), depth) < wanted) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    return [firstOf(place), firstOf(place + 1)];
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");

function sortedIds(real: readonly Uint8Array[], size: number): Uint8Array {
  const order = new Float64Array(size - real.length);
  const random = randomFillSync(new Uint32Array(2 * order.length));
  for (let i = 0; i < order.length; i++) order[i] = random[2 * i]! * 2 ** 16 + (random[2 * i + 1]! & 0xffff);
  order.sort();
  const waiting = [...real].sort(compareKeys);
  const ids = new Uint8Array(size * HASH_BYTES);
  randomFillSync(ids);
  const id = new Uint8Array(HASH_BYTES);
  for (let place = 0, next = 0; place < size; place++) {
    const at = place * HASH_BYTES;
    id.set(ids.subarray(at, at + HASH_BYTES));
    for (let i = 0, rest = order[next] ?? Number.POSITIVE_INFINITY; i < ORDER_BYTES; i++) {
      id[HASH_BYTES - ORDER_BYTES + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    const first = waiting[0];
    if (first && (next === order.length || compareKeys(first, id) < 0)) ids.set(waiting.shift()!, at);
    else {
      ids.set(id, at);
      next++;
    }
  }
  return ids;
}
