/** Coins and balances, and the indexes they are read from. */
import { toBase58 } from "@iota/iota-sdk/utils";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coin, moveObject, numbered } from "../../support/objects.ts";
import { ALICE, BOB, Chain, GENESIS } from "./support.ts";

const IOTA = "0x2::iota::IOTA";
const USDC = "0x168da5bf1f48dafc111b0a488fa454aca95e0b5e::usdc::USDC";
const PAIR = `0x99::pool::Share<${USDC}, 0x2::iota::IOTA>`;
const NOBODY = numbered(1);

const iota = [0x11, 0x12, 0x13, 0x14, 0x15].map((n, i) =>
  coin({ id: numbered(n), owner: ALICE, balance: 10n ** BigInt(i), version: BigInt(i + 1) }),
);
const usdc = [0x21, 0x22].map((n) => coin({ id: numbered(n), owner: ALICE, balance: 7n, type: USDC }));
const share = coin({ id: numbered(0x31), owner: ALICE, balance: 2n ** 64n - 1n, type: PAIR });
const thing = moveObject({ id: numbered(0x41), owner: { AddressOwner: ALICE }, type: "0x99::m::Thing" });
const others = [
  coin({ id: numbered(0x51), owner: BOB, balance: 3n }),
  coin({ id: numbered(0x52), owner: { ObjectOwner: ALICE }, balance: 3n }),
  coin({ id: numbered(0x53), owner: { Immutable: true }, balance: 3n }),
];

const chain = new Chain();
beforeAll(async () => {
  await chain.checkpoint({ objects: [...iota, ...usdc, share, thing, ...others] });
});
afterAll(() => chain.close());

// biome-ignore lint/suspicious/noExplicitAny: a page as it came
const idsOf = (page: any): string[] => page.data.map(({ coinObjectId }: { coinObjectId: string }) => coinObjectId);

describe("iotax_getCoins", () => {
  it("has the members of upstream's Coin", async () => {
    const [first] = (await chain.call("iotax_getCoins", ALICE)).data;
    expect(first).toStrictEqual({
      coinType: IOTA,
      coinObjectId: iota[0]!.id,
      version: "1",
      digest: toBase58(iota[0]!.digest),
      balance: "1",
      previousTransaction: toBase58(new Uint8Array(32).fill(7)),
    });
  });

  it("is for IOTA unless another type is named", async () => {
    const own = iota.map(({ id }) => id);
    expect(idsOf(await chain.call("iotax_getCoins", ALICE))).toStrictEqual(own);
    expect(idsOf(await chain.call("iotax_getCoins", ALICE, null))).toStrictEqual(own);
    expect(idsOf(await chain.call("iotax_getCoins", ALICE, `0x${"2".padStart(64, "0")}::iota::IOTA`))).toStrictEqual(
      own,
    );
    expect(idsOf(await chain.call("iotax_getCoins", ALICE, USDC))).toStrictEqual(usdc.map(({ id }) => id));
    expect(idsOf(await chain.call("iotax_getCoins", ALICE, "0x2::no::COIN"))).toStrictEqual([]);
  });

  it("names coin types as Move prints them", async () => {
    expect((await chain.call("iotax_getCoins", ALICE, PAIR)).data).toMatchObject([
      { coinType: PAIR, balance: "18446744073709551615" },
    ]);
  });

  it("refuses what is not a type, in the words of TypeParseError", async () => {
    expect(await chain.refusal("iotax_getCoins", ALICE, "IOTA")).toMatchObject({
      code: -32602,
      message: "failed to parse IOTA: unknown error",
    });
    expect(await chain.refusal("iotax_getBalance", ALICE, "0x2::iota::IOTA>")).toMatchObject({ code: -32602 });
  });

  it.each([0, 51, undefined, null])("takes a limit of %j for the most there is", async (limit) => {
    expect(idsOf(await chain.call("iotax_getCoins", ALICE, null, null, limit))).toHaveLength(5);
  });
});

describe("pages of coins", () => {
  const walk = async (
    limit: number,
    next: (cursor: string | null) => Promise<{ hasNextPage: boolean; nextCursor: string }>,
  ) => {
    const found: string[] = [];
    let cursor: string | null = null;
    for (let more = true; more; ) {
      const page = await next(cursor);
      expect(idsOf(page).length).toBeLessThanOrEqual(limit);
      found.push(...idsOf(page));
      ({ nextCursor: cursor, hasNextPage: more } = page);
    }
    return found;
  };

  it.each([1, 2, 3, 5, 8])("of %i follow each other", async (limit) => {
    expect(await walk(limit, (cursor) => chain.call("iotax_getCoins", ALICE, IOTA, cursor, limit))).toStrictEqual(
      iota.map(({ id }) => id),
    );
    const all = await walk(limit, (cursor) => chain.call("iotax_getAllCoins", ALICE, cursor, limit));
    expect([...all].sort()).toStrictEqual([...iota, ...usdc, share].map(({ id }) => id).sort());
    // Types come one after the other.
    const types = (await chain.call("iotax_getAllCoins", ALICE)).data.map(
      ({ coinType }: { coinType: string }) => coinType,
    );
    expect(types.filter((type: string, i: number) => type !== types[i - 1])).toHaveLength(3);
  });

  it("of all coins begin after a coin, and say what is wrong with a cursor", async () => {
    expect(await chain.refusal("iotax_getAllCoins", ALICE, numbered(0xdead))).toMatchObject({
      code: -32602,
      message: "cursor not found",
    });
    expect(await chain.refusal("iotax_getAllCoins", ALICE, thing.id)).toMatchObject({
      message: "cursor is not a coin",
    });
  });
});

