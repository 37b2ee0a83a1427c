/** `verify` on users' signatures: the official SDK's schemes, an independent ML-DSA, and what is none of them. */
import { bcs } from "@iota/iota-sdk/bcs";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { PasskeyKeypair } from "@iota/iota-sdk/keypairs/passkey";
import { Secp256k1Keypair } from "@iota/iota-sdk/keypairs/secp256k1";
import { Secp256r1Keypair } from "@iota/iota-sdk/keypairs/secp256r1";
import { MultiSigPublicKey } from "@iota/iota-sdk/multisig";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { describe, expect, it } from "vitest";
import { codeNumber, SignatureFault } from "../../../core/wire/codes.ts";
import { SoftwarePasskey } from "../../support/passkey.ts";
import { bobAddress, fromBase64, hash, rejection, transfer, verifier } from "./verify-support.ts";

const component = verifier();
const step = (transaction: Uint8Array, signatures: Uint8Array[]) =>
  component.step("hostToVerify", { kind: "transaction", id: 1n, transaction, signatures });
const outcome = (transaction: Uint8Array, signatures: Uint8Array[]) => {
  const outputs = step(transaction, signatures);
  return outputs.length === 2 ? "accepted" : rejection(outputs).name;
};

interface Signatory {
  readonly name: string;
  readonly address: string;
  sign(transaction: Uint8Array): Promise<Uint8Array>;
}

/** A scheme of one key, signature and key of fixed lengths. */
interface TestedScheme extends Signatory {
  readonly flag: number;
  readonly bytes: number;
}

function sdkScheme(
  name: string,
  flag: number,
  key: Ed25519Keypair | Secp256k1Keypair | Secp256r1Keypair,
): TestedScheme {
  const publicKey = key.getPublicKey();
  return {
    name,
    flag,
    bytes: 1 + 64 + publicKey.toRawBytes().length,
    address: publicKey.toIotaAddress(),
    sign: async (transaction) => fromBase64((await key.signTransaction(transaction)).signature),
  };
}

function mlDsaScheme(name: string, flag: number, scheme: typeof ml_dsa44, bytes: number): TestedScheme {
  const { publicKey, secretKey } = scheme.keygen(new Uint8Array(32).fill(3));
  return {
    name,
    flag,
    bytes,
    address: bcs.Address.parse(hash(Uint8Array.of(flag), publicKey)),
    sign: async (transaction) => {
      const message = hash(new Uint8Array(3), transaction);
      return Buffer.concat([Uint8Array.of(flag), scheme.sign(message, secretKey), publicKey]);
    },
  };
}

const seed = (byte: number) => new Uint8Array(32).fill(byte);
const SCHEMES: readonly TestedScheme[] = [
  sdkScheme("Ed25519", 0, Ed25519Keypair.fromSecretKey(seed(11))),
  sdkScheme("secp256k1", 1, Secp256k1Keypair.fromSecretKey(seed(12))),
  sdkScheme("secp256r1", 2, Secp256r1Keypair.fromSecretKey(seed(13))),
  mlDsaScheme("ML-DSA-44", 0x20, ml_dsa44, 1 + 2_420 + 1_312),
  mlDsaScheme("ML-DSA-65", 0x21, ml_dsa65, 1 + 3_309 + 1_952),
];

const passkey = await PasskeyKeypair.getPasskeyInstance(new SoftwarePasskey(seed(14)));
const memberKeys = [Ed25519Keypair.fromSecretKey(seed(15)), Secp256r1Keypair.fromSecretKey(seed(16))];
const committee = MultiSigPublicKey.fromPublicKeys({
  threshold: 3,
  publicKeys: memberKeys.map((key, i) => ({ publicKey: key.getPublicKey(), weight: i + 1 })),
});
const SIGNATORIES: readonly Signatory[] = [
  ...SCHEMES,
  {
    name: "a passkey",
    address: passkey.toIotaAddress(),
    sign: async (transaction) => fromBase64((await passkey.signTransaction(transaction)).signature),
  },
  {
    name: "a multisig",
    address: committee.toIotaAddress(),
    sign: async (transaction) => {
      const parts = await Promise.all(memberKeys.map((key) => key.signTransaction(transaction)));
      return fromBase64(committee.combinePartialSignatures(parts.map(({ signature }) => signature)));
    },
  },
];

const sentBy = (sender: string, gasOwner?: string) =>
  transfer((transaction) => {
    transaction.setSender(sender);
    if (gasOwner) transaction.setGasOwner(gasOwner);
  });

