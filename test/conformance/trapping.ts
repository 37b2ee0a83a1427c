/** Modules that trap, which the shipped ones never do: at their n-th frame they write where they have no memory. */
import { Op } from "../support/wasm-binary/instructions.ts";
import { readUnsigned, signed } from "../support/wasm-binary/leb128.ts";
import { codeSection, editBody, parseModule, SECTION, writeModule } from "../support/wasm-binary/module.ts";

/** Below everything that AssemblyScript lays out: nobody else uses it. */
const COUNTER_ADDRESS = 16;
/** The last word of what 32 bits can name: far behind every component's memory. */
const NOWHERE = -4;
const I32_LOAD = 0x28;
const I32_ADD = 0x6a;
const I32_EQ = 0x46;
const NO_RESULT = 0x40;
/** Alignment and offset of an access. */
const WORD = [2, 0];

/** Index of the function that a module exports under a name. */
function exported(exports: Uint8Array, name: string): number {
  let { value: left, end: at } = readUnsigned(exports, 0);
  for (; left > 0n; left--) {
    const length = readUnsigned(exports, at);
    const kind = length.end + Number(length.value);
    const index = readUnsigned(exports, kind + 1);
    if (new TextDecoder().decode(exports.subarray(length.end, kind)) === name) return Number(index.value);
    at = index.end;
  }
  throw new RangeError(`the module exports no ${name}`);
}

/** counter += 1; if (counter == n) *NOWHERE = 0; */
function trapAt(n: number): number[] {
  const address = [Op.i32Const, ...signed(COUNTER_ADDRESS)];
  const counter = [...address, I32_LOAD, ...WORD];
  return [
    ...[...address, ...counter, Op.i32Const, 1, I32_ADD, Op.i32Store, ...WORD],
    ...[...counter, Op.i32Const, ...signed(n), I32_EQ, Op.if, NO_RESULT],
    ...[Op.i32Const, ...signed(NOWHERE), Op.i32Const, 0, Op.i32Store, ...WORD, Op.end],
  ];
}

/** A component that traps at its n-th frame after each boot. */
export function trapping(bytes: Uint8Array, n: number): Uint8Array<ArrayBuffer> {
  const { sections, functions } = parseModule(bytes);
  const step = exported(sections.find(({ id }) => id === SECTION.export)!.bytes, "step");
  const bodies = functions.map((body, index) => {
    if (index !== step) return body.bytes;
    const prefix = Uint8Array.from(trapAt(n));
    return editBody(body, ({ at, end }, i) =>
      i === 0 ? new Uint8Array(Buffer.concat([prefix, body.bytes.subarray(at, end)])) : undefined,
    );
  });
  return writeModule(
    sections.map((section) => (section.id === SECTION.code ? { ...section, bytes: codeSection(bodies) } : section)),
  );
}
