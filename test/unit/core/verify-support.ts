/** What the tests of `verify` share: keys of the official SDK and of an independent ML-DSA, transactions built by the SDK, committees. */
import { bcs } from "@iota/iota-sdk/bcs";
import type { Signer } from "@iota/iota-sdk/cryptography";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Transaction } from "@iota/iota-sdk/transactions";
import { blake2b } from "@noble/hashes/blake2.js";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { codeName, VerifyRejection } from "../../../core/wire/codes.ts";
import {
  Block,
  BlockHeader,
  type CheckpointExtension,
  type EpochEnd,
  Member,
  SignedMessage,
  type VerifyOrigin,
} from "../../../core/wire/frames.ts";
import { MAX_VALIDATORS } from "../../../core/wire/limits.ts";
import { encode, type Value, vector } from "../../../core/wire/schema.ts";
import { loadComponent, type Output } from "../../support/component.ts";
import { summaryDigest, summaryOf } from "./order-support.ts";

const ZERO = new Uint8Array(32);

export const hash = (...parts: Uint8Array[]): Uint8Array => blake2b(Buffer.concat(parts), { dkLen: 32 });
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

export const EPOCH = 5n;
export const PRICE = 1_000n;
export const BUDGET = 5_000_000n;

/** Validators' keys; ML-DSA-65 of the independent implementation. The first four are the committee, the others of a later one. */
export const members = Array.from({ length: 7 }, (_, i) => ml_dsa65.keygen(new Uint8Array(32).fill(i + 1)));

const ENVIRONMENT = { epoch: EPOCH, epochStartMs: 0n, protocolVersion: 38n, referenceGasPrice: PRICE };

export const keysOf = (of: readonly (typeof members)[number][]) => of.map(({ publicKey }) => ({ publicKey }));

type Extension = Value<typeof CheckpointExtension>;

/** Checkpoint 0 of a chain that begins with this committee, the first four of `members` if nothing else is said. */
export function genesisOf(committee = keysOf(members.slice(0, 4)), changes: Partial<Extension> = {}) {
  const committeeDigest = hash(encode(vector(Member, MAX_VALIDATORS), committee));
  const first = { index: 0n, round: 0n, timestampMs: 1n, commitDigest: ZERO, leaderBlock: ZERO };
  const whole = { chain: ZERO, environment: ENVIRONMENT, committeeDigest, ...changes };
  const summary = summaryOf(first, { epoch: whole.environment.epoch, ...whole });
  return { kind: "genesis", summary, committee } as const;
}

export const GENESIS = genesisOf();
export const CHAIN = summaryDigest(GENESIS.summary);
/** An origin without a chain. */
export const NO_CHAIN = { kind: "environment", environment: ENVIRONMENT } as const;

export const config = {
  origin: GENESIS as Value<typeof VerifyOrigin>,
  author: 1,
  ends: [] as readonly Value<typeof EpochEnd>[],
};

/** A configured instance. */
export const verifier = (changes: Partial<typeof config> = {}) =>
  loadComponent("verify", { ...config, ...changes }).component;

export const alice = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(7));
export const bob = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(9));
export const aliceAddress = alice.getPublicKey().toIotaAddress();
export const bobAddress = bob.getPublicKey().toIotaAddress();

/** A made-up object reference; different numbers, different objects. */
export const object = (n: number) => ({
  objectId: `0x${(0x1000 + n).toString(16).padStart(64, "0")}`,
  version: "3",
  digest: bcs.ObjectDigest.parse(new Uint8Array([32, ...hash(utf8(`object ${n}`))])),
});
export const GAS = object(0);

/** A transfer of split coins, built offline by the SDK's own builder. */
export async function transfer(change: (transaction: Transaction) => void = () => {}): Promise<Uint8Array> {
  const transaction = new Transaction();
  transaction.setSender(aliceAddress);
  transaction.setGasPrice(PRICE);
  transaction.setGasBudget(BUDGET);
  transaction.setGasPayment([GAS]);
  const [coin] = transaction.splitCoins(transaction.gas, [1n]);
  transaction.transferObjects([coin!], bobAddress);
  change(transaction);
  return transaction.build();
}

