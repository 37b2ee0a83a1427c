/**
 * Instructions of a function body: where each lies, and what it is. Covers what AssemblyScript's compiler emits for the components: the
 * MVP's instructions, sign extension, bulk memory and SIMD; anything else is refused by its number.
 * Source: WebAssembly Core Specification 2.0, section 5.4 and appendix "Index of Instructions".
 */
import { readSigned, readUnsigned, unsigned } from "./leb128.ts";

/** Opcodes that mutants and instruments speak of by name. */
export const Op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Store: 0x36,
  i64Store32: 0x3e,
  i32Const: 0x41,
  i64Const: 0x42,
  i32Eqz: 0x45,
  i32Ne: 0x47,
  i64Eqz: 0x50,
  i64Ne: 0x52,
  i32Sub: 0x6b,
  memoryCopy: 0xfc00a,
  memoryFill: 0xfc00b,
  v128Store: 0xfd00b,
} as const;

export interface Instruction {
  /** Offset in the bytes that were decoded. */
  readonly at: number;
  readonly end: number;
  /** The first byte; for a prefixed instruction, prefix and number: 0xfc00a. */
  readonly op: number;
  /** The integer behind the opcode: an index, a depth or a constant; 0n where there is none. */
  readonly immediate: bigint;
}

const BULK_PREFIX = 0xfc;
const VECTOR_PREFIX = 0xfd;
const PREFIX_SHIFT = 12;

/** The bytes of an opcode, without what follows it. */
export function opcode(op: number): number[] {
  return op < 0x100 ? [op] : [op >> PREFIX_SHIFT, ...unsigned(op & 0xfff)];
}

/** Where the immediates of a vector instruction end, which begin at `at`. */
function vectorEnd(bytes: Uint8Array, number: number, at: number): number {
  const memory = () => readUnsigned(bytes, readUnsigned(bytes, at).end).end;
  if (number <= 11 || number === 92 || number === 93) return memory();
  if (number >= 84 && number <= 91) return memory() + 1;
  if (number === 12 || number === 13) return at + 16; // v128.const, i8x16.shuffle
  return number >= 21 && number <= 34 ? at + 1 : at; // lanes
}

/** Reads the instruction at an offset. Throws RangeError for one that is not known here. */
function decode(bytes: Uint8Array, at: number): Instruction {
  const first = bytes[at]!;
  const one = at + 1;
  const plain = (end: number, immediate = 0n): Instruction => ({ at, end, op: first, immediate });
  const index = () => {
    const { value, end } = readUnsigned(bytes, one);
    return plain(end, value);
  };
  const signed = () => {
    const { value, end } = readSigned(bytes, one);
    return plain(end, value);
  };
  switch (first) {
    case Op.block:
    case Op.loop:
    case Op.if:
    case Op.i32Const:
    case Op.i64Const:
      return signed();
    case Op.br:
    case Op.brIf:
    case Op.call:
    case 0x20: // local.get
    case Op.localSet:
    case Op.localTee:
    case Op.globalGet:
    case Op.globalSet:
    case 0x3f: // memory.size
    case 0x40: // memory.grow
      return index();
    case Op.callIndirect: {
      const type = readUnsigned(bytes, one);
      return plain(readUnsigned(bytes, type.end).end, type.value);
    }
    case Op.brTable: {
      const count = readUnsigned(bytes, one);
      let end = count.end;
      for (let label = 0n; label <= count.value; label++) end = readUnsigned(bytes, end).end;
      return plain(end, count.value);
    }
    case BULK_PREFIX: {
      const second = readUnsigned(bytes, one);
      const op = (BULK_PREFIX << PREFIX_SHIFT) | Number(second.value);
      if (op !== Op.memoryCopy && op !== Op.memoryFill) throw new RangeError(`unknown instruction ${op.toString(16)}`);
      return { at, end: second.end + (op === Op.memoryCopy ? 2 : 1), op, immediate: 0n };
    }
    case VECTOR_PREFIX: {
      const { value, end } = readUnsigned(bytes, one);
      const number = Number(value);
      return { at, end: vectorEnd(bytes, number, end), op: (VECTOR_PREFIX << PREFIX_SHIFT) | number, immediate: 0n };
    }
  }
  if (first >= 0x28 && first <= Op.i64Store32) {
    const alignment = readUnsigned(bytes, one);
    const offset = readUnsigned(bytes, alignment.end);
    return plain(offset.end, offset.value);
  }
  const known =
    first <= 0x01 ||
    first === Op.else ||
    first === Op.end ||
    first === Op.return ||
    first === Op.drop ||
    first === Op.select ||
    (first >= 0x45 && first <= 0xc4);
  if (!known) throw new RangeError(`unknown instruction ${first.toString(16)} at ${at}`);
  return plain(one);
}

/** All instructions of [from, to), the last of which is the function's `end`. */
export function decodeInstructions(bytes: Uint8Array, from: number, to: number): Instruction[] {
  const all: Instruction[] = [];
  for (let at = from; at < to; ) {
    const instruction = decode(bytes, at);
    all.push(instruction);
    at = instruction.end;
  }
  return all;
}
