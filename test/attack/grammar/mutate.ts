/**
 * Hostile bytes from a grammar: values at their bounds, lengths and counts that lie, numbers in forms that are not canonical,
 * variants exchanged, elements dropped, doubled, moved, parts of other frames spliced in; whole frames made from the schema alone;
 * and bytes damaged without regard to any grammar.
 */
import type { Shape } from "../../../core/wire/schema.ts";
import type { Random } from "../random.ts";
import { type AnyCodec, type Branch, inner, isLeaf, kindOf, type Leaf, type Node } from "./node.ts";
import type { Pool } from "./pool.ts";

/** Where mutations draw from. */
export interface Source {
  readonly random: Random;
  readonly pool: Pool;
}

/** Chance that a change is made to a node rather than to something within it. */
const STOP = 0.12;
/** Longest list or blob that a generator makes of itself. */
const GENERATED_LENGTH = 6;
/** Depth at which a generator takes the first variant, so that types within types end. */
const GENERATED_DEPTH = 12;
/** Elements to which a mutation may blow a list up: over every maximum that is counted in hundreds. */
const BLOWN_UP = 700;
const U32_MAX = 0xffff_ffff;

/** The tree with one change somewhere. */
export function mutate(node: Node, from: Source): Node {
  if (isLeaf(node) || node.children.length === 0 || from.random.chance(STOP)) return change(node, from);
  const at = from.random.below(node.children.length);
  return { ...node, source: undefined, children: node.children.with(at, mutate(node.children[at]!, from)) };
}

function change(node: Node, from: Source): Node {
  const { random, pool } = from;
  if (random.chance(0.25)) {
    const other = pool.draw(kindOf(node), random);
    if (other) return other;
  }
  return isLeaf(node) ? { ...node, bytes: changedLeaf(node, random) } : changedBranch(node, from);
}

function changedLeaf({ bytes, codec }: Leaf, random: Random): Uint8Array {
  const { kind } = codec.shape;
  if (kind === "blob") return damage(bytes, random);
  if (kind === "uint" || kind === "bool") return random.chance(0.7) ? boundary(bytes, random) : flip(bytes, random);
  const roll = random.below(6);
  if (roll === 0) return new Uint8Array(bytes.length);
  if (roll === 1) return new Uint8Array(bytes.length).fill(0xff);
  if (roll === 2) return random.bytes(bytes.length);
  return flip(bytes, random);
}

/** An integer at or beside a bound of its width, or beside what it was. */
function boundary(bytes: Uint8Array, random: Random): Uint8Array {
  const bits = BigInt(8 * bytes.length);
  const now = bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const top = 1n << bits;
  const value = random.pick([
    0n,
    1n,
    2n,
    top - 1n,
    top - 2n,
    top >> 1n,
    (top >> 1n) - 1n,
    now + 1n,
    now - 1n,
    now * 2n,
  ]);
  return littleEndian(value, bytes.length);
}

function littleEndian(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function flip(bytes: Uint8Array, random: Random): Uint8Array {
  const out = bytes.slice();
  if (out.length > 0) out[random.below(out.length)]! ^= 1 << random.below(8);
  return out;
}

function changedBranch(unchanged: Branch, from: Source): Node {
  const node: Branch = { ...unchanged, source: undefined };
  const { shape } = node.codec;
  if (shape.kind !== "struct" && from.random.chance(0.15)) return { ...node, head: lyingHead(node, from.random) };
  switch (shape.kind) {
    case "vector":
      return { ...node, children: changedList(node, from) };
    case "union":
      return changedVariant(node, shape, from);
    case "option":
      return { ...node, children: node.children.length > 0 ? [] : [generate(shape.of, node.place, from)] };
    case "blob":
      return node.children.length > 0 ? { ...node, children: [change(node.children[0]!, from)] } : node;
    default:
      return generate(node.codec, node.place, from);
  }
}

/** A length, count or tag that is wrong, or right in a form that is not canonical. */
function lyingHead(node: Branch, random: Random): Uint8Array {
  const { shape } = node.codec;
  const max = "max" in shape ? shape.max : shape.kind === "union" ? shape.variants.size - 1 : 1;
  const truth = node.tag ?? node.children.length;
  const roll = random.below(8);
  if (roll === 0) return uleb(truth, 1); // a superfluous zero at the end
  if (roll === 1) return Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x00);
  if (roll === 2) return Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f);
  return uleb(random.pick([truth + 1, Math.max(0, truth - 1), 0, max, max + 1, U32_MAX, random.below(300)]));
}

