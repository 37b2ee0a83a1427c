/**
 * Results of transactions, made up: a small stand-in for `execute` that moves coins about, so that the ledger can be given honest results,
 * results that came too early, and results that are wrong in one field.
 */
import { bcs } from "@iota/iota-sdk/bcs";
import { CAPABILITY, LIST, type ListedMember, listRest } from "./committee.ts";
import {
  type Commit,
  type Dropped,
  digestOf,
  type EnvironmentValue,
  type Executed,
  type Gas,
  type Objects,
  type Result,
} from "./ledger.ts";
import { hash, hex, namedHash, ObjectBcs, unhex } from "./ledger-formats.ts";

export const TOKEN_TYPES = [
  `0x${"a1".repeat(32)}::gold::GOLD`,
  // A name of the greatest length, 128 bytes (`max_identifier_len` of protocol 38).
  `0x${"b2".repeat(32)}::vault::${"Share".padEnd(128, "_")}<u64, vector<0x2::object::ID>>`,
] as const;
export const CLOCK = `${"00".repeat(31)}06`;
const COMPUTATION = 1_000_000n;
const REBATE_PER_OBJECT = 980_400n;
const NO_GAS: Gas = {
  computationCost: 0n,
  computationCostBurned: 0n,
  storageCost: 0n,
  storageRebate: 0n,
  nonRefundableStorageFee: 0n,
};

type ObjectValue = typeof ObjectBcs.$inferType;
export type OwnerValue =
  | { readonly AddressOwner: string }
  | { readonly ObjectOwner: string }
  | { readonly Shared: { readonly initialSharedVersion: bigint } }
  | { readonly Immutable: true };

/** An object taken apart. `type`: "iota", a token's type, or another struct. */
export interface Obj {
  readonly id: string;
  readonly type: { readonly coin: string } | { readonly other: string };
  readonly version: bigint;
  /** Contents after the id: eight bytes of balance for a coin. */
  readonly rest: Uint8Array;
  readonly owner: OwnerValue;
  readonly previous: Uint8Array;
  readonly rebate: bigint;
}

export function u64Bytes(value: bigint): Uint8Array {
  return bcs.u64().serialize(value).toBytes();
}

export function balance(object: Obj): bigint {
  return BigInt(bcs.u64().parse(object.rest));
}

function typeValue(type: Obj["type"]): unknown {
  if ("other" in type) {
    const [address = "", module = "", name = ""] = type.other.split("::");
    return { Other: { address, module, name, typeParams: [] } };
  }
  return type.coin === "iota" ? { GasCoin: true } : { Coin: type.coin };
}

export function encodeObject(object: Obj): Uint8Array {
  return ObjectBcs.serialize({
    data: {
      Move: {
        type: typeValue(object.type),
        version: object.version,
        contents: [...unhex(object.id), ...object.rest],
      },
    },
    owner: object.owner,
    previousTransaction: [...object.previous],
    storageRebate: object.rebate,
  } as never).toBytes();
}

export function decodeObject(bytes: Uint8Array): Obj {
  const value: ObjectValue = ObjectBcs.parse(bytes);
  const move = value.data.Move;
  if (!move) throw new Error("a package has no coin");
  const contents = Uint8Array.from(move.contents);
  const { Coin: token, Other: other } = move.type as {
    Coin?: string;
    Other?: { address: string; module: string; name: string };
  };
  const owner = value.owner as { $kind: string; Shared?: { initialSharedVersion: string } };
  return {
    id: hex(contents.slice(0, 32)),
    type: other ? { other: `${other.address}::${other.module}::${other.name}` } : { coin: token ?? "iota" },
    version: BigInt(move.version),
    rest: contents.slice(32),
    owner:
      owner.Shared !== undefined
        ? { Shared: { initialSharedVersion: BigInt(owner.Shared.initialSharedVersion) } }
        : (value.owner as unknown as OwnerValue),
    previous: Uint8Array.from(value.previousTransaction),
    rebate: BigInt(value.storageRebate),
  };
}

export function coin(id: string, type: string, amount: bigint, owner: string): Obj {
  return {
    id,
    type: { coin: type },
    version: 1n,
    rest: u64Bytes(amount),
    owner: { AddressOwner: `0x${owner}` },
    previous: new Uint8Array(32),
    rebate: 0n,
  };
}

/** What a made-up transaction wants. All ids and addresses in hex. */
export interface Wish {
  readonly sender: string;
  readonly gasOwner: string;
  /** The gas coin, and coins of IOTA that are merged into it. */
  readonly gas: string;
  readonly merged: readonly string[];
  /** Coins split off the gas coin. */
  readonly paid: readonly { readonly to: string; readonly amount: bigint }[];
  /** An object that changes hands; of a token, this much is split off for the sender instead of staying. */
  readonly moved?: { readonly id: string; readonly to: string; readonly kept?: bigint };
  /** Who is to be on the list of validators. */
  readonly listed?: readonly ListedMember[] | undefined;
  /** Objects that are only read; absent ones too. */
  readonly read: readonly string[];
}

function ownedBy(object: Obj | undefined, address: string): boolean {
  return object !== undefined && "AddressOwner" in object.owner && object.owner.AddressOwner === `0x${address}`;
}

function readsOf(objects: Objects, ids: Iterable<string>): Executed["reads"] {
  return [...new Set(ids)].sort().map((id) => ({ id: unhex(id), digest: digestOf(objects, id) }));
}

interface Head {
  readonly commit: bigint;
  readonly digest: Uint8Array;
  readonly environment: EnvironmentValue;
}

