/**
 * Generates generated-{k1,r1}-{field,order}.ts: arithmetic modulo the four primes of ECDSA over secp256k1 and secp256r1; and
 * generated-limbs.ts: what is the same for all four.
 *
 * WebAssembly has no 64x64->128 product, so elements are nine signed limbs of 29 bits stored as i32, whose products sum up in i64. They
 * are kept in Montgomery form (P. L. Montgomery, "Modular Multiplication Without Trial Division", 1985): a product is divided by 2^261
 * as it is reduced, limb by limb from the lowest. That works for all four primes alike, and both field primes have few limbs that are
 * not zero, nearly all of them powers of two. Run: npx tsx core/lib/sig/ecdsa/generate-montgomery.mts
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { balancedLimbs, ELEMENT_BYTES, encode, inverse, K1, LIMB_BITS, LIMBS, R1, RADIX } from "./curves.mts";

/** File name, without "generated-" and ".ts", and prime. */
export const MODULI = {
  "k1-field": K1.p,
  "k1-order": K1.n,
  "r1-field": R1.p,
  "r1-order": R1.n,
} as const;

const COLUMNS = 2 * LIMBS - 1;
const MASK = 2 ** LIMB_BITS - 1;
const HALF = 2 ** (LIMB_BITS - 1);
const WORDS = 4;

const each = <T,>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const at = (pointer: string, limb: number) => (limb > 0 ? `${pointer}, ${4 * limb}` : pointer);
const loadLimb = (pointer: string, limb: number) => `load<i32>(${at(pointer, limb)})`;
const loadLimbs = (name: string, pointer: string, keyword = "const") =>
  each(LIMBS, (i) => `  ${keyword} ${name}${i} = <i64>${loadLimb(pointer, i)};`);
const storeLimbs = (pointer: string, name: string, first = 0) =>
  each(LIMBS, (i) => `  store<i32>(${pointer}, <i32>${name}${first + i}, ${4 * i});`);

const define = (doc: string, signature: string, ...body: string[]) => [
  `/** ${doc} */`,
  `export function ${signature} {`,
  ...body,
  "}",
  "",
];

/** target += m * limb, by a shift where the limb is a power of two. */
function addMultiple(target: string, m: string, limb: number): string {
  const operator = limb < 0 ? "-=" : "+=";
  const magnitude = Math.abs(limb);
  const shift = Math.log2(magnitude);
  const multiple = !Number.isInteger(shift) ? `${m} * ${magnitude}` : shift > 0 ? `(${m} << ${shift})` : m;
  return `  ${target} ${operator} ${multiple};`;
}

/**
 * Columns h0..h16 to limbs h9..h17: nine times a multiple of the prime that clears the lowest column, then one pass of carries, each
 * to nearest, over what is left.
 */
function reduce(prime: bigint): string[] {
  const limbs = balancedLimbs(prime);
  const factor = Number(inverse(-prime, 1n << BigInt(LIMB_BITS)));
  const clearing = each(LIMBS, (k) => {
    const low = factor === 1 ? `<i32>h${k}` : `<i32>h${k} * ${factor}`;
    return [
      `  m = <i64>(((${low}) << ${32 - LIMB_BITS}) >> ${32 - LIMB_BITS});`,
      ...limbs.flatMap((limb, i) => (limb === 0 ? [] : [addMultiple(`h${k + i}`, "m", limb)])),
      `  h${k + 1} += h${k} >> ${LIMB_BITS};`,
    ];
  });
  return [...clearing.flat(), ...carry("h", LIMBS)];
}

/** One pass of carries, each to nearest, over the nine limbs from `first` on; the highest one takes what comes. */
function carry(h: string, first: number): string[] {
  return each(LIMBS - 1, (i) => [
    `  q = (${h}${first + i} + ${HALF}) >> ${LIMB_BITS};`,
    `  ${h}${first + i + 1} += q;`,
    `  ${h}${first + i} -= q << ${LIMB_BITS};`,
  ]).flat();
}

function products(): string[] {
  const columns = each(COLUMNS, (k) => {
    const terms = each(LIMBS, (i) => ({ i, j: k - i })).filter(({ j }) => j >= 0 && j < LIMBS);
    return `  let h${k} = ${terms.map(({ i, j }) => `f${i} * g${j}`).join(" + ")};`;
  });
  return [...columns, `  let h${COLUMNS}: i64 = 0;`];
}

