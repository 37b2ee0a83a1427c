/**
 * A small schema language for frames: each shape is described once, as data, and host, platform, proofs and attack generators
 * all work from that description. The bytes are BCS; decoding is as strict as the core's own reader (canonical lengths, stated
 * maxima, nothing left over), so that a codec can stand as the oracle for it.
 */

/** A frame that does not have the shape its schema states. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** What a shape is made of; generators of hostile frames walk this. */
export type Shape =
  | { readonly kind: "uint"; readonly bits: 8 | 16 | 32 | 64 }
  | { readonly kind: "bool" }
  | { readonly kind: "bytes"; readonly length: number }
  | { readonly kind: "blob"; readonly max: number }
  | { readonly kind: "vector"; readonly of: Codec<unknown>; readonly max: number }
  | { readonly kind: "option"; readonly of: Codec<unknown> }
  | { readonly kind: "struct"; readonly name: string; readonly fields: ReadonlyMap<string, Codec<unknown>> }
  | { readonly kind: "union"; readonly name: string; readonly variants: ReadonlyMap<string, Codec<unknown>> };

/** Reads and writes one shape. */
export interface Codec<T> {
  readonly shape: Shape;
  write(writer: Writer, value: T): void;
  read(reader: Reader): T;
}

/** The value type of a codec. */
export type Value<C> = C extends Codec<infer T> ? T : never;

const FIRST_CAPACITY_BYTES = 256;
const KEPT_CAPACITY_BYTES = 1_048_576;
const ULEB32_BYTES = 5;
const U32_MAX = 0xffff_ffff;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** Growing byte buffer; little-endian, as BCS is. */
export class Writer {
  #bytes = new Uint8Array(FIRST_CAPACITY_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #room(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  uint(value: number, bits: 8 | 16 | 32): void {
    if (!Number.isInteger(value) || value < 0 || value > 2 ** bits - 1) {
      throw new WireError(`${value} is not a u${bits}`);
    }
    const at = this.#room(bits / 8);
    if (bits === 8) this.#view.setUint8(at, value);
    else if (bits === 16) this.#view.setUint16(at, value, true);
    else this.#view.setUint32(at, value, true);
  }

  u64(value: bigint): void {
    if (value < 0n || value > U64_MAX) throw new WireError(`${value} is not a u64`);
    const at = this.#room(8);
    this.#view.setBigUint64(at, value, true);
  }

  uleb(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.uint((rest & 0x7f) | 0x80, 8);
      rest = Math.floor(rest / 0x80);
    }
    this.uint(rest, 8);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Begins anew, in the memory that is there already unless it has become large. */
  reset(): void {
    this.#length = 0;
    if (this.#bytes.length <= KEPT_CAPACITY_BYTES) return;
    this.#bytes = new Uint8Array(FIRST_CAPACITY_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
  }
}

/** Of all encodings, none of which begins within another: a buffer for each would be most of its cost. */
const shared = new Writer();

/** Strict cursor over one frame. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at)
      throw new WireError(`input ends at ${this.#bytes.length}, ${length} bytes wanted at ${at}`);
    this.#at += length;
    return at;
  }

  uint(bits: 8 | 16 | 32): number {
    const at = this.#take(bits / 8);
    if (bits === 8) return this.#view.getUint8(at);
    return bits === 16 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  uleb(): number {
    let value = 0;
    for (let i = 0; i < ULEB32_BYTES; i++) {
      const byte = this.uint(8);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) {
        if ((byte === 0 && i > 0) || value > U32_MAX) break;
        return value;
      }
    }
    throw new WireError(`length before ${this.#at} is not a canonical ULEB128 of 32 bits`);
  }

  /** A view, not a copy, of the next bytes. */
  raw(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  get exhausted(): boolean {
    return this.#at === this.#bytes.length;
  }
}

const uint = (bits: 8 | 16 | 32): Codec<number> => ({
  shape: { kind: "uint", bits },
  write: (writer, value) => writer.uint(value, bits),
  read: (reader) => reader.uint(bits),
});

export const u8 = uint(8);
export const u16 = uint(16);
export const u32 = uint(32);
export const u64: Codec<bigint> = {
  shape: { kind: "uint", bits: 64 },
  write: (writer, value) => writer.u64(value),
  read: (reader) => reader.u64(),
};

