/** Dynamic fields in JSON (iotaledger/iota crates/iota-types/src/dynamic_field.rs, DynamicFieldInfo). */
import { bcs } from "@iota/iota-sdk/bcs";
import { deriveDynamicFieldID, fromHex, toBase64 } from "@iota/iota-sdk/utils";
import { type ObjectView, viewObject } from "../../format/object.ts";
import { parseStructTag, type StructTag, type TypeTag } from "../../format/type-tag.ts";
import type { Store } from "../../store/store.ts";
import { addressText } from "../schemas.ts";
import { layoutOf } from "./move-value.ts";
import { u64Json } from "./refs.ts";
import { moveTypeText, typeText } from "./types.ts";

const ID_BYTES = 32;

/** Undefined for what is not a dynamic field, whose name has an unknown layout, or whose object is gone. */
export function dynamicFieldJson(store: Store, field: ObjectView): object | undefined {
  const type = field.type === undefined ? undefined : parseStructTag(field.type);
  if (!type || !isFramework(type, "dynamic_field", "Field")) return undefined;
  const [nameType, valueType] = type.typeParams as [TypeTag, TypeTag];
  const wrapper = nameType.struct && isFramework(nameType.struct, "dynamic_object_field", "Wrapper");
  const object = wrapper ? fieldObject(store, field) : field;
  const named = nameOf(wrapper ? nameType.struct!.typeParams[0]! : nameType, field.contents);
  if (!object || !named) return undefined;
  return {
    ...named,
    type: wrapper ? "DynamicObject" : "DynamicField",
    objectType: wrapper ? typeText(object.type!) : moveTypeText(valueType.text),
    objectId: object.id,
    version: u64Json(object.version),
    digest: object.digest,
  };
}

/** The object that a dynamic object field names: the ID at the end of the field. */
function fieldObject(store: Store, { contents }: ObjectView): ObjectView | undefined {
  const bytes = store.object(contents.subarray(-ID_BYTES));
  return bytes && viewObject(bytes);
}

/** A name follows the field's own id; a Wrapper around it has no bytes of its own. */
function nameOf(type: TypeTag, contents: Uint8Array): object | undefined {
  const layout = layoutOf(type);
  if (!layout) return undefined;
  const { name } = bcs.struct("Named", { id: bcs.Address, name: layout }).parse(contents);
  return {
    name: { type: typeText(type.text), value: name },
    bcsEncoding: "base64",
    bcsName: toBase64(layout.serialize(name).toBytes()),
  };
}

/** Id of the object behind a field of `parent`: the field itself, or the object that it names; undefined when there is none. */
export function dynamicFieldObjectId(
  store: Store,
  parent: Uint8Array,
  type: TypeTag,
  name: Uint8Array,
): Uint8Array | undefined {
  const parentText = addressText(parent);
  const field = fromHex(deriveDynamicFieldID(parentText, type.text, name));
  if (store.child(parent, field)) return field;
  const wrapped = `0x2::dynamic_object_field::Wrapper<${type.text}>`;
  const wrapper = store.object(fromHex(deriveDynamicFieldID(parentText, wrapped, name)));
  return wrapper && viewObject(wrapper).contents.slice(-ID_BYTES);
}

function isFramework({ address, module, name }: StructTag, wantedModule: string, wantedName: string): boolean {
  return BigInt(address) === 2n && module === wantedModule && name === wantedName;
}
