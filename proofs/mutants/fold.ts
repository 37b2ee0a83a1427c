/**
 * Folds named mutants of a module into one: each changed function stands beside the original, which asks first whether it is to be taken.
 * So a module and its mutants are compiled once, and the number of the mutant is written into it afterwards. What lies in no function, or
 * changes a signature, cannot be folded.
 */
import { posix } from "node:path";
import type { NamedMutant } from "./named.ts";

/** The exported global that says which mutant is taken; 0 for none. */
export const CHOSEN = "chosenMutant";
const CHOSEN_FILE = "core/chosen-mutant.ts";

export interface Folded {
  /** Contents of files by their paths, the ones that are new among them. */
  readonly changed: ReadonlyMap<string, string>;
  /** The number of each mutant that is folded in. */
  readonly numbers: ReadonlyMap<NamedMutant, number>;
}

/** A function at a file's top level, as biome writes it: its end is the first brace that begins a line. */
interface TopLevel {
  readonly name: string;
  readonly parameters: string;
  readonly result: string;
  /** Offsets of the body, without its braces. */
  readonly from: number;
  readonly to: number;
}

const HEAD = /^(?:export )?function (\w+)\(([^()]*)\): (\w+) \{\n/gm;

function functionsOf(text: string): TopLevel[] {
  return [...text.matchAll(HEAD)].map((head) => {
    const from = head.index + head[0].length;
    return { name: head[1]!, parameters: head[2]!, result: head[3]!, from, to: text.indexOf("\n}\n", from) };
  });
}

/** Names of parameters "a: usize, b: u32 = 0," as arguments. */
function argumentsOf(parameters: string): string {
  const names = parameters.split(",").map((one) => one.trim().split(":")[0]!);
  return names.filter((name) => name !== "").join(", ");
}

/** `entry` is the module's file, `read` gives files by their paths. */
export function fold(entry: string, mutants: readonly NamedMutant[], read: (file: string) => string): Folded {
  const numbers = new Map<NamedMutant, number>();
  const changed = new Map([[CHOSEN_FILE, `export let ${CHOSEN}: i32 = 0;\n`]]);
  const chosenFrom = (file: string) => `"./${posix.relative(posix.dirname(file), CHOSEN_FILE).replace(/\.ts$/, "")}"`;
  for (const file of new Set(mutants.map((one) => one.file))) {
    const text = read(file);
    const functions = functionsOf(text);
    const asks = new Map<TopLevel, string>();
    let variants = "";
    for (const one of mutants.filter((mutant) => mutant.file === file)) {
      const at = text.indexOf(one.from);
      const own = functions.find(({ from, to }) => from <= at && at + one.from.length <= to);
      if (!own) continue;
      const number = numbers.size + 1;
      numbers.set(one, number);
      const body = text.slice(own.from, at) + one.to + text.slice(at + one.from.length, own.to);
      const name = `${own.name}Mutant${number}`;
      const call = `${name}(${argumentsOf(own.parameters)});`;
      const taken = own.result === "void" ? `{ ${call} return; }` : `return ${call}`;
      asks.set(own, `${asks.get(own) ?? ""}  if (${CHOSEN} == ${number}) ${taken}\n`);
      variants += `function ${name}(${own.parameters}): ${own.result} {\n${body}\n}\n`;
    }
    if (asks.size === 0) continue;
    let asking = "";
    let end = 0;
    for (const [{ from }, ask] of [...asks].sort(([a], [b]) => a.from - b.from)) {
      asking += text.slice(end, from) + ask;
      end = from;
    }
    changed.set(file, `import { ${CHOSEN} } from ${chosenFrom(file)};\n${asking}${text.slice(end)}${variants}`);
  }
  changed.set(entry, `${changed.get(entry) ?? read(entry)}\nexport { ${CHOSEN} } from ${chosenFrom(entry)};\n`);
  return { changed, numbers };
}
