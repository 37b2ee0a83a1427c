/**
 * What a TPM 2.0 says of its registers, signed: the structures of tpm.h, taken apart and checked (Trusted Platform Module Library 1.59, part 2, and part 1,
 * section 26.5, for names). Nothing here says in which TPM the key lies, or that it lies in one: that takes its maker's certificate.
 */
import { createHash, createPublicKey, verify } from "node:crypto";

export interface Quote {
  /** TPMT_PUBLIC of the key that signed. */
  readonly key: Uint8Array;
  /** TPMS_ATTEST: what is signed. */
  readonly quoted: Uint8Array;
  /** TPMT_SIGNATURE. */
  readonly signature: Uint8Array;
}

export interface Quoted {
  /** SHA-256 of the key's public area: what it is known by. */
  readonly keyDigest: Uint8Array;
  /** What the asker gave. */
  readonly qualifying: Uint8Array;
  /** Registers of SHA-256, in ascending order, and the SHA-256 of their values one after another. */
  readonly registers: readonly number[];
  readonly digest: Uint8Array;
}

/** It is no quote, or not one that its key signed; the message says why. */
export class QuoteError extends Error {
  override readonly name = "QuoteError";
  readonly code = "quote";
}

/** Part 2: tables 9 (TPM_ALG_ID), 10 (TPM_ECC_CURVE), 7 (TPM_GENERATED), 19 (TPM_ST), 28 (TPM_RH). */
const SHA256 = 0x0b;
const ECDSA = 0x18;
const GENERATED = 0xff544347;
const ATTEST_QUOTE = 0x8018;
const ENDORSEMENT = 0x4000000b;
/**
 * How the public area of an attestation key begins: an elliptic curve's key that never left its TPM, was made in it, and signs nothing but what the TPM says
 * itself (fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign); by ECDSA with SHA-256, on P-256.
 */
const KEY_HEAD = Buffer.from("0023000b00050472000000100018000b00030010", "hex");
const COORDINATE_BYTES = 32;
const DIGEST_BYTES = 32;

const sha256 = (...pieces: readonly Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};

const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);

/** Big-endian, and no byte left over. */
class Reader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = Buffer.from(bytes);
    this.#what = what;
  }

  take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    if (taken.length !== length) this.fail();
    this.#at += length;
    return taken;
  }

  number(bytes: number): number {
    return this.take(bytes).readUIntBE(0, bytes);
  }

  /** TPM2B. */
  sized(): Buffer {
    return this.take(this.number(2));
  }

  expect(is: boolean): void {
    if (!is) this.fail();
  }

  end(): void {
    this.expect(this.#at === this.#bytes.length);
  }

  fail(): never {
    throw new QuoteError(`${this.#what} is not what a TPM makes`);
  }
}

/** Checks that the key is an attestation key and signed what is said. Throws QuoteError. */
export function checkQuote({ key, quoted, signature }: Quote): Quoted {
  const coordinates = readKey(key);
  const numbers = readSignature(signature);
  const isSigned = verify(
    "sha256",
    quoted,
    { key: createPublicKey({ key: jwk(coordinates), format: "jwk" }), dsaEncoding: "ieee-p1363" },
    numbers,
  );
  if (!isSigned) throw new QuoteError("the quote is not signed by its key");
  return readQuoted(quoted, key);
}

function readKey(key: Uint8Array): readonly [Buffer, Buffer] {
  const reader = new Reader(key, "the attestation key");
  reader.expect(reader.take(KEY_HEAD.length).equals(KEY_HEAD));
  const coordinates = [coordinate(reader), coordinate(reader)] as const;
  reader.end();
  return coordinates;
}

/** Leading zeros may be left out. */
function coordinate(reader: Reader): Buffer {
  const bytes = reader.sized();
  reader.expect(bytes.length <= COORDINATE_BYTES);
  return Buffer.concat([Buffer.alloc(COORDINATE_BYTES - bytes.length), bytes]);
}

const jwk = ([x, y]: readonly [Buffer, Buffer]) => ({
  kty: "EC",
  crv: "P-256",
  x: x.toString("base64url"),
  y: y.toString("base64url"),
});

function readSignature(signature: Uint8Array): Buffer {
  const reader = new Reader(signature, "the signature");
  reader.expect(reader.number(2) === ECDSA && reader.number(2) === SHA256);
  const numbers = [coordinate(reader), coordinate(reader)];
  reader.end();
  return Buffer.concat(numbers);
}

function readQuoted(quoted: Uint8Array, key: Uint8Array): Quoted {
  const reader = new Reader(quoted, "what is signed");
  reader.expect(reader.number(4) === GENERATED && reader.number(2) === ATTEST_QUOTE);
  // The signer by its name, and that of what it is made under: the TPM's endorsement seed.
  const name = Buffer.concat([u16(SHA256), sha256(key)]);
  const parent = Buffer.alloc(4);
  parent.writeUInt32BE(ENDORSEMENT);
  reader.expect(reader.sized().equals(Buffer.concat([u16(SHA256), sha256(parent, name)])));
  const qualifying = reader.sized();
  reader.take(8 + 4 + 4 + 1 + 8); // clock, resets, restarts, whether the clock is safe, firmware
  const registers = readRegisters(reader);
  const digest = reader.sized();
  reader.expect(digest.length === DIGEST_BYTES);
  reader.end();
  return { keyDigest: sha256(key), qualifying, registers, digest };
}

function readRegisters(reader: Reader): number[] {
  reader.expect(reader.number(4) === 1 && reader.number(2) === SHA256);
  const bits = [...reader.take(reader.number(1))];
  return bits.flatMap((byte, i) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => 8 * i + bit),
  );
}

/** What a register holds that began at zero and was extended by these digests, in order. */
export const extended = (digests: readonly Uint8Array[]): Uint8Array =>
  digests.reduce<Uint8Array>((value, digest) => sha256(value, digest), Buffer.alloc(DIGEST_BYTES));

/** What a quote says of registers with these values. */
export const registersDigest = (values: readonly Uint8Array[]): Uint8Array => sha256(...values);
