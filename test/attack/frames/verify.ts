/** `verify` under attack: on the chain of the recording, in a committee of four, and not ready. */
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { decodeIotaPrivateKey } from "@iota/iota-sdk/cryptography";
import type { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { blake2b } from "@noble/hashes/blake2.js";
import { SignatureFault, signatureFault, VerifyRejection } from "../../../core/wire/codes.ts";
import { Certificate, Config, HostToVerify, type LaneName } from "../../../core/wire/frames.ts";
import { MAX_TRANSACTION_BYTES } from "../../../core/wire/limits.ts";
import { decode, encode, type Value, WireError } from "../../../core/wire/schema.ts";
import { summaryDigest, summaryOf } from "../../unit/core/order-support.ts";
import {
  alice,
  block,
  bob,
  bobAddress,
  CHAIN,
  config,
  EPOCH,
  hash,
  header,
  NO_CHAIN,
  object,
  owned,
  PRICE,
  pure,
  raw,
  shared,
  signed,
  transfer,
  vaultSign,
} from "../../unit/core/verify-support.ts";
import type { Chain } from "../chain.ts";
import type { Random } from "../random.ts";
import type { Boot, Frame } from "../record.ts";
import type { Subject } from "./subject.ts";
import {
  agree,
  codeOf,
  frameOf,
  framesTo,
  type Output,
  type Situation,
  situationAfter,
  type Target,
  unused,
  type Verdict,
} from "./target.ts";
import { signatureCases } from "./user-signatures.ts";

/** Of changed transactions, those that are signed again by whoever signed before. */
const SIGNED_AGAIN = 0.6;
const ED25519_FLAG = 0;
const ED25519_SIGNATURE_BYTES = 97;
/** PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
/** Intent of a transaction: scope, version, application (iotaledger/iota crates/iota-types/src/crypto.rs, Intent). */
const INTENT = new Uint8Array(3);
const _SUMMARY_BYTES = 200;
const SEQUENCE = 12n;

const frame = (value: Value<typeof HostToVerify>): Frame => frameOf("hostToVerify", value);
const transactionFrame = (transaction: Uint8Array, signatures: readonly Uint8Array[]): Frame =>
  frame({ kind: "transaction", id: 1n, transaction, signatures });

/** Transactions that are refused for one reason each, and some at a limit. */
async function transactions(): Promise<Frame[]> {
  const gasCoin = { GasCoin: true as const };
  const input = (Input: number) => ({ Input });
  const split = { SplitCoins: { coin: gasCoin, amounts: [input(0)] } };
  const vector = { MakeMoveVec: { type: "u8", elements: [] } };
  const call = (changes: object) => ({
    MoveCall: { package: "0x2", module: "m", function: "f", typeArguments: [] as string[], arguments: [], ...changes },
  });
  const publish = (modules: number, dependencies: number) => ({
    Publish: { modules: Array(modules).fill([1]), dependencies: Array(dependencies).fill("0x1") },
  });
  /** Fits its frame, and is too large once its signature counts. */
  const large = (last: number) => raw([...Array(7).fill(pure(16_383)), pure(last)], [split]);
  const payment = (count: number) => Array.from({ length: count }, (_, i) => object(i));
  const prologue = new Uint8Array([0, 2, ...new Uint8Array(25), 32, ...new Uint8Array(34), ...raw([], []).subarray(4)]);
  const odd = [
    raw([], Array(1_024).fill(vector)),
    raw([], [], { payment: [] }),
    raw([], [], { payment: payment(256) }),
    raw([], [], { payment: payment(255) }),
    raw(
      Array.from({ length: 2_048 }, (_, i) => shared(object(i + 1).objectId)),
      [call({})],
    ),
    raw([pure(16_384)], [split]),
    large(16_000 + MAX_TRANSACTION_BYTES - large(16_000).length),
    raw([], [], {}, { Epoch: Number(EPOCH) - 1 }),
    raw([], [], {}, { Epoch: Number(EPOCH) }),
    raw([], [], { price: PRICE - 1n }),
    raw([], [], { price: 100_001n }),
    raw([], [], { budget: 50_000_000_001n }),
    raw([], [], { budget: 999_999n }),
    raw([owned(1), owned(1)], []),
    raw([], [{ TransferObjects: { objects: [], address: gasCoin } }]),
    raw([], [call({ arguments: Array(512).fill(gasCoin) })]),
    raw([], [call({ module: "0m" })]),
    raw([], [call({ typeArguments: Array(16).fill("u8") })]),
    raw([], [{ MakeMoveVec: { type: "0x2::a::B<vector<0x2::a::C>, u64>", elements: [] } }]),
    raw([], [publish(64, 1)]),
    raw([], [publish(1, 32)]),
    raw([], Array(6).fill(publish(1, 1))),
    raw([pure(8), shared("0x8")], [call({ arguments: [input(1)] }), split]),
    prologue,
    new Uint8Array([0, 5, 1, 2, 3]),
  ];
  const sponsored = await transfer((t) => t.setGasOwner(bobAddress));
  const [first, second] = await signed(sponsored, alice, bob);
  const plain = await transfer();
  const [own] = await signed(plain, alice);
  const other = (flag: number) => new Uint8Array([flag, ...own!.subarray(1)]);
  const several = async (of: readonly Uint8Array[]) =>
    await Promise.all(
      of.map(async (transaction, i) => ({ id: BigInt(i), transaction, signatures: await signed(transaction, alice) })),
    );
  const good = await Promise.all(
    [6_000_000n, 7_000_000n, 8_000_000n].map((budget) => transfer((t) => t.setGasBudget(budget))),
  );
  const damaged = (await several(good)).map((one, i) =>
    i === 1 ? { ...one, signatures: one.signatures.map((signature) => signature.with(33, signature[33]! ^ 1)) } : one,
  );
  return [
    frame({ kind: "transactions", id: 9n, transactions: await several(good) }),
    frame({ kind: "transactions", id: 9n, transactions: damaged }),
    frame({ kind: "transactions", id: 9n, transactions: [...damaged, ...(await several(odd.slice(0, 4)))] }),
    frame({ kind: "transactions", id: 9n, transactions: [] }),
    ...(await Promise.all(odd.map(async (bytes) => transactionFrame(bytes, await signed(bytes, alice))))),
    transactionFrame(sponsored, [first!, second!]),
    transactionFrame(sponsored, [first!]),
    transactionFrame(plain, [second!]),
    transactionFrame(plain, [own!]),
    transactionFrame(plain, [other(0xfe)]),
    transactionFrame(plain, [own!.subarray(0, -1)]),
  ];
}

/** Every scheme of signatures, and every fault that one can have. */
async function userSignatures(): Promise<Frame[]> {
  return (await signatureCases()).map(({ transaction, signatures }) => transactionFrame(transaction, signatures));
}

/** Codes that a rejection stands for: its own, and that of the signature's fault, with the fault of a multisig's member. */
function codesOf({ code, b }: { readonly code: number; readonly b: bigint }): string[] {
  const own = codeOf("VERIFY", VerifyRejection, code);
  if (!["VERIFY.malformedSignature", "VERIFY.badSignature"].includes(own) || b === 0n) return [own];
  const { name, y } = signatureFault(b);
  const member = name === "memberSignature" ? [codeOf("FAULT", SignatureFault, y)] : [];
  return [own, codeOf("FAULT", SignatureFault, Number(b & 0xffffn)), ...member];
}

/** Blocks and checkpoints of a committee of four. */
function certified(): Frame[] {
  const commit = { index: SEQUENCE, round: 1n, timestampMs: 1n, commitDigest: hash(CHAIN), leaderBlock: hash(CHAIN) };
  const summary = summaryOf(commit, { epoch: EPOCH, chain: CHAIN });
  const digest = summaryDigest(summary);
  const by = (author: number) => ({
    author,
    boot: 1n,
    signature: vaultSign(author, { kind: 2, slot: SEQUENCE, digest }),
  });
  const signatures = [0, 1, 2, 3].map(by);
  const checkpoint = (count: number) =>
    frame({
      kind: "checkpoint",
      id: 8n,
      summary,
      certificate: encode(Certificate, { epoch: EPOCH, signatures: signatures.slice(0, count) }),
    });
  const own = (author: number) => frame({ kind: "ownCheckpoint", id: 9n, summary, ...by(author) });
  const blocks = [header(), header({ author: 0, round: 0n, parents: [], transactions: [] })].map((of) => block(of));
  const wrong = [
    block(header({ author: 4 }), new Uint8Array(3_309)),
    block(header({ chain: hash(CHAIN) }), new Uint8Array(3_309)),
  ];
  return [
    ...[...blocks, ...wrong].map((bytes) => frame({ kind: "block", id: 3n, block: bytes })),
    checkpoint(3),
    checkpoint(4),
    checkpoint(2),
    own(config.author),
    own(0),
  ];
}

/** Private keys by public key, hex. */
function signers(keypairs: readonly Ed25519Keypair[]): Map<string, KeyObject> {
  return new Map(
    keypairs.map((keypair) => {
      const { secretKey } = decodeIotaPrivateKey(keypair.getSecretKey());
      const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, secretKey]), format: "der", type: "pkcs8" });
      return [Buffer.from(keypair.getPublicKey().toRawBytes()).toString("hex"), key];
    }),
  );
}

