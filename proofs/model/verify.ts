/**
 * What `verify` must say of a user's transaction, written down plainly: the client's BCS takes it apart, independent implementations check
 * the signatures, and every rule is one line, in upstream's order (iotaledger/iota crates/iota-types/src/transaction.rs, gas.rs,
 * signature_verification.rs; the limits are those of protocol 38).
 */
import { bcs, TypeTagSerializer } from "@iota/iota-sdk/bcs";
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { codeNumber, SignatureFault, type VerifyRejection } from "../../core/wire/codes.ts";
import { ProgrammableData } from "../../test/unit/core/transaction-support.ts";

export type Verdict =
  | { readonly kind: "rejected"; readonly name: keyof typeof VerifyRejection; readonly a: bigint; readonly b: bigint }
  | {
      readonly kind: "accepted";
      readonly digest: Uint8Array;
      readonly sender: Uint8Array;
      readonly gasOwner: Uint8Array;
      readonly gasObjects: readonly Uint8Array[];
      readonly signaturesDigest: Uint8Array;
    };

export interface Setting {
  readonly epoch: bigint;
  readonly referenceGasPrice: bigint;
}

/**
 * A signature scheme by its flag: lengths in bytes, and whether a signature is good for the 32 bytes that are signed. Multisigs (3) and
 * passkeys (6), which are made of these, have tests of their own (test/unit/core/multisig.test.ts, client-data.test.ts).
 */
interface Scheme {
  readonly signature: number;
  readonly key: number;
  readonly flagInAddress: boolean;
  verify(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean;
}

const SCHEMES: ReadonlyMap<number, Scheme> = new Map([
  [
    0x00,
    { signature: 64, key: 32, flagInAddress: false, verify: (s, m, k) => ed25519.verify(s, m, k, { zip215: true }) },
  ],
  [
    0x01,
    { signature: 64, key: 33, flagInAddress: true, verify: (s, m, k) => secp256k1.verify(s, m, k, { lowS: true }) },
  ],
  [0x02, { signature: 64, key: 33, flagInAddress: true, verify: (s, m, k) => p256.verify(s, m, k, { lowS: true }) }],
  [0x20, { signature: 2420, key: 1312, flagInAddress: true, verify: (s, m, k) => ml_dsa44.verify(s, m, k) }],
  [0x21, { signature: 3309, key: 1952, flagInAddress: true, verify: (s, m, k) => ml_dsa65.verify(s, m, k) }],
]);

type Data = (typeof ProgrammableData.$inferType)["V1"];
type Programmable = NonNullable<Data["kind"]["ProgrammableTransaction"]>;
type Command = Programmable["commands"][number];
type Argument = typeof bcs.Argument.$inferType;

const MALFORMED = codeNumber(SignatureFault, "malformed");
const NOT_GOOD = codeNumber(SignatureFault, "signature");
const RANDOMNESS = `0x${"8".padStart(64, "0")}`;
const IDENTIFIER = /^([a-zA-Z][a-zA-Z0-9_]*|_[a-zA-Z0-9_]+)$/;

const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const hash = (...parts: readonly Uint8Array[]): Uint8Array => blake2b(concat(...parts), { dkLen: 32 });
const address = (text: string): Uint8Array => bcs.Address.serialize(text).toBytes();
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

class Rejection extends Error {
  override readonly name = "Rejection";
  readonly verdict: Verdict;

