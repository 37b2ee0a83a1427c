/** Reading objects by id. Shapes: ObjectData, ObjectRead and ObjectResponseError of upstream's published OpenRPC document. */
import { toBase58, toBase64 } from "@iota/iota-sdk/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clock, coin, moveObject, movePackage, numbered } from "../../support/objects.ts";
import { ALICE, Chain } from "./support.ts";

const COIN = numbered(0xc01);
const GONE = numbered(0xc02);
const CLOCK = numbered(6);
const THING = numbered(0x77);
const PACKAGE = numbered(0x99);
const NOWHERE = numbered(0xdead);

const ALL = {
  showType: true,
  showOwner: true,
  showPreviousTransaction: true,
  showDisplay: true,
  showContent: true,
  showBcs: true,
  showStorageRebate: true,
};

const first = coin({ id: COIN, owner: ALICE, balance: 100_000_000n, version: 1n });
const second = coin({ id: COIN, owner: ALICE, balance: 2n ** 63n, version: 5n });
const gone = coin({ id: GONE, owner: ALICE, balance: 1n, version: 1n });
const time = clock(1_700_000_000_001n, 3n);
const thing = moveObject({ id: THING, owner: { Immutable: true }, type: `${PACKAGE}::m::Thing<u8>` });

const chain = new Chain();
beforeAll(async () => {
  await chain.checkpoint({ objects: [first, gone, time, thing, movePackage({ id: PACKAGE })] });
  await chain.checkpoint({ objects: [second], deleted: [GONE], version: 4n });
});
afterAll(() => chain.close());

describe("iota_getObject", () => {
  it("shows what was asked for, as upstream's example does", async () => {
    expect(await chain.call("iota_getObject", COIN, ALL)).toStrictEqual({
      data: {
        objectId: COIN,
        version: "5",
        digest: toBase58(second.digest),
        type: "0x2::coin::Coin<0x2::iota::IOTA>",
        owner: { AddressOwner: ALICE },
        previousTransaction: toBase58(new Uint8Array(32).fill(7)),
        storageRebate: "980400",
        display: { data: null, error: null },
        content: {
          dataType: "moveObject",
          type: "0x2::coin::Coin<0x2::iota::IOTA>",
          fields: { balance: "9223372036854775808", id: { id: COIN } },
        },
        bcs: {
          dataType: "moveObject",
          type: "0x2::coin::Coin<0x2::iota::IOTA>",
          version: 5,
          bcsBytes: toBase64(Uint8Array.from(Buffer.from(`${COIN.slice(2)}0000000000000080`, "hex"))),
        },
      },
    });
  });

  it.each(Object.keys(ALL))("shows nothing else when only %s is asked for", async (option) => {
    const member = option.slice(4).charAt(0).toLowerCase() + option.slice(5);
    const { data } = await chain.call("iota_getObject", COIN, { [option]: true });
    expect(Object.keys(data)).toStrictEqual(["objectId", "version", "digest", member]);
  });

  it("shows a reference when nothing is asked for", async () => {
    const reference = { objectId: COIN, version: "5", digest: toBase58(second.digest) };
    for (const options of [undefined, null, {}, { showType: false, showOwner: null, unheardOf: 1 }]) {
      expect(await chain.call("iota_getObject", COIN, options)).toStrictEqual({ data: reference });
    }
  });

  it("shows shared objects and their members", async () => {
    const { data } = await chain.call("iota_getObject", "0x6", ALL);
    expect(data).toMatchObject({
      owner: { Shared: { initial_shared_version: 1 } },
      type: "0x2::clock::Clock",
      content: { fields: { id: { id: CLOCK }, timestamp_ms: "1700000000001" } },
    });
  });

  it("says that there is nothing, or not any more", async () => {
    expect(await chain.call("iota_getObject", NOWHERE, ALL)).toStrictEqual({
      error: { code: "notExists", object_id: NOWHERE },
    });
    expect(await chain.call("iota_getObject", GONE, ALL)).toStrictEqual({
      // ObjectDigest::OBJECT_DIGEST_DELETED of crates/iota-types/src/digests.rs: 32 bytes of 99.
      error: { code: "deleted", object_id: GONE, version: 4, digest: toBase58(new Uint8Array(32).fill(99)) },
    });
  });

  it("shows all but the contents of a type whose package it does not have", async () => {
    const { data } = await chain.call("iota_getObject", THING, { ...ALL, showContent: false });
    expect(data).toMatchObject({ type: `${PACKAGE}::m::Thing<u8>`, owner: "Immutable", bcs: { version: 1 } });
    expect(await chain.refusal("iota_getObject", THING, { showContent: true })).toMatchObject({
      code: -32000,
      message: "Fail to retrieve Object layout for 0x99::m::Thing<u8>",
    });
  });

  it("shows what it can of a package", async () => {
    const { data } = await chain.call("iota_getObject", PACKAGE, { showType: true, showOwner: true });
    expect(data).toMatchObject({ objectId: PACKAGE, type: "package", owner: "Immutable" });
    for (const options of [{ showContent: true }, { showBcs: true }]) {
      expect(await chain.refusal("iota_getObject", PACKAGE, options)).toMatchObject({ code: -32600 });
    }
  });

  it.each(["", "0x", "0xgg", `0x${"0".repeat(65)}`, 6, null, {}])("refuses %j as an id", async (id) => {
    expect(await chain.refusal("iota_getObject", id)).toMatchObject({ code: -32602, message: "Invalid params" });
  });
});

