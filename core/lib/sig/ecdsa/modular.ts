/**
 * Arithmetic modulo one of the four primes of ECDSA, the one selected last, so that points, inverses and roots are written once. The
 * generated files say what an element is, and how large factors may be. Public values only: time depends on them.
 */
import * as k1Field from "./generated-k1-field";
import * as k1Order from "./generated-k1-order";
import { copy } from "./generated-limbs";
import * as r1Field from "./generated-r1-field";
import * as r1Order from "./generated-r1-order";
import { bit } from "./words";

/** Bytes of an element. */
export const ELEMENT_BYTES: usize = 40;

export const K1_FIELD: u32 = 0;
export const K1_ORDER: u32 = 1;
export const R1_FIELD: u32 = 2;
export const R1_ORDER: u32 = 3;

let selected: u32 = K1_FIELD;

/** Selects the prime of all that follows. */
export function select(prime: u32): void {
  selected = prime;
}

export function multiply(out: usize, f: usize, g: usize): void {
  if (selected == K1_FIELD) k1Field.multiply(out, f, g);
  else if (selected == R1_FIELD) r1Field.multiply(out, f, g);
  else if (selected == K1_ORDER) k1Order.multiply(out, f, g);
  else r1Order.multiply(out, f, g);
}

export function squareTimes(out: usize, f: usize, times: i32): void {
  if (selected == K1_FIELD) k1Field.squareTimes(out, f, times);
  else if (selected == R1_FIELD) r1Field.squareTimes(out, f, times);
  else if (selected == K1_ORDER) k1Order.squareTimes(out, f, times);
  else r1Order.squareTimes(out, f, times);
}

export function square(out: usize, f: usize): void {
  squareTimes(out, f, 1);
}

export function fromWords(out: usize, words: usize): void {
  if (selected == K1_FIELD) k1Field.fromWords(out, words);
  else if (selected == R1_FIELD) r1Field.fromWords(out, words);
  else if (selected == K1_ORDER) k1Order.fromWords(out, words);
  else r1Order.fromWords(out, words);
}

export function toWords(words: usize, f: usize): void {
  if (selected == K1_FIELD) k1Field.toWords(words, f);
  else if (selected == R1_FIELD) r1Field.toWords(words, f);
  else if (selected == K1_ORDER) k1Order.toWords(words, f);
  else r1Order.toWords(words, f);
}

/** Of a field only. */
export function threeHalves(out: usize, f: usize): void {
  if (selected == K1_FIELD) k1Field.threeHalves(out, f);
  else r1Field.threeHalves(out, f);
}

/** Of a field only. */
export function isZero(f: usize): bool {
  return selected == K1_FIELD ? k1Field.isZero(f) : r1Field.isZero(f);
}

const EXPONENT_BITS: i32 = 256;
/** Bits that one digit of an exponent takes at most, and the odd powers that digits choose from. */
const WINDOW: i32 = 5;
const ODD_POWERS: i32 = 16;
const POWERS: usize = memory.data(640, 16);
const SQUARED: usize = memory.data(40, 16);

/** out = f^exponent for a reduced f and an exponent of four words that is not zero; reduced. By sliding windows. */
export function power(out: usize, f: usize, exponent: usize): void {
  copy(POWERS, f);
  square(SQUARED, f);
  for (let i: i32 = 1; i < ODD_POWERS; i++) {
    const entry = POWERS + <usize>i * ELEMENT_BYTES;
    multiply(entry, entry - ELEMENT_BYTES, SQUARED);
  }
  let started = false;
  let high: i32 = EXPONENT_BITS - 1;
  while (high >= 0) {
    if (bit(exponent, high) == 0) {
      if (started) square(out, out);
      high--;
      continue;
    }
    // The digit reaches from this one bit down to the lowest one bit in the window.
    let low: i32 = max(high - WINDOW + 1, 0);
    while (bit(exponent, low) == 0) low++;
    let digit: i32 = 0;
    for (let i = high; i >= low; i--) digit = (digit << 1) | <i32>bit(exponent, i);
    const entry = POWERS + <usize>(digit >> 1) * ELEMENT_BYTES;
    if (started) {
      squareTimes(out, out, high - low + 1);
      multiply(out, out, entry);
    } else {
      copy(out, entry);
      started = true;
    }
    high = low - 1;
  }
}
