/** Sums of multiples of public points, for verifying: Straus's method, both factors sharing the doublings. */
import { BASE_WINDOW } from "./generated-curves";
import {
  addAffine,
  addPrepared,
  baseMultiple,
  double,
  POINT_BYTES,
  PREPARED_BYTES,
  prepare,
  setNeutral,
} from "./point";
import { DIGITS, signedDigits } from "./words";

/** Width of the digits of the factor of a point that has no table yet, and the odd multiples it takes. */
const POINT_WINDOW: i32 = 5;
const POINT_MULTIPLES: usize = 8;

/** The two digits of one position lie side by side, so that one load sees whether both are zero. */
const LANES: usize = 2;
const DIGIT_BYTES: usize = 520;
const DIGIT_AREA: usize = memory.data(520, 16);
const TABLE: usize = memory.data(1600, 16);
const DOUBLED: usize = memory.data(200, 16);
const MULTIPLE: usize = memory.data(128, 16);

/** TABLE = point, 3 point, 5 point, ... prepared. */
function tabulate(point: usize): void {
  memory.copy(MULTIPLE, point, POINT_BYTES);
  prepare(TABLE, MULTIPLE);
  double(MULTIPLE);
  prepare(DOUBLED, MULTIPLE);
  memory.copy(MULTIPLE, point, POINT_BYTES);
  for (let i: usize = 1; i < POINT_MULTIPLES; i++) {
    addPrepared(MULTIPLE, DOUBLED, false);
    prepare(TABLE + i * PREPARED_BYTES, MULTIPLE);
  }
}

/** out = base G + factor point, for the base point G, two factors of four words, and a point that is not neutral. */
export function sumOfMultiples(out: usize, base: usize, factor: usize, point: usize): void {
  memory.fill(DIGIT_AREA, 0, DIGIT_BYTES);
  signedDigits(DIGIT_AREA, LANES, base, BASE_WINDOW);
  signedDigits(DIGIT_AREA + 1, LANES, factor, POINT_WINDOW);
  tabulate(point);
  setNeutral(out);
  for (let i = DIGITS - 1; i >= 0; i--) {
    double(out);
    const at = DIGIT_AREA + <usize>i * LANES;
    if (load<u16>(at) == 0) continue;
    const ofBase: i32 = load<i8>(at);
    if (ofBase != 0) addAffine(out, baseMultiple(ofBase), ofBase < 0);
    const ofPoint: i32 = load<i8>(at, 1);
    if (ofPoint != 0) addPrepared(out, TABLE + <usize>(abs(ofPoint) >> 1) * PREPARED_BYTES, ofPoint < 0);
  }
}
