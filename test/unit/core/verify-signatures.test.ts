/** `verify` on users' signatures by one key: the official SDK's schemes, an independent ML-DSA, and what is none of them. */
import { bcs } from "@iota/iota-sdk/bcs";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Secp256k1Keypair } from "@iota/iota-sdk/keypairs/secp256k1";
import { Secp256r1Keypair } from "@iota/iota-sdk/keypairs/secp256r1";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { describe, expect, it } from "vitest";
import { bobAddress, fromBase64, hash, rejection, transfer, verifier } from "./verify-support.ts";

const component = verifier();
const step = (transaction: Uint8Array, signatures: Uint8Array[]) =>
  component.step("hostToVerify", { kind: "transaction", id: 1n, transaction, signatures });
const outcome = (transaction: Uint8Array, signatures: Uint8Array[]) => {
  const outputs = step(transaction, signatures);
  return outputs.length === 2 ? "accepted" : rejection(outputs).name;
};

interface TestedScheme {
  readonly name: string;
  readonly flag: number;
  readonly bytes: number;
  readonly address: string;
  sign(transaction: Uint8Array): Promise<Uint8Array>;
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

  it.each(SCHEMES)("pays or is paid for beside $name, in either order", async (sponsor) => {
    if (sponsor === scheme) return;
    const transaction = await sentBy(scheme.address, sponsor.address);
    const both = [await scheme.sign(transaction), await sponsor.sign(transaction)];
    expect(outcome(transaction, both)).toBe("accepted");
    expect(outcome(transaction, [...both].reverse())).toBe("accepted");
    expect(outcome(transaction, [both[0]!, both[0]!])).toBe("wrongSigner");
    both[1]![9]! ^= 1;
    expect(outcome(transaction, both)).toBe("badSignature");
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
    for (const flag of [3, 4, 5, 6, 7, 8, 0x1f, 0x22, 255]) {
      const changed = Uint8Array.of(flag, ...signature.subarray(1));
      expect(rejection(step(transaction, [changed]))).toMatchObject({
        name: "unsupportedSignatureScheme",
        a: BigInt(flag),
      });
    }
    expect(outcome(transaction, [new Uint8Array(0)])).toBe("malformedSignature");
  });
});
