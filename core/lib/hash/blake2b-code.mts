/**
 * The rounds of BLAKE2b's compression function (RFC 7693, section 3.2) as AssemblyScript, for every generator that unrolls them: for one
 * hash in 64-bit words, or for two at once in the two lanes of vectors.
 */

/** RFC 7693, section 2.7. Rounds 10 and 11 use rows 0 and 1 again. */
const SIGMA: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
const ROUNDS = 12;

/** Columns, then diagonals, of the 4x4 matrix of working words. */
const QUARTERS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

/** Rotations of G (RFC 7693, section 2.1). */
type Rotation = 32 | 24 | 16 | 63;

/** How the operations of G are written. Arguments are expressions; what is rotated is the name of a variable. */
export interface Words {
  readonly type: "u64" | "v128";
  constant(value: string): string;
  add(a: string, b: string): string;
  xor(a: string, b: string): string;
  rotateRight(variable: string, bits: Rotation): string;
}

/** One hash. */
export const ONE: Words = {
  type: "u64",
  constant: (value) => value,
  add: (a, b) => `${a} + ${b}`,
  xor: (a, b) => `${a} ^ ${b}`,
  rotateRight: (variable, bits) => `rotr<u64>(${variable}, ${bits})`,
};

/** Bytes of both lanes in the order that a rotation by whole bytes puts them. */
const rotatedBytes = (bits: number) =>
  [0, 8].flatMap((lane) => Array.from({ length: 8 }, (_, i) => lane + ((i + bits / 8) % 8))).join(", ");

/**
 * Two hashes. WebAssembly rotates no vectors. Rotations by whole bytes reorder bytes: V8 has one instruction for exchanging halves by a
 * shuffle, and for other orders is fastest with a swizzle by a constant.
 */
export const TWO: Words = {
  type: "v128",
  constant: (value) => `i64x2.splat(${value})`,
  add: (a, b) => `i64x2.add(${a}, ${b})`,
  xor: (a, b) => `v128.xor(${a}, ${b})`,
  rotateRight: (variable, bits) => {
    if (bits === 63) return `v128.or(i64x2.add(${variable}, ${variable}), i64x2.shr_u(${variable}, 63))`;
    const order = rotatedBytes(bits);
    if (bits === 32) return `v128.shuffle<u8>(${variable}, ${variable}, ${order})`;
    return `v128.swizzle(${variable}, i8x16(${order}))`;
  },
};

/**
 * Twelve rounds over the variables v0 to v15. `message`: expression of a message word; undefined for one that is zero.
 * A message word is added before what the step before has just made, which is awaited.
 */
export function rounds(words: Words, message: (index: number) => string | undefined): string[] {
  const step = (a: string, b: string, c: string, d: string, x: string | undefined, first: Rotation, then: Rotation) => [
    `  ${a} = ${words.add(x ? words.add(a, x) : a, b)};`,
    `  ${d} = ${words.xor(d, a)};`,
    `  ${d} = ${words.rotateRight(d, first)};`,
    `  ${c} = ${words.add(c, d)};`,
    `  ${b} = ${words.xor(b, c)};`,
    `  ${b} = ${words.rotateRight(b, then)};`,
  ];
  return Array.from({ length: ROUNDS }, (_, round) => {
    const sigma = SIGMA[round % SIGMA.length]!;
    return QUARTERS.flatMap((quarter, i) => {
      const [a, b, c, d] = quarter.map((index) => `v${index}`) as [string, string, string, string];
      return [
        ...step(a, b, c, d, message(sigma[2 * i]!), 32, 24),
        ...step(a, b, c, d, message(sigma[2 * i + 1]!), 16, 63),
      ];
    });
  }).flat();
}
