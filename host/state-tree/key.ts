/** Keys of the state tree: their order and their path (core/lib/merkle/tree.ts). */

/** Bytes of a key, a digest and a hash. */
export const HASH_BYTES = 32;

/** Order of keys in the tree, that of little-endian 256-bit integers: negative, zero or positive. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  for (let i = HASH_BYTES - 1; i >= 0; i--) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Two bits of a key, from the top bits of its last byte on (core/lib/merkle/tree.ts). */
export function digit(key: Uint8Array, depth: number): number {
  return (key[HASH_BYTES - 1 - (depth >> 2)]! >> (6 - 2 * (depth & 3))) & 3;
}

/** Sets the digit in `key` that `digit` reads. */
export function setDigit(key: Uint8Array, depth: number, value: number): void {
  const at = HASH_BYTES - 1 - (depth >> 2);
  const shift = 6 - 2 * (depth & 3);
  key[at] = (key[at]! & ~(3 << shift)) | (value << shift);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
