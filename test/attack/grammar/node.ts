/**
 * Bytes as a tree, after a codec's shape and, inside blobs, after what they are known to hold. A tree can be changed anywhere and
 * written back: lengths, counts and tags follow of themselves, unless a node's `head` says something else in their place.
 */
import { type Codec, Reader, type Shape, WireError, Writer } from "../../../core/wire/schema.ts";
import { INSIDE } from "./formats.ts";

export type AnyCodec = Codec<unknown>;

/** An integer, a bool, a fixed run of bytes, or a blob's contents of which nothing is known. */
export interface Leaf {
  readonly codec: AnyCodec;
  /** Where it stands, "Struct.field"; names what a blob holds, and whom it may be exchanged with. */
  readonly place: string;
  readonly bytes: Uint8Array;
}

/** A struct, or something with a head before its children: a blob, a vector, an option, a union. */
export interface Branch {
  readonly codec: AnyCodec;
  readonly place: string;
  readonly children: readonly Node[];
  /** The variant, of a union. */
  readonly tag?: number;
  /** Written in place of the length, count or tag that is true. */
  readonly head?: Uint8Array;
  /** The bytes it was read from, while nothing in it was changed: written as they are, which is fast. */
  readonly source?: Uint8Array | undefined;
}

export type Node = Leaf | Branch;

export const isLeaf = (node: Node): node is Leaf => "bytes" in node;

/** The codec of a vector's elements, an option's value, a struct's fields or a union's variants. */
export function inner(shape: Shape): readonly AnyCodec[] {
  switch (shape.kind) {
    case "vector":
    case "option":
      return [shape.of];
    case "struct":
      return [...shape.fields.values()];
    case "union":
      return [...shape.variants.values()];
    default:
      return [];
  }
}

const OPAQUE: AnyCodec = {
  shape: { kind: "blob", max: Number.MAX_SAFE_INTEGER },
  write: () => undefined,
  read: () => undefined,
};

/** The tree of exactly these bytes, or undefined when they are not of this codec. */
export function parse(codec: AnyCodec, bytes: Uint8Array, place = ""): Node | undefined {
  const reader = new Reader(bytes);
  try {
    const node = read(codec, reader, place);
    return reader.exhausted ? node : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function read(codec: AnyCodec, reader: Reader, place: string): Node {
  const start = reader.raw(0);
  const node = readShape(codec, reader, place);
  if (isLeaf(node)) return node;
  return {
    ...node,
    source: new Uint8Array(start.buffer, start.byteOffset, reader.raw(0).byteOffset - start.byteOffset),
  };
}

function readShape(codec: AnyCodec, reader: Reader, place: string): Node {
  const { shape } = codec;
  switch (shape.kind) {
    case "uint":
      return { codec, place, bytes: reader.raw(shape.bits / 8) };
    case "bool":
      return { codec, place, bytes: reader.raw(1) };
    case "bytes":
      return { codec, place, bytes: reader.raw(shape.length) };
    case "blob":
      return { codec, place, children: [contents(reader.raw(reader.uleb()), place)] };
    case "vector": {
      const count = reader.uleb();
      if (count > shape.max) throw new WireError("more elements than allowed");
      return { codec, place, children: Array.from({ length: count }, () => read(shape.of, reader, place)) };
    }
    case "option":
      return { codec, place, children: reader.uint(8) === 0 ? [] : [read(shape.of, reader, place)] };
    case "struct":
      return {
        codec,
        place,
        children: [...shape.fields].map(([field, of]) => read(of, reader, `${shape.name}.${field}`)),
      };
    case "union": {
      const tag = reader.uleb();
      const variant = [...shape.variants.values()][tag];
      if (!variant) throw new WireError("no such variant");
      return { codec, place, tag, children: [read(variant, reader, place)] };
    }
  }
}

/** What lies in a blob: a tree when it is known what it should be and it is that, else bytes. */
function contents(bytes: Uint8Array, place: string): Node {
  const codec = INSIDE[place];
  return (codec && parse(codec, bytes, place)) ?? { codec: OPAQUE, place, bytes };
}

/** The bytes of a tree, lies and all. */
export function unparse(node: Node): Uint8Array {
  const writer = new Writer();
  write(node, writer);
  return writer.done();
}

function write(node: Node, writer: Writer): void {
  if (isLeaf(node)) {
    writer.raw(node.bytes);
    return;
  }
  if (node.source) {
    writer.raw(node.source);
    return;
  }
  const { shape } = node.codec;
  if (shape.kind === "blob") {
    const inside = new Writer();
    for (const child of node.children) write(child, inside);
    const bytes = inside.done();
    if (node.head) writer.raw(node.head);
    else writer.uleb(bytes.length);
    writer.raw(bytes);
    return;
  }
  if (node.head) writer.raw(node.head);
  else if (shape.kind === "vector") writer.uleb(node.children.length);
  else if (shape.kind === "option") writer.uint(node.children.length > 0 ? 1 : 0, 8);
  else if (shape.kind === "union") writer.uleb(node.tag ?? 0);
  for (const child of node.children) write(child, writer);
}

/** Which nodes may stand for one another without the codec noticing. */
export function kindOf(node: Node): string {
  const { shape } = node.codec;
  switch (shape.kind) {
    case "uint":
      return `u${shape.bits}`;
    case "bool":
      return "bool";
    case "bytes":
      return `bytes ${shape.length}`;
    case "struct":
    case "union":
      return `${shape.kind} ${shape.name}`;
    default:
      return `${shape.kind} ${isLeaf(node) ? "contents " : ""}${node.place}`;
  }
}
