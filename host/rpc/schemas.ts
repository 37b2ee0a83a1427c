/**
 * Shapes of parameters that several methods share. Each reads what upstream's serde reads (crates/iota-types/src/iota_serde.rs)
 * and gives the host's own form: bytes for ids and digests, bigint for u64.
 */
import { fromBase58, fromBase64, fromHex, toHex } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { parseStructTag, parseTypeTag, type StructTag, type TypeParseError } from "../format/type-tag.ts";
import { invalidInput } from "./rpc-error.ts";

const MAX_U64 = 0xffff_ffff_ffff_ffffn;
const HASH_BYTES = 32;
/** base58 of 32 bytes has 32 to 44 characters; longer text is not decoded at all, because decoding takes quadratic time. */
const MAX_DIGEST_CHARACTERS = 44;
/** 0x and 64 hex digits, of which leading zeros may be left out, as upstream's AccountAddress::from_str allows. */
const ADDRESS = /^(0x)?[0-9a-fA-F]{1,64}$/;
const U64_TEXT = /^(0|[1-9][0-9]{0,19})$/;

/** An address or object id: 32 bytes. */
export const address = v.pipe(
  v.string(),
  v.regex(ADDRESS, "expected an address or object id: 0x and up to 64 hex digits"),
  v.transform((text) => fromHex(text.replace(/^0x/, "").padStart(2 * HASH_BYTES, "0"))),
);

/** The other way round: an id as JSON shows it. */
export function addressText(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`;
}

/** A digest in base58: 32 bytes. */
export const digest = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const bytes = decodeDigest(dataset.value);
    if (bytes) return bytes;
    addIssue({ message: "expected a digest: base58 of 32 bytes" });
    return NEVER;
  }),
);

export function decodeDigest(text: string): Uint8Array | undefined {
  if (text.length > MAX_DIGEST_CHARACTERS) return undefined;
  try {
    const bytes = fromBase58(text);
    return bytes.length === HASH_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** The type of a coin, in a parameter that is any string to serde. Throws RpcError, upstream's CannotParseIotaStructTag. */
export function coinStructTag(text: string): StructTag {
  try {
    return parseStructTag(text);
  } catch (error) {
    throw invalidInput((error as TypeParseError).message);
  }
}

/** A struct's type, as upstream's parse_iota_struct_tag reads it; and any type, as parse_iota_type_tag does. */
export const structTag = parsed(parseStructTag);
export const typeTag = parsed(parseTypeTag);

function parsed<T>(parse: (text: string) => T) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      try {
        return parse(dataset.value);
      } catch (error) {
        addIssue({ message: (error as TypeParseError).message });
        return NEVER;
      }
    }),
  );
}

/** u64 as a decimal string, or as a number where that is exact (upstream's BigInt<u64>). */
export const u64 = v.pipe(
  v.union([v.pipe(v.string(), v.regex(U64_TEXT)), v.pipe(v.number(), v.safeInteger(), v.minValue(0))]),
  v.transform((value) => BigInt(value)),
  v.check((value) => value <= MAX_U64, "expected at most 2^64 - 1"),
);

/** A page size or other small count (usize of upstream). */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const base64 = v.pipe(
  v.string(),
  v.base64("expected base64"),
  v.transform((text) => fromBase64(text)),
);

/** A flag that is false when it is left out or null. */
export const flag = v.pipe(
  v.nullish(v.boolean()),
  v.transform((value) => value ?? false),
);

/** `TransactionBlockResponseOptions`: unknown members are ignored, as serde does. */
export const transactionOptions = v.object({
  showInput: flag,
  showRawInput: flag,
  showEffects: flag,
  showEvents: flag,
  showObjectChanges: flag,
  showBalanceChanges: flag,
  showRawEffects: flag,
});
export type TransactionOptions = v.InferOutput<typeof transactionOptions>;

/** `ObjectDataOptions` (crates/iota-json-rpc-types/src/iota_object.rs). */
export const objectOptions = v.object({
  showType: flag,
  showOwner: flag,
  showPreviousTransaction: flag,
  showDisplay: flag,
  showContent: flag,
  showBcs: flag,
  showStorageRebate: flag,
});
export type ObjectOptions = v.InferOutput<typeof objectOptions>;
export const NO_OBJECT_OPTIONS: ObjectOptions = v.parse(objectOptions, {});

/** Page size of lists: `QUERY_MAX_RESULT_LIMIT` of crates/iota-json-rpc-api/src/lib.rs. */
export const MAX_PAGE_ITEMS = 50;

/** Upstream's `validate_limit`: nothing means the most there is. Throws RpcError when the page cannot have this size. */
export function validatePageLimit(limit: number | undefined, max: number): number {
  if (limit === undefined) return max;
  if (limit > max) throw invalidInput(`Page size limit ${limit} exceeds max limit ${max}`);
  if (limit === 0) throw invalidInput("Page size limit cannot be smaller than 1");
  return limit;
}

/** Upstream's `cap_page_limit`: zero, nothing, or too much mean the most there is. */
export function capPageLimit(limit: number | null | undefined): number {
  return !limit || limit > MAX_PAGE_ITEMS ? MAX_PAGE_ITEMS : limit;
}
