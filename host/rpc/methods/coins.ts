/** Coins and balances (iotaledger/iota crates/iota-json-rpc/src/coin_api.rs). */
import * as v from "valibot";
import { coinTypeOf, IOTA_TYPE, viewObject } from "../../format/object.ts";
import { coinTypeKey, ID_BYTES, join } from "../../store/keys.ts";
import type { Store } from "../../store/store.ts";
import { type Method, method, optional, required } from "../method.ts";
import { invalidInput } from "../rpc-error.ts";
import { address, addressText, capPageLimit, coinStructTag, count } from "../schemas.ts";
import { moveTypeText } from "../views/types.ts";

const owner = required(address, "the owner");
const coinType = optional(v.string(), "T of Coin<T>; 0x2::iota::IOTA when left out");
const cursor = optional(address, "the page begins after this coin");
const limit = optional(count, "most coins of a page");
const page = { name: "CoinPage", description: "a page, and where the next one begins" };

const getCoins = method({
  name: "iotax_getCoins",
  tag: "Coin Query API",
  description: "Return an address's coins of one type, ascending by id.",
  params: { owner, coin_type: coinType, cursor, limit },
  result: page,
  handle: ({ node: { store } }, params) => {
    const prefix = join(params.owner, coinTypeKey(normalCoinType(params.coin_type)));
    return coinPage(store, prefix, params.cursor && join(prefix, params.cursor), params.limit);
  },
});

const getAllCoins = method({
  name: "iotax_getAllCoins",
  tag: "Coin Query API",
  description: "Return an address's coins, type by type, ascending by id within a type.",
  params: { owner, cursor, limit },
  result: page,
  handle: ({ node: { store } }, params) => {
    const after = params.cursor && join(params.owner, coinTypeKey(typeOfCoin(store, params.cursor)), params.cursor);
    return coinPage(store, params.owner, after, params.limit);
  },
});

/** T of a coin that a page can begin after. Throws RpcError. */
function typeOfCoin(store: Store, id: Uint8Array): string {
  const bytes = store.object(id);
  if (!bytes) throw invalidInput("cursor not found");
  const { coinType } = viewObject(bytes);
  if (coinType === undefined) throw invalidInput("cursor is not a coin");
  return coinType;
}

function coinPage(store: Store, prefix: Uint8Array, after: Uint8Array | undefined, limit: number | undefined): object {
  const size = capPageLimit(limit);
  const data: object[] = [];
  let last: string | null = null;
  for (const { key } of store.coins(prefix, after)) {
    if (data.length === size) return { data, nextCursor: last, hasNextPage: true };
    const id = key.subarray(key.length - ID_BYTES);
    data.push(coinJson(store, id));
    last = addressText(id);
  }
  return { data, nextCursor: last, hasNextPage: false };
}

/** `Coin` of crates/iota-json-rpc-types/src/iota_coin.rs. */
function coinJson(store: Store, id: Uint8Array): object {
  const coin = viewObject(store.object(id)!);
  return {
    coinType: moveTypeText(coin.coinType!),
    coinObjectId: coin.id,
    version: String(coin.version),
    digest: coin.digest,
    balance: String(coin.balance),
    previousTransaction: coin.previousTransaction,
  };
}

const getBalance = method({
  name: "iotax_getBalance",
  tag: "Coin Query API",
  description: "Return what an address has of one coin type.",
  params: { owner, coin_type: coinType },
  result: { name: "Balance", description: "number and sum of the coins; both zero when there are none" },
  handle: ({ node: { store } }, params) => {
    const type = normalCoinType(params.coin_type);
    const record = store.balance(join(params.owner, coinTypeKey(type)));
    return balanceJson(type, record?.coins ?? 0n, record?.balance ?? 0n);
  },
});

const getAllBalances = method({
  name: "iotax_getAllBalances",
  tag: "Coin Query API",
  description: "Return what an address has of each coin type.",
  params: { owner },
  result: { name: "Vec<Balance>", description: "coin types that the address has coins of" },
  handle: ({ node: { store } }, params) =>
    Array.from(store.balances(params.owner), ({ type, coins, balance }) =>
      balanceJson(coinTypeOf(decoder.decode(type))!, coins, balance),
    ),
});

const decoder = new TextDecoder();

function balanceJson(coinType: string, coins: bigint, balance: bigint): object {
  return { coinType: moveTypeText(coinType), coinObjectCount: Number(coins), totalBalance: String(balance) };
}

/** A coin type in the store's form. */
function normalCoinType(given: string | undefined): string {
  return given === undefined ? IOTA_TYPE : coinStructTag(given).text;
}

export const coinMethods: readonly Method[] = [getCoins, getAllCoins, getBalance, getAllBalances];
