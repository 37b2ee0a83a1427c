/**
 * What commands work on, as Move's rules for values have it: pure bytes, objects, and vectors that commands made, each in a slot from which
 * it can be taken once unless it can be copied. Objects are plain records that commands change.
 */
import { fromHex, toHex } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { ObjectBcs, type ParsedObject, signableDigest } from "../../test/support/objects.ts";

export type Owner = ParsedObject["owner"];

/** An object as it was read. */
export interface Original {
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
  readonly version: bigint;
  readonly owner: Owner;
  readonly rebate: bigint;
  /** Digest of the transaction that wrote it, base58. */
  readonly previous: string;
}

/** An object in play. */
export interface Item {
  readonly id: string;
  /** MoveObjectType as the client's BCS has it; undefined for a package. */
  readonly type: NonNullable<ParsedObject["data"]["Move"]>["type"] | undefined;
  /** Undefined for one that the transaction made. */
  readonly original: Original | undefined;
  /** May this transaction change it? */
  readonly mutable: boolean;
  readonly shared: boolean;
  owner: Owner;
  /** After the id; of a coin its balance. */
  rest: Uint8Array;
  rebate: bigint;
  outcome: "untouched" | "written" | "deleted";
}

const parsed = new WeakMap<Uint8Array, ParsedObject>();

/** Remembered, because properties run over the same objects again and again. */
function parse(bytes: Uint8Array): ParsedObject {
  const value = parsed.get(bytes) ?? ObjectBcs.parse(bytes);
  parsed.set(bytes, value);
  return value;
}

export function readItem(bytes: Uint8Array, flags: { readonly mutable: boolean; readonly shared: boolean }): Item {
  const { data, owner, previousTransaction, storageRebate } = parse(bytes);
  const move = data.Move;
  const contents = Uint8Array.from(move?.contents ?? []);
  const original: Original = {
    bytes,
    digest: signableDigest("Object", bytes),
    version: BigInt(move?.version ?? data.Package!.version),
    owner,
    rebate: BigInt(storageRebate),
    previous: previousTransaction,
  };
  return {
    id: move ? `0x${toHex(contents.subarray(0, 32))}` : data.Package!.id,
    type: move?.type,
    original,
    ...flags,
    owner,
    rest: contents.subarray(32),
    rebate: original.rebate,
    outcome: "untouched",
  };
}

export const isCoin = ({ type }: Item): boolean => type?.GasCoin !== undefined || type?.Coin !== undefined;
export const isIotaCoin = ({ type }: Item): boolean => type?.GasCoin !== undefined;
export const balanceOf = ({ rest }: Item): bigint => BigInt(bcs.u64().parse(rest));

export function setBalance(item: Item, balance: bigint): void {
  item.rest = bcs.u64().serialize(balance).toBytes();
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const MoveObjectType = bcs.enum("MoveObjectType", {
  Other: bcs.StructTag,
  GasCoin: null,
  StakedIota: null,
  Coin: bcs.TypeTag,
});
const VECTOR = Uint8Array.of(6);

/** bcs(TypeTag) of a type as a string. */
export const tagOf = (type: string): Uint8Array => bcs.TypeTag.serialize(type).toBytes();
export const vectorOf = (tag: Uint8Array): Uint8Array => concat(VECTOR, tag);

/** bcs(TypeTag) of an object's type, whose short forms stand for coins and staked IOTA. */
export function tagOfItem({ type }: Item): Uint8Array {
  if (type?.GasCoin) return tagOf("0x2::coin::Coin<0x2::iota::IOTA>");
  if (type?.StakedIota) return tagOf("0x3::staking_pool::StakedIota");
  const short = MoveObjectType.serialize(type as never)
    .toBytes()
    .subarray(1);
  const coin = tagOf("0x2::coin::Coin<u8>");
  return type?.Coin ? concat(coin.subarray(0, -1), short) : concat(Uint8Array.of(7), short);
}

/** What storage is charged for: 80 bytes of bookkeeping, the version, type and contents; of a package its parts. */
export function gasSize(item: Item): bigint {
  if (item.type === undefined) return packageSize(item.original!.bytes);
  const type = MoveObjectType.serialize(item.type as never).toBytes().length;
  return BigInt(80 + 8 + type + 32 + item.rest.length);
}

function packageSize(bytes: Uint8Array): bigint {
  const { moduleMap, typeOriginTable, linkageTable } = parse(bytes).data.Package!;
  const text = (name: string) => new TextEncoder().encode(name).length;
  let size = 80 + 8;
  for (const [name, code] of moduleMap) size += text(name) + code.length;
  for (const { moduleName, datatypeName } of typeOriginTable) size += text(moduleName) + text(datatypeName) + 32;
  return BigInt(size + 72 * linkageTable.size);
}

/** The bytes of an object as a transaction leaves it. */
export function writeItem(item: Item, version: bigint, previous: string): Uint8Array {
  return ObjectBcs.serialize(
    {
      data: { Move: { type: item.type as never, version, contents: [...fromHex(item.id), ...item.rest] } },
      owner: item.owner as never,
      previousTransaction: previous,
      storageRebate: item.rebate,
    },
    { maxSize: 1 << 20 },
  ).toBytes();
}

export type Value =
  | { readonly kind: "pure"; readonly bytes: Uint8Array }
  | { readonly kind: "object"; readonly item: Item }
  /** A vector that a command made. `primitive`: of values that may be copied and dropped. */
  | { readonly kind: "vector"; readonly tag: Uint8Array; readonly bytes: Uint8Array; readonly primitive: boolean };

export interface Slot {
  readonly value: Value;
  present: boolean;
}

export const copyable = ({ value }: Slot): boolean =>
  value.kind === "pure" || (value.kind === "vector" && value.primitive);

/** A failure of execution: ExecutionFailureStatus as the client's BCS takes it. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly error: object;

  constructor(error: object) {
    super(Object.keys(error).join());
    this.error = error;
  }
}

export const argumentFailure = (argIdx: number, kind: object): Failure =>
  new Failure({ CommandArgumentError: { argIdx, kind } });
