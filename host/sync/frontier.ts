/**
 * What of a state tree is still to come, and what it must hash to. A tree comes in preorder, from the record above the root on: each node is
 * checked against the hash that the one above it names, so that nothing is believed that the state root does not stand for.
 */
import { equalBytes, HASH_BYTES } from "../state-tree/key.ts";
import { childKey, decodeNode, Inner, Leaf, TOP_KEY } from "../state-tree/node.ts";
import { treeHash } from "../state-tree/tree-hash.ts";
import type { Incoming } from "../store/records.ts";

/** What came is not what the state root stands for. */
export class NotThatState extends Error {
  override readonly name = "NotThatState";
}

type Pending = Incoming["pending"][number];

/** Of the whole tree with this root. */
export function wholeTree(root: Uint8Array): readonly Pending[] {
  return [{ key: TOP_KEY, hash: root }];
}

export class Frontier {
  /** The next one last. */
  readonly #pending: Pending[];

  constructor(pending: readonly Pending[]) {
    this.#pending = [...pending];
  }

  get pending(): readonly Pending[] {
    return [...this.#pending];
  }

  /** Key of the node that comes next; undefined: the tree is whole. */
  get next(): Uint8Array | undefined {
    return this.#pending.at(-1)?.key;
  }

  /** Takes the next node's record. Returns its leaves, by place. Throws NotThatState; then nothing has changed. */
  take(record: Uint8Array): readonly Leaf[] {
    const expected = this.#pending.at(-1);
    if (!expected) throw new NotThatState("a node after the last");
    const children = readNode(record);
    const isTop = expected.key[0] === TOP_KEY[0];
    const hash = isTop ? children[0]?.hash : treeHash().inner(children.map((child) => child?.hash));
    const isSingle = !isTop || children.slice(1).every((child) => child === undefined);
    if (!isSingle || !equalBytes(hash ?? new Uint8Array(HASH_BYTES), expected.hash))
      throw new NotThatState(`the node at depth ${expected.key[0]! - 1} has another hash`);
    this.#pending.pop();
    for (let place = children.length - 1; place >= 0; place--) {
      const child = children[place];
      if (child instanceof Inner) this.#pending.push({ key: childKey(expected.key, place), hash: child.hash });
    }
    return children.filter((child) => child instanceof Leaf);
  }
}

function readNode(record: Uint8Array) {
  try {
    return decodeNode(record);
  } catch (error) {
    throw new NotThatState(`a node's record is malformed: ${(error as Error).message}`);
  }
}
