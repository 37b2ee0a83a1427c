/** Objects that every image of translated components is linked of: each component's code, and what runs it. */
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMPONENTS, type ComponentName } from "../topology.ts";
import { type Builder, hash, keep, replaceFile } from "./compile.ts";
import { topologyHeader } from "./topology-header.ts";
import { type Translation, translate, WABT_VERSION } from "./translate.ts";

/** Modules without SIMD, which C compilers are given (core/build.ts). */
export type Modules = Readonly<Record<ComponentName, Uint8Array>>;

export async function readModules(): Promise<Modules> {
  const read = async (name: ComponentName) => {
    return [name, new Uint8Array(await readFile(new URL(`../../build/${name}.wasm`, import.meta.url)))] as const;
  };
  return Object.fromEntries(await Promise.all(COMPONENTS.map(read))) as Record<ComponentName, Uint8Array>;
}

/** Of what, and where, an image is built. */
export interface ImageOptions {
  /** Those of build/ by default. */
  readonly modules?: Modules;
  /** Where everything that is built is kept. */
  readonly folder?: string;
  /** Compiler's flags for the module of a component besides the usual ones. */
  readonly flags?: (name: ComponentName) => readonly string[];
}

export const sourceOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
export const IMAGE_FOLDER = sourceOf("image");

/** Folder in which topology.h lies. `generated`: where such files are kept. */
export const topologyFolder = (generated: string): string => dirname(keep(generated, "topology.h", topologyHeader()));

/** What wasm2c writes has more brackets and variables than it needs; all else is compiled with warnings for errors. */
const TRANSLATED_FLAGS = ["-w"];

/** What component-code.c is told of a component. */
export const codeFlags = ({ name, sha256, pages }: Translation): readonly string[] => [
  `-DCOMPONENT=${name}`,
  `-DCOMPONENT_HEADER="${name}.h"`,
  `-DCOMPONENT_SHA256="${sha256}"`,
  `-DCOMPONENT_PAGES=${pages}`,
];

export interface ComponentObjects {
  /** SHA-256 of the component's module, hex. */
  readonly sha256: string;
  /** Pages of 64 KiB of its memory. */
  readonly pages: number;
  readonly objects: readonly string[];
}

/** The translated module of a component, and its `struct component`. `generated`: where C that was made is kept; `flags`: for the module besides the compiler's. */
export async function componentObjects(
  builder: Builder,
  generated: string,
  name: ComponentName,
  module: Uint8Array,
  flags: readonly string[] = [],
): Promise<ComponentObjects> {
  const translation = await translated(generated, name, module);
  const headerFile = keep(generated, `${name}.h`, translation.header);
  const sourceFile = keep(generated, `${name}.c`, translation.source);
  const include = [dirname(headerFile), IMAGE_FOLDER, join(IMAGE_FOLDER, "freestanding")];
  const objects = await Promise.all([
    builder.object({ file: sourceFile, include, flags: [...TRANSLATED_FLAGS, ...flags] }),
    builder.object({ file: join(IMAGE_FOLDER, "component-code.c"), include, flags: codeFlags(translation) }),
  ]);
  return { sha256: translation.sha256, pages: translation.pages, objects };
}

/** Those of every component. */
export async function allComponentObjects(
  builder: Builder,
  generated: string,
  { modules, flags = () => [] }: ImageOptions,
): Promise<Readonly<Record<ComponentName, ComponentObjects>>> {
  const all = modules ?? (await readModules());
  const made = COMPONENTS.map(async (name) => {
    return [name, await componentObjects(builder, generated, name, all[name], flags(name))] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as Record<ComponentName, ComponentObjects>;
}

/** SHA-256 of each component's module, for a platform's report. */
export function imageHashes(
  components: Readonly<Record<ComponentName, ComponentObjects>>,
): Readonly<Record<ComponentName, string>> {
  const entries = COMPONENTS.map((name) => [name, components[name].sha256] as const);
  return Object.fromEntries(entries) as Record<ComponentName, string>;
}

/** wasm2c takes most of a second for each module, and gives the same for the same. */
async function translated(generated: string, name: ComponentName, module: Uint8Array): Promise<Translation> {
  const path = join(generated, `${hash(JSON.stringify([WABT_VERSION, name, hash(module)]))}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Translation;
  const translation = await translate(name, module);
  replaceFile(path, JSON.stringify(translation));
  return translation;
}
