/** The arithmetic under ML-DSA against the definitions of FIPS 204, where they can be checked outright. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ParameterSet, polynomial, wasm, zetas } from "./mldsa-module.ts";

const Q = 8380417;
const N = 256;

function centredMod(r: number, modulus: number): number {
  const rest = ((r % modulus) + modulus) % modulus;
  return rest > modulus / 2 ? rest - modulus : rest;
}

/** Decompose (algorithm 36). */
function decompose(r: number, gamma2: number): [high: number, low: number] {
  const low = centredMod(r, 2 * gamma2);
  return r - low === Q - 1 ? [0, low - 1] : [(r - low) / (2 * gamma2), low];
}

/** UseHint (algorithm 40) for hint 1. */
function useHint(r: number, gamma2: number): number {
  const count = (Q - 1) / (2 * gamma2);
  const [high, low] = decompose(r, gamma2);
  return low > 0 ? (high + 1) % count : (high - 1 + count) % count;
}

function power(base: bigint, exponent: number): bigint {
  let result = 1n;
  for (let i = 0; i < exponent; i++) result = (result * base) % BigInt(Q);
  return result;
}

const reverse8 = (k: number) => Number.parseInt(k.toString(2).padStart(8, "0").split("").reverse().join(""), 2);

describe("rounding, for every element of the field", () => {
  it.each([
    [44, (Q - 1) / 88],
    [65, (Q - 1) / 32],
  ] as [ParameterSet, number][])("highBits, lowBits and useHint of ML-DSA-%i", (set, gamma2) => {
    let wrong = 0;
    for (let r = 0; r < Q; r++) {
      const [high, low] = decompose(r, gamma2);
      if (wasm.highBits(set, r) !== high || wasm.lowBits(set, r) !== low) wrong++;
      if (wasm.useHint(set, 0, r) !== high || wasm.useHint(set, 1, r) !== useHint(r, gamma2)) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it("power2Round", () => {
    let wrong = 0;
    for (let r = 0; r < Q; r++) if (wasm.power2RoundHigh(r) !== (r - centredMod(r, 8192)) / 8192) wrong++;
    expect(wrong).toBe(0);
  });
});

describe("number-theoretic transform", () => {
  const wrap = (value: bigint) => Number(((value % BigInt(Q)) + BigInt(Q)) % BigInt(Q));

  it("has the table of powers of zeta", () => {
    for (let k = 0; k < N; k++) {
      const expected = (power(1753n, reverse8(k)) * (1n << 32n)) % BigInt(Q);
      expect(wrap(BigInt(zetas[k]!))).toBe(Number(expected));
      expect(Math.abs(zetas[k]!)).toBeLessThan(Q / 2);
    }
  });

  /** Coefficient k of the transform is the value at zeta^(2 BitRev8(k) + 1) (FIPS 204, section 2.5). */
  function valuesAtRoots(coefficients: readonly number[]): number[] {
    return Array.from({ length: N }, (_, k) => {
      const root = power(1753n, 2 * reverse8(k) + 1);
      let value = 0n;
      for (let i = N - 1; i >= 0; i--) value = (value * root + BigInt(coefficients[i]!)) % BigInt(Q);
      return wrap(value);
    });
  }

  const coefficient = fc.oneof(fc.integer({ min: -Q, max: Q }), fc.constantFrom(-Q, Q, Q - 1, 0, 1, -1));

  it("evaluates at the roots, and the bounds hold for extreme coefficients", () => {
    fc.assert(
      fc.property(fc.array(coefficient, { minLength: N, maxLength: N }), (coefficients) => {
        polynomial.set(coefficients);
        wasm.transform();
        expect(Array.from(polynomial, (value) => wrap(BigInt(value)))).toEqual(valuesAtRoots(coefficients));
        expect(Math.max(...polynomial.map(Math.abs))).toBeLessThan(9 * Q);
      }),
      {
        numRuns: 8,
        seed: 204,
        examples: [
          [new Array(N).fill(Q)],
          [new Array(N).fill(-Q)],
          [Array.from({ length: N }, (_, i) => (i % 2 ? Q : -Q))],
        ],
      },
    );
  });

  it("is undone by the inverse, up to the factor 2^32, also for sums that reach 256 q", () => {
    const extreme = fc.oneof(fc.integer({ min: 1 - Q, max: Q - 1 }), fc.constantFrom(1 - Q, Q - 1));
    fc.assert(
      fc.property(fc.array(extreme, { minLength: N, maxLength: N }), (values) => {
        polynomial.set(values);
        wasm.inverseTransform();
        const result = Array.from(polynomial);
        expect(result.every((value) => value >= 0 && value < Q)).toBe(true);
        const back = valuesAtRoots(result);
        expect(back).toEqual(values.map((value) => wrap(BigInt(value) << 32n)));
      }),
      { numRuns: 8, seed: 204, examples: [[new Array(N).fill(Q - 1)], [new Array(N).fill(1 - Q)]] },
    );
  });
});
