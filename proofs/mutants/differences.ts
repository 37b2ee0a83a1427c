/**
 * Where a mutant differs: code in an instruction's place that does the same, and raises a flag when the changed instruction would have come to
 * something else, be it a value, a side of a branch or a number kept somewhere. Up to the first such moment mutant and original are in the same
 * state, so a check in which the flag stays down cannot tell them apart.
 *
 * Operands wait in globals that the module imports (`Scratch`) while both are tried on them.
 */
import { type Instruction, Op, opcode } from "../../test/support/wasm-binary/instructions.ts";
import { readSigned, readUnsigned, signed, unsigned } from "../../test/support/wasm-binary/leb128.ts";
import { type FunctionBody, SECTION, type WasmModule } from "../../test/support/wasm-binary/module.ts";
import type { Change } from "./operators.ts";

const I32 = 0x7f;
const I64 = 0x7e;
const LOCAL_GET = 0x20;
const AND = { [I32]: 0x71, [I64]: 0x83 } as const;
const NE = { [I32]: Op.i32Ne, [I64]: Op.i64Ne } as const;
const EMPTY_BLOCK = 0x40;
type Type = typeof I32 | typeof I64;

/** Numbers of the globals in which operands wait: two of each type. */
export type Scratch = Readonly<Record<Type, readonly [number, number]>>;
/** Their types, in the order in which `scratchFrom` numbers them. */
export const SCRATCH_TYPES: readonly Type[] = [I32, I32, I64, I64];
export const scratchFrom = (first: number): Scratch => ({ [I32]: [first, first + 1], [I64]: [first + 2, first + 3] });

const get = (global: number): number[] => [Op.globalGet, ...unsigned(global)];
const set = (global: number): number[] => [Op.globalSet, ...unsigned(global)];

const isType = (type: number | undefined): type is Type => type === I32 || type === I64;

/** Types of two operands and the result, of those that operators.ts exchanges; i32.rem_s is not among them, whose neighbour can trap. */
function binary(op: number): readonly [operands: Type, result: Type] | undefined {
  if (op === 0x6f || op === 0x81) return undefined;
  if (op >= 0x46 && op <= 0x4f) return [I32, I32];
  if (op >= 0x51 && op <= 0x5a) return [I64, I32];
  if (op >= 0x6a && op <= 0x78) return [I32, I32];
  return op >= 0x7c && op <= 0x8a ? [I64, I64] : undefined;
}

/** The load of what a store writes, and the bits of its operand that it writes; all of them where that is undefined. */
const STORES: Readonly<Record<number, readonly [type: Type, load: number, mask?: bigint]>> = {
  54: [I32, 0x28],
  55: [I64, 0x29],
  58: [I32, 0x2d, 0xffn],
  59: [I32, 0x2f, 0xffffn],
  60: [I64, 0x31, 0xffn],
  61: [I64, 0x33, 0xffffn],
  62: [I64, 0x35, 0xffff_ffffn],
};
const NARROW_LOADS = { first: 0x2c, firstOf64: 0x30, last: 0x35 } as const;

/** Type of each local of a function, its parameters first. */
function localTypes(parameters: Uint8Array, { bytes }: FunctionBody): number[] {
  const types = [...parameters];
  const groups = readUnsigned(bytes, 0);
  for (let i = 0n, at = groups.end; i < groups.value; i++) {
    const { value, end } = readUnsigned(bytes, at);
    types.push(...Array<number>(Number(value)).fill(bytes[end]!));
    at = end + 1;
  }
  return types;
}

/** Type of each of the module's own globals, whose first values are constants. */
function globalTypes({ sections }: WasmModule): number[] {
  const bytes = sections.find(({ id }) => id === SECTION.global)?.bytes ?? Uint8Array.of(0);
  const types: number[] = [];
  const count = readUnsigned(bytes, 0);
  for (let i = 0n, at = count.end; i < count.value; i++) {
    types.push(bytes[at]!);
    at = readSigned(bytes, at + 3).end + 1; // type, mutability, opcode, constant, end
  }
  return types;
}

/** An instruction that may be changed, `bytes` as it stands in the instrumented module. */
export interface Watched {
  readonly module: WasmModule;
  readonly functionIndex: number;
  readonly instruction: Instruction;
  readonly bytes: readonly number[];
  readonly change: Change;
}

/** The code; undefined where the two are taken to differ whenever the instruction is reached. `raise` raises the flag. */
export function watching(watched: Watched, scratch: Scratch, raise: readonly number[]): number[] | undefined {
  const { module, functionIndex, instruction, bytes, change } = watched;
  const { op, immediate } = instruction;
  const changed = [...change.bytes];
  const raiseIf = [Op.if, EMPTY_BLOCK, ...raise, Op.end];
  const [address, value32] = scratch[I32];

  const types = binary(op);
  if (types) {
    const [operands, result] = types;
    const [a, b] = scratch[operands];
    const both = [...get(a), ...get(b)];
    return [...set(b), ...set(a), ...both, ...bytes, ...both, ...changed, NE[result], ...raiseIf, ...both, ...bytes];
  }
  if (op >= NARROW_LOADS.first && op <= NARROW_LOADS.last) {
    const differ = NE[op < NARROW_LOADS.firstOf64 ? I32 : I64];
    const at = get(address);
    return [...set(address), ...at, ...bytes, ...at, ...changed, differ, ...raiseIf, ...at, ...bytes];
  }
  const stored = STORES[op];
  if (stored) {
    const [type, load, mask] = stored;
    const value = type === I32 ? value32 : scratch[I64][0];
    const masked = mask === undefined ? [] : [type === I32 ? Op.i32Const : Op.i64Const, ...signed(mask), AND[type]];
    const held = [...get(address), load, ...bytes.slice(opcode(op).length)];
    const differ = [...held, ...get(value), ...masked, NE[type]];
    return [...set(value), ...set(address), ...differ, ...raiseIf, ...get(address), ...get(value), ...bytes];
  }
  if (op === Op.if || op === Op.brIf) {
    const other = change.name.endsWith("always") ? [Op.i32Eqz] : [];
    return [...set(address), ...get(address), ...other, ...raiseIf, ...get(address), ...bytes];
  }
  if (op === Op.localSet || op === Op.localTee || op === Op.globalSet) {
    const types =
      op === Op.globalSet
        ? globalTypes(module)
        : localTypes(module.types[functionIndex]!.parameters, module.functions[functionIndex]!);
    const type = types[Number(immediate)];
    if (!isType(type)) return undefined;
    const [value] = scratch[type];
    const held = [op === Op.globalSet ? Op.globalGet : LOCAL_GET, ...bytes.slice(1)];
    return [...set(value), ...held, ...get(value), NE[type], ...raiseIf, ...get(value), ...bytes];
  }
  return undefined;
}
