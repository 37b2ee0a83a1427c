/** The state tree's proof check in an instance of the core's own code (core/proof). */

interface Exports {
  readonly memory: WebAssembly.Memory;
  root(): number;
  operations(): number;
  operationsCapacity(): number;
  proof(): number;
  proofCapacity(): number;
  apply(operationCount: number, proofLength: number): number;
}

const HASH_BYTES = 32;

/** Whether `proof` proves that `root` holds `digest` at `key`; an undefined digest: that it holds nothing there. */
export function provesRead(
  module: WebAssembly.Module,
  root: Uint8Array,
  key: Uint8Array,
  digest: Uint8Array | undefined,
  proof: Uint8Array,
): boolean {
  const wasm = new WebAssembly.Instance(module).exports as unknown as Exports;
  if (proof.length > wasm.proofCapacity()) return false;
  const memory = new Uint8Array(wasm.memory.buffer);
  memory.set(root, wasm.root());
  memory.set(key, wasm.operations());
  if (digest) {
    memory.set(digest, wasm.operations() + HASH_BYTES);
    memory.set(digest, wasm.operations() + 2 * HASH_BYTES);
  }
  memory.set(proof, wasm.proof());
  return wasm.apply(1, proof.length) === 1;
}
