/**
 * Bundles the command line into build/cli. What runs there is the sources and nothing else; but a command starts several times
 * as fast as through a loader that looks up and translates some three hundred files one by one.
 */
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const outdir = `${root}build/cli`;

/** A source finds its neighbours (modules in build/, the worker) by its own address, which it keeps. */
const ownAddress: Plugin = {
  name: "own-address",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const address = JSON.stringify(relative(outdir, path));
      const source = await readFile(path, "utf8");
      return {
        loader: "ts",
        contents: source.replaceAll("import.meta.url", `new URL(${address}, import.meta.url).href`),
      };
    });
  },
};

export async function bundle(): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ["host/cli/main.ts"],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    plugins: [ownAddress],
    // These load binaries of their own, or files by name.
    external: ["lmdb", "fs-native-extensions", "pino"],
    // What CommonJS packages expect.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