/** Runs a wish on these objects. It is dropped when something it names is not there, is not the sender's, or the money does not suffice. */
export function run(objects: Objects, head: Head, wish: Wish): Result {
  const find = (id: string): Obj | undefined => {
    const bytes = objects.get(id);
    return bytes && decodeObject(bytes);
  };
  const governed = wish.listed ? [LIST, CAPABILITY] : [];
  const named = [wish.gas, ...wish.merged, ...(wish.moved ? [wish.moved.id] : []), ...governed, ...wish.read];
  const drop = (): Dropped => ({ kind: "dropped", ...head, code: 1, reads: readsOf(objects, named) });
  const coins = [wish.gas, ...wish.merged].map(find);
  const moved = wish.moved && find(wish.moved.id);
  const isIota = (object: Obj | undefined) =>
    object !== undefined && "coin" in object.type && object.type.coin === "iota" && ownedBy(object, wish.gasOwner);
  if (!coins.every(isIota) || (wish.moved && (!moved || !ownedBy(moved, wish.sender)))) return drop();
  const [list, capability] = governed.map(find);
  if (wish.listed && (!list || !ownedBy(capability, wish.sender))) return drop();
  const taken = [...(coins as Obj[]), ...(moved ? [moved] : []), ...(list && capability ? [list, capability] : [])];
  const read = wish.read.map(find).filter((object) => object !== undefined);
  const version = [...taken, ...read].reduce((top, object) => (object.version > top ? object.version : top), 0n) + 1n;
  const stamp = { version, previous: head.digest, rebate: REBATE_PER_OBJECT };
  const fresh = (n: number) => hex(hash(Uint8Array.of(0xf1), head.digest, u64Bytes(BigInt(n))));
  const written: Obj[] = wish.paid.map(({ to, amount }, i) => ({ ...coin(fresh(i), "iota", amount, to), ...stamp }));
  if (moved && wish.moved) {
    const kept = wish.moved.kept;
    const given = { ...moved, ...stamp, owner: { AddressOwner: `0x${wish.moved.to}` } };
    if (kept === undefined) written.push(given);
    else {
      const type = "coin" in moved.type ? moved.type.coin : undefined;
      if (type === undefined || balance(moved) < kept) return drop();
      written.push({ ...given, rest: u64Bytes(balance(moved) - kept) });
      written.push({ ...coin(fresh(written.length), type, kept, wish.sender), ...stamp });
    }
  }
  if (list && capability && wish.listed) {
    written.push({ ...list, ...stamp, rest: listRest(wish.listed) }, { ...capability, ...stamp });
  }
  const storageRebate = taken.reduce((sum, object) => sum + object.rebate, 0n);
  const storageCost = REBATE_PER_OBJECT * BigInt(written.length + 1);
  const left =
    (coins as Obj[]).reduce((sum, object) => sum + balance(object), 0n) -
    wish.paid.reduce((sum, { amount }) => sum + amount, 0n) -
    COMPUTATION -
    storageCost +
    storageRebate;
  if (left < 0n) return drop();
  written.push({ ...(coins[0] as Obj), ...stamp, rest: u64Bytes(left) });
  return {
    kind: "executed",
    ...head,
    transactionKind: 0,
    effectsDigest: hash(Uint8Array.of(0xef), head.digest, u64Bytes(version)),
    gas: { ...NO_GAS, computationCost: COMPUTATION, computationCostBurned: COMPUTATION, storageCost, storageRebate },
    reads: readsOf(objects, [...named, ...written.map(({ id }) => id)]),
    inputs: taken.map(({ id }) => objects.get(id) as Uint8Array),
    written: written.map(encodeObject),
  };
}

/** The first transaction of a commit: the clock is set. */
export function runPrologue(objects: Objects, commit: Commit, environment: EnvironmentValue): Executed {
  const bytes = objects.get(CLOCK) as Uint8Array;
  const clock = decodeObject(bytes);
  const digest = commit.transactions[0]!.digest;
  return {
    kind: "executed",
    commit: commit.index,
    digest,
    environment,
    transactionKind: 1,
    effectsDigest: hash(Uint8Array.of(0xef), digest),
    gas: NO_GAS,
    reads: readsOf(objects, [CLOCK]),
    inputs: [bytes],
    written: [
      encodeObject({ ...clock, version: clock.version + 1n, previous: digest, rest: u64Bytes(commit.timestampMs) }),
    ],
  };
}

/** The end of an epoch, bcs(TransactionData): no object is changed, and the list of validators, if there is one, is shown. */
export function runEndOfEpoch(
  objects: Objects,
  commit: Commit,
  bytes: Uint8Array,
  environment: EnvironmentValue,
): Executed {
  const list = objects.get(LIST);
  const digest = namedHash("TransactionData", bytes);
  return {
    kind: "executed",
    commit: commit.index,
    digest,
    environment,
    transactionKind: 3,
    effectsDigest: hash(Uint8Array.of(0xef), digest),
    gas: NO_GAS,
    reads: readsOf(objects, [LIST]),
    inputs: list ? [list] : [],
    written: [],
  };
}

/** The genesis transaction: these objects come to be. */
export function runGenesis(objects: readonly Obj[], digest: Uint8Array, environment: EnvironmentValue): Executed {
  return {
    kind: "executed",
    commit: 0n,
    digest,
    environment,
    transactionKind: 2,
    effectsDigest: hash(Uint8Array.of(0xef), digest),
    gas: NO_GAS,
    reads: readsOf(
      new Map(),
      objects.map(({ id }) => id),
    ),
    inputs: [],
    written: objects.map((object) => encodeObject({ ...object, previous: digest })),
  };
}
