/** Object references and owners in JSON. */
import type { bcs } from "@iota/iota-sdk/bcs";
import type { OwnerView } from "../../format/object.ts";

type OwnerValue = (typeof bcs.Owner)["$inferType"];

export type OwnerJson =
  | { readonly AddressOwner: string }
  | { readonly ObjectOwner: string }
  | { readonly Shared: { readonly initial_shared_version: number | string } }
  | "Immutable";

/**
 * A u64 where upstream writes a JSON integer: versions in references and owners (SequenceNumberU64 of iota_primitives.rs), and plain
 * u64 members. Beyond 2^53 it is a string, because a client in JavaScript would read another number.
 */
export function u64Json(value: string | bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

export interface RefJson {
  readonly objectId: string;
  readonly version: number | string;
  readonly digest: string;
}

export function refJson(objectId: string, version: string | bigint, digest: string): RefJson {
  return { objectId, version: u64Json(version), digest };
}

export function ownerJson(owner: OwnerValue): OwnerJson {
  switch (owner.$kind) {
    case "AddressOwner":
      return { AddressOwner: owner.AddressOwner };
    case "ObjectOwner":
      return { ObjectOwner: owner.ObjectOwner };
    case "Shared":
      return { Shared: { initial_shared_version: u64Json(owner.Shared.initialSharedVersion) } };
    case "Immutable":
      return "Immutable";
  }
}

export function ownerViewJson(owner: OwnerView): OwnerJson {
  switch (owner.kind) {
    case "address":
      return { AddressOwner: owner.address };
    case "object":
      return { ObjectOwner: owner.address };
    case "shared":
      return { Shared: { initial_shared_version: u64Json(owner.initialVersion) } };
    case "immutable":
      return "Immutable";
  }
}
