/** Multisig: the SDK's, those it cannot make (passkeys among the members), and each rule of upstream's with what breaks it. */
import type { Signer } from "@iota/iota-sdk/cryptography";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { PasskeyKeypair } from "@iota/iota-sdk/keypairs/passkey";
import { Secp256k1Keypair } from "@iota/iota-sdk/keypairs/secp256k1";
import { Secp256r1Keypair } from "@iota/iota-sdk/keypairs/secp256r1";
import { MultiSigPublicKey } from "@iota/iota-sdk/multisig";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { codeNumber, SignatureFault } from "../../../core/wire/codes.ts";
import { SoftwarePasskey } from "../../support/passkey.ts";
import {
  addressOf,
  faultOf,
  form,
  fromBase64,
  hash,
  type MultisigFields,
  multisig,
  transactionMessage,
  utf8,
} from "./signature-support.ts";

const TRANSACTION = utf8("bytes of a transaction");
const message = transactionMessage(TRANSACTION);
const seed = (byte: number) => new Uint8Array(32).fill(byte);

type Key = MultisigFields["members"] extends Iterable<{ key: infer K }> ? K : never;
type Signed = MultisigFields["signatures"] extends Iterable<infer S> ? S : never;
/** A member's key, and its signature on the message. */
interface Member {
  readonly key: Key;
  readonly signed: Signed;
}

const bare = async (key: Pick<Signer, "signTransaction">) =>
  fromBase64((await key.signTransaction(TRANSACTION)).signature).subarray(1, 65);

async function ed25519(byte: number): Promise<Member> {
  const key = Ed25519Keypair.fromSecretKey(seed(byte));
  return { key: { ED25519: key.getPublicKey().toRawBytes() }, signed: { ED25519: await bare(key) } };
}
async function secp256k1(byte: number): Promise<Member> {
  const key = Secp256k1Keypair.fromSecretKey(seed(byte));
  return { key: { Secp256k1: key.getPublicKey().toRawBytes() }, signed: { Secp256k1: await bare(key) } };
}
async function secp256r1(byte: number): Promise<Member> {
  const key = Secp256r1Keypair.fromSecretKey(seed(byte));
  return { key: { Secp256r1: key.getPublicKey().toRawBytes() }, signed: { Secp256r1: await bare(key) } };
}
async function passkey(byte: number) {
  const keypair = await PasskeyKeypair.getPasskeyInstance(new SoftwarePasskey(seed(byte)));
  const Passkey = fromBase64((await keypair.signTransaction(TRANSACTION)).signature);
  return { key: { Passkey: keypair.getPublicKey().toRawBytes() }, signed: { Passkey } };
}

let members: Member[] = [];
let lastMember: Awaited<ReturnType<typeof passkey>>;
/** A multisig of all four kinds of members, weights 1 to 4, by those in the bitmap; `change` goes over its fields. */
function fields(bitmap: number, threshold: number, change: Partial<MultisigFields> = {}): MultisigFields {
  return {
    signatures: members.filter((_, i) => (bitmap >> i) & 1).map(({ signed }) => signed),
    bitmap,
    members: members.map(({ key }, i) => ({ key, weight: i + 1 })),
    threshold,
    ...change,
  };
}
const ten = () => Promise.all(Array.from({ length: 10 }, (_, i) => ed25519(100 + i)));

beforeAll(async () => {
  lastMember = await passkey(4);
  members = [await ed25519(1), await secp256k1(2), await secp256r1(3), lastMember];
});

describe("a multisig of the SDK", () => {
  const keys = [
    Ed25519Keypair.fromSecretKey(seed(31)),
    Secp256k1Keypair.fromSecretKey(seed(32)),
    Secp256r1Keypair.fromSecretKey(seed(33)),
  ] as const;
  const committee = MultiSigPublicKey.fromPublicKeys({
    threshold: 2,
    publicKeys: keys.map((key) => ({ publicKey: key.getPublicKey(), weight: 1 })),
  });

  it.each([[[0, 1]], [[0, 2]], [[1, 2]], [[0, 1, 2]]])("is accepted from members %j", async (signers) => {
    const parts = await Promise.all(signers.map((i) => keys[i]!.signTransaction(TRANSACTION)));
    const signature = committee.combinePartialSignatures(parts.map((part) => part.signature));
    const bytes = fromBase64(signature);
    expect(faultOf(bytes, message)).toBeUndefined();
    expect(addressOf(bytes)).toBe(committee.toIotaAddress());
    expect(faultOf(bytes, hash(message))?.name).toBe("memberSignature");
  });

  it("lets nobody sign alone", async () => {
    const { signature } = await keys[0].signTransaction(TRANSACTION);
    const bytes = fromBase64(committee.combinePartialSignatures([signature]));
    expect(faultOf(bytes, message)).toEqual({ name: "insufficientWeight", x: 1, y: 2 });
  });
});

