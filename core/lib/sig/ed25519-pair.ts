/**
 * Points of edwards25519 for verifying, in vectors: see ed25519-point.ts for the coordinates and the law. Of the products that an operation
 * takes, two are always independent, so a point is two pairs of field elements, (X | Y) and (Z | T), and a cached point (Y - X | Y + X) and
 * (2Z | 2dT). T is always there. For public points: `decompressBoth` and `isSmallOrder` branch on them.
 */
import { PAIR_D, PAIR_IDENTITY, PAIR_ONE, PAIR_SQRT_MINUS_ONE, PAIR_TWO_AND_2D } from "./generated-ed25519-pair-tables";
import { fromBytes2, multiply2, PAIR_BYTES, square2, squareTimes2, toBytes2 } from "./generated-field25519-pair";

/** Bytes of a point, and of a cached point. */
export const POINT_BYTES: usize = 160;
const ZT: usize = PAIR_BYTES;
const VECTOR: usize = 16;

// Scratch: pairs, and one encoded element. The names of the last four say what `arrange` puts there.
const SCRATCH: usize = memory.data(912, 16);
const A: usize = SCRATCH;
const B: usize = SCRATCH + 80;
const X: usize = SCRATCH + 160;
const Y: usize = SCRATCH + 240;
const CHAIN_0: usize = SCRATCH + 320;
const CHAIN_1: usize = SCRATCH + 400;
const CHAIN_2: usize = SCRATCH + 480;
const FH: usize = SCRATCH + 560;
const EG: usize = SCRATCH + 640;
const FE: usize = SCRATCH + 720;
const GH: usize = SCRATCH + 800;
const ENCODED: usize = SCRATCH + 880;
/** A cached point, and two points of a table in the making. */
const CHOSEN: usize = memory.data(160, 16);
const DOUBLED: usize = memory.data(160, 16);
const MULTIPLE: usize = memory.data(160, 16);

/** (a | b) becomes (b | a). */
function exchange(pair: v128): v128 {
  return v128.shuffle<i32>(pair, pair, 1, 0, 3, 2);
}

/** Lane 0 of the first, lane 1 of the second. */
function join(first: v128, second: v128): v128 {
  return v128.shuffle<i32>(first, second, 0, 5, 2, 7);
}

function add(out: usize, f: usize, g: usize): void {
  for (let i: usize = 0; i < PAIR_BYTES; i += VECTOR) {
    v128.store(out + i, i32x4.add(v128.load(f + i), v128.load(g + i)));
  }
}

function subtract(out: usize, f: usize, g: usize): void {
  for (let i: usize = 0; i < PAIR_BYTES; i += VECTOR) {
    v128.store(out + i, i32x4.sub(v128.load(f + i), v128.load(g + i)));
  }
}

/** out = z^((p - 5) / 8) = z^(2^252 - 3) in both lanes: see `powerForRoot` in ed25519-point.ts. */
function powerForRoot(out: usize, z: usize): void {
  square2(CHAIN_0, z);
  squareTimes2(CHAIN_1, CHAIN_0, 2);
  multiply2(CHAIN_1, z, CHAIN_1); // 9
  multiply2(CHAIN_0, CHAIN_0, CHAIN_1); // 11
  square2(CHAIN_0, CHAIN_0);
  multiply2(CHAIN_0, CHAIN_1, CHAIN_0); // 2^5 - 1
  squareTimes2(CHAIN_1, CHAIN_0, 5);
  multiply2(CHAIN_0, CHAIN_1, CHAIN_0); // 2^10 - 1
  squareTimes2(CHAIN_1, CHAIN_0, 10);
  multiply2(CHAIN_1, CHAIN_1, CHAIN_0); // 2^20 - 1
  squareTimes2(CHAIN_2, CHAIN_1, 20);
  multiply2(CHAIN_1, CHAIN_2, CHAIN_1); // 2^40 - 1
  squareTimes2(CHAIN_1, CHAIN_1, 10);
  multiply2(CHAIN_0, CHAIN_1, CHAIN_0); // 2^50 - 1
  squareTimes2(CHAIN_1, CHAIN_0, 50);
  multiply2(CHAIN_1, CHAIN_1, CHAIN_0); // 2^100 - 1
  squareTimes2(CHAIN_2, CHAIN_1, 100);
  multiply2(CHAIN_1, CHAIN_2, CHAIN_1); // 2^200 - 1
  squareTimes2(CHAIN_1, CHAIN_1, 50);
  multiply2(CHAIN_0, CHAIN_1, CHAIN_0); // 2^250 - 1
  squareTimes2(CHAIN_0, CHAIN_0, 2);
  multiply2(out, CHAIN_0, z);
}

function isZero(pair: usize, lane: usize): bool {
  toBytes2(ENCODED, pair, lane);
  return (load<u64>(ENCODED) | load<u64>(ENCODED, 8) | load<u64>(ENCODED, 16) | load<u64>(ENCODED, 24)) == 0;
}

