/** The programs of a native core: one for each component, which holds that component alone; trust's; and the launcher that joins them. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Builder, type Compiler, hash } from "../image/compile.ts";
import {
  allComponentObjects,
  IMAGE_FOLDER,
  type ImageOptions,
  imageHashes,
  sourceOf,
  topologyFolder,
} from "../image/component-objects.ts";
import type { Image } from "../image/image.ts";
import { COMPONENTS, type ComponentName } from "../topology.ts";

const BUILD_FOLDER = fileURLToPath(new URL("../../build/native", import.meta.url));

/** Loads and stores are checked by the memory that is not there (process.c). */
export const GCC: Compiler = {
  command: "gcc",
  packages: ["gcc", "libc6-dev"],
  flags: [
    "-std=gnu17",
    "-O2",
    "-fPIE",
    "-fstack-protector-strong",
    "-fno-strict-aliasing",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-DWASM_RT_MEMCHECK_GUARD_PAGES=1",
  ],
};
/** No loader, no symbols, nothing that could be written and run; the same bytes wherever it is built. */
const LINK_FLAGS = ["-static-pie", "-s", "-Wl,--build-id=none", "-Wl,-z,relro,-z,now,-z,noexecstack"];

/** Builds what is not built yet: a folder of programs. Throws MissingProgram, CompileError or TranslationError. */
export async function nativeImage(options: ImageOptions = {}): Promise<Image> {
  const { folder = BUILD_FOLDER } = options;
  const builder = new Builder(GCC, join(folder, "objects"));
  const generated = join(folder, "generated");
  const include = [IMAGE_FOLDER, sourceOf("native"), sourceOf("trust"), topologyFolder(generated)];
  const object = (path: string, more: readonly string[] = []) =>
    builder.object({ file: sourceOf(path), include, flags: more });
  const program = async (objects: readonly (string | Promise<string>)[]) =>
    builder.program(await Promise.all(objects), LINK_FLAGS);
  const components = await allComponentObjects(builder, generated, options);
  const sandbox = object("native/sandbox.c");
  const common = [object("image/component.c"), object("image/records.c"), object("image/trap.c"), sandbox];
  const componentProgram = (name: ComponentName) => {
    const self = [`-DCOMPONENT=${name}`, `-DEND_SELF=END_${name.toUpperCase()}`];
    return program([...components[name].objects, ...common, object("native/process.c", self)]);
  };
  const programs = {
    ...Object.fromEntries(COMPONENTS.map((name) => [name, componentProgram(name)])),
    trust: program([object("native/trust-process.c"), object("trust/trust.c"), object("trust/sha256.c"), sandbox]),
    launch: program([object("native/launch.c"), object("image/trap.c"), sandbox]),
  };
  const built = await Promise.all(Object.entries(programs).map(async ([name, path]) => ({ name, path: await path })));
  return { path: together(folder, built), components: imageHashes(components) };
}

/** A folder with these programs under their names, and no others. */
function together(folder: string, programs: readonly { readonly name: string; readonly path: string }[]): string {
  const image = join(folder, hash(JSON.stringify(programs.map(({ name, path }) => [name, basename(path)]))));
  if (existsSync(image)) return image;
  const work = mkdtempSync(join(folder, "work-"));
  for (const { name, path } of programs) copyFileSync(path, join(work, name));
  mkdirSync(folder, { recursive: true });
  try {
    renameSync(work, image);
  } catch (error) {
    // Another process was first.
    if (!existsSync(image)) throw error;
    rmSync(work, { recursive: true });
  }
  return image;
}