describe("weights", () => {
  it("add up over every set of members", () => {
    for (let bitmap = 1; bitmap < 16; bitmap++) {
      const weight = [0, 1, 2, 3].reduce((sum, i) => sum + ((bitmap >> i) & 1) * (i + 1), 0);
      for (let threshold = 1; threshold <= 10; threshold++) {
        const found = faultOf(multisig(fields(bitmap, threshold)), message);
        expect(found).toEqual(
          weight >= threshold ? undefined : { name: "insufficientWeight", x: weight, y: threshold },
        );
      }
    }
  });

  it("reach the greatest there are: ten members of 255", async () => {
    const all = await ten();
    const whole = {
      signatures: all.map(({ signed }) => signed),
      bitmap: 0b1111111111,
      members: all.map(({ key }) => ({ key, weight: 255 })),
      threshold: 2_550,
    };
    expect(faultOf(multisig(whole), message)).toBeUndefined();
    expect(form(multisig({ ...whole, threshold: 2_551 }))).toEqual({
      name: "unreachableThreshold",
      x: 2_550,
      y: 2_551,
    });
    const nine = { ...whole, signatures: whole.signatures.slice(1), bitmap: 0b1111111110 };
    expect(faultOf(multisig(nine), message)).toEqual({ name: "insufficientWeight", x: 2_295, y: 2_550 });
  });
});

describe("an address", () => {
  it("depends on order, weights, threshold and schemes of the members, and on nothing else", () => {
    const base = fields(1, 3);
    const address = addressOf(multisig(base));
    expect(addressOf(multisig(fields(2, 3)))).toBe(address);
    const list = [...base.members];
    const changed: Partial<MultisigFields>[] = [
      { threshold: 4 },
      { members: [...list].reverse() },
      { members: list.map(({ key }, i) => ({ key, weight: i + 2 })) },
      { members: list.slice(0, 3) },
      { members: [...list.slice(0, 3), { key: { Secp256r1: lastMember.key.Passkey }, weight: 4 }] },
    ];
    const all = changed.map((change) => addressOf(multisig({ ...base, ...change })));
    expect(new Set([address, ...all]).size).toBe(6);
  });
});

