/** Cryptography of core/lib, copies into and out of the module's memory included, beside node's OpenSSL, noble and hash-wasm. */
import { createHash, generateKeyPairSync, hash, type KeyObject, randomBytes, sign, verify } from "node:crypto";
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { createBLAKE2b } from "hash-wasm";
import { loadWasm } from "../support/wasm.ts";
import { bigEndian, CURVES, type TestedCurve } from "../vectors/ecdsa-module.ts";
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
  ed25519VerifyBatch(verdicts: number, items: number, count: number): number;
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

/** Signatures that take turns, so that no side sees one thing again and again. */
const SIGNATURES = 64;

interface Ed25519Item {
  readonly key: KeyObject;
  readonly rawKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const ed25519Items: readonly Ed25519Item[] = Array.from({ length: SIGNATURES }, () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const message = randomBytes(MESSAGE_BYTES);
  const rawKey = Buffer.from(publicKey.export({ format: "jwk" }).x!, "base64url");
  return { key: publicKey, rawKey, message, signature: sign(null, message, privateKey) };
});

/** Calls one after another, round and round. */
function inTurn<T>(items: readonly T[], act: (item: T) => void): () => void {
  let next = 0;
  return () => {
    act(items[next]!);
    next = (next + 1) % items.length;
  };
}

/** Our Ed25519 verify, one signature a run. */
export function ed25519Verify(): () => void {
  const module = loadWasm<Ed25519Module>("test-ed25519", "simd");
  const view = new Uint8Array(module.memory.buffer);
  const at = module.buffer();
  const keyAt = at + ED25519_SIGNATURE_BYTES;
  const messageAt = keyAt + ED25519_KEY_BYTES;
  return inTurn(ed25519Items, ({ signature, rawKey, message }) => {
    view.set(signature, at);
    view.set(rawKey, keyAt);
    view.set(message, messageAt);
    must(module.ed25519Verify(at, keyAt, messageAt, message.length));
  });
}

/** All SIGNATURES in one batch a run. */
function ed25519Batch(): () => void {
  const module = loadWasm<Ed25519Module>("test-ed25519", "simd");
  const view = new Uint8Array(module.memory.buffer);
  const words = new Uint32Array(module.memory.buffer);
  const items = module.buffer();
  const verdicts = items + 16 * SIGNATURES;
  const data = verdicts + SIGNATURES;
  const size = ED25519_SIGNATURE_BYTES + ED25519_KEY_BYTES + MESSAGE_BYTES;
  return () => {
    ed25519Items.forEach(({ signature, rawKey, message }, i) => {
      const at = data + i * size;
      const keyAt = at + ED25519_SIGNATURE_BYTES;
      const messageAt = keyAt + ED25519_KEY_BYTES;
      view.set(signature, at);
      view.set(rawKey, keyAt);
      view.set(message, messageAt);
      words.set([at, keyAt, messageAt, MESSAGE_BYTES], items / 4 + 4 * i);
    });
    must(module.ed25519VerifyBatch(verdicts, items, SIGNATURES));
  };
}

/** Our ML-DSA verify with keys that take turns: with two, every key comes as a new one, because the module keeps what it made of the last. */
function mldsaVerify(set: 44 | 65, keys: number): () => void {
  const module = loadWasm<MldsaModule>("test-mldsa", "simd");
  const view = new Uint8Array(module.memory.buffer);
  const algorithm = set === 44 ? ml_dsa44 : ml_dsa65;
  const items = Array.from({ length: keys }, (_, i) => {
    const { publicKey, secretKey } = algorithm.keygen(new Uint8Array(32).fill(i));
    const message = new Uint8Array(MESSAGE_BYTES).fill(7);
    return { publicKey, message, signature: algorithm.sign(message, secretKey) };
  });
  return inTurn(items, ({ publicKey, message, signature }) => {
    view.set(publicKey, module.publicKey());
    view.set(signature, module.signature());
    view.set(message, module.message());
    must(module.verify(set, signature.length, message.length, 0));
  });
}

