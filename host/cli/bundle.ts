/**
 * Bundles the command line into build/cli. What runs there is the sources and nothing else; but a command starts several times
 * as fast as through a loader that looks up and translates some three hundred files one by one. Translates into build/client the
 * module that other programs import, and into build/page what browsers get.
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

async function bundleCommandLine(): Promise<void> {
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
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    logLevel: "warning",
  });
}

/** What the node serves to browsers (host/dag/server.ts). */
async function bundlePage(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ["host/dag/page/main.ts", "host/dag/page/style.css", "host/dag/page/index.html"],
    loader: { ".html": "copy" },
    outdir: "build/page",
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "warning",
  });
}

/** Packages stay outside: the SDK's classes must be those of the program that imports the module. */
async function translateClient(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ["host/client/mldsa-keypair.ts"],
    outdir: "build/client",
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "neutral",
    target: "es2022",
    logLevel: "warning",
  });
}

export async function bundle(): Promise<void> {
  await Promise.all([bundleCommandLine(), translateClient(), bundlePage()]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