describe("a multisig is refused", () => {
  it("for its committee, the first fault first", async () => {
    const all = await ten();
    const list = [...fields(1, 1).members];
    const eleven = [...all, members[1]!].map(({ key }) => ({ key, weight: 1 }));
    const cases: [Partial<MultisigFields>, object][] = [
      [
        { threshold: 0, members: [] },
        { name: "zeroThreshold", x: 0, y: 0 },
      ],
      [{ members: [] }, { name: "noMembers", x: 0, y: 0 }],
      [{ members: eleven }, { name: "tooManyMembers", x: 11, y: 0 }],
      [{ members: [{ ...list[0]!, weight: 0 }, list[1]!] }, { name: "zeroWeight", x: 0, y: 0 }],
      [{ threshold: 11 }, { name: "unreachableThreshold", x: 10, y: 11 }],
      [{ members: [list[0]!, list[1]!, list[0]!] }, { name: "duplicateMember", x: 0, y: 0 }],
    ];
    for (const [change, fault] of cases) expect(form(multisig(fields(1, 1, change)))).toEqual(fault);
  });

  it("not for one key under two schemes", () => {
    const key = { Secp256r1: lastMember.key.Passkey };
    const both = fields(1, 1, { members: [...fields(1, 1).members, { key, weight: 1 }] });
    expect(faultOf(multisig(both), message)).toBeUndefined();
  });

  it("for the number of its signatures and its bitmap", () => {
    const { signatures } = fields(0b1111, 1);
    const list = [...signatures];
    const cases: [Partial<MultisigFields>, object][] = [
      [
        { signatures: [], bitmap: 0 },
        { name: "wrongMemberSignatures", x: 0, y: 0 },
      ],
      [
        { signatures: [...list, list[0]!], bitmap: 31 },
        { name: "wrongMemberSignatures", x: 0, y: 0 },
      ],
      [
        { signatures: list.slice(0, 1), bitmap: 0b11 },
        { name: "wrongBitmap", x: 3, y: 0 },
      ],
      [
        { signatures: list.slice(0, 2), bitmap: 0b1 },
        { name: "wrongBitmap", x: 1, y: 0 },
      ],
      [
        { signatures: list.slice(0, 1), bitmap: 0b10000 },
        { name: "wrongBitmap", x: 16, y: 0 },
      ],
      [
        { signatures: list.slice(0, 1), bitmap: 0x8000 },
        { name: "wrongBitmap", x: 0x8000, y: 0 },
      ],
    ];
    for (const [change, fault] of cases) expect(form(multisig(fields(1, 1, change)))).toEqual(fault);
  });

  it("for a member's signature: of another member, another scheme, another passkey", async () => {
    const list = [...fields(0b1111, 1).signatures];
    const others = await Promise.all([ed25519(51), secp256k1(52), secp256r1(53)]);
    others.forEach(({ signed }, i) => {
      const wrong = fields(1 << i, 1, { signatures: [signed] });
      const y = codeNumber(SignatureFault, "signature");
      expect(faultOf(multisig(wrong), message)).toEqual({ name: "memberSignature", x: i, y });
      const shifted = fields(1 << i, 1, { signatures: [list[(i + 1) % 4]!] });
      expect(faultOf(multisig(shifted), message)).toEqual({ name: "memberScheme", x: i, y: 0 });
    });
    const swapped = fields(0b11, 1, { signatures: [list[1]!, list[0]!] });
    expect(faultOf(multisig(swapped), message)).toEqual({ name: "memberScheme", x: 0, y: 0 });
    const stranger = fields(0b1000, 1, { signatures: [(await passkey(54)).signed] });
    expect(faultOf(multisig(stranger), message)).toEqual({ name: "memberKey", x: 3, y: 0 });
    const y = codeNumber(SignatureFault, "otherChallenge");
    expect(faultOf(multisig(fields(0b1000, 1)), hash(message))).toEqual({ name: "memberSignature", x: 3, y });
  });

  it("for what cannot sit in it: another multisig, ML-DSA, zkLogin, a passkey that is none", () => {
    const passkeyBytes = lastMember.signed.Passkey;
    const malformed: Partial<MultisigFields>[] = [
      { signatures: [{ ZkLogin: true }] },
      { members: [...fields(1, 1).members, { key: { ZkLogin: true }, weight: 1 }] },
      { signatures: [{ Passkey: new Uint8Array(0) }] },
      { signatures: [{ Passkey: new Uint8Array(0) }], bitmap: 6 },
      { signatures: [{ Passkey: passkeyBytes.subarray(0, -1) }] },
      { signatures: [{ Passkey: Uint8Array.of(2, ...passkeyBytes.subarray(1)) }] },
      { signatures: [{ Passkey: multisig(fields(1, 1)) }] },
    ];
    for (const change of malformed) expect(form(multisig(fields(1, 1, change)))?.name).toBe("malformed");
    const bytes = multisig(fields(1, 1));
    for (const variant of [5, 0x20, 0x21, 0x80]) {
      const changed = Uint8Array.from(bytes);
      changed[2] = variant;
      expect(form(changed)?.name).toBe("malformed");
    }
    expect(form(bytes.subarray(0, -1))?.name).toBe("malformed");
    expect(form(Uint8Array.of(...bytes, 0))?.name).toBe("malformed");
    expect(form(Uint8Array.of(3))?.name).toBe("malformed");
  });

  it("with any one bit changed, unless that changes whom it is of", () => {
    const bytes = multisig(fields(0b1111, 10));
    const address = addressOf(bytes);
    fc.assert(
      fc.property(fc.nat(8 * bytes.length - 9), (bit) => {
        const changed = Uint8Array.from(bytes);
        changed[1 + (bit >> 3)]! ^= 1 << (bit & 7);
        if (faultOf(changed, message) === undefined) expect(addressOf(changed)).not.toBe(address);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("or passed, but never more, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => {
        expect(form(Uint8Array.of(3, ...tail))).toBeDefined();
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
