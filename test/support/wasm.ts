/** Loads a module built by core/build.ts; `npm test` has built them all before any test runs. */
import { readFileSync } from "node:fs";

/** A built module: its memory, and its functions by name. */
export interface Wasm {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: ((...args: number[]) => number) | WebAssembly.Memory;
}

/** The builds of each module (core/build.ts). */
export type Build = "scalar" | "simd";

/** The build that this run of the tests is about: suites of the core run once for each (test/vitest.config.ts). */
export const BUILD_UNDER_TEST: Build = process.env.CAISSON_BUILD === "simd" ? "simd" : "scalar";

/** Instantiates a module by name, e.g. "verify" or "test-hash". Modules import nothing. */
export function loadWasm<Exports = Wasm>(name: string, build: Build = BUILD_UNDER_TEST): Exports {
  const file = build === "simd" ? `${name}.simd.wasm` : `${name}.wasm`;
  const bytes = readFileSync(new URL(`../../build/${file}`, import.meta.url));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports;
}
