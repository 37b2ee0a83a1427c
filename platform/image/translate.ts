/**
 * From a component's module to C, by wasm2c of the pinned npm package wabt. The same module gives the same bytes everywhere: no path, no
 * date and no version of anything else is in them.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ComponentName } from "../topology.ts";

const run = promisify(execFile);
const wabt = fileURLToPath(new URL("../../node_modules/wabt", import.meta.url));
export const WABT_VERSION = (JSON.parse(readFileSync(join(wabt, "package.json"), "utf8")) as { version: string })
  .version;

/** A module that the stage does not take: its memory grows, say. */
export class TranslationError extends Error {
  override readonly name = "TranslationError";
  readonly code = "translation";
}

export interface Translation {
  readonly name: ComponentName;
  /** SHA-256 of the module, hex. */
  readonly sha256: string;
  /** Pages of 64 KiB that its memory has, for ever. */
  readonly pages: number;
  /** `<name>.c` and `<name>.h`. */
  readonly source: string;
  readonly header: string;
}

/** How wasm2c writes a module's one memory: its first size, which is all that it gets (component.c). */
const MEMORY = /wasm_rt_allocate_memory\(&instance->w2c_memory, (\d+), \d+, 0, 65536\)/g;

/** Throws TranslationError. */
export async function translate(name: ComponentName, module: Uint8Array): Promise<Translation> {
  const folder = await mkdtemp(join(tmpdir(), "caisson-translate-"));
  try {
    const at = (file: string) => join(folder, file);
    await writeFile(at(`${name}.wasm`), module);
    const words = [join(wabt, "bin/wasm2c"), at(`${name}.wasm`), "--no-debug-names", "-n", name, "-o", at(`${name}.c`)];
    await run(process.execPath, words).catch((error: Error) => {
      throw new TranslationError(`wasm2c refuses ${name}: ${error.message}`, { cause: error });
    });
    const source = await readFile(at(`${name}.c`), "utf8");
    const header = await readFile(at(`${name}.h`), "utf8");
    const sha256 = createHash("sha256").update(module).digest("hex");
    return { name, sha256, pages: pagesOf(name, source), source, header };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function pagesOf(name: ComponentName, source: string): number {
  const memories = [...source.matchAll(MEMORY)];
  if (memories.length !== 1) throw new TranslationError(`${name} does not have exactly one memory of 32 bits`);
  if (source.includes("wasm_rt_grow_memory")) throw new TranslationError(`the memory of ${name} grows`);
  return Number(memories[0]![1]);
}
