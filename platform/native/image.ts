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

const SANDBOX = "native/sandbox.c";
/** C of each program besides the code of its component (../image). */
export const NATIVE_SOURCES = {
  component: ["image/component.c", "image/records.c", "image/trap.c", SANDBOX, "native/process.c"],
  trust: ["native/trust-process.c", "trust/trust.c", "trust/frames.c", "trust/sha256.c", SANDBOX],
  launch: ["native/launch.c", "image/trap.c", SANDBOX],
} as const;

/** Builds what is not built yet: a folder of programs. Throws MissingProgram, CompileError or TranslationError. */
export async function nativeImage(options: ImageOptions = {}): Promise<Image> {
  const { folder = BUILD_FOLDER } = options;
  const builder = new Builder(GCC, join(folder, "objects"));
  const generated = join(folder, "generated");
  const include = [IMAGE_FOLDER, sourceOf("native"), sourceOf("trust"), topologyFolder(generated)];
  const program = async (sources: readonly string[], flags: readonly string[], more: readonly string[]) => {
    const objects = sources.map((path) => builder.object({ file: sourceOf(path), include, flags }));
    return builder.program([...more, ...(await Promise.all(objects))], LINK_FLAGS);
  };
  const components = await allComponentObjects(builder, generated, options);
  const componentProgram = (name: ComponentName) => {
    const self = [`-DCOMPONENT=${name}`, `-DEND_SELF=END_${name.toUpperCase()}`];
    return program(NATIVE_SOURCES.component, self, components[name].objects);
  };
  const programs = {
    ...Object.fromEntries(COMPONENTS.map((name) => [name, componentProgram(name)])),
    trust: program(NATIVE_SOURCES.trust, [], []),
    launch: program(NATIVE_SOURCES.launch, [], []),
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
