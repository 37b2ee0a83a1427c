/** The points that verifying works on against noble's, in either build: reading, doubling, tables of odd multiples, sums, small order. */
import { ed25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadWasm } from "../support/wasm.ts";
import { fromLittleEndian, littleEndian, SMALL_ORDER, TORSION_POINTS } from "./ed25519-support.ts";

interface PointsWasm {
  readonly memory: WebAssembly.Memory;
  buffer(): number;
  decompressBoth(p: number, pBytes: number, q: number, qBytes: number): number;
  setIdentity(out: number): void;
  negatePoint(point: number): void;
  double(point: number): void;
  tabulate(table: number, point: number, count: number): void;
  addMultiple(out: number, table: number, digit: number): void;
  addBase(out: number, digit: number): void;
  addBaseSplit(out: number, digit: number): void;
  isSmallOrder(point: number): number;
  coordinates(out: number, point: number): void;
}

type NoblePoint = InstanceType<typeof ed25519.Point>;

const wasm = loadWasm<PointsWasm>("test-ed25519-points");
const memory = new Uint8Array(wasm.memory.buffer);
const { Point } = ed25519;
const L = Point.Fn.ORDER;
const P = Point.Fp.ORDER;

const POINT_BYTES = 160;
const ODD_MULTIPLES = 8;
const BYTES = wasm.buffer();
const [FIRST, SECOND, SUM, TABLE] = [1, 2, 3, 4].map((place) => BYTES + place * 256) as [
  number,
  number,
  number,
  number,
];

const bigAt = (at: number) => fromLittleEndian(memory.slice(at, at + 32));

/** The point at an address, in noble's form; its coordinates must satisfy the curve's equation. */
function pointAt(at: number): NoblePoint {
  wasm.coordinates(BYTES, at);
  const inverse = Point.Fp.inv(bigAt(BYTES + 64));
  const point = Point.fromAffine({
    x: Point.Fp.mul(bigAt(BYTES), inverse),
    y: Point.Fp.mul(bigAt(BYTES + 32), inverse),
  });
  if (!point.is0()) point.assertValidity(); // noble counts the neutral element as invalid
  return point;
}

function read(first: Uint8Array, second: Uint8Array): boolean {
  memory.set(first, BYTES);
  memory.set(second, BYTES + 32);
  return wasm.decompressBoth(FIRST, BYTES, SECOND, BYTES + 32) !== 0;
}

/** Makes a sum of nothing, to which the additions may add. */
function setZero(at: number): void {
  wasm.setIdentity(at);
  wasm.double(at);
}

function expectPoint(at: number, expected: NoblePoint): void {
  expect(pointAt(at).equals(expected)).toBe(true);
}

function decoded(bytes: Uint8Array): NoblePoint | undefined {
  try {
    return Point.fromBytes(bytes, true);
  } catch {
    return undefined;
  }
}

/** The eight points whose order divides 8. */
const TORSION = SMALL_ORDER.slice(0, TORSION_POINTS).map((encoding) => Point.fromBytes(encoding, true));

const point = fc
  .tuple(
    fc.oneof(fc.bigInt({ min: 1n, max: L - 1n }), fc.constantFrom(1n, 2n, L - 1n, (L - 1n) / 2n)),
    fc.constantFrom(...TORSION),
  )
  .map(([scalar, torsion]) => Point.BASE.multiply(scalar).add(torsion));

/** Any 32 bytes: half of them are no point; and values of y around zero and p, with either sign. */
const encoding = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc
    .tuple(fc.constantFrom(0n, 1n, 2n, 3n, P - 1n, P, P + 1n, P + 2n, P + 18n, (1n << 255n) - 1n), fc.boolean())
    .map(([y, sign]) => littleEndian(y | (sign ? 1n << 255n : 0n))),
);

