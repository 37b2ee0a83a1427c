/** Where an instruction of a component comes from: file, line and its text, by the compiler's source map. */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import { type Build, compile, compilerFlags } from "./compile.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Place {
  /** From the project's root; "~lib/..." for what the compiler brings. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** The place of an offset in the module's bytes; undefined for what no source stands for. */
export type Locate = (offset: number) => Place | undefined;

/**
 * Compiles a module once more, with a map. Throws when its code is not the one given: the map would be of another module. A map is a
 * custom section behind everything else, so the module must be what comes before it.
 */
export async function locator(name: string, build: Build, wasm: Uint8Array): Promise<Locate> {
  const written = await compile(name, { flags: [...compilerFlags(build), "--sourceMap"] });
  const mapped = written.get("out.wasm") as Uint8Array;
  if (Buffer.compare(mapped.subarray(0, wasm.length), wasm) !== 0) {
    throw new Error(`build/${name} (${build}) is not what its sources compile to: npm run build`);
  }
  const map = new SourceMap(JSON.parse(written.get("out.wasm.map") as string));
  const lines = new Map<string, readonly string[]>();
  return (offset) => {
    const entry = map.findEntry(0, offset);
    if (!("originalSource" in entry) || entry.originalSource === undefined) return undefined;
    const file = entry.originalSource;
    if (!lines.has(file))
      lines.set(file, file.startsWith("~") ? [] : readFileSync(`${root}${file}`, "utf8").split("\n"));
    const line = entry.originalLine + 1;
    return { file, line, text: lines.get(file)![line - 1]?.trim() ?? "" };
  };
}
