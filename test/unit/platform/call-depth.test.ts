/**
 * How deep calls nest in each component, at most, by its call graph: below what the runtime of translated components bounds it to, which
 * would otherwise trap where V8 goes on.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sourceOf } from "../../../platform/image/component-objects.ts";
import { COMPONENTS } from "../../../platform/topology.ts";
import { Op } from "../../support/wasm-binary/instructions.ts";
import { parseModule } from "../../support/wasm-binary/module.ts";

/** Of the tree that the ledger goes down: every call in a cycle goes one level down (core/lib/merkle/tree.ts). */
const LEVELS = 128;
const BOUND = Number(/WASM_RT_MAX_CALL_STACK_DEPTH (\d+)/.exec(readFileSync(sourceOf("image/wasm-rt.h"), "utf8"))![1]);

/** For each function those that it calls. */
function callGraph(module: Uint8Array): readonly (readonly number[])[] {
  return parseModule(module).functions.map(({ instructions }) => [
    ...new Set(instructions.filter(({ op }) => op === Op.call).map(({ immediate }) => Number(immediate))),
  ]);
}

/** Functions reachable from one, itself among them when it is in a cycle. */
function reachable(graph: readonly (readonly number[])[], from: number): ReadonlySet<number> {
  const seen = new Set<number>();
  const waiting = [...graph[from]!];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...graph[next]!);
  }
  return seen;
}

/** Frames of the deepest nesting, when functions of one cycle take a level each. */
function deepest(graph: readonly (readonly number[])[]): { depth: number; recursive: number } {
  const reach = graph.map((_, f) => reachable(graph, f));
  const cycleOf = (f: number) => [...reach[f]!].filter((other) => reach[other]!.has(f));
  const known = new Map<number, number>();
  const depthFrom = (f: number): number => {
    const have = known.get(f);
    if (have !== undefined) return have;
    const cycle = cycleOf(f);
    const members = cycle.length > 0 ? cycle : [f];
    const below = members.flatMap((one) => graph[one]!).filter((called) => !members.includes(called));
    const own = cycle.length > 0 ? cycle.length * (LEVELS + 1) : 1;
    const depth = own + Math.max(0, ...below.map(depthFrom));
    for (const one of members) known.set(one, depth);
    return depth;
  };
  return {
    depth: Math.max(...graph.map((_, f) => depthFrom(f))),
    recursive: graph.filter((_, f) => reach[f]!.has(f)).length,
  };
}

it.each(COMPONENTS)("%s nests its calls less deep than the runtime bounds them", (name) => {
  const module = readFileSync(new URL(`../../../build/${name}.wasm`, import.meta.url));
  const graph = callGraph(module);
  const { depth, recursive } = deepest(graph);
  expect(depth).toBeLessThan(BOUND);
  // Whoever else begins to recurse must say how deep, here.
  if (name !== "ledger") expect(recursive).toBe(0);
  else expect(recursive).toBeGreaterThan(0);
});
