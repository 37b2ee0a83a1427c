/** Loads a module built by core/build.ts; `npm test` has built them all before any test runs. */
import { readFileSync } from "node:fs";

/** A built module: its memory, and its functions by name. */
export interface Wasm {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: ((...args: number[]) => number) | WebAssembly.Memory;
}

/** Instantiates build/<name>.wasm, e.g. "verify" or "test-hash". Modules import nothing. */
export function loadWasm<Exports = Wasm>(name: string): Exports {
  const bytes = readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports;
}