describe("iota_multiGetObjects", () => {
  it("answers each id in the order asked for, twice if asked twice", async () => {
    const ids = [NOWHERE, COIN, GONE, COIN];
    const answers = await chain.call("iota_multiGetObjects", ids, ALL);
    expect(answers).toStrictEqual(await Promise.all(ids.map((id) => chain.call("iota_getObject", id, ALL))));
  });

  it("answers up to QUERY_MAX_RESULT_LIMIT of crates/iota-json-rpc-api/src/lib.rs", async () => {
    expect(await chain.call("iota_multiGetObjects", [])).toStrictEqual([]);
    expect(await chain.call("iota_multiGetObjects", Array(50).fill(COIN))).toHaveLength(50);
    expect(await chain.refusal("iota_multiGetObjects", Array(51).fill(COIN))).toMatchObject({
      code: -32602,
      message: "Input exceeds limit of 50",
    });
  });
});

describe("iota_tryGetPastObject", () => {
  const past = (id: string, version: number | string, options?: object) =>
    chain.call("iota_tryGetPastObject", id, version, options);

  it("tells the five answers of ObjectRead", async () => {
    expect(await past(COIN, 1, { showContent: true })).toMatchObject({
      status: "VersionFound",
      details: { version: "1", digest: toBase58(first.digest), content: { fields: { balance: "100000000" } } },
    });
    expect(await past(COIN, "5")).toMatchObject({ status: "VersionFound", details: { version: "5" } });
    expect(await past(COIN, 3)).toStrictEqual({ status: "VersionNotFound", details: [COIN, 3] });
    expect(await past(COIN, 6)).toStrictEqual({
      status: "VersionTooHigh",
      details: { object_id: COIN, asked_version: 6, latest_version: 5 },
    });
    expect(await past(NOWHERE, 1)).toStrictEqual({ status: "ObjectNotExists", details: NOWHERE });
    expect(await past(GONE, 1)).toMatchObject({ status: "VersionFound", details: { objectId: GONE } });
    expect(await past(GONE, 4)).toStrictEqual({
      status: "ObjectDeleted",
      details: { objectId: GONE, version: 4, digest: toBase58(new Uint8Array(32).fill(99)) },
    });
  });

  it("tells versions beyond what a JavaScript number holds as text", async () => {
    expect(await past(COIN, "18446744073709551615")).toMatchObject({
      details: { asked_version: "18446744073709551615" },
    });
    expect(await chain.refusal("iota_tryGetPastObject", COIN, "18446744073709551616")).toMatchObject({ code: -32602 });
  });

  it("answers several at once", async () => {
    const asked = [
      { objectId: COIN, version: "1" },
      { objectId: GONE, version: "4" },
    ];
    const answers = await chain.call("iota_tryMultiGetPastObjects", asked, { showOwner: true });
    expect(answers).toStrictEqual([await past(COIN, 1, { showOwner: true }), await past(GONE, 4)]);
    expect(await chain.refusal("iota_tryMultiGetPastObjects", Array(51).fill(asked[0]))).toMatchObject({
      message: "Input exceeds limit of 50",
    });
  });
});
