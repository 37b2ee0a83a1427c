/**
 * Counts what a WebAssembly module does, by rewriting its bytes: a counter that only rises is added, exported as `fuel`, and every
 * function entry and every loop iteration adds the number of instructions that lie in that function or loop and in no loop within.
 * So the counter is an upper bound of the instructions executed, the same on every machine; bulk fills and copies add one for
 * every 8 bytes besides. Nothing else of the module changes.
 *
 * Source of the format: WebAssembly core specification, chapter 5 (binary format).
 */

const SECTION = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;
const HEADER_BYTES = 8;
const CUSTOM = 0;
const EXPORT_GLOBAL = 3;
const I32 = 0x7f;
const I64 = 0x7e;
const MUTABLE = 1;

// Opcodes that are looked at or written here.
const BLOCK = 0x02;
const LOOP = 0x03;
const IF = 0x04;
const END = 0x0b;
const CALL = 0x10;
const LOCAL_GET = 0x20;
const GLOBAL_GET = 0x23;
const GLOBAL_SET = 0x24;
const I64_CONST = 0x42;
const I64_ADD = 0x7c;
const I64_SHR_U = 0x88;
const I64_EXTEND_I32_U = 0xad;
const BULK = 0xfc;
const MEMORY_COPY = 10;
const MEMORY_FILL = 11;
const VECTOR = 0xfd;
/** Bytes of a bulk operation that count as one instruction: 2 to this power. */
const BULK_SHIFT = 3;

type Bytes = readonly number[] | Uint8Array;

