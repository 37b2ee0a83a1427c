/**
 * What a node with a TPM says of itself to somebody who asks, and how that is checked: which image runs, and whose key its vault has. It holds as far as the
 * attestation key lies in a TPM, which nothing here shows: the TPM is simulated, and a chip's maker would have to say it (a certificate of the endorsement key).
 */
import { createHash } from "node:crypto";
import { PUBLIC_KEY_BYTES } from "../../core/wire/limits.ts";
import { checkQuote, extended, type Quote, QuoteError, registersDigest } from "./quote.ts";
import { MEASURED_REGISTER, QUOTED_REGISTERS } from "./registers.ts";

export const NONCE_BYTES = 32;
const SHA256_BYTES = 32;
/** What a quote is made for begins with these (tpm-trust.c). */
const PURPOSE = new TextEncoder().encode("caisson attestation 1");
/** Nobody measures what starts an image here. */
const UNTOUCHED = new Uint8Array(SHA256_BYTES);

export interface Attestation extends Quote {
  /** ML-DSA-65, of the vault. */
  readonly publicKey: Uint8Array;
}

export const ATTESTATION_FAULTS = {
  malformedAttestation: "it is not what a node answers",
  notQuoted: "the quote does not hold",
  otherNonce: "it was made for another nonce, or for another vault's key",
  otherImage: "another image runs, or it was started otherwise",
} as const;

export class AttestationError extends Error {
  override readonly name = "AttestationError";
  readonly code: keyof typeof ATTESTATION_FAULTS;

  constructor(code: keyof typeof ATTESTATION_FAULTS, detail?: string) {
    super(detail ? `${ATTESTATION_FAULTS[code]}: ${detail}` : ATTESTATION_FAULTS[code]);
    this.code = code;
  }
}

/** Takes apart what a core says (tpm-trust.h). Throws AttestationError. */
export function readAttestation(bytes: Uint8Array): Attestation {
  const parts = [bytes.subarray(0, PUBLIC_KEY_BYTES)];
  let at = PUBLIC_KEY_BYTES;
  for (let i = 0; i < 3; i++) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    parts.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (at !== bytes.length) throw new AttestationError("malformedAttestation");
  const [publicKey, key, quoted, signature] = parts;
  return { publicKey: publicKey!, key: key!, quoted: quoted!, signature: signature! };
}

export interface VerifiedAttestation {
  /** SHA-256 of the image that runs, hex: one of those expected. */
  readonly image: string;
  readonly publicKey: Uint8Array;
  /** SHA-256 of the attestation key's public area, hex: the same as long as the TPM is. */
  readonly attestationKey: string;
}

/** `images`: SHA-256 of those that may run, hex. Throws AttestationError. */
export function verifyAttestation(
  attestation: Attestation,
  { nonce, images }: { readonly nonce: Uint8Array; readonly images: readonly string[] },
): VerifiedAttestation {
  const { publicKey } = attestation;
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new AttestationError("malformedAttestation");
  const { keyDigest, qualifying, registers, digest } = quotedBy(attestation);
  if (!equal(qualifying, sha256(PURPOSE, nonce, publicKey))) throw new AttestationError("otherNonce");
  if (registers.join() !== QUOTED_REGISTERS.join())
    throw new AttestationError("otherImage", "other registers are quoted");
  const image = images.find((sha256) => equal(digest, expectedDigest(sha256)));
  if (image === undefined) throw new AttestationError("otherImage");
  return { image, publicKey, attestationKey: Buffer.from(keyDigest).toString("hex") };
}

function quotedBy(quote: Quote) {
  try {
    return checkQuote(quote);
  } catch (error) {
    // What is no point of the curve is refused by the runtime.
    throw new AttestationError("notQuoted", error instanceof QuoteError ? error.message : undefined);
  }
}

/** Of all quoted registers, when an image with this hash is all that was measured. */
function expectedDigest(image: string): Uint8Array {
  const measured = extended([Buffer.from(image, "hex")]);
  return registersDigest(QUOTED_REGISTERS.map((register) => (register === MEASURED_REGISTER ? measured : UNTOUCHED)));
}

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.from(one).equals(other);

function sha256(...pieces: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}
