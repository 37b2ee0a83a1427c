/** Images of platforms: built, looked into, and booted to see that they do. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Image, readImage } from "../../../platform/image/image.ts";
import { BUILD_IMAGE, type BuiltPlatform, START_CORE } from "../../../platform/platforms.ts";
import { COMPONENTS } from "../../../platform/topology.ts";
import { readVault } from "../../genesis/vault-key.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/image.ts";
import { CommandError } from "../failure.ts";

interface ImageFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Of an image, which is a file or a folder of files. */
function filesOf(path: string): readonly ImageFile[] {
  const paths = statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .map((name) => join(path, name))
    : [path];
  return paths.map((file) => {
    const contents = readFileSync(file);
    return { path: file, bytes: contents.length, sha256: createHash("sha256").update(contents).digest("hex") };
  });
}

const imageOf = (core: BuiltPlatform, path: string | undefined): Promise<Image> =>
  path === undefined ? BUILD_IMAGE[core]() : readImage(path);

const fileLines = (files: readonly ImageFile[]) =>
  files.flatMap(({ path, bytes, sha256 }) => [`image      ${path} (${bytes} bytes)`, `  sha256   ${sha256}`]);

export const buildCommand: RunOf<typeof declared.build> = async ({ settings: { core, out }, output }) => {
  if (out !== undefined && existsSync(out)) throw new CommandError("exists", `${out} exists: name another path`);
  const built = await BUILD_IMAGE[core]();
  if (out !== undefined) cpSync(built.path, out, { recursive: true });
  const files = filesOf(out ?? built.path);
  output.result({ core, files, components: built.components }, [
    ...fileLines(files),
    ...COMPONENTS.map((name) => `${name.padEnd(10)} ${built.components[name]}`),
  ]);
};

export const inspectCommand: RunOf<typeof declared.inspect> = async ({
  settings: { core },
  arguments: words,
  output,
}) => {
  const named = words[0] === undefined ? undefined : await readImage(words[0]);
  const tree = await BUILD_IMAGE[core]();
  const image = named ?? (await readImage(tree.path));
  const files = filesOf(image.path);
  const components = COMPONENTS.map((name) => {
    const sha256 = image.components[name];
    return { name, sha256, thisTrees: sha256 === tree.components[name] };
  });
  output.result({ core, files, components }, [
    ...fileLines(files),
    ...components.map(
      ({ name, sha256, thisTrees }) => `${name.padEnd(10)} ${sha256} ${thisTrees ? "this tree's" : "of another tree"}`,
    ),
  ]);
};

export const runCommand: RunOf<typeof declared.run> = async ({ settings: { core }, arguments: words, output }) => {
  const image = await imageOf(core, words[0]);
  const folder = mkdtempSync(join(tmpdir(), "caisson-image-"));
  try {
    const begun = performance.now();
    let startedMs = 0;
    const { boot } = await readVault(folder, 0, async (options, listener) => {
      const started = await START_CORE[core]({ ...options, image }, listener);
      startedMs = Math.round(performance.now() - begun);
      return started;
    });
    const servesMs = Math.round(performance.now() - begun);
    output.result({ core, image: image.path, components: image.components, startedMs, servesMs, boot }, [
      `image      ${image.path}`,
      `started    after ${startedMs} ms: each component has said of which module it is made`,
      `serves     after ${servesMs} ms: its vault has made a key and sealed it`,
      ...COMPONENTS.map((name) => `${name.padEnd(10)} ${image.components[name]}`),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
