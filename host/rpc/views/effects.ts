/**
 * Effects in JSON: iotaledger/iota crates/iota-json-rpc-types/src/iota_transaction.rs (IotaTransactionBlockEffectsV1; empty lists are
 * left out), with the lists of crates/iota-types/src/effects/effects_v1.rs.
 */
import { toBase58 } from "@iota/iota-sdk/utils";
import type { ChangedObject, Effects } from "../../format/effects.ts";
import { ZERO_ADDRESS } from "../../format/transaction.ts";
import { type OwnerJson, ownerJson, type RefJson, refJson } from "./refs.ts";
import { statusJson } from "./status.ts";

const DIGEST_BYTES = 32;
/** Stand-ins for the digests of objects that are gone (crates/iota-types/src/digests.rs, ObjectDigest). */
export const DELETED_DIGEST = toBase58(new Uint8Array(DIGEST_BYTES).fill(99));
const WRAPPED_DIGEST = toBase58(new Uint8Array(DIGEST_BYTES).fill(88));
const CANCELLED_DIGEST = toBase58(new Uint8Array(DIGEST_BYTES).fill(77));
const MIN_DIGEST = toBase58(new Uint8Array(DIGEST_BYTES));

export interface OwnedRefJson {
  readonly owner: OwnerJson;
  readonly reference: RefJson;
}

/** An object that a transaction wrote: where it is, and whose. `version` is that of the write. */
export interface Written extends OwnedRefJson {
  readonly id: string;
  readonly version: bigint;
  readonly digest: string;
}

/** An id that does not exist any more after the transaction. */
export interface Removed {
  readonly id: string;
  /** The version at which it went. */
  readonly version: bigint;
}

/** What effects say happened to objects, by kind, each ascending by id. */
export interface EffectLists {
  readonly created: readonly Written[];
  readonly mutated: readonly Written[];
  readonly unwrapped: readonly Written[];
  readonly deleted: readonly Removed[];
  readonly wrapped: readonly Removed[];
  readonly unwrappedThenDeleted: readonly Removed[];
}

export function effectLists(effects: Effects): EffectLists {
  const lists = {
    created: [] as Written[],
    mutated: [] as Written[],
    unwrapped: [] as Written[],
    deleted: [] as Removed[],
    wrapped: [] as Removed[],
    unwrappedThenDeleted: [] as Removed[],
  };
  for (const [id, change] of effects.changedObjects) {
    const existed = change.inputState.$kind === "Exist";
    const operation = change.idOperation.$kind;
    const written = writtenOf(effects, id, change);
    if (written) {
      if (existed) lists.mutated.push(written);
      else (operation === "Created" ? lists.created : lists.unwrapped).push(written);
      continue;
    }
    const removed = { id, version: BigInt(effects.lamportVersion) };
    if (existed) (operation === "Deleted" ? lists.deleted : lists.wrapped).push(removed);
    else if (operation === "Deleted") lists.unwrappedThenDeleted.push(removed);
  }
  return lists;
}

function writtenOf(effects: Effects, id: string, { outputState }: ChangedObject[1]): Written | undefined {
  if (outputState.$kind === "ObjectWrite") {
    const [digest, owner] = outputState.ObjectWrite;
    return written(id, effects.lamportVersion, digest, ownerJson(owner));
  }
  if (outputState.$kind === "PackageWrite") {
    const [version, digest] = outputState.PackageWrite;
    return written(id, version, digest, "Immutable");
  }
  return undefined;
}

function written(id: string, version: string, digest: string, owner: OwnerJson): Written {
  return { id, version: BigInt(version), digest, owner, reference: refJson(id, version, digest) };
}

/** The gas object after the transaction; system transactions have a made-up one. */
export function gasObject(effects: Effects): OwnedRefJson {
  const changed = effects.gasObjectIndex === null ? undefined : effects.changedObjects[effects.gasObjectIndex];
  const object = changed && writtenOf(effects, changed[0], changed[1]);
  return object
    ? { owner: object.owner, reference: object.reference }
    : { owner: { AddressOwner: ZERO_ADDRESS }, reference: refJson(ZERO_ADDRESS, 0n, MIN_DIGEST) };
}

export function effectsJson(effects: Effects): object {
  const lists = effectLists(effects);
  return {
    messageVersion: "v1",
    status: statusJson(effects.status),
    executedEpoch: effects.executedEpoch,
    gasUsed: effects.gasUsed,
    ...unlessEmpty({
      modifiedAtVersions: modifiedAtVersions(effects),
      sharedObjects: sharedObjects(effects),
      created: lists.created.map(ownedRef),
      mutated: lists.mutated.map(ownedRef),
      unwrapped: lists.unwrapped.map(ownedRef),
      deleted: lists.deleted.map((removed) => removedRef(removed, DELETED_DIGEST)),
      unwrappedThenDeleted: lists.unwrappedThenDeleted.map((removed) => removedRef(removed, DELETED_DIGEST)),
      wrapped: lists.wrapped.map((removed) => removedRef(removed, WRAPPED_DIGEST)),
      dependencies: effects.dependencies,
    }),
    transactionDigest: effects.transactionDigest,
    gasObject: gasObject(effects),
    ...(effects.eventsDigest === null ? {} : { eventsDigest: effects.eventsDigest }),
  };
}

function unlessEmpty(lists: Readonly<Record<string, readonly unknown[]>>): Record<string, readonly unknown[]> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

function ownedRef({ owner, reference }: Written): OwnedRefJson {
  return { owner, reference };
}

function removedRef({ id, version }: Removed, digest: string): RefJson {
  return refJson(id, version, digest);
}

function modifiedAtVersions(effects: Effects): object[] {
  return effects.changedObjects.flatMap(([objectId, { inputState }]) =>
    inputState.$kind === "Exist" ? [{ objectId, sequenceNumber: inputState.Exist[0][0] }] : [],
  );
}

/** Shared inputs as they were read: the changed ones, then the others. */
function sharedObjects(effects: Effects): RefJson[] {
  const changed = effects.changedObjects.flatMap(([id, { inputState }]) => {
    if (inputState.$kind !== "Exist") return [];
    const [[version, digest], owner] = inputState.Exist;
    return owner.$kind === "Shared" ? [refJson(id, version, digest)] : [];
  });
  const unchanged = effects.unchangedSharedObjects.flatMap(([id, kind]) => {
    switch (kind.$kind) {
      case "ReadOnlyRoot":
        return [refJson(id, kind.ReadOnlyRoot[0], kind.ReadOnlyRoot[1])];
      case "MutateDeleted":
        return [refJson(id, kind.MutateDeleted, DELETED_DIGEST)];
      case "ReadDeleted":
        return [refJson(id, kind.ReadDeleted, DELETED_DIGEST)];
      case "Cancelled":
        return [refJson(id, kind.Cancelled, CANCELLED_DIGEST)];
      default:
        return [];
    }
  });
  return [...changed, ...unchanged];
}