export const bool: Codec<boolean> = {
  shape: { kind: "bool" },
  write: (writer, value) => writer.uint(value ? 1 : 0, 8),
  read: (reader) => {
    const byte = reader.uint(8);
    if (byte > 1) throw new WireError(`${byte} is not a bool`);
    return byte === 1;
  },
};

/** Exactly `length` bytes, without a length prefix. */
export const bytes = (length: number): Codec<Uint8Array> => ({
  shape: { kind: "bytes", length },
  write: (writer, value) => {
    if (value.length !== length) throw new WireError(`${value.length} bytes where ${length} are stated`);
    writer.raw(value);
  },
  read: (reader) => reader.raw(length),
});

function lengthWithin(length: number, max: number): number {
  if (length > max) throw new WireError(`length ${length} is over its maximum ${max}`);
  return length;
}

/** At most `max` bytes with their length before them. */
export const blob = (max: number): Codec<Uint8Array> => ({
  shape: { kind: "blob", max },
  write: (writer, value) => {
    writer.uleb(lengthWithin(value.length, max));
    writer.raw(value);
  },
  read: (reader) => reader.raw(lengthWithin(reader.uleb(), max)),
});

/** At most `max` elements. */
export const vector = <T>(of: Codec<T>, max: number): Codec<readonly T[]> => ({
  shape: { kind: "vector", of: of as Codec<unknown>, max },
  write: (writer, value) => {
    writer.uleb(lengthWithin(value.length, max));
    for (const element of value) of.write(writer, element);
  },
  read: (reader) => Array.from({ length: lengthWithin(reader.uleb(), max) }, () => of.read(reader)),
});

export const option = <T>(of: Codec<T>): Codec<T | undefined> => ({
  shape: { kind: "option", of: of as Codec<unknown> },
  write: (writer, value) => {
    bool.write(writer, value !== undefined);
    if (value !== undefined) of.write(writer, value);
  },
  read: (reader) => (bool.read(reader) ? of.read(reader) : undefined),
});

// biome-ignore lint/suspicious/noExplicitAny: codecs of any value types, which the mapped types below recover
type AnyCodec = Codec<any>;
type AnyFields = Readonly<Record<string, AnyCodec>>;
type StructValue<F extends AnyFields> = { readonly [K in keyof F]: Value<F[K]> };

/** Fields in the order written. */
export function struct<F extends AnyFields>(name: string, fields: F): Codec<StructValue<F>> {
  const entries = Object.entries<AnyCodec>(fields);
  return {
    shape: { kind: "struct", name, fields: new Map(entries) },
    write: (writer, value) => {
      for (const [key, codec] of entries) codec.write(writer, (value as Record<string, unknown>)[key]);
    },
    read: (reader) =>
      Object.fromEntries(entries.map(([key, codec]) => [key, codec.read(reader)])) as unknown as StructValue<F>,
  };
}

type UnionValue<F extends AnyFields> = { readonly [K in keyof F]: { readonly kind: K } & Value<F[K]> }[keyof F];

/** A BCS enum whose variants are structs, numbered in the order written; a value carries its variant's name as `kind`. */
export function union<F extends AnyFields>(name: string, variants: F): Codec<UnionValue<F>> {
  const entries = Object.entries<AnyCodec>(variants);
  const index = new Map(entries.map(([key], i) => [key, i]));
  return {
    shape: { kind: "union", name, variants: new Map(entries) },
    write: (writer, value) => {
      const tag = index.get(value.kind as string);
      if (tag === undefined) throw new WireError(`${name} has no variant ${String(value.kind)}`);
      writer.uleb(tag);
      entries[tag]![1].write(writer, value);
    },
    read: (reader) => {
      const tag = reader.uleb();
      const entry = entries[tag];
      if (!entry) throw new WireError(`${name} has no variant ${tag}`);
      return { kind: entry[0], ...(entry[1].read(reader) as object) } as unknown as UnionValue<F>;
    },
  };
}

/** The bytes of a value. Throws WireError when the value does not fit its schema. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  shared.reset();
  codec.write(shared, value);
  return shared.done();
}

/** The value of exactly these bytes. Byte fields are views into `input`. Throws WireError on anything else. */
export function decode<T>(codec: Codec<T>, input: Uint8Array): T {
  const reader = new Reader(input);
  const value = codec.read(reader);
  if (!reader.exhausted) throw new WireError("bytes are left over after the frame");
  return value;
}
