/** The client module for ML-DSA, by the name under which programs import it: keys, signatures, texts. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodeIotaPrivateKey, Keypair, messageWithIntent, PublicKey } from "@iota/iota-sdk/cryptography";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { blake2b } from "@noble/hashes/blake2.js";
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { bech32 } from "@scure/base";
import { describe, expect, it } from "vitest";
import { MlDsaKeypair, MlDsaPublicKey, type MlDsaScheme } from "../../../host/client/mldsa-keypair.ts";

const hash = (bytes: Uint8Array) => blake2b(bytes, { dkLen: 32 });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const SEED = Uint8Array.from({ length: 32 }, (_, i) => i * 7);
const transaction = new TextEncoder().encode("bytes of a transaction");

it("is what the package's subpath gives", () => {
  const script =
    'const { MlDsaKeypair } = await import("caisson/mldsa-keypair"); console.log(new MlDsaKeypair("ML-DSA-44", new Uint8Array(32)).toIotaAddress())';
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL("../../..", import.meta.url)),
    encoding: "utf8",
  });
  expect(printed.trim()).toBe(new MlDsaKeypair("ML-DSA-44", new Uint8Array(32)).toIotaAddress());
});

describe.each([
  { scheme: "ML-DSA-44", flag: 0x20, algorithm: ml_dsa44, set: 44 },
  { scheme: "ML-DSA-65", flag: 0x21, algorithm: ml_dsa65, set: 65 },
] as const)("$scheme", ({ scheme, flag, algorithm, set }) => {
  const keypair = new MlDsaKeypair(scheme, SEED);
  const publicKey = keypair.getPublicKey();

  it("is the SDK's kind of key pair, with keys of FIPS 204 (ACVP's key generation)", () => {
    expect(keypair).toBeInstanceOf(Keypair);
    expect(publicKey).toBeInstanceOf(PublicKey);
    const acvp = JSON.parse(readFileSync(new URL("../../vectors/data/mldsa-acvp.json", import.meta.url), "utf8"));
    const cases = acvp.keyGen.filter((one: { set: number }) => one.set === set);
    expect(cases.length).toBeGreaterThan(10);
    for (const { seed, publicKeySha256 } of cases) {
      const key = new MlDsaKeypair(scheme, Buffer.from(seed, "hex")).getPublicKey().toRawBytes();
      expect(createHash("sha256").update(key).digest("hex")).toBe(publicKeySha256);
    }
  });

  it("has the address of flag and key", () => {
    const raw = publicKey.toRawBytes();
    expect(publicKey.flag()).toBe(flag);
    expect(publicKey.toIotaBytes()).toEqual(Uint8Array.of(flag, ...raw));
    expect(keypair.toIotaAddress()).toBe(`0x${hex(hash(Uint8Array.of(flag, ...raw)))}`);
    expect(publicKey.verifyAddress(keypair.toIotaAddress())).toBe(true);
    expect(keypair.getKeyScheme()).toBe(scheme);
  });

  it.each(["TransactionData", "PersonalMessage"] as const)("signs a %s with its flag, not 0", async (intent) => {
    const { signature, bytes } = await keypair.signWithIntent(transaction, intent);
    expect(Buffer.from(bytes, "base64")).toEqual(Buffer.from(transaction));
    const serialized = Buffer.from(signature, "base64");
    const raw = publicKey.toRawBytes();
    expect(serialized[0]).toBe(flag);
    expect(serialized.subarray(-raw.length)).toEqual(Buffer.from(raw));
    const bare = serialized.subarray(1, -raw.length);
    const digest = hash(messageWithIntent(intent, transaction));
    expect(algorithm.verify(bare, digest, raw)).toBe(true);
  });

  it("verifies what it signed and nothing else", async () => {
    const { signature } = await keypair.signTransaction(transaction);
    expect(await publicKey.verifyTransaction(transaction, signature)).toBe(true);
    expect(await publicKey.verifyPersonalMessage(transaction, signature)).toBe(false);
    expect(await publicKey.verifyTransaction(transaction.subarray(1), signature)).toBe(false);
    const personal = await keypair.signPersonalMessage(transaction);
    expect(await publicKey.verifyPersonalMessage(transaction, personal.signature)).toBe(true);
    const bare = await keypair.sign(SEED);
    expect(await publicKey.verify(SEED, bare)).toBe(true);

    const serialized = Buffer.from(signature, "base64");
    for (const place of [0, 1, serialized.length - 1]) {
      const changed = Uint8Array.from(serialized);
      changed[place]! ^= 1;
      expect(await publicKey.verifyTransaction(transaction, changed)).toBe(false);
    }
    expect(await publicKey.verifyTransaction(transaction, serialized.subarray(0, -1))).toBe(false);
    expect(await publicKey.verifyTransaction(transaction, new Uint8Array(0))).toBe(false);
    const ofOther = await new MlDsaKeypair(scheme).signTransaction(transaction);
    expect(await publicKey.verifyTransaction(transaction, ofOther.signature)).toBe(false);
  });

  it("signs anew each time: FIPS 204's hedged signatures", async () => {
    const [one, two] = [await keypair.sign(SEED), await keypair.sign(SEED)];
    expect(hex(one)).not.toBe(hex(two));
  });

  it("is written as text and read back", () => {
    const text = keypair.getSecretKey();
    const { prefix, bytes } = bech32.decodeToBytes(text);
    expect(prefix).toBe("caissonprivkey");
    expect(bytes).toEqual(Uint8Array.of(flag, ...SEED));
    const read = MlDsaKeypair.fromSecretKey(text);
    expect(read.scheme).toBe(scheme);
    expect(read.toIotaAddress()).toBe(keypair.toIotaAddress());
    expect(() => decodeIotaPrivateKey(text)).toThrow("invalid private key prefix");
  });

  it("has a public key that is read from bytes and base64, of its length alone", () => {
    const raw = publicKey.toRawBytes();
    expect(new MlDsaPublicKey(raw, scheme).equals(publicKey)).toBe(true);
    expect(new MlDsaPublicKey(publicKey.toBase64(), scheme).equals(publicKey)).toBe(true);
    expect(new MlDsaPublicKey([...raw], scheme).equals(new MlDsaKeypair(scheme).getPublicKey())).toBe(false);
    expect(publicKey.equals(new Ed25519Keypair().getPublicKey())).toBe(false);
    expect(() => new MlDsaPublicKey(raw.subarray(1), scheme)).toThrow(RangeError);
    raw[0]! ^= 1;
    expect(new MlDsaKeypair(scheme, SEED).getPublicKey().equals(publicKey)).toBe(true);
  });
});

describe("a secret key's text", () => {
  const encode = (prefix: string, bytes: Uint8Array) => bech32.encode(prefix, bech32.toWords(bytes));
  const good = new MlDsaKeypair("ML-DSA-44", SEED).getSecretKey();

  it.each([
    ["another prefix", encode("iotaprivkey", Uint8Array.of(0x20, ...SEED))],
    ["a wrong checksum", good.slice(0, -1) + (good.endsWith("q") ? "p" : "q")],
    ["no text", ""],
    ["a flag of another scheme", encode("caissonprivkey", Uint8Array.of(0, ...SEED))],
    ["a short seed", encode("caissonprivkey", Uint8Array.of(0x20, ...SEED.subarray(1)))],
    ["nothing behind the prefix", encode("caissonprivkey", new Uint8Array(0))],
  ])("with %s is refused, and not repeated", (_, text) => {
    let message = "";
    try {
      MlDsaKeypair.fromSecretKey(text);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      message = (error as Error).message;
    }
    expect(message).not.toBe("");
    if (text.length > 20) expect(message).not.toContain(text.slice(16));
  });

  it("is made of a seed of 32 bytes alone", () => {
    for (const length of [0, 31, 33, 64]) {
      expect(() => new MlDsaKeypair("ML-DSA-65" satisfies MlDsaScheme, new Uint8Array(length))).toThrow(RangeError);
    }
  });
});
