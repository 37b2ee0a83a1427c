/** Compiles named mutants, and keeps what came of it in build/mutants until a source changes. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, compilerFlags } from "./compile.ts";
import type { NamedMutant } from "./named.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = `${root}build/mutants`;

/** As the scalar build, but with less optimisation, which takes most of the compiler's time and changes nothing that a check sees. */
const FLAGS = compilerFlags("scalar").map((flag) => (flag === "-O3" ? "-O1" : flag));

/** The file that a mutant changes, changed. Throws when what it changes does not stand there exactly once. */
export function changedSource({ name, file, from, to }: NamedMutant): string {
  const parts = readFileSync(`${root}${file}`, "utf8").split(from);
  if (parts.length !== 2) throw new Error(`"${name}" finds its place in ${file} ${parts.length - 1} times`);
  return parts.join(to);
}

export async function compileNamed(mutant: NamedMutant): Promise<Uint8Array> {
  const source = changedSource(mutant);
  // The module's stamp changes with every source that it is made of.
  const key = createHash("sha256")
    .update(readFileSync(`${root}build/${mutant.module}.stamp`))
    .update(JSON.stringify([mutant, FLAGS]))
    .digest("hex");
  const kept = `${folder}/${key}.wasm`;
  if (statSync(kept, { throwIfNoEntry: false })) return readFileSync(kept);
  const written = await compile(mutant.module, { changed: new Map([[mutant.file, source]]), flags: FLAGS });
  const bytes = written.get("out.wasm") as Uint8Array;
  mkdirSync(folder, { recursive: true });
  writeFileSync(kept, bytes);
  return bytes;
}