function uleb(value: number, padding = 0): Uint8Array {
  const out: number[] = [];
  let rest = Math.min(value, U32_MAX);
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest & 0x7f) | 0x80);
  out.push(padding > 0 ? rest | 0x80 : rest);
  for (let i = padding; i > 0; i--) out.push(i > 1 ? 0x80 : 0);
  return Uint8Array.from(out);
}

function changedList(node: Branch, from: Source): readonly Node[] {
  const { random, pool } = from;
  const { children } = node;
  const fresh = (): Node =>
    (children.length > 0 && pool.draw(kindOf(children[0]!), random)) ||
    generate(inner(node.codec.shape)[0]!, node.place, from);
  if (children.length === 0) return [fresh()];
  const at = random.below(children.length);
  const other = random.below(children.length);
  switch (random.below(8)) {
    case 0:
      return children.toSpliced(at, 1);
    case 1:
      return children.toSpliced(at, 0, children[other]!);
    case 2:
      return children.with(at, children[other]!).with(other, children[at]!);
    case 3:
      return children.toReversed();
    case 4:
      return random.chance(0.5) ? [] : children.slice(0, at);
    case 5:
      return children.toSpliced(at, 0, fresh());
    case 6:
      return random.chance(0.1)
        ? Array.from({ length: random.below(BLOWN_UP) }, () => children[other]!)
        : [...children, fresh()];
    default:
      return children.with(at, fresh());
  }
}

function changedVariant(node: Branch, shape: Shape & { kind: "union" }, from: Source): Node {
  const tag = from.random.below(shape.variants.size);
  // The same contents under another tag, or another variant as a whole.
  if (from.random.chance(0.4)) return { ...node, tag };
  const variant = [...shape.variants.values()][tag]!;
  return { ...node, tag, children: [generate(variant, node.place, from)] };
}

/** A value of the codec, of the schema alone: small, at its bounds, or made of parts that were seen. */
export function generate(codec: AnyCodec, place: string, from: Source, depth = 0): Node {
  const { random, pool } = from;
  const { shape } = codec;
  const leaf = (bytes: Uint8Array): Node => {
    const node = { codec, place, bytes };
    return (random.chance(0.6) && pool.draw(kindOf(node), random)) || node;
  };
  const length = "max" in shape ? random.below(Math.min(GENERATED_LENGTH, shape.max + 1)) : 0;
  switch (shape.kind) {
    case "uint":
      return leaf(boundary(new Uint8Array(shape.bits / 8), random));
    case "bool":
      return { codec, place, bytes: Uint8Array.of(random.below(2)) };
    case "bytes":
      return leaf(random.chance(0.2) ? new Uint8Array(shape.length) : random.bytes(shape.length));
    case "blob": {
      const seen = random.chance(0.8) && pool.draw(kindOf({ codec, place, children: [] }), random);
      return seen || { codec, place, children: [{ codec, place, bytes: random.bytes(length) }] };
    }
    case "vector":
      return {
        codec,
        place,
        children: Array.from({ length }, () => generate(shape.of, place, from, depth + 1)),
      };
    case "option":
      return { codec, place, children: random.chance(0.5) ? [] : [generate(shape.of, place, from, depth + 1)] };
    case "struct":
      return {
        codec,
        place,
        children: [...shape.fields].map(([field, of]) => generate(of, `${shape.name}.${field}`, from, depth + 1)),
      };
    case "union": {
      const tag = depth < GENERATED_DEPTH ? random.below(shape.variants.size) : 0;
      return { codec, place, tag, children: [generate([...shape.variants.values()][tag]!, place, from, depth + 1)] };
    }
  }
}

/** Bytes damaged without regard to what they mean. */
export function damage(bytes: Uint8Array, random: Random): Uint8Array {
  switch (random.below(6)) {
    case 0:
      return bytes.slice(0, random.below(bytes.length + 1));
    case 1:
      return concat(bytes, random.bytes(1 + random.below(40)));
    case 2: {
      const out = bytes.slice();
      const at = random.below(out.length);
      out.set(random.bytes(Math.min(1 + random.below(32), out.length - at)), at);
      return out;
    }
    case 3: {
      const at = random.below(bytes.length + 1);
      return concat(bytes.subarray(0, at), bytes.subarray(random.below(bytes.length + 1)));
    }
    default: {
      let out = bytes;
      for (let i = 1 + random.below(4); i > 0; i--) out = flip(out, random);
      return out;
    }
  }
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
