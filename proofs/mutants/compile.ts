/** Compiles a module in memory: with a map to its sources, or from sources of which some are changed. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { BUILDS, COMPILER_FLAGS, modules } from "../../core/build.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Which build of a module: without SIMD, or the one that V8 runs. */
export type Build = "scalar" | "simd";

/** The compiler's flags of a build. */
export function compilerFlags(build: Build): readonly string[] {
  const [scalar, simd] = BUILDS;
  return [...COMPILER_FLAGS, ...(build === "simd" ? simd : scalar).flags];
}

export interface CompileOptions {
  /** Contents that take the place of files, by their paths from the project's root. */
  readonly changed?: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
}

/**
 * Compiles a module by its name, e.g. "vault" or "test-mldsa". Returns the files that the compiler writes: out.wasm, and out.wasm.map with
 * the flag --sourceMap.
 */
export async function compile(
  name: string,
  { changed = new Map(), flags }: CompileOptions,
): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const module = modules().find((one) => one.name === name);
  if (!module) throw new RangeError(`there is no module ${name}`);
  const written = new Map<string, string | Uint8Array>();
  const { error, stderr } = await asc.main([module.entry, "--baseDir", root, "--outFile", "out.wasm", ...flags], {
    readFile: (file) => changed.get(file) ?? readFile(join(root, file), "utf8").catch(() => null),
    writeFile: (file, contents) => void written.set(file, contents),
  });
  if (error) throw new Error(`${module.entry} did not compile:\n${stderr.toString()}`);
  return written;
}
