/** Curve facts for the generators beside this file, computed from the definition of edwards25519 (RFC 8032, section 5.1). */

export const P = (1n << 255n) - 19n;
/** Order of the base point. */
export const L = (1n << 252n) + 27742317777372353535851937790883648493n;

export const mod = (x: bigint): bigint => ((x % P) + P) % P;

export function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

export const inverse = (x: bigint): bigint => power(x, P - 2n);

/** The curve is -x^2 + y^2 = 1 + D x^2 y^2. */
export const D = mod(-121665n * inverse(121666n));
export const SQRT_MINUS_ONE = power(2n, (P - 1n) / 4n);

/** Affine x, y. */
export type Point = readonly [bigint, bigint];

function baseX(y: bigint): bigint {
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * SQRT_MINUS_ONE);
  return x & 1n ? P - x : x;
}

const BASE_Y = mod(4n * inverse(5n));
export const BASE: Point = [baseX(BASE_Y), BASE_Y];

export function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const k = mod(D * x1 * x2 * y1 * y2);
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + k)), mod((y1 * y2 + x1 * x2) * inverse(1n - k))];
}
