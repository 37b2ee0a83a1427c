/** Curve facts for the generators beside this file. Source: SEC 2, version 2.0, sections 2.4.1 (secp256k1) and 2.4.2 (secp256r1). */

export interface Curve {
  readonly name: "k1" | "r1";
  /** Of the field. */
  readonly p: bigint;
  /** Of the base point, and of every other point but the neutral one. */
  readonly n: bigint;
  /** y^2 = x^3 + a x + b. */
  readonly a: bigint;
  readonly b: bigint;
  readonly base: Point;
}

/** Affine x, y. */
export type Point = readonly [bigint, bigint];

export const K1: Curve = {
  name: "k1",
  p: 2n ** 256n - 2n ** 32n - 977n,
  n: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  a: 0n,
  b: 7n,
  base: [
    0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
    0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
  ],
};

export const R1: Curve = {
  name: "r1",
  p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  a: -3n,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  base: [
    0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
    0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  ],
};

export const mod = (x: bigint, modulus: bigint): bigint => ((x % modulus) + modulus) % modulus;

/** 1 / x modulo a prime, by Euclid's algorithm. */
export function inverse(x: bigint, modulus: bigint): bigint {
  let [a, b] = [mod(x, modulus), modulus];
  let [s, t] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [s, t] = [t, s - quotient * t];
  }
  return mod(s, modulus);
}

/** Sum of two points that are not each other's negatives. */
export function add({ p, a }: Curve, [x1, y1]: Point, [x2, y2]: Point): Point {
  const slope = x1 === x2 ? mod((3n * x1 * x1 + a) * inverse(2n * y1, p), p) : mod((y2 - y1) * inverse(x2 - x1, p), p);
  const x = mod(slope * slope - x1 - x2, p);
  return [x, mod(slope * (x1 - x) - y1, p)];
}

/** Limbs of an element, bits of each, and bytes in memory (a multiple of 8). */
export const LIMBS = 9;
export const LIMB_BITS = 29;
export const ELEMENT_BYTES = 40;
/** Montgomery's R: an element stands for itself divided by it. */
export const RADIX = 1n << BigInt(LIMBS * LIMB_BITS);

/** Limbs that sum up to a value in magnitude below 2^256, each of the lower eight at most half its radix in magnitude. */
export function balancedLimbs(value: bigint): number[] {
  const limbs: number[] = [];
  let rest = value;
  for (let i = 0; i < LIMBS - 1; i++) {
    const limb = BigInt.asIntN(LIMB_BITS, rest);
    limbs.push(Number(limb));
    rest = (rest - limb) >> BigInt(LIMB_BITS);
  }
  return [...limbs, Number(rest)];
}

/** A residue as it lies in memory: limbs of its Montgomery form, and padding. */
export function encode(value: bigint, modulus: bigint): number[] {
  return [...balancedLimbs(mod(value * RADIX, modulus)), ...Array(ELEMENT_BYTES / 4 - LIMBS).fill(0)];
}
