/** Chooses mutants: among the instructions that the checks reach, from a seed. */

import type { WasmModule } from "../../test/support/wasm-binary/module.ts";
import type { Locate, Place } from "./locate.ts";
import type { Change } from "./operators.ts";
import { changesOf } from "./operators.ts";

export interface Mutant {
  readonly functionIndex: number;
  readonly instructionIndex: number;
  /** Offset of the instruction in the module. */
  readonly offset: number;
  readonly region: number;
  readonly change: Change;
  readonly place: Place | undefined;
}

/** Numbers below `limit`, from a seed: mulberry32, which is enough to choose with. */
export function random(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

interface Site {
  readonly functionIndex: number;
  readonly instructionIndex: number;
  readonly offset: number;
  readonly region: number;
  readonly place: Place | undefined;
}

/** Instructions that some operator changes. */
export function sites(module: WasmModule, regionOf: readonly (readonly number[])[], locate: Locate): Site[] {
  return module.functions.flatMap((body, functionIndex) => {
    // What the compiler made without a source of its own belongs to what stands before it; at the start of a function, to what comes next.
    const first = body.instructions.find(({ at }) => locate(body.offset + at));
    let place = first && locate(body.offset + first.at);
    return body.instructions.flatMap((instruction, instructionIndex) => {
      const offset = body.offset + instruction.at;
      place = locate(offset) ?? place;
      if (changesOf(module, body, instruction).length === 0) return [];
      const region = regionOf[functionIndex]![instructionIndex]!;
      return [{ functionIndex, instructionIndex, offset, region, place }];
    });
  });
}

/** Sites by file, then by line. */
type Tree = Map<string, Map<number, Site[]>>;

function treeOf(all: readonly Site[]): Tree {
  const tree: Tree = new Map();
  for (const site of all) {
    const { file = "", line = 0 } = site.place ?? {};
    const lines = tree.get(file) ?? new Map<number, Site[]>();
    tree.set(file, lines.set(line, [...(lines.get(line) ?? []), site]));
  }
  return tree;
}

/** Takes a site out of the tree: a file of it, a line of the file, an instruction of the line. */
function takeSite(tree: Tree, next: (limit: number) => number): Site {
  const among = <K, V>(map: ReadonlyMap<K, V>) => [...map][next(map.size)]!;
  const [file, lines] = among(tree);
  const [line, own] = among(lines);
  const [site] = own.splice(next(own.length), 1);
  if (own.length === 0) lines.delete(line);
  if (lines.size === 0) tree.delete(file);
  return site!;
}

/**
 * `count` mutants at different sites, in turn of the component's own sources and of what it shares with others (core/lib). Each time a file
 * is chosen first, then a line of it, then an instruction: so what was written counts, and neither unrolled arithmetic nor what the compiler
 * inlines everywhere crowds out the decisions.
 */
export function sample(
  module: WasmModule,
  all: readonly Site[],
  { folder, count, seed }: { readonly folder: string; readonly count: number; readonly seed: number },
): Mutant[] {
  const next = random(seed);
  const trees = [
    treeOf(all.filter(({ place }) => place?.file.startsWith(folder))),
    treeOf(all.filter(({ place }) => !place?.file.startsWith(folder))),
  ];
  return Array.from({ length: Math.min(count, all.length) }, (_, turn) => {
    const [preferred, other] = turn % 2 === 0 ? trees : [...trees].reverse();
    const site = takeSite(preferred!.size > 0 ? preferred! : other!, next);
    const body = module.functions[site.functionIndex]!;
    const changes = changesOf(module, body, body.instructions[site.instructionIndex]!);
    return { ...site, change: changes[next(changes.length)]! };
  });
}