function squares(): string[] {
  const doubled = each(LIMBS - 1, (i) => `  const f${i}x2 = f${i} << 1;`);
  const columns = each(COLUMNS, (k) => {
    const terms = each(LIMBS, (i) => ({ i, j: k - i })).filter(({ i, j }) => j >= i && j < LIMBS);
    return `  let h${k} = ${terms.map(({ i, j }) => (i === j ? `f${i} * f${i}` : `f${i}x2 * f${j}`)).join(" + ")};`;
  });
  return [...doubled, ...columns, `  let h${COLUMNS}: i64 = 0;`];
}

/** Division by 2^261 alone: from nine limbs to a value of at most half the prime in magnitude. */
const unscale = (prime: bigint) => [
  ...loadLimbs("h", "f", "let"),
  ...each(LIMBS, (i) => `  let h${LIMBS + i}: i64 = 0;`),
  "  let m: i64;",
  "  let q: i64;",
  ...reduce(prime),
];

/** Carries downwards, so that all limbs but the highest are in 0..2^29 - 1 and the highest has the sign. */
const floorCarry = (h: string, first: number) =>
  each(LIMBS - 1, (i) => [
    `  ${h}${first + i + 1} += ${h}${first + i} >> ${LIMB_BITS};`,
    `  ${h}${first + i} &= ${MASK};`,
  ]).flat();

/** Expression for the bits of limb i in four little-endian words. */
function fromWords(i: number): string {
  const bit = LIMB_BITS * i;
  const [word, shift] = [bit >> 6, bit & 63];
  const load = (index: number) => `load<u64>(words, ${8 * index})`;
  const low = shift > 0 ? `(${load(word)} >> ${shift})` : load(word);
  const joined = shift + LIMB_BITS > 64 && word < WORDS - 1 ? `(${low} | (${load(word + 1)} << ${64 - shift}))` : low;
  return `  store<i32>(out, <i32>(${joined} & ${MASK}), ${4 * i});`;
}

/** Expression for word w of non-negative limbs. */
function toWord(h: string, first: number, w: number): string {
  const parts = each(LIMBS, (i) => ({ limb: `<u64>${h}${first + i}`, offset: LIMB_BITS * i - 64 * w }))
    .filter(({ offset }) => offset > -LIMB_BITS && offset < 64)
    .map(({ limb, offset }) => (offset > 0 ? `(${limb} << ${offset})` : offset < 0 ? `(${limb} >> ${-offset})` : limb));
  return `  store<u64>(words, ${parts.join(" | ")}, ${8 * w});`;
}

/** What an element is, and how large it may be. */
const BOUNDS = [
  "// An element is 40 bytes, in Montgomery form. It is reduced when its limbs are at most 2^28 in magnitude and its value is at most 1.5",
  "// primes: results of multiply, squareTimes and fromWords. multiply and squareTimes take factors whose limbs are at most x and y times",
  "// 2^28 with x y <= 12, for 9 x y 2^56 and what the reduction adds stay below 2^63, and whose values are at most v and w primes with",
  "// v w <= 32, for the result is at most v w / 32 + 1/2 primes. Any output may be an input.",
];

export function limbsSource(): string {
  const binary = (operator: string) =>
    each(LIMBS, (i) => `  store<i32>(out, ${loadLimb("f", i)} ${operator} ${loadLimb("g", i)}, ${4 * i});`);
  return [
    "// Generated by generate-montgomery.mts. Do not edit.",
    "//",
    ...BOUNDS,
    "",
    ...define("out = f + g, not carried.", "add(out: usize, f: usize, g: usize): void", ...binary("+")),
    ...define("out = f - g, not carried.", "subtract(out: usize, f: usize, g: usize): void", ...binary("-")),
    ...define(
      "out = -f, not carried.",
      "negate(out: usize, f: usize): void",
      ...each(LIMBS, (i) => `  store<i32>(out, -${loadLimb("f", i)}, ${4 * i});`),
    ),
    ...define(
      "out = f - 2 g with carried limbs, at most 2^28 in magnitude, but an unreduced value; limbs of f - 2 g are below 2^31 - 2^28.",
      "lessTwice(out: usize, f: usize, g: usize): void",
      ...each(LIMBS, (i) => `  let h${i} = ${loadLimb("f", i)} - (${loadLimb("g", i)} << 1);`),
      "  let q: i32;",
      ...carry("h", 0),
      ...each(LIMBS, (i) => `  store<i32>(out, h${i}, ${4 * i});`),
    ),
    ...define(
      "Copies one element.",
      "copy(out: usize, f: usize): void",
      ...each(ELEMENT_BYTES / 8, (i) => `  store<u64>(out, load<u64>(f, ${8 * i}), ${8 * i});`),
    ),
  ].join("\n");
}

