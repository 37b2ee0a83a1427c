/** ML-DSA in core/lib/sig against @noble/post-quantum, on keys, messages, contexts and damaged signatures drawn at random. */
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyGen, type ParameterSet, sign, verify } from "./mldsa-module.ts";

const SEED = 204;

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
const seed = bytes(32, 32);

/** Shape of the tail of a signature: omega positions, then k counts (FIPS 204, algorithm 20). */
const SETS = [
  { set: 44, noble: ml_dsa44, omega: 80, rows: 4, challenge: 32, zBits: 18, zLimit: 131072 - 78 },
  { set: 65, noble: ml_dsa65, omega: 55, rows: 6, challenge: 48, zBits: 20, zLimit: 524288 - 196 },
] as const satisfies readonly { set: ParameterSet; noble: typeof ml_dsa44; [shape: string]: unknown }[];

/** noble's answer, where an exception counts as a refusal. */
function nobleVerifies(
  noble: typeof ml_dsa44,
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  context: Uint8Array,
): boolean {
  try {
    return noble.verify(signature, message, publicKey, { context });
  } catch {
    return false;
  }
}

/** Replaces coefficient `index` of z. Fields hold gamma1 - z, little-endian, `bits` wide. */
function withCoefficient(signature: Uint8Array, at: number, bits: number, index: number, value: number): Uint8Array {
  const copy = signature.slice();
  const field = 2 ** (bits - 1) - value;
  for (let bit = 0; bit < bits; bit++) {
    const position = index * bits + bit;
    const byte = at + (position >> 3);
    const mask = 1 << (position & 7);
    copy[byte] = (field >> bit) & 1 ? copy[byte]! | mask : copy[byte]! & ~mask;
  }
  return copy;
}

