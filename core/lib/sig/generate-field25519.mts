/**
 * Generates generated-field25519.ts: arithmetic modulo p = 2^255 - 19.
 *
 * WebAssembly has no 64x64->128 product, so elements are nine signed limbs of 29 bits (23 in the highest) stored as i32, whose products sum
 * up in i64: 81 products against the 100 of ten limbs of 25.5 bits. Carries round to nearest, which keeps limbs balanced around zero and lets
 * sums and differences go without a carry. Nothing depends on values but values: no branch, no address.
 * Run: npx tsx core/lib/sig/generate-field25519.mts
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bitsOf, ELEMENT_BYTES, LIMB_BITS, LIMBS } from "./ed25519-curve.mts";

/** 2^(9 * 29) = 2^261 = 2^6 * 2^255, and 2^255 = 19 modulo p. */
const HIGH_FACTOR = 64 * 19;
const COLUMNS = 2 * LIMBS - 1;

const each = <T,>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const at = (pointer: string, limb: number) => (limb > 0 ? `${pointer}, ${4 * limb}` : pointer);
const loadLimbs = (name: string, pointer: string, keyword = "const") =>
  each(LIMBS, (i) => `  ${keyword} ${name}${i} = <i64>load<i32>(${at(pointer, i)});`);
const storeLimbs = (pointer: string, name: string) =>
  each(LIMBS, (i) => `  store<i32>(${pointer}, <i32>${name}${i}, ${4 * i});`);

function nearest(name: string, limb: number, bits: number, into: string): string[] {
  return [`  q = (${name}${limb} + ${2 ** (bits - 1)}) >> ${bits};`, `  ${into}`, `  ${name}${limb} -= q << ${bits};`];
}

/** One pass over nine limbs in i64; the second step at limb 0 leaves every limb at most a little above half its radix. */
function carryLow(h: string): string[] {
  return [
    ...each(LIMBS - 1, (i) => nearest(h, i, bitsOf(i), `${h}${i + 1} += q;`)).flat(),
    ...nearest(h, LIMBS - 1, bitsOf(LIMBS - 1), `${h}0 += 19 * q;`),
    ...nearest(h, 0, bitsOf(0), `${h}1 += q;`),
  ];
}

/** Seventeen columns to nine limbs: the high ones are carried first, so that 1216 times each stays far below 2^63. */
function reduceColumns(h: string): string[] {
  const high = each(COLUMNS - LIMBS, (i) => {
    const k = LIMBS + i;
    return nearest(h, k, LIMB_BITS, k < COLUMNS - 1 ? `${h}${k + 1} += q;` : `const ${h}${COLUMNS} = q;`);
  }).flat();
  return [...high, ...each(LIMBS, (k) => `  ${h}${k} += ${HIGH_FACTOR} * ${h}${k + LIMBS};`), ...carryLow(h)];
}

/** High columns first: their carries can start while the low ones are still being summed. */
const columnOrder = [...each(COLUMNS - LIMBS, (i) => LIMBS + i), ...each(LIMBS, (i) => i)];

function products(f: string, g: string, h: string): string[] {
  return columnOrder.map((k) => {
    const terms = each(LIMBS, (i) => ({ i, j: k - i })).filter(({ j }) => j >= 0 && j < LIMBS);
    return `  let ${h}${k} = ${terms.map(({ i, j }) => `${f}${i} * ${g}${j}`).join(" + ")};`;
  });
}

function squares(f: string, h: string, double: boolean): string[] {
  const doubled = each(LIMBS - 1, (i) => `  const ${f}${i}x2 = ${f}${i} << 1;`);
  const columns = columnOrder.map((k) => {
    const terms = each(LIMBS, (i) => ({ i, j: k - i })).filter(({ i, j }) => j >= i && j < LIMBS);
    const sum = terms.map(({ i, j }) => (i === j ? `${f}${i} * ${f}${i}` : `${f}${i}x2 * ${f}${j}`)).join(" + ");
    return `  let ${h}${k} = ${double ? `(${sum}) << 1` : sum};`;
  });
  return [...doubled, ...columns];
}

const define = (doc: string, signature: string, ...body: string[]) => [
  `/** ${doc} */`,
  `export function ${signature}: void {`,
  ...body,
  "}",
  "",
];

/** Expression for the bits of limb i in four little-endian words w0..w3. */
function fromWords(i: number): string {
  const bit = LIMB_BITS * i;
  const word = bit >> 6;
  const shift = bit & 63;
  const low = shift > 0 ? `(w${word} >> ${shift})` : `w${word}`;
  const joined = shift + bitsOf(i) > 64 && word < 3 ? `(${low} | (w${word + 1} << ${64 - shift}))` : low;
  return `  let h${i} = <i64>(${joined} & ${2 ** bitsOf(i) - 1});`;
}

/** Expression for word w of the canonical limbs h0..h8. */
function toWord(w: number): string {
  const parts: string[] = [];
  for (let i = 0; i < LIMBS; i++) {
    const offset = LIMB_BITS * i - 64 * w;
    if (offset <= -bitsOf(i) || offset >= 64) continue;
    parts.push(offset > 0 ? `(<u64>h${i} << ${offset})` : offset < 0 ? `(<u64>h${i} >> ${-offset})` : `<u64>h${i}`);
  }
  return `  store<u64>(out, ${parts.join(" | ")}, ${8 * w});`;
}

const floorCarry = (wrap: boolean) =>
  each(LIMBS, (i) => [
    `  q = h${i} >> ${bitsOf(i)};`,
    `  h${i} &= ${2 ** bitsOf(i) - 1};`,
    i < LIMBS - 1 ? `  h${i + 1} += q;` : wrap ? "  h0 += 19 * q;" : "",
  ])
    .flat()
    .filter((line) => line.length > 0);

