/**
 * Scalars of half the size, for verifying: with u = v k modulo L, the equation S B = R + k A times v is (v S) B = v R + u A, whose factors of R and A
 * are short, so that half of the doublings go (Antipa, Brown, Gallant, Lambert, Struik, Vanstone, "Accelerated Verification of ECDSA
 * Signatures", 2005). Nothing is lost: v is not a multiple of L, and eight times any point has an order that divides L.
 *
 * All values here are public; time depends on them.
 */

/** Where |v| stands in what `halve` writes. */
export const HALVES_V: usize = 16;
/** Bits of u and |v| at most. */
const HALF_BITS: i32 = 127;

// The 64-bit words of L; the third is zero.
// biome-ignore lint/correctness/noPrecisionLoss: a 64-bit literal of AssemblyScript
const L_WORD_0: u64 = 0x5812631a5cf5d3ed;
// biome-ignore lint/correctness/noPrecisionLoss: a 64-bit literal of AssemblyScript
const L_WORD_1: u64 = 0x14def9dea2f79cd6;
const L_WORD_3: u64 = 0x1000000000000000;

function bitLength(w0: u64, w1: u64, w2: u64, w3: u64): i32 {
  if (w3 != 0) return 256 - <i32>clz(w3);
  if (w2 != 0) return 192 - <i32>clz(w2);
  if (w1 != 0) return 128 - <i32>clz(w1);
  return 64 - <i32>clz(w0);
}

/** A word of a value shifted left by s, 1 to 63: its own bits and those that enter from the word below. */
function shifted(word: u64, below: u64, s: i32): u64 {
  return (word << s) | (below >> (64 - s));
}

/** Whether x > y, words from the lowest up. */
function exceeds(x0: u64, x1: u64, x2: u64, x3: u64, y0: u64, y1: u64, y2: u64, y3: u64): bool {
  if (x3 != y3) return x3 > y3;
  if (x2 != y2) return x2 > y2;
  if (x1 != y1) return x1 > y1;
  return x0 > y0;
}

/** 1 when x < y, else 0: the borrow or carry between words. */
function lessThan(x: u64, y: u64): u64 {
  return x < y ? 1 : 0;
}

function write(out: usize, u0: u64, u1: u64, v0: u64, v1: u64): void {
  store<u64>(out, u0);
  store<u64>(out, u1, 8);
  store<u64>(out, v0, HALVES_V);
  store<u64>(out, v1, HALVES_V + 8);
  store<u64>(out, 0, HALVES_V + 16);
  store<u64>(out, 0, HALVES_V + 24);
}

/**
 * Finds 0 <= u < 2^127 and 0 < |v| < 2^127 with u = v k modulo L for a scalar k below L. Writes u (16 bytes), then at HALVES_V |v| as a
 * scalar of 32 bytes; returns whether v is negative.
 *
 * Euclid's algorithm on (L, k), stopped half-way. Every remainder r has a t with r = t k modulo L; the two t's at hand have opposite
 * signs, so magnitudes are kept, and |t_a| b + |t_b| a = L throughout, which bounds |t_a| by L / 2^127 while b is at least 2^127.
 * Quotients are taken a power of two at a time; each such step halves a at least, so there are at most 253 of them.
 */
export function halve(out: usize, k: usize): bool {
  // a >= b.
  let a0 = L_WORD_0;
  let a1 = L_WORD_1;
  let a2: u64 = 0;
  let a3 = L_WORD_3;
  let b0 = load<u64>(k);
  let b1 = load<u64>(k, 8);
  let b2 = load<u64>(k, 16);
  let b3 = load<u64>(k, 24);
  let ta0: u64 = 0;
  let ta1: u64 = 0;
  let tb0: u64 = 1;
  let tb1: u64 = 0;
  let bNegative = false;
  let aBits = bitLength(a0, a1, a2, a3);
  let bBits = bitLength(b0, b1, b2, b3);
  if (bBits <= HALF_BITS) {
    write(out, b0, b1, tb0, tb1);
    return false;
  }
  while (true) {
    // c = b 2^s: first with as many bits as a, then not above a.
    let s = aBits - bBits;
    let c0 = b0;
    let c1 = b1;
    let c2 = b2;
    let c3 = b3;
    if (s >= 64) {
      c3 = c2;
      c2 = c1;
      c1 = c0;
      c0 = 0;
    }
    let bits = s & 63;
    if (bits > 0) {
      c3 = shifted(c3, c2, bits);
      c2 = shifted(c2, c1, bits);
      c1 = shifted(c1, c0, bits);
      c0 <<= bits;
    }
    if (exceeds(c0, c1, c2, c3, a0, a1, a2, a3)) {
      // Not when s = 0, for a >= b.
      s--;
      c0 = shifted(c1, c0, 63);
      c1 = shifted(c2, c1, 63);
      c2 = shifted(c3, c2, 63);
      c3 >>= 1;
    }
    // a -= c
    let borrow: u64 = lessThan(a0, c0);
    a0 -= c0;
    let difference = a1 - c1;
    let next: u64 = lessThan(a1, c1) | lessThan(difference, borrow);
    a1 = difference - borrow;
    borrow = next;
    difference = a2 - c2;
    next = lessThan(a2, c2) | lessThan(difference, borrow);
    a2 = difference - borrow;
    a3 -= c3 + next;
    // t_a += t_b 2^s, in magnitude
    bits = s & 63;
    let tc0 = s >= 64 ? 0 : tb0 << bits;
    let tc1 = s >= 64 ? tb0 << bits : bits > 0 ? shifted(tb1, tb0, bits) : tb1;
    ta0 += tc0;
    ta1 += tc1 + lessThan(ta0, tc0);

    aBits = bitLength(a0, a1, a2, a3);
    if (aBits <= HALF_BITS) {
      write(out, a0, a1, ta0, ta1);
      return !bNegative;
    }
    if (exceeds(b0, b1, b2, b3, a0, a1, a2, a3)) {
      let swap = a0;
      a0 = b0;
      b0 = swap;
      swap = a1;
      a1 = b1;
      b1 = swap;
      swap = a2;
      a2 = b2;
      b2 = swap;
      swap = a3;
      a3 = b3;
      b3 = swap;
      tc0 = ta0;
      ta0 = tb0;
      tb0 = tc0;
      tc1 = ta1;
      ta1 = tb1;
      tb1 = tc1;
      const swapBits = aBits;
      aBits = bBits;
      bBits = swapBits;
      bNegative = !bNegative;
    }
  }
}

/** Splits a scalar below L at bit 127: `out` receives 16 bytes of the low part, then 16 of the high part. */
export function split(out: usize, scalar: usize): void {
  const w1 = load<u64>(scalar, 8);
  const w2 = load<u64>(scalar, 16);
  const w3 = load<u64>(scalar, 24);
  store<u64>(out, load<u64>(scalar));
  store<u64>(out, (w1 << 1) >> 1, 8);
  store<u64>(out, (w1 >> 63) | (w2 << 1), 16);
  store<u64>(out, (w2 >> 63) | (w3 << 1), 24);
}
