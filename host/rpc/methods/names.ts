/**
 * IOTA-Names (iotaledger/iota crates/iota-json-rpc/src/indexer_api.rs). The registry is a Move package, which this chain does not have:
 * a well-formed name is not registered, an address has none. That is what upstream's node answers on such a chain too.
 */
import * as v from "valibot";
import { type Method, method, optional, required } from "../method.ts";
import { RPC_CODE, RpcError } from "../rpc-error.ts";
import { address, addressText, count, MAX_PAGE_ITEMS, objectOptions, validatePageLimit } from "../schemas.ts";

/** Bounds, in bytes: iotaledger/iota-rust-sdk crates/iota-sdk-types/src/iota_names/constants.rs. */
const MAX_NAME_BYTES = 235;
const MIN_LABEL_BYTES = 1;
const MAX_LABEL_BYTES = 63;
const TOP_LEVEL = "iota";

const lookup = method({
  name: "iotax_iotaNamesLookup",
  tag: "Extended API",
  description: "Return the record of a name.",
  params: { name: required(v.string(), "name.iota, or @name") },
  result: { name: "Option<IotaNameRecord>", description: "null: no name is registered" },
  handle: (_, { name }) => {
    checkName(name);
    return null;
  },
});

const reverseLookup = method({
  name: "iotax_iotaNamesReverseLookup",
  tag: "Extended API",
  description: "Return the name of an address.",
  params: { address: required(address, "the address") },
  result: { name: "Option<String>", description: "null: no name is registered" },
  handle: () => null,
});

const findAllRegistrationNFTs = method({
  name: "iotax_iotaNamesFindAllRegistrationNFTs",
  tag: "Extended API",
  description: "Return the registrations of names that an address owns.",
  params: {
    address: required(address, "the owner"),
    cursor: optional(address, "the page begins after this object"),
    limit: optional(count, "most objects of a page"),
    options: optional(objectOptions, "what the answers contain"),
  },
  result: { name: "ObjectsPage", description: "an empty page: no name is registered" },
  handle: (_, { cursor, limit }) => {
    validatePageLimit(limit, MAX_PAGE_ITEMS);
    return { data: [], nextCursor: cursor ? addressText(cursor) : null, hasNextPage: false };
  },
});

/** `Name::from_str` (crates/iota-sdk-types/src/iota_names/name.rs). Throws RpcError with the texts of IotaNamesError. */
function checkName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes > MAX_NAME_BYTES) throw nameError(`Name length ${bytes} exceeds maximum length ${MAX_NAME_BYTES}`);
  const labels = withoutAt(name).split(".").reverse();
  for (const label of labels) checkLabel(label);
  if (labels.length < 2) throw nameError("Name must contain at least two labels, TLN and SLN");
  if (labels[0] !== TOP_LEVEL) throw nameError(`Invalid TLN ${labels[0]}`);
}

/** sub@name is short for sub.name.iota. */
function withoutAt(name: string): string {
  const [before, after, ...more] = name.split("@");
  if (after === undefined) return name;
  if (more.length > 0 || after === "" || after.includes(".")) throw nameError("Name must include only one @ separator");
  return [...(before ? [before] : []), after, TOP_LEVEL].join(".");
}

function checkLabel(label: string): void {
  const bytes = Buffer.from(label);
  if (bytes.length < MIN_LABEL_BYTES || bytes.length > MAX_LABEL_BYTES) {
    throw nameError(`Label length ${bytes.length} outside of valid range [${MIN_LABEL_BYTES}, ${MAX_LABEL_BYTES}]`);
  }
  bytes.forEach((byte, at) => {
    const character = String.fromCharCode(byte);
    if (/[a-z0-9]/.test(character)) return;
    if (character !== "-") {
      throw nameError(
        `Only lowercase letters, numbers, and hyphens are allowed as label characters. Got '${character}' at position ${at}`,
      );
    }
    if (at === 0 || at === bytes.length - 1) {
      throw nameError("Hyphens are not allowed as first or last character of a label");
    }
  });
}

function nameError(message: string): RpcError {
  return new RpcError(RPC_CODE.callExecutionFailed, message);
}

export const nameMethods: readonly Method[] = [lookup, reverseLookup, findAllRegistrationNFTs];
