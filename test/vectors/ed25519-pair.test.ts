/** Two elements of the field modulo 2^255 - 19 in the lanes of vectors, against bigints, at random and at the stated bounds. Only the SIMD build has them. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mod, P } from "../../core/lib/sig/ed25519-curve.mts";
import { source as tableSource } from "../../core/lib/sig/generate-ed25519-pair-tables.mts";
import { encodePair, source as fieldSource } from "../../core/lib/sig/generate-field25519-pair.mts";
import { loadWasm } from "../support/wasm.ts";

interface PairWasm {
  readonly memory: WebAssembly.Memory;
  buffer(): number;
  pairFromBytes(out: number, a: number, b: number): void;
  pairToBytes(out: number, f: number, lane: number): void;
  pairMultiply(out: number, f: number, g: number): void;
  pairSquare(out: number, f: number): void;
  pairSquareTimes(out: number, f: number, times: number): void;
}

type Pair = readonly [bigint, bigint];

const wasm = loadWasm<PairWasm>("test-ed25519-points");
const memory = new Uint8Array(wasm.memory.buffer);
const view = new DataView(wasm.memory.buffer);
const BYTES = wasm.buffer();
const [F, G, H] = [BYTES + 128, BYTES + 256, BYTES + 384] as const;
const LIMBS = 10;
const bitsOf = (limb: number) => (limb % 2 === 0 ? 26 : 25);
const positionOf = (limb: number) => Math.ceil(25.5 * limb);

function writeBytes(at: number, value: bigint): void {
  for (let i = 0; i < 32; i++) memory[at + i] = Number((value >> BigInt(8 * i)) & 255n);
}

function write(at: number, [a, b]: Pair): void {
  writeBytes(BYTES, a);
  writeBytes(BYTES + 32, b);
  wasm.pairFromBytes(at, BYTES, BYTES + 32);
}

function read(at: number): Pair {
  const lane = (index: number) => {
    wasm.pairToBytes(BYTES, at, index);
    return BigInt(
      `0x${Buffer.from(memory.slice(BYTES, BYTES + 32))
        .reverse()
        .toString("hex")}`,
    );
  };
  return [lane(0), lane(1)];
}

/** Sets limbs as they are, those of the two elements in turn, and returns the values they stand for. */
function writeLimbs(at: number, limbs: readonly number[]): Pair {
  limbs.forEach((limb, i) => {
    view.setInt32(at + 4 * i, limb, true);
  });
  const lane = (index: number) =>
    mod(
      Array.from({ length: LIMBS }, (_, i) => BigInt(limbs[2 * i + index]!) << BigInt(positionOf(i))).reduce(
        (sum, term) => sum + term,
        0n,
      ),
    );
  return [lane(0), lane(1)];
}

/** Reduced: at most a little above half the radix. */
function expectReduced(at: number): void {
  for (let i = 0; i < 2 * LIMBS; i++) {
    expect(Math.abs(view.getInt32(at + 4 * i, true))).toBeLessThan(1.01 * 2 ** (bitsOf(i >> 1) - 1));
  }
}

const value = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 255n) - 1n }),
  fc.constantFrom(0n, 1n, 2n, 18n, 19n, 20n, P - 20n, P - 19n, P - 1n, P, P + 1n, P + 18n, (1n << 255n) - 1n),
  fc.integer({ min: 0, max: 254 }).map((bit) => 1n << BigInt(bit)),
  fc.integer({ min: 0, max: 254 }).map((bit) => P - (1n << BigInt(bit))),
);
const pair = fc.tuple(value, value);

/** Limbs at the bound of a sum of `count` reduced pairs. */
const extremes = (count: number) =>
  fc.tuple(
    ...Array.from({ length: 2 * LIMBS }, (_, i) => {
      const bound = Math.floor(1.01 * count * 2 ** (bitsOf(i >> 1) - 1));
      return fc.constantFrom(bound, -bound, bound - 1, 1, 0);
    }),
  );
const allAt = (count: number, sign: 1 | -1) =>
  Array.from({ length: 2 * LIMBS }, (_, i) => sign * Math.floor(1.01 * count * 2 ** (bitsOf(i >> 1) - 1)));

const each = ([a, b]: Pair, act: (value: bigint, lane: number) => bigint): Pair => [mod(act(a, 0)), mod(act(b, 1))];

describe("pairs of field elements", () => {
  it("are read and written, multiplied and squared, each for itself", () => {
    fc.assert(
      fc.property(pair, pair, (f, g) => {
        write(F, f);
        write(G, g);
        expect(read(F)).toEqual(each(f, (x) => x));
        expectReduced(F);
        wasm.pairMultiply(H, F, G);
        expect(read(H)).toEqual(each(f, (x, lane) => x * g[lane]!));
        expectReduced(H);
        wasm.pairSquare(H, F);
        expect(read(H)).toEqual(each(f, (x) => x * x));
        wasm.pairSquareTimes(H, F, 3);
        expect(read(H)).toEqual(each(f, (x) => x ** 8n));
      }),
      { seed: 25519, numRuns: 1_500 },
    );
  });

  it("are multiplied at the bound, sums of four by sums of three, and squared, sums of two", () => {
    const multiplied = (f: readonly number[], g: readonly number[]) => {
      const x = writeLimbs(F, f);
      const y = writeLimbs(G, g);
      wasm.pairMultiply(H, F, G);
      expect(read(H)).toEqual(each(x, (a, lane) => a * y[lane]!));
      expectReduced(H);
    };
    const squared = (f: readonly number[]) => {
      const x = writeLimbs(F, f);
      wasm.pairSquare(H, F);
      expect(read(H)).toEqual(each(x, (a) => a * a));
      expectReduced(H);
      wasm.pairSquareTimes(H, F, 2);
      expect(read(H)).toEqual(each(x, (a) => a ** 4n));
    };
    for (const a of [1, -1] as const) {
      for (const b of [1, -1] as const) multiplied(allAt(4, a), allAt(3, b));
      squared(allAt(2, a));
    }
    fc.assert(fc.property(extremes(4), extremes(3), multiplied), { seed: 43, numRuns: 500 });
    fc.assert(fc.property(extremes(2), squared), { seed: 22, numRuns: 500 });
  });

  it("are written canonically also as sums and differences of two", () => {
    fc.assert(
      fc.property(extremes(2), (limbs) => {
        const expected = writeLimbs(F, limbs);
        expect(read(F)).toEqual(expected);
      }),
      { seed: 31, numRuns: 1_500 },
    );
  });

  it("are encoded by the generator as the core has them", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        writeLimbs(F, encodePair(a, b));
        expect(read(F)).toEqual([mod(a), mod(b)]);
        expectReduced(F);
      }),
      { seed: 10, numRuns: 200 },
    );
  });
});

describe("generated files", () => {
  it.each([
    ["generated-field25519-pair.ts", fieldSource],
    ["generated-ed25519-pair-tables.ts", tableSource],
  ])("%s comes from its generator", (name, source) => {
    expect(readFileSync(new URL(`../../core/lib/sig/${name}`, import.meta.url), "utf8")).toBe(source());
  });
});
