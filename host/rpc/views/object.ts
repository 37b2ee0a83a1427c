/** Objects in JSON: iotaledger/iota crates/iota-json-rpc-types/src/iota_object.rs; what was not asked for is left out. */
import { toBase64 } from "@iota/iota-sdk/utils";
import { type ObjectView, viewObject } from "../../format/object.ts";
import { parseStructTag } from "../../format/type-tag.ts";
import { type Head, LIVE } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { RPC_CODE, RpcError, unsupported } from "../rpc-error.ts";
import { addressText, type ObjectOptions } from "../schemas.ts";
import { DELETED_DIGEST } from "./effects.ts";
import { fieldsLayout } from "./move-value.ts";
import { ownerViewJson, refJson, u64Json } from "./refs.ts";
import { moveTypeText, typeText } from "./types.ts";

/**
 * `IotaObjectData`. Throws RpcError when contents are asked for whose layout is not known (IotaError::FailObjectLayout). No type has a Display here: it is declared by a Move call. */
export function objectJson(object: ObjectView, options: ObjectOptions): object {
  return {
    objectId: object.id,
    version: String(object.version),
    digest: object.digest,
    ...(options.showType ? { type: object.type === undefined ? "package" : typeText(object.type) } : {}),
    ...(options.showOwner ? { owner: ownerViewJson(object.owner) } : {}),
    ...(options.showPreviousTransaction ? { previousTransaction: object.previousTransaction } : {}),
    ...(options.showStorageRebate ? { storageRebate: String(object.storageRebate) } : {}),
    ...(options.showDisplay ? { display: { data: null, error: null } } : {}),
    ...(options.showContent ? { content: contentJson(object) } : {}),
    ...(options.showBcs ? { bcs: rawJson(object) } : {}),
  };
}

/** `IotaParsedData`. */
function contentJson({ type, contents }: ObjectView): object {
  if (type === undefined) throw noPackages();
  const layout = fieldsLayout(parseStructTag(type));
  if (!layout)
    throw new RpcError(RPC_CODE.callExecutionFailed, `Fail to retrieve Object layout for ${moveTypeText(type)}`);
  return { dataType: "moveObject", type: typeText(type), fields: layout.parse(contents) };
}

/** `IotaRawData`. */
function rawJson({ type, version, contents }: ObjectView): object {
  if (type === undefined) throw noPackages();
  return {
    dataType: "moveObject",
    type: typeText(type),
    version: u64Json(version),
    bcsBytes: toBase64(contents),
  };
}

function noPackages() {
  return unsupported("the contents of packages need a Move virtual machine, which this node does not have");
}

/** `IotaObjectResponse` of what stands at an id now. */
export function objectResponse(store: Store, id: Uint8Array, options: ObjectOptions): object {
  const head = store.head(id);
  if (!head) return { error: { code: "notExists", object_id: addressText(id) } };
  if (head.state !== LIVE) return { error: { code: "deleted", ...tombstone(id, head) } };
  return { data: objectJson(viewObject(store.objectAt(id, head.version)!), options) };
}

function tombstone(id: Uint8Array, { version }: Head) {
  return { object_id: addressText(id), version: u64Json(version), digest: DELETED_DIGEST };
}

/** `IotaPastObjectResponse`: as upstream's get_past_object_read (crates/iota-core/src/authority.rs). */
export function pastObjectResponse(store: Store, id: Uint8Array, version: bigint, options: ObjectOptions): object {
  const head = store.head(id);
  const object_id = addressText(id);
  if (!head) return { status: "ObjectNotExists", details: object_id };
  if (version > head.version) {
    const versions = { asked_version: u64Json(version), latest_version: u64Json(head.version) };
    return { status: "VersionTooHigh", details: { object_id, ...versions } };
  }
  if (version === head.version && head.state !== LIVE) {
    return { status: "ObjectDeleted", details: refJson(object_id, version, DELETED_DIGEST) };
  }
  const bytes = store.objectAt(id, version);
  return bytes
    ? { status: "VersionFound", details: objectJson(viewObject(bytes), options) }
    : { status: "VersionNotFound", details: [object_id, u64Json(version)] };
}
