/**
 * bcs(Object) written down a second time, with the official client's BCS library, so that tests make and read objects without the core's
 * own code. Source of the schema: iotaledger/iota crates/iota-core/tests/staged/iota.yaml.
 */

import { fromHex, toBase58, toHex } from "@iota/bcs";
import { bcs, TypeTagSerializer } from "@iota/iota-sdk/bcs";
import { blake2b } from "@noble/hashes/blake2.js";

const Owner = bcs.enum("Owner", {
  AddressOwner: bcs.Address,
  ObjectOwner: bcs.Address,
  Shared: bcs.struct("Shared", { initialSharedVersion: bcs.u64() }),
  Immutable: null,
});

const MoveObjectType = bcs.enum("MoveObjectType", {
  Other: bcs.StructTag,
  GasCoin: null,
  StakedIota: null,
  Coin: bcs.TypeTag,
});

const MovePackage = bcs.struct("MovePackage", {
  id: bcs.Address,
  version: bcs.u64(),
  moduleMap: bcs.map(bcs.string(), bcs.byteVector()),
  typeOriginTable: bcs.vector(
    bcs.struct("TypeOrigin", { moduleName: bcs.string(), datatypeName: bcs.string(), package: bcs.Address }),
  ),
  linkageTable: bcs.map(
    bcs.Address,
    bcs.struct("UpgradeInfo", { upgradedId: bcs.Address, upgradedVersion: bcs.u64() }),
  ),
});

const Data = bcs.enum("Data", {
  Move: bcs.struct("MoveObject", { type: MoveObjectType, version: bcs.u64(), contents: bcs.byteVector() }),
  Package: MovePackage,
});

export const ObjectBcs = bcs.struct("Object", {
  data: Data,
  owner: Owner,
  previousTransaction: bcs.ObjectDigest,
  storageRebate: bcs.u64(),
});

export type ObjectValue = typeof ObjectBcs.$inferInput;
export type OwnerValue = typeof Owner.$inferInput;
export type ParsedObject = typeof ObjectBcs.$inferType;

const Coin = bcs.struct("Coin", { id: bcs.Address, balance: bcs.u64() });

const concat = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** blake2b256(name || "::" || bytes), upstream's digest of a BcsSignable. */
export function signableDigest(name: string, bytes: Uint8Array): Uint8Array {
  return blake2b(concat(new TextEncoder().encode(`${name}::`), bytes), { dkLen: 32 });
}

/** An object as a transaction refers to it, and its bytes. */
export interface TestObject {
  readonly id: string;
  readonly version: bigint;
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

/** A 32-byte id or address made of one number. */
export const numbered = (n: number | bigint): string => `0x${n.toString(16).padStart(64, "0")}`;

export const idBytes = (id: string): Uint8Array => fromHex(id);

export const reference = (object: TestObject) => ({
  objectId: object.id,
  version: object.version.toString(),
  digest: toBase58(object.digest),
});

function seal(id: string, version: bigint, value: ObjectValue): TestObject {
  const bytes = ObjectBcs.serialize(value, { maxSize: 1 << 20 }).toBytes();
  return { id, version, digest: signableDigest("Object", bytes), bytes };
}

export interface CoinOptions {
  readonly id: string;
  readonly owner: string | OwnerValue;
  readonly balance: bigint;
  readonly version?: bigint;
  /** Type of the coin; IOTA when left out. */
  readonly type?: string;
  readonly previous?: Uint8Array;
  readonly rebate?: bigint;
}

/** Storage of a coin of IOTA: (80 + 8 + 40 + 1) bytes at 7,600 NANOS. */
export const IOTA_COIN_STORAGE = 980_400n;

export function coin({ id, owner, balance, version = 1n, type, previous, rebate }: CoinOptions): TestObject {
  return seal(id, version, {
    data: {
      Move: {
        type: type === undefined ? { GasCoin: true } : { Coin: type },
        version,
        contents: Coin.serialize({ id, balance }).toBytes(),
      },
    },
    owner: typeof owner === "string" ? { AddressOwner: owner } : owner,
    previousTransaction: toBase58(previous ?? new Uint8Array(32).fill(7)),
    storageRebate: rebate ?? IOTA_COIN_STORAGE,
  });
}

export interface MoveObjectOptions {
  readonly id: string;
  readonly owner: OwnerValue;
  readonly version?: bigint;
  readonly type: string;
  /** Behind the id. */
  readonly fields?: Uint8Array;
  readonly previous?: Uint8Array;
  readonly rebate?: bigint;
}

/** A Move object of a type that has no short form. */
export function moveObject({ id, owner, version = 1n, type, fields, previous, rebate }: MoveObjectOptions): TestObject {
  const tag = TypeTagSerializer.parseFromStr(type, true) as { struct: typeof bcs.StructTag.$inferInput };
  return seal(id, version, {
    data: { Move: { type: { Other: tag.struct }, version, contents: concat(fromHex(id), fields ?? new Uint8Array()) } },
    owner,
    previousTransaction: toBase58(previous ?? new Uint8Array(32).fill(8)),
    storageRebate: rebate ?? 0n,
  });
}

/** The clock, 0x6. */
export function clock(timestampMs: bigint, version = 1n, previous?: Uint8Array): TestObject {
  return moveObject({
    id: numbered(6),
    owner: { Shared: { initialSharedVersion: 1n } },
    version,
    type: "0x2::clock::Clock",
    fields: bcs.u64().serialize(timestampMs).toBytes(),
    ...(previous ? { previous } : {}),
  });
}

export interface PackageOptions {
  readonly id: string;
  readonly version?: bigint;
  readonly modules?: ReadonlyMap<string, Uint8Array>;
  readonly origins?: readonly { moduleName: string; datatypeName: string; package: string }[];
  readonly linkage?: ReadonlyMap<string, { upgradedId: string; upgradedVersion: bigint }>;
  readonly previous?: Uint8Array;
}

export function movePackage({ id, version = 1n, modules, origins, linkage, previous }: PackageOptions): TestObject {
  return seal(id, version, {
    data: {
      Package: {
        id,
        version,
        moduleMap: new Map([...(modules ?? [])].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))),
        typeOriginTable: [...(origins ?? [])],
        linkageTable: new Map(linkage ?? []),
      },
    },
    owner: { Immutable: true },
    previousTransaction: toBase58(previous ?? new Uint8Array(32).fill(9)),
    storageRebate: 0n,
  });
}

/** Reads an object back; `object` is what a later transaction refers to. */
export function parseObject(bytes: Uint8Array): { readonly value: ParsedObject; readonly object: TestObject } {
  const value = ObjectBcs.parse(bytes);
  const move = value.data.Move;
  const id = move ? `0x${toHex(Uint8Array.from(move.contents).subarray(0, 32))}` : value.data.Package!.id;
  const version = BigInt(move ? move.version : value.data.Package!.version);
  return { value, object: { id, version, digest: signableDigest("Object", bytes), bytes: bytes.slice() } };
}

/** Balance of a parsed coin, or undefined for another object. */
export function balanceOf(value: ParsedObject): bigint | undefined {
  const move = value.data.Move;
  if (!move || !(move.type.GasCoin || move.type.Coin)) return undefined;
  return BigInt(Coin.parse(Uint8Array.from(move.contents)).balance);
}
