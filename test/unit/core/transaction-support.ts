/**
 * The transaction parser as tests see it, by itself and in the components that have it, and its oracle: the official SDK's BCS. The SDK's decoder is lax (it leaves bytes over, and
 * takes any byte for a bool), so the oracle also wants its decoded value to encode back to the same bytes.
 */
import { bcs } from "@iota/iota-sdk/bcs";
import fc from "fast-check";
import { expect } from "vitest";
import { codeName, codeNumber, ExecuteDrop, ExecuteRejection } from "../../../core/wire/codes.ts";
import { MAX_TRANSACTION_BYTES } from "../../../core/wire/limits.ts";
import { loadComponent } from "../../support/component.ts";
import { loadWasm } from "../../support/wasm.ts";
import { NO_CHAIN, rejection, verifier } from "./verify-support.ts";

type Getter = () => number;
type Wide = () => bigint;
type Indexed = (index: number) => number;

export interface TransactionWasm {
  readonly memory: WebAssembly.Memory;
  buffer: Getter;
  parseTransaction(from: number, length: number): number;
  transactionFaultOffset: Getter;
  transactionDigest(out: number, from: number, length: number): void;
  transactionKind: Getter;
  transactionSender: Getter;
  transactionGasOwner: Getter;
  transactionGasCount: Getter;
  transactionGasObject: Indexed;
  transactionGasPrice: Wide;
  transactionGasBudget: Wide;
  transactionExpires: Getter;
  transactionExpirationEpoch: Wide;
  transactionInputCount: Getter;
  inputKind: Indexed;
  inputPointer: Indexed;
  inputPureLength: Indexed;
  inputVersion(index: number): bigint;
  inputMutable: Indexed;
  transactionCommandCount: Getter;
  openCommand: Indexed;
  commandKind: Indexed;
  commandArgumentCount: Getter;
  commandArguments: Getter;
  commandSubject: Getter;
  commandTypeCount: Getter;
  commandTypes: Getter;
  commandTypeNamesValid: Getter;
  commandPackage: Getter;
  commandModule: Getter;
  commandModuleLength: Getter;
  commandFunction: Getter;
  commandFunctionLength: Getter;
  commandNamesValid: Getter;
  commandModuleCount: Getter;
  commandModules: Getter;
  commandDependencyCount: Getter;
  commandDependencies: Getter;
  argumentKind: Indexed;
  argumentIndex: Indexed;
  argumentNestedIndex: Indexed;
  nextArgument: Indexed;
  referenceVersion(reference: number): bigint;
  referenceDigest: Indexed;
  genesisObjectCount: Getter;
  genesisObject: Indexed;
  genesisObjectLength: Indexed;
  genesisEventCount: Getter;
  genesisEvents: Getter;
  genesisEventsLength: Getter;
  prologueEpoch: Wide;
  prologueRound: Wide;
  prologueHasSubDagIndex: Getter;
  prologueSubDagIndex: Wide;
  prologueTimestampMs: Wide;
  prologueCommitDigest: Getter;
  prologueAssignmentCount: Getter;
  signedMessage(
    out: number,
    chain: number,
    epoch: bigint,
    author: number,
    boot: bigint,
    kind: number,
    slot: bigint,
    digest: number,
  ): number;
}

export const PARSED = 0;
export const MALFORMED = 1;
export const UNSUPPORTED_KIND = 2;

export const wasm = loadWasm<TransactionWasm>("test-transaction");
const memory = new Uint8Array(wasm.memory.buffer);
/** Where a test writes results, and where the transaction lies. */
export const OUT = wasm.buffer();
export const INPUT = OUT + 4096;

export const bytesAt = (at: number, length: number): Uint8Array => memory.slice(at, at + length);
export const put = (at: number, bytes: Uint8Array): void => memory.set(bytes, at);

const verify = verifier();
const execute = loadComponent("execute", { sealed: 0 }).component;

/** What `verify` and `execute` make of the same bytes: the one needs signatures, the other objects, once they have read them. */
function expectSameInComponents(transaction: Uint8Array, parsed: number): void {
  const refused = rejection(verify.step("hostToVerify", { kind: "transaction", id: 1n, transaction, signatures: [] }));
  const expected = [undefined, "malformedTransaction", "unsupportedTransactionKind"][parsed];
  if (parsed === MALFORMED) expect(refused.a).toBe(BigInt(wasm.transactionFaultOffset()));
  if (expected === undefined) expect(refused.name).not.toBe("malformedTransaction");
  else expect(refused.name).toBe(expected);
  const { environment } = NO_CHAIN;
  const frame = { kind: "execute", id: 1n, mode: 0, commit: 0n, environment, transaction, objects: [], absent: [] };
  const [answer] = execute.step("hostToExecute", frame as never);
  const code = answer?.frame.kind === "rejected" && "code" in answer.frame ? answer.frame.code : 0;
  expect(codeName(ExecuteRejection, code) === "malformedTransaction").toBe(parsed === MALFORMED);
  if (parsed === MALFORMED) expect(answer!.frame).toMatchObject({ id: 1n, a: 0n });
  if (parsed === UNSUPPORTED_KIND) {
    const misplaced = { kind: "dropped", code: codeNumber(ExecuteDrop, "systemTransactionMisplaced") };
    expect(answer!.frame).toMatchObject({ ...misplaced, a: BigInt(wasm.transactionKind()) });
  }
}