/** ECDSA over SHA-256 beside OpenSSL on the same curve, in one row. */
function ecdsaVerify(curve: TestedCurve): Comparison {
  const items = Array.from({ length: SIGNATURES }, () => {
    const { publicKey: key, privateKey } = generateKeyPairSync("ec", { namedCurve: curve.opensslName });
    const jwk = key.export({ format: "jwk" });
    const [x, y] = [Buffer.from(jwk.x!, "base64url"), Buffer.from(jwk.y!, "base64url")];
    const message = randomBytes(MESSAGE_BYTES);
    const signature = sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
    const s = BigInt(`0x${signature.toString("hex", 32)}`);
    // OpenSSL signs with either s; this project accepts the low one alone.
    signature.set(bigEndian(s > curve.n / 2n ? curve.n - s : s), 32);
    const publicKey = Buffer.from([2 + (y[31]! & 1), ...x]);
    return { key, publicKey, message, signature, digest: createHash("sha256").update(message).digest() };
  });
  return {
    work: `ECDSA ${curve.name} verify`,
    peer: `${OPENSSL} ECDSA ${curve.opensslName}`,
    ours: inTurn(items, ({ signature, publicKey, digest }) => must(curve.verify(signature, publicKey, digest))),
    theirs: inTurn(items, ({ key, message, signature }) =>
      must(verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature)),
    ),
  };
}

/** OpenSSL's Ed25519 verify: the peer that rows without a like-for-like peer are held against. */
export function opensslVerify(): { readonly peer: string; readonly run: () => void } {
  const run = inTurn(ed25519Items, ({ key, message, signature }) => must(verify(null, message, key, signature)));
  return { peer: `${OPENSSL} Ed25519 verify`, run };
}

export async function primitives(): Promise<Comparison[]> {
  const message = new Uint8Array(MESSAGE_BYTES).fill(7);
  const small = new Uint8Array(64).fill(9);
  const large = new Uint8Array(MIB).fill(11);

  const mldsa = ml_dsa65.keygen(new Uint8Array(32));
  const mldsaSignature = ml_dsa65.sign(message, mldsa.secretKey);
  const openssl = opensslVerify();
  const againstOpenssl = (work: string, ours: () => void, atLeast?: number, pieces = 1): Comparison => ({
    work,
    peer: openssl.peer,
    ours,
    theirs: openssl.run,
    pieces,
    ...(atLeast === undefined ? {} : { atLeast }),
  });

  const blake = loadWasm<HashModule>("test-blake2b", "simd");
  const blake2b = digesting(blake.memory, blake.buffer(), blake.blake2b256);
  const sha = loadWasm<HashModule>("test-sha512", "simd");
  const sha512 = digesting(sha.memory, sha.buffer(), sha.sha512);
  const keccak = loadWasm<KeccakModule>("test-keccak", "simd");
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
    againstOpenssl("Ed25519 verify, one", ed25519Verify(), 1.3),
    againstOpenssl(`Ed25519 verify, each of a batch of ${SIGNATURES}`, ed25519Batch(), 2.9, SIGNATURES),
    ...CURVES.map(ecdsaVerify),
    againstOpenssl("ML-DSA-44 verify, a new key each time", mldsaVerify(44, 2), 1.75),
    againstOpenssl("ML-DSA-44 verify, the key of the last time", mldsaVerify(44, 1)),
    againstOpenssl("ML-DSA-65 verify, a new key each time", mldsaVerify(65, 2), 1.1),
    againstOpenssl("ML-DSA-65 verify, the key of the last time", mldsaVerify(65, 1)),
    {
      work: "ML-DSA-65 verify, a new key each time",
      peer: `noble/post-quantum ${version("@noble/post-quantum")} ML-DSA-65`,
      ours: mldsaVerify(65, 2),
      theirs: () => must(ml_dsa65.verify(mldsaSignature, message, mldsa.publicKey)),
    },
    {
      work: "BLAKE2b-256, 64 bytes, copies in and out",
      peer: `hash-wasm ${version("hash-wasm")} BLAKE2b-256`,
      ours: () => blake2b(small, 32),
      theirs: () => hashWasm.init().update(small).digest("binary"),
      atLeast: 1.8,
    },
    {
      work: "BLAKE2b-256, 1 MiB",
      peer: `${OPENSSL} BLAKE2b-512`,
      ours: () => blake2b(large, 32),
      theirs: () => nodeHash("blake2b512", large),
      atLeast: 0.8,
    },
    {
      work: "SHA3-256, 1 MiB",
      peer: `${OPENSSL} SHA3-256`,
      ours: () => sha3(large),
      theirs: () => nodeHash("sha3-256", large),
      atLeast: 0.62,
    },
    {
      work: "SHA-512, 1 MiB",
      peer: `${OPENSSL} SHA-512`,
      ours: () => sha512(large, 64),
      theirs: () => nodeHash("sha512", large),
    },
  ];
}
