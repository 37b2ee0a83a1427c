/**
 * Evaluates test files of this project afresh, as often as wanted, with three modules exchanged: vitest, whose place a collector takes; the
 * loader of WebAssembly modules (test/support/wasm.ts), so that a file gets the mutant where it asks for the component; and what remembers
 * results that are the same for every mutant (proofs/properties/remembered.ts). The product has no such seam: what it runs is always build/.
 *
 * Packages are evaluated once; only the project's own modules are new each time, which takes some ten milliseconds.
 */
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { createServer, createServerModuleRunner, type Plugin, type ViteDevServer } from "vite";
import { type Check, collector } from "./collector.ts";
import type { Build } from "./compile.ts";
import type { Counted } from "./counted.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

// That a property fails is all that is asked here, not its smallest counterexample, for which it would be tried many more times.
fc.configureGlobal({ endOnFailure: true });

/** What takes the place of test/support/wasm.ts. */
export interface WasmSource {
  readonly BUILD_UNDER_TEST: Build;
  /** Instantiates a module by name; its exports. */
  loadWasm(name: string, build?: Build): WebAssembly.Exports;
  /** The same, with a count of how often its loops turn. */
  loadCounted(name: string, build?: Build): Counted;
}

/** Where the exchanged modules find what they export: nothing else joins the evaluated files with this process. */
const SEAM = "__caissonMutants";
interface Seam {
  vitest: ReturnType<typeof collector>["vitest"];
  wasm: WasmSource;
  remembered(key: string, work: () => unknown): unknown;
}
const results = new Map<string, unknown>();
const seam = {
  remembered(key, work) {
    if (!results.has(key)) results.set(key, work());
    return results.get(key);
  },
} as Seam;
(globalThis as Record<string, unknown>)[SEAM] = seam;

const STAND_INS: Readonly<Record<string, string>> = {
  "\0vitest": `export const { describe, it, test, expect, beforeAll, beforeEach, afterEach, afterAll } = globalThis.${SEAM}.vitest;`,
  "\0remembered": `export const { remembered } = globalThis.${SEAM};`,
  "\0wasm": `export const { BUILD_UNDER_TEST, loadCounted, loadWasm } = globalThis.${SEAM}.wasm;`,
};

/** The project's own modules that are exchanged. */
const EXCHANGED: Readonly<Record<string, string>> = {
  "/test/support/wasm.ts": "\0wasm",
  "/proofs/properties/remembered.ts": "\0remembered",
};

const standIns: Plugin = {
  name: "stand-ins",
  enforce: "pre",
  async resolveId(id, importer) {
    if (id === "vitest") return "\0vitest";
    const name = Object.keys(EXCHANGED).find((file) => id.endsWith(`/${file.split("/").at(-1)}`));
    if (!name) return undefined;
    const resolved = await this.resolve(id, importer, { skipSelf: true });
    return resolved?.id.endsWith(name) ? EXCHANGED[name] : resolved;
  },
  load: (id) => STAND_INS[id],
};

export class Project {
  readonly #server: ViteDevServer;

  private constructor(server: ViteDevServer) {
    this.#server = server;
  }

  static async open(): Promise<Project> {
    const server = await createServer({
      root,
      configFile: false,
      appType: "custom",
      logLevel: "error",
      server: { middlewareMode: true, hmr: false, ws: false, watch: null },
      optimizeDeps: { noDiscovery: true },
      ssr: { noExternal: ["vitest"] },
      plugins: [standIns],
    });
    return new Project(server);
  }

  /** Evaluates a file, given from the project's root, and returns its tests. Rejects with whatever the file throws. */
  async checks(file: string, wasm: WasmSource): Promise<readonly Check[]> {
    const { vitest, checks } = collector(file);
    seam.vitest = vitest;
    seam.wasm = wasm;
    const runner = createServerModuleRunner(this.#server.environments.ssr, { hmr: false });
    await runner.import(`/${file}`);
    await runner.close();
    return checks;
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}
