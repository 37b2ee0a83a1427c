/** Objects as the host shows them, against the official client's BCS library and an independent digest. */
import { toBase58 } from "@iota/iota-sdk/utils";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ObjectBcs, type OwnerView, viewObject } from "../../../host/format/object.ts";
import { numbered, type OwnerValue, signableDigest } from "../../support/objects.ts";

const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const address = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }).map(numbered);
const owner: fc.Arbitrary<readonly [OwnerValue, OwnerView]> = fc.oneof(
  address.map((owner) => [{ AddressOwner: owner }, { kind: "address", address: owner }] as const),
  address.map((owner) => [{ ObjectOwner: owner }, { kind: "object", address: owner }] as const),
  u64.map(
    (version) =>
      [{ Shared: { initialSharedVersion: version } }, { kind: "shared", initialVersion: String(version) }] as const,
  ),
  fc.constant([{ Immutable: true }, { kind: "immutable" }] as const),
);
const IOTA = `${numbered(2)}::iota::IOTA`;

describe("objects whose type is one number", () => {
  it("are shown as their fields are", () => {
    const contents = fc.uint8Array({ minLength: 40, maxLength: 40 });
    const previous = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(
        fc.boolean(),
        u64,
        contents,
        owner,
        previous,
        u64,
        fc.nat(9),
        (isCoin, version, data, [ownerValue, ownerView], digest, rebate, before) => {
          const bytes = ObjectBcs.serialize({
            data: {
              Move: {
                type: isCoin ? { GasCoin: true } : { StakedIota: true },
                version: String(version),
                contents: [...data],
              },
            },
            owner: ownerValue as never,
            previousTransaction: toBase58(digest),
            storageRebate: String(rebate),
          }).toBytes();
          // As frames and records come: a view behind other bytes.
          const view = Uint8Array.from([...new Uint8Array(before), ...bytes]).subarray(before);
          const balance = new DataView(data.buffer, data.byteOffset).getBigUint64(32, true);
          expect({ ...viewObject(view) }).toEqual({
            id: `0x${Buffer.from(data.subarray(0, 32)).toString("hex")}`,
            version,
            digest: toBase58(signableDigest("Object", bytes)),
            owner: ownerView,
            type: isCoin ? `${numbered(2)}::coin::Coin<${IOTA}>` : `${numbered(3)}::staking_pool::StakedIota`,
            coinType: isCoin ? IOTA : undefined,
            contents: data,
            modules: undefined,
            balance: isCoin ? balance : undefined,
            previousTransaction: toBase58(digest),
            storageRebate: rebate,
          });
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });

  it("are refused when anything is missing or left over", () => {
    const bytes = ObjectBcs.serialize({
      data: { Move: { type: { GasCoin: true }, version: "1", contents: Array(40).fill(3) } },
      owner: { AddressOwner: numbered(5) },
      previousTransaction: toBase58(new Uint8Array(32).fill(6)),
      storageRebate: "7",
    }).toBytes();
    for (let length = 2; length < bytes.length; length++) expect(() => viewObject(bytes.slice(0, length))).toThrow();
    expect(() => viewObject(Uint8Array.from([...bytes, 0]))).toThrow();
  });
});
