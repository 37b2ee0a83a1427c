import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Config } from "../../core/wire/frames.ts";
import { encode } from "../../core/wire/schema.ts";
import { Subject } from "./frames/subject.ts";
import { withFuel } from "./fuel.ts";

const execute = new Uint8Array(readFileSync(new URL("../../build/execute.wasm", import.meta.url)));
const LANE_OF_HOST = 4;
const CONFIG = encode(Config.execute, { sealed: 1 });

const section = (id: number, ...bytes: number[]) => [id, bytes.length, ...bytes];

/** (func (param i32) (loop: four instructions of which the last ends the loop when the parameter is 0)), and a memory to fill. */
const small = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, 0x60, 1, 0x7f, 0),
  ...section(3, 2, 0, 0),
  ...section(5, 1, 0, 1),
  ...section(6, 1, 0x7f, 0, 0x41, 7, 0x0b),
  ...section(7, 2, 4, 0x6c, 0x6f, 0x6f, 0x70, 0, 0, 4, 0x66, 0x69, 0x6c, 0x6c, 0, 1),
  ...section(
    10,
    2,
    // loop: local.get 0, i32.const 1, i32.sub, local.tee 0, br_if 0, end; end
    ...[14, 0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b],
    // i32.const 0, i32.const 5, local.get 0, memory.fill; end
    ...[11, 0, 0x41, 0, 0x41, 5, 0x20, 0, 0xfc, 11, 0, 0x0b],
  ),
]);

interface Small {
  loop(turns: number): void;
  fill(length: number): void;
  readonly memory?: WebAssembly.Memory;
  readonly fuel: WebAssembly.Global;
}

const load = () => new WebAssembly.Instance(new WebAssembly.Module(withFuel(small))).exports as unknown as Small;

describe("a metered module", () => {
  it("counts the instructions of a loop as often as it turns", () => {
    const { loop, fuel } = load();
    const cost = (turns: number) => {
      const before = fuel.value;
      loop(turns);
      return Number(fuel.value - before);
    };
    // Two of the function's own, `loop` and `end`; six a turn.
    expect([cost(1), cost(2), cost(1_000)]).toEqual([8, 14, 6_002]);
  });

  it("counts one for every eight bytes of a fill", () => {
    const { fill, fuel } = load();
    const cost = (length: number) => {
      const before = fuel.value;
      fill(length);
      return Number(fuel.value - before);
    };
    expect(cost(800) - cost(0)).toBe(100);
    expect(cost(65_536) - cost(0)).toBe(8_192);
  });

  it("answers as the module it was made of", () => {
    const plain = new Subject(new WebAssembly.Module(execute));
    const metered = new Subject(new WebAssembly.Module(withFuel(execute)));
    for (const subject of [plain, metered]) subject.configure(CONFIG);
    for (let length = 0; length < 200; length++) {
      const frame = new Uint8Array(length).fill(length);
      expect(metered.send(LANE_OF_HOST, frame)).toEqual(plain.send(LANE_OF_HOST, frame));
      expect(metered.spent).toBeGreaterThan(0);
    }
    expect(plain.spent).toBe(0);
  });

  it("must have globals, and may import nothing", () => {
    const without = (id: number) => {
      const parts = [
        { id: 1, bytes: section(1, 1, 0x60, 0, 0) },
        { id: 2, bytes: section(2, 1, 1, 0x61, 1, 0x62, 0, 0) },
        { id: 6, bytes: section(6, 1, 0x7f, 0, 0x41, 7, 0x0b) },
      ];
      const head = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
      return Uint8Array.from([...head, ...parts.filter((part) => part.id !== id).flatMap(({ bytes }) => bytes)]);
    };
    expect(() => withFuel(without(0))).toThrow("import nothing");
    expect(() => withFuel(without(2).subarray(0, 14))).toThrow("globals");
  });
});
