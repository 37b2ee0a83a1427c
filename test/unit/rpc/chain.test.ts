/** The chain itself: its validators, its state, its epochs; Move packages and stakes, which there are none of; the node's own status. */
import { toBase64, toHex } from "@iota/iota-sdk/utils";
import { blake2b } from "@noble/hashes/blake2.js";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coin, movePackage, numbered } from "../../support/objects.ts";
import * as shape from "./shapes.ts";
import { ALICE, Chain, GENESIS } from "./support.ts";

const COIN = numbered(1);
const GONE = numbered(2);
const PACKAGE = numbered(0x99);
const NOWHERE = numbered(0xdead);

const chain = new Chain();
beforeAll(async () => {
  const objects = [
    coin({ id: COIN, owner: ALICE, balance: 5n }),
    coin({ id: GONE, owner: ALICE, balance: 5n }),
    movePackage({ id: PACKAGE }),
  ];
  await chain.checkpoint({ objects, transactions: [{ sender: ALICE }] });
  await chain.checkpoint({ deleted: [GONE], version: 2n });
});
afterAll(() => chain.close());

/** blake2b256 of the scheme's flag, 0x21 for ML-DSA-65, and the key. */
const addressOf = (publicKey: Uint8Array) => `0x${toHex(blake2b(Uint8Array.of(0x21, ...publicKey), { dkLen: 32 }))}`;
const KEYS = [1, 2, 3].map((n) => new Uint8Array(1_952).fill(n));

describe("the committee", () => {
  it("shares the voting power of upstream (TOTAL_VOTING_POWER, 10,000) with nothing left over", async () => {
    const committee = await chain.call("iotax_getCommitteeInfo");
    expect(committee).toStrictEqual({
      epoch: "0",
      validators: [
        [toBase64(KEYS[0]!), "3334"],
        [toBase64(KEYS[1]!), "3333"],
        [toBase64(KEYS[2]!), "3333"],
      ],
    });
    expect(await chain.call("iotax_getCommitteeInfo", "0")).toStrictEqual(committee);
  });

  it("of another epoch is missing, in upstream's words (crates/iota-types/src/error.rs)", async () => {
    expect(await chain.refusal("iotax_getCommitteeInfo", 7)).toStrictEqual({
      code: -32603,
      message: "Missing committee information for epoch 7",
    });
  });

  it("has yields of nothing", async () => {
    expect(await chain.call("iotax_getValidatorsApy")).toStrictEqual({
      apys: KEYS.map((key) => ({ address: addressOf(key), apy: 0 })),
      epoch: "0",
    });
  });
});

describe("the system state", () => {
  it("is what the genesis file and protocol 38 say, in both of upstream's forms", async () => {
    const { V2 } = v.parse(shape.systemStateV2, await chain.call("iotax_getLatestIotaSystemStateV2"));
    const V1 = v.parse(shape.systemStateV1, await chain.call("iotax_getLatestIotaSystemState"));
    const said = {
      epoch: "0",
      protocolVersion: "38",
      iotaTotalSupply: "18000000000000000042",
      referenceGasPrice: "1000",
      epochStartTimestampMs: GENESIS.timestampMs,
      epochDurationMs: "86400000",
      safeMode: false,
      totalStake: "0",
      // crates/iota-protocol-config/src/snapshots/iota_protocol_config__test__version_38.snap
      minValidatorCount: "4",
      maxValidatorCount: "150",
      minValidatorJoiningStake: "2000000000000000",
      validatorLowStakeThreshold: "1500000000000000",
      validatorVeryLowStakeThreshold: "1000000000000000",
      validatorLowStakeGracePeriod: "7",
    };
    expect(V2).toMatchObject({ ...said, committeeMembers: ["0", "1", "2"], safeModeComputationCharges: "0" });
    expect(V1).toMatchObject({ ...said, safeModeComputationRewards: "0" });
    expect(V2.activeValidators).toMatchObject(
      KEYS.map((key, i) => ({
        iotaAddress: addressOf(key),
        authorityPubkeyBytes: toBase64(key),
        name: ["first", "second", "third"][i],
        votingPower: i === 0 ? "3334" : "3333",
        gasPrice: "1000",
      })),
    );
  });
});

