/** Loads a module built by core/build.ts; `npm test` has built them all before any test runs. */
import { readFileSync } from "node:fs";
import { type Counted, counted } from "../../proofs/mutants/counted.ts";

/** A built module: its memory, and its functions by name. */
export interface Wasm {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: ((...args: number[]) => number) | WebAssembly.Memory;
}

/** The builds of each module (core/build.ts). */
export type Build = "scalar" | "simd";

/** The build that this run of the tests is about: suites of the core run once for each (test/vitest.config.ts). */
export const BUILD_UNDER_TEST: Build = process.env.CAISSON_BUILD === "simd" ? "simd" : "scalar";

/** The bytes of a module in build/. */
export function builtBytes(name: string, build: Build): Uint8Array<ArrayBuffer> {
  const file = build === "simd" ? `${name}.simd.wasm` : `${name}.wasm`;
  return readFileSync(new URL(`../../build/${file}`, import.meta.url));
}

/** Instantiates a module by name, e.g. "verify" or "test-hash". Modules import nothing. */
export function loadWasm<Exports = Wasm>(name: string, build: Build = BUILD_UNDER_TEST): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(builtBytes(name, build))).exports as Exports;
}

/** The same, with a count of how often its loops turn. */
export function loadCounted(name: string, build: Build = BUILD_UNDER_TEST): Counted {
  return counted(builtBytes(name, build));
}
