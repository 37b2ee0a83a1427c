/**
 * What the generators of arithmetic modulo p = 2^255 - 19 share: a cut of field elements into signed limbs, and the AssemblyScript that reads and
 * writes bytes in it and carries.
 */
import { mod } from "./ed25519-curve.mts";

export const each = <T,>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** A documented function. */
export const define = (doc: string, signature: string, ...body: string[]) => [
  `/** ${doc} */`,
  `export function ${signature}: void {`,
  ...body,
  "}",
  "",
];

/** Bits of each limb, lowest first: 255 together. */
export class Radix {
  readonly bits: readonly number[];
  /** Bit at which each limb begins. */
  readonly positions: readonly number[];

  constructor(bits: readonly number[]) {
    this.bits = bits;
    this.positions = bits.map((_, i) => bits.slice(0, i).reduce((sum, width) => sum + width, 0));
  }

  get limbs(): number {
    return this.bits.length;
  }

  /** The value's limbs, each at most half its radix in magnitude. */
  encode(value: bigint): number[] {
    const x = mod(value);
    const limbs = this.bits.map((width, i) => Number((x >> BigInt(this.positions[i]!)) & ((1n << BigInt(width)) - 1n)));
    this.bits.forEach((width, i) => {
      if (limbs[i]! < 2 ** (width - 1)) return;
      limbs[i]! -= 2 ** width;
      if (i < this.limbs - 1) limbs[i + 1]!++;
      else limbs[0]! += 19;
    });
    return limbs;
  }

  /** One pass over limbs in i64; the second step at limb 0 leaves every limb at most a little above half its radix. Uses a variable q. */
  carry(h: string): string[] {
    const step = (i: number) =>
      nearest(h, i, this.bits[i]!, i < this.limbs - 1 ? `${h}${i + 1} += q;` : `${h}0 += 19 * q;`);
    return [...each(this.limbs, step).flat(), ...step(0)];
  }

  /** Limbs in i64 from 32 little-endian bytes at `bytes`, the highest bit left out, then carried. Uses names in scope for words. */
  fromBytes(h: string, bytes: string): string[] {
    return [
      ...each(4, (i) => `  const ${h}w${i} = load<u64>(${bytes}, ${8 * i})${i === 3 ? " & 0x7fffffffffffffff" : ""};`),
      ...each(this.limbs, (i) => `  let ${h}${i} = <i64>(${this.#fromWords(`${h}w`, i)} & ${2 ** this.bits[i]! - 1});`),
      ...this.carry(h),
    ];
  }

  /** Writes the canonical bytes of limbs in i64 that are those of a reduced element, or of a sum or difference of two. */
  toBytes(h: string, bytes: string): string[] {
    // 2p, limb by limb without borrows: makes every limb of such a value positive.
    const twiceP = this.bits.map((width, i) => 2 * (2 ** width - (i === 0 ? 19 : 1)));
    return [
      ...each(this.limbs, (i) => `  ${h}${i} += ${twiceP[i]};`),
      "  // The value is now positive. After two passes it is below 2^255, with limbs of the full radix.",
      ...this.#floorCarry(h, true),
      ...this.#floorCarry(h, true),
      "  // Adding 19 overflows 2^255 exactly when the value is p or more.",
      `  q = (${h}0 + 19) >> ${this.bits[0]};`,
      ...each(this.limbs - 1, (i) => `  q = (${h}${i + 1} + q) >> ${this.bits[i + 1]};`),
      `  ${h}0 += 19 * q;`,
      ...this.#floorCarry(h, false),
      ...each(4, (w) => `  store<u64>(${bytes}, ${this.#toWord(h, w)}, ${8 * w});`),
    ];
  }

  #floorCarry(h: string, wrap: boolean): string[] {
    const into = (i: number) => (i < this.limbs - 1 ? [`  ${h}${i + 1} += q;`] : wrap ? [`  ${h}0 += 19 * q;`] : []);
    return this.bits.flatMap((width, i) => [
      `  q = ${h}${i} >> ${width};`,
      `  ${h}${i} &= ${2 ** width - 1};`,
      ...into(i),
    ]);
  }

  /** The bits of limb i, and more above them, in four little-endian words. */
  #fromWords(words: string, i: number): string {
    const word = this.positions[i]! >> 6;
    const shift = this.positions[i]! & 63;
    const low = shift > 0 ? `(${words}${word} >> ${shift})` : `${words}${word}`;
    return shift + this.bits[i]! > 64 && word < 3 ? `(${low} | (${words}${word + 1} << ${64 - shift}))` : low;
  }

  /** Word w of canonical limbs. */
  #toWord(h: string, w: number): string {
    const parts = this.bits.flatMap((width, i) => {
      const offset = this.positions[i]! - 64 * w;
      if (offset <= -width || offset >= 64) return [];
      const limb = `<u64>${h}${i}`;
      return [offset > 0 ? `(${limb} << ${offset})` : offset < 0 ? `(${limb} >> ${-offset})` : limb];
    });
    return parts.join(" | ");
  }
}

/** Moves what is above `bits` bits, rounded to the nearest, from a limb to wherever `into` says. */
export function nearest(h: string, limb: number, bits: number, into: string): string[] {
  return [`  q = (${h}${limb} + ${2 ** (bits - 1)}) >> ${bits};`, `  ${into}`, `  ${h}${limb} -= q << ${bits};`];
}
