/** Objects by the official client: one and many, with every option, at every version; and whose they are, by every filter. */
import type {
  IotaClient,
  IotaObjectData,
  IotaObjectDataFilter,
  IotaObjectResponse,
  RawData,
} from "@iota/iota-sdk/client";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, toBase58 } from "@iota/iota-sdk/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COIN_NANOS } from "../../host/faucet/faucet.ts";
import { account, everyPage, referenceTo, succeed, TestNetwork } from "../support/network.ts";
import { numbered, ObjectBcs, signableDigest } from "../support/objects.ts";

const CLOCK = "0x6";
const COIN_TYPE = "0x2::coin::Coin<0x2::iota::IOTA>";
/** NANOS a byte, and bytes of a coin of IOTA: iotaledger/iota, storage_gas_price and obj_data_cost_refundable of protocol 38. */
const COIN_STORAGE = String(76 * 100 * (80 + 8 + 40 + 1));

const EVERY_OPTION = {
  showType: true,
  showOwner: true,
  showPreviousTransaction: true,
  showStorageRebate: true,
  showContent: true,
  showBcs: true,
  showDisplay: true,
} as const;
type Option = keyof typeof EVERY_OPTION;

const owner = account("owner");
const address = owner.toIotaAddress();
let net: TestNetwork;
let client: IotaClient;
let coins: string[];
/** Merged the last coin into the first, paid by the second. */
let changed: string;

beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
  coins = await net.fund(owner);
  const transaction = new Transaction();
  transaction.setGasPayment([await referenceTo(client, coins[1]!)]);
  transaction.mergeCoins(coins[0]!, [coins[4]!]);
  changed = (await succeed(client, owner, transaction)).digest;
});
afterAll(() => net.stop());

const merged = () => coins[0]!;
const gone = () => coins[4]!;

describe("getObject", () => {
  it("with every option", async () => {
    const { data, error } = await client.getObject({ id: merged(), options: EVERY_OPTION });
    expect(error).toBeUndefined();
    expect(data).toMatchObject({
      objectId: merged(),
      type: COIN_TYPE,
      owner: { AddressOwner: address },
      previousTransaction: changed,
      storageRebate: COIN_STORAGE,
      content: {
        dataType: "moveObject",
        type: COIN_TYPE,
        fields: { id: { id: merged() }, balance: String(2n * COIN_NANOS) },
      },
      bcs: { dataType: "moveObject", type: COIN_TYPE },
      display: { data: null, error: null },
    });
  });

  it("without any says where it is and nothing else", async () => {
    const { data } = await client.getObject({ id: merged() });
    expect(Object.keys(data!).sort()).toEqual(["digest", "objectId", "version"]);
    expect(Object.keys((await client.getObject({ id: merged(), options: {} })).data!).length).toBe(3);
  });

  const MEMBERS: Readonly<Record<Option, string>> = {
    showType: "type",
    showOwner: "owner",
    showPreviousTransaction: "previousTransaction",
    showStorageRebate: "storageRebate",
    showContent: "content",
    showBcs: "bcs",
    showDisplay: "display",
  };
  it.each(Object.entries(MEMBERS))("%s adds %s", async (option, member) => {
    const all = (await client.getObject({ id: merged(), options: EVERY_OPTION })).data!;
    const { data } = await client.getObject({ id: merged(), options: { [option]: true } });
    expect(Object.keys(data!).sort()).toEqual(["digest", "objectId", "version", member].sort());
    expect(data![member as keyof IotaObjectData]).toEqual(all[member as keyof IotaObjectData]);
  });

  it("what it says has the digest it says", async () => {
    for (const id of coins.slice(0, 4)) {
      const { data } = await client.getObject({ id, options: EVERY_OPTION });
      const raw = data!.bcs as Extract<RawData, { dataType: "moveObject" }>;
      const contents = fromBase64(raw.bcsBytes);
      const bytes = ObjectBcs.serialize({
        data: { Move: { type: { GasCoin: true }, version: data!.version, contents } },
        owner: { AddressOwner: address },
        previousTransaction: data!.previousTransaction!,
        storageRebate: data!.storageRebate!,
      }).toBytes();
      expect(toBase58(signableDigest("Object", bytes))).toBe(data!.digest);
    }
  });

  it("the clock", async () => {
    const { data } = await client.getObject({ id: CLOCK, options: EVERY_OPTION });
    expect(data!.type).toBe("0x2::clock::Clock");
    const { Shared } = data!.owner as { Shared: { initial_shared_version: string } };
    expect(Number(Shared.initial_shared_version)).toBe(1);
    // The checkpoint that set it, not the latest: others may have been made since it was read.
    const { checkpoint } = await client.getTransactionBlock({ digest: data!.previousTransaction! });
    const { timestampMs } = await client.getCheckpoint({ id: checkpoint! });
    expect(data!.content).toMatchObject({ fields: { timestamp_ms: timestampMs } });
  });

  /** iotaledger/iota crates/iota-types/src/error.rs, IotaObjectResponseError; digests.rs, ObjectDigest::OBJECT_DELETED. */
  it("what is not there, and what is gone", async () => {
    const never = numbered(0xdead);
    expect(await client.getObject({ id: never })).toEqual({ error: { code: "notExists", object_id: never } });
    const { error } = await client.getObject({ id: gone(), options: EVERY_OPTION });
    expect(error).toMatchObject({ code: "deleted", object_id: gone(), digest: toBase58(new Uint8Array(32).fill(99)) });
    const { data } = await client.getObject({ id: merged() });
    expect(String((error as { version: string }).version)).toBe(data!.version);
  });
});

