/** What a node whose history begins at a later checkpoint says of what was before, and while it takes a state. */
import { toBase58 } from "@iota/iota-sdk/utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { coin, numbered } from "../../support/objects.ts";
import { Chain } from "./support.ts";

let chain: Chain;
beforeEach(() => {
  chain = new Chain();
});
afterEach(() => chain.close());

const OWNER = numbered(7);
const DIGEST = new Uint8Array(32).fill(9);
const INCOMING = { sequence: 7n, digest: DIGEST, objects: 0n, pending: [] };

/** A chain whose history begins after checkpoint 7, with 20 transactions before it. */
async function begun(): Promise<string> {
  await chain.store.beginIncoming(INCOMING);
  const record = { summary: new Uint8Array(), contents: new Uint8Array(), certificate: new Uint8Array() };
  await chain.store.endIncoming(DIGEST, record, { timestampMs: 1n, transactions: 20n, height: 5n });
  for (let n = 0; n < 8; n++) chain.skip();
  const object = coin({ id: numbered(100), owner: OWNER, balance: 5n });
  const [digest] = await chain.checkpoint({
    objects: [object],
    transactions: [{ sender: OWNER, written: [{ object, owner: OWNER, created: true }] }],
  });
  return digest!;
}

it("says that checkpoints from before are pruned, and begins pages with those that are there", async () => {
  await begun();
  for (const id of ["3", "7", toBase58(DIGEST)]) {
    const { code, message, data } = await chain.refusal("iota_getCheckpoint", id);
    expect({ code, data }).toEqual({ code: -32600, data: { pruned: { firstCheckpoint: "8" } } });
    expect(message).toMatch(
      /^Verified checkpoint not found for (sequence number|digest): .*\(pruned: this node has checkpoints from 8 on\)$/,
    );
  }
  expect(await chain.call("iota_getCheckpoint", "8")).toMatchObject({ sequenceNumber: "8" });
  for (const descending of [false, true]) {
    const { data } = await chain.call("iota_getCheckpoints", null, 10, descending);
    expect(data.map(({ sequenceNumber }: { sequenceNumber: string }) => sequenceNumber)).toEqual(["8"]);
  }
  expect((await chain.refusal("iota_getCheckpoints", "2", 10, false)).message).toContain("pruned");
  expect((await chain.call("iota_getCheckpoints", "7", 10, false)).data).toHaveLength(1);
});

it("says that a transaction it does not have may be pruned, and counts and lists those that it has", async () => {
  const digest = await begun();
  const gone = toBase58(new Uint8Array(32).fill(3));
  const { code, message, data } = await chain.refusal("iota_getTransactionBlock", gone, {});
  expect(code).toBe(-32602);
  expect(message).toContain(`Could not find the referenced transaction [${gone}]`);
  expect(data).toEqual({ pruned: { firstCheckpoint: "8" } });
  const { message: filtered } = await chain.refusal("iotax_queryTransactionBlocks", { filter: { Checkpoint: "5" } });
  expect(filtered).toContain("pruned");
  for (const descending of [false, true]) {
    const { data: found } = await chain.call("iotax_queryTransactionBlocks", {}, null, 10, descending);
    expect(found).toEqual([{ digest }]);
  }
  expect(await chain.call("iota_getTotalTransactionBlocks")).toBe("21");
});

it("says nothing of a state while it takes one, but how it does", async () => {
  await chain.store.beginIncoming(INCOMING);
  for (const [method, ...params] of [
    ["iota_getObject", numbered(6)],
    ["iotax_getBalance", OWNER],
    ["iota_getLatestCheckpointSequenceNumber"],
  ] as const) {
    const { code, message } = await chain.refusal(method, ...params);
    expect(code).toBe(-32050);
    expect(message).toContain("takes the state of checkpoint 7 from its peers");
  }
  expect(await chain.call("caisson_getNodeStatus")).toMatchObject({ ready: true });
});