  constructor(name: keyof typeof VerifyRejection, a: number | bigint = 0, b: number | bigint = 0) {
    super(name);
    this.verdict = { kind: "rejected", name, a: BigInt(a), b: BigInt(b) };
  }
}

/** Rejects when there are so many, or more than so many. */
const below = (name: keyof typeof VerifyRejection, limit: number, found: number): void => {
  if (found >= limit) throw new Rejection(name, limit, found);
};
const atMost = (name: keyof typeof VerifyRejection, limit: bigint, found: bigint): void => {
  if (found > limit) throw new Rejection(name, limit, found);
};

/** `transaction` is one well-formed programmable transaction (transaction-support.ts has the oracle for that). */
export function modelVerify(transaction: Uint8Array, signatures: readonly Uint8Array[], setting: Setting): Verdict {
  const data = ProgrammableData.parse(transaction).V1;
  try {
    checkForms(signatures);
    const signatureBytes = bcs.vector(bcs.byteVector()).serialize(signatures).toBytes();
    checkTransaction(data, transaction.length + signatureBytes.length, setting);
    checkSignatures(data, transaction, signatures);
    checkGas(data, setting);
    return {
      kind: "accepted",
      digest: hash(new TextEncoder().encode("TransactionData::"), transaction),
      sender: address(data.sender),
      gasOwner: address(data.gasData.owner),
      gasObjects: data.gasData.payment.map(({ objectId }) => address(objectId)),
      signaturesDigest: hash(signatureBytes),
    };
  } catch (error) {
    if (error instanceof Rejection) return error.verdict;
    throw error;
  }
}

function checkForms(signatures: readonly Uint8Array[]): void {
  for (const [index, signature] of signatures.entries()) {
    const [flag] = signature;
    if (flag === undefined) throw new Rejection("malformedSignature", index, MALFORMED);
    const scheme = SCHEMES.get(flag);
    if (!scheme) throw new Rejection("unsupportedSignatureScheme", flag);
    if (signature.length !== 1 + scheme.signature + scheme.key) {
      throw new Rejection("malformedSignature", index, MALFORMED);
    }
  }
}

function checkTransaction(data: Data, bytes: number, { epoch }: Setting): void {
  const { inputs, commands } = data.kind.ProgrammableTransaction as Programmable;
  const expiration = data.expiration.Epoch ?? undefined;
  if (expiration !== undefined && BigInt(expiration) < epoch) throw new Rejection("expired", BigInt(expiration), epoch);
  // One byte of count and three of intent are around it in upstream's SenderSignedData.
  atMost("transactionTooLarge", 131_072n, BigInt(1 + 3 + bytes));
  if (data.gasData.payment.length === 0) throw new Rejection("noGasPayment");
  below("tooManyGasObjects", 256, data.gasData.payment.length);
  below("tooManyCommands", 1_024, commands.length);
  checkInputs(inputs, commands);
  const publishes = commands.filter(({ Publish, Upgrade }) => Publish || Upgrade).length;
  atMost("tooManyPublishes", 5n, BigInt(publishes));
  for (const [index, command] of commands.entries()) checkCommand(command, index);
  checkRandomness(inputs, commands);
}

function checkInputs(inputs: Programmable["inputs"], commands: readonly Command[]): void {
  const objects = inputs.flatMap(({ Object: object }) => {
    const id = object?.ImmOrOwnedObject?.objectId ?? object?.SharedObject?.objectId;
    return id === undefined ? [] : [id];
  });
  const receiving = inputs.filter(({ Object: object }) => object?.Receiving).length;
  if (new Set(objects).size !== objects.length) throw new Rejection("duplicateObject");
  const packages = new Set(commands.flatMap(packagesOf));
  atMost("tooManyInputs", 2_048n, BigInt(objects.length + packages.size + receiving));
  for (const { Pure: pure } of inputs) {
    if (pure) below("pureTooLarge", 16_384, Buffer.from(pure.bytes, "base64").length);
  }
}

/** Addresses of the packages that a command names, once each. */
function packagesOf({ MoveCall, Publish, Upgrade, MakeMoveVec }: Command): string[] {
  const types = [...(MoveCall?.typeArguments ?? []), ...(MakeMoveVec?.type ? [MakeMoveVec.type] : [])];
  const inTypes = types.flatMap((type) =>
    [...type.matchAll(/0x([0-9a-f]+)::/g)].map(([, hex]) => `0x${hex!.padStart(64, "0")}`),
  );
  const called = MoveCall ? [MoveCall.package] : Upgrade ? [Upgrade.package] : [];
  return [...called, ...inTypes, ...((Publish ?? Upgrade)?.dependencies ?? [])];
}

interface Tag {
  readonly vector?: Tag;
  readonly struct?: { readonly module: string; readonly name: string; readonly typeParams: readonly Tag[] };
}

/** A type and all types in it. */
function nodesOf(tag: Tag): Tag[] {
  const inner = tag.vector ? [tag.vector] : (tag.struct?.typeParams ?? []);
  return [tag, ...inner.flatMap(nodesOf)];
}

function checkCommand(command: Command, index: number): void {
  const { MoveCall, Publish, Upgrade, MakeMoveVec } = command;
  const published = Publish ?? Upgrade;
  if (published) {
    if (published.modules.length === 0) throw new Rejection("emptyCommandInput", index);
    below("tooManyModules", 64, published.modules.length);
    below("tooManyDependencies", 32, published.dependencies.length);
    return;
  }
  const { all } = argumentsOf(command);
  const types = MoveCall?.typeArguments ?? (MakeMoveVec?.type ? [MakeMoveVec.type] : []);
  if (all.length === 0 && !MoveCall && types.length === 0) throw new Rejection("emptyCommandInput", index);
  const nodes = types.flatMap((type) => nodesOf(TypeTagSerializer.parseFromStr(type) as Tag));
  if (nodes.length >= 16) throw new Rejection("typeTooLarge", index, nodes.length);
  const names = nodes.flatMap(({ struct }) => (struct ? [struct.module, struct.name] : []));
  if (!names.every((name) => IDENTIFIER.test(name))) throw new Rejection("badIdentifier", index);
  below("tooManyArguments", 512, all.length);
  if (MoveCall && ![MoveCall.module, MoveCall.function].every((name) => IDENTIFIER.test(name))) {
    throw new Rejection("badIdentifier", index);
  }
}

/** The arguments that are counted, and the one that stands apart: the coin, the destination, the address, the ticket. */
function argumentsOf({ MoveCall, TransferObjects, SplitCoins, MergeCoins, MakeMoveVec, Upgrade }: Command) {
  const all =
    MoveCall?.arguments ??
    TransferObjects?.objects ??
    SplitCoins?.amounts ??
    MergeCoins?.sources ??
    MakeMoveVec?.elements;
  const apart = TransferObjects?.address ?? SplitCoins?.coin ?? MergeCoins?.destination ?? Upgrade?.ticket;
  return { all: (all ?? []) as readonly Argument[], apart: apart as Argument | undefined };
}

/** After a command that takes the randomness object only transfers and merges may follow. */
function checkRandomness(inputs: Programmable["inputs"], commands: readonly Command[]): void {
  const random = inputs.findIndex(({ Object: object }) => object?.SharedObject?.objectId === RANDOMNESS);
  if (random < 0) return;
  const uses = (command: Command): boolean => {
    const { all, apart } = argumentsOf(command);
    return [...all, ...(apart ? [apart] : [])].some(({ Input }) => Input === random);
  };
  const first = commands.findIndex(uses);
  if (first < 0) return;
  const after = commands.findIndex(
    ({ TransferObjects, MergeCoins }, index) => index > first && !TransferObjects && !MergeCoins,
  );
  if (after >= 0) throw new Rejection("afterRandomness", after);
}

function checkSignatures(data: Data, transaction: Uint8Array, signatures: readonly Uint8Array[]): void {
  const [sender, gasOwner] = [address(data.sender), address(data.gasData.owner)];
  const wanted = same(sender, gasOwner) ? 1 : 2;
  if (signatures.length !== wanted) throw new Rejection("wrongSignatureCount", wanted, signatures.length);
  const parts = signatures.map((signature) => {
    const flag = signature[0]!;
    const scheme = SCHEMES.get(flag)!;
    const key = signature.subarray(1 + scheme.signature);
    const signer = scheme.flagInAddress ? hash(Uint8Array.of(flag), key) : hash(key);
    return { scheme, bare: signature.subarray(1, 1 + scheme.signature), key, signer };
  });
  for (const [index, { signer }] of parts.entries()) {
    const known = same(signer, sender) || same(signer, gasOwner);
    if (!known || (index > 0 && same(signer, parts[0]!.signer))) throw new Rejection("wrongSigner", index);
  }
  // Intent of a transaction: scope, version and application are all 0.
  const message = hash(new Uint8Array(3), transaction);
  for (const [index, { scheme, bare, key }] of parts.entries()) {
    if (!isGood(scheme, bare, message, key)) throw new Rejection("badSignature", index, NOT_GOOD);
  }
}

/** The implementations throw on some malformed keys and signatures. */
function isGood(scheme: Scheme, bare: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  try {
    return scheme.verify(bare, message, key);
  } catch {
    return false;
  }
}

function checkGas({ gasData, kind }: Data, { referenceGasPrice }: Setting): void {
  const { inputs } = kind.ProgrammableTransaction as Programmable;
  const [price, budget] = [BigInt(gasData.price), BigInt(gasData.budget)];
  if (price < referenceGasPrice) throw new Rejection("gasPriceTooLow", referenceGasPrice, price);
  atMost("gasPriceTooHigh", 100_000n, price);
  atMost("gasBudgetTooHigh", 50_000_000_000n, budget);
  if (budget < 1_000n * price) throw new Rejection("gasBudgetTooLow", 1_000n * price, budget);
  const ids = [
    ...gasData.payment.map(({ objectId }) => objectId),
    ...inputs.flatMap(({ Object: object }) => {
      const one = object?.ImmOrOwnedObject ?? object?.SharedObject ?? object?.Receiving;
      return one ? [one.objectId] : [];
    }),
  ];
  if (new Set(ids).size !== ids.length) throw new Rejection("duplicateObject");
}
