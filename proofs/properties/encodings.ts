/**
 * An example of each frame, and everything that can be wrong with its encoding, found by walking its schema: lengths that are not the
 * shortest, counts over their maximum, tags and bools beyond the last, fields left out.
 */
import type { Codec, Shape } from "../../core/wire/schema.ts";

/** Bytes, and where in them something is that has more than one spelling or a limit. */
interface Marked {
  readonly bytes: number[];
  readonly marks: readonly Mark[];
}

interface Mark {
  readonly at: number;
  readonly length: number;
  /** What may stand here instead and must not be accepted. */
  readonly wrong: readonly (readonly number[])[];
  readonly counted?: Counted;
}

/** A count, and the elements behind it: as many of `element` as there may be. An option is one of at most one. */
interface Counted {
  readonly element: readonly number[];
  readonly count: number;
  readonly max: number;
  /** What may stand for zero, with no elements behind it, and must not be accepted. */
  readonly wrongZeros: readonly number[][];
}

function uleb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(Math.floor(value / 0x80))];
}

/** Other spellings of a number: one byte longer, of 33 bits, and of more bytes than 32 bits take. */
function misspelt(value: number): number[][] {
  const short = uleb(value);
  const longer = [...short.slice(0, -1), short.at(-1)! | 0x80, 0];
  return [longer, [(value & 0x7f) | 0x80, 0x80, 0x80, 0x80, 0x10], [0xff, 0xff, 0xff, 0xff, 0xff, 0x01]];
}

const joined = (parts: readonly Marked[]): Marked => {
  const bytes: number[] = [];
  const marks: Mark[] = [];
  for (const part of parts) {
    marks.push(...part.marks.map((mark) => ({ ...mark, at: mark.at + bytes.length })));
    bytes.push(...part.bytes);
  }
  return { bytes, marks };
};

const plain = (length: number, fill: number): Marked => ({ bytes: Array<number>(length).fill(fill), marks: [] });

/** The count of so many elements that follow. */
function counted(count: number, max: number, element: readonly number[]): Marked {
  const bytes = uleb(count);
  const wrong = [...misspelt(count), uleb(max + 1)];
  return {
    bytes,
    marks: [
      {
        at: 0,
        length: bytes.length,
        wrong,
        counted: { element, count, max, wrongZeros: [...misspelt(0), uleb(max + 1)] },
      },
    ],
  };
}

/** A small value of a shape: two of everything that may be many. */
function example(shape: Shape): Marked {
  switch (shape.kind) {
    case "uint":
      return { bytes: [1, ...Array<number>(shape.bits / 8 - 1).fill(0)], marks: [] };
    case "bool":
      return { bytes: [1], marks: [{ at: 0, length: 1, wrong: [[2], [0x81]] }] };
    case "bytes":
      return plain(shape.length, 0x5a);
    case "blob":
      return joined([counted(2, shape.max, [0xa5]), plain(2, 0xa5)]);
    case "vector": {
      const count = Math.min(2, shape.max);
      const element = example(shape.of.shape);
      return joined([counted(count, shape.max, element.bytes), ...Array<Marked>(count).fill(element)]);
    }
    case "option": {
      const value = example(shape.of.shape);
      const wrong = [[2], [0xff]];
      const counted: Counted = { element: value.bytes, count: 1, max: 1, wrongZeros: wrong };
      return joined([{ bytes: [1], marks: [{ at: 0, length: 1, wrong, counted }] }, value]);
    }
    case "struct":
      return joined([...shape.fields.values()].map((field) => example(field.shape)));
    case "union":
      throw new RangeError("a union has no one example");
  }
}

/** A value, and where in its bytes the fields of a fixed length are. */
interface Fielded {
  readonly bytes: readonly number[];
  readonly fields: readonly { readonly at: number; readonly length: number }[];
}

const LONG_BLOB = 60;