/** Bits of one lane in each vector. */
function laneMask(lane: usize): v128 {
  return lane == 0 ? i32x4(-1, 0, -1, 0) : i32x4(0, -1, 0, -1);
}

/** Copies one lane. */
function copyLane(out: usize, from: usize, lane: usize): void {
  const mask = laneMask(lane);
  for (let i: usize = 0; i < PAIR_BYTES; i += VECTOR) {
    v128.store(out + i, v128.bitselect(v128.load(from + i), v128.load(out + i), mask));
  }
}

function negateLane(pair: usize, lane: usize): void {
  const mask = laneMask(lane);
  for (let i: usize = 0; i < PAIR_BYTES; i += VECTOR) {
    const value = v128.load(pair + i);
    v128.store(pair + i, v128.bitselect(i32x4.neg(value), value, mask));
  }
}

/** Lane 0 of x and y becomes one pair, lane 1 another. */
function transpose(first: usize, second: usize, x: usize, y: usize): void {
  for (let i: usize = 0; i < PAIR_BYTES; i += VECTOR) {
    const a = v128.load(x + i);
    const b = v128.load(y + i);
    v128.store(first + i, v128.shuffle<i32>(a, b, 0, 4, 2, 6));
    v128.store(second + i, v128.shuffle<i32>(a, b, 1, 5, 3, 7));
  }
}

/** Reads two encoded points by the rules of ZIP-215: see `decompress` in ed25519-point.ts. False when either is none. */
export function decompressBoth(p: usize, pBytes: usize, q: usize, qBytes: usize): bool {
  const u = A;
  const v = B;
  const cubed = FH;
  const power = EG;
  const difference = FE;
  const sum = GH;
  const factor = CHAIN_0;
  fromBytes2(Y, pBytes, qBytes);
  // x^2 = u / v with u = y^2 - 1, v = d y^2 + 1.
  square2(u, Y);
  multiply2(v, u, PAIR_D);
  subtract(u, u, PAIR_ONE);
  add(v, v, PAIR_ONE);
  // Candidate x = u v^3 (u v^7)^((p - 5) / 8).
  square2(cubed, v);
  multiply2(cubed, cubed, v);
  square2(power, cubed);
  multiply2(power, power, v);
  multiply2(power, power, u);
  powerForRoot(power, power);
  multiply2(cubed, cubed, u);
  multiply2(X, power, cubed);
  // v x^2 is u, or -u, or there is no root.
  square2(power, X);
  multiply2(power, power, v);
  subtract(difference, power, u);
  add(sum, power, u);
  memory.copy(factor, PAIR_ONE, PAIR_BYTES);
  for (let lane: usize = 0; lane < 2; lane++) {
    if (isZero(difference, lane)) continue;
    if (!isZero(sum, lane)) return false;
    copyLane(factor, PAIR_SQRT_MINUS_ONE, lane);
  }
  multiply2(X, X, factor);
  for (let lane: usize = 0; lane < 2; lane++) {
    toBytes2(ENCODED, X, lane);
    const sign = load<u8>(lane == 0 ? pBytes : qBytes, 31) >> 7;
    if ((load<u8>(ENCODED) & 1) != sign) negateLane(X, lane);
  }
  transpose(p, q, X, Y);
  multiply2(X, X, Y);
  transpose(p + ZT, q + ZT, PAIR_ONE, X);
  return true;
}

/** The neutral element (0, 1). */
export function setIdentity(out: usize): void {
  memory.copy(out, PAIR_IDENTITY, POINT_BYTES);
}

/** point = -point. */
export function negatePoint(point: usize): void {
  negateLane(point, 0);
  negateLane(point + ZT, 1);
}

/** Vector i of B = (Z | X + Y). */
function beforeDouble(i: usize, point: usize): void {
  const xy = v128.load(point + i);
  v128.store(B + i, join(v128.load(point + ZT + i), i32x4.add(xy, exchange(xy))));
}

/** Vector i of what the last four products of an operation take, with E, F, G, H as in ed25519-point.ts. */
function arrange(i: usize, fe: v128, gh: v128): void {
  v128.store(FH + i, join(fe, gh));
  v128.store(EG + i, v128.shuffle<i32>(fe, gh, 1, 4, 3, 6));
  v128.store(FE + i, fe);
  v128.store(GH + i, gh);
}

/** From A = (X^2 | Y^2) and B = (Z^2 | (X + Y)^2): G = Y^2 - X^2, H = Y^2 + X^2, F = 2Z^2 - G, E = (X + Y)^2 - H. */
function afterSquares(i: usize): void {
  const squares = v128.load(A + i);
  const others = v128.load(B + i);
  const exchanged = exchange(squares);
  const gh = join(i32x4.sub(exchanged, squares), i32x4.add(exchanged, squares));
  const twiceZ = i32x4.add(others, v128.and(others, laneMask(0)));
  arrange(i, i32x4.sub(twiceZ, gh), gh);
}

