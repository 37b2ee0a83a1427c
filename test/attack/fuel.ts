/**
 * Counts what a WebAssembly module does, by rewriting its bytes: a counter that only rises is added, exported as `fuel`, and every
 * function entry and every loop iteration adds the number of instructions that lie in that function or loop and in no loop within.
 * So the counter is an upper bound of the instructions executed, the same on every machine; bulk fills and copies add one for
 * every 8 bytes besides. Nothing else of the module changes.
 */
import { type Instruction, Op } from "../support/wasm-binary/instructions.ts";
import { readUnsigned, signed, unsigned } from "../support/wasm-binary/leb128.ts";
import {
  codeSection,
  editBody,
  type FunctionBody,
  parseModule,
  SECTION,
  type Section,
  writeModule,
} from "../support/wasm-binary/module.ts";

const EXPORT_GLOBAL = 3;
const FUNCTION_TYPE = 0x60;
const I32 = 0x7f;
const I64 = 0x7e;
const MUTABLE = 1;
const LOCAL_GET = 0x20;
const I64_ADD = 0x7c;
const I64_SHR_U = 0x88;
const I64_EXTEND_I32_U = 0xad;
/** Bytes of a bulk operation that count as one instruction: 2 to this power. */
const BULK_SHIFT = 3;

const countOf = (vector: Uint8Array): number => Number(readUnsigned(vector, 0).value);

/** A vector section with entries added at its end. */
function extended({ id, bytes }: Section, ...entries: readonly (readonly number[])[]): Section {
  const { value, end } = readUnsigned(bytes, 0);
  return {
    id,
    bytes: Uint8Array.from([...unsigned(value + BigInt(entries.length)), ...bytes.subarray(end), ...entries.flat()]),
  };
}

/** How much is charged where: at -1 for the function's entry, else after the loop at that instruction. */
function chargesOf(instructions: readonly Instruction[]): ReadonlyMap<number, number> {
  const charges = new Map([[-1, 0]]);
  /** For each open block, where what lies in it is charged. */
  const open = [-1];
  instructions.forEach(({ op }, index) => {
    const to = open.at(-1)!;
    charges.set(to, charges.get(to)! + 1);
    if (op === Op.loop) {
      charges.set(index, 0);
      open.push(index);
    } else if (op === Op.block || op === Op.if) open.push(to);
    else if (op === Op.end) open.pop();
  });
  return charges;
}

/** The module with a counter. It must import nothing and have globals, as every component does. */
export function withFuel(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const module = parseModule(bytes);
  const section = (id: number) => module.sections.find((one) => one.id === id);
  const globals = section(SECTION.global);
  if (!globals) throw new Error("fuel: a module without globals has no place for the counter");
  const fuel = unsigned(countOf(globals.bytes));
  const helperType = unsigned(countOf(section(SECTION.type)!.bytes));
  const copyHelper = module.functions.length;
  const fillHelper = copyHelper + 1;

  const add = (amount: readonly number[]) => [Op.globalGet, ...fuel, ...amount, I64_ADD, Op.globalSet, ...fuel];
  const charge = (instructions: number) => add([Op.i64Const, ...signed(instructions)]);
  const helper = (operation: readonly number[]) => {
    const moved = [LOCAL_GET, 2, I64_EXTEND_I32_U, Op.i64Const, BULK_SHIFT, I64_SHR_U];
    return Uint8Array.from([0, ...add(moved), LOCAL_GET, 0, LOCAL_GET, 1, LOCAL_GET, 2, ...operation, Op.end]);
  };
  const metered = (body: FunctionBody): Uint8Array => {
    const charges = chargesOf(body.instructions);
    return editBody(body, ({ op, at, end }, index) => {
      const entry = index === 0 ? charge(charges.get(-1)!) : [];
      const helped = op === Op.memoryCopy ? copyHelper : op === Op.memoryFill ? fillHelper : undefined;
      const own = helped === undefined ? body.bytes.subarray(at, end) : [Op.call, ...unsigned(helped)];
      const turn = op === Op.loop ? charge(charges.get(index)!) : [];
      return entry.length + turn.length > 0 || helped !== undefined
        ? Uint8Array.from([...entry, ...own, ...turn])
        : undefined;
    });
  };

  const name = new TextEncoder().encode("fuel");
  const helpers = [helper([0xfc, 10, 0, 0]), helper([0xfc, 11, 0])];
  const changed: Readonly<Record<number, (section: Section) => Section>> = {
    [SECTION.type]: (types) => extended(types, [FUNCTION_TYPE, 3, I32, I32, I32, 0]),
    [SECTION.function]: (functions) => extended(functions, helperType, helperType),
    [SECTION.global]: (all) => extended(all, [I64, MUTABLE, Op.i64Const, 0, Op.end]),
    [SECTION.export]: (all) => extended(all, [name.length, ...name, EXPORT_GLOBAL, ...fuel]),
    [SECTION.code]: ({ id }) => ({ id, bytes: codeSection([...module.functions.map(metered), ...helpers]) }),
  };
  const kept = module.sections.filter(({ id }) => id !== SECTION.custom);
  return writeModule(kept.map((one) => changed[one.id]?.(one) ?? one));
}
