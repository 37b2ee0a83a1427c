/**
 * Generates generated-field25519-pair.ts: arithmetic modulo p = 2^255 - 19 on two elements at once, in the lanes of vectors.
 *
 * An element is ten signed limbs of 26 and 25 bits in turn; a pair is five vectors [a0 b0 a1 b1], [a2 b2 a3 b3], ... One extended multiplication
 * gives a product for each of the two in 64 bits. Where two limbs of 25 bits meet, the product counts twice, because their positions are
 * rounded up; where a product passes 2^255, it counts 19 times.
 * Nothing depends on values but values: no branch, no address. Run: npx tsx core/lib/sig/generate-field25519-pair.mts
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { define, each, Radix } from "./field25519-code.mts";

const LIMBS = 10;
const VECTORS = LIMBS / 2;
const bitsOf = (limb: number) => (limb % 2 === 0 ? 26 : 25);
const RADIX = new Radix(each(LIMBS, bitsOf));

/** A pair as it lies in memory. */
export function encodePair(a: bigint, b: bigint): number[] {
  const first = RADIX.encode(a);
  const second = RADIX.encode(b);
  return first.flatMap((limb, i) => [limb, second[i]!]);
}

const at = (pointer: string, offset: number) => (offset > 0 ? `${pointer}, ${offset}` : pointer);
const sum = (terms: readonly string[]) => terms.reduce((total, term) => `i64x2.add(${total}, ${term})`);
const eachVector = (make: (vector: number) => string) => each(VECTORS, make);

/** The factor of the product of limbs i and j in its column. */
const wraps = (i: number, j: number) => i + j >= LIMBS;
const factor = (i: number, j: number) => (i % 2 === 1 && j % 2 === 1 ? 2 : 1) * (wraps(i, j) ? 19 : 1);

/** Product of limb i of a left operand and limb j of a right one, for which the vectors of the same name with an s have their halves exchanged. */
function product(left: string, i: number, right: string, j: number): string {
  const half = i % 2 === 0 ? "low" : "high";
  const aligned = i % 2 === j % 2 ? right : `${right}s`;
  return `i64x2.extmul_${half}_i32x4_s(${left}${i >> 1}, ${aligned}${j >> 1})`;
}

const exchanged = (name: string) =>
  eachVector((v) => `  const ${name}s${v} = v128.shuffle<i64>(${name}${v}, ${name}${v}, 1, 0);`);

/** Variables x (f doubled where both limbs have 25 bits), y (g), z (19 g) hold f, g: columns of their product. */
function products(): string[] {
  return [
    ...eachVector((v) => `  const ff${v} = i32x4.add(f${v}, f${v});`),
    ...eachVector((v) => `  const w${v} = i32x4.mul(g${v}, i32x4.splat(19));`),
    ...exchanged("g"),
    ...exchanged("w"),
    ...each(LIMBS, (k) => {
      const terms = each(LIMBS, (i) => {
        const j = (k - i + LIMBS) % LIMBS;
        return product(i % 2 === 1 && j % 2 === 1 ? "ff" : "f", i, wraps(i, j) ? "w" : "g", j);
      });
      return `  let h${k} = ${sum(terms)};`;
    }),
  ];
}

/** Columns of f^2. The right operand w holds 19 f in limbs of 26 bits and 38 f in those of 25, whichever limb it meets. */
function squares(): string[] {
  const term = (i: number, j: number) => {
    const times = factor(i, j) * (i === j ? 1 : 2);
    const carried = wraps(i, j) ? (j % 2 === 0 ? 19 : 38) : 1;
    const rest = times / carried;
    if (rest === 4) return product("ff", i, "ff", j);
    return product(rest === 2 ? "ff" : "f", i, carried > 1 ? "w" : "f", j);
  };
  return [
    ...eachVector((v) => `  const ff${v} = i32x4.add(f${v}, f${v});`),
    ...eachVector((v) => `  const w${v} = i32x4.mul(f${v}, i32x4(19, 19, 38, 38));`),
    ...exchanged("f"),
    ...exchanged("ff"),
    ...exchanged("w"),
    ...each(LIMBS, (k) => {
      const pairs = each(LIMBS, (i) => ({ i, j: (k - i + LIMBS) % LIMBS })).filter(({ i, j }) => i <= j);
      return `  let h${k} = ${sum(pairs.map(({ i, j }) => term(i, j)))};`;
    }),
  ];
}

/** Added before a shift, so that it is of a positive number: WebAssembly's arithmetic shift of 64-bit lanes is slow on x64. */
const BIAS = 1n << 62n;
/** Two chains, four limbs apart, so that one step need not wait for the other; 0 again at the end, which has received 19 times a carry. */
const CARRY_ORDER = [0, 4, 1, 5, 2, 6, 3, 7, 4, 8, 9, 0];

/** Steps of the carry, and how much above its value each limb stands after them. */
function carryPlan() {
  const above: bigint[] = Array(LIMBS).fill(0n);
  const steps = CARRY_ORDER.map((limb) => {
    const bits = BigInt(bitsOf(limb));
    const half = 1n << (bits - 1n);
    const constant = BIAS + half - above[limb]!;
    const next = (limb + 1) % LIMBS;
    above[next]! += (BIAS >> bits) * (next === 0 ? 19n : 1n);
    above[limb] = half;
    return { limb, next, constant };
  });
  return { steps, above };
}

