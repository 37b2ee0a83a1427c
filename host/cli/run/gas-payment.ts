/**
 * Which coins pay for gas: as few as will do, the largest first. The SDK left to itself takes all that an address has, and makes
 * them one: it would undo what `caisson client split` is for.
 */
import type { CoinStruct, IotaClient } from "@iota/iota-sdk/client";
import { IOTA_TYPE_ARG } from "@iota/iota-sdk/utils";
import { CommandError } from "../failure.ts";

export interface Needs {
  /** Ids of coins that the transaction names: they cannot pay for it. */
  readonly named: readonly string[];
  /** NANOS that the transaction takes out of the coin that pays. */
  readonly fromGas: bigint;
}

/** NANOS; what transactions of a few coins cost is far below. */
const GAS_MARGIN = 100_000_000n;
/** `max_gas_payment_objects` of protocol 38. */
const MAX_COINS = 256;

/** Throws CommandError when a named coin does not exist, or nothing is left to pay with. */
export async function gasPayment(client: IotaClient, owner: string, { named, fromGas }: Needs) {
  await mustExist(client, named);
  const able: CoinStruct[] = [];
  for await (const coin of coinsOf(client, owner, IOTA_TYPE_ARG)) {
    if (!named.includes(coin.coinObjectId)) able.push(coin);
  }
  able.sort((a, b) => (BigInt(a.balance) > BigInt(b.balance) ? -1 : 1));
  let missing = fromGas + GAS_MARGIN;
  const chosen: CoinStruct[] = [];
  for (const coin of able.slice(0, MAX_COINS)) {
    if (missing <= 0n) break;
    chosen.push(coin);
    missing -= BigInt(coin.balance);
  }
  if (chosen.length === 0) throw new CommandError("noGasCoin", `${owner} has no IOTA coin that could pay for gas`);
  return chosen.map(({ coinObjectId, version, digest }) => ({ objectId: coinObjectId, version, digest }));
}

async function mustExist(client: IotaClient, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const found = await client.multiGetObjects({ ids: [...ids] });
  const absent = ids.find((_, index) => !found[index]?.data);
  if (absent !== undefined) throw new CommandError("notExists", `the node has no object ${absent}`);
}

/** All coins of an address, page by page; of all types unless one is named. */
export async function* coinsOf(client: IotaClient, owner: string, coinType?: string): AsyncGenerator<CoinStruct> {
  for (let cursor: string | null | undefined = null; ; ) {
    const page: Awaited<ReturnType<IotaClient["getCoins"]>> = coinType
      ? await client.getCoins({ owner, coinType, cursor })
      : await client.getAllCoins({ owner, cursor });
    yield* page.data;
    if (!page.hasNextPage) return;
    cursor = page.nextCursor;
  }
}
