/**
 * Sums of multiples of public points, for verifying: Straus's method, all factors sharing the doublings.
 */
import { addBase, addBaseSplit, addMultiple, BASE_WINDOW, double, setIdentity, tabulate } from "./ed25519-public";
import { signedDigits } from "./signed-digits";

/** Width of the digits of factors of points that have no table yet, and the odd multiples it takes. */
const POINT_WINDOW: i32 = 5;
const POINT_MULTIPLES: usize = 8;

/** Positions of digits of values below 2^127, which take two words. */
const DIGITS: i32 = 128;
const WORDS: i32 = 2;

/** The four digits of one position lie side by side, so that one load sees whether all are zero. */
const LANES: usize = 4;
const DIGIT_BYTES: usize = 512;
const DIGIT_AREA: usize = memory.data(512, 16);
const FIRST_TABLE: usize = memory.data(1280, 16);
const SECOND_TABLE: usize = memory.data(1280, 16);

/**
 * out = (base + 2^127 base') B + first P + second Q, where `base` is 32 bytes (two halves of 16), and `first` and `second`
 * are 16 bytes each; all four factors are below 2^127.
 */
export function sumOfMultiples(out: usize, base: usize, first: usize, p: usize, second: usize, q: usize): void {
  memory.fill(DIGIT_AREA, 0, DIGIT_BYTES);
  signedDigits(DIGIT_AREA, LANES, base, WORDS, BASE_WINDOW);
  signedDigits(DIGIT_AREA + 1, LANES, base + 16, WORDS, BASE_WINDOW);
  signedDigits(DIGIT_AREA + 2, LANES, first, WORDS, POINT_WINDOW);
  signedDigits(DIGIT_AREA + 3, LANES, second, WORDS, POINT_WINDOW);
  tabulate(FIRST_TABLE, p, POINT_MULTIPLES);
  tabulate(SECOND_TABLE, q, POINT_MULTIPLES);
  setIdentity(out);
  let at = DIGIT_AREA + <usize>(DIGITS - 1) * LANES;
  while (at > DIGIT_AREA && load<u32>(at) == 0) at -= LANES;
  for (; at >= DIGIT_AREA; at -= LANES) {
    double(out);
    if (load<u32>(at) == 0) continue;
    const low: i32 = load<i8>(at);
    if (low != 0) addBase(out, low);
    const high: i32 = load<i8>(at, 1);
    if (high != 0) addBaseSplit(out, high);
    const ofFirst: i32 = load<i8>(at, 2);
    if (ofFirst != 0) addMultiple(out, FIRST_TABLE, ofFirst);
    const ofSecond: i32 = load<i8>(at, 3);
    if (ofSecond != 0) addMultiple(out, SECOND_TABLE, ofSecond);
  }
}