/** out = (E F | G H) and (F G | E H). F is a sum of four reduced pairs at most, E of three, G and H of two. */
function multiplyOut(out: usize): void {
  multiply2(out, FH, EG);
  multiply2(out + ZT, FE, GH);
}

/** out = 2 point. */
export function double(out: usize, point: usize): void {
  beforeDouble(0, point);
  beforeDouble(16, point);
  beforeDouble(32, point);
  beforeDouble(48, point);
  beforeDouble(64, point);
  square2(A, point);
  square2(B, B);
  afterSquares(0);
  afterSquares(16);
  afterSquares(32);
  afterSquares(48);
  afterSquares(64);
  multiplyOut(out);
}

/** Vector i of out = (Y - X | Y + X). */
function differenceAndSum(i: usize, out: usize, xy: usize): void {
  const value = v128.load(xy + i);
  const exchanged = exchange(value);
  v128.store(out + i, join(i32x4.sub(exchanged, value), i32x4.add(exchanged, value)));
}

function differencesAndSums(out: usize, xy: usize): void {
  differenceAndSum(0, out, xy);
  differenceAndSum(16, out, xy);
  differenceAndSum(32, out, xy);
  differenceAndSum(48, out, xy);
  differenceAndSum(64, out, xy);
}

/** out = the cached form of point. */
function cache(out: usize, point: usize): void {
  differencesAndSums(out, point);
  multiply2(out + ZT, point + ZT, PAIR_TWO_AND_2D);
}

/**
 * From A = ((Y1 - X1)(Y2 - X2) | (Y1 + X1)(Y2 + X2)) and B = (2 Z1 Z2 | 2d T1 T2): E and H are the difference and the sum of the one, F and G of
 * the other.
 */
function afterProducts(i: usize): void {
  const first = v128.load(A + i);
  const second = v128.load(B + i);
  const firstExchanged = exchange(first);
  const secondExchanged = exchange(second);
  const f = i32x4.sub(second, secondExchanged);
  const g = i32x4.add(second, secondExchanged);
  const e = i32x4.sub(firstExchanged, first);
  const h = i32x4.add(first, firstExchanged);
  arrange(i, v128.shuffle<i32>(f, e, 0, 4, 2, 6), join(g, h));
}

/** Vector i of the cached point, or of its negative where `negative` has all bits set: (Y + X | Y - X) and (2Z | -2dT). */
function chooseSign(i: usize, out: usize, cached: usize, negative: v128): void {
  const first = v128.load(cached + i);
  const second = v128.load(cached + ZT + i);
  v128.store(out + i, v128.bitselect(exchange(first), first, negative));
  const inLane1 = v128.and(negative, laneMask(1));
  v128.store(out + ZT + i, i32x4.sub(v128.xor(second, inLane1), inLane1));
}

/** out = point + cached, or point - cached. The sign is chosen without a branch, not because it were secret but because it is hard to predict. */
function addCached(out: usize, point: usize, cached: usize, isNegative: bool): void {
  const negative = i32x4.splat(-(<i32>isNegative));
  chooseSign(0, CHOSEN, cached, negative);
  chooseSign(16, CHOSEN, cached, negative);
  chooseSign(32, CHOSEN, cached, negative);
  chooseSign(48, CHOSEN, cached, negative);
  chooseSign(64, CHOSEN, cached, negative);
  differencesAndSums(A, point);
  multiply2(A, A, CHOSEN);
  multiply2(B, point + ZT, CHOSEN + ZT);
  afterProducts(0);
  afterProducts(16);
  afterProducts(32);
  afterProducts(48);
  afterProducts(64);
  multiplyOut(out);
}

/** table = cached 1, 3, 5, ... times point, `count` of them. */
export function tabulate(table: usize, point: usize, count: usize): void {
  cache(table, point);
  double(DOUBLED, point);
  for (let i: usize = 1; i < count; i++) {
    const entry = table + i * POINT_BYTES;
    addCached(MULTIPLE, DOUBLED, entry - POINT_BYTES, false);
    cache(entry, MULTIPLE);
  }
}

/** out += digit P for an odd digit, with a table that `tabulate` made of P, or one of the base point's. */
export function addMultiple(out: usize, table: usize, digit: i32): void {
  addCached(out, out, table + <usize>(abs(digit) >> 1) * POINT_BYTES, digit < 0);
}

/** Whether 8 point is the neutral element: see `isSmallOrder` in ed25519-point.ts. `point` is overwritten. */
export function isSmallOrder(point: usize): bool {
  double(point, point);
  double(point, point);
  double(point, point);
  // Z | T becomes Y - Z in lane 1.
  for (let i: usize = 0; i < PAIR_BYTES; i += VECTOR) {
    v128.store(A + i, i32x4.sub(v128.load(point + i), exchange(v128.load(point + ZT + i))));
  }
  return isZero(A, 1);
}
