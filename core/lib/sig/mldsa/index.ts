/**
 * ML-DSA-65 and ML-DSA-44 (FIPS 204), pure, not pre-hashed. All arguments are addresses and byte lengths; buffers have the
 * full length of what they hold, and outputs do not overlap inputs. Seeds and `rnd` are 32 bytes.
 *
 * Signing with `rnd` all zero is the deterministic variant. Everything a secret has passed through is cleared on return.
 */
import { keyGen } from "./keygen";
import { MLDSA44, MLDSA65 } from "./parameters";
import { sign } from "./sign";
import { verify } from "./verify";

export {
  MLDSA44_PUBLIC_KEY_BYTES,
  MLDSA44_SECRET_KEY_BYTES,
  MLDSA44_SIGNATURE_BYTES,
  MLDSA65_PUBLIC_KEY_BYTES,
  MLDSA65_SECRET_KEY_BYTES,
  MLDSA65_SIGNATURE_BYTES,
} from "./parameters";

export function mldsa65KeyGen(publicKey: usize, secretKey: usize, seed: usize): void {
  keyGen(MLDSA65, publicKey, secretKey, seed);
}

/** False if the context is too long, the key malformed, or 814 attempts were rejected; the signature is then untouched. */
export function mldsa65Sign(
  signature: usize,
  secretKey: usize,
  message: usize,
  length: u32,
  context: usize,
  contextLength: u32,
  rnd: usize,
): bool {
  return sign(MLDSA65, signature, secretKey, message, length, context, contextLength, rnd);
}

export function mldsa65Verify(
  signature: usize,
  signatureLength: u32,
  publicKey: usize,
  message: usize,
  length: u32,
  context: usize,
  contextLength: u32,
): bool {
  return verify(MLDSA65, signature, signatureLength, publicKey, message, length, context, contextLength);
}

export function mldsa44KeyGen(publicKey: usize, secretKey: usize, seed: usize): void {
  keyGen(MLDSA44, publicKey, secretKey, seed);
}

/** As `mldsa65Sign`. */
export function mldsa44Sign(
  signature: usize,
  secretKey: usize,
  message: usize,
  length: u32,
  context: usize,
  contextLength: u32,
  rnd: usize,
): bool {
  return sign(MLDSA44, signature, secretKey, message, length, context, contextLength, rnd);
}

export function mldsa44Verify(
  signature: usize,
  signatureLength: u32,
  publicKey: usize,
  message: usize,
  length: u32,
  context: usize,
  contextLength: u32,
): bool {
  return verify(MLDSA44, signature, signatureLength, publicKey, message, length, context, contextLength);
}
