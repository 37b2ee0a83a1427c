/** The two hashes of the state tree, computed by the core's own code in an instance of the host's (core/tree-hash). */
import { readFileSync } from "node:fs";
import { HASH_BYTES } from "./key.ts";

interface Exports {
  readonly memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  leaf(): void;
  inner(): void;
}

const LEAF_BYTES = 2 * HASH_BYTES;
const INNER_BYTES = 4 * HASH_BYTES;

/** One instance with its fixed buffers; calls are synchronous, so any number of trees may share it. */
export class TreeHash {
  readonly #exports: Exports;
  readonly #input: Uint8Array;
  readonly #output: Uint8Array;

  constructor(wasm: Uint8Array<ArrayBuffer>) {
    this.#exports = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as unknown as Exports;
    const { memory, input, output } = this.#exports;
    this.#input = new Uint8Array(memory.buffer, input(), INNER_BYTES);
    this.#output = new Uint8Array(memory.buffer, output(), HASH_BYTES);
  }

  leaf(key: Uint8Array, digest: Uint8Array): Uint8Array {
    this.#input.set(key);
    this.#input.set(digest, LEAF_BYTES - HASH_BYTES);
    this.#exports.leaf();
    return this.#output.slice();
  }

  /** Hash of four children; undefined is an empty one. */
  inner(children: readonly (Uint8Array | undefined)[]): Uint8Array {
    for (let i = 0, at = 0; at < INNER_BYTES; i++, at += HASH_BYTES) {
      const hash = children[i];
      if (hash) this.#input.set(hash, at);
      else this.#input.fill(0, at, at + HASH_BYTES);
    }
    this.#exports.inner();
    return this.#output.slice();
  }
}

let shared: TreeHash | undefined;

/** The process's instance, made at the first use. */
export function treeHash(): TreeHash {
  shared ??= new TreeHash(readFileSync(new URL("../../build/tree-hash.simd.wasm", import.meta.url)));
  return shared;
}
