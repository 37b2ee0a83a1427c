/** IOTA's object bytes as the host shows them (source: iotaledger/iota crates/iota-types/src/object.rs, move_package.rs). Nothing is decided here. */

import { bcs, TypeTagSerializer } from "@iota/iota-sdk/bcs";
import { toBase58 } from "@iota/iota-sdk/utils";
import { MAX_MOVE_OBJECT_BYTES } from "../../core/wire/limits.ts";
import { blob, bytes, decode, struct, u8, u64, union, type Value } from "../../core/wire/schema.ts";
import { digestOf } from "./digest.ts";
import { toHex } from "./hex.ts";
import { parseBcs } from "./parse.ts";
import { parseStructTag } from "./type-tag.ts";

/** MoveObjectType compresses the types of coins and stake; `Other` spells the struct out. */
const MoveObjectType = bcs.enum("MoveObjectType", {
  Other: bcs.StructTag,
  GasCoin: null,
  StakedIota: null,
  Coin: bcs.TypeTag,
});

const TypeOrigin = bcs.struct("TypeOrigin", {
  module_name: bcs.string(),
  datatype_name: bcs.string(),
  package: bcs.Address,
});
const UpgradeInfo = bcs.struct("UpgradeInfo", { upgraded_id: bcs.Address, upgraded_version: bcs.u64() });

export const ObjectData = bcs.enum("Data", {
  Move: bcs.struct("MoveObject", { type: MoveObjectType, version: bcs.u64(), contents: bcs.byteVector() }),
  Package: bcs.struct("MovePackage", {
    id: bcs.Address,
    version: bcs.u64(),
    moduleMap: bcs.map(bcs.string(), bcs.byteVector()),
    typeOriginTable: bcs.vector(TypeOrigin),
    linkageTable: bcs.map(bcs.Address, UpgradeInfo),
  }),
});

/** bcs(ObjectInner). */
export const ObjectBcs = bcs.struct("Object", {
  data: ObjectData,
  owner: bcs.Owner,
  previousTransaction: bcs.ObjectDigest,
  storageRebate: bcs.u64(),
});

const AddressBytes = struct("Address", { address: bytes(32) });

/**
 * bcs(ObjectInner) of a Move object whose type is one number: coins of IOTA, nearly all objects there are, and stake. The SDK's reader makes text of
 * everything; this one leaves the bytes.
 */
const ShortObject = struct("Object", {
  data: u8,
  type: u8,
  version: u64,
  contents: blob(MAX_MOVE_OBJECT_BYTES),
  owner: union("Owner", {
    address: AddressBytes,
    object: AddressBytes,
    shared: struct("Shared", { initialVersion: u64 }),
    immutable: struct("Immutable", {}),
  }),
  previousTransaction: blob(32),
  storageRebate: u64,
});

const DATA_MOVE = 0;
/** GasCoin and StakedIota of MoveObjectType. */
const SHORT_TYPES = [1, 2];

export type OwnerView =
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "object"; readonly address: string }
  | { readonly kind: "shared"; readonly initialVersion: string }
  | { readonly kind: "immutable" };

/** An object as its bytes say; ids and addresses are 0x and 64 hex digits, types are normalised. */
export interface ObjectView {
  readonly id: string;
  readonly version: bigint;
  /** base58 */
  readonly digest: string;
  readonly owner: OwnerView;
  /** Undefined for a package. */
  readonly type: string | undefined;
  /** Contents of a Move object; empty for a package. */
  readonly contents: Uint8Array;
  /** Modules of a package, by name. */
  readonly modules: ReadonlyMap<string, Uint8Array> | undefined;
  /** Balance of a coin, of whatever type. */
  readonly balance: bigint | undefined;
  /** T of a Coin<T>. */
  readonly coinType: string | undefined;
  readonly previousTransaction: string;
  readonly storageRebate: bigint;
}

const normalize = (type: string): string => parseStructTag(type).text;

export const IOTA_TYPE = normalize("0x2::iota::IOTA");
const ID_BYTES = 32;
const COIN = /^0x0{63}2::coin::Coin<(.*)>$/;

/** T of the type Coin<T>, both in this module's form; undefined for other types. */
export function coinTypeOf(type: string): string | undefined {
  return COIN.exec(type)?.[1];
}

