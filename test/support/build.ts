/** Vitest's global setup: the WebAssembly modules are built once, before any test loads them. */
import { build } from "../../core/build.ts";

export async function setup(): Promise<void> {
  await build();
}
