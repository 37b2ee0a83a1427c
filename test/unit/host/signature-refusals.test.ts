/** What clients are told of refused signatures, and whose the host takes signatures to be: against the SDK's own addresses. */
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { PasskeyKeypair } from "@iota/iota-sdk/keypairs/passkey";
import { Secp256k1Keypair } from "@iota/iota-sdk/keypairs/secp256k1";
import { Secp256r1Keypair } from "@iota/iota-sdk/keypairs/secp256r1";
import { MultiSigPublicKey } from "@iota/iota-sdk/multisig";
import { blake2b } from "@noble/hashes/blake2.js";
import { describe, expect, it } from "vitest";
import { codeNumber, SignatureFault } from "../../../core/wire/codes.ts";
import { MultisigBcs, signatureAddress } from "../../../host/format/user-signature.ts";
import {
  badSignatureText,
  malformedSignatureText,
  unsupportedSchemeText,
} from "../../../host/rpc/signature-refusals.ts";
import { SoftwarePasskey } from "../../support/passkey.ts";

const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const seed = (byte: number) => new Uint8Array(32).fill(byte);
const bytes = Uint8Array.of(1, 2, 3);

const keys = [
  Ed25519Keypair.fromSecretKey(seed(1)),
  Secp256k1Keypair.fromSecretKey(seed(2)),
  Secp256r1Keypair.fromSecretKey(seed(3)),
] as const;
const committee = MultiSigPublicKey.fromPublicKeys({
  threshold: 258,
  publicKeys: keys.map((key, i) => ({ publicKey: key.getPublicKey(), weight: 100 + i })),
});
const signatures = await Promise.all(keys.map(async (key) => (await key.signTransaction(bytes)).signature));
const multisig = fromBase64(committee.combinePartialSignatures(signatures));
const passkey = await PasskeyKeypair.getPasskeyInstance(new SoftwarePasskey(seed(4)));
const ofPasskey = fromBase64((await passkey.signTransaction(bytes)).signature);

describe("a signature's address", () => {
  it("is the SDK's, of every scheme that it has", () => {
    keys.forEach((key, i) => {
      expect(signatureAddress(fromBase64(signatures[i]!))).toBe(key.toIotaAddress());
    });
    expect(signatureAddress(multisig)).toBe(committee.toIotaAddress());
    expect(signatureAddress(ofPasskey)).toBe(passkey.toIotaAddress());
  });

  it.each([
    [0x20, 2_420, 1_312],
    [0x21, 3_309, 1_952],
  ])("of flag %i is the hash of flag and key", (flag, bare, key) => {
    const signature = Uint8Array.of(flag, ...new Uint8Array(bare).fill(1), ...new Uint8Array(key).fill(2));
    const expected = blake2b(Uint8Array.of(flag, ...new Uint8Array(key).fill(2)), { dkLen: 32 });
    expect(signatureAddress(signature)).toBe(`0x${Buffer.from(expected).toString("hex")}`);
  });
});

const fault = (name: keyof typeof SignatureFault, x = 0, y = 0) =>
  BigInt(codeNumber(SignatureFault, name)) | (BigInt(x) << 16n) | (BigInt(y) << 32n);

/** Sources: iotaledger/iota crates/iota-types/src/{crypto,multisig,passkey_authenticator}.rs; error.rs for "Signature is not valid". */
describe("a signature that does not verify", () => {
  const invalid = "Invalid signature was given to the function";
  const member = (i: number) =>
    `Invalid sig for pk=${keys[i]!.getPublicKey().toIotaPublicKey()} address=${keys[i]!.toIotaAddress()} error=`;

  it.each([
    ["of one key", fromBase64(signatures[0]!), fault("signature"), `Fail to verify user sig ${invalid}`],
    ["of a multisig, one member's", multisig, fault("memberSignature", 1, 2), `${member(1)}"${invalid}"`],
    [
      "of a multisig, another scheme's",
      multisig,
      fault("memberScheme", 2),
      `${member(2)}signature/pubkey type mismatch`,
    ],
    ["of too few members", multisig, fault("insufficientWeight", 100, 258), "Insufficient weight=100 threshold=258"],
    ["of a passkey, for something else", ofPasskey, fault("otherChallenge"), "Invalid challenge"],
    ["of a passkey", ofPasskey, fault("signature"), "Fails to verify"],
  ])("%s", (_, signature, b, says) => {
    expect(badSignatureText(signature, b)).toBe(`Signature is not valid: ${says}`);
  });

  it("of a passkey in a multisig", () => {
    const key = passkey.getPublicKey();
    const inside = Uint8Array.of(
      3,
      ...MultisigBcs.serialize({
        signatures: [{ Passkey: ofPasskey }],
        bitmap: 1,
        members: [{ key: { Passkey: key.toRawBytes() }, weight: 1 }],
        threshold: 1,
      }).toBytes(),
    );
    const prefix = `Signature is not valid: Invalid sig for pk=${key.toIotaPublicKey()} address=${key.toIotaAddress()} error=`;
    const inner = codeNumber(SignatureFault, "otherChallenge");
    expect(badSignatureText(inside, fault("memberSignature", 0, inner))).toBe(
      `${prefix}"Signature is not valid: Invalid challenge"`,
    );
    expect(badSignatureText(inside, fault("memberKey", 0))).toBe(`${prefix}"Signature is not valid: Invalid author"`);
  });
});

/** Sources: crates/iota-types/src/signature.rs, GenericSignature::from_bytes; fastcrypto/src/error.rs, FastCryptoError. */
describe("a signature that is none", () => {
  it("by its bytes", () => {
    expect(malformedSignatureText(new Uint8Array(0))).toBe("Expected input of length at least 0");
    expect(malformedSignatureText(multisig.subarray(1))).toBe("Invalid signature was given to the function");
  });

  it("by its flag: upstream's Move authenticator by name", () => {
    expect(unsupportedSchemeText(7)).toEqual({
      encoding: false,
      text: "Use of disabled feature: MoveAuthenticator is not supported on this node",
    });
    expect(unsupportedSchemeText(5)).toEqual({
      encoding: true,
      text: "General cryptographic error: zkLogin is not supported",
    });
    expect(unsupportedSchemeText(4)).toEqual({ encoding: true, text: "Invalid value was given to the function" });
  });
});
