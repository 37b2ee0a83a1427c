/** The arithmetic under Ed25519 against bigints: the field, the scalars, halved scalars and their digits, at random and at the edges. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { D, L, mod, P, SQRT_MINUS_ONE } from "../../core/lib/sig/ed25519-curve.mts";
import { source as tableSource } from "../../core/lib/sig/generate-ed25519-tables.mts";
import { source as fieldSource } from "../../core/lib/sig/generate-field25519.mts";
import { loadWasm } from "../support/wasm.ts";

interface ArithmeticWasm {
  readonly memory: WebAssembly.Memory;
  buffer(): number;
  fromBytes(out: number, bytes: number): void;
  toBytes(bytes: number, f: number): void;
  multiply(out: number, f: number, g: number): void;
  square(out: number, f: number): void;
  squareDouble(out: number, f: number): void;
  squareTimes(out: number, f: number, times: number): void;
  add(out: number, f: number, g: number): void;
  subtract(out: number, f: number, g: number): void;
  negate(out: number, f: number): void;
  isCanonical(scalar: number): number;
  reduceWide(out: number, wide: number): void;
  multiplyAdd(out: number, a: number, b: number, c: number): void;
  halve(out: number, k: number): number;
  split(out: number, scalar: number): void;
  signedDigits(digits: number, stride: number, value: number, words: number, width: number): void;
}

const wasm = loadWasm<ArithmeticWasm>("test-ed25519");
const memory = new Uint8Array(wasm.memory.buffer);
const view = new DataView(wasm.memory.buffer);
const BASE = wasm.buffer();
const [F, G, H, BYTES] = [BASE, BASE + 64, BASE + 128, BASE + 192] as const;
const LIMBS = 9;
const LIMB_BITS = 29;

function writeBig(at: number, value: bigint, length = 32): void {
  for (let i = 0; i < length; i++) memory[at + i] = Number((value >> BigInt(8 * i)) & 255n);
}
const readBig = (at: number, length = 32) =>
  BigInt(
    `0x${Buffer.from(memory.slice(at, at + length))
      .reverse()
      .toString("hex")}`,
  );

function writeElement(at: number, value: bigint): void {
  writeBig(BYTES, value);
  wasm.fromBytes(at, BYTES);
}
function readElement(at: number): bigint {
  wasm.toBytes(BYTES, at);
  return readBig(BYTES);
}
/** Sets limbs as they are, and returns the value they stand for. */
function writeLimbs(at: number, limbs: readonly number[]): bigint {
  limbs.forEach((limb, i) => {
    view.setInt32(at + 4 * i, limb, true);
  });
  return mod(limbs.reduce((sum, limb, i) => sum + (BigInt(limb) << BigInt(LIMB_BITS * i)), 0n));
}
const readLimbs = (at: number) => Array.from({ length: LIMBS }, (_, i) => view.getInt32(at + 4 * i, true));

const word255 = fc.bigInt({ min: 0n, max: (1n << 255n) - 1n });
const fieldValue = fc.oneof(
  word255,
  fc.constantFrom(0n, 1n, 2n, 18n, 19n, 20n, P - 20n, P - 19n, P - 1n, P, P + 1n, P + 18n, (1n << 255n) - 1n),
  fc.integer({ min: 0, max: 254 }).map((bit) => 1n << BigInt(bit)),
  fc.integer({ min: 0, max: 254 }).map((bit) => P - (1n << BigInt(bit))),
);

