/**
 * Integers modulo L = 2^252 + 27742317777372353535851937790883648493, the order of Ed25519's base point (RFC 8032, section 5.1).
 *
 * Values are 32 (or 64) little-endian bytes. Inside they are signed limbs of 21 bits in i64, a radix that divides 252: limb 12 stands for
 * 2^252, so that folding one limb down costs six small products. `reduceWide` and `multiplyAdd` take the same time for all values.
 */

const LIMB_BITS: usize = 21;
const LIMB_MASK: u32 = 0x1fffff;
/** Limbs of a 32-byte value and of a 64-byte one. */
const LIMBS: usize = 12;
const WIDE_LIMBS: usize = 24;

// 2^252 = -27742317777372353535851937790883648493 modulo L, in signed limbs of 21 bits.
const FOLD_0: i64 = 666643;
const FOLD_1: i64 = 470296;
const FOLD_2: i64 = 654183;
const FOLD_3: i64 = -997805;
const FOLD_4: i64 = 136657;
const FOLD_5: i64 = -683901;

// The 64-bit words of L; the word at 16 is zero.
// biome-ignore lint/correctness/noPrecisionLoss: a 64-bit literal of AssemblyScript
const L_WORD_0: u64 = 0x5812631a5cf5d3ed;
// biome-ignore lint/correctness/noPrecisionLoss: a 64-bit literal of AssemblyScript
const L_WORD_1: u64 = 0x14def9dea2f79cd6;
const L_WORD_3: u64 = 0x1000000000000000;

const SCRATCH_BYTES: usize = 384;
const SCRATCH: usize = memory.data(384, 16);
const WIDE: usize = SCRATCH;
const LEFT: usize = SCRATCH + 192;
const RIGHT: usize = SCRATCH + 288;

/** Clears intermediate values, which after secret work reveal the secret. */
export function wipeScalarScratch(): void {
  memory.fill(SCRATCH, 0, SCRATCH_BYTES);
}

/** Whether 32 bytes encode a value below L. For public values. */
export function isCanonical(scalar: usize): bool {
  const word3 = load<u64>(scalar, 24);
  if (word3 != L_WORD_3) return word3 < L_WORD_3;
  if (load<u64>(scalar, 16) != 0) return false;
  const word1 = load<u64>(scalar, 8);
  if (word1 != L_WORD_1) return word1 < L_WORD_1;
  return load<u64>(scalar) < L_WORD_0;
}

/** Splits `count` limbs off bytes; the highest takes all remaining bits (25 of 32 bytes, 29 of 64). */
function toLimbs(limbs: usize, bytes: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const bit = LIMB_BITS * i;
    let value = load<u32>(bytes + (bit >> 3)) >> (<u32>bit & 7);
    if (i < count - 1) value &= LIMB_MASK;
    store<i64>(limbs + (i << 3), <i64>value);
  }
}

/** Adds limb i, which stands for 2^(21 i), to the six limbs 12 below, and clears it. */
function fold(i: usize): void {
  const high = WIDE + (i << 3);
  const low = high - 96;
  const value = load<i64>(high);
  store<i64>(low, load<i64>(low) + FOLD_0 * value);
  store<i64>(low, load<i64>(low, 8) + FOLD_1 * value, 8);
  store<i64>(low, load<i64>(low, 16) + FOLD_2 * value, 16);
  store<i64>(low, load<i64>(low, 24) + FOLD_3 * value, 24);
  store<i64>(low, load<i64>(low, 32) + FOLD_4 * value, 32);
  store<i64>(low, load<i64>(low, 40) + FOLD_5 * value, 40);
  store<i64>(high, 0);
}

/** Carries limb i into limb i + 1, rounding by `half`: 2^20 to nearest, 0 down. */
function carry(i: usize, half: i64): void {
  const at = WIDE + (i << 3);
  const quotient = (load<i64>(at) + half) >> LIMB_BITS;
  store<i64>(at, load<i64>(at, 8) + quotient, 8);
  store<i64>(at, load<i64>(at) - (quotient << LIMB_BITS));
}

/** Carries every second limb from `first` to `last`, then those between: two short chains instead of one long one. */
function carryAlternating(first: usize, last: usize): void {
  const nearest: i64 = 1 << 20;
  for (let i = first; i <= last; i += 2) carry(i, nearest);
  for (let i = first + 1; i < last; i += 2) carry(i, nearest);
}

function limb(i: usize): u64 {
  return load<u64>(WIDE + (i << 3));
}

/** out = WIDE modulo L, below L. */
function reduceLimbs(out: usize): void {
  for (let i: usize = 23; i >= 18; i--) fold(i);
  carryAlternating(6, 16);
  for (let i: usize = 17; i >= 12; i--) fold(i);
  carryAlternating(0, 10);
  carry(11, 1 << 20);
  // What stands above 2^252 is now a small signed count of L's; two rounds settle it.
  fold(12);
  for (let i: usize = 0; i < LIMBS; i++) carry(i, 0);
  fold(12);
  for (let i: usize = 0; i < LIMBS - 1; i++) carry(i, 0);
  store<u64>(out, limb(0) | (limb(1) << 21) | (limb(2) << 42) | (limb(3) << 63));
  store<u64>(out, (limb(3) >> 1) | (limb(4) << 20) | (limb(5) << 41) | (limb(6) << 62), 8);
  store<u64>(out, (limb(6) >> 2) | (limb(7) << 19) | (limb(8) << 40) | (limb(9) << 61), 16);
  store<u64>(out, (limb(9) >> 3) | (limb(10) << 18) | (limb(11) << 39), 24);
}

/** out (32 bytes) = the 64 bytes at `wide` modulo L. */
export function reduceWide(out: usize, wide: usize): void {
  toLimbs(WIDE, wide, WIDE_LIMBS);
  reduceLimbs(out);
}

/** out = a * b + c modulo L; any 32-byte values. */
export function multiplyAdd(out: usize, a: usize, b: usize, c: usize): void {
  toLimbs(LEFT, a, LIMBS);
  toLimbs(RIGHT, b, LIMBS);
  toLimbs(WIDE, c, LIMBS);
  memory.fill(WIDE + (LIMBS << 3), 0, (WIDE_LIMBS - LIMBS) << 3);
  for (let i: usize = 0; i < LIMBS; i++) {
    const x = load<i64>(LEFT + (i << 3));
    const row = WIDE + (i << 3);
    for (let j: usize = 0; j < LIMBS << 3; j += 8) {
      store<i64>(row + j, load<i64>(row + j) + x * load<i64>(RIGHT + j));
    }
  }
  carryAlternating(0, 22);
  reduceLimbs(out);
}