/** PARSED, MALFORMED or UNSUPPORTED_KIND. */
export function parse(bytes: Uint8Array): number {
  put(INPUT, bytes);
  const parsed = wasm.parseTransaction(INPUT, bytes.length);
  if (bytes.length <= MAX_TRANSACTION_BYTES) expectSameInComponents(bytes.slice(), parsed);
  return parsed;
}

/** TransactionData with programmable transactions alone, of the SDK's parts; its own expiration epoch is a lossy number. */
export const ProgrammableData = bcs.enum("TransactionData", {
  V1: bcs.struct("TransactionDataV1", {
    kind: bcs.enum("TransactionKind", { ProgrammableTransaction: bcs.ProgrammableTransaction }),
    sender: bcs.Address,
    gasData: bcs.GasData,
    expiration: bcs.enum("TransactionExpiration", { None: null, Epoch: bcs.u64() }),
  }),
});

/** Whether the bytes are exactly one programmable transaction. */
export function oracleAccepts(bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(ProgrammableData.serialize(ProgrammableData.parse(bytes)).toBytes(), bytes) === 0;
  } catch {
    return false;
  }
}

/** The parsed transaction as `ProgrammableData.parse` would give it, read through the accessors. */
export function described(length: number): unknown {
  const rest = (at: number) => bytesAt(at, INPUT + length - at);
  const address = (at: number) => bcs.Address.parse(bytesAt(at, 32));
  const base64 = (at: number, size: number) => Buffer.from(bytesAt(at, size)).toString("base64");
  const text = (at: number, size: number) => Buffer.from(bytesAt(at, size)).toString("utf8");
  const variant = (name: string, value: unknown) => ({ $kind: name, [name]: value });
  const reference = (at: number) => ({
    objectId: address(at),
    version: wasm.referenceVersion(at).toString(),
    digest: bcs.ObjectDigest.parse(bytesAt(wasm.referenceDigest(at) - 1, 33)),
  });
  const input = (i: number) => {
    const at = wasm.inputPointer(i);
    switch (wasm.inputKind(i)) {
      case 0:
        return variant("Pure", { bytes: base64(at, wasm.inputPureLength(i)) });
      case 1:
        return variant("Object", variant("ImmOrOwnedObject", reference(at)));
      case 2:
        return variant(
          "Object",
          variant("SharedObject", {
            objectId: address(at),
            initialSharedVersion: wasm.inputVersion(i).toString(),
            mutable: wasm.inputMutable(i) === 1,
          }),
        );
      default:
        return variant("Object", variant("Receiving", reference(at)));
    }
  };
  const argument = (at: number) => {
    const index = wasm.argumentIndex(at);
    switch (wasm.argumentKind(at)) {
      case 0:
        return variant("GasCoin", true);
      case 1:
        return variant("Input", index);
      case 2:
        return variant("Result", index);
      default:
        return variant("NestedResult", [index, wasm.argumentNestedIndex(at)]);
    }
  };
  const listed = () => {
    const all: unknown[] = [];
    let at = wasm.commandArguments();
    for (let i = 0; i < wasm.commandArgumentCount(); i++) {
      all.push(argument(at));
      at = wasm.nextArgument(at);
    }
    return all;
  };
  const types = () => bcs.fixedArray(wasm.commandTypeCount(), bcs.TypeTag).parse(rest(wasm.commandTypes()));
  const modules = () =>
    bcs
      .fixedArray(wasm.commandModuleCount(), bcs.byteVector())
      .parse(rest(wasm.commandModules()))
      .map((module) => Buffer.from(module).toString("base64"));
  const dependencies = () =>
    Array.from({ length: wasm.commandDependencyCount() }, (_, i) => address(wasm.commandDependencies() + 32 * i));
  const command = (i: number) => {
    const subject = () => argument(wasm.commandSubject());
    switch (wasm.openCommand(i)) {
      case 0:
        return variant("MoveCall", {
          package: address(wasm.commandPackage()),
          module: text(wasm.commandModule(), wasm.commandModuleLength()),
          function: text(wasm.commandFunction(), wasm.commandFunctionLength()),
          typeArguments: types(),
          arguments: listed(),
        });
      case 1:
        return variant("TransferObjects", { objects: listed(), address: subject() });
      case 2:
        return variant("SplitCoins", { coin: subject(), amounts: listed() });
      case 3:
        return variant("MergeCoins", { destination: subject(), sources: listed() });
      case 4:
        return variant("Publish", { modules: modules(), dependencies: dependencies() });
      case 5:
        return variant("MakeMoveVec", { type: types()[0] ?? null, elements: listed() });
      default:
        return variant("Upgrade", {
          modules: modules(),
          dependencies: dependencies(),
          package: address(wasm.commandPackage()),
          ticket: subject(),
        });
    }
  };
  const many = <T>(count: number, of: (i: number) => T) => Array.from({ length: count }, (_, i) => of(i));
  return variant("V1", {
    kind: variant("ProgrammableTransaction", {
      inputs: many(wasm.transactionInputCount(), input),
      commands: many(wasm.transactionCommandCount(), command),
    }),
    sender: address(wasm.transactionSender()),
    gasData: {
      payment: many(wasm.transactionGasCount(), (i) => reference(wasm.transactionGasObject(i))),
      owner: address(wasm.transactionGasOwner()),
      price: BigInt.asUintN(64, wasm.transactionGasPrice()).toString(),
      budget: BigInt.asUintN(64, wasm.transactionGasBudget()).toString(),
    },
    expiration: wasm.transactionExpires()
      ? variant("Epoch", BigInt.asUintN(64, wasm.transactionExpirationEpoch()).toString())
      : variant("None", true),
  });
}

