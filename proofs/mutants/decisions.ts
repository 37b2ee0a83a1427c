/**
 * Regions and decisions of a module, which is what coverage is taken of. A region is a stretch of instructions that are all run or none. A
 * decision is an `if` or a conditional branch, with its two sides; one of which only one side is ever taken says nothing about its condition,
 * so mutants of that condition would only show that the check for it is missing, or that nothing can make it fail.
 *
 * Everything that can be reached has a flag: first the regions', then those of sides that are no regions.
 */
import { type Instruction, Op } from "../../test/support/wasm-binary/instructions.ts";
import type { WasmModule } from "../../test/support/wasm-binary/module.ts";

export interface Decision {
  readonly functionIndex: number;
  /** The instruction that decides, and where its condition begins. */
  readonly instructionIndex: number;
  readonly conditionFrom: number;
  /** Flags of the two sides. */
  readonly sides: readonly [number, number];
}

/** A flag that no region has: raised where a branch is taken, or where an `if` without `else` is passed over. */
export interface ExtraFlag {
  readonly flag: number;
  readonly functionIndex: number;
  /** Of a conditional branch that is taken; of the `end` of an `if` that was passed over. */
  readonly instructionIndex: number;
}

export interface Coverage {
  /** How many flags there are. */
  readonly flags: number;
  /** The region of each instruction of each function. */
  readonly regions: readonly (readonly number[])[];
  readonly decisions: readonly Decision[];
  readonly extra: readonly ExtraFlag[];
}

/** Control moves on somewhere else than at the next instruction, or comes here from elsewhere. */
const REGION_ENDS: ReadonlySet<number> = new Set([
  Op.unreachable,
  Op.loop,
  Op.if,
  Op.else,
  Op.end,
  Op.br,
  Op.brIf,
  Op.brTable,
  Op.return,
]);
/** The immediate of a block without results. */
const NO_RESULT = -64n;
const CONDITION_END: ReadonlySet<number> = new Set([
  Op.block,
  Op.loop,
  Op.br,
  Op.brIf,
  Op.brTable,
  Op.return,
  Op.unreachable,
  Op.drop,
  Op.localSet,
  Op.globalSet,
]);

/** An open block while a function is walked. */
interface Open {
  readonly op: number;
  readonly index: number;
  readonly hasResult: boolean;
  elseIndex: number | undefined;
}

export function coverageOf(module: WasmModule): Coverage {
  let flags = 0;
  const regions = module.functions.map(({ instructions }) => {
    let region = flags++;
    return instructions.map(({ op }, index) => {
      const here = region;
      if (REGION_ENDS.has(op) && index + 1 < instructions.length) region = flags++;
      return here;
    });
  });
  const decisions: Decision[] = [];
  const extra: ExtraFlag[] = [];
  module.functions.forEach(({ instructions }, functionIndex) => {
    const own = regions[functionIndex]!;
    const starts = blockStarts(instructions);
    const add = (instructionIndex: number, one: number, other: number) => {
      const conditionFrom = conditionStart(instructions, instructionIndex, starts);
      decisions.push({ functionIndex, instructionIndex, conditionFrom, sides: [one, other] });
    };
    const addExtra = (instructionIndex: number): number => {
      extra.push({ flag: flags, functionIndex, instructionIndex });
      return flags++;
    };
    const open: Open[] = [];
    const results = module.types[functionIndex]!.results.length > 0;
    instructions.forEach(({ op, immediate }, index) => {
      if (op === Op.block || op === Op.loop || op === Op.if) {
        // A branch to a loop goes to its start, which takes nothing.
        open.push({ op, index, hasResult: op !== Op.loop && immediate !== NO_RESULT, elseIndex: undefined });
      } else if (op === Op.else) {
        open.at(-1)!.elseIndex = index;
      } else if (op === Op.end) {
        const closed = open.pop();
        if (closed?.op !== Op.if) return;
        const { index: at, elseIndex } = closed;
        add(at, own[at + 1]!, elseIndex === undefined ? addExtra(index) : own[elseIndex + 1]!);
      } else if (op === Op.brIf) {
        const target = open.at(-1 - Number(immediate));
        if (!(target?.hasResult ?? results)) add(index, own[index + 1]!, addExtra(index));
      }
    });
  });
  return { flags, regions, decisions, extra };
}

/** Where each block that ends at an instruction begins. */
function blockStarts(instructions: readonly Instruction[]): ReadonlyMap<number, number> {
  const starts = new Map<number, number>();
  const open: number[] = [];
  instructions.forEach(({ op }, index) => {
    if (op === Op.block || op === Op.loop || op === Op.if) open.push(index);
    else if (op === Op.end) starts.set(index, open.pop() ?? 0);
  });
  return starts;
}

/**
 * Where the condition of a decision begins: everything back to the last statement. An inner `if` with a result, which is how `a && b` is
 * compiled, belongs to it as a whole.
 */
function conditionStart(
  instructions: readonly Instruction[],
  decides: number,
  starts: ReadonlyMap<number, number>,
): number {
  let from = decides;
  while (from > 0) {
    const before = instructions[from - 1]!;
    const start = starts.get(from - 1);
    const inner =
      start !== undefined && instructions[start]!.op === Op.if && instructions[start]!.immediate !== NO_RESULT;
    if (inner) from = start;
    else if (CONDITION_END.has(before.op) || before.op === Op.end || before.op === Op.if || before.op === Op.else)
      break;
    else if (isStore(before.op)) break;
    else from--;
  }
  return from;
}

const isStore = (op: number): boolean =>
  (op >= Op.i32Store && op <= Op.i64Store32) || op === Op.v128Store || op === Op.memoryCopy || op === Op.memoryFill;
