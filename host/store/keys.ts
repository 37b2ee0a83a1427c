/** Keys of the store: fixed-width byte strings, so that LMDB's order is the order wanted. */
import { sha256 } from "@noble/hashes/sha2.js";

export const ID_BYTES = 32;
const U64_BYTES = 8;
/** Coin types have any length; their keys do not. */
const TYPE_KEY_BYTES = 16;

/** Big-endian, so that keys sort as numbers. */
export function u64Key(value: bigint): Uint8Array {
  const key = new Uint8Array(U64_BYTES);
  new DataView(key.buffer).setBigUint64(0, value);
  return key;
}

/** Big-endian. */
export function u16Key(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

/** Where author and digest begin in a block's key of height, author and digest. */
export const BLOCK_AUTHOR_AT = 8;
export const BLOCK_DIGEST_AT = 10;

export function readU64Key(key: Uint8Array, at = 0): bigint {
  return new DataView(key.buffer, key.byteOffset, key.byteLength).getBigUint64(at);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const key = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    key.set(part, at);
    at += part.length;
  }
  return key;
}

/** Stands for a coin type in keys; the type itself is in the value. */
export function coinTypeKey(type: string): Uint8Array {
  return sha256(new TextEncoder().encode(type)).subarray(0, TYPE_KEY_BYTES);
}

/** The first key after all keys that begin with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  const key = prefix.slice();
  for (let i = key.length - 1; i >= 0; i--) {
    if (key[i]! < 0xff) {
      key[i]!++;
      return key.subarray(0, i + 1);
    }
  }
  return undefined;
}
