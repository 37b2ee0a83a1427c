/** The arithmetic under ECDSA against bigints and noble: residues, digits, points and their sums, at random and at the edges. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balancedLimbs, inverse, mod, RADIX } from "../../core/lib/sig/ecdsa/curves.mts";
import { source as curvesSource } from "../../core/lib/sig/ecdsa/generate-curves.mts";
import { limbsSource, MODULI, source as montgomerySource } from "../../core/lib/sig/ecdsa/generate-montgomery.mts";
import { BUFFER, bigEndian, CURVES, fromWords, memory, toWords, wasm } from "./ecdsa-module.ts";

const view = new DataView(wasm.memory.buffer);
const [F, G, H, WORDS, POINT, SUM, BYTES] = [0, 64, 128, 192, 256, 384, 512].map((offset) => BUFFER + offset) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const LIMBS = 9;
const UNIT = 2 ** 28;
const TOP_UNIT = 2 ** 24;

function writeElement(at: number, value: bigint): void {
  memory.set(toWords(value), WORDS);
  wasm.fromWords(at, WORDS);
}
function readElement(at: number): bigint {
  wasm.toWords(WORDS, at);
  return fromWords(WORDS);
}
/** Sets limbs as they are; the integer they sum up to. */
function writeLimbs(at: number, limbs: readonly number[]): bigint {
  limbs.forEach((limb, i) => {
    view.setInt32(at + 4 * i, limb, true);
  });
  return limbSum(limbs);
}
const readLimbs = (at: number) => Array.from({ length: LIMBS }, (_, i) => view.getInt32(at + 4 * i, true));
const limbSum = (limbs: readonly number[]) =>
  limbs.reduce((sum, limb, i) => sum + (BigInt(limb) << BigInt(29 * i)), 0n);
const magnitude = (value: bigint) => (value < 0n ? -value : value);

const integer = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
  fc.constantFrom(0n, 1n, 2n, 3n, (1n << 256n) - 1n, 1n << 255n),
  fc.integer({ min: 0, max: 255 }).map((bit) => 1n << BigInt(bit)),
  fc.integer({ min: 1, max: 256 }).map((bit) => (1n << BigInt(bit)) - 1n),
);

