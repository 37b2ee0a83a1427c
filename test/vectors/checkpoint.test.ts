/** Checkpoints of a running network and of the Rust SDK's tests, against core/lib/iota/checkpoint* and host/format/checkpoint. */
import { readFileSync } from "node:fs";
import { fromBase58, fromBase64, toBase58 } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { blake2b } from "@noble/hashes/blake2.js";
import { describe, expect, it } from "vitest";
import { CheckpointContentsBcs, CheckpointSummaryBcs } from "../../host/format/checkpoint.ts";
import { digestOf } from "../../host/format/digest.ts";
import { parseBcs } from "../../host/format/parse.ts";
import { loadWasm } from "../support/wasm.ts";

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly summaryEndOfEpoch: WebAssembly.Global;
  readonly summarySequence: WebAssembly.Global;
  readonly summaryContentDigest: WebAssembly.Global;
  readonly summaryPreviousDigest: WebAssembly.Global;
  buffer(): number;
  readSummary(at: number, length: number): number;
  rewriteSummary(out: number, capacity: number): number;
  summaryDigest(out: number, at: number, length: number): void;
  beginContents(hash: number, entries: number, stride: number, count: number): void;
  addUserSignatures(hash: number, list: number, length: number): void;
  blake2b256Final(hash: number, out: number): void;
}

const wasm = loadWasm<Exports>("test-checkpoint");
const memory = new Uint8Array(wasm.memory.buffer);
const OUT = wasm.buffer();
/** A hash in progress: BLAKE2B_STATE_BYTES, rounded up. */
const HASH = OUT + 64;
const INPUT = OUT + 512;
const COPY = INPUT + 0x20000;
const CAPACITY = 0x10000;
const ENTRY_BYTES = 64;

const load = (name: string) => JSON.parse(readFileSync(new URL(`data/upstream/${name}.json`, import.meta.url), "utf8"));
const read = (at: number, length: number) => memory.slice(at, at + length);
const readBase58 = (at: WebAssembly.Global) => toBase58(read(at.value, 32));

interface Part {
  readonly bcs: string;
  readonly digest: string;
}
interface Published {
  readonly sequence: number;
  readonly summary: { readonly bcs: string; readonly contentDigest: string; readonly previousDigest: string };
  readonly contents: Part;
}
interface Fixture {
  readonly type: string;
  readonly bcs: string;
  readonly holds: { readonly epoch: number; readonly sequence: number; readonly contentDigest: string };
}

const published: readonly Published[] = load("checkpoints").checkpoints;
const fixtures: readonly Fixture[] = load("sdk-fixtures").fixtures;
const executions = load("executions");
const empty: Part = executions.emptyCheckpointContents;
interface EmptyCheckpoints {
  readonly source: string;
  readonly commit: string;
  readonly genesis: string;
  readonly second: string;
}
const chains: readonly EmptyCheckpoints[] = executions.emptyCheckpoints;

/** Digest of contents by the core's writer, from what our own reader finds in the bytes. */
function contentsDigest(bytes: Uint8Array): string {
  const { transactions, userSignatures } = CheckpointContentsBcs.parse(bytes).V1;
  transactions.forEach(({ transaction, effects }, i) => {
    memory.set(fromBase58(transaction), INPUT + i * ENTRY_BYTES);
    memory.set(fromBase58(effects), INPUT + i * ENTRY_BYTES + 32);
  });
  wasm.beginContents(HASH, INPUT, ENTRY_BYTES, transactions.length);
  for (const list of userSignatures) {
    const serialized = bcs.vector(bcs.byteVector()).serialize(list, { maxSize: CAPACITY }).toBytes();
    memory.set(serialized, COPY);
    wasm.addUserSignatures(HASH, COPY, serialized.length);
  }
  wasm.blake2b256Final(HASH, OUT);
  return toBase58(read(OUT, 32));
}

