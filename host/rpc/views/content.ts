/**
 * Contents of Move objects in JSON: iotaledger/iota crates/iota-json-rpc-types/src/iota_move.rs (a UID is `{ id }`, a Balance is its
 * value, u64 is a string, members ascend by name). A layout comes from the package that declares a type; this node has no packages,
 * and knows the layouts of the types that its genesis can have.
 */
import { toHex } from "@iota/iota-sdk/utils";
import type { ObjectView } from "../../format/object.ts";
import { parseStructTag } from "../../format/struct-tag.ts";
import { RPC_CODE, RpcError } from "../rpc-error.ts";

const ID_BYTES = 32;
const U64_BYTES = 8;

/** Structs of a UID and one u64: the name of that member. */
const UID_AND_U64: Readonly<Record<string, string>> = {
  "coin::Coin": "balance",
  "clock::Clock": "timestamp_ms",
};
const FRAMEWORK = `0x${"2".padStart(2 * ID_BYTES, "0")}`;

/** Throws RpcError for a type whose layout is not known, with upstream's text for a package that cannot be found. */
export function moveFields({ type, contents }: ObjectView): Readonly<Record<string, unknown>> {
  const { address, module, name } = parseStructTag(type!);
  const member = address === FRAMEWORK ? UID_AND_U64[`${module}::${name}`] : undefined;
  if (member === undefined || contents.length !== ID_BYTES + U64_BYTES) {
    throw new RpcError(RPC_CODE.callExecutionFailed, "Layout is required to convert Move object to json");
  }
  const value = new DataView(contents.buffer, contents.byteOffset).getBigUint64(ID_BYTES, true);
  const fields: [string, unknown][] = [
    ["id", { id: `0x${toHex(contents.subarray(0, ID_BYTES))}` }],
    [member, String(value)],
  ];
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}