/** 2p, limb by limb without borrows: makes every limb of a sum or difference of two reduced elements positive. */
const twiceP = each(LIMBS, (i) => 2 * (2 ** bitsOf(i) - (i === 0 ? 19 : 1)));

export function source(): string {
  const binary = (operator: string) =>
    each(LIMBS, (i) => `  store<i32>(out, load<i32>(${at("f", i)}) ${operator} load<i32>(${at("g", i)}), ${4 * i});`);
  return [
    "// Generated by generate-field25519.mts. Do not edit.",
    "//",
    "// An element is 40 bytes. It is reduced when its limbs are at most a little above half their radix (2^28; 2^22 for the highest): results",
    "// of multiply, square and fromBytes. add, subtract and negate do not carry; multiply and square take limbs below 1.7 * 2^29, that",
    "// is, sums of three reduced elements, since 9 * (1.7 * 2^29)^2 < 2^63. Any output may be an input.",
    "",
    ...define(
      "out = f * g, reduced.",
      "multiply(out: usize, f: usize, g: usize)",
      ...loadLimbs("f", "f"),
      ...loadLimbs("g", "g"),
      "  let q: i64;",
      ...products("f", "g", "h"),
      ...reduceColumns("h"),
      ...storeLimbs("out", "h"),
    ),
    ...define(
      "out = f^2, reduced.",
      "square(out: usize, f: usize)",
      ...loadLimbs("f", "f"),
      "  let q: i64;",
      ...squares("f", "h", false),
      ...reduceColumns("h"),
      ...storeLimbs("out", "h"),
    ),
    ...define(
      "out = 2 f^2, reduced; f itself reduced.",
      "squareDouble(out: usize, f: usize)",
      ...loadLimbs("f", "f"),
      "  let q: i64;",
      ...squares("f", "h", true),
      ...reduceColumns("h"),
      ...storeLimbs("out", "h"),
    ),
    ...define(
      "out = f^(2^times), reduced; times at least 1.",
      "squareTimes(out: usize, f: usize, times: i32)",
      ...loadLimbs("f", "f", "let"),
      "  let q: i64;",
      "  do {",
      ...squares("f", "h", false),
      ...reduceColumns("h"),
      ...each(LIMBS, (i) => `  f${i} = h${i};`),
      "  } while (--times > 0);",
      ...storeLimbs("out", "f"),
    ),
    ...define("out = f + g, not carried.", "add(out: usize, f: usize, g: usize)", ...binary("+")),
    ...define("out = f - g, not carried.", "subtract(out: usize, f: usize, g: usize)", ...binary("-")),
    ...define(
      "sum = f + g and difference = f - g, not carried; the two outputs differ.",
      "sumAndDifference(sum: usize, difference: usize, f: usize, g: usize)",
      ...each(LIMBS, (i) => [
        `  const f${i} = load<i32>(${at("f", i)});`,
        `  const g${i} = load<i32>(${at("g", i)});`,
        `  store<i32>(sum, f${i} + g${i}, ${4 * i});`,
        `  store<i32>(difference, f${i} - g${i}, ${4 * i});`,
      ]).flat(),
    ),
    ...define(
      "out = -f, not carried.",
      "negate(out: usize, f: usize)",
      ...each(LIMBS, (i) => `  store<i32>(out, -load<i32>(${at("f", i)}), ${4 * i});`),
    ),
    ...define(
      "Copies one element.",
      "copy(out: usize, f: usize)",
      ...each(ELEMENT_BYTES / 8, (i) => `  store<u64>(out, load<u64>(f, ${8 * i}), ${8 * i});`),
    ),
    ...define(
      "out = mask is all ones ? f : out, for a mask of all ones or zero.",
      "assignIf(out: usize, f: usize, mask: u64)",
      ...each(ELEMENT_BYTES / 8, (i) => [
        `  const o${i} = load<u64>(out, ${8 * i});`,
        `  store<u64>(out, o${i} ^ (mask & (o${i} ^ load<u64>(f, ${8 * i}))), ${8 * i});`,
      ]).flat(),
    ),
    ...define(
      "Reads 32 little-endian bytes, ignoring the highest bit; values of p and above are taken modulo p.",
      "fromBytes(out: usize, bytes: usize)",
      ...each(4, (i) => `  const w${i} = load<u64>(bytes, ${8 * i})${i === 3 ? " & 0x7fffffffffffffff" : ""};`),
      "  let q: i64;",
      ...each(LIMBS, fromWords),
      ...carryLow("h"),
      "  store<i32>(out, 0, 36);",
      ...storeLimbs("out", "h"),
    ),
    ...define(
      "Writes the canonical 32 bytes of a reduced element, or of a sum or difference of two.",
      "toBytes(out: usize, f: usize)",
      ...loadLimbs("h", "f", "let"),
      "  let q: i64;",
      ...each(LIMBS, (i) => `  h${i} += ${twiceP[i]};`),
      "  // The value is now positive. After two passes it is below 2^255, with limbs of the full radix.",
      ...floorCarry(true),
      ...floorCarry(true),
      "  // Adding 19 overflows 2^255 exactly when the value is p or more.",
      "  q = (h0 + 19) >> 29;",
      ...each(LIMBS - 1, (i) => `  q = (h${i + 1} + q) >> ${bitsOf(i + 1)};`),
      "  h0 += 19 * q;",
      ...floorCarry(false),
      ...each(4, toWord),
    ),
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("generated-field25519.ts", import.meta.url), source());
}
