/** ML-DSA in core/lib/sig against NIST's ACVP vectors and Wycheproof's; data/mldsa-*.json say which cases. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { describe, expect, it } from "vitest";
import acvp from "./data/mldsa-acvp.json" with { type: "json" };
import wycheproof from "./data/mldsa-wycheproof.json" with { type: "json" };
import {
  keyGen,
  type ParameterSet,
  scratchIsClear,
  sign,
  signMu,
  verify,
  verifyMu,
  ZERO_SEED,
} from "./mldsa-module.ts";

const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const base64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Where tr, the hash of the public key, lies in a secret key (FIPS 204, algorithm 24). */
const TR_AT = 64;

/** The message representative of ACVP's internal interface: no context is put before the message. */
function internalMu(tr: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("shake256", { outputLength: 64 }).update(tr).update(message).digest());
}

describe("ACVP ML-DSA", () => {
  it.each(acvp.keyGen)("keyGen $set tcId $tcId", ({ set, seed, publicKeySha256, secretKeySha256 }) => {
    const pair = keyGen(set as ParameterSet, hex(seed));
    expect(scratchIsClear()).toBe(true);
    expect(sha256(pair.publicKey)).toBe(publicKeySha256);
    expect(sha256(pair.secretKey)).toBe(secretKeySha256);
  });

  it.each(acvp.sigGen)("sigGen $set tcId $tcId", ({ set, rnd, secretKey, message, signatureSha256 }) => {
    const key = base64(secretKey);
    const mu = internalMu(key.slice(TR_AT, TR_AT + 64), base64(message));
    const signature = signMu(set as ParameterSet, key, mu, hex(rnd));
    expect(scratchIsClear()).toBe(true);
    expect(signature && sha256(signature)).toBe(signatureSha256);
  });

  it.each(acvp.sigVer)("sigVer $set tcId $tcId: $reason", ({ set, valid, message, signature }) => {
    const publicKey = base64(acvp.sigVerKeys.find((key) => key.set === set)!.publicKey);
    const tr = new Uint8Array(createHash("shake256", { outputLength: 64 }).update(publicKey).digest());
    expect(verifyMu(set as ParameterSet, publicKey, internalMu(tr, base64(message)), base64(signature))).toBe(valid);
  });
});

describe("ACVP ML-DSA, every case of 2024", () => {
  it("is here for both parameter sets", () => {
    const counts = [acvp.keyGen, acvp.sigGen, acvp.sigVer].map((cases) =>
      [44, 65].map((set) => cases.filter((one) => one.set === set).length),
    );
    expect(counts).toEqual([
      [25, 25],
      [20, 20],
      [15, 15],
    ]);
  });
});

interface SignCase {
  readonly set: number;
  readonly tcId: number;
  readonly comment: string;
  readonly seed: string;
  readonly publicKeySha256: string;
  readonly message?: string;
  readonly mu?: string;
  readonly context?: string;
  readonly rnd?: string;
  readonly valid: boolean;
  readonly signatureSha256?: string;
}

describe("Wycheproof ML-DSA", () => {
  it.each(wycheproof.sign as SignCase[])("sign $set tcId $tcId: $comment", (vector) => {
    const set = vector.set as ParameterSet;
    const { publicKey, secretKey } = keyGen(set, hex(vector.seed));
    expect(sha256(publicKey)).toBe(vector.publicKeySha256);
    const rnd = vector.rnd ? hex(vector.rnd) : ZERO_SEED;
    const context = hex(vector.context ?? "");
    const signature =
      vector.message === undefined
        ? signMu(set, secretKey, hex(vector.mu!), rnd)
        : sign(set, secretKey, hex(vector.message), context, rnd);
    expect(signature !== undefined).toBe(vector.valid);
    if (!signature) return;
    expect(scratchIsClear()).toBe(true);
    expect(sha256(signature)).toBe(vector.signatureSha256);
    const verified =
      vector.message === undefined
        ? verifyMu(set, publicKey, hex(vector.mu!), signature)
        : verify(set, publicKey, hex(vector.message), signature, context);
    expect(verified).toBe(true);
  });

  it.each(wycheproof.malformedSecretKeys)("sign $set tcId $tcId: $comment", ({ set, secretKey, message }) => {
    expect(sign(set as ParameterSet, base64(secretKey), hex(message))).toBeUndefined();
    expect(scratchIsClear()).toBe(true);
  });
});

interface VerifyCase {
  readonly set: ParameterSet;
  readonly tcId: number;
  readonly comment: string;
  /** Its place in `keys`. */
  readonly key: number;
  readonly message: string;
  readonly context: string;
  readonly valid: boolean;
  readonly signature: string;
}

describe("Wycheproof ML-DSA, every case of verifying", () => {
  const packed = readFileSync(new URL("data/mldsa-wycheproof-verify.json.br", import.meta.url));
  const { keys, verify: all } = JSON.parse(brotliDecompressSync(packed).toString()) as {
    readonly keys: readonly string[];
    readonly verify: readonly VerifyCase[];
  };
  const peers = { 44: ml_dsa44, 65: ml_dsa65 } as const;
  /** A key of another length comes no further than the form of a user's signature or a configuration: nothing here takes one. */
  const whole = all.filter(({ set, key }) => keys[key]!.length === 2 * peers[set].lengths.publicKey!);

  it.each([
    [44, 180, 176, 77],
    [65, 210, 206, 79],
  ])("is here for ML-DSA-%i", (set, cases, ofWholeKeys, valid) => {
    expect(all.filter((one) => one.set === set)).toHaveLength(cases);
    expect(all.filter((one) => one.set === set && one.valid)).toHaveLength(valid);
    expect(whole.filter((one) => one.set === set)).toHaveLength(ofWholeKeys);
    expect(all.filter((one) => !whole.includes(one)).some((one) => one.valid)).toBe(false);
  });

  it.each(whole)("ML-DSA-$set tcId $tcId: $comment", ({ set, key, message, context, valid, signature }) => {
    const publicKey = hex(keys[key]!);
    const decision = verify(set, publicKey, hex(message), hex(signature), hex(context));
    expect(decision).toBe(valid);
    expect(decision).toBe(nobleDecision(peers[set], publicKey, hex(message), hex(signature), hex(context)));
  });
});

/** noble throws for what has another length than it should. */
function nobleDecision(
  peer: typeof ml_dsa44,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  context: Uint8Array,
): boolean {
  try {
    return peer.verify(signature, message, publicKey, { context });
  } catch {
    return false;
  }
}
