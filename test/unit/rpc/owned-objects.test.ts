/** What an address owns, filtered and in pages. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clock, coin, moveObject, numbered, type TestObject } from "../../support/objects.ts";
import { ALICE, BOB, Chain } from "./support.ts";

const METHOD = "iotax_getOwnedObjects";
const PARENT = numbered(0xfa);
const USDC = `${numbered(0x99)}::usdc::USDC`;

const thing = (n: number, type: string, version: bigint, owner = ALICE) =>
  moveObject({ id: numbered(n), owner: { AddressOwner: owner }, type, version });

const coins = [
  coin({ id: numbered(0x11), owner: ALICE, balance: 1n, version: 1n }),
  coin({ id: numbered(0x12), owner: ALICE, balance: 2n, version: 2n }),
  coin({ id: numbered(0x13), owner: ALICE, balance: 3n, version: 2n, type: USDC }),
];
const things = [
  thing(0x21, "0x99::m::Thing<u8>", 1n),
  thing(0x22, "0x99::m::Thing<u64>", 2n),
  thing(0x23, "0x99::n::Thing<0x2::iota::IOTA>", 3n),
  thing(0x24, "0x98::m::Other", 3n),
];
const own: readonly TestObject[] = [...coins, ...things];
const others = [
  coin({ id: numbered(0x31), owner: BOB, balance: 9n }),
  coin({ id: numbered(0x32), owner: { ObjectOwner: ALICE }, balance: 9n }),
  moveObject({ id: numbered(0x33), owner: { ObjectOwner: PARENT }, type: "0x99::m::Thing<u8>" }),
  moveObject({ id: numbered(0x34), owner: { Immutable: true }, type: "0x99::m::Thing<u8>" }),
  clock(0n),
];

const chain = new Chain();
beforeAll(async () => {
  await chain.checkpoint({ objects: [...own, ...others] });
});
afterAll(() => chain.close());

const idsOf = (page: { data: { data: { objectId: string } }[] }) => page.data.map(({ data }) => data.objectId);
const matching = async (filter: unknown, owner = ALICE) => idsOf(await chain.call(METHOD, owner, { filter }));
const ids = (objects: readonly TestObject[]) => objects.map(({ id }) => id);

describe("filters of ObjectDataFilter", () => {
  const [a, b, c] = coins as [TestObject, TestObject, TestObject];
  const [p, q, r, s] = things as [TestObject, TestObject, TestObject, TestObject];

  it.each([
    ["all type parameters when none is named", { StructType: "0x2::coin::Coin" }, [a, b, c]],
    ["one type", { StructType: "0x2::coin::Coin<0x2::iota::IOTA>" }, [a, b]],
    ["a type in long form", { StructType: `0x0002::coin::Coin< ${USDC} >` }, [c]],
    ["a type parameter", { StructType: "0x99::m::Thing<u64>" }, [q]],
    ["a type that nothing has", { StructType: "0x99::m::Thing<u16>" }, []],
    ["a package", { Package: "0x99" }, [p, q, r]],
    ["a module", { MoveModule: { package: "0x99", module: "m" } }, [p, q]],
    ["an id", { ObjectId: q.id }, [q]],
    ["an id of somebody else's", { ObjectId: numbered(0x31) }, []],
    ["ids", { ObjectIds: [s.id, a.id, numbered(0x31)] }, [a, s]],
    ["no ids", { ObjectIds: [] }, []],
    ["a version", { Version: "2" }, [b, c, q]],
    ["a version as a number", { Version: 3 }, [r, s]],
    ["its owner", { AddressOwner: ALICE }, own],
    ["another owner", { AddressOwner: BOB }, []],
    ["an object as owner, which is found by its children", { ObjectOwner: ALICE }, []],
    ["all of several", { MatchAll: [{ StructType: "0x2::coin::Coin" }, { Version: "2" }] }, [b, c]],
    ["any of several", { MatchAny: [{ ObjectId: a.id }, { Package: "0x98" }] }, [a, s]],
    ["none of several", { MatchNone: [{ StructType: "0x2::coin::Coin" }, { Package: "0x98" }] }, [p, q, r]],
    ["all of nothing", { MatchAll: [] }, own],
    ["any of nothing", { MatchAny: [] }, []],
    ["none of nothing", { MatchNone: [] }, own],
  ])("finds %s", async (_, filter, expected: readonly TestObject[]) => {
    expect(await matching(filter)).toStrictEqual(ids(expected));
  });

  it("finds the example of upstream's document", async () => {
    const filter = {
      MatchAll: [{ StructType: "0x2::coin::Coin<0x2::iota::IOTA>" }, { AddressOwner: ALICE }, { Version: "2" }],
    };
    expect(await matching(filter)).toStrictEqual([b.id]);
  });

  it.each([
    {},
    { Unheard: 1 },
    { Package: "0x99", ObjectId: "0x1" },
    { StructType: "nonsense" },
    { StructType: "0x2::coin::Coin<" },
    { Version: -1 },
    { MatchAll: [{ Unheard: 1 }] },
    { MatchAll: {} },
    "Package",
  ])("refuses %j", async (filter) => {
    expect(await chain.refusal(METHOD, ALICE, { filter })).toMatchObject({ code: -32602, message: "Invalid params" });
  });

  it("bounds how many filters a query is made of, however they are nested", async () => {
    const all = (filters: unknown[]) => ({ MatchAll: filters });
    expect(await matching(all(Array(255).fill({ Version: "2" })))).toStrictEqual(ids([b, c, q]));
    const tooMany = all([all(Array(128).fill({ Version: "2" })), all(Array(128).fill({ Version: "2" }))]);
    expect(await chain.refusal(METHOD, ALICE, { filter: tooMany })).toMatchObject({ code: -32602 });
  });

  it("decides every combination as a second reading of the rules does", async () => {
    const leaf = fc.oneof(
      fc.constantFrom("0x2::coin::Coin", "0x99::m::Thing", "0x99::m::Thing<u8>").map((StructType) => ({ StructType })),
      fc.constantFrom("1", "2", "3").map((Version) => ({ Version })),
      fc.constantFrom(...ids(own)).map((ObjectId) => ({ ObjectId })),
      fc.constantFrom("0x98", "0x99").map((Package) => ({ Package })),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, leaf, tie("all"), tie("any"), tie("none")),
      all: fc.array(tie("tree"), { maxLength: 3 }).map((MatchAll) => ({ MatchAll })),
      any: fc.array(tie("tree"), { maxLength: 3 }).map((MatchAny) => ({ MatchAny })),
      none: fc.array(tie("tree"), { maxLength: 3 }).map((MatchNone) => ({ MatchNone })),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (filter) => {
        expect(await matching(filter)).toStrictEqual(ids(own.filter((object) => decides(filter, object))));
      }),
      { numRuns: 200 },
    );
  });
});

const TYPES: ReadonlyMap<string, string> = new Map([
  ...coins.map(({ id }, i) => [id, `0x2::coin::Coin<${i === 2 ? USDC : "0x2::iota::IOTA"}>`] as const),
  [numbered(0x21), "0x99::m::Thing<u8>"],
  [numbered(0x22), "0x99::m::Thing<u64>"],
  [numbered(0x23), "0x99::n::Thing<0x2::iota::IOTA>"],
  [numbered(0x24), "0x98::m::Other"],
]);

// biome-ignore lint/suspicious/noExplicitAny: filters are whatever the generator makes
function decides(filter: any, object: TestObject): boolean {
  const type = TYPES.get(object.id)!;
  if (filter.MatchAll) return filter.MatchAll.every((inner: unknown) => decides(inner, object));
  if (filter.MatchAny) return filter.MatchAny.some((inner: unknown) => decides(inner, object));
  if (filter.MatchNone) return filter.MatchNone.every((inner: unknown) => !decides(inner, object));
  if (filter.StructType) return type === filter.StructType || type.startsWith(`${filter.StructType}<`);
  if (filter.Version) return String(object.version) === filter.Version;
  if (filter.Package) return type.startsWith(`${filter.Package}::`);
  return object.id === filter.ObjectId;
}

describe("pages", () => {
  it("are whole without a limit, and what is asked for is shown", async () => {
    const page = await chain.call(METHOD, ALICE);
    expect(idsOf(page)).toStrictEqual(ids(own));
    expect(page).toMatchObject({ nextCursor: own.at(-1)!.id, hasNextPage: false });
    const options = { showType: true, showOwner: true, showStorageRebate: true, showBcs: true };
    const shown = await chain.call(METHOD, ALICE, { options });
    const objects = await chain.call("iota_multiGetObjects", ids(own), options);
    expect(shown.data).toStrictEqual(objects);
  });

  it("follow each other, whatever their size and the filter", async () => {
    const filters = [undefined, { StructType: "0x2::coin::Coin" }, { Version: "2" }, { Package: "0x77" }];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.constantFrom(...filters), async (limit, filter) => {
        const found: string[] = [];
        let cursor: string | null = null;
        for (let more = true; more; ) {
          const page = await chain.call(METHOD, ALICE, { filter }, cursor, limit);
          expect(page.data.length).toBeLessThanOrEqual(limit);
          found.push(...idsOf(page));
          ({ nextCursor: cursor, hasNextPage: more } = page);
        }
        expect(found).toStrictEqual(await matching(filter));
      }),
      { numRuns: 60 },
    );
  });

  it("go on after a cursor that is nobody's any more", async () => {
    expect(idsOf(await chain.call(METHOD, ALICE, null, numbered(0x20)))).toStrictEqual(ids(things));
    expect(await chain.call(METHOD, ALICE, null, numbered(0xff))).toStrictEqual({
      data: [],
      nextCursor: numbered(0xff),
      hasNextPage: false,
    });
  });

  it("have the sizes of upstream's validate_limit", async () => {
    expect(await chain.refusal(METHOD, ALICE, null, null, 51)).toMatchObject({
      code: -32602,
      message: "Page size limit 51 exceeds max limit 50",
    });
    expect(await chain.refusal(METHOD, ALICE, null, null, 0)).toMatchObject({
      message: "Page size limit cannot be smaller than 1",
    });
  });

  it("look at so many objects and no more, and then say that more follows", async () => {
    const other = new Chain();
    const many = Array.from({ length: 2_001 }, (_, i) =>
      coin({ id: numbered(0x1_0000 + i), owner: ALICE, balance: 1n, version: i === 2_000 ? 2n : 1n }),
    );
    await other.checkpoint({ objects: many });
    const filter = { Version: "2" };
    const first = await other.call(METHOD, ALICE, { filter });
    expect(first).toStrictEqual({ data: [], nextCursor: many[1_999]!.id, hasNextPage: true });
    expect(await other.call(METHOD, ALICE, { filter }, first.nextCursor)).toMatchObject({
      data: [{ data: { objectId: many[2_000]!.id } }],
      hasNextPage: false,
    });
    await other.close();
  });

  it("are empty for who owns nothing", async () => {
    expect(await chain.call(METHOD, numbered(1))).toStrictEqual({ data: [], nextCursor: null, hasNextPage: false });
  });
});
