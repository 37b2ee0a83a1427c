/** Applies one batch of operations to a state of the tree and makes the next; the state before stays as it is. */
import { digit, equalBytes } from "./key.ts";
import { ARITY, type Child, Inner, Leaf, NO_CHILDREN, recordKey } from "./node.ts";
import type { NodeCache } from "./node-cache.ts";
import { checkedDigest, type Operation, placeEnd } from "./operation.ts";
import { treeHash } from "./tree-hash.ts";

/** An operation's `old` is not what the tree holds. The tree is as it was. */
export class StaleOperationError extends Error {
  override readonly name = "StaleOperationError";
}

export class Update {
  /** Records of nodes that are no more. */
  readonly deleted: Uint8Array[] = [];
  readonly #cache: NodeCache;
  readonly #operations: readonly Operation[];

  /** The operations' keys must ascend strictly. */
  constructor(cache: NodeCache, operations: readonly Operation[]) {
    this.#cache = cache;
    this.#operations = operations;
  }

  /** What stands in a place at `depth` after operations [from, end), at least one; the very same child when nothing changed. */
  child(child: Child, depth: number, from: number, end: number): Child {
    return child instanceof Inner ? this.#inner(child, depth, from, end) : this.#leaf(child, depth, from, end);
  }

  #inner(inner: Inner, depth: number, from: number, end: number): Child {
    const { key } = this.#operations[from]!;
    const before = this.#cache.children(inner, key, depth);
    let after: Child[] | undefined;
    for (let place = 0, start = from; place < ARITY; place++) {
      const next = placeEnd(this.#operations, start, end, depth, place);
      if (next > start) {
        const child = this.child(before[place], depth + 1, start, next);
        if (child !== before[place]) {
          after ??= before.slice();
          after[place] = child;
        }
      }
      start = next;
    }
    if (!after) return inner;
    const [first, second] = after.filter((child) => child !== undefined);
    if (!second && !(first instanceof Inner)) {
      this.deleted.push(recordKey(key, depth)); // nothing is left, or a leaf that moves up
      return first;
    }
    return this.#made(after);
  }

  /** At an empty place or a leaf: whatever is there afterwards is built anew from its leaves. */
  #leaf(leaf: Leaf | undefined, depth: number, from: number, end: number): Child {
    const leaves: Leaf[] = [];
    let kept = leaf;
    let changed = false;
    for (let i = from; i < end; i++) {
      const operation = this.#operations[i]!;
      const own = leaf && equalBytes(leaf.key, operation.key) ? leaf : undefined;
      if (!sameDigest(own?.digest, operation.old)) throw new StaleOperationError("an operation's old digest is stale");
      if (sameDigest(operation.old, operation.new)) continue;
      if (own) kept = undefined;
      if (operation.new)
        leaves.push(new Leaf(new Uint8Array(operation.key), new Uint8Array(checkedDigest(operation.new))));
      changed = true;
    }
    if (!changed) return leaf;
    if (kept) leaves.push(kept);
    return this.#build(depth, leaves);
  }

  #build(depth: number, leaves: readonly Leaf[]): Child {
    if (leaves.length <= 1) return leaves[0];
    return this.#made(
      NO_CHILDREN.map((_, place) =>
        this.#build(
          depth + 1,
          leaves.filter(({ key }) => digit(key, depth) === place),
        ),
      ),
    );
  }

  #made(children: readonly Child[]): Inner {
    const hash = treeHash().inner(children.map((child) => child?.hash));
    return new Inner(hash, this.#cache.made(children));
  }
}

function sameDigest(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a && b ? equalBytes(a, b) : a === b;
}
