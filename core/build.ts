/**
 * Builds every WebAssembly module: the five components, and the small modules under test/wasm that let tests call core/lib.
 *
 * Each is built twice from the same sources: `<name>.wasm` without SIMD, for whatever turns it into C or runs it on a board, and
 * `<name>.simd.wasm` for V8. Where the two differ, the sources branch on ASC_FEATURE_SIMD, which the compiler decides; both give the same
 * bytes for every input.
 *
 * A module is rebuilt when any AssemblyScript source has changed, so that a second `npm start` reaches its work in seconds.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const buildFolder = join(root, "build");

export const COMPONENTS = ["verify", "order", "execute", "ledger", "vault"] as const;

/** Modules for the host alone: parts of core/lib that it shares with the core but that decide nothing. */
export const HOST_MODULES = ["tree-hash", "proof"] as const;

/** What tells the builds of a module apart: the end of the file's name, and the compiler's switch. */
const BUILDS = [
  { suffix: "", flags: ["--disable", "simd"] },
  { suffix: ".simd", flags: ["--enable", "simd"] },
] as const;

interface Module {
  /** File name in build/, without its extension. */
  readonly name: string;
  readonly entry: string;
  readonly flags: readonly string[];
}

function modules(): Module[] {
  const components = [...COMPONENTS, ...HOST_MODULES].map((name) => ({ name, entry: `core/${name}/index.ts` }));
  const tests = readdirSync(join(root, "test/wasm"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ name: `test-${basename(file, ".ts")}`, entry: `test/wasm/${file}` }));
  return [...components, ...tests].flatMap(({ name, entry }) =>
    BUILDS.map(({ suffix, flags }) => ({ name: `${name}${suffix}`, entry, flags })),
  );
}

/** Hash of all sources a module may import: cheap, and right whatever their times say. */
function sourcesHash(): string {
  const hash = createHash("sha256");
  for (const folder of ["core", "test/wasm"]) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .sort();
    for (const file of files) hash.update(file).update(readFileSync(join(root, folder, file)));
  }
  return hash.digest("hex");
}

async function compile({ name, entry, flags }: Module): Promise<void> {
  const { error, stderr } = await asc.main([
    entry,
    "--baseDir",
    root,
    "--outFile",
    relative(root, join(buildFolder, `${name}.wasm`)),
    "-O3",
    "--runtime",
    "stub",
    "--use",
    "abort=",
    "--noAssert",
    ...flags,
  ]);
  if (error) throw new Error(`core/build: ${entry} did not compile:\n${stderr.toString()}`);
}

/** Builds what is out of date; `only` names single modules, each build by its own name. Returns the names built. */
export async function build(only: readonly string[] = []): Promise<string[]> {
  mkdirSync(buildFolder, { recursive: true });
  const hash = sourcesHash();
  const built: string[] = [];
  for (const module of modules()) {
    if (only.length > 0 && !only.includes(module.name)) continue;
    const stamp = join(buildFolder, `${module.name}.stamp`);
    if (statSync(stamp, { throwIfNoEntry: false }) && readFileSync(stamp, "utf8") === hash) continue;
    await compile(module);
    writeFileSync(stamp, hash);
    built.push(module.name);
  }
  return built;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await build(process.argv.slice(2));
  console.log(built.length > 0 ? `built ${built.join(", ")}` : "WebAssembly modules are up to date");
}