describe("the field modulo 2^255 - 19", () => {
  it("adds, subtracts, negates, multiplies and squares", () => {
    fc.assert(
      fc.property(fieldValue, fieldValue, (f, g) => {
        writeElement(F, f);
        writeElement(G, g);
        expect(readElement(F)).toBe(mod(f));
        wasm.add(H, F, G);
        expect(readElement(H)).toBe(mod(f + g));
        wasm.subtract(H, F, G);
        expect(readElement(H)).toBe(mod(f - g));
        wasm.negate(H, F);
        expect(readElement(H)).toBe(mod(-f));
        wasm.multiply(H, F, G);
        expect(readElement(H)).toBe(mod(f * g));
        wasm.square(H, F);
        expect(readElement(H)).toBe(mod(f * f));
        wasm.squareDouble(H, F);
        expect(readElement(H)).toBe(mod(2n * f * f));
        wasm.squareTimes(H, F, 3);
        expect(readElement(H)).toBe(mod(f ** 8n));
      }),
      { seed: 25519, numRuns: 2000 },
    );
  });

  // The bounds that generated-field25519.ts states.
  const LARGEST = Math.floor(1.7 * 2 ** LIMB_BITS);
  const extreme = fc.array(fc.constantFrom(LARGEST, -LARGEST, LARGEST - 1, 1, 0), {
    minLength: LIMBS,
    maxLength: LIMBS,
  });

  it("multiplies and squares limbs at their stated bound, and leaves reduced ones", () => {
    const check = (f: readonly number[], g: readonly number[]) => {
      const x = writeLimbs(F, f);
      const y = writeLimbs(G, g);
      wasm.multiply(H, F, G);
      expect(readElement(H)).toBe(mod(x * y));
      for (const limb of readLimbs(H)) expect(Math.abs(limb)).toBeLessThan(2 ** 28 + 2 ** 20);
      wasm.square(H, F);
      expect(readElement(H)).toBe(mod(x * x));
      wasm.squareTimes(H, F, 2);
      expect(readElement(H)).toBe(mod(x ** 4n));
    };
    for (const a of [LARGEST, -LARGEST]) for (const b of [LARGEST, -LARGEST]) check(Array(9).fill(a), Array(9).fill(b));
    fc.assert(fc.property(extreme, extreme, check), { seed: 29, numRuns: 1000 });
  });

  it("doubles the square of reduced limbs at their bound", () => {
    const reduced = fc.array(fc.constantFrom(2 ** 28 + 2 ** 20, -(2 ** 28) - 2 ** 20, 0), {
      minLength: 9,
      maxLength: 9,
    });
    fc.assert(
      fc.property(reduced, (f) => {
        const x = writeLimbs(F, f);
        wasm.squareDouble(H, F);
        expect(readElement(H)).toBe(mod(2n * x * x));
      }),
      { seed: 30, numRuns: 500 },
    );
  });

  it("writes canonical bytes of sums and differences with limbs at their bound", () => {
    const low = fc.constantFrom(2 ** 29 + 2, -(2 ** 29) - 2, 2 ** 28, -1, 0);
    const high = fc.constantFrom(2 ** 23 + 2, -(2 ** 23) - 2, 2 ** 22, -1, 0);
    fc.assert(
      fc.property(fc.array(low, { minLength: 8, maxLength: 8 }), high, (limbs, top) => {
        const x = writeLimbs(F, [...limbs, top]);
        expect(readElement(F)).toBe(x);
      }),
      { seed: 31, numRuns: 2000 },
    );
  });

  it("has the constants of the curve", () => {
    expect(mod(D * 121666n)).toBe(mod(-121665n));
    expect(mod(SQRT_MINUS_ONE ** 2n)).toBe(P - 1n);
  });
});

const scalar = fc.oneof(
  fc.bigInt({ min: 0n, max: L - 1n }),
  fc.constantFrom(0n, 1n, 2n, L - 1n, L - 2n, (L - 1n) / 2n, (L + 1n) / 2n, 1n << 252n),
  fc.integer({ min: 0, max: 252 }).map((bit) => 1n << BigInt(bit)),
  fc.integer({ min: 0, max: 252 }).map((bit) => (1n << BigInt(bit)) - 1n),
  fc.integer({ min: 0, max: 251 }).map((bit) => L - (1n << BigInt(bit))),
);

describe("scalars modulo the group order", () => {
  it("reduces 64 bytes", () => {
    const wide = fc.oneof(
      fc.bigInt({ min: 0n, max: (1n << 512n) - 1n }),
      fc.constantFrom((1n << 512n) - 1n, 0n, L, L - 1n, L + 1n, 1n << 511n, (1n << 252n) - 1n),
      fc
        .tuple(fc.bigInt({ min: 1n, max: (1n << 259n) - 1n }), fc.constantFrom(-1n, 0n, 1n))
        .map(([factor, offset]) => factor * L + offset),
    );
    fc.assert(
      fc.property(wide, (value) => {
        writeBig(F, value, 64);
        wasm.reduceWide(H, F);
        expect(readBig(H)).toBe(value % L);
      }),
      { seed: 252, numRuns: 3000 },
    );
  });

  it("multiplies and adds any 32 bytes", () => {
    const any = fc.oneof(
      fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
      fc.constantFrom(0n, (1n << 256n) - 1n, L, L - 1n),
    );
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        writeBig(F, a);
        writeBig(G, b);
        writeBig(H, c);
        wasm.multiplyAdd(H, F, G, H);
        expect(readBig(H)).toBe((a * b + c) % L);
      }),
      { seed: 253, numRuns: 3000 },
    );
  });

  it("knows which encodings are canonical", () => {
    const edges = [0n, 1n, L - 1n, L, L + 1n, 2n * L, (1n << 256n) - 1n, 1n << 252n, 1n << 255n];
    const words = [0n, 64n, 128n, 192n].flatMap((bit) => [L - (1n << bit), L + (1n << bit)]);
    for (const value of [...edges, ...words]) {
      writeBig(F, value);
      expect(Boolean(wasm.isCanonical(F)), value.toString(16)).toBe(value < L);
    }
  });
});