function signAgain(keys: ReadonlyMap<string, KeyObject>, transaction: Uint8Array, signature: Uint8Array): Uint8Array {
  if (signature.length !== ED25519_SIGNATURE_BYTES || signature[0] !== ED25519_FLAG) return signature;
  const publicKey = signature.subarray(65);
  const key = keys.get(Buffer.from(publicKey).toString("hex"));
  if (!key) return signature;
  const message = blake2b(Buffer.concat([INTENT, transaction]), { dkLen: 32 });
  return new Uint8Array(Buffer.concat([Buffer.of(ED25519_FLAG), sign(null, message, key), publicKey]));
}

function judge(lane: LaneName, understood: unknown, outputs: readonly Output[]): Verdict {
  const value = understood as Value<typeof HostToVerify> | undefined;
  const [whole] = outputs;
  const refused = whole?.lane === "verifyToHost" && whole.frame.kind === "rejected" && whole.frame.id === value?.id;
  if (value?.kind !== "transactions" || (refused && outputs.length === 1)) return judgeOne(lane, understood, outputs);
  return judgeSeveral(value, outputs);
}

/** Of several transactions, each has an answer of its own, in their order. */
function judgeSeveral(
  { transactions }: Extract<Value<typeof HostToVerify>, { kind: "transactions" }>,
  outputs: readonly Output[],
): Verdict {
  const rest = [...outputs];
  const codes: string[] = [];
  let accepted = false;
  for (const { id } of transactions) {
    const answer = rest.shift();
    if (answer?.lane !== "verifyToHost" || answer.frame.id !== id) throw new Error("a transaction without its answer");
    if (answer.frame.kind === "rejected") codes.push(...codesOf(answer.frame));
    else if (rest.shift()?.lane !== "verifyToOrder") throw new Error("order hears nothing of it");
    else accepted = true;
  }
  if (rest.length > 0) throw new Error("more answers than transactions");
  return { kind: accepted ? "accepted" : "rejected", codes: accepted ? [] : codes };
}

