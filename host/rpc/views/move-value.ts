/**
 * Move values in JSON: iotaledger/iota crates/iota-json-rpc-types/src/iota_move.rs. Integers up to u32 are numbers, larger ones
 * strings; a UID is `{ id }`, a Balance its value, an ID, a String and a Url their text; any other struct is `{ type, fields }`.
 * Members ascend by name.
 *
 * A layout comes from the package that declares a type. This node has no packages: it knows the types of its genesis, and those of
 * the framework that dynamic fields are made of.
 */
import { type BcsType, bcs } from "@iota/iota-sdk/bcs";
import { parseTypeTag, type StructTag, type TypeTag } from "../../format/type-tag.ts";
import { typeText } from "./types.ts";

/** Reads BCS to JSON, and writes it back for the types that a name of a dynamic field can have. */
// biome-ignore lint/suspicious/noExplicitAny: which values a type has is only known when the type is
type MoveLayout = BcsType<any, any>;

const PRIMITIVES: Readonly<Record<string, () => MoveLayout>> = {
  bool: bcs.bool,
  u8: bcs.u8,
  u16: bcs.u16,
  u32: bcs.u32,
  u64: bcs.u64,
  u128: bcs.u128,
  u256: bcs.u256,
  address: () => bcs.Address,
  signer: () => bcs.Address,
};

/** Structs that JSON shows as something simpler: `try_convert_type` of iota_move.rs. */
const SIMPLER: Readonly<Record<string, (typeParams: readonly TypeTag[]) => MoveLayout | undefined>> = {
  "0x1::string::String": () => bcs.string(),
  "0x1::ascii::String": () => bcs.string(),
  "0x1::option::Option": ([type]) => mapLayout(type, (layout) => bcs.option(layout)),
  "0x2::url::Url": () => bcs.string(),
  "0x2::object::ID": () => bcs.Address,
  "0x2::object::UID": () => bcs.Address.transform({ output: (id) => ({ id }) }),
  "0x2::balance::Balance": () => bcs.u64(),
};

type Members = Readonly<Record<string, string | number>>;

/** Members of the other structs, in the order of their bytes: each a type, or the index of a type parameter. */
const MEMBERS: Readonly<Record<string, Members>> = {
  "0x2::clock::Clock": { id: "0x2::object::UID", timestamp_ms: "u64" },
  "0x2::coin::Coin": { id: "0x2::object::UID", balance: "u64" },
  "0x2::dynamic_field::Field": { id: "0x2::object::UID", name: 0, value: 1 },
  "0x2::dynamic_object_field::Wrapper": { name: 0 },
};

/** Undefined when a type in it is not known. */
export function layoutOf({ text, element, struct }: TypeTag): MoveLayout | undefined {
  if (element) return mapLayout(element, (layout) => bcs.vector(layout));
  if (!struct) return PRIMITIVES[text]!();
  const simpler = SIMPLER[shortName(struct)];
  if (simpler) return simpler(struct.typeParams);
  return fieldsLayout(struct)?.transform({ output: (fields) => ({ type: typeText(text), fields }) });
}

/** The members of a struct without its type, as an object's contents are shown. Undefined when a type in it is not known. */
export function fieldsLayout(struct: StructTag): MoveLayout | undefined {
  const layouts = Object.entries(MEMBERS[shortName(struct)] ?? {}).map(
    ([name, type]) =>
      [name, layoutOf(typeof type === "string" ? parseTypeTag(type) : struct.typeParams[type]!)] as const,
  );
  if (layouts.length === 0 || layouts.some(([, layout]) => !layout)) return undefined;
  return bcs
    .struct(struct.name, Object.fromEntries(layouts) as Record<string, MoveLayout>)
    .transform({ output: sorted });
}

function sorted(fields: object): object {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mapLayout(type: TypeTag | undefined, map: (layout: MoveLayout) => MoveLayout): MoveLayout | undefined {
  const layout = type && layoutOf(type);
  return layout && map(layout);
}

function shortName({ address, module, name }: StructTag): string {
  return typeText(`${address}::${module}::${name}`);
}