describe.each(Object.entries(MODULI).map(([name, prime], number) => ({ name, prime, number })))(
  "modulo $name",
  ({ name, prime, number }) => {
    const residue = fc.oneof(
      integer,
      fc.constantFrom(prime - 1n, prime - 2n, (prime - 1n) / 2n, (prime + 1n) / 2n, prime, prime + 1n),
      fc.integer({ min: 0, max: 255 }).map((bit) => mod(prime - (1n << BigInt(bit)), prime)),
    );
    const unscale = inverse(RADIX, prime);

    function expectReduced(at: number): void {
      const limbs = readLimbs(at);
      for (const limb of limbs) expect(Math.abs(limb)).toBeLessThanOrEqual(UNIT);
      expect(2n * magnitude(limbSum(limbs)) <= 3n * prime).toBe(true);
    }

    it("reads, writes, adds, subtracts, negates, multiplies and squares", () => {
      wasm.select(number);
      fc.assert(
        fc.property(residue, residue, (f, g) => {
          writeElement(F, f);
          writeElement(G, g);
          expect(readElement(F)).toBe(mod(f, prime));
          wasm.add(H, F, G);
          expect(readElement(H)).toBe(mod(f + g, prime));
          wasm.subtract(H, F, G);
          expect(readElement(H)).toBe(mod(f - g, prime));
          wasm.negate(H, F);
          expect(readElement(H)).toBe(mod(-f, prime));
          wasm.lessTwice(H, F, G);
          expect(readElement(H)).toBe(mod(f - 2n * g, prime));
          wasm.multiply(H, F, G);
          expect(readElement(H)).toBe(mod(f * g, prime));
          expectReduced(H);
          wasm.squareTimes(H, F, 3);
          expect(readElement(H)).toBe(mod(f ** 8n, prime));
          expectReduced(H);
          // Outputs over inputs.
          wasm.multiply(F, F, G);
          wasm.multiply(G, F, G);
          expect(readElement(G)).toBe(mod(f * g * g, prime));
        }),
        { seed: 256 + number, numRuns: 1000 },
      );
    });

    // The bounds that the generated files state: limbs of x and y times 2^28 with x y <= 12, values of v and w primes with v w <= 32.
    const extreme = (x: number, v: number) =>
      fc
        .tuple(
          fc.array(fc.constantFrom(x * UNIT, -x * UNIT, x * UNIT - 1, 1, 0), { minLength: 8, maxLength: 8 }),
          fc.constantFrom((v - 1) * TOP_UNIT - 4, -(v - 1) * TOP_UNIT + 4, 1, 0),
        )
        .map(([low, top]) => [...low, top]);

    it.each([
      [3, 4, 4, 8],
      [4, 3, 5, 6],
      [2, 6, 2, 16],
      [3, 3, 5, 5],
    ])("multiplies limbs at %i and %i, values of %i and %i", (x, y, v, w) => {
      wasm.select(number);
      fc.assert(
        fc.property(extreme(x, v), extreme(y, w), (f, g) => {
          const product = writeLimbs(F, f) * writeLimbs(G, g);
          wasm.multiply(H, F, G);
          expect(readElement(H)).toBe(mod(product * unscale * unscale, prime));
          expectReduced(H);
        }),
        { seed: 29, numRuns: 500 },
      );
    });

    it("squares limbs at their bound, of all signs", () => {
      wasm.select(number);
      fc.assert(
        fc.property(extreme(3, 5), (f) => {
          const value = writeLimbs(F, f);
          wasm.squareTimes(H, F, 1);
          expect(readElement(H)).toBe(mod(value * value * unscale * unscale, prime));
          expectReduced(H);
          wasm.squareTimes(H, F, 2);
          expect(readElement(H)).toBe(mod((value * unscale) ** 4n, prime));
        }),
        { seed: 30, numRuns: 500 },
      );
    });

    it("writes values of up to 32 primes of either sign", () => {
      wasm.select(number);
      fc.assert(
        fc.property(fc.bigInt({ min: -32n * prime, max: 32n * prime }), (value) => {
          writeLimbs(F, balancedLimbs(value));
          expect(readElement(F)).toBe(mod(value * unscale, prime));
        }),
        { seed: 31, numRuns: 500 },
      );
    });

    it("raises to powers", () => {
      wasm.select(number);
      const expected = (base: bigint, exponent: bigint) => {
        let result = 1n;
        for (let bit = 255n; bit >= 0n; bit--) {
          result = mod(result * result, prime);
          if ((exponent >> bit) & 1n) result = mod(result * base, prime);
        }
        return result;
      };
      fc.assert(
        fc.property(residue, integer, (base, exponent) => {
          if (exponent === 0n) return;
          writeElement(F, base);
          memory.set(toWords(exponent), WORDS);
          wasm.power(H, F, WORDS);
          expect(readElement(H)).toBe(expected(mod(base, prime), exponent));
        }),
        { seed: 32, numRuns: 100 },
      );
    });

    if (!name.endsWith("field")) return;
    it("knows zero, and takes three halves", () => {
      wasm.select(number);
      for (let multiple = -32n; multiple <= 32n; multiple++) {
        for (const offset of [-1n, 0n, 1n, 1n << 232n]) {
          writeLimbs(F, balancedLimbs(multiple * prime + offset));
          expect(wasm.isZero(F)).toBe(offset === 0n ? 1 : 0);
        }
      }
      fc.assert(
        fc.property(fc.bigInt({ min: (-3n * prime) / 2n, max: (3n * prime) / 2n }), (value) => {
          writeLimbs(F, balancedLimbs(value));
          wasm.threeHalves(H, F);
          expect(readElement(H)).toBe(mod(3n * value * unscale * inverse(2n, prime), prime));
          const limbs = readLimbs(H);
          for (const limb of limbs) expect(Math.abs(limb)).toBeLessThanOrEqual(3 * UNIT);
          expect(4n * magnitude(limbSum(limbs)) <= 11n * prime).toBe(true);
        }),
        { seed: 33, numRuns: 500 },
      );
    });
  },
);

describe("integers of four words", () => {
  it("are compared and added", () => {
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        memory.set(toWords(a), F);
        memory.set(toWords(b), G);
        expect(wasm.less(F, G)).toBe(a < b ? 1 : 0);
        expect(wasm.less(F, F)).toBe(0);
        wasm.sum(H, F, G);
        expect(fromWords(H)).toBe((a + b) & ((1n << 256n) - 1n));
      }),
      { seed: 34, numRuns: 1000 },
    );
  });

  it.each([2, 3, 5, 8])("have signed digits of width %i", (width) => {
    const DIGITS = 257;
    const STRIDE = 2;
    fc.assert(
      fc.property(integer, (value) => {
        memory.fill(0, F, F + DIGITS * STRIDE + 1);
        memory.set(toWords(value), BYTES + 512);
        wasm.signedDigits(F, STRIDE, BYTES + 512, width);
        let sum = 0n;
        let last = -width;
        for (let i = 0; i < DIGITS; i++) {
          const digit = view.getInt8(F + i * STRIDE);
          expect(memory[F + i * STRIDE + 1]).toBe(0);
          if (digit === 0) continue;
          expect(digit & 1).toBe(1);
          expect(Math.abs(digit)).toBeLessThan(2 ** (width - 1));
          expect(i - last).toBeGreaterThanOrEqual(width);
          last = i;
          sum += BigInt(digit) << BigInt(i);
        }
        expect(sum).toBe(value);
      }),
      { seed: 35, numRuns: 150 },
    );
  });
});