function judgeOne(_lane: LaneName, understood: unknown, outputs: readonly Output[]): Verdict {
  const [first, ...others] = outputs;
  if (first?.lane !== "verifyToHost") throw new Error("verify does not answer the host");
  if (first.frame.kind !== "rejected") {
    agree(understood, undefined, []);
    if (others.length !== 1 || others[0]!.lane !== "verifyToOrder") throw new Error("order hears nothing of it");
    return { kind: "accepted", codes: [] };
  }
  if (others.length > 0) throw new Error("a rejection with something besides");
  const codes = codesOf(first.frame);
  agree(understood, codes[0], ["unknownLane", "notReady"]);
  return { kind: understood === undefined ? "malformed" : "rejected", codes };
}

export async function verifyTarget(chain: Chain, boots: readonly Boot[]): Promise<Target> {
  const odd = [...(await transactions()), ...(await userSignatures())];
  const committee = certified();
  const keys = signers([alice, bob, ...chain.users]);
  const situations = (subject: Subject): Situation[] => {
    const at = (name: string, bytes: Uint8Array, next: readonly Frame[], weight = 1) =>
      situationAfter(name, subject, bytes, [], next, weight);
    const four = encode(Config.verify, config);
    return [
      ...boots.map(({ configs, frames }, i) => at(`boot ${i}`, configs.verify, framesTo("verify", frames))),
      at("a committee of four", four, [...odd, ...committee]),
      at("without a chain", encode(Config.verify, { ...config, origin: NO_CHAIN }), committee, 0.05),
      at("half a configuration", four.subarray(0, 40), odd.slice(0, 3), 0.02),
    ];
  };
  return {
    name: "verify",
    tables: { VERIFY: VerifyRejection, FAULT: SignatureFault },
    unreachable: {
      ...unused("verify", "VERIFY.emptyProgrammable", "a transaction without commands passes, as it does upstream"),
      ...unused("verify", "VERIFY.unsupportedCommand", "commands that need Move are refused by execute"),
    },
    // Two signatures, each a multisig of ten members; of several transactions that many in 2,000 bytes each.
    bounds: { hostToVerify: { base: 100_000_000, perByte: 60_000 } },
    situations,
    judge,
    repair: (_lane, bytes, random: Random) => {
      if (!random.chance(SIGNED_AGAIN)) return bytes;
      try {
        const value = decode(HostToVerify, bytes);
        const again = <T extends { readonly transaction: Uint8Array; readonly signatures: readonly Uint8Array[] }>(
          one: T,
        ) => ({
          ...one,
          signatures: one.signatures.map((signature) => signAgain(keys, one.transaction, signature)),
        });
        if (value.kind === "transaction") return encode(HostToVerify, again(value));
        if (value.kind !== "transactions") return bytes;
        return encode(HostToVerify, { ...value, transactions: value.transactions.map(again) });
      } catch (error) {
        if (error instanceof WireError) return bytes;
        throw error;
      }
    },
  };
}
