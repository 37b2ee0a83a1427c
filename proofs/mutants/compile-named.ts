/**
 * Compiles named mutants: those of a module together, once in a process (fold.ts), and by themselves the few that cannot be folded. What the
 * compiler gave is kept in build/mutants until a source changes.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { modules } from "../../core/build.ts";
import { parseModule } from "../../test/support/wasm-binary/module.ts";
import { compile, compilerFlags } from "./compile.ts";
import { type Folded, fold } from "./fold.ts";
import { instrument } from "./instrument.ts";
import { NAMED, type NamedMutant } from "./named.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = `${root}build/mutants`;

/** As the scalar build, but with less optimisation, which takes most of the compiler's time and changes nothing that a check sees. */
const FLAGS = compilerFlags("scalar").map((flag) => (flag === "-O3" ? "-O1" : flag));

const read = (file: string): string => readFileSync(`${root}${file}`, "utf8");

/** The file that a mutant changes, changed. Throws when what it changes does not stand there exactly once. */
export function changedSource({ name, file, from, to }: NamedMutant): string {
  const parts = read(file).split(from);
  if (parts.length !== 2) throw new Error(`"${name}" finds its place in ${file} ${parts.length - 1} times`);
  return parts.join(to);
}

async function compiled(name: string, changed: ReadonlyMap<string, string>): Promise<WebAssembly.Module> {
  // The module's stamp changes with every source that it is made of.
  const key = createHash("sha256")
    .update(readFileSync(`${root}build/${name}.stamp`))
    .update(JSON.stringify([[...changed], FLAGS]))
    .digest("hex");
  const kept = `${folder}/${key}.wasm`;
  if (!statSync(kept, { throwIfNoEntry: false })) {
    const written = await compile(name, { changed, flags: FLAGS });
    mkdirSync(folder, { recursive: true });
    writeFileSync(kept, written.get("out.wasm") as Uint8Array);
  }
  return new WebAssembly.Module(instrument(parseModule(readFileSync(kept))) as BufferSource);
}

interface FoldedModule {
  readonly numbers: Folded["numbers"];
  readonly module: Promise<WebAssembly.Module>;
}

const foldedModules = new Map<string, FoldedModule>();

function foldedModule(name: string): FoldedModule {
  let folded = foldedModules.get(name);
  if (!folded) {
    const { entry } = modules().find((one) => one.name === name)!;
    const { numbers, changed } = fold(
      entry,
      NAMED.filter((one) => one.module === name),
      read,
    );
    folded = { numbers, module: compiled(name, changed) };
    foldedModules.set(name, folded);
  }
  return folded;
}

/** An instrumented module with a mutant in it, and the number that says so to its instances (trial.ts). */
export async function compileNamed(mutant: NamedMutant): Promise<{ module: WebAssembly.Module; chosen: number }> {
  const { numbers, module } = foldedModule(mutant.module);
  const chosen = numbers.get(mutant);
  if (chosen !== undefined) return { module: await module, chosen };
  return { module: await compiled(mutant.module, new Map([[mutant.file, changedSource(mutant)]])), chosen: 0 };
}