type Data = Parameters<typeof bcs.TransactionData.serialize>[0] extends { V1: infer V } ? V : never;
type Inputs = Parameters<typeof bcs.ProgrammableTransaction.serialize>[0]["inputs"];
type Commands = Parameters<typeof bcs.ProgrammableTransaction.serialize>[0]["commands"];

export const shared = (objectId: string, mutable = false) => ({
  Object: { SharedObject: { objectId, initialSharedVersion: "1", mutable } },
});
export const owned = (n: number) => ({ Object: { ImmOrOwnedObject: object(n) } });
export const receiving = (n: number) => ({ Object: { Receiving: object(n) } });
export const pure = (length: number) => ({ Pure: { bytes: new Uint8Array(length) } });

/** What the builder would not build: any inputs and commands, and any gas, by the SDK's BCS alone. */
export function raw(
  inputs: Inputs,
  commands: Commands,
  gas: { payment?: ReturnType<typeof object>[]; owner?: string; price?: bigint; budget?: bigint } = {},
  expiration: Data["expiration"] = { None: true },
): Uint8Array {
  const { payment = [GAS], owner = aliceAddress, price = PRICE, budget = BUDGET } = gas;
  return bcs.TransactionData.serialize({
    V1: {
      kind: { ProgrammableTransaction: { inputs, commands } },
      sender: aliceAddress,
      gasData: { payment, owner, price, budget },
      expiration,
    },
  }).toBytes();
}

/** Serialized user signatures by the SDK's keypairs. */
export async function signed(
  transaction: Uint8Array,
  ...keys: Pick<Signer, "signTransaction">[]
): Promise<Uint8Array[]> {
  const all = await Promise.all((keys.length > 0 ? keys : [alice]).map((key) => key.signTransaction(transaction)));
  return all.map(({ signature }) => fromBase64(signature));
}

/** The name of the rejection, and its values; fails when there were any other frames. */
export function rejection(outputs: readonly Output[]): { name: string | undefined; a: bigint; b: bigint; id: bigint } {
  const [only] = outputs;
  if (outputs.length !== 1 || only?.lane !== "verifyToHost" || only.frame.kind !== "rejected") {
    throw new Error(`not a rejection: ${outputs.map(({ lane, frame }) => `${lane} ${frame.kind}`).join(", ")}`);
  }
  const { code, a, b, id } = only.frame;
  return { name: codeName(VerifyRejection, code), a, b, id };
}

/** Signs as the vault of member `author` does. */
export function vaultSign(
  author: number,
  fields: {
    kind: number;
    slot: bigint;
    digest: Uint8Array;
    boot?: bigint;
    chain?: Uint8Array;
    epoch?: bigint;
    by?: number;
  },
): Uint8Array {
  const { kind, slot, digest, boot = 1n, chain = CHAIN, epoch = EPOCH, by = author } = fields;
  const message = encode(SignedMessage, { domain: utf8("CAISSON1"), chain, epoch, author, boot, kind, slot, digest });
  return ml_dsa65.sign(message, members[by]!.secretKey, { extraEntropy: false });
}

type Header = Value<typeof BlockHeader>;

export const header = (changes: Partial<Header> = {}): Header => ({
  chain: CHAIN,
  epoch: EPOCH,
  author: 2,
  boot: 1n,
  round: 9n,
  parents: [
    { author: 2, round: 8n, digest: hash(utf8("parent 1")) },
    { author: 0, round: 7n, digest: hash(utf8("parent 2")) },
  ],
  timestampMs: 1_700_000_000_000n,
  transactions: [{ digest: hash(utf8("transaction")), signaturesDigest: hash(utf8("signatures")) }],
  ...changes,
});

export const blockDigest = (of: Header): Uint8Array => hash(utf8("CaissonBlock::"), encode(BlockHeader, of));

/** A block signed by its author, or with whatever signature is given. */
export function block(
  of: Header,
  signature = vaultSign(of.author, { kind: 1, slot: of.round, digest: blockDigest(of), boot: of.boot }),
) {
  return encode(Block, { header: of, signature });
}