describe("epochs", () => {
  it("are one, which is current", async () => {
    const current = v.parse(shape.epoch, await chain.call("iotax_getCurrentEpoch"));
    expect(current).toMatchObject({
      epoch: "0",
      epochTotalTransactions: "1",
      firstCheckpointId: "0",
      epochStartTimestamp: GENESIS.timestampMs,
      referenceGasPrice: 1_000,
      committeeMembers: ["0", "1", "2"],
    });
    expect(await chain.call("iotax_getEpochs")).toStrictEqual({ data: [current], nextCursor: "0", hasNextPage: false });
    const { validators, referenceGasPrice, committeeMembers, ...metrics } = current;
    expect(validators).toHaveLength(3);
    expect((await chain.call("iotax_getEpochMetrics")).data).toStrictEqual([metrics]);
  });

  it.each<[unknown, boolean | null, number]>([
    [null, false, 1],
    [null, true, 1],
    ["0", false, 0],
    ["0", true, 0],
    ["1", null, 0],
    ["1", true, 1],
  ])("after %j, descending %j, are %i", async (cursor, descending, expected) => {
    for (const method of ["iotax_getEpochs", "iotax_getEpochMetrics"]) {
      expect((await chain.call(method, cursor, 10, descending)).data).toHaveLength(expected);
    }
  });

  it("come in pages of at most 100", async () => {
    expect(await chain.refusal("iotax_getEpochs", null, 101)).toMatchObject({
      message: "Page size limit 101 exceeds max limit 100",
    });
  });
});

describe("Move packages", () => {
  const methods: [string, unknown[]][] = [
    ["iota_getMoveFunctionArgTypes", ["m", "f"]],
    ["iota_getNormalizedMoveModulesByPackage", []],
    ["iota_getNormalizedMoveModule", ["m"]],
    ["iota_getNormalizedMoveStruct", ["m", "S"]],
    ["iota_getNormalizedMoveFunction", ["m", "f"]],
  ];

  it.each(methods)(
    "%s says what is wrong in upstream's words (crates/iota-json-rpc/src/move_utils.rs)",
    async (method, rest) => {
      const refuse = (id: string) => chain.refusal(method, id, ...rest);
      const missing = { code: -32602, message: `Package object does not exist with ID ${NOWHERE}` };
      expect(await refuse(NOWHERE)).toStrictEqual(missing);
      expect(await refuse(GONE)).toMatchObject({ message: `Package object does not exist with ID ${GONE}` });
      expect(await refuse(COIN)).toStrictEqual({ code: -32602, message: `Object is not a package with ID ${COIN}` });
      expect(await refuse(PACKAGE)).toMatchObject({
        code: -32600,
        message: expect.stringMatching(/^Unsupported Feature: /),
      });
    },
  );
});

describe("stakes", () => {
  it.each([
    ["iotax_getStakesByIds", "StakedIota"],
    ["iotax_getTimelockedStakesByIds", "TimelockedStakedIota"],
  ])("%s finds that an object is none (crates/iota-types/src/governance.rs)", async (method, type) => {
    expect(await chain.call(method, [])).toStrictEqual([]);
    expect(await chain.refusal(method, [COIN, NOWHERE])).toStrictEqual({
      code: -32602,
      message: `Could not find the referenced object ${NOWHERE} at version None`,
    });
    for (const id of [COIN, GONE]) {
      expect(await chain.refusal(method, [id])).toStrictEqual({
        code: -32000,
        message: `Type error while binding function arguments: "Object type is not a ${type}: ${id}".`,
      });
    }
  });

  it("of an address are none", async () => {
    expect(await chain.call("iotax_getStakes", ALICE)).toStrictEqual([]);
    expect(await chain.call("iotax_getTimelockedStakes", ALICE)).toStrictEqual([]);
  });
});

describe("caisson_getNodeStatus", () => {
  it("says how far the node is, also while its core is down", async () => {
    expect(await chain.call("caisson_getNodeStatus")).toStrictEqual({
      ready: true,
      waitsFor: null,
      checkpoint: "7",
      round: "8",
      transactions: "9",
      waiting: 2,
      reboots: 1,
      platform: "",
      trusts: [],
      components: {},
    });
  });
});
