/** Runs transactions through the `execute` component, and reads its answers with the official client's BCS. */
import { toBase58, toHex } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { blake2b } from "@noble/hashes/blake2.js";
import type { Environment, ExecuteToHost, ExecuteToLedger } from "../../../core/wire/frames.ts";
import type { Value } from "../../../core/wire/schema.ts";
import { type Component, loadComponent } from "../../support/component.ts";
import {
  balanceOf,
  coin,
  idBytes,
  moveObject,
  numbered,
  type ParsedObject,
  parseObject,
  reference,
  signableDigest,
  type TestObject,
} from "../../support/objects.ts";

export const GAS_PRICE = 1000n;
export const environment: Value<typeof Environment> = {
  epoch: 3n,
  epochStartMs: 1_700_000_000_000n,
  protocolVersion: 38n,
  referenceGasPrice: GAS_PRICE,
};

export const SENDER = numbered(0xa11ce);
export const SPONSOR = numbered(0x5500);
export const RECIPIENT = numbered(0xb0b);

/** Argument, command and input as the client's BCS takes them. */
export type Argument = typeof bcs.Argument.$inferInput;
export type Command = typeof bcs.Command.$inferInput;
export type Input = typeof bcs.CallArg.$inferInput;

export const gasCoin: Argument = { GasCoin: true };
export const input = (index: number): Argument => ({ Input: index });
export const result = (index: number): Argument => ({ Result: index });
export const nested = (index: number, at: number): Argument => ({ NestedResult: [index, at] });

export const split = (from: Argument, ...amounts: Argument[]): Command => ({ SplitCoins: { coin: from, amounts } });
export const merge = (destination: Argument, ...sources: Argument[]): Command => ({
  MergeCoins: { destination, sources },
});
export const transfer = (address: Argument, ...objects: Argument[]): Command => ({
  TransferObjects: { objects, address },
});
export const makeVector = (type: string | null, ...elements: Argument[]): Command => ({
  MakeMoveVec: { type, elements },
});

export const pure = (bytes: Uint8Array | readonly number[]): Input => ({ Pure: { bytes: Uint8Array.from(bytes) } });
export const u64 = (value: bigint): Input => pure(bcs.u64().serialize(value).toBytes());
export const address = (value: string): Input => pure(idBytes(value));
export const owned = (object: TestObject): Input => ({ Object: { ImmOrOwnedObject: reference(object) } });
export const shared = (object: TestObject, mutable: boolean, initialSharedVersion = 1n): Input => ({
  Object: { SharedObject: { objectId: object.id, initialSharedVersion: initialSharedVersion.toString(), mutable } },
});

export interface TransactionOptions {
  readonly inputs?: readonly Input[];
  readonly commands?: readonly Command[];
  readonly payment: readonly TestObject[];
  readonly sender?: string;
  readonly gasOwner?: string;
  readonly price?: bigint;
  readonly budget?: bigint;
  readonly expiration?: number;
}

/** bcs(TransactionData), by the client. */
export function transaction(options: TransactionOptions): Uint8Array {
  const { inputs = [], commands = [], payment, sender = SENDER, gasOwner = sender } = options;
  return bcs.TransactionData.serialize(
    {
      V1: {
        kind: { ProgrammableTransaction: { inputs: [...inputs], commands: [...commands] } },
        sender,
        gasData: {
          payment: payment.map(reference),
          owner: gasOwner,
          price: (options.price ?? GAS_PRICE).toString(),
          budget: (options.budget ?? 10_000_000n).toString(),
        },
        expiration: options.expiration === undefined ? { None: true } : { Epoch: options.expiration },
      },
    },
    { maxSize: 1 << 20 },
  ).toBytes();
}

export const transactionDigest = (bytes: Uint8Array): Uint8Array => signableDigest("TransactionData", bytes);

export type Effects = (typeof bcs.TransactionEffects.$inferType)["V1"];
type HostFrame = Value<typeof ExecuteToHost>;
type LedgerFrame = Value<typeof ExecuteToLedger>;
export type Executed = Extract<HostFrame, { kind: "executed" }>;

/** What a run came to: the two frames, and the effects and objects in them. */
export interface Outcome {
  readonly host: HostFrame;
  readonly ledger: LedgerFrame | undefined;
}

export interface Success {
  readonly effects: Effects;
  readonly effectsBytes: Uint8Array;
  readonly digest: string;
  /** By id. */
  readonly written: ReadonlyMap<string, { readonly value: ParsedObject; readonly object: TestObject }>;
  readonly host: Executed;
  readonly ledger: Extract<LedgerFrame, { kind: "executed" }> | undefined;
}

export interface RunOptions {
  readonly objects: readonly TestObject[];
  readonly absent?: readonly string[];
  readonly mode?: 0 | 1 | 2;
  readonly commit?: bigint;
  readonly environment?: Value<typeof Environment>;
}

const components = new Map<number, Component>();

