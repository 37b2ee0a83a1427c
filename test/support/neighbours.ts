/** Values of 32 bytes that differ from one in as little as possible: comparisons are made of words, and each must count. */

const WORD_BYTES = 8;

/** The value with one bit changed, in each word in turn. */
export function neighbours(value: Uint8Array): Uint8Array[] {
  return Array.from({ length: value.length / WORD_BYTES }, (_, word) => {
    const other = value.slice();
    other[word * WORD_BYTES + 3]! ^= 0x10;
    return other;
  });
}

/** All 32-byte values with one bit set, one in each word. */
export const almostZero = (): Uint8Array[] => neighbours(new Uint8Array(32));
