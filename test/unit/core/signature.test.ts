/** core/lib/iota/signature: published signatures of every scheme, passkeys' form, and flags. Rules of multisig are in multisig.test.ts. */
import { readFileSync } from "node:fs";
import { bcs } from "@iota/iota-sdk/bcs";
import { PasskeyKeypair } from "@iota/iota-sdk/keypairs/passkey";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SoftwarePasskey } from "../../support/passkey.ts";
import {
  addressOf,
  faultOf,
  form,
  fromBase64,
  hash,
  memory,
  OUT,
  personalMessage,
  transactionMessage,
  utf8,
  wasm,
} from "./signature-support.ts";

const upstream = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../vectors/data/upstream/${file}.json`, import.meta.url), "utf8"));

describe("published values", () => {
  it("intent digest, addresses and signatures of Ed25519 and secp256k1", () => {
    const { transactionData, intentDigest, cases } = upstream("signing");
    const bytes = fromBase64(transactionData);
    memory.set(bytes, OUT + 1024);
    wasm.transactionMessage(OUT, OUT + 1024, bytes.length);
    const message = memory.slice(OUT, OUT + 32);
    expect(Buffer.from(message).toString("base64")).toBe(intentDigest);
    const flags: Record<string, number> = { ed25519: 0, secp256k1: 1 };
    expect(cases.map(({ scheme }: { scheme: string }) => flags[scheme]).sort()).toEqual([0, 0, 0, 1, 1, 1]);
    for (const { scheme, publicKey, address, signature } of cases) {
      const serialized = Buffer.concat([Uint8Array.of(flags[scheme]!), fromBase64(signature), fromBase64(publicKey)]);
      expect(faultOf(serialized, message)).toBeUndefined();
      expect(addressOf(serialized)).toBe(address);
      serialized[40]! ^= 1;
      expect(faultOf(serialized, message)?.name).toBe("signature");
    }
  });

  interface UpstreamSignature {
    readonly name: string;
    readonly transaction?: string;
    readonly personalMessage?: string;
    readonly bare?: string;
    readonly address?: string;
    readonly signature: string;
    readonly fault: string | null;
  }
  const signatures: UpstreamSignature[] = upstream("user-signatures").cases;

  it.each(signatures)("$name", (one) => {
    const signature = fromBase64(one.signature);
    if (one.bare !== undefined) {
      // Signed without intent and hash: no 32-byte message stands for it. Its form and its address are all there is here.
      expect(form(signature)).toBeUndefined();
      return;
    }
    const message = one.transaction
      ? transactionMessage(fromBase64(one.transaction))
      : personalMessage(fromBase64(one.personalMessage!));
    expect(faultOf(signature, message)?.name ?? null).toBe(one.fault);
    if (one.address) expect(addressOf(signature)).toBe(one.address);
    if (one.fault === null) expect(faultOf(signature, hash(message))).toBeDefined();
  });

  it("the passkey signs a transaction of its own address", () => {
    const { transaction, signature } = signatures[0]!;
    const { sender } = bcs.TransactionData.parse(fromBase64(transaction!)).V1;
    expect(addressOf(fromBase64(signature))).toBe(sender);
  });
});

describe("flags", () => {
  it("of seven schemes are supported", () => {
    const supported = Array.from({ length: 256 }, (_, flag) => flag).filter((flag) => wasm.isSupportedFlag(flag) === 1);
    expect(supported).toEqual([0, 1, 2, 3, 6, 0x20, 0x21]);
  });
});

describe("passkeys", () => {
  const message = hash(utf8("a transaction"));
  const Authenticator = bcs.struct("Authenticator", {
    authenticatorData: bcs.byteVector(),
    clientDataJson: bcs.byteVector(),
    signature: bcs.byteVector(),
  });
  const passkey = new SoftwarePasskey(new Uint8Array(32).fill(21));
  const serialize = (fields: Parameters<typeof Authenticator.serialize>[0]) =>
    Uint8Array.of(6, ...Authenticator.serialize(fields).toBytes());

  async function signed() {
    const keypair = await PasskeyKeypair.getPasskeyInstance(passkey);
    const bytes = await keypair.sign(message);
    return { keypair, fields: Authenticator.parse(bytes), signature: Uint8Array.of(6, ...bytes) };
  }

  it("of the SDK are accepted, for their own address", async () => {
    const { keypair, signature } = await signed();
    expect(faultOf(signature, message)).toBeUndefined();
    expect(addressOf(signature)).toBe(keypair.getPublicKey().toIotaAddress());
    expect(faultOf(signature, hash(message))?.name).toBe("otherChallenge");
  });

  it("are refused when what they sign, or the signature, is changed", async () => {
    const { fields } = await signed();
    const authenticatorData = Uint8Array.from(fields.authenticatorData);
    authenticatorData[32]! ^= 4;
    expect(faultOf(serialize({ ...fields, authenticatorData }), message)?.name).toBe("signature");
    const clientDataJson = Uint8Array.from([...fields.clientDataJson, 0x20]);
    expect(faultOf(serialize({ ...fields, clientDataJson }), message)?.name).toBe("signature");
    const signature = Uint8Array.from(fields.signature);
    signature[7]! ^= 1;
    expect(faultOf(serialize({ ...fields, signature }), message)?.name).toBe("signature");
  });

  it("are refused by what is wrong with their form", async () => {
    const { fields, signature } = await signed();
    const json = (change: (text: string) => string) =>
      serialize({ ...fields, clientDataJson: utf8(change(Buffer.from(fields.clientDataJson).toString())) });
    const inner = Uint8Array.from(fields.signature);
    const withFlag = (flag: number, length: number) =>
      serialize({ ...fields, signature: [flag, ...inner.subarray(1, length)] });
    const cases: [string, Uint8Array][] = [
      ["malformed", Uint8Array.of(6)],
      ["malformed", signature.subarray(0, -1)],
      ["malformed", Uint8Array.of(...signature, 0)],
      ["malformed", serialize({ ...fields, clientDataJson: [0xff] })],
      ["malformed", serialize({ ...fields, signature: [] })],
      ["malformed", serialize({ ...fields, signature: inner.subarray(0, -1) })],
      ["malformed", withFlag(3, 98)],
      ["malformed", withFlag(0x20, 98)],
      ["malformed", withFlag(0, 98)],
      ["notSecp256r1", withFlag(0, 97)],
      ["notSecp256r1", withFlag(1, 98)],
      ["clientData", json(() => "")],
      ["clientData", json((text) => text.replace(".get", ".create"))],
      ["clientData", json((text) => text.replace("challenge", "other"))],
      ["malformedChallenge", json((text) => text.replace('"challenge":"', '"challenge":"A'))],
    ];
    for (const [name, bytes] of cases) expect(form(bytes)?.name).toBe(name);
  });

  it("of client data beyond the bound of a signature are refused", async () => {
    const { fields } = await signed();
    const clientDataJson = new Uint8Array(16_385).fill(0x20);
    expect(form(serialize({ ...fields, clientDataJson }))?.name).toBe("clientData");
  });

  it("never pass with any one bit changed", async () => {
    const { signature } = await signed();
    fc.assert(
      fc.property(fc.nat(8 * signature.length - 1), (bit) => {
        const changed = Uint8Array.from(signature);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        if (changed[0] !== 6) return;
        expect(faultOf(changed, message)).toBeDefined();
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});
