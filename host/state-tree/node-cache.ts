/**
 * Which inner nodes are in memory. They hang in the tree itself, so that following a path needs no look-up. Least recently used by epochs: once
 * half of what may be held was used in an epoch, the rest is cut off, to be read from the store again when needed, and the next epoch begins.
 */
import { type Child, decodeNode, Inner, Node, recordKey, TOP_KEY, UNSAVED } from "./node.ts";

/** Where the nodes were written. */
export interface NodeStore {
  get(key: Uint8Array): Uint8Array | undefined;
}

/** `savedIn` of a node that was read from the store. */
const READ = 0;
/** `usedIn` of a node that was just read. */
const NEVER = -1;

export class NodeCache {
  readonly #store: NodeStore;
  readonly #epochNodes: number;
  #epoch = 0;
  /** Nodes used in this epoch. */
  #used = 0;

  /** Holds about `capacity` nodes between calls of `trim`, beside those that the store may not show yet. */
  constructor(store: NodeStore, capacity: number) {
    this.#store = store;
    this.#epochNodes = capacity / 2;
  }

  /** The whole tree as the store has it. */
  top(): Child {
    const record = this.#store.get(TOP_KEY);
    return record && decodeNode(record)[0];
  }

  /** The children of the inner node at `depth` on the path of `key`. Throws when the store has lost it. */
  children(inner: Inner, key: Uint8Array, depth: number): readonly Child[] {
    inner.node ??= this.#read(key, depth);
    if (inner.node.usedIn !== this.#epoch) {
      inner.node.usedIn = this.#epoch;
      this.#used++;
    }
    return inner.node.children;
  }

  /** A new node, which is not in the store yet. */
  made(children: readonly Child[]): Node {
    this.#used++;
    return new Node(children, UNSAVED, this.#epoch);
  }

  /** Ends the epoch when it is time. Kept are nodes saved in `inFlight` or later, which the store may not show yet. */
  trim(top: Child, inFlight: number): void {
    if (this.#used <= this.#epochNodes) return;
    cut(top, inFlight, this.#epoch);
    this.#epoch++;
    this.#used = 0;
  }

  #read(key: Uint8Array, depth: number): Node {
    const record = this.#store.get(recordKey(key, depth));
    if (!record) throw new Error(`state tree: no record of a node at depth ${depth}`);
    return new Node(decodeNode(record), READ, NEVER);
  }
}

/**
 * Cuts off what was saved before `inFlight` and used before `epoch`. Above a node that stays all nodes stay: they were used when it was, and
 * made or made anew when it was. Recursion: 128 levels at most.
 */
function cut(child: Child, inFlight: number, epoch: number): void {
  if (!(child instanceof Inner) || !child.node) return;
  if (child.node.savedIn < inFlight && child.node.usedIn < epoch) child.node = undefined;
  else for (const below of child.node.children) cut(below, inFlight, epoch);
}