describe("points for verifying", () => {
  it("are read as noble reads them under ZIP-215, each whatever the other is", () => {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(encoding, encoding, (a, b) => {
        const [first, second] = [decoded(a), decoded(b)];
        const both = first !== undefined && second !== undefined;
        expect(read(a, b)).toBe(both);
        seen.add(both);
        if (!both) return;
        expectPoint(FIRST, first);
        expectPoint(SECOND, second);
      }),
      { seed: 215, numRuns: 1_000 },
    );
    expect(seen.size).toBe(2);
  });

  it("are doubled and negated, the neutral element too", () => {
    fc.assert(
      fc.property(fc.oneof(point, fc.constantFrom(...TORSION)), (p) => {
        expect(read(p.toBytes(), p.toBytes())).toBe(true);
        wasm.double(FIRST);
        expectPoint(FIRST, p.double());
        wasm.double(FIRST);
        expectPoint(FIRST, p.double().double());
        wasm.negatePoint(SECOND);
        expectPoint(SECOND, p.negate());
      }),
      { seed: 2, numRuns: 100 },
    );
    setZero(SUM);
    expectPoint(SUM, Point.ZERO);
  });

  it("are added by odd digits of a table, to themselves and to their negative too", () => {
    const digits = Array.from({ length: ODD_MULTIPLES }, (_, i) => 2 * i + 1).flatMap((digit) => [digit, -digit]);
    fc.assert(
      fc.property(point, point, (p, q) => {
        expect(read(p.toBytes(), q.toBytes())).toBe(true);
        wasm.tabulate(TABLE, FIRST, ODD_MULTIPLES);
        wasm.tabulate(TABLE + ODD_MULTIPLES * POINT_BYTES, SECOND, ODD_MULTIPLES);
        const multiple = (of: NoblePoint, digit: number) => {
          const magnitude = of.multiplyUnsafe(BigInt(Math.abs(digit)));
          return digit < 0 ? magnitude.negate() : magnitude;
        };
        for (const digit of digits) {
          setZero(SUM);
          wasm.addMultiple(SUM, TABLE, digit);
          expectPoint(SUM, multiple(p, digit));
          wasm.addMultiple(SUM, TABLE + ODD_MULTIPLES * POINT_BYTES, digit);
          expectPoint(SUM, multiple(p, digit).add(multiple(q, digit)));
          wasm.addMultiple(SUM, TABLE + ODD_MULTIPLES * POINT_BYTES, -digit);
          wasm.addMultiple(SUM, TABLE, digit);
          expectPoint(SUM, multiple(p, 2 * digit));
          wasm.addMultiple(SUM, TABLE, -digit);
          wasm.addMultiple(SUM, TABLE, -digit);
          expectPoint(SUM, Point.ZERO);
        }
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  it("are added from both tables of the base point, by every digit", () => {
    const split = Point.BASE.multiplyUnsafe(1n << 127n);
    for (let digit = 1; digit < 128; digit += 2) {
      for (const [add, base] of [
        [wasm.addBase, Point.BASE],
        [wasm.addBaseSplit, split],
      ] as const) {
        const expected = base.multiplyUnsafe(BigInt(digit));
        setZero(SUM);
        add(SUM, digit);
        expectPoint(SUM, expected);
        wasm.double(SUM);
        add(SUM, -digit);
        expectPoint(SUM, expected);
      }
    }
  });

  it("are known to be of small order, whatever stands for the coordinates", () => {
    fc.assert(
      fc.property(point, fc.constantFrom(...TORSION), (p, torsion) => {
        expect(read(p.toBytes(), torsion.toBytes())).toBe(true);
        wasm.tabulate(TABLE, FIRST, 1);
        wasm.double(SECOND);
        wasm.addMultiple(SECOND, TABLE, 1);
        wasm.addMultiple(SECOND, TABLE, -1);
        expect(wasm.isSmallOrder(SECOND)).toBe(1);
        expect(wasm.isSmallOrder(FIRST)).toBe(p.multiplyUnsafe(8n).is0() ? 1 : 0);
      }),
      { seed: 8, numRuns: 100 },
    );
  });
});
