/** Transactions signed in every scheme, rightly, and wrongly in every way that a signature's fault has a name for. */

import { bcs } from "@iota/iota-sdk/bcs";
import type { Signer } from "@iota/iota-sdk/cryptography";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { PasskeyKeypair } from "@iota/iota-sdk/keypairs/passkey";
import { Secp256k1Keypair } from "@iota/iota-sdk/keypairs/secp256k1";
import { Secp256r1Keypair } from "@iota/iota-sdk/keypairs/secp256r1";
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { MultisigBcs, SIGNATURE_FLAG, signatureAddress } from "../../../host/format/user-signature.ts";
import { SoftwarePasskey } from "../../support/passkey.ts";
import { fromBase64, hash, transfer, utf8 } from "../../unit/core/verify-support.ts";

/** A transaction with signatures that may be wrong. */
export interface Case {
  readonly transaction: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

type Fields = Parameters<typeof MultisigBcs.serialize>[0];
type Key = Fields["members"] extends Iterable<{ key: infer K }> ? K : never;
type Compressed = Fields["signatures"] extends Iterable<infer S> ? S : never;

interface Member {
  readonly key: Key;
  sign(transaction: Uint8Array): Promise<Compressed>;
}

/** Members of the largest multisig (core/lib/iota/multisig.ts). */
const MOST_MEMBERS = 10;

const seed = (byte: number) => new Uint8Array(32).fill(byte);
const keys = [
  Ed25519Keypair.fromSecretKey(seed(61)),
  Secp256k1Keypair.fromSecretKey(seed(62)),
  Secp256r1Keypair.fromSecretKey(seed(63)),
] as const;

const signedBy = async (key: Pick<Signer, "signTransaction">, transaction: Uint8Array) =>
  fromBase64((await key.signTransaction(transaction)).signature);
const sentBy = (sender: string) => transfer((transaction) => transaction.setSender(sender));
const multisig = (fields: Fields): Uint8Array =>
  Uint8Array.of(SIGNATURE_FLAG.multisig, ...MultisigBcs.serialize(fields, { maxSize: 65_536 }).toBytes());

const MlDsa = [
  { flag: SIGNATURE_FLAG.mlDsa44, scheme: ml_dsa44 },
  { flag: SIGNATURE_FLAG.mlDsa65, scheme: ml_dsa65 },
];

/** One key of each scheme. */
async function plain(): Promise<Case[]> {
  const sdk = keys.map(async (key): Promise<Case> => {
    const transaction = await sentBy(key.getPublicKey().toIotaAddress());
    return { transaction, signatures: [await signedBy(key, transaction)] };
  });
  const lattice = MlDsa.map(async ({ flag, scheme }): Promise<Case> => {
    const { publicKey, secretKey } = scheme.keygen(seed(64));
    const transaction = await sentBy(bcs.Address.parse(hash(Uint8Array.of(flag), publicKey)));
    const signature = scheme.sign(hash(new Uint8Array(3), transaction), secretKey);
    return { transaction, signatures: [Buffer.concat([Uint8Array.of(flag), signature, publicKey])] };
  });
  return Promise.all([...sdk, ...lattice]);
}

/** One that is right, and its faults: other client data, another key's kind, another transaction's challenge. */
async function passkeys(): Promise<Case[]> {
  const passkey = await PasskeyKeypair.getPasskeyInstance(new SoftwarePasskey(seed(65)));
  const transaction = await sentBy(passkey.toIotaAddress());
  const right = await signedBy(passkey, transaction);
  const other = await signedBy(passkey, await sentBy(keys[0].getPublicKey().toIotaAddress()));
  const parts = bcs.struct("Passkey", {
    authenticatorData: bcs.byteVector(),
    clientData: bcs.byteVector(),
    signature: bcs.byteVector(),
  });
  const fields = parts.parse(right.subarray(1));
  const make = (changes: { clientData?: Uint8Array; signature?: Uint8Array }) =>
    Uint8Array.of(SIGNATURE_FLAG.passkey, ...parts.serialize({ ...fields, ...changes }).toBytes());
  const data = (challenge: string) =>
    utf8(JSON.stringify({ type: "webauthn.get", challenge, origin: "https://a.example" }));
  const ed25519 = await signedBy(keys[0], transaction);
  const wrong = [
    make({ clientData: utf8("{}") }),
    make({ clientData: data("AAAA") }),
    make({ clientData: Uint8Array.of(0xff) }),
    make({ signature: ed25519 }),
    other,
  ];
  return [right, ...wrong].map((signature) => ({ transaction, signatures: [signature] }));
}

async function members(): Promise<Member[]> {
  const [ed25519, secp256k1, secp256r1] = keys;
  const bare = async (key: Pick<Signer, "signTransaction">, transaction: Uint8Array) =>
    (await signedBy(key, transaction)).subarray(1, 65);
  const passkey = await PasskeyKeypair.getPasskeyInstance(new SoftwarePasskey(seed(66)));
  return [
    { key: { ED25519: ed25519.getPublicKey().toRawBytes() }, sign: async (t) => ({ ED25519: await bare(ed25519, t) }) },
    {
      key: { Secp256k1: secp256k1.getPublicKey().toRawBytes() },
      sign: async (t) => ({ Secp256k1: await bare(secp256k1, t) }),
    },
    {
      key: { Secp256r1: secp256r1.getPublicKey().toRawBytes() },
      sign: async (t) => ({ Secp256r1: await bare(secp256r1, t) }),
    },
    {
      key: { Passkey: passkey.getPublicKey().toRawBytes() },
      sign: async (t) => ({ Passkey: await signedBy(passkey, t) }),
    },
  ];
}

/** One of all kinds of members, and whatever can be wrong with it. Members weigh 1, 2, 3 and 4. */
async function multisigs(): Promise<Case[]> {
  const all = await members();
  const list = all.map(({ key }, i) => ({ key, weight: i + 1 }));
  const stranger = await PasskeyKeypair.getPasskeyInstance(new SoftwarePasskey(seed(67)));
  const threshold = 3;
  const empty = { signatures: [], bitmap: 0, members: list, threshold };
  const transaction = await sentBy(signatureAddress(multisig(empty)));
  const other = await sentBy(keys[0].getPublicKey().toIotaAddress());
  const own = await Promise.all(all.map(({ sign }) => sign(transaction)));
  const others = await Promise.all(all.map(({ sign }) => sign(other)));
  const whole: Fields = { signatures: own, bitmap: 0b1111, members: list, threshold };
  const wrong: Partial<Fields>[] = [
    { threshold: 0 },
    { members: [] },
    { members: Array.from({ length: 11 }, () => list[0]!) },
    { members: [{ ...list[0]!, weight: 0 }, ...list.slice(1)] },
    { threshold: 11 },
    { members: [list[0]!, list[0]!, list[1]!] },
    { signatures: [], bitmap: 0 },
    { bitmap: 0b0111 },
    { signatures: own.slice(0, 1), bitmap: 1 },
    { signatures: own.toReversed() },
    { signatures: others },
    { signatures: others.slice(3), bitmap: 0b1000 },
    { signatures: [...own.slice(0, 3), { Passkey: await signedBy(stranger, transaction) }] },
  ];
  return [{}, ...wrong].map((change) => ({ transaction, signatures: [multisig({ ...whole, ...change })] }));
}

/** Sender and sponsor, each a multisig of as many members as there may be, of the dearest scheme. */
async function crowd(): Promise<Case> {
  const group = (from: number) => {
    const own = Array.from({ length: MOST_MEMBERS }, (_, i) => Secp256r1Keypair.fromSecretKey(seed(from + i)));
    const list = own.map((key) => ({ key: { Secp256r1: key.getPublicKey().toRawBytes() }, weight: 1 }));
    const fields = { bitmap: 0b1111111111, members: list, threshold: MOST_MEMBERS };
    return {
      address: signatureAddress(multisig({ ...fields, signatures: [] })),
      sign: async (transaction: Uint8Array) => {
        const signatures = own.map(async (key) => ({ Secp256r1: (await signedBy(key, transaction)).subarray(1, 65) }));
        return multisig({ ...fields, signatures: await Promise.all(signatures) });
      },
    };
  };
  const [sender, sponsor] = [group(100), group(120)];
  const transaction = await transfer((made) => {
    made.setSender(sender!.address);
    made.setGasOwner(sponsor!.address);
  });
  return { transaction, signatures: [await sender!.sign(transaction), await sponsor!.sign(transaction)] };
}

/** All of them. */
export async function signatureCases(): Promise<Case[]> {
  return [...(await plain()), ...(await passkeys()), ...(await multisigs()), await crowd()];
}
