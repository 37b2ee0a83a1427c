/** The constants of SHA-512, which BLAKE2b shares in part, computed from their definition instead of transcribed. */

const WORD = (1n << 64n) - 1n;

function primes(count: number): bigint[] {
  const found: bigint[] = [];
  for (let n = 2n; found.length < count; n++) if (found.every((p) => n % p !== 0n)) found.push(n);
  return found;
}

/** The largest integer whose `degree`-th power does not exceed `n`. */
function integerRoot(n: bigint, degree: bigint): bigint {
  let low = 0n;
  let high = 1n << 80n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= n) low = middle;
    else high = middle;
  }
  return low;
}

function fraction(prime: bigint, degree: bigint): string {
  const root = integerRoot(prime << (64n * degree), degree);
  return `0x${(root & WORD).toString(16).padStart(16, "0")}`;
}

/** Initial hash value: first 64 bits of the fractional parts of the square roots of the first 8 primes (FIPS 180-4, 5.3.5; RFC 7693, 2.6). */
export const INITIAL_VALUE: readonly string[] = primes(8).map((p) => fraction(p, 2n));

/** Round constants: the same of the cube roots of the first 80 primes (FIPS 180-4, 4.2.3). */
export const ROUND_CONSTANTS: readonly string[] = primes(80).map((p) => fraction(p, 3n));
