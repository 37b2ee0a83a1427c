/**
 * Instruments: what a module carries while it is observed, and nothing else of it changes. A mutant carries fuel, so that one that loops for
 * ever traps after a number of loop turns that is the same on every machine. A module whose coverage is taken also carries the flags of
 * decisions.ts, and one that is watched a flag for each of some mutants. All are globals that the module imports and all its instances share.
 */

import { type Instruction, Op } from "../../test/support/wasm-binary/instructions.ts";
import { unsigned } from "../../test/support/wasm-binary/leb128.ts";
import {
  codeSection,
  editBody,
  exportSection,
  SECTION,
  type Section,
  type WasmModule,
  writeModule,
} from "../../test/support/wasm-binary/module.ts";
import type { Coverage } from "./decisions.ts";
import { SCRATCH_TYPES, scratchFrom, watching } from "./differences.ts";
import type { Change } from "./operators.ts";

/** Module and name of the fuel's import, and the modules of the flags' and of the scratch's, whose names are their numbers. */
export const FUEL = { module: "mutants", name: "fuel" } as const;
export const FLAGS = "flags";
export const SCRATCH = "scratch";
/** As much fuel as there may be: an i32, read as such by JavaScript. */
export const FULL_TANK = 0x7fff_ffff;

const I32_TYPE = 0x7f;
const MUTABLE = 1;
const GLOBAL_KIND = 3;
const EMPTY_BLOCK = 0x40;
const FUEL_GLOBAL = 0;

/** global.set of fuel - 1, then a trap when nothing is left. */
const BURN = [
  ...[Op.globalGet, FUEL_GLOBAL, Op.i32Const, 1, Op.i32Sub, Op.globalSet, FUEL_GLOBAL],
  ...[Op.globalGet, FUEL_GLOBAL, Op.i32Eqz, Op.if, EMPTY_BLOCK, Op.unreachable, Op.end],
];

const raise = (flag: number): number[] => [Op.i32Const, 1, Op.globalSet, ...unsigned(1 + flag)];

const text = (name: string): number[] => [...unsigned(name.length), ...new TextEncoder().encode(name)];

function importSection(flags: number, scratch: readonly number[]): Section {
  const one = (module: string, name: string, type = I32_TYPE) => {
    return [...text(module), ...text(name), GLOBAL_KIND, type, MUTABLE];
  };
  const all = [
    one(FUEL.module, FUEL.name),
    ...Array.from({ length: flags }, (_, i) => one(FLAGS, String(i))),
    ...scratch.map((type, i) => one(SCRATCH, String(i), type)),
  ];
  return { id: SECTION.import, bytes: Uint8Array.from([unsigned(all.length), ...all].flat()) };
}

/** Replaces one instruction of one function. */
export interface Patch {
  readonly functionIndex: number;
  readonly instructionIndex: number;
  readonly bytes: Uint8Array;
}

/** What may become of one instruction. */
export interface Watch {
  readonly functionIndex: number;
  readonly instructionIndex: number;
  readonly change: Change;
}

/** One of these, or none. */
export interface Instruments {
  /** Give everything that can be reached a flag. */
  readonly coverage?: Coverage;
  /** Give each of these, at different places, a flag that is raised where it makes a difference. */
  readonly watch?: readonly Watch[];
  readonly patch?: Patch;
}

/** The module's bytes with fuel and, as asked, a patch or flags. */
export function instrument(module: WasmModule, { coverage, watch = [], patch }: Instruments = {}): Uint8Array {
  const flags = coverage?.flags ?? watch.length;
  const scratch = watch.length > 0 ? SCRATCH_TYPES : [];
  const globals = 1 + flags + scratch.length;
  const numbers = new Map(watch.map((one, number) => [`${one.functionIndex} ${one.instructionIndex}`, number]));
  const bodies = module.functions.map((body, functionIndex) => {
    const flagsOf = coverage && flagging(coverage, functionIndex);
    return editBody(body, (instruction, index) => {
      const patched =
        patch?.functionIndex === functionIndex && patch.instructionIndex === index ? patch.bytes : undefined;
      const number = numbers.get(`${functionIndex} ${index}`);
      if (number !== undefined) {
        const bytes = [...(shifted(instruction, globals) ?? body.bytes.subarray(instruction.at, instruction.end))];
        const watched = { module, functionIndex, instruction, bytes, change: watch[number]!.change };
        const code = watching(watched, scratchFrom(1 + flags), raise(number)) ?? [...raise(number), ...bytes];
        return Uint8Array.from(code);
      }
      const own = patched ?? shifted(instruction, globals);
      const burn = instruction.op === Op.loop ? BURN : [];
      const { before = [], instead, after = [] } = flagsOf?.(instruction, index) ?? {};
      if (!own && !instead && before.length + burn.length + after.length === 0) return undefined;
      const bytes = instead ?? own ?? body.bytes.subarray(instruction.at, instruction.end);
      return Uint8Array.from([...before, ...bytes, ...burn, ...after]);
    });
  });
  const sections = module.sections.flatMap((section): Section[] => {
    if (section.id === SECTION.type) return [section, importSection(flags, scratch)];
    if (section.id === SECTION.code) return [{ id: SECTION.code, bytes: codeSection(bodies) }];
    if (section.id === SECTION.export) return [{ id: SECTION.export, bytes: exportSection(section.bytes, globals) }];
    return section.id === SECTION.custom ? [] : [section];
  });
  return writeModule(sections);
}

interface Flagged {
  readonly before?: readonly number[];
  readonly instead?: readonly number[];
  readonly after?: readonly number[];
}

/** What raises the flags of one function, by instruction. */
function flagging({ regions, extra }: Coverage, functionIndex: number) {
  const own = regions[functionIndex]!;
  const extras = new Map(
    extra.filter((one) => one.functionIndex === functionIndex).map((one) => [one.instructionIndex, one.flag]),
  );
  return ({ op, immediate }: Instruction, index: number): Flagged => {
    const first = index === 0 ? raise(own[0]!) : [];
    const after = index + 1 < own.length && own[index + 1] !== own[index] ? raise(own[index + 1]!) : [];
    const flag = extras.get(index);
    if (flag === undefined) return { before: first, after };
    if (op === Op.end) return { before: [...first, Op.else, ...raise(flag)], after };
    // A conditional branch that says when it is taken, from one block further in.
    const taken = [Op.if, EMPTY_BLOCK, ...raise(flag), Op.br, ...unsigned(immediate + 1n), Op.end];
    return { before: first, instead: taken, after };
  };
}

/** The imported globals come first, so the module's own get higher numbers. */
function shifted({ op, immediate }: Instruction, by: number): Uint8Array | undefined {
  if (op !== Op.globalGet && op !== Op.globalSet) return undefined;
  return Uint8Array.from([op, ...unsigned(immediate + BigInt(by))]);
}
