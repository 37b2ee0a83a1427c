/** Vitest's global setup: the WebAssembly modules and the command line are built once, before any test loads them. */
import { build } from "../../core/build.ts";
import { bundle } from "../../host/cli/bundle.ts";

export async function setup(): Promise<void> {
  await Promise.all([build(), bundle()]);
}
