/**
 * Builds every WebAssembly module: the five components, and the small modules under test/wasm that let tests call core/lib.
 *
 * Each is built twice from the same sources: `<name>.wasm` without SIMD, for whatever turns it into C or runs it on a board, and
 * `<name>.simd.wasm` for V8. Where the two differ, the sources branch on ASC_FEATURE_SIMD, which the compiler decides; both give the same
 * bytes for every input.
 *
 * A module is rebuilt when a file that its last compilation read has changed, so that a second `npm start` reaches its work in seconds.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const buildFolder = join(root, "build");

export const COMPONENTS = ["verify", "order", "execute", "ledger", "vault"] as const;

/** Modules for the host alone: parts of core/lib that it shares with the core but that decide nothing. */
export const HOST_MODULES = ["tree-hash", "proof"] as const;

/** What tells the builds of a module apart: the end of the file's name, and the compiler's switch. */
export const BUILDS = [
  { suffix: "", flags: ["--disable", "simd"] },
  { suffix: ".simd", flags: ["--enable", "simd"] },
] as const;

/** What every build is compiled with. Who compiles a module otherwise than `build` does takes it from here. */
export const COMPILER_FLAGS = ["-O3", "--runtime", "stub", "--use", "abort=", "--noAssert"] as const;

export interface Module {
  /** File name in build/, without its extension. */
  readonly name: string;
  readonly entry: string;
  readonly flags: readonly string[];
}

/** Every module, each in every build. */
export function modules(): Module[] {
  const components = [...COMPONENTS, ...HOST_MODULES].map((name) => ({ name, entry: `core/${name}/index.ts` }));
  const tests = readdirSync(join(root, "test/wasm"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ name: `test-${basename(file, ".ts")}`, entry: `test/wasm/${file}` }));
  return [...components, ...tests].flatMap(({ name, entry }) =>
    BUILDS.map(({ suffix, flags }) => ({ name: `${name}${suffix}`, entry, flags })),
  );
}

/** Text of files that were read; undefined: there is no such file, which the compiler found out by asking. */
const sources = new Map<string, string | undefined>();

function read(file: string): string | undefined {
  if (!sources.has(file))
    sources.set(file, existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined);
  return sources.get(file);
}

/** What decides on every module: the compiler's version, and this file. */
const BUILDER = ["node_modules/assemblyscript/package.json", "core/build.ts"];

/** Hash of what a module is made of: whatever the files' times say. */
function sourcesHash({ flags }: Module, files: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify([flags, files]));
  for (const file of [...BUILDER, ...files]) hash.update(read(file) ?? "absent");
  return hash.digest("hex");
}

/** What is kept of a compilation beside its output. */
interface Stamp {
  readonly hash: string;
  readonly files: readonly string[];
}

function isCurrent(module: Module, stampFile: string): boolean {
  if (!existsSync(stampFile) || !existsSync(join(buildFolder, `${module.name}.wasm`))) return false;
  const stamp = readStamp(stampFile);
  return stamp !== undefined && stamp.hash === sourcesHash(module, stamp.files);
}

/** Undefined for a stamp that a build left half written, or that another version of this file wrote. */
function readStamp(file: string): Stamp | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Stamp;
  } catch {
    return undefined;
  }
}

/** Compiles; returns the files that the compiler asked for. */
async function compile({ name, entry, flags }: Module): Promise<string[]> {
  const { default: asc } = await import("assemblyscript/asc"); // takes a second, and most runs need none
  const files = new Set<string>();
  const options = [
    entry,
    "--baseDir",
    root,
    "--outFile",
    relative(root, join(buildFolder, `${name}.wasm`)),
    ...COMPILER_FLAGS,
    ...flags,
  ];
  const { error, stderr } = await asc.main(options, {
    readFile: (file, folder) => {
      const path = relative(root, resolve(folder, file));
      files.add(path);
      return read(path) ?? null;
    },
  });
  if (error) throw new Error(`core/build: ${entry} did not compile:\n${stderr.toString()}`);
  return [...files].sort();
}

/** Builds what is out of date; `only` names single modules, each build by its own name. Returns the names built. */
export async function build(only: readonly string[] = []): Promise<string[]> {
  mkdirSync(buildFolder, { recursive: true });
  sources.clear();
  const built: string[] = [];
  for (const module of modules()) {
    if (only.length > 0 && !only.includes(module.name)) continue;
    const stampFile = join(buildFolder, `${module.name}.stamp`);
    if (isCurrent(module, stampFile)) continue;
    const files = await compile(module);
    writeFileSync(stampFile, JSON.stringify({ hash: sourcesHash(module, files), files } satisfies Stamp));
    built.push(module.name);
  }
  return built;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await build(process.argv.slice(2));
  console.log(built.length > 0 ? `built ${built.length} WebAssembly modules` : "WebAssembly modules are up to date");
}