describe("balances", () => {
  it("are sums by type", async () => {
    expect(await chain.call("iotax_getBalance", ALICE)).toStrictEqual({
      coinType: IOTA,
      coinObjectCount: 5,
      totalBalance: "11111",
    });
    expect(await chain.call("iotax_getBalance", ALICE, USDC)).toMatchObject({ coinObjectCount: 2, totalBalance: "14" });
    expect(await chain.call("iotax_getBalance", NOBODY, USDC)).toStrictEqual({
      coinType: USDC,
      coinObjectCount: 0,
      totalBalance: "0",
    });
    const all = await chain.call("iotax_getAllBalances", ALICE);
    expect(all).toHaveLength(3);
    expect(all).toContainEqual({ coinType: PAIR, coinObjectCount: 1, totalBalance: "18446744073709551615" });
    expect(await chain.call("iotax_getAllBalances", NOBODY)).toStrictEqual([]);
  });

  it("stay the sums of the coins through any history", async () => {
    const owners = [ALICE, BOB];
    const step = fc.record({
      id: fc.integer({ min: 1, max: 6 }),
      owner: fc.constantFrom(...owners, undefined),
      type: fc.constantFrom(undefined, USDC),
      balance: fc.bigInt({ min: 0n, max: 1_000n }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 6 }), async (history) => {
        const other = new Chain();
        try {
          const now = new Map<string, { owner: string; type: string; balance: bigint }>();
          let version = 0n;
          for (const steps of history) {
            version++;
            // An id keeps its type while it lives.
            for (const { id: n, owner, type, balance } of steps) {
              const id = numbered(n);
              const known = now.get(id);
              if (owner === undefined) {
                if (known) await other.checkpoint({ deleted: [id], version });
                now.delete(id);
              } else {
                const kept = known ? known.type : (type ?? IOTA);
                const named = kept === IOTA ? {} : { type: kept };
                await other.checkpoint({ objects: [coin({ id, owner, balance, version, ...named })] });
                now.set(id, { owner, type: kept, balance });
              }
              version++;
            }
          }
          for (const owner of owners) {
            for (const type of [IOTA, USDC]) {
              const own = [...now.values()].filter((held) => held.owner === owner && held.type === type);
              expect(await other.call("iotax_getBalance", owner, type)).toStrictEqual({
                coinType: type,
                coinObjectCount: own.length,
                totalBalance: String(own.reduce((sum, { balance }) => sum + balance, 0n)),
              });
              expect((await other.call("iotax_getCoins", owner, type)).data).toHaveLength(own.length);
            }
          }
        } finally {
          await other.close();
        }
      }),
      { numRuns: 12 },
    );
  });

  it("are right when one checkpoint writes a coin, changes its owner and removes it", async () => {
    const other = new Chain();
    const at = (owner: string, balance: bigint, version: bigint) => coin({ id: numbered(1), owner, balance, version });
    await other.checkpoint({ objects: [at(ALICE, 5n, 1n), at(BOB, 4n, 2n), at(ALICE, 3n, 3n)] });
    expect(await other.call("iotax_getBalance", ALICE)).toMatchObject({ coinObjectCount: 1, totalBalance: "3" });
    expect(await other.call("iotax_getAllBalances", BOB)).toStrictEqual([]);
    await other.checkpoint({ objects: [at(BOB, 2n, 4n)], deleted: [numbered(1)], version: 5n });
    for (const owner of [ALICE, BOB]) expect(await other.call("iotax_getAllBalances", owner)).toStrictEqual([]);
    await other.close();
  });
});

describe("supply", () => {
  it("is what genesis minted", async () => {
    const minted = GENESIS.coins.reduce((sum, { balance }) => sum + BigInt(balance), 0n);
    expect(await chain.call("iotax_getTotalSupply", IOTA)).toStrictEqual({ value: String(minted) });
    expect(await chain.call("iotax_getCirculatingSupply")).toStrictEqual({
      value: String(minted),
      circulatingSupplyPercentage: 1,
      atCheckpoint: 0,
    });
  });

  it("of another type is not found, in upstream's words (crates/iota-json-rpc/src/coin_api.rs)", async () => {
    const address = `0x${USDC.slice(2).split("::")[0]!.padStart(64, "0")}`;
    expect(await chain.refusal("iotax_getTotalSupply", USDC)).toMatchObject({
      code: -32602,
      message: `Cannot find object [0x2::coin::TreasuryCap<${USDC}>] or [0x2::coin_manager::CoinManager<${USDC}>] from [${address}] package event.`,
    });
  });

  it("has metadata of IOTA, as iota.move registers it, and of nothing else", async () => {
    expect(await chain.call("iotax_getCoinMetadata", IOTA)).toStrictEqual({
      decimals: 9,
      name: "IOTA",
      symbol: "IOTA",
      description: "The main (gas)token of the IOTA Network.",
      iconUrl: "https://iota.org/logo.png",
      id: null,
    });
    expect(await chain.call("iotax_getCoinMetadata", USDC)).toBeNull();
    expect(await chain.refusal("iotax_getCoinMetadata", "IOTA")).toMatchObject({ code: -32602 });
  });
});
