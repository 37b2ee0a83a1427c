/** Cryptography of core/lib, copies into and out of the module's memory included, beside node's OpenSSL, noble and hash-wasm. */
import { createHash, generateKeyPairSync, hash, type KeyObject, sign, verify } from "node:crypto";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { createBLAKE2b } from "hash-wasm";
import { loadWasm } from "../support/wasm.ts";
import type { Comparison } from "./harness.ts";
import { version } from "./versions.ts";

const OPENSSL = `OpenSSL ${process.versions.openssl}`;
const MIB = 1_048_576;
/** Bytes of a signed message: about a transaction's digest with its intent, and some. */
const MESSAGE_BYTES = 128;
const ED25519_KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;

interface HashModule {
  readonly memory: WebAssembly.Memory;
  buffer(): number;
  blake2b256(out: number, input: number, length: number): void;
  sha512(out: number, input: number, length: number): void;
}

interface KeccakModule {
  readonly memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  sha3_256(length: number): void;
}

interface Ed25519Module {
  readonly memory: WebAssembly.Memory;
  buffer(): number;
  ed25519Verify(signature: number, publicKey: number, message: number, length: number): number;
}

interface MldsaModule {
  readonly memory: WebAssembly.Memory;
  publicKey(): number;
  signature(): number;
  message(): number;
  verify(set: number, signatureLength: number, length: number, contextLength: number): number;
}

/** Fails the run when a side refuses what it should accept: a fast refusal is no speed. */
function must(accepted: unknown): void {
  if (!accepted) throw new Error("a valid signature was refused");
}

/** Runs a digest in `memory`: input after the 64 bytes of output. */
function digesting(memory: WebAssembly.Memory, at: number, run: (out: number, input: number, length: number) => void) {
  const view = new Uint8Array(memory.buffer);
  return (data: Uint8Array, outLength: number): Uint8Array => {
    view.set(data, at + 64);
    run(at, at + 64, data.length);
    return view.slice(at, at + outLength);
  };
}

function ed25519Ours(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): () => void {
  const module = loadWasm<Ed25519Module>("test-ed25519");
  const view = new Uint8Array(module.memory.buffer);
  const at = module.buffer();
  const keyAt = at + ED25519_SIGNATURE_BYTES;
  const messageAt = keyAt + ED25519_KEY_BYTES;
  return () => {
    view.set(signature, at);
    view.set(publicKey, keyAt);
    view.set(message, messageAt);
    must(module.ed25519Verify(at, keyAt, messageAt, message.length));
  };
}

function mldsaOurs(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): () => void {
  const module = loadWasm<MldsaModule>("test-mldsa");
  const view = new Uint8Array(module.memory.buffer);
  return () => {
    view.set(publicKey, module.publicKey());
    view.set(signature, module.signature());
    view.set(message, module.message());
    must(module.verify(65, signature.length, message.length, 0));
  };
}

function rawKey(key: KeyObject): Uint8Array {
  return Buffer.from(key.export({ format: "jwk" }).x!, "base64url");
}

/** OpenSSL's Ed25519 verify: the peer that rows without a like-for-like peer are held against. */
export function opensslVerify(): { readonly peer: string; readonly run: () => void } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const message = new Uint8Array(MESSAGE_BYTES).fill(7);
  const signature = sign(null, message, privateKey);
  return { peer: `${OPENSSL} Ed25519 verify`, run: () => must(verify(null, message, publicKey, signature)) };
}

export async function primitives(): Promise<Comparison[]> {
  const message = new Uint8Array(MESSAGE_BYTES).fill(7);
  const small = new Uint8Array(64).fill(9);
  const large = new Uint8Array(MIB).fill(11);

  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const signature = sign(null, message, privateKey);
  const mldsa = ml_dsa65.keygen(new Uint8Array(32).fill(3));
  const mldsaSignature = ml_dsa65.sign(message, mldsa.secretKey);
  const openssl = opensslVerify();
  const mldsaVerify = mldsaOurs(mldsa.publicKey, message, mldsaSignature);

  const blake = loadWasm<HashModule>("test-blake2b");
  const blake2b = digesting(blake.memory, blake.buffer(), blake.blake2b256);
  const sha = loadWasm<HashModule>("test-sha512");
  const sha512 = digesting(sha.memory, sha.buffer(), sha.sha512);
  const keccak = loadWasm<KeccakModule>("test-keccak");
  const keccakMemory = new Uint8Array(keccak.memory.buffer);
  const sha3 = (data: Uint8Array): Uint8Array => {
    keccakMemory.set(data, keccak.input());
    keccak.sha3_256(data.length);
    return keccakMemory.slice(keccak.output(), keccak.output() + 32);
  };
  const hashWasm = await createBLAKE2b(256);
  // Node before 20.12 has no one-shot hash.
  const nodeHash = (name: string, data: Uint8Array) =>
    hash ? hash(name, data, "buffer") : createHash(name).update(data).digest();

  return [
    {
      work: "Ed25519 verify, 128 bytes",
      peer: openssl.peer,
      ours: ed25519Ours(rawKey(publicKey), message, signature),
      theirs: openssl.run,
    },
    {
      work: "ML-DSA-65 verify, 128 bytes",
      peer: `noble/post-quantum ${version("@noble/post-quantum")} ML-DSA-65`,
      ours: mldsaVerify,
      theirs: () => must(ml_dsa65.verify(mldsaSignature, message, mldsa.publicKey)),
    },
    { work: "ML-DSA-65 verify, 128 bytes", peer: openssl.peer, ours: mldsaVerify, theirs: openssl.run },
    {
      work: "BLAKE2b-256, 64 bytes",
      peer: `hash-wasm ${version("hash-wasm")} BLAKE2b-256`,
      ours: () => blake2b(small, 32),
      theirs: () => hashWasm.init().update(small).digest("binary"),
    },
    {
      work: "BLAKE2b-256, 1 MiB",
      peer: `${OPENSSL} BLAKE2b-512`,
      ours: () => blake2b(large, 32),
      theirs: () => nodeHash("blake2b512", large),
    },
    {
      work: "SHA-512, 1 MiB",
      peer: `${OPENSSL} SHA-512`,
      ours: () => sha512(large, 64),
      theirs: () => nodeHash("sha512", large),
    },
    {
      work: "SHA3-256, 1 MiB",
      peer: `${OPENSSL} SHA3-256`,
      ours: () => sha3(large),
      theirs: () => nodeHash("sha3-256", large),
    },
  ];
}
