/**
 * Objects of an address (iotaledger/iota crates/iota-json-rpc/src/indexer_api.rs; filters: IotaObjectDataFilter of
 * crates/iota-json-rpc-types/src/iota_object.rs).
 *
 * A page looks at a bounded number of objects: it may be short, or empty, and still say that more follows.
 */
import * as v from "valibot";
import { viewObject } from "../../format/object.ts";
import { parseStructTag, type StructTag } from "../../format/type-tag.ts";
import type { Owned } from "../../store/store.ts";
import { type Method, method, optional, required } from "../method.ts";
import {
  address,
  addressText,
  count,
  MAX_PAGE_ITEMS,
  NO_OBJECT_OPTIONS,
  objectOptions,
  structTag,
  u64,
  validatePageLimit,
} from "../schemas.ts";
import { objectJson } from "../views/object.ts";

/** Objects that one page looks at. */
const MAX_EXAMINED = 2_000;
/** Filters of one query, those inside of others counted: what a page costs is bounded by these two. */
const MAX_FILTERS = 256;

/** What filters look at. */
interface ObjectInfo {
  readonly id: string;
  readonly version: bigint;
  readonly owner: string;
  /** Undefined for a package. */
  readonly type: StructTag | undefined;
}

interface Filter {
  /** How many filters it is made of. */
  readonly size: number;
  readonly matches: (object: ObjectInfo) => boolean;
}

const idText = v.pipe(
  address,
  v.transform((bytes) => addressText(bytes)),
);
const moveModule = v.object({ package: idText, module: v.string() });

/** Each filter becomes the function that decides it. */
const filter: v.GenericSchema<unknown, Filter> = v.union(
  [
    several("MatchAll", (filters) => (object) => filters.every(({ matches }) => matches(object))),
    several("MatchAny", (filters) => (object) => filters.some(({ matches }) => matches(object))),
    several("MatchNone", (filters) => (object) => !filters.some(({ matches }) => matches(object))),
    single("Package", idText, (id) => (object) => object.type?.address === id),
    single("MoveModule", moveModule, (wanted) => ({ type }) => {
      return type?.address === wanted.package && type.module === wanted.module;
    }),
    single(
      "StructType",
      structTag,
      (wanted) =>
        ({ type }) =>
          type !== undefined && isOfType(type, wanted),
    ),
    single("AddressOwner", idText, (owner) => (object) => object.owner === owner),
    // What an object owns is found by its parent, not here: upstream's index of owners has addresses only.
    single("ObjectOwner", idText, () => () => false),
    single("ObjectId", idText, (id) => (object) => object.id === id),
    single("ObjectIds", v.array(idText), (ids) => {
      const wanted = new Set(ids);
      return (object) => wanted.has(object.id);
    }),
    single("Version", u64, (version) => (object) => object.version === version),
  ],
  "expected one filter of ObjectDataFilter",
);

function several(name: string, join: (filters: readonly Filter[]) => Filter["matches"]) {
  return v.pipe(
    v.strictObject({ [name]: v.array(v.lazy(() => filter)) }),
    v.transform(({ [name]: filters }) => ({
      size: filters!.reduce((sum, { size }) => sum + size, 1),
      matches: join(filters!),
    })),
  );
}

function single<S extends v.GenericSchema<unknown, unknown>>(
  name: string,
  schema: S,
  filterOf: (value: v.InferOutput<S>) => Filter["matches"],
) {
  return v.pipe(
    v.strictObject({ [name]: schema }),
    v.transform(({ [name]: value }) => ({ size: 1, matches: filterOf(value as v.InferOutput<S>) })),
  );
}

/** A filter without type parameters is for all of them. */
function isOfType(type: StructTag, wanted: StructTag): boolean {
  if (wanted.typeParams.length > 0) return type.text === wanted.text;
  return type.address === wanted.address && type.module === wanted.module && type.name === wanted.name;
}

const boundedFilter = v.pipe(
  filter,
  v.check(({ size }) => size <= MAX_FILTERS, `expected at most ${MAX_FILTERS} filters`),
);

const getOwnedObjects = method({
  name: "iotax_getOwnedObjects",
  tag: "Extended API",
  description: "Return the objects that an address owns, ascending by id.",
  params: {
    address: required(address, "the owner"),
    query: optional(
      v.object({ filter: v.nullish(boundedFilter), options: v.nullish(objectOptions) }),
      "the filter, and what the answers contain",
    ),
    cursor: optional(address, "the page begins after this object"),
    limit: optional(count, "most objects of a page"),
  },
  result: { name: "ObjectsPage", description: "a page, and where the next one begins" },
  handle: ({ node: { store } }, { address: owner, query, cursor, limit }) => {
    const size = validatePageLimit(limit, MAX_PAGE_ITEMS);
    const matches = query?.filter?.matches ?? (() => true);
    const ownerText = addressText(owner);
    const types = new Types();
    const page = pageOf(store.owned(owner, cursor), size, (owned) =>
      matches({
        id: addressText(owned.id),
        version: owned.record.version,
        owner: ownerText,
        type: types.of(owned),
      }),
    );
    const options = query?.options ?? NO_OBJECT_OPTIONS;
    const next = page.last ?? cursor;
    return {
      data: page.found.map(({ id, record }) => ({
        data: objectJson(viewObject(store.objectAt(id, record.version)!), options),
      })),
      nextCursor: next ? addressText(next) : null,
      hasNextPage: page.hasNextPage,
    };
  },
});

interface Page {
  readonly found: readonly Owned[];
  readonly hasNextPage: boolean;
  /** Where the next page begins: the last one found, or looked at. */
  readonly last: Uint8Array | undefined;
}

function pageOf(objects: Iterable<Owned>, size: number, matches: (owned: Owned) => boolean): Page {
  const found: Owned[] = [];
  let examined = 0;
  let last: Uint8Array | undefined;
  for (const owned of objects) {
    if (examined++ === MAX_EXAMINED) return { found, hasNextPage: true, last };
    if (matches(owned)) {
      if (found.length === size) return { found, hasNextPage: true, last: found.at(-1)!.id };
      found.push(owned);
    }
    last = owned.id;
  }
  return { found, hasNextPage: false, last: found.at(-1)?.id };
}

const decoder = new TextDecoder();

/** Of a page most objects have the same few types, each read once. */
class Types {
  readonly #known = new Map<string, StructTag | undefined>();

  of({ record }: Owned): StructTag | undefined {
    const text = decoder.decode(record.type);
    if (!this.#known.has(text)) this.#known.set(text, text.includes("::") ? parseStructTag(text) : undefined);
    return this.#known.get(text);
  }
}

export const ownedObjectMethods: readonly Method[] = [getOwnedObjects];