const address = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bcs.Address.parse(bytes));
const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => bcs.ObjectDigest.parse(new Uint8Array([32, ...bytes])));
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
/** Versions are read as signed by JavaScript, so they stay below 2^63, as upstream's do. */
const version = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
const u16 = fc.nat(65_535);
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,12}$/);
const blob = fc.uint8Array({ maxLength: 300 });
const list = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 5 });

const reference = fc.record({ objectId: address, version, digest });
const argument = fc.oneof(
  fc.constant({ GasCoin: true as const }),
  u16.map((Input) => ({ Input })),
  u16.map((Result) => ({ Result })),
  fc.tuple(u16, u16).map((NestedResult) => ({ NestedResult })),
);
const primitive = fc.constantFrom("bool", "u8", "u16", "u32", "u64", "u128", "u256", "address", "signer");
const { type } = fc.letrec<{ type: string }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3 },
    primitive,
    tie("type").map((inner) => `vector<${inner}>`),
    fc
      .tuple(address, name, name, fc.array(tie("type"), { maxLength: 2 }))
      .map(
        ([at, module, struct, inner]) => `${at}::${module}::${struct}${inner.length ? `<${inner.join(", ")}>` : ""}`,
      ),
  ),
}));
const input = fc.oneof(
  blob.map((bytes) => ({ Pure: { bytes } })),
  reference.map((ImmOrOwnedObject) => ({ Object: { ImmOrOwnedObject } })),
  fc
    .record({ objectId: address, initialSharedVersion: version, mutable: fc.boolean() })
    .map((SharedObject) => ({ Object: { SharedObject } })),
  reference.map((Receiving) => ({ Object: { Receiving } })),
);
const command = fc.oneof(
  fc
    .record({ package: address, module: name, function: name, typeArguments: list(type), arguments: list(argument) })
    .map((MoveCall) => ({ MoveCall })),
  fc.record({ objects: list(argument), address: argument }).map((TransferObjects) => ({ TransferObjects })),
  fc.record({ coin: argument, amounts: list(argument) }).map((SplitCoins) => ({ SplitCoins })),
  fc.record({ destination: argument, sources: list(argument) }).map((MergeCoins) => ({ MergeCoins })),
  fc.record({ modules: list(blob), dependencies: list(address) }).map((Publish) => ({ Publish })),
  fc.record({ type: fc.option(type), elements: list(argument) }).map((MakeMoveVec) => ({ MakeMoveVec })),
  fc
    .record({ modules: list(blob), dependencies: list(address), package: address, ticket: argument })
    .map((Upgrade) => ({ Upgrade })),
);

/** Any well-formed programmable transaction, sensible or not. */
export const anyTransaction = fc
  .record({
    inputs: list(input),
    commands: list(command),
    sender: address,
    payment: list(reference),
    owner: address,
    price: u64,
    budget: u64,
    expiration: fc.option(u64),
  })
  .map(({ inputs, commands, sender, payment, owner, price, budget, expiration }) =>
    ProgrammableData.serialize({
      V1: {
        kind: { ProgrammableTransaction: { inputs, commands } },
        sender,
        gasData: { payment, owner, price, budget },
        expiration: expiration === null ? { None: true } : { Epoch: expiration },
      },
    }).toBytes(),
  );