/** A value with `count` elements, one at most, of everything that may be many; blobs are long or empty. */
function fielded(shape: Shape, count: 0 | 1): Fielded {
  const many = (element: Fielded, elements: number): Fielded =>
    sequence([value([elements]), ...(elements > 0 ? [element] : [])]);
  const value = (bytes: number[]): Fielded => ({ bytes, fields: [] });
  const field = (bytes: number[]): Fielded => ({ bytes, fields: [{ at: 0, length: bytes.length }] });
  switch (shape.kind) {
    case "uint":
      return field([1, ...Array<number>(shape.bits / 8 - 1).fill(0)]);
    case "bool":
      return value([0]);
    case "bytes":
      return field(Array<number>(shape.length).fill(0x5a));
    case "blob": {
      const length = count * Math.min(LONG_BLOB, shape.max);
      return sequence([value([length]), ...(length > 0 ? [field(Array<number>(length).fill(0xa5))] : [])]);
    }
    case "vector":
      return many(fielded(shape.of.shape, count), Math.min(count, shape.max));
    case "option":
      return many(fielded(shape.of.shape, count), count);
    case "struct":
      return sequence([...shape.fields.values()].map((one) => fielded(one.shape, count)));
    case "union":
      throw new RangeError("a union has no one example");
  }
}

function sequence(parts: readonly Fielded[]): Fielded {
  const bytes: number[] = [];
  const fields = parts.flatMap((part) => {
    const from = bytes.length;
    bytes.push(...part.bytes);
    return part.fields.map(({ at, length }) => ({ at: from + at, length }));
  });
  return { bytes, fields };
}

/** The value with one field of a fixed length left out, where what is behind it is too short to be taken for it. */
function omissions(shape: Shape): number[][] {
  return ([0, 1] as const).flatMap((count) => {
    const { bytes, fields } = fielded(shape, count);
    return fields
      .filter(({ at, length }) => bytes.length - at - length < length)
      .map(({ at, length }) => [...bytes.slice(0, at), ...bytes.slice(at + length)]);
  });
}

/** Frames beyond this many bytes are not made: some counts have no limit but the frame's. */
const LARGEST = 600_000;

/** The example with `total` elements behind one of its counts, which may be spelt in another way; none where that would be too much. */
function withCount(bytes: readonly number[], mark: Mark, total: number, spelt = uleb(total)): Uint8Array[] {
  const { at, length, counted } = mark;
  if (!counted) return [];
  const { element, count } = counted;
  if (total * element.length > LARGEST) return [];
  const rest = bytes.slice(at + length + count * element.length);
  const elements = new Uint8Array(total * element.length);
  for (let i = 0; i < total; i++) elements.set(element, i * element.length);
  return [
    new Uint8Array(
      Buffer.concat([Uint8Array.from([...bytes.slice(0, at), ...spelt]), elements, Uint8Array.from(rest)]),
    ),
  ];
}

/** An example of each variant of a lane's frames, the same with each count at zero and at its maximum, and all that must not be accepted. */
export function examples({ shape }: Codec<unknown>): {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sized: readonly Uint8Array[];
  readonly wrong: readonly Uint8Array[];
}[] {
  if (shape.kind !== "union") throw new RangeError("a lane carries a union");
  return [...shape.variants].map(([name, variant], index) => {
    const wrongTags = [...misspelt(index), uleb(shape.variants.size)];
    const tag: Marked = { bytes: [index], marks: [{ at: 0, length: 1, wrong: wrongTags }] };
    const { bytes, marks } = joined([tag, example(variant.shape)]);
    const replaced = marks.flatMap(({ at, length, wrong }) =>
      wrong.map((other) => Uint8Array.from([...bytes.slice(0, at), ...other, ...bytes.slice(at + length)])),
    );
    const prefixes = bytes.flatMap((_, length) =>
      length < DENSE || bytes.length - length < DENSE || length % SPARSE === 0
        ? [Uint8Array.from(bytes.slice(0, length))]
        : [],
    );
    const sized = marks.flatMap((mark) => [
      ...withCount(bytes, mark, 0),
      ...withCount(bytes, mark, mark.counted?.max ?? 0),
    ]);
    const missized = marks.flatMap((mark) => [
      ...(mark.counted?.wrongZeros ?? []).flatMap((zero) => withCount(bytes, mark, 0, zero)),
      ...withCount(bytes, mark, (mark.counted?.max ?? 0) + 1),
    ]);
    const omitted = omissions(variant.shape).map((rest) => Uint8Array.from([index, ...rest]));
    const wrong = [...prefixes, Uint8Array.from([...bytes, 0]), ...replaced, ...missized, ...omitted];
    return { name, bytes: Uint8Array.from(bytes), sized, wrong };
  });
}

/** Every prefix up to so many bytes and of the last so many is tried, and every so-manieth between: keys and signatures are long. */
const DENSE = 400;
const SPARSE = 61;
