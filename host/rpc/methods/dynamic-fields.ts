/** What objects own by name (iotaledger/iota crates/iota-json-rpc/src/indexer_api.rs). */
import * as v from "valibot";
import { viewObject } from "../../format/object.ts";
import type { TypeTag } from "../../format/type-tag.ts";
import type { Store } from "../../store/store.ts";
import { type Method, method, optional, required } from "../method.ts";
import { invalidInput } from "../rpc-error.ts";
import {
  address,
  addressText,
  capPageLimit,
  count,
  NO_OBJECT_OPTIONS,
  type ObjectOptions,
  objectOptions,
  typeTag,
} from "../schemas.ts";
import { dynamicFieldJson, dynamicFieldObjectId } from "../views/dynamic-field.ts";
import { layoutOf } from "../views/move-value.ts";
import { objectResponse } from "../views/object.ts";
import { moveTypeText } from "../views/types.ts";

/** Objects that one page looks at; what cannot be shown is passed over, as upstream does. */
const MAX_EXAMINED = 200;
/** `IotaObjectDataOptions::full_content`, which the older method has no choice about. */
const FULL_CONTENT: ObjectOptions = {
  ...NO_OBJECT_OPTIONS,
  showType: true,
  showOwner: true,
  showPreviousTransaction: true,
  showContent: true,
  showStorageRebate: true,
};

const parent_object_id = required(address, "the object that owns the field");
const name = required(v.object({ type: typeTag, value: v.unknown() }), "type and value of the field's name");
const response = { name: "IotaObjectResponse", description: "the object, or why there is none" };

const getDynamicFields = method({
  name: "iotax_getDynamicFields",
  tag: "Extended API",
  description: "Return the dynamic fields of an object, ascending by the field's id.",
  params: {
    parent_object_id,
    cursor: optional(address, "the page begins after this field"),
    limit: optional(count, "most fields of a page"),
  },
  result: { name: "DynamicFieldPage", description: "a page, and where the next one begins" },
  handle: ({ node: { store } }, { parent_object_id, cursor, limit }) => {
    const size = capPageLimit(limit);
    const data: object[] = [];
    let last = cursor;
    let examined = 0;
    const pageOf = (hasNextPage: boolean) => ({ data, nextCursor: last ? addressText(last) : null, hasNextPage });
    for (const { id, record } of store.children(parent_object_id, cursor)) {
      if (data.length === size || examined++ === MAX_EXAMINED) return pageOf(true);
      const field = dynamicFieldJson(store, viewObject(store.objectAt(id, record.version)!));
      if (field) data.push(field);
      last = id;
    }
    return pageOf(false);
  },
});

const getDynamicFieldObject = method({
  name: "iotax_getDynamicFieldObject",
  tag: "Extended API",
  description: "Return the object behind a dynamic field, with all but its BCS.",
  params: { parent_object_id, name },
  result: response,
  handle: ({ node }, params) => fieldObject(node.store, params.parent_object_id, params.name, FULL_CONTENT),
});

const getDynamicFieldObjectV2 = method({
  name: "iotax_getDynamicFieldObjectV2",
  tag: "Extended API",
  description: "Return the object behind a dynamic field.",
  params: { parent_object_id, name, options: optional(objectOptions, "what the answer contains") },
  result: response,
  handle: ({ node }, { parent_object_id, name, options }) =>
    fieldObject(node.store, parent_object_id, name, options ?? NO_OBJECT_OPTIONS),
});

function fieldObject(
  store: Store,
  parent: Uint8Array,
  { type, value }: { readonly type: TypeTag; readonly value: unknown },
  options: ObjectOptions,
): object {
  const id = dynamicFieldObjectId(store, parent, type, nameBytes(type, value));
  if (id) return objectResponse(store, id, options);
  return { error: { code: "dynamicFieldNotFound", parent_object_id: addressText(parent) } };
}

/** BCS of a name that came as JSON. Throws RpcError. */
function nameBytes(type: TypeTag, value: unknown): Uint8Array {
  const layout = layoutOf(type);
  if (!layout) throw invalidInput(`Fail to retrieve Object layout for ${moveTypeText(type.text)}`);
  try {
    return layout.serialize(value).toBytes();
  } catch {
    throw invalidInput(`the name is not a value of type ${moveTypeText(type.text)}`);
  }
}

export const dynamicFieldMethods: readonly Method[] = [
  getDynamicFields,
  getDynamicFieldObject,
  getDynamicFieldObjectV2,
];
