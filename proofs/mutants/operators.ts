/**
 * What a mutant changes: one instruction of the binary, by one of these operators. Each keeps the types on the stack, so that every mutant
 * is a valid module.
 */
import { type Instruction, Op, opcode } from "../../test/support/wasm-binary/instructions.ts";
import { signed } from "../../test/support/wasm-binary/leb128.ts";
import type { FunctionBody, WasmModule } from "../../test/support/wasm-binary/module.ts";

/** One change of one instruction: its name, for people, and the bytes that take the instruction's place. */
export interface Change {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Numbers of the i32 instructions; those of i64 lie at a fixed distance behind them. */
const I32 = {
  eq: 0x46,
  ne: 0x47,
  lt_s: 0x48,
  lt_u: 0x49,
  gt_s: 0x4a,
  gt_u: 0x4b,
  le_s: 0x4c,
  le_u: 0x4d,
  ge_s: 0x4e,
  ge_u: 0x4f,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  div_s: 0x6d,
  div_u: 0x6e,
  rem_s: 0x6f,
  rem_u: 0x70,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shr_s: 0x75,
  shr_u: 0x76,
  rotl: 0x77,
  rotr: 0x78,
} as const;
type Name = keyof typeof I32;
const COMPARISONS_TO_I64 = 0x51 - 0x46;
const ARITHMETIC_TO_I64 = 0x7c - 0x6a;

/**
 * What each operator is taken for: a near miss, and its opposite. Left out is what is the same for the values that components have: another
 * signedness of 32 bits, as addresses and counts are below 2^31, and xor for or, whose operands share no bit.
 */
const SWAPS: Readonly<Record<Name, readonly Name[]>> = {
  eq: ["ne"],
  ne: ["eq"],
  lt_s: ["le_s", "ge_s"],
  lt_u: ["le_u", "ge_u"],
  gt_s: ["ge_s", "le_s"],
  gt_u: ["ge_u", "le_u"],
  le_s: ["lt_s", "gt_s"],
  le_u: ["lt_u", "gt_u"],
  ge_s: ["gt_s", "lt_s"],
  ge_u: ["gt_u", "lt_u"],
  add: ["sub"],
  sub: ["add"],
  mul: ["add"],
  div_s: ["mul", "div_u"],
  div_u: ["mul", "rem_u"],
  rem_s: ["div_s", "rem_u"],
  rem_u: ["div_u", "and"],
  and: ["or"],
  or: ["and"],
  xor: ["or"],
  shl: ["shr_u"],
  shr_s: ["shr_u", "shl"],
  shr_u: ["shl"],
  rotl: ["shl"],
  rotr: ["shr_u"],
};

/** For 64 bits signedness counts: amounts, rounds and versions use them all. */
const SWAPS_OF_64: Readonly<Partial<Record<Name, Name>>> = {
  lt_u: "lt_s",
  gt_u: "gt_s",
  le_u: "le_s",
  ge_u: "ge_s",
  shr_u: "shr_s",
};

/** Vector instructions by number, with what each is taken for; both ways round, but for xor: see above. */
const VECTOR_SWAPS: readonly (readonly [string, number, string, number])[] = [
  ["v128.and", 0xfd04e, "or", 0xfd050],
  ["v128.xor", 0xfd051, "or", 0xfd050],
  ["i8x16.add", 0xfd06e, "sub", 0xfd071],
  ["i16x8.add", 0xfd08e, "sub", 0xfd091],
  ["i32x4.add", 0xfd0ae, "sub", 0xfd0b1],
  ["i64x2.add", 0xfd0ce, "sub", 0xfd0d1],
  ["i32x4.mul", 0xfd0b5, "add", 0xfd0ae],
  ["i64x2.mul", 0xfd0d5, "add", 0xfd0ce],
  ["i32x4.shl", 0xfd0ab, "shr_u", 0xfd0ad],
  ["i32x4.shr_s", 0xfd0ac, "shr_u", 0xfd0ad],
  ["i64x2.shl", 0xfd0cb, "shr_u", 0xfd0cd],
  ["i32x4.gt_s", 0xfd03b, "lt_s", 0xfd039],
];

const swapsByOpcode = new Map<number, readonly Change[]>();
for (const [name, others] of Object.entries(SWAPS) as [Name, readonly Name[]][]) {
  const distance = I32[name] <= I32.ge_u ? COMPARISONS_TO_I64 : ARITHMETIC_TO_I64;
  for (const [type, add] of [
    ["i32", 0],
    ["i64", distance],
  ] as const) {
    const wide = type === "i64" ? SWAPS_OF_64[name] : undefined;
    const all = wide ? [...others, wide] : others;
    const swaps = all.map((other) => ({ name: `${type}.${name} -> ${other}`, bytes: Uint8Array.of(I32[other] + add) }));
    swapsByOpcode.set(I32[name] + add, swaps);
  }
}

/** Loads of less than the whole value, signed and unsigned: each is the other's neighbour. */
const NARROW_LOADS = { first: 0x2c, last: 0x35 } as const;
const I32_TYPE = 0x7f;

for (const [name, first, other, second] of VECTOR_SWAPS) {
  const [type] = name.split(".");
  const there = { name: `${name} -> ${other}`, bytes: Uint8Array.from(opcode(second)) };
  const back = { name: `${type}.${other} -> ${name.slice(type!.length + 1)}`, bytes: Uint8Array.from(opcode(first)) };
  swapsByOpcode.set(first, [...(swapsByOpcode.get(first) ?? []), there]);
  if (name === "v128.xor") continue;
  swapsByOpcode.set(second, [...(swapsByOpcode.get(second) ?? []), back]);
}

const change = (name: string, ...bytes: number[]): Change => ({ name, bytes: Uint8Array.from(bytes) });

/** Static data lies beyond the first frame's room, and no number in the sources is as large and of 32 bits, but capacities. */
const FIRST_ADDRESS = 1n << 20n;

/**
 * A neighbour, or nothing. Addresses of static data are left alone: the compiler gives them out, and a fault there is none of the sources'.
 * And 1 is a bool as often as a number, and 2 is as true as 1.
 */
function constants(op: number, value: bigint): Change[] {
  if (op === Op.i32Const && value >= FIRST_ADDRESS) return [];
  const bits = op === Op.i32Const ? 32 : 64;
  const changed = (name: string, other: bigint) =>
    change(`i${bits}.const ${value} ${name}`, op, ...signed(BigInt.asIntN(bits, other)));
  const less = changed("- 1", value - 1n);
  if (value === 1n) return [less];
  const both = [changed("+ 1", value + 1n), less];
  return value === 0n || value === -1n ? both : [...both, changed("-> 0", 0n)];
}

/** Drops what a call takes and puts zeros where its results would be. */
function withoutCall(module: WasmModule, callee: number): Change {
  const { parameters, results } = module.types[callee]!;
  const zeros = [...results].flatMap((type) => [type === I32_TYPE ? Op.i32Const : Op.i64Const, 0]);
  return change(`call ${callee} dropped`, ...parameters.map(() => Op.drop), ...zeros);
}

/** All changes that may be made to an instruction. */
export function changesOf(module: WasmModule, { bytes }: FunctionBody, instruction: Instruction): readonly Change[] {
  const { op, at, end, immediate } = instruction;
  const raw = [...bytes.subarray(at, end)];
  const drops = (count: number) => Array<number>(count).fill(Op.drop);
  const swaps = swapsByOpcode.get(op);
  if (swaps) return swaps;
  if ((op >= Op.i32Store && op <= Op.i64Store32) || op === Op.v128Store) return [change("store dropped", ...drops(2))];
  if (op >= NARROW_LOADS.first && op <= NARROW_LOADS.last) {
    return [change("load of the other signedness", op ^ 1, ...raw.slice(1))];
  }
  switch (op) {
    case Op.i32Const:
    case Op.i64Const:
      return constants(op, immediate);
    case Op.i32Eqz:
      return [change("i32.eqz inverted", Op.i32Const, 0, Op.i32Ne)];
    case Op.i64Eqz:
      return [change("i64.eqz inverted", Op.i64Const, 0, Op.i64Ne)];
    case Op.brIf:
      return [change("br_if always", Op.drop, Op.br, ...raw.slice(1)), change("br_if never", Op.drop)];
    case Op.if:
      return [
        change("if always", Op.drop, Op.i32Const, 1, ...raw),
        change("if never", Op.drop, Op.i32Const, 0, ...raw),
      ];
    case Op.select:
      return [change("select swapped", Op.i32Eqz, ...raw)];
    case Op.call:
      return [withoutCall(module, Number(immediate))];
    case Op.localSet:
      return [change("local.set dropped", Op.drop)];
    case Op.localTee:
      return [change("local.tee dropped")];
    case Op.globalSet:
      return [change("global.set dropped", Op.drop)];
    case Op.memoryCopy:
    case Op.memoryFill:
      return [change(op === Op.memoryCopy ? "memory.copy dropped" : "memory.fill dropped", ...drops(3))];
    default:
      return [];
  }
}
