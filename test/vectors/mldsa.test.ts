/** ML-DSA in core/lib/sig against NIST's ACVP vectors and Wycheproof's; data/mldsa-*.json say which cases. */
import { createHash } from "node:crypto";
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

  it.each(wycheproof.verify)("verify $set tcId $tcId: $comment", ({ set, key, message, context, valid, signature }) => {
    const publicKey = base64(wycheproof.verifyKeys[key]!);
    expect(verify(set as ParameterSet, publicKey, hex(message), base64(signature), hex(context))).toBe(valid);
  });
});