describe.each(SETS)("ML-DSA-$set beside noble", ({ set, noble, omega, rows, challenge, zBits, zLimit }) => {
  const message = new TextEncoder().encode("a commit, a checkpoint, a block");
  const none = new Uint8Array(0);
  const pair = noble.keygen(new Uint8Array(32).fill(set));
  const valid = noble.sign(message, pair.secretKey, { extraEntropy: false });
  const hintsAt = valid.length - omega - rows;

  const agrees = (signature: Uint8Array) => {
    const expected = nobleVerifies(noble, signature, message, pair.publicKey, none);
    expect(verify(set, pair.publicKey, message, signature)).toBe(expected);
    return expected;
  };

  it("makes the same keys and signatures, which both accept", () => {
    fc.assert(
      fc.property(seed, bytes(0, 600), bytes(0, 255), seed, (xi, text, context, rnd) => {
        const expected = noble.keygen(xi);
        const actual = keyGen(set, xi);
        expect(actual.publicKey).toEqual(expected.publicKey);
        expect(actual.secretKey).toEqual(expected.secretKey);
        const signature = noble.sign(text, expected.secretKey, { extraEntropy: rnd, context });
        expect(sign(set, expected.secretKey, text, context, rnd)).toEqual(signature);
        expect(verify(set, expected.publicKey, text, signature, context)).toBe(true);
      }),
      { numRuns: 25, seed: SEED },
    );
  });

  it("binds message, context and key", () => {
    const context = new Uint8Array([1, 2, 3]);
    const signature = noble.sign(message, pair.secretKey, { extraEntropy: false, context });
    const otherKey = noble.keygen(new Uint8Array(32).fill(9)).publicKey;
    expect(verify(set, pair.publicKey, message, signature, context)).toBe(true);
    expect(verify(set, pair.publicKey, message, signature)).toBe(false);
    expect(verify(set, pair.publicKey, message.subarray(1), signature, context)).toBe(false);
    expect(verify(set, otherKey, message, signature, context)).toBe(false);
    // The matrix kept for the other key must not serve this one.
    expect(verify(set, pair.publicKey, message, signature, context)).toBe(true);
    // One byte moved from the context to the message: the length prefix tells them apart.
    const moved = new Uint8Array([3, ...message]);
    expect(verify(set, pair.publicKey, moved, signature, context.subarray(0, 2))).toBe(false);
  });

  it("keeps the kept matrix apart from that of the other set", () => {
    const other = SETS.find((entry) => entry.set !== set)!;
    const mine = noble.keygen(new Uint8Array(32).fill(77));
    const crossed = other.noble.keygen(new Uint8Array(32).fill(78)).secretKey;
    crossed.set(mine.secretKey.subarray(0, 32)); // the same seed of the matrix, under another shape
    const options = { extraEntropy: false as const };
    expect(sign(set, mine.secretKey, message)).toEqual(noble.sign(message, mine.secretKey, options));
    expect(sign(other.set, crossed, message)).toEqual(other.noble.sign(message, crossed, options));
    expect(sign(set, mine.secretKey, message)).toEqual(noble.sign(message, mine.secretKey, options));
  });

  it("agrees on signatures with bytes changed", () => {
    const change = fc.record({ at: fc.nat(valid.length - 1), flip: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const signature = valid.slice();
        for (const { at, flip } of changes) signature[at]! ^= flip;
        agrees(signature);
      }),
      { numRuns: 60, seed: SEED },
    );
  });

  it("agrees on damaged and rearranged hints", () => {
    const entry = fc.tuple(fc.nat(omega + rows - 1), fc.oneof(fc.nat(255), fc.constantFrom(0, omega, omega + 1)));
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 6 }), (entries) => {
        const signature = valid.slice();
        for (const [at, value] of entries) signature[hintsAt + at] = value;
        agrees(signature);
      }),
      { numRuns: 100, seed: SEED },
    );
  });

  it("refuses every unsound hint section", () => {
    const counts = (values: readonly number[]) => {
      const signature = valid.slice();
      signature.set(values, hintsAt + omega);
      return signature;
    };
    const total = valid[valid.length - 1]!;
    const damaged = {
      falling: counts([total, ...new Array(rows - 1).fill(0)]),
      beyondOmega: counts(new Array(rows).fill(omega + 1)),
      lastOnly255: counts([...new Array(rows - 1).fill(0), 255]),
      allInOneRow: counts(new Array(rows).fill(total)),
      paddingUsed: valid.slice(),
      repeated: valid.slice(),
    };
    damaged.paddingUsed[hintsAt + omega - 1] = 1;
    damaged.repeated[hintsAt + 1] = damaged.repeated[hintsAt]!;
    expect(total).toBeGreaterThan(2);
    expect(total).toBeLessThan(omega);
    for (const signature of Object.values(damaged)) expect(agrees(signature)).toBe(false);
    expect(agrees(valid)).toBe(true);
  });

  it("agrees at the limits of z", () => {
    for (const index of [0, 1, 255, 256, 1023]) {
      for (const value of [zLimit, -zLimit, zLimit - 1, 1 - zLimit, 2 ** (zBits - 1), 1 - 2 ** (zBits - 1)]) {
        expect(agrees(withCoefficient(valid, challenge, zBits, index, value))).toBe(false);
      }
    }
  });

  it("takes any bytes as key and signature", () => {
    fc.assert(
      fc.property(
        bytes(noble.lengths.publicKey!, noble.lengths.publicKey!),
        bytes(valid.length, valid.length),
        bytes(0, 40),
        (publicKey, signature, text) => {
          expect(verify(set, publicKey, text, signature)).toBe(nobleVerifies(noble, signature, text, publicKey, none));
        },
      ),
      { numRuns: 20, seed: SEED },
    );
    for (const fill of [0, 255]) {
      const signature = new Uint8Array(valid.length).fill(fill);
      expect(verify(set, new Uint8Array(noble.lengths.publicKey!).fill(fill), message, signature)).toBe(false);
    }
  });

  it("refuses other lengths of signature and context", () => {
    const long = new Uint8Array(valid.length + 1);
    long.set(valid);
    expect(verify(set, pair.publicKey, message, long)).toBe(false);
    expect(verify(set, pair.publicKey, message, valid.subarray(0, valid.length - 1))).toBe(false);
    expect(verify(set, pair.publicKey, message, none)).toBe(false);
    expect(verify(set, pair.publicKey, message, valid, new Uint8Array(256))).toBe(false);
    expect(sign(set, pair.secretKey, message, new Uint8Array(256))).toBeUndefined();
    expect(sign(set, pair.secretKey, message, new Uint8Array(255))).toBeDefined();
  });
});
