/** Drives the core's verifier of the state tree (test/wasm/merkle.ts), and keeps nodes as a disk would. */
import type { NodeChange, NodeStore } from "../../host/state-tree/state-tree.ts";
import { loadWasm } from "./wasm.ts";

interface Exports {
  readonly memory: WebAssembly.Memory;
  root(): number;
  operations(): number;
  proof(): number;
  apply(operationCount: number, proofLength: number): number;
  compareKeys(first: number, second: number): number;
  maxOperations(): number;
  maxProofBytes(): number;
}

export const OPERATION_BYTES = 96;

export class CoreTree {
  readonly wasm = loadWasm<Exports>("test-merkle");
  readonly #memory = new Uint8Array(this.wasm.memory.buffer);

  get root(): Uint8Array {
    return this.#memory.slice(this.wasm.root(), this.wasm.root() + 32);
  }

  set root(root: Uint8Array) {
    this.#memory.set(root, this.wasm.root());
  }

  /** Applies encoded operations with their proof; the counts may be claimed otherwise than the bytes say. */
  apply(
    records: Uint8Array,
    proof: Uint8Array,
    count = records.length / OPERATION_BYTES,
    length = proof.length,
  ): boolean {
    this.#memory.set(records, this.wasm.operations());
    this.#memory.set(proof, this.wasm.proof());
    return this.wasm.apply(count, length) !== 0;
  }

  /** Compares two keys in the core. */
  compareKeys(a: Uint8Array, b: Uint8Array): number {
    this.#memory.set(a, this.wasm.operations());
    this.#memory.set(b, this.wasm.operations() + OPERATION_BYTES);
    return this.wasm.compareKeys(0, 1);
  }
}

/** A store in memory that hands out one buffer again and again, as a store over mapped pages may. */
export class MemoryNodeStore implements NodeStore {
  readonly records = new Map<string, Uint8Array>();
  readonly #buffer = Buffer.alloc(1024);
  reads = 0;

  get(key: Uint8Array): Uint8Array | undefined {
    this.reads++;
    const record = this.records.get(Buffer.from(key).toString("hex"));
    if (!record) return undefined;
    this.#buffer.fill(0xee);
    this.#buffer.set(record);
    return this.#buffer.subarray(0, record.length);
  }

  write(changes: Iterable<NodeChange>): void {
    for (const [key, value] of changes) {
      const name = Buffer.from(key).toString("hex");
      if (value) this.records.set(name, value.slice());
      else this.records.delete(name);
    }
  }
}
