/** The reader and writer of WebAssembly binaries that instruments and mutants stand on (test/support/wasm-binary). */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSigned, readUnsigned, signed, unsigned } from "../support/wasm-binary/leb128.ts";
import { codeSection, parseModule, SECTION, writeModule } from "../support/wasm-binary/module.ts";

const folder = new URL("../../build/", import.meta.url);

describe("LEB128", () => {
  const edges = [0n, 1n, 63n, 64n, 127n, 128n, 16_383n, 16_384n, (1n << 31n) - 1n, 1n << 31n, (1n << 63n) - 1n];

  it("reads what it writes, in the shortest form", () => {
    for (const value of edges) {
      const bytes = Uint8Array.from(unsigned(value));
      expect(readUnsigned(bytes, 0)).toEqual({ value, end: bytes.length });
      for (const either of [value, -value, -value - 1n]) {
        const both = Uint8Array.from(signed(either));
        expect(readSigned(both, 0)).toEqual({ value: either, end: both.length });
      }
    }
  });

  // WebAssembly Core Specification 2.0, section 5.2.2, and the tables of LEB128 in DWARF 4, appendix C.
  it("is that of the published examples", () => {
    expect(unsigned(12_857n)).toEqual([57 + 0x80, 100]);
    expect(signed(-2)).toEqual([0x7e]);
    expect(signed(127)).toEqual([127 + 0x80, 0]);
    expect(signed(-128)).toEqual([0x80, 0x7f]);
    expect(signed(-129)).toEqual([0x7f + 0x80, 0x7e]);
  });
});

describe("every built module", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".wasm"));

  it.each(files)("%s is read to its last instruction and written the same", (file) => {
    const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
    const { sections, functions, types } = parseModule(bytes);
    expect(types.length).toBe(functions.length);
    const rewritten = sections.map((section) =>
      section.id === SECTION.code
        ? { id: section.id, bytes: codeSection(functions.map((body) => body.bytes)) }
        : section,
    );
    expect(Buffer.compare(writeModule(rewritten), bytes)).toBe(0);
    for (const { bytes: body, instructions } of functions) {
      expect(instructions.at(-1)?.end).toBe(body.length);
      expect(body.at(-1)).toBe(0x0b);
    }
  });
});
