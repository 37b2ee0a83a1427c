/** Looks for bytes of a secret in what is shown to others. */

/** A secret is shown when so many of its bytes appear in a row: 128 bits, of which nobody has that many by chance. */
const WINDOW_BYTES = 16;
/** Slots of the filter that tells most places apart from the secrets by four bytes. */
const FILTER_BITS = 16;

/** Of an ML-DSA-65 secret key (FIPS 204, algorithm 24): rho, which is public; K; tr, a hash of the public key; s1, s2, t0. */
const SECRET_PARTS = [
  { what: "signing key's K", from: 32, to: 64 },
  { what: "signing key's vectors", from: 128, to: 4_032 },
] as const;

export class Secrets {
  readonly #filter = new Uint8Array(1 << FILTER_BITS);
  readonly #windows = new Map<string, string>();

  /** `seed`: what the key is made of; `secretKey`: 4,032 bytes. */
  constructor(seed: Uint8Array, secretKey: Uint8Array) {
    this.#add("seed", seed);
    for (const { what, from, to } of SECRET_PARTS) this.#add(what, secretKey.subarray(from, to));
  }

  #add(what: string, secret: Uint8Array): void {
    for (let at = 0; at + WINDOW_BYTES <= secret.length; at++) {
      this.#filter[slot(secret, at)] = 1;
      this.#windows.set(Buffer.from(secret.subarray(at, at + WINDOW_BYTES)).toString("latin1"), what);
    }
  }

  /** Which secret these bytes have a part of, or undefined. */
  findIn(bytes: Uint8Array): string | undefined {
    for (let at = 0; at + WINDOW_BYTES <= bytes.length; at++) {
      if (this.#filter[slot(bytes, at)] === 0) continue;
      const what = this.#windows.get(Buffer.from(bytes.subarray(at, at + WINDOW_BYTES)).toString("latin1"));
      if (what) return what;
    }
    return undefined;
  }
}

function slot(bytes: Uint8Array, at: number): number {
  const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return Math.imul(four, 0x9e3779b1) >>> (32 - FILTER_BITS);
}
