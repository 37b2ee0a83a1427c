/**
 * The state tree by its definition: the root of a map, and the one proof for a set of keys. Slow and obvious: nothing is kept, nothing is
 * updated, a key is a number, and the hash is @noble/hashes. What core and host compute is compared with this.
 */
import { blake2b } from "@noble/hashes/blake2.js";

/** Digests by key; a key's 32 bytes read as a little-endian integer, which is the order of the tree. */
export type ModelMap = ReadonlyMap<bigint, Uint8Array>;
type Entry = readonly [key: bigint, digest: Uint8Array];

const ARITY = [0, 1, 2, 3] as const;
const ABSENT = new Uint8Array(32);

export function keyNumber(key: Uint8Array): bigint {
  return key.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

export function keyBytes(key: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((key >> BigInt(8 * i)) & 0xffn));
}

export function leafHash(key: Uint8Array, digest: Uint8Array): Uint8Array {
  const hash = blake2b(concat([key, digest]), { dkLen: 32 });
  hash[31]! &= 0xfe;
  return hash;
}

export function innerHash(children: readonly Uint8Array[]): Uint8Array {
  const hash = blake2b(concat(children), { dkLen: 32 });
  hash[31]! |= 0x01;
  return hash;
}

export function modelRoot(map: ModelMap): Uint8Array {
  return hashOf([...map], 0);
}

/** What a dishonest prover may say instead. */
export interface Lies {
  /** Offers the leaf of an operation as a leaf of nobody's. */
  readonly ownAsForeign?: boolean;
  /** Writes an untouched empty child as an opaque zero word. */
  readonly emptyAsWord?: boolean;
}

/** The proof for `keys`, at least one, against the root of `map`. Layout: core/lib/merkle/tree.ts. */
export function modelProof(map: ModelMap, keys: readonly bigint[], lies: Lies = {}): Uint8Array {
  const headers = [0];
  const words: Uint8Array[] = [];

  function describe(entries: readonly Entry[], below: readonly bigint[], depth: number): number {
    if (below.length === 0) {
      if (entries.length === 0 && !lies.emptyAsWord) return 0;
      words.push(hashOf(entries, depth));
      return 1;
    }
    const [first, second] = entries;
    if (first === undefined) return 0;
    if (second === undefined) {
      if (below.includes(first[0]) && !lies.ownAsForeign) return 1;
      words.push(keyBytes(first[0]), first[1]);
      return 2;
    }
    const at = headers.push(0) - 1;
    for (const child of ARITY) {
      const childEntries = entries.filter(([key]) => digit(key, depth) === child);
      const childKeys = below.filter((key) => digit(key, depth) === child);
      headers[at]! |= describe(childEntries, childKeys, depth + 1) << (2 * child);
    }
    return 3;
  }

  headers[0] = describe([...map], keys, 0);
  const count = Uint8Array.of(headers.length, headers.length >> 8, headers.length >> 16, headers.length >> 24);
  return concat([count, Uint8Array.from(headers), ...words]);
}

/** Two bits of the key at `depth`, from the top. */
function digit(key: bigint, depth: number): number {
  return Number((key >> BigInt(254 - 2 * depth)) & 3n);
}

function hashOf(entries: readonly Entry[], depth: number): Uint8Array {
  const [first, second] = entries;
  if (first === undefined) return ABSENT;
  if (second === undefined) return leafHash(keyBytes(first[0]), first[1]);
  return innerHash(
    ARITY.map((child) =>
      hashOf(
        entries.filter(([key]) => digit(key, depth) === child),
        depth + 1,
      ),
    ),
  );
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