const { steps: CARRY_STEPS, above: ABOVE } = carryPlan();
const CONSTANTS = [...new Set(CARRY_STEPS.map(({ constant }) => constant))];
const constantAt = (constant: bigint) => `v128.load(${at("CARRY", 16 * CONSTANTS.indexOf(constant))})`;

/** Carries columns h and packs them as vectors r. */
function reduce(): string[] {
  return [
    "  let q: v128;",
    ...CARRY_STEPS.flatMap(({ limb, next, constant }) => [
      `  h${limb} = i64x2.add(h${limb}, ${constantAt(constant)});`,
      `  q = i64x2.shr_u(h${limb}, ${bitsOf(limb)});`,
      `  h${limb} = v128.and(h${limb}, v128.load(${at("MASKS", 16 * (limb % 2))}));`,
      next === 0
        ? "  h0 = i64x2.add(h0, i64x2.add(q, i64x2.add(i64x2.shl(q, 1), i64x2.shl(q, 4))));"
        : `  h${next} = i64x2.add(h${next}, q);`,
    ]),
    ...eachVector((v) => {
      const packed = `v128.shuffle<i32>(h${2 * v}, h${2 * v + 1}, 0, 2, 4, 6)`;
      return `  const r${v} = i32x4.sub(${packed}, v128.load(${at("EXCESS", 16 * v)}));`;
    }),
  ];
}

const load = (name: string, keyword = "const") =>
  eachVector((v) => `  ${keyword} ${name}${v} = v128.load(${at(name, 16 * v)});`);
const store = (name: string) => eachVector((v) => `  v128.store(out, ${name}${v}, ${16 * v});`);
const table = (name: string, type: string, values: readonly (bigint | number)[]) =>
  `const ${name}: usize = memory.data<${type}>([${values.join(", ")}], 16);`;
const low32 = (value: bigint) => Number(BigInt.asIntN(32, value));

/** Limbs of one lane in i64. */
const lane = (h: string, pointer: string) =>
  each(LIMBS, (i) => `  let ${h}${i} = <i64>load<i32>(${at(pointer, 8 * i)});`);

export function source(): string {
  return [
    "// Generated by generate-field25519-pair.mts. Do not edit.",
    "//",
    "// A pair is 80 bytes; lane 0 is one element, lane 1 the other. It is reduced when limbs are at most a little above half their radix (2^25, 2^24):",
    "// results of multiply2, square2 and fromBytes2. Sums and differences are not carried; what takes `n` reduced pairs takes sums of n. Any",
    "// output may be an input.",
    "",
    "/** Bytes of a pair. */",
    `export const PAIR_BYTES: usize = ${16 * VECTORS};`,
    "",
    "// For the carry: what is added before each shift, what a limb keeps, and how much above its value it then stands.",
    table(
      "CARRY",
      "i64",
      CONSTANTS.flatMap((constant) => [constant, constant]).map((c) => BigInt.asIntN(64, c)),
    ),
    table(
      "MASKS",
      "i64",
      [0, 1].flatMap((limb) => Array(2).fill(2 ** bitsOf(limb) - 1)),
    ),
    table(
      "EXCESS",
      "i32",
      ABOVE.flatMap((value) => [low32(value), low32(value)]),
    ),
    "",
    ...define(
      "out = f * g, reduced; f of four, g of three reduced pairs.",
      "multiply2(out: usize, f: usize, g: usize)",
      ...load("f"),
      ...load("g"),
      ...products(),
      ...reduce(),
      ...store("r"),
    ),
    ...define(
      "out = f^2, reduced; f of two reduced pairs.",
      "square2(out: usize, f: usize)",
      ...load("f"),
      ...squares(),
      ...reduce(),
      ...store("r"),
    ),
    ...define(
      "out = f^(2^times), reduced; f of two reduced pairs, times at least 1.",
      "squareTimes2(out: usize, f: usize, times: i32)",
      ...load("f", "let"),
      "  do {",
      ...squares(),
      ...reduce(),
      ...eachVector((v) => `  f${v} = r${v};`),
      "  } while (--times > 0);",
      ...store("f"),
    ),
    ...define(
      "Reads two times 32 little-endian bytes, ignoring the highest bits; values of p and above are taken modulo p.",
      "fromBytes2(out: usize, a: usize, b: usize)",
      "  let q: i64;",
      ...[0, 1].flatMap((l) => {
        const name = "ab"[l]!;
        return [
          ...RADIX.fromBytes(name, name),
          ...each(LIMBS, (i) => `  store<i32>(out, <i32>${name}${i}, ${8 * i + 4 * l});`),
        ];
      }),
    ),
    ...define(
      "Writes the canonical 32 bytes of lane 0 or 1 of a reduced pair, or of a sum or difference of two.",
      "toBytes2(out: usize, f: usize, lane: usize)",
      "  f += lane << 2;",
      ...lane("h", "f"),
      "  let q: i64;",
      ...RADIX.toBytes("h", "out"),
    ),
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("generated-field25519-pair.ts", import.meta.url), source());
}
