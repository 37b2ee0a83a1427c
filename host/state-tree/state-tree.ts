/**
 * The state tree on the host's side: it keeps the nodes, proves batches of operations to the core and follows them. Nothing here is trusted: a wrong
 * proof is rejected by the core (core/lib/merkle/tree.ts, where tree and proof are defined), and a lost node costs availability only.
 */
import { digit, equalBytes, HASH_BYTES, setDigit } from "./key.ts";
import { ARITY, type Child, encodeNode, Inner, NO_CHILDREN, recordKey, TOP_KEY, UNSAVED } from "./node.ts";
import { NodeCache, type NodeStore } from "./node-cache.ts";
import { checkAscending, type Operation, placeEnd } from "./operation.ts";
import { ProofWriter } from "./proof-writer.ts";
import { Update } from "./update.ts";

export { compareKeys } from "./key.ts";
export type { NodeStore } from "./node-cache.ts";
export {
  encodeOperations,
  MAX_OPERATIONS,
  MAX_PROOF_BYTES,
  type Operation,
  sortOperations,
} from "./operation.ts";
export { StaleOperationError } from "./update.ts";

/** A record to write, or to delete when its value is undefined. */
export type NodeChange = readonly [key: Uint8Array, value: Uint8Array | undefined];

export interface StateTreeOptions {
  /** Most nodes in memory between calls, beside changes that are not on disk yet. */
  readonly cacheNodes?: number;
}

const DEFAULT_CACHE_NODES = 65_536;

// Codes of children in a proof's headers.
const CODE_EMPTY = 0;
const CODE_OPAQUE = 1;
const CODE_OWN = 1;
const CODE_FOREIGN = 2;
const CODE_OPENED = 3;

export class StateTree {
  readonly #cache: NodeCache;
  /** The whole tree as it is, and as it was last taken or read. */
  #current: Child;
  #taken: Child;
  /** Records of nodes gone since the last take. */
  #deleted: Uint8Array[] = [];
  /** Number of the last take. */
  #take = 1;

  /** The tree that `store` holds; an empty store is the empty tree. */
  constructor(store: NodeStore, options: StateTreeOptions = {}) {
    this.#cache = new NodeCache(store, options.cacheNodes ?? DEFAULT_CACHE_NODES);
    this.#taken = this.#cache.top();
    this.#current = this.#taken;
  }

  /** 32 bytes; zero for the empty tree. */
  root(): Uint8Array {
    return this.#current?.hash.slice() ?? new Uint8Array(HASH_BYTES);
  }

  /** Digest of the object with this id. */
  get(id: Uint8Array): Uint8Array | undefined {
    let child = this.#current;
    for (let depth = 0; child instanceof Inner; depth++) {
      child = this.#cache.children(child, id, depth)[digit(id, depth)];
    }
    this.#trim();
    return child && equalBytes(child.key, id) ? child.digest.slice() : undefined;
  }

  /**
   * The multiproof for the operations' keys against the current root. Only keys matter: whether `old` is true is the core's to check.
   * Throws RangeError unless there is at least one operation and keys ascend strictly.
   */
  prove(operations: readonly Operation[]): Uint8Array {
    if (operations.length === 0) throw new RangeError("a proof needs at least one operation");
    checkAscending(operations);
    const proof = new ProofWriter();
    const at = proof.reserveHeader();
    proof.setHeader(at, this.#proveChild(proof, operations, this.#current, 0, 0, operations.length));
    this.#trim();
    return proof.finish();
  }

  /**
   * Makes the operations' `new` digests the current ones, in memory; their keys must ascend strictly (RangeError).
   * Throws StaleOperationError when an `old` is not true; then nothing has changed.
   */
  apply(operations: readonly Operation[]): void {
    if (operations.length === 0) return;
    checkAscending(operations);
    const update = new Update(this.#cache, operations);
    this.#current = update.child(this.#current, 0, 0, operations.length);
    for (const key of update.deleted) this.#deleted.push(key);
    this.#trim();
  }

  /**
   * Node records to delete and to write since the last call, in this order (a record may be in both), to be put on disk in one atomic batch with
   * what they describe. The store must show them before this is called again; until then they are kept in memory.
   */
  takeChanges(): Iterable<NodeChange> {
    const changes: NodeChange[] = this.#deleted.map((key) => [key, undefined]);
    this.#deleted = [];
    this.#take++;
    if (this.#current !== this.#taken) changes.push([TOP_KEY, encodeNode(NO_CHILDREN.with(0, this.#current))]);
    this.#gather(this.#current, new Uint8Array(HASH_BYTES), 0, changes);
    this.#taken = this.#current;
    this.#trim();
    return changes;
  }

  /** Reads the store anew, which was written by others than through `takeChanges`. */
  reload(): void {
    this.#taken = this.#cache.top();
    this.discard();
  }

  /** Goes back to the state of the last `takeChanges`, or of the store. */
  discard(): void {
    this.#current = this.#taken;
    this.#deleted = [];
  }

  #trim(): void {
    this.#cache.trim(this.#current, this.#take);
  }

  /** Adds the records of new nodes, above which all nodes are new. `path` holds the digits down to `depth`. */
  #gather(child: Child, path: Uint8Array, depth: number, changes: NodeChange[]): void {
    if (!(child instanceof Inner) || child.node?.savedIn !== UNSAVED) return;
    const { children } = child.node;
    child.node.savedIn = this.#take;
    changes.push([recordKey(path, depth), encodeNode(children)]);
    for (let place = 0; place < ARITY; place++) {
      setDigit(path, depth, place);
      this.#gather(children[place], path, depth + 1, changes);
    }
  }

  /** Writes what the proof says of a child with operations [from, end) below; returns its code. */
  #proveChild(
    proof: ProofWriter,
    operations: readonly Operation[],
    child: Child,
    depth: number,
    from: number,
    end: number,
  ): number {
    if (child instanceof Inner) {
      this.#proveNode(proof, operations, child, depth, from, end);
      return CODE_OPENED;
    }
    if (!child) return CODE_EMPTY;
    for (let i = from; i < end; i++) if (equalBytes(operations[i]!.key, child.key)) return CODE_OWN;
    proof.word(child.key);
    proof.word(child.digest);
    return CODE_FOREIGN;
  }

  #proveNode(
    proof: ProofWriter,
    operations: readonly Operation[],
    inner: Inner,
    depth: number,
    from: number,
    end: number,
  ): void {
    const at = proof.reserveHeader();
    const children = this.#cache.children(inner, operations[from]!.key, depth);
    let codes = 0;
    for (let place = 0, start = from; place < ARITY; place++) {
      const child = children[place];
      const next = placeEnd(operations, start, end, depth, place);
      let code = CODE_EMPTY;
      if (next > start) code = this.#proveChild(proof, operations, child, depth + 1, start, next);
      else if (child) {
        proof.word(child.hash);
        code = CODE_OPAQUE;
      }
      codes |= code << (2 * place);
      start = next;
    }
    proof.setHeader(at, codes);
  }
}