class Cursor {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new Error("fuel: the module ends in the middle of something");
    return value;
  }

  /** An unsigned LEB128 of 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** Passes over a LEB128 of any sign and width. */
  skipLeb(): void {
    while (this.byte() >= 0x80);
  }

  skip(length: number): void {
    this.at += length;
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** The same for a signed constant that is not negative: one more byte where the sign bit would be set. */
function signedLeb(value: number): number[] {
  const bytes = leb(value);
  const last = bytes.length - 1;
  if (bytes[last]! < 0x40) return bytes;
  bytes[last]! |= 0x80;
  return [...bytes, 0];
}

/** Passes over the immediates of an instruction whose opcode was read. Returns the sub-opcode of a prefixed one. */
function skipImmediates(code: Cursor, opcode: number): number {
  const memoryArgument = () => {
    code.skipLeb();
    code.skipLeb();
  };
  if (opcode === BLOCK || opcode === LOOP || opcode === IF) code.skipLeb();
  else if (opcode === 0x0e) for (let labels = code.u32() + 1; labels > 0; labels--) code.skipLeb();
  else if (opcode === 0x1c) for (let types = code.u32(); types > 0; types--) code.skip(1);
  else if (opcode === 0x11 || opcode === 0x13) memoryArgument();
  else if ((opcode >= 0x0c && opcode <= 0x12 && opcode !== 0x0f) || (opcode >= 0x20 && opcode <= 0x26)) code.skipLeb();
  else if (opcode >= 0x28 && opcode <= 0x3e) memoryArgument();
  else if (opcode >= 0x3f && opcode <= 0x42) code.skipLeb();
  else if (opcode === 0x43) code.skip(4);
  else if (opcode === 0x44) code.skip(8);
  else if (opcode === 0xd0 || opcode === 0xd2) code.skipLeb();
  else if (opcode === BULK) return skipBulk(code);
  else if (opcode === VECTOR) return skipVector(code, memoryArgument);
  return 0;
}

function skipBulk(code: Cursor): number {
  const sub = code.u32();
  const operands = [8, MEMORY_COPY, 12, 14].includes(sub) ? 2 : sub >= 9 ? 1 : 0;
  for (let i = 0; i < operands; i++) code.skipLeb();
  return sub;
}

function skipVector(code: Cursor, memoryArgument: () => void): number {
  const sub = code.u32();
  if (sub <= 11 || (sub >= 84 && sub <= 93)) memoryArgument();
  if (sub === 12 || sub === 13) code.skip(16);
  if ((sub >= 21 && sub <= 34) || (sub >= 84 && sub <= 91)) code.skip(1);
  return sub;
}

interface Places {
  /** Where to write a charge, and how much: after a function's locals, and after the head of each loop. */
  readonly charges: ReadonlyMap<number, number>;
  /** Where bulk operations lie, and where they end. */
  readonly bulk: ReadonlyMap<number, { readonly end: number; readonly sub: number }>;
}

/** Walks a function body from `code.at`, just after its locals, to `end`. */
function places(code: Cursor, end: number): Places {
  const charges = new Map([[code.at, 0]]);
  const bulk = new Map<number, { end: number; sub: number }>();
  /** For each open block, where what lies in it is charged. */
  const open = [code.at];
  while (code.at < end) {
    const start = code.at;
    const opcode = code.byte();
    const sub = skipImmediates(code, opcode);
    const to = open.at(-1)!;
    charges.set(to, charges.get(to)! + 1);
    if (opcode === BULK && (sub === MEMORY_COPY || sub === MEMORY_FILL)) bulk.set(start, { end: code.at, sub });
    if (opcode === LOOP) charges.set(code.at, 0);
    if (opcode === LOOP) open.push(code.at);
    else if (opcode === BLOCK || opcode === IF) open.push(to);
    else if (opcode === END) open.pop();
  }
  return { charges, bulk };
}

interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

function sections(module: Uint8Array): Section[] {
  const cursor = new Cursor(module, HEADER_BYTES);
  const found: Section[] = [];
  while (cursor.at < module.length) {
    const id = cursor.byte();
    found.push({ id, body: cursor.take(cursor.u32()) });
  }
  return found.filter(({ id }) => id !== CUSTOM);
}

/** A vector section with entries added at its end. */
function extended(body: Uint8Array, ...entries: readonly Bytes[]): number[] {
  const cursor = new Cursor(body);
  const count = cursor.u32();
  return [...leb(count + entries.length), ...body.subarray(cursor.at), ...entries.flatMap((entry) => [...entry])];
}

const countOf = (body: Uint8Array | undefined): number => (body ? new Cursor(body).u32() : 0);

/** The module with a counter. It must import nothing and have globals, as every component does. */
export function withFuel(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = sections(module);
  const body = (id: number) => all.find((section) => section.id === id)?.body;
  if (countOf(body(SECTION.import)) > 0) throw new Error("fuel: components import nothing");
  const fuel = countOf(body(SECTION.global));
  if (fuel === 0) throw new Error("fuel: a module without globals has no place for the counter");
  const helperType = countOf(body(SECTION.type));
  const copyHelper = countOf(body(SECTION.function));
  const fillHelper = copyHelper + 1;

  const add = (amount: Bytes) => [GLOBAL_GET, ...leb(fuel), ...amount, I64_ADD, GLOBAL_SET, ...leb(fuel)];
  const charge = (instructions: number) => add([I64_CONST, ...signedLeb(instructions)]);
  const helper = (operation: Bytes) => {
    const bytes = [LOCAL_GET, 2, I64_EXTEND_I32_U, I64_CONST, BULK_SHIFT, I64_SHR_U];
    const code = [0, ...add(bytes), LOCAL_GET, 0, LOCAL_GET, 1, LOCAL_GET, 2, ...operation, END];
    return [...leb(code.length), ...code];
  };

  const rewritten = (functionBody: Uint8Array): number[] => {
    const cursor = new Cursor(functionBody);
    for (let groups = cursor.u32(); groups > 0; groups--) {
      cursor.skipLeb();
      cursor.skip(1);
    }
    const { charges, bulk } = places(cursor, functionBody.length);
    const out: number[] = [];
    for (let at = 0; at < functionBody.length; ) {
      const instructions = charges.get(at);
      if (instructions !== undefined) out.push(...charge(instructions));
      const replaced = bulk.get(at);
      if (replaced) out.push(CALL, ...leb(replaced.sub === MEMORY_COPY ? copyHelper : fillHelper));
      else out.push(functionBody[at]!);
      at = replaced?.end ?? at + 1;
    }
    return [...leb(out.length), ...out];
  };

  const code = (section: Uint8Array): number[] => {
    const cursor = new Cursor(section);
    const out: number[] = [];
    const count = cursor.u32();
    for (let i = 0; i < count; i++) for (const byte of rewritten(cursor.take(cursor.u32()))) out.push(byte);
    return [...leb(count + 2), ...out, ...helper([BULK, MEMORY_COPY, 0, 0]), ...helper([BULK, MEMORY_FILL, 0])];
  };

  const name = new TextEncoder().encode("fuel");
  const out: number[] = [...module.subarray(0, HEADER_BYTES)];
  for (const { id, body: old } of all) {
    const fresh =
      id === SECTION.type
        ? extended(old, [0x60, 3, I32, I32, I32, 0])
        : id === SECTION.function
          ? extended(old, leb(helperType), leb(helperType))
          : id === SECTION.global
            ? extended(old, [I64, MUTABLE, I64_CONST, 0, END])
            : id === SECTION.export
              ? extended(old, [name.length, ...name, EXPORT_GLOBAL, ...leb(fuel)])
              : id === SECTION.code
                ? code(old)
                : [...old];
    out.push(id, ...leb(fresh.length));
    for (const byte of fresh) out.push(byte);
  }
  return Uint8Array.from(out);
}