describe.each(CURVES)("points of $name", ({ noble, n, p, pointer }) => {
  const { Point } = noble;
  const generator = Point.BASE;

  /** Expects u G + v Q for Q = k G, by the core's sum. */
  function expectSum(u: bigint, v: bigint, k: bigint): void {
    wasm.useCurve(pointer);
    memory.set(generator.multiply(k).toBytes(true), BYTES);
    expect(wasm.decode(POINT, BYTES)).toBe(1);
    memory.set(toWords(u), F);
    memory.set(toWords(v), G);
    wasm.sumOfMultiples(SUM, F, G, POINT);
    const scalar = mod(u + v * k, n);
    expect(wasm.isNeutral(SUM), `${u} ${v} ${k}`).toBe(scalar === 0n ? 1 : 0);
    if (scalar === 0n) return;
    const x = generator.multiply(scalar).toAffine().x;
    memory.set(toWords(x), WORDS);
    expect(wasm.hasX(SUM, WORDS), `${u} ${v} ${k}`).toBe(1);
    memory.set(toWords(x === 0n ? 1n : x - 1n), WORDS);
    expect(wasm.hasX(SUM, WORDS)).toBe(0);
  }

  it("add up with factors of every shape", () => {
    const edges = [0n, 1n, 2n, 3n, 15n, 16n, 17n, 127n, 128n, 129n, 255n, n - 1n, n - 2n, (n - 1n) / 2n, (n + 1n) / 2n];
    for (let bit = 9n; bit < 256n; bit += 41n) edges.push((1n << bit) - 1n, 1n << bit);
    edges.forEach((u, i) => {
      for (const step of [1, 2, 7]) expectSum(u, edges[(i * step + 1) % edges.length]!, 0xabcdef123456789n);
    });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: n - 1n }), fc.bigInt({ min: 0n, max: n - 1n }), (u, v) =>
        expectSum(u, v, 5n),
      ),
      { seed: 36, numRuns: 30 },
    );
  });

  // A sum meets the same point, its negative, or nothing, at its first or at its last addition.
  it("add up where additions meet equal and opposite points", () => {
    for (const k of [1n, 2n, 3n, n - 1n, n - 2n, 123456789n]) {
      for (const v of [1n, 2n, 3n, 12345n, (1n << 200n) + 1n, n - 1n]) {
        for (const difference of [0n, 1n, n - 1n, 2n]) {
          expectSum(mod(-v * k + difference, n), v, k);
          expectSum(mod(v * k + difference, n), v, k);
        }
      }
    }
  });

  it("are decoded where noble decodes them", () => {
    wasm.useCurve(pointer);
    const xs = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, p - 1n, p - 2n, p - 3n, p, p + 1n, (1n << 256n) - 1n];
    let decoded = 0;
    for (const x of xs) {
      for (let tag = 0; tag < 256; tag++) {
        if (tag === 5) continue;
        const encoded = Uint8Array.of(tag, ...bigEndian(x));
        memory.set(encoded, BYTES);
        const accepted = wasm.decode(POINT, BYTES) === 1;
        let expected = true;
        try {
          Point.fromBytes(encoded);
        } catch {
          expected = false;
        }
        expect(accepted, `${tag} ${x}`).toBe(expected);
        if (accepted) decoded++;
      }
    }
    expect(decoded).toBeGreaterThan(4);
  });

  it("have the y that their first byte asks for", () => {
    wasm.useCurve(pointer);
    for (let k = 1n; k < 40n; k++) {
      const point = generator.multiply(k);
      for (const [tag, y] of [
        [2, point.toAffine().y & 1n ? p - point.toAffine().y : point.toAffine().y],
        [3, point.toAffine().y & 1n ? point.toAffine().y : p - point.toAffine().y],
      ] as const) {
        memory.set(Uint8Array.of(tag, ...bigEndian(point.toAffine().x)), BYTES);
        expect(wasm.decode(POINT, BYTES)).toBe(1);
        expect(readElement(POINT + 40)).toBe(y);
        expect(readElement(POINT)).toBe(point.toAffine().x);
      }
    }
  });

  it("are read behind 5 on secp256r1 alone, as the point with the lesser y", () => {
    wasm.useCurve(pointer);
    for (let k = 1n; k < 40n; k++) {
      const { x, y } = generator.multiply(k).toAffine();
      memory.set(Uint8Array.of(5, ...bigEndian(x)), BYTES);
      const accepted = wasm.decode(POINT, BYTES) === 1;
      expect(accepted).toBe(noble.Point.CURVE().a !== 0n);
      if (accepted) expect(readElement(POINT + 40)).toBe(2n * y < p ? y : p - y);
    }
  });
});

describe("generated code", () => {
  it.each([
    ...Object.entries(MODULI).map(([name, prime]) => [name, () => montgomerySource(prime)] as const),
    ["limbs", limbsSource] as const,
    ["curves", curvesSource] as const,
  ])("%s is its generator's", (name, source) => {
    const file = new URL(`../../core/lib/sig/ecdsa/generated-${name}.ts`, import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(source());
  });
});