export function source(prime: bigint): string {
  const limbs = balancedLimbs(prime);
  const product = (...columns: string[]) => ["  let m: i64;", "  let q: i64;", ...columns, ...reduce(prime)];
  return [
    "// Generated by generate-montgomery.mts. Do not edit.",
    "//",
    `// Modulo 0x${prime.toString(16)}.`,
    "//",
    ...BOUNDS,
    "",
    `const RADIX_SQUARED: usize = memory.data<i32>([${encode(RADIX, prime).join(", ")}], 16);`,
    "",
    ...define(
      "out = f g, reduced.",
      "multiply(out: usize, f: usize, g: usize): void",
      ...loadLimbs("f", "f"),
      ...loadLimbs("g", "g"),
      ...product(...products()),
      ...storeLimbs("out", "h", LIMBS),
    ),
    ...define(
      "out = f^(2^times), reduced; times at least 1.",
      "squareTimes(out: usize, f: usize, times: i32): void",
      ...loadLimbs("f", "f", "let"),
      "  do {",
      ...product(...squares()),
      ...each(LIMBS, (i) => `  f${i} = h${LIMBS + i};`),
      "  } while (--times > 0);",
      ...storeLimbs("out", "f"),
    ),
    ...define(
      "out = 3 f / 2 for a reduced f, not carried: limbs at most 3 times 2^28 in magnitude, value at most 2.75 primes.",
      "threeHalves(out: usize, f: usize): void",
      `  const odd = -(${loadLimb("f", 0)} & 1);`,
      ...each(LIMBS, (i) => {
        const limb = limbs[i] === 0 ? "" : ` + (odd & ${limbs[i]})`;
        return `  const h${i} = 3 * ${loadLimb("f", i)}${limb};`;
      }),
      ...each(LIMBS, (i) => {
        const moved = i < LIMBS - 1 ? ` + ((h${i + 1} & 1) << ${LIMB_BITS - 1})` : "";
        return `  store<i32>(out, (h${i} >> 1)${moved}, ${4 * i});`;
      }),
    ),
    ...define(
      "Whether f is zero; its limbs are below 2^31, its value is at most 32 primes.",
      "isZero(f: usize): bool",
      ...unscale(prime),
      `  return (${each(LIMBS, (i) => `h${LIMBS + i}`).join(" | ")}) == 0;`,
    ),
    ...define(
      "The element of a 256-bit integer, four words from the lowest on; reduced.",
      "fromWords(out: usize, words: usize): void",
      ...each(LIMBS, fromWords),
      `  store<i32>(out, 0, ${4 * LIMBS});`,
      "  multiply(out, out, RADIX_SQUARED);",
    ),
    ...define(
      "The least non-negative integer of an element, as four words; its limbs are below 2^31, its value is at most 32 primes.",
      "toWords(words: usize, f: usize): void",
      ...unscale(prime),
      ...floorCarry("h", LIMBS),
      `  q = h${2 * LIMBS - 1} >> 63;`,
      ...each(LIMBS, (i) => (limbs[i] === 0 ? [] : [`  h${LIMBS + i} += q & ${limbs[i]};`])).flat(),
      ...floorCarry("h", LIMBS),
      ...each(WORDS, (w) => toWord("h", LIMBS, w)),
    ),
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const write = (name: string, text: string) => writeFileSync(new URL(`generated-${name}.ts`, import.meta.url), text);
  for (const [name, prime] of Object.entries(MODULI)) write(name, source(prime));
  write("limbs", limbsSource());
}