describe.each(SCHEMES)("$name", (scheme) => {
  it("authorises its own address's transaction, and no other transaction or address", async () => {
    const transaction = await sentBy(scheme.address);
    const signature = await scheme.sign(transaction);
    expect([signature[0], signature.length]).toEqual([scheme.flag, scheme.bytes]);
    expect(outcome(transaction, [signature])).toBe("accepted");
    expect(outcome(await sentBy(bobAddress), [signature])).toBe("wrongSigner");
    const other = await transfer((t) => {
      t.setSender(scheme.address);
      t.setGasBudget(6_000_000n);
    });
    expect(outcome(other, [signature])).toBe("badSignature");
  });

  it("is refused when any part of it is changed, cut or prolonged", async () => {
    const transaction = await sentBy(scheme.address);
    const signature = await scheme.sign(transaction);
    const keyAt = scheme.bytes - (scheme.flag < 0x20 ? 33 : 1_312);
    for (const place of [1, 33, 64]) {
      const changed = Uint8Array.from(signature);
      changed[place]! ^= 4;
      expect(outcome(transaction, [changed]), `byte ${place}`).toBe("badSignature");
    }
    for (const place of [keyAt + 2, scheme.bytes - 1]) {
      const changed = Uint8Array.from(signature);
      changed[place]! ^= 4;
      expect(outcome(transaction, [changed]), `byte ${place}`).toBe("wrongSigner");
    }
    for (const wrong of [
      signature.subarray(0, 1),
      signature.subarray(0, -1),
      new Uint8Array([...signature, 0]),
      new Uint8Array([...signature, ...signature]),
    ]) {
      expect(outcome(transaction, [wrong])).toBe("malformedSignature");
    }
  });
});

describe.each(SIGNATORIES)("a sponsor who signs with $name", (sponsor) => {
  it.each(SIGNATORIES)("pays for $name, signatures in either order", async (sender) => {
    if (sponsor === sender) return;
    const transaction = await sentBy(sender.address, sponsor.address);
    const both = [await sender.sign(transaction), await sponsor.sign(transaction)] as const;
    expect(outcome(transaction, [...both])).toBe("accepted");
    expect(outcome(transaction, [both[1], both[0]])).toBe("accepted");
    expect(outcome(transaction, [both[0], both[0]])).toBe("wrongSigner");
    const other = await sentBy(sponsor.address, sender.address);
    expect(outcome(transaction, [both[0], await sponsor.sign(other)])).toBe("badSignature");
  });
});

describe("a fault in a signature", () => {
  const fault = (name: keyof typeof SignatureFault) => BigInt(codeNumber(SignatureFault, name));

  it("is named by its place and kind, in its form and on the message", async () => {
    const [ed25519] = SCHEMES;
    const signer = SIGNATORIES.find(({ name }) => name === "a passkey")!;
    const transaction = await sentBy(ed25519!.address, signer.address);
    const own = await ed25519!.sign(transaction);
    const given = await signer.sign(transaction);
    const other = await signer.sign(await sentBy(signer.address));
    expect(rejection(step(transaction, [own, given.subarray(0, -1)]))).toMatchObject({
      name: "malformedSignature",
      a: 1n,
      b: fault("malformed"),
    });
    expect(rejection(step(transaction, [other, own]))).toMatchObject({
      name: "badSignature",
      a: 0n,
      b: fault("otherChallenge"),
    });
    own[5]! ^= 1;
    expect(rejection(step(transaction, [given, own]))).toMatchObject({
      name: "badSignature",
      a: 1n,
      b: fault("signature"),
    });
  });
});

describe("ECDSA", () => {
  it.each([
    ["secp256k1", SCHEMES[1]!, secp256k1],
    ["secp256r1", SCHEMES[2]!, p256],
  ] as const)("of %s is refused with the high s that would do as well", async (_, scheme, { Point }) => {
    const transaction = await sentBy(scheme.address);
    const signature = await scheme.sign(transaction);
    const order = Point.Fn.ORDER;
    const s = BigInt(`0x${Buffer.from(signature.subarray(33, 65)).toString("hex")}`);
    signature.set(Buffer.from((order - s).toString(16).padStart(64, "0"), "hex"), 33);
    expect(outcome(transaction, [signature])).toBe("badSignature");
  });

  it("with a key that is no point has an address, and no signature", async () => {
    const key = Uint8Array.of(2, ...seed(255));
    for (const flag of [1, 2]) {
      const transaction = await sentBy(bcs.Address.parse(hash(Uint8Array.of(flag), key)));
      const signature = Uint8Array.of(flag, ...new Uint8Array(64).fill(1), ...key);
      expect(outcome(transaction, [signature])).toBe("badSignature");
    }
  });
});

describe("other flags", () => {
  it("are refused by their number", async () => {
    const transaction = await sentBy(SCHEMES[0]!.address);
    const signature = await SCHEMES[0]!.sign(transaction);
    for (const flag of [4, 5, 7, 8, 0x1f, 0x22, 255]) {
      const changed = Uint8Array.of(flag, ...signature.subarray(1));
      expect(rejection(step(transaction, [changed]))).toMatchObject({
        name: "unsupportedSignatureScheme",
        a: BigInt(flag),
      });
    }
    expect(outcome(transaction, [new Uint8Array(0)])).toBe("malformedSignature");
  });
});
