/** Dynamic fields, made by hand as Move's framework makes them (crates/iota-framework/packages/iota-framework/sources/dynamic_field.move). */
import { bcs } from "@iota/iota-sdk/bcs";
import { fromHex, toBase58, toBase64, toHex } from "@iota/iota-sdk/utils";
import { blake2b } from "@noble/hashes/blake2.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coin, moveObject, numbered, type TestObject } from "../../support/objects.ts";
import { Chain } from "./support.ts";

const PARENT = numbered(0xfa);
const CHILDLESS = numbered(0xfb);
const WRAPPER = "0x2::dynamic_object_field::Wrapper";
const ID = "0x2::object::ID";
const U64 = bcs.u64().serialize(7n).toBytes();
const BLUE = bcs.string().serialize("blue").toBytes();

/** hash(0xf0 || parent || length of key || key || type of key), written down a second time. */
function fieldId(parent: string, type: string, key: Uint8Array): string {
  const length = bcs.u64().serialize(key.length).toBytes();
  const tag = bcs.TypeTag.serialize(type).toBytes();
  return `0x${toHex(blake2b(Buffer.concat([Uint8Array.of(0xf0), fromHex(parent), length, key, tag]), { dkLen: 32 }))}`;
}

function field(name: string, key: Uint8Array, value: string, bytes: Uint8Array): TestObject {
  return moveObject({
    id: fieldId(PARENT, name, key),
    owner: { ObjectOwner: PARENT },
    type: `0x2::dynamic_field::Field<${name}, ${value}>`,
    version: 3n,
    fields: new Uint8Array(Buffer.concat([key, bytes])),
  });
}

const count = field("u64", U64, "bool", Uint8Array.of(1));
const colour = field("0x1::string::String", BLUE, "0x99::m::Paint", Uint8Array.of(1, 2, 3));
const strange = field("0x99::m::Key", Uint8Array.of(9), "u8", Uint8Array.of(0));
const wrapper = field(`${WRAPPER}<u64>`, U64, ID, fromHex(numbered(0xc1)));
const held = coin({ id: numbered(0xc1), owner: { ObjectOwner: wrapper.id }, balance: 5n, version: 4n });
const lost = field(`${WRAPPER}<u8>`, Uint8Array.of(1), ID, fromHex(numbered(0xc2)));
const fields = [count, colour, strange, wrapper, lost].sort((a, b) => (a.id < b.id ? -1 : 1));

const chain = new Chain();
beforeAll(async () => {
  const other = coin({ id: numbered(0xc3), owner: { ObjectOwner: PARENT }, balance: 5n });
  await chain.checkpoint({ objects: [...fields, held, other] });
});
afterAll(() => chain.close());

const shown: ReadonlyMap<string, object> = new Map([
  [
    count.id,
    {
      name: { type: "u64", value: "7" },
      bcsEncoding: "base64",
      bcsName: toBase64(U64),
      type: "DynamicField",
      objectType: "bool",
      objectId: count.id,
      version: 3,
      digest: toBase58(count.digest),
    },
  ],
  [
    colour.id,
    {
      name: { type: "0x1::string::String", value: "blue" },
      bcsEncoding: "base64",
      bcsName: toBase64(BLUE),
      type: "DynamicField",
      objectType: "0x99::m::Paint",
      objectId: colour.id,
      version: 3,
      digest: toBase58(colour.digest),
    },
  ],
  [
    wrapper.id,
    {
      name: { type: "u64", value: "7" },
      bcsEncoding: "base64",
      bcsName: toBase64(U64),
      type: "DynamicObject",
      objectType: "0x2::coin::Coin<0x2::iota::IOTA>",
      objectId: held.id,
      version: 4,
      digest: toBase58(held.digest),
    },
  ],
]);

describe("iotax_getDynamicFields", () => {
  it("shows fields with names it can read and objects that are there, by the field's id", async () => {
    const page = await chain.call("iotax_getDynamicFields", PARENT);
    expect(page.data).toStrictEqual(fields.flatMap(({ id }) => shown.get(id) ?? []));
    expect(page.data).toHaveLength(3);
    expect(page.hasNextPage).toBe(false);
  });

  it.each([1, 2, 3, 4])("shows each once in pages of %i", async (limit) => {
    const found: unknown[] = [];
    let cursor: string | null = null;
    for (let more = true; more; ) {
      const page = await chain.call("iotax_getDynamicFields", PARENT, cursor, limit);
      found.push(...page.data);
      ({ nextCursor: cursor, hasNextPage: more } = page);
    }
    expect(found).toStrictEqual(fields.flatMap(({ id }) => shown.get(id) ?? []));
  });

  it("is empty for what owns nothing", async () => {
    expect(await chain.call("iotax_getDynamicFields", CHILDLESS)).toStrictEqual({
      data: [],
      nextCursor: null,
      hasNextPage: false,
    });
  });
});

describe("iotax_getDynamicFieldObject", () => {
  const find = (type: string, value: unknown, options?: object) =>
    chain.call("iotax_getDynamicFieldObjectV2", PARENT, { type, value }, options);

  it("is the field itself, or the object that it names", async () => {
    const options = { showOwner: true, showType: true };
    expect(await find("0x1::string::String", "blue", options)).toStrictEqual(
      await chain.call("iota_getObject", colour.id, options),
    );
    // A field and an object under one name: upstream finds the field first.
    expect((await find("u64", "7")).data.objectId).toBe(count.id);
    const other = new Chain();
    await other.checkpoint({ objects: [wrapper, held] });
    const name = { type: "u64", value: 7 };
    const { data } = await other.call("iotax_getDynamicFieldObjectV2", PARENT, name, { showContent: true });
    expect(data).toMatchObject({ objectId: held.id, content: { fields: { balance: "5" } } });
    expect((await other.call("iotax_getDynamicFieldObject", PARENT, name)).data).toMatchObject({
      objectId: held.id,
      owner: { ObjectOwner: wrapper.id },
      storageRebate: "980400",
      content: { dataType: "moveObject" },
    });
    await other.close();
  });

  it("shows the contents of a field whose value it can read", async () => {
    const { data } = await chain.call("iotax_getDynamicFieldObject", PARENT, { type: "u64", value: "7" });
    expect(data.content.fields).toStrictEqual({ id: { id: count.id }, name: "7", value: true });
  });

  it("says when there is no such field, or its object is gone", async () => {
    for (const [type, value] of [
      ["u64", "8"],
      ["u8", 7],
      ["vector<u64>", ["7"]],
    ] as const) {
      expect(await find(type, value)).toStrictEqual({
        error: { code: "dynamicFieldNotFound", parent_object_id: PARENT },
      });
    }
    expect(await find("u8", 1)).toStrictEqual({ error: { code: "notExists", object_id: numbered(0xc2) } });
  });

  it("refuses names that are not of their type, or of a type nobody knows here", async () => {
    const refuse = (type: string, value: unknown) =>
      chain.refusal("iotax_getDynamicFieldObjectV2", PARENT, { type, value });
    for (const [type, value] of [
      ["u8", 256],
      ["u64", "x"],
      ["bool", {}],
      ["address", "0xgg"],
      ["vector<u8>", 1],
    ] as const) {
      expect(await refuse(type, value)).toMatchObject({
        code: -32602,
        message: `the name is not a value of type ${type}`,
      });
    }
    expect(await refuse("0x99::m::Key", { n: 1 })).toMatchObject({
      code: -32602,
      message: "Fail to retrieve Object layout for 0x99::m::Key",
    });
    expect(await refuse("u65", 1)).toMatchObject({ code: -32602, message: "Invalid params" });
  });
});