describe("checkpoints of a running network", () => {
  it.each(published.map((checkpoint) => [checkpoint.sequence, checkpoint] as const))(
    "%d",
    (sequence, { summary, contents }) => {
      const bytes = fromBase64(summary.bcs);
      memory.set(bytes, INPUT);
      expect(wasm.readSummary(INPUT, bytes.length)).toBe(1);
      expect(wasm.summarySequence.value).toBe(BigInt(sequence));
      expect(readBase58(wasm.summaryContentDigest)).toBe(summary.contentDigest);
      expect(readBase58(wasm.summaryPreviousDigest)).toBe(summary.previousDigest);
      const host = parseBcs(CheckpointSummaryBcs, bytes);
      expect(host.contentDigest).toBe(summary.contentDigest);
      expect(CheckpointSummaryBcs.serialize(host, { maxSize: CAPACITY }).toBytes()).toEqual(bytes);
      expect(contentsDigest(fromBase64(contents.bcs))).toBe(contents.digest);
      expect(toBase58(digestOf("CheckpointContents", fromBase64(contents.bcs)))).toBe(contents.digest);
    },
  );

  it("any byte more or less is not a summary", () => {
    const bytes = fromBase64(published[0]!.summary.bcs);
    memory.fill(0, INPUT, INPUT + bytes.length + 1);
    memory.set(bytes, INPUT);
    expect(wasm.readSummary(INPUT, bytes.length + 1)).toBe(0);
    for (let length = 0; length < bytes.length; length++) expect(wasm.readSummary(INPUT, length)).toBe(0);
  });
});

describe("the Rust SDK's fixtures", () => {
  const summaries = fixtures.filter(({ type }) => type === "CertifiedCheckpointSummary");
  it.each(summaries.map((fixture) => [fixture.holds.sequence, fixture] as const))("summary %d", (_, fixture) => {
    // The summary comes first; what follows it is the committee's signature.
    const certified = fromBase64(fixture.bcs);
    memory.set(certified, INPUT);
    const ends = Array.from({ length: certified.length }, (_, i) => i + 1).filter((end) =>
      wasm.readSummary(INPUT, end),
    );
    expect(ends.length).toBe(1);
    const summary = certified.slice(0, ends[0]);
    wasm.readSummary(INPUT, summary.length);
    expect(readBase58(wasm.summaryContentDigest)).toBe(fixture.holds.contentDigest);
    wasm.summaryDigest(OUT, INPUT, summary.length);
    const name = new TextEncoder().encode("CheckpointSummary::");
    expect(read(OUT, 32)).toEqual(blake2b(Buffer.concat([name, summary]), { dkLen: 32 }));
    // What ends an epoch is read, but not yet written.
    if (fixture === summaries[0]) expect(wasm.summaryEndOfEpoch.value).toBe(0);
    if (wasm.summaryEndOfEpoch.value) return;
    expect(read(COPY, wasm.rewriteSummary(COPY, CAPACITY))).toEqual(summary);
  });

  it("contents", () => {
    const [fixture] = fixtures.filter(({ type }) => type === "CheckpointContents");
    const bytes = fromBase64(fixture!.bcs);
    const name = new TextEncoder().encode("CheckpointContents::");
    expect(contentsDigest(bytes)).toBe(toBase58(blake2b(Buffer.concat([name, bytes]), { dkLen: 32 })));
  });
});

it("empty contents have the digest that upstream prints", () => {
  expect(contentsDigest(fromBase64(empty.bcs))).toBe(empty.digest);
});

/**
 * Upstream's simulator made two checkpoints of no transaction and printed the digests of the genesis and of the second. What
 * it puts in them: crates/iota-types/src/mock_checkpoint_builder.rs (build_internal).
 */
it.each(chains.map((chain) => [chain.commit.slice(0, 8), chain] as const))(
  "two checkpoints of nothing, %s",
  (_, chain) => {
    let previousDigest = chain.genesis;
    for (const sequenceNumber of [1, 2]) {
      const none = 0n;
      const summary = CheckpointSummaryBcs.serialize({
        epoch: none,
        sequenceNumber,
        networkTotalTransactions: 1,
        contentDigest: empty.digest,
        previousDigest,
        epochRollingGasCostSummary: {
          computationCost: none,
          computationCostBurned: none,
          storageCost: none,
          storageRebate: none,
          nonRefundableStorageFee: none,
        },
        timestampMs: none,
        checkpointCommitments: [],
        endOfEpochData: null,
        // CheckpointVersionSpecificData::V1 of no randomness rounds.
        versionSpecificData: [0, 0],
      }).toBytes();
      memory.set(summary, INPUT);
      expect(wasm.readSummary(INPUT, summary.length)).toBe(1);
      expect(read(COPY, wasm.rewriteSummary(COPY, CAPACITY))).toEqual(summary);
      wasm.summaryDigest(OUT, INPUT, summary.length);
      previousDigest = toBase58(read(OUT, 32));
      expect(toBase58(digestOf("CheckpointSummary", summary))).toBe(previousDigest);
    }
    expect(previousDigest).toBe(chain.second);
  },
);