describe("multiGetObjects", () => {
  it("answers in the order asked for", async () => {
    const ids = [coins[2]!, gone(), coins[0]!, numbered(0xdead), coins[1]!];
    const answers = await client.multiGetObjects({ ids, options: EVERY_OPTION });
    const singly = await Promise.all(ids.map((id) => client.getObject({ id, options: EVERY_OPTION })));
    expect(answers).toEqual(singly);
  });

  /** iotaledger/iota crates/iota-json-rpc/src/read_api.rs and error.rs, IotaRpcInputError::SizeLimitExceeded. */
  it("takes fifty", async () => {
    const ids = Array.from({ length: 51 }, (_, n) => numbered(0x1000 + n));
    expect((await client.multiGetObjects({ ids: ids.slice(0, 50) })).length).toBe(50);
    await expect(client.multiGetObjects({ ids })).rejects.toMatchObject({
      code: -32602,
      message: "Input exceeds limit of 50",
    });
  });
});

describe("tryGetPastObject", () => {
  /** iotaledger/iota crates/iota-core/src/authority.rs, get_past_object_read. */
  it("every version, and those that are none", async () => {
    const { data } = await client.getObject({ id: merged(), options: EVERY_OPTION });
    const version = Number(data!.version);
    const now = await client.tryGetPastObject({ id: merged(), version, options: EVERY_OPTION });
    expect(now).toEqual({ status: "VersionFound", details: data });
    const { effects } = await client.getTransactionBlock({ digest: changed, options: { showEffects: true } });
    const before = effects!.modifiedAtVersions!.find(({ objectId }) => objectId === merged())!.sequenceNumber;
    const past = await client.tryGetPastObject({
      id: merged(),
      version: Number(before),
      options: { showContent: true },
    });
    expect(past).toMatchObject({
      status: "VersionFound",
      details: { version: before, content: { fields: { balance: String(COIN_NANOS) } } },
    });
    const statusOf = async (id: string, at: number) => (await client.tryGetPastObject({ id, version: at })).status;
    expect(await statusOf(merged(), version + 1)).toBe("VersionTooHigh");
    expect(await statusOf(merged(), Number(before) - 1)).toBe("VersionNotFound");
    expect(await statusOf(gone(), version)).toBe("ObjectDeleted");
    expect(await statusOf(gone(), Number(before))).toBe("VersionFound");
    expect(await statusOf(numbered(0xdead), 1)).toBe("ObjectNotExists");
  });
});

describe("getOwnedObjects", () => {
  const left = () => coins.slice(0, 4);
  const idsOf = (responses: readonly IotaObjectResponse[]) => responses.map(({ data }) => data!.objectId).sort();
  const owned = (filter: IotaObjectDataFilter | null) =>
    everyPage<IotaObjectResponse, string>((cursor) => client.getOwnedObjects({ owner: address, filter, cursor }));

  it("all, by pages, with every option", async () => {
    const pages: number[] = [];
    const all = await everyPage<IotaObjectResponse, string>(
      (cursor) => client.getOwnedObjects({ owner: address, limit: 3, cursor, options: EVERY_OPTION }),
      pages,
    );
    expect(idsOf(all)).toEqual([...left()].sort());
    expect(pages).toEqual([3, 1]);
    for (const response of all) {
      expect(response).toEqual(await client.getObject({ id: response.data!.objectId, options: EVERY_OPTION }));
    }
  });

  /** iotaledger/iota crates/iota-json-rpc-types/src/iota_object.rs, IotaObjectDataFilter::matches. */
  it("by every filter", async () => {
    const all = left();
    const others = all.slice(1);
    const written = all.slice(0, 2);
    const { data } = await client.getObject({ id: merged() });
    const filters: readonly (readonly [IotaObjectDataFilter, readonly string[]])[] = [
      [{ StructType: COIN_TYPE }, all],
      [{ StructType: "0x2::coin::Coin" }, all],
      [{ StructType: "0x2::clock::Clock" }, []],
      [{ Package: "0x2" }, all],
      [{ Package: "0x3" }, []],
      [{ MoveModule: { package: "0x2", module: "coin" } }, all],
      [{ MoveModule: { package: "0x2", module: "clock" } }, []],
      [{ AddressOwner: address }, all],
      [{ AddressOwner: numbered(1) }, []],
      [{ ObjectId: merged() }, [merged()]],
      [{ ObjectIds: [merged(), gone()] }, [merged()]],
      [{ Version: data!.version }, written],
      [{ Version: "1" }, []],
      [{ MatchAll: [{ StructType: COIN_TYPE }, { ObjectId: merged() }] }, [merged()]],
      [{ MatchAny: [{ ObjectId: merged() }, { Package: "0x3" }] }, [merged()]],
      [{ MatchNone: [{ ObjectId: merged() }] }, others],
    ];
    for (const [filter, ids] of filters)
      expect([filter, idsOf(await owned(filter))]).toEqual([filter, [...ids].sort()]);
  });

  it("of one who has nothing", async () => {
    expect(await client.getOwnedObjects({ owner: numbered(0x1234) })).toMatchObject({ data: [], hasNextPage: false });
  });
});
