/** Parts of frames that were seen, by kind: what one attack takes from another frame, another time or another chain. */
import type { Random } from "../random.ts";
import { isLeaf, kindOf, type Node, unparse } from "./node.ts";

/** Parts kept of each kind; later ones push out random earlier ones. */
const CAPACITY = 256;
/** Elements of one list that are taken into the pool. */
const ELEMENTS = 8;

export class Pool {
  readonly #parts = new Map<string, Node[]>();
  readonly #seen = new Set<string>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Takes in a tree and everything in it. */
  add(node: Node): void {
    const kind = kindOf(node);
    const bytes = unparse(node);
    const key = `${kind} ${Buffer.from(bytes.subarray(0, 256)).toString("latin1")} ${bytes.length}`;
    if (!this.#seen.has(key)) {
      this.#seen.add(key);
      const parts = this.#parts.get(kind) ?? [];
      this.#parts.set(kind, parts);
      if (parts.length < CAPACITY) parts.push(node);
      else parts[this.#random.below(CAPACITY)] = node;
    }
    if (isLeaf(node)) return;
    const list = node.codec.shape.kind === "vector";
    for (const child of list ? node.children.slice(0, ELEMENTS) : node.children) this.add(child);
  }

  /** Some part of the kind, or undefined. */
  draw(kind: string, random: Random): Node | undefined {
    const parts = this.#parts.get(kind);
    return parts && random.pick(parts);
  }
}
