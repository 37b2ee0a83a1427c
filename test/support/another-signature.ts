/** Valid Ed25519 signatures of one message that differ: RFC 8032, 5.1.6, but for r, which is the signer's to choose. */
import { decodeIotaPrivateKey, messageWithIntent } from "@iota/iota-sdk/cryptography";
import type { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { ed25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha512 } from "@noble/hashes/sha2.js";

const bigEndian = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const littleEndian = (bytes: Uint8Array) => bigEndian(bytes.slice().reverse());
const littleEndianBytes = (value: bigint) =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex")).reverse();

/** The n-th serialized signature of a transaction's bytes, in base64. */
export function anotherSignature(signer: Ed25519Keypair, bytes: Uint8Array, n: number): string {
  const { secretKey } = decodeIotaPrivateKey(signer.getSecretKey());
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(secretKey);
  const order = ed25519.Point.Fn.ORDER;
  const message = blake2b(messageWithIntent("TransactionData", bytes), { dkLen: 32 });
  const r = BigInt(n + 2);
  const R = ed25519.Point.BASE.multiply(r).toBytes();
  const k = littleEndian(sha512(Buffer.concat([R, pointBytes, message]))) % order;
  const s = (r + k * scalar) % order;
  return toBase64(Buffer.concat([Uint8Array.of(0), R, littleEndianBytes(s), pointBytes]));
}
