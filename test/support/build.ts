/**
 * Vitest's global setup: the WebAssembly modules and the command line are built once, before any test loads them. A run inside of another
 * (proofs/mutants/host.test.ts) finds them built.
 */
import { build } from "../../core/build.ts";
import { bundle } from "../../host/cli/bundle.ts";

export async function setup(): Promise<void> {
  if (process.env.CAISSON_HOST_MUTANT === undefined) await Promise.all([build(), bundle()]);
}