describe("halved scalars", () => {
  it("are short, and their quotient is the scalar", () => {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(scalar, (k) => {
        writeBig(F, k);
        const negative = Boolean(wasm.halve(G, F));
        const u = readBig(G, 16);
        const v = readBig(G + 16, 32);
        expect(u < 1n << 127n).toBe(true);
        expect(v > 0n && v < 1n << 127n).toBe(true);
        expect((((negative ? -v : v) * k - u) % L) + 0n).toBe(0n);
        seen.add(negative);
      }),
      { seed: 127, numRuns: 5000 },
    );
    expect(seen.size).toBe(2);
  });

  it("covers every gap between the lengths of the first two remainders", () => {
    for (let bits = 0n; bits <= 252n; bits++) {
      for (const offset of [-1n, 0n, 1n]) {
        const k = (1n << bits) + offset;
        writeBig(F, k);
        const negative = Boolean(wasm.halve(G, F));
        const v = readBig(G + 16, 32);
        expect(v > 0n && v < 1n << 127n && readBig(G, 16) < 1n << 127n).toBe(true);
        expect((((negative ? -v : v) * k - readBig(G, 16)) % L) + 0n, `2^${bits} + ${offset}`).toBe(0n);
      }
    }
  });

  it("splits at bit 127", () => {
    fc.assert(
      fc.property(scalar, (value) => {
        writeBig(F, value);
        wasm.split(F, F);
        expect(readBig(F, 16)).toBe(value & ((1n << 127n) - 1n));
        expect(readBig(F + 16, 16)).toBe(value >> 127n);
      }),
      { seed: 128, numRuns: 1000 },
    );
  });
});

describe("signed digits", () => {
  const anyOf = (words: number) => {
    const bits = 64 * words - 1;
    return fc.oneof(
      fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }),
      fc.constantFrom(
        0n,
        1n,
        2n,
        (1n << BigInt(bits)) - 1n,
        1n << BigInt(bits - 1),
        (1n << BigInt(bits)) - (1n << 7n),
        (1n << 64n) - 1n,
        1n << 64n,
      ),
      fc.integer({ min: 0, max: bits - 1 }).map((bit) => 1n << BigInt(bit)),
      fc.integer({ min: 0, max: bits }).map((bit) => (1n << BigInt(bit)) - 1n),
      fc.integer({ min: 0, max: bits }).map((bit) => (1n << BigInt(bits)) - (1n << BigInt(bit))),
    );
  };

  it.each([2, 4])("of %i words are sparse, within 64 positions a word, and of the same value", (words) => {
    const positions = 64 * words;
    const DIGITS = BASE + 1024;
    fc.assert(
      fc.property(
        anyOf(words),
        fc.integer({ min: 2, max: 8 }),
        fc.constantFrom(1, 2, 4, 128),
        (value, width, stride) => {
          const end = DIGITS + positions * stride + 8;
          memory.fill(0, DIGITS, end);
          writeBig(F, value, 8 * words);
          writeBig(F + 8 * words, (1n << 64n) - 1n, 8); // what lies behind is not looked at
          wasm.signedDigits(DIGITS, stride, F, words, width);
          let sum = 0n;
          let last = -width;
          for (let i = 0; i < positions; i++) {
            const digit = view.getInt8(DIGITS + i * stride);
            if (digit === 0) continue;
            expect(Math.abs(digit % 2)).toBe(1);
            expect(Math.abs(digit)).toBeLessThan(2 ** (width - 1));
            expect(i - last).toBeGreaterThanOrEqual(width);
            last = i;
            sum += BigInt(digit) << BigInt(i);
          }
          expect(sum).toBe(value);
          const others = memory.slice(DIGITS, end).filter((_, i) => i % stride !== 0 || i >= positions * stride);
          expect(others.every((byte) => byte === 0)).toBe(true);
        },
      ),
      { seed: 129, numRuns: 500 },
    );
  });
});

describe("generated files", () => {
  it.each([
    ["generated-field25519.ts", fieldSource],
    ["generated-ed25519-tables.ts", tableSource],
  ])("%s comes from its generator", (name, source) => {
    expect(readFileSync(new URL(`../../core/lib/sig/${name}`, import.meta.url), "utf8")).toBe(source());
  });
});