/** The one instance of a file. It has a past: every number of its last answer is some other than 0, so that one that stays is seen. */
export function component(sealed: 0 | 1): Component {
  let instance = components.get(sealed);
  if (!instance) {
    instance = loadComponent("execute", { sealed }).component;
    components.set(sealed, instance);
    instance.step("hostToExecute", pastOf());
  }
  return instance;
}

/** A transaction that is dropped for its second command, of an object: a reason of which all fields say something. */
function pastOf() {
  const payment = [coin({ id: numbered(0x9a5), owner: SENDER, balance: 1_000_000_000n })];
  const thing = moveObject({
    id: numbered(0x9a6),
    owner: { AddressOwner: SENDER },
    type: "0x99::m::Thing",
    fields: Uint8Array.of(1),
  });
  const commands = [split(gasCoin, input(1)), transfer(input(2), input(0))];
  const inputs = [owned(thing), u64(1n), address(RECIPIENT)];
  return {
    kind: "execute",
    id: 41n,
    mode: 0,
    commit: 4n,
    environment,
    transaction: transaction({ payment, inputs, commands }),
    objects: [...payment, thing].map(({ bytes }) => bytes),
    absent: [],
  } as const;
}

const byBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b);

/** One run in the sealed instance. */
export function run(transactionBytes: Uint8Array, options: RunOptions): Outcome {
  const objects = [...options.objects].sort((a, b) => byBytes(idBytes(a.id), idBytes(b.id)));
  const outputs = component(1).step("hostToExecute", {
    kind: "execute",
    id: 42n,
    mode: options.mode ?? 0,
    commit: options.commit ?? 5n,
    environment: options.environment ?? environment,
    transaction: transactionBytes,
    objects: objects.map((object) => object.bytes),
    absent: (options.absent ?? []).map(idBytes).sort(byBytes),
  });
  const host = outputs.find((output) => output.lane === "executeToHost");
  const ledger = outputs.find((output) => output.lane === "executeToLedger");
  if (host?.lane !== "executeToHost") throw new Error("no answer to the host");
  return { host: host.frame, ledger: ledger?.lane === "executeToLedger" ? ledger.frame : undefined };
}

/** A run that must end in effects; failed status or not. */
export function execute(transactionBytes: Uint8Array, options: RunOptions): Success {
  const { host, ledger } = run(transactionBytes, options);
  if (host.kind !== "executed") throw new Error(`not executed: ${JSON.stringify(host, jsonable)}`);
  const written = new Map(host.written.map((bytes) => [parseObject(bytes).object.id, parseObject(bytes)] as const));
  return {
    effects: bcs.TransactionEffects.parse(host.effects).V1,
    effectsBytes: host.effects,
    digest: toBase58(host.digest),
    written,
    host,
    ledger: ledger?.kind === "executed" ? ledger : undefined,
  };
}

const jsonable = (_: string, value: unknown) =>
  typeof value === "bigint" ? value.toString() : value instanceof Uint8Array ? toHex(value) : value;

/** The id of the n-th object that a transaction creates, by the published rule. */
export function derivedId(digest: Uint8Array, count: bigint): string {
  const preimage = Uint8Array.from([0xf1, ...digest, ...bcs.u64().serialize(count).toBytes()]);
  return `0x${toHex(blake2b256(preimage))}`;
}

function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 32 });
}

export const receiving = (object: TestObject): Input => ({ Object: { Receiving: reference(object) } });

/** A plain coin of IOTA that pays gas. */
export const gas = (n: number, balance: bigint, owner = SENDER): TestObject =>
  coin({ id: numbered(0x9a5_0000 + n), owner, balance, version: 7n });

export const BILLION = 1_000_000_000n;
/** A coin of the smallest computation step at the usual price. */
export const STEP = 1_000_000n;

export const other = (n: number, balance: bigint, owner = SENDER) =>
  coin({ id: numbered(0xc0_0000 + n), owner, balance, version: 11n });
export const token = (n: number, balance: bigint, type = "0x99::token::TOKEN") =>
  coin({ id: numbered(0x70_0000 + n), owner: SENDER, balance, version: 3n, type, rebate: tokenStorage(type) });
const tokenStorage = (type: string) => BigInt(80 + 8 + 40 + 1 + bcs.TypeTag.serialize(type).toBytes().length) * 7600n;

export const status = (success: Success) => success.effects.status;
export const balance = (success: Success, id: string) => balanceOf(success.written.get(id)!.value);
export const net = ({ effects: { gasUsed } }: Success) =>
  BigInt(gasUsed.computationCost) + BigInt(gasUsed.storageCost) - BigInt(gasUsed.storageRebate);
export const change = (success: Success, id: string) => success.effects.changedObjects.find(([at]) => at === id)?.[1];

/** A plain run: one gas coin of a billion NANOS, these objects as inputs. */
export function plain(
  options: Partial<TransactionOptions> & { objects?: readonly TestObject[]; extra?: readonly TestObject[] },
) {
  const { objects = [], extra = [], payment = [gas(1, BILLION)], ...rest } = options;
  return execute(transaction({ payment, ...rest, inputs: [...objects.map(owned), ...(options.inputs ?? [])] }), {
    objects: [...objects, ...extra, ...payment],
  });
}
