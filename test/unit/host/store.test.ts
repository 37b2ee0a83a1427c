/** The store's promises about what is written: whole or not at all, and a whole store or none. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "lmdb";
import { afterEach, beforeEach, expect, it } from "vitest";
import { MAX_EFFECTS_BYTES } from "../../../core/wire/limits.ts";
import { WireError } from "../../../core/wire/schema.ts";
import { DiskFull, LmdbEnvironment, StoreError } from "../../../host/store/environment.ts";
import { u64Key } from "../../../host/store/keys.ts";
import {
  type CheckpointWrite,
  MAX_PASSED_OVER,
  SCHEMA_VERSION,
  Store,
  type StoredBlock,
} from "../../../host/store/store.ts";

let above: string;
let folder: string;
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), "caisson-store-"));
  folder = join(above, "store");
});
afterEach(() => rmSync(above, { recursive: true }));

const bytes = (value: number, length = 32) => new Uint8Array(length).fill(value);

const block: StoredBlock = { height: 1n, author: 2, digest: bytes(3), block: bytes(1) };

const checkpoint = (effectsBytes: number): CheckpointWrite => ({
  sequence: 0n,
  digest: bytes(1),
  record: { summary: bytes(2), contents: bytes(3), certificate: bytes(4) },
  certified: false,
  objects: [
    {
      id: bytes(5),
      version: 1n,
      digest: bytes(6),
      bytes: bytes(7),
      ownerBefore: undefined,
      ownerAfter: undefined,
      owned: undefined,
      coinBefore: undefined,
      coinAfter: undefined,
    },
  ],
  nodes: [[bytes(8), bytes(9)]],
  executed: [
    {
      digest: bytes(10),
      outcome: { effects: bytes(0, effectsBytes), checkpoint: 0n, timestampMs: 0n, sequence: 0n, inputs: [] },
      indexed: [],
    },
  ],
  payloads: [[bytes(10), { transaction: bytes(11), signatures: [] }]],
  dropped: [],
});

it("writes a checkpoint whole or not at all, whatever goes wrong in it", async () => {
  const store = new Store(folder);
  await expect(store.putCheckpoint(checkpoint(MAX_EFFECTS_BYTES + 1))).rejects.toThrow(WireError);
  expect([store.head(bytes(5)), store.node(bytes(8)), store.payload(bytes(10)), store.chain]).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
  await store.putCheckpoint(checkpoint(1)); // and goes on
  expect(store.object(bytes(5))).toEqual(bytes(7));
  await store.close();
});

it("knows the state of the newest certified checkpoint while later ones are written, until one of them is certified", async () => {
  const store = new Store(folder);
  const id = bytes(5);
  const write = (sequence: bigint, version: bigint, node: number | undefined): CheckpointWrite => {
    const [object] = checkpoint(1).objects;
    return {
      ...checkpoint(1),
      sequence,
      digest: bytes(100 + Number(sequence)),
      certified: sequence === 0n,
      objects: [{ ...object!, version, digest: bytes(Number(version)), bytes: bytes(Number(version)) }],
      nodes: [[bytes(8), node === undefined ? undefined : bytes(node)]],
      executed: [],
      payloads: [],
    };
  };
  await store.putCheckpoint(write(0n, 1n, 9));
  const seen = () => {
    const state = store.certifiedState();
    return [state.head(id)?.version, state.node(bytes(8)), state.node(bytes(77))];
  };
  expect(seen()).toEqual([1n, bytes(9), undefined]);
  await store.putCheckpoint(write(1n, 2n, undefined));
  await store.putCheckpoint(write(2n, 3n, 11));
  expect(seen()).toEqual([1n, bytes(9), undefined]);
  expect([store.head(id)?.version, store.node(bytes(8))]).toEqual([3n, bytes(11)]);
  await store.putCertificate(1n, bytes(4));
  expect(seen()).toEqual([2n, undefined, undefined]);
  await store.takeBack(() => true);
  expect(store.latestCheckpoint()).toBe(2n);
  await store.takeBack(() => false);
  expect([store.head(id)?.version, store.node(bytes(8)), store.latestCheckpoint()]).toEqual([2n, undefined, 1n]);
  await store.close();
});

it("keeps blocks of all authors by height, and drafts of ours until they are blocks", async () => {
  const store = new Store(folder);
  const payload = { digest: bytes(7), signaturesDigest: bytes(8), payload: { transaction: bytes(9), signatures: [] } };
  await store.putDraft(3n, bytes(30), [{ ...payload, height: 3n }]);
  const blocks = [
    { height: 2n, author: 300, digest: bytes(5), block: bytes(50) },
    { height: 2n, author: 1, digest: bytes(6), block: bytes(60) },
    { height: 256n, author: 0, digest: bytes(4), block: bytes(40) },
    block,
  ];
  await store.putBlocks(blocks, []);
  expect([...store.blocksAfter(0n)]).toEqual([block.block, bytes(60), bytes(50), bytes(40)]);
  expect([...store.blocksAfter(2n)]).toEqual([bytes(40)]);
  expect([store.hasBlock(bytes(6)), store.hasBlock(bytes(9)), store.block(bytes(6))]).toEqual([true, false, bytes(60)]);
  expect([...store.draftsAfter(2n)]).toEqual([bytes(30)]);
  expect([...store.draftsAfter(3n)]).toEqual([]);
  expect(store.blockPayload(payload)).toEqual(payload.payload);
  expect(store.blockPayload({ ...payload, signaturesDigest: bytes(9) })).toBe(undefined);
  expect([...store.blockPayloads(payload.digest)]).toEqual([payload.payload]);
  await store.putBlocks([{ height: 3n, author: 0, digest: bytes(2), block: bytes(31) }], [], 3n);
  expect([...store.draftsAfter(0n)]).toEqual([]);
  await store.close();
});

it("looks for one author's blocks among so many of others at most", async () => {
  const store = new Store(folder);
  const others = Array.from({ length: MAX_PASSED_OVER }, (_, i) => ({
    height: 1n + BigInt(i >> 1),
    author: i & 1,
    digest: new Uint8Array(new BigUint64Array([BigInt(i), 0n, 0n, 0n]).buffer),
    block: bytes(1),
  }));
  const far = BigInt(MAX_PASSED_OVER);
  await store.putBlocks([...others, { height: far, author: 7, digest: bytes(7), block: bytes(70) }], []);
  expect([...store.blocksFrom(7, 1n)]).toEqual([]);
  expect([...store.blocksFrom(7, 2n)]).toEqual([bytes(70)]);
  expect([...store.blocksFrom(1, far >> 1n)]).toEqual([bytes(1)]);
  await store.close();
});

it("forgets why transactions were dropped long ago, and not of those that were dropped again since", async () => {
  const store = new Store(folder);
  const drop = (checkpoint: bigint) => ({ code: 1, object: bytes(0), a: 0n, b: 0n, checkpoint });
  for (const [sequence, dropped] of [[20, 21], [20], [22]].entries()) {
    await store.putCheckpoint({
      ...checkpoint(1),
      sequence: BigInt(sequence),
      digest: bytes(100 + sequence),
      executed: [],
      payloads: [],
      dropped: dropped.map((digest) => [bytes(digest), drop(BigInt(sequence))]),
    });
  }
  const known = () => [20, 21, 22].map((digest) => store.drop(bytes(digest))?.checkpoint);
  while (await store.pruneDrops(0n));
  expect(known()).toEqual([1n, 0n, 2n]);
  while (await store.pruneDrops(1n));
  expect(known()).toEqual([1n, undefined, 2n]);
  while (await store.pruneDrops(2n));
  expect(known()).toEqual([undefined, undefined, 2n]);
  expect(await store.pruneDrops(2n)).toBe(false);
  await store.close();
});

it("knows the newest checkpoint that a quorum has signed", async () => {
  const store = new Store(folder);
  await store.putCheckpoint(checkpoint(1));
  expect([store.latestCheckpoint(), store.certifiedCheckpoint()]).toEqual([0n, undefined]);
  await store.putCertificate(0n, bytes(44));
  expect([store.certifiedCheckpoint(), store.checkpoint(0n)]).toEqual([
    0n,
    { summary: bytes(2), contents: bytes(3), certificate: bytes(44) },
  ]);
  await store.putCheckpoint({ ...checkpoint(1), sequence: 1n, certified: true });
  expect(store.certifiedCheckpoint()).toBe(1n);
  await store.close();
});

it("takes no notice of a store whose making was cut short", async () => {
  mkdirSync(`${folder}.new`);
  writeFileSync(join(`${folder}.new`, "data.mdb"), bytes(0, 8_192));
  const store = new Store(folder);
  await store.putBlocks([block], []);
  await store.close();
  expect(existsSync(`${folder}.new`)).toBe(false);
  const again = new Store(folder);
  expect([...again.blocksAfter(0n)]).toEqual([block.block]);
  await again.close();
});

it("refuses a store of another schema version, and leaves it as it is", async () => {
  await new Store(folder).close();
  const raw = open({ path: folder, maxDbs: 16, overlappingSync: false });
  const meta = raw.openDB<Uint8Array, Uint8Array>({ name: "meta", encoding: "binary", keyEncoding: "binary" });
  await meta.put(Buffer.from("schema"), u64Key(BigInt(SCHEMA_VERSION + 1)));
  await raw.close();
  expect(() => new Store(folder)).toThrow(StoreError);
  expect(() => new Store(folder)).toThrow(`schema version ${SCHEMA_VERSION + 1}`);
});

it("says so when it cannot be opened", () => {
  mkdirSync(folder);
  writeFileSync(join(folder, "data.mdb"), "not LMDB's");
  expect(() => new Store(folder)).toThrow(StoreError);
});

it("writes nothing on a disk that is nearly full, and goes on when there is room", async () => {
  let free = 1n << 30n;
  const store = new Store(new LmdbEnvironment(folder, () => free));
  free = 1n << 20n;
  await expect(store.putBlocks([block], [])).rejects.toThrow(DiskFull);
  await expect(store.putBlocks([block], [])).rejects.toThrow("make room");
  expect([...store.blocksAfter(0n)]).toEqual([]);
  expect(() => new Store(new LmdbEnvironment(join(above, "other"), () => free))).toThrow(DiskFull);
  free = 1n << 30n;
  await store.putBlocks([block], []);
  expect([...store.blocksAfter(0n)]).toEqual([block.block]);
  await store.close();
});

it("is emptied for a state that is taken over, but for what that is verified by and what nobody else may have", async () => {
  const store = new Store(folder);
  await store.putCheckpoint(checkpoint(1));
  await store.putBlocks([block], []);
  const end = { summary: bytes(1), certificate: bytes(2) };
  const evidence = { author: 2, round: 1n, first: bytes(3), second: bytes(4) };
  await store.putEpochEnd(0n, end, false);
  await store.putEvidence(evidence);
  await store.beginIncoming({ sequence: 9n, digest: bytes(1), objects: 0n, pending: [] });
  expect([store.latestCheckpoint(), store.object(bytes(5)), ...store.blocksAfter(0n)]).toEqual([undefined, undefined]);
  expect([store.epochEnd(0n), store.evidence(2)]).toEqual([end, evidence]);
  await store.close();
});
