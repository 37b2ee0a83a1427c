/** The built modules of the components and their hashes: what a platform runs, byte for byte. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { COMPONENTS, type ComponentName } from "./topology.ts";

export interface BuiltModule {
  readonly module: WebAssembly.Module;
  /** SHA-256 of the module's bytes, hex. */
  readonly sha256: string;
}

/** What this process has compiled already. */
const loaded = new Map<ComponentName, Promise<BuiltModule>>();

/** Whoever compiles modules here is V8, which has SIMD: platforms that translate the modules take those without it (core/build.ts). */
export function loadModule(name: ComponentName): Promise<BuiltModule> {
  const known = loaded.get(name) ?? compile(name);
  loaded.set(name, known);
  return known;
}

async function compile(name: ComponentName): Promise<BuiltModule> {
  const bytes = await readFile(new URL(`../build/${name}.simd.wasm`, import.meta.url));
  return { module: await WebAssembly.compile(bytes), sha256: createHash("sha256").update(bytes).digest("hex") };
}

export async function loadModules(): Promise<Record<ComponentName, BuiltModule>> {
  const load = async (name: ComponentName) => [name, await loadModule(name)] as const;
  return Object.fromEntries(await Promise.all(COMPONENTS.map(load))) as Record<ComponentName, BuiltModule>;
}

/** SHA-256 of each module, for a platform's report. */
export function moduleHashes(modules: Record<ComponentName, BuiltModule>): Record<ComponentName, string> {
  return Object.fromEntries(COMPONENTS.map((name) => [name, modules[name].sha256])) as Record<ComponentName, string>;
}
