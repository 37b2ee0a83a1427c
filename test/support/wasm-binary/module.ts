/**
 * A binary module taken apart as far as mutants need it, and put together again: sections as they are, the code section function by
 * function. Source: WebAssembly Core Specification 2.0, section 5.5.
 */
import { decodeInstructions, type Instruction } from "./instructions.ts";
import { readUnsigned, unsigned } from "./leb128.ts";

const HEADER_BYTES = 8;
export const SECTION = { custom: 0, type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;

export interface Section {
  readonly id: number;
  /** Without the section's number and length. */
  readonly bytes: Uint8Array;
}

export interface FunctionType {
  readonly parameters: Uint8Array;
  /** Value types: 0x7f i32, 0x7e i64. */
  readonly results: Uint8Array;
}

export interface FunctionBody {
  /** Locals and instructions, without the length before them. */
  readonly bytes: Uint8Array;
  /** Offset of `bytes` in the module. */
  readonly offset: number;
  /** Offsets count from the start of `bytes`. The first comes after the locals. */
  readonly instructions: readonly Instruction[];
}

export interface WasmModule {
  readonly sections: readonly Section[];
  /** Type of each function. The components import none, so a function's index is its place here. */
  readonly types: readonly FunctionType[];
  readonly functions: readonly FunctionBody[];
}

/** Elements of a section that is a vector; `read` takes one at an offset and returns it with the next offset. */
function vector<T>(bytes: Uint8Array, read: (at: number) => readonly [T, number]): T[] {
  const count = readUnsigned(bytes, 0);
  const all: T[] = [];
  for (let i = 0n, at = count.end; i < count.value; i++) {
    const [element, next] = read(at);
    all.push(element);
    at = next;
  }
  return all;
}

function readType(bytes: Uint8Array, at: number): readonly [FunctionType, number] {
  const list = (from: number) => {
    const { value, end } = readUnsigned(bytes, from);
    return bytes.subarray(end, end + Number(value));
  };
  const parameters = list(at + 1);
  const results = list(parameters.byteOffset - bytes.byteOffset + parameters.length);
  return [{ parameters, results }, results.byteOffset - bytes.byteOffset + results.length];
}

function readBody(section: Uint8Array, sectionOffset: number, at: number): readonly [FunctionBody, number] {
  const length = readUnsigned(section, at);
  const next = length.end + Number(length.value);
  const bytes = section.subarray(length.end, next);
  const groups = readUnsigned(bytes, 0);
  let from = groups.end;
  for (let i = 0n; i < groups.value; i++) from = readUnsigned(bytes, from).end + 1;
  const instructions = decodeInstructions(bytes, from, bytes.length);
  return [{ bytes, offset: sectionOffset + length.end, instructions }, next];
}

export function parseModule(bytes: Uint8Array): WasmModule {
  const sections: Section[] = [];
  let codeOffset = 0;
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const length = readUnsigned(bytes, at + 1);
    const next = length.end + Number(length.value);
    const id = bytes[at]!;
    if (id === SECTION.code) codeOffset = length.end;
    sections.push({ id, bytes: bytes.subarray(length.end, next) });
    at = next;
  }
  const section = (id: number) => sections.find((one) => one.id === id)?.bytes ?? Uint8Array.of(0);
  if (sections.some(({ id }) => id === SECTION.import)) throw new RangeError("components import nothing");
  const types = vector(section(SECTION.type), (at) => readType(section(SECTION.type), at));
  const code = section(SECTION.code);
  return {
    sections,
    types: vector(section(SECTION.function), (at) => {
      const { value, end } = readUnsigned(section(SECTION.function), at);
      return [types[Number(value)]!, end];
    }),
    functions: vector(code, (at) => readBody(code, codeOffset, at)),
  };
}

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** The bytes of a module with these sections, which must be in the order of the specification. */
export function writeModule(sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const parts = sections.flatMap(({ id, bytes }) => [Uint8Array.from([id, ...unsigned(bytes.length)]), bytes]);
  return new Uint8Array(Buffer.concat([Uint8Array.from(HEADER), ...parts]));
}

/** The bytes of a section that is a vector of these elements, each with its length before it where `sized`. */
export function codeSection(bodies: readonly Uint8Array[]): Uint8Array {
  const parts = bodies.flatMap((body) => [Uint8Array.from(unsigned(body.length)), body]);
  return new Uint8Array(Buffer.concat([Uint8Array.from(unsigned(bodies.length)), ...parts]));
}

const GLOBAL_KIND = 3;

/** The bytes of an export section whose globals have numbers that are higher by so many. */
export function exportSection(section: Uint8Array, globals: number): Uint8Array {
  const exported = vector(section, (at) => {
    const length = readUnsigned(section, at);
    const kind = length.end + Number(length.value);
    const { value, end } = readUnsigned(section, kind + 1);
    const number = section[kind] === GLOBAL_KIND ? value + BigInt(globals) : value;
    return [[...section.subarray(at, kind + 1), ...unsigned(number)], end];
  });
  return Uint8Array.from([unsigned(exported.length), ...exported].flat());
}

/**
 * The bytes of a function body in which some instructions are exchanged: `edit` returns what takes an instruction's place, or undefined to
 * leave it as it is.
 */
export function editBody(
  { bytes, instructions }: FunctionBody,
  edit: (instruction: Instruction, index: number) => Uint8Array | undefined,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let copied = 0;
  instructions.forEach((instruction, index) => {
    const replacement = edit(instruction, index);
    if (!replacement) return;
    parts.push(bytes.subarray(copied, instruction.at), replacement);
    copied = instruction.end;
  });
  return new Uint8Array(Buffer.concat([...parts, bytes.subarray(copied)]));
}