const coinOf = (type: string): string => normalize(`0x2::coin::Coin<${type}>`);
const IOTA_COIN_TYPE = coinOf(IOTA_TYPE);
const STAKE_TYPE = normalize("0x3::staking_pool::StakedIota");

function typeName(type: (typeof MoveObjectType)["$inferType"]): { type: string; coinType: string | undefined } {
  switch (type.$kind) {
    case "GasCoin":
      return { type: IOTA_COIN_TYPE, coinType: IOTA_TYPE };
    case "StakedIota":
      return { type: STAKE_TYPE, coinType: undefined };
    case "Coin": {
      const coinType = normalize(type.Coin);
      return { type: coinOf(coinType), coinType };
    }
    case "Other":
      return { type: normalize(TypeTagSerializer.tagToString({ struct: type.Other })), coinType: undefined };
  }
}

function ownerView(owner: (typeof bcs.Owner)["$inferType"]): OwnerView {
  switch (owner.$kind) {
    case "AddressOwner":
      return { kind: "address", address: owner.AddressOwner };
    case "ObjectOwner":
      return { kind: "object", address: owner.ObjectOwner };
    case "Shared":
      return { kind: "shared", initialVersion: owner.Shared.initialSharedVersion };
    case "Immutable":
      return { kind: "immutable" };
  }
}

function shortOwner(owner: Value<typeof ShortObject>["owner"]): OwnerView {
  switch (owner.kind) {
    case "address":
    case "object":
      return { kind: owner.kind, address: `0x${toHex(owner.address)}` };
    case "shared":
      return { kind: "shared", initialVersion: String(owner.initialVersion) };
    case "immutable":
      return { kind: "immutable" };
  }
}

/** What is text in base58 is made when it is asked for. */
function viewShort(object: Uint8Array): ObjectView {
  const { type, version, contents, owner, previousTransaction, storageRebate } = decode(ShortObject, object);
  const isCoin = type === SHORT_TYPES[0];
  return {
    id: `0x${toHex(contents.subarray(0, ID_BYTES))}`,
    version,
    get digest() {
      return toBase58(digestOf("Object", object));
    },
    owner: shortOwner(owner),
    ...typeName(isCoin ? { GasCoin: true, $kind: "GasCoin" } : { StakedIota: true, $kind: "StakedIota" }),
    contents: contents.slice(),
    modules: undefined,
    balance: isCoin ? new DataView(contents.buffer, contents.byteOffset).getBigUint64(ID_BYTES, true) : undefined,
    get previousTransaction() {
      return toBase58(previousTransaction);
    },
    storageRebate,
  };
}

/** Reads bcs(Object). Throws when the bytes are not an object's. */
export function viewObject(object: Uint8Array): ObjectView {
  if (object[0] === DATA_MOVE && SHORT_TYPES.includes(object[1]!)) return viewShort(object);
  const { data, owner, previousTransaction, storageRebate } = parseBcs(ObjectBcs, object);
  /** Computed when it is asked for: whoever indexes an object has its digest already. */
  const digest = () => toBase58(digestOf("Object", object));
  const common = {
    owner: ownerView(owner),
    previousTransaction,
    storageRebate: BigInt(storageRebate),
  };
  if (data.$kind === "Package") {
    return {
      ...common,
      get digest() {
        return digest();
      },
      id: data.Package.id,
      version: BigInt(data.Package.version),
      type: undefined,
      contents: new Uint8Array(),
      modules: new Map([...data.Package.moduleMap].map(([name, module]) => [name, Uint8Array.from(module)])),
      balance: undefined,
      coinType: undefined,
    };
  }
  const { type, coinType } = typeName(data.Move.type);
  const contents = Uint8Array.from(data.Move.contents);
  const view = new DataView(contents.buffer);
  return {
    ...common,
    get digest() {
      return digest();
    },
    id: `0x${toHex(contents.subarray(0, ID_BYTES))}`,
    version: BigInt(data.Move.version),
    type,
    contents,
    modules: undefined,
    balance: coinType === undefined ? undefined : view.getBigUint64(ID_BYTES, true),
    coinType,
  };
}
