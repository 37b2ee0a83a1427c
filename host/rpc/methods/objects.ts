/** Objects by id, now and at a version (iotaledger/iota crates/iota-json-rpc/src/read_api.rs). */
import * as v from "valibot";
import { type Method, method, optional, required } from "../method.ts";
import { invalidInput } from "../rpc-error.ts";
import { address, MAX_PAGE_ITEMS, NO_OBJECT_OPTIONS, objectOptions, u64 } from "../schemas.ts";
import { objectResponse, pastObjectResponse } from "../views/object.ts";

const options = optional(objectOptions, "what the answer contains");

const getObject = method({
  name: "iota_getObject",
  tag: "Read API",
  description: "Return what stands at an id.",
  params: { object_id: required(address, "the object's id"), options },
  result: { name: "IotaObjectResponse", description: "the object, or why there is none" },
  handle: ({ node }, params) => objectResponse(node.store, params.object_id, params.options ?? NO_OBJECT_OPTIONS),
});

const multiGetObjects = method({
  name: "iota_multiGetObjects",
  tag: "Read API",
  description: "Return what stands at several ids, in the order asked for.",
  params: { object_ids: required(v.array(address), "the objects' ids"), options },
  result: { name: "Vec<IotaObjectResponse>", description: "the objects, or why there is none" },
  handle: ({ node }, params) => {
    checkCount(params.object_ids);
    return params.object_ids.map((id) => objectResponse(node.store, id, params.options ?? NO_OBJECT_OPTIONS));
  },
});

const tryGetPastObject = method({
  name: "iota_tryGetPastObject",
  tag: "Read API",
  description: "Return an object as it was at a version. Every version since genesis is kept.",
  params: { object_id: required(address, "the object's id"), version: required(u64, "the version"), options },
  result: { name: "IotaPastObjectResponse", description: "the object, or why there is none at that version" },
  handle: ({ node }, params) =>
    pastObjectResponse(node.store, params.object_id, params.version, params.options ?? NO_OBJECT_OPTIONS),
});

const tryMultiGetPastObjects = method({
  name: "iota_tryMultiGetPastObjects",
  tag: "Read API",
  description: "Return several objects as they were at versions, in the order asked for.",
  params: {
    past_objects: required(v.array(v.object({ objectId: address, version: u64 })), "ids and versions"),
    options,
  },
  result: { name: "Vec<IotaPastObjectResponse>", description: "the objects, or why there is none at that version" },
  handle: ({ node }, params) => {
    checkCount(params.past_objects);
    return params.past_objects.map(({ objectId, version }) =>
      pastObjectResponse(node.store, objectId, version, params.options ?? NO_OBJECT_OPTIONS),
    );
  },
});

function checkCount(asked: readonly unknown[]): void {
  if (asked.length > MAX_PAGE_ITEMS) throw invalidInput(`Input exceeds limit of ${MAX_PAGE_ITEMS}`);
}

export const objectMethods: readonly Method[] = [getObject, multiGetObjects, tryGetPastObject, tryMultiGetPastObjects];
