/**
 * Multiples of Ed25519's base point by a secret: fixed windows, and a table read in full for every digit, so that neither branches nor
 * addresses depend on the secret.
 */
import { AFFINE_BYTES, addAffine, completeT, double, setIdentity } from "./ed25519-point";
import { BASE_ROWS, ONE } from "./generated-ed25519-tables";
import { assignIf, copy, negate } from "./generated-field25519";

const Y: usize = 40;
const XY: usize = 80;
/** Signed hexadecimal digits of a 256-bit scalar, and every how many of them a table row stands. */
const DIGIT_COUNT: i32 = 64;
const DIGITS_PER_ROW: i32 = 4;
const ROW_ENTRIES: i32 = 8;
const ROW_BYTES: usize = 960;

const SCRATCH_BYTES: usize = 224;
const SCRATCH: usize = memory.data(224, 16);
const DIGITS: usize = SCRATCH;
const CHOSEN: usize = SCRATCH + 64;
const NEGATED: usize = SCRATCH + 184;

/** Clears the digits and the chosen entry, which reveal the scalar. */
export function wipeBaseScratch(): void {
  memory.fill(SCRATCH, 0, SCRATCH_BYTES);
}

/** All ones when x is zero, else 0; x below 2^31. */
function maskIfZero(x: u32): u64 {
  return <u64>(((<i64>((x - 1) & ~x)) << 32) >> 63);
}

/** Digits of -8 to 7, the last up to 8: scalar = sum of digit[i] 16^i. The scalar is below 2^255. */
function recode(scalar: usize): void {
  for (let i: usize = 0; i < 32; i++) {
    const byte = load<u8>(scalar + i);
    store<u8>(DIGITS + 2 * i, byte & 15);
    store<u8>(DIGITS + 2 * i, byte >> 4, 1);
  }
  let carried: i32 = 0;
  for (let i: i32 = 0; i < DIGIT_COUNT - 1; i++) {
    const digit = <i32>load<u8>(DIGITS + i) + carried;
    carried = (digit + 8) >> 4;
    store<i8>(DIGITS + i, <i8>(digit - (carried << 4)));
  }
  store<u8>(DIGITS + DIGIT_COUNT - 1, <u8>(<i32>load<u8>(DIGITS + DIGIT_COUNT - 1) + carried));
}

/** CHOSEN = digit times the row's point, digit in -8..8. Zero is the entry (1, 1, 0); negating swaps the first two and negates the third. */
function choose(row: usize, digit: i32): void {
  const sign = digit >> 31;
  const magnitude = <u32>((digit ^ sign) - sign);
  copy(CHOSEN, ONE);
  copy(CHOSEN + Y, ONE);
  memory.fill(CHOSEN + XY, 0, Y);
  for (let i: i32 = 1; i <= ROW_ENTRIES; i++) {
    const mask = maskIfZero(magnitude ^ i);
    assignIf(CHOSEN, row, mask);
    assignIf(CHOSEN + Y, row + Y, mask);
    assignIf(CHOSEN + XY, row + XY, mask);
    row += AFFINE_BYTES;
  }
  const negative = <u64>(<i64>sign);
  copy(NEGATED, CHOSEN);
  assignIf(CHOSEN, CHOSEN + Y, negative);
  assignIf(CHOSEN + Y, NEGATED, negative);
  negate(NEGATED, CHOSEN + XY);
  assignIf(CHOSEN + XY, NEGATED, negative);
}

/** out = scalar B for a scalar below 2^255 (32 bytes). The caller wipes afterwards. */
export function multiplyBase(out: usize, scalar: usize): void {
  recode(scalar);
  setIdentity(out);
  for (let pass: i32 = DIGITS_PER_ROW - 1; ; pass--) {
    let row = BASE_ROWS;
    for (let i: i32 = pass; i < DIGIT_COUNT; i += DIGITS_PER_ROW) {
      choose(row, load<i8>(DIGITS + i));
      addAffine(out, out, CHOSEN, false);
      completeT(out);
      row += ROW_BYTES;
    }
    if (pass == 0) return;
    double(out, out);
    double(out, out);
    double(out, out);
    double(out, out);
    completeT(out);
  }
}
