/** Which checkpoints `order` starts from: every shape that a summary may have, and exactly those, by an independent reader of the formats. */
import { bcs } from "@iota/bcs";
import { expect, test } from "vitest";
import { codeNumber, OrderRejection } from "../../../core/wire/codes.ts";
import { CheckpointExtension, OrderResume } from "../../../core/wire/frames.ts";
import * as limit from "../../../core/wire/limits.ts";
import { decode } from "../../../core/wire/schema.ts";
import { isSafe } from "../../../core/wire/thresholds.ts";
import {
  bytes32,
  CHAIN,
  EPOCH,
  EPOCH_START_MS,
  HOST_ID,
  Order,
  Summary,
  summaryDigest,
  summaryOf,
  ZERO,
} from "./order-support.ts";

/** MAX_COMMITMENTS of core/lib/iota/checkpoint.ts. */
const MAX_COMMITMENTS = 16;
const MOST = 1n << 63n;
const COMMIT = { index: 5n, round: 9n, timestampMs: 70n, commitDigest: bytes32(1), leaderBlock: bytes32(2) };
const GENESIS = { ...COMMIT, index: 0n, round: 0n, commitDigest: ZERO, leaderBlock: ZERO };
const NOTHING = new Uint8Array(0);

type Parsed = ReturnType<typeof Summary.parse>;

const order = new Order();

function installOf(summary: Uint8Array, config: Parameters<Order["begin"]>[0] = {}) {
  order.begin(config).verifiedItem("checkpoint", summaryDigest(summary));
  return order.install(summary);
}

/** "accepted", or the name of the rejection. */
function verdictOf(summary: Uint8Array, config: Parameters<Order["begin"]>[0] = {}): string {
  const [{ frame } = { frame: undefined }] = installOf(summary, config);
  if (frame?.kind !== "rejected") return frame?.kind ?? "nothing";
  const names = Object.keys(OrderRejection) as (keyof typeof OrderRejection)[];
  return names.find((name) => codeNumber(OrderRejection, name) === frame.code) ?? String(frame.code);
}

/** A summary with some of its fields changed. */
const changed = (change: (summary: Parsed) => Partial<Parsed>): Uint8Array => {
  const parsed = Summary.parse(summaryOf(COMMIT));
  return Summary.serialize({ ...parsed, ...change(parsed) }).toBytes();
};

const commitments = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    ECMHLiveObjectSetDigest: [...bytes32(n)],
    $kind: "ECMHLiveObjectSetDigest" as const,
  }));

/** What an epoch's last checkpoint says of the next one. */
const endOfEpoch = (keys: readonly number[], ofEpoch = 1): Parsed["endOfEpochData"] => ({
  nextEpochCommittee: keys.map((length, n) => [Array<number>(length).fill(n), String(n)]),
  nextEpochProtocolVersion: "38",
  epochCommitments: commitments(ofEpoch),
  epochSupplyChange: "7",
});

test.each([0, 1, 2, MAX_COMMITMENTS])("one with %i commitments is taken, of the state and of the epoch", (count) => {
  expect(verdictOf(changed(() => ({ checkpointCommitments: commitments(count) })))).toBe("accepted");
  expect(verdictOf(changed(() => ({ endOfEpochData: endOfEpoch([32], count) })))).toBe("accepted");
});

test("one with more commitments is malformed", () => {
  const more = MAX_COMMITMENTS + 1;
  expect(verdictOf(changed(() => ({ checkpointCommitments: commitments(more) })))).toBe("malformedFrame");
  expect(verdictOf(changed(() => ({ endOfEpochData: endOfEpoch([32], more) })))).toBe("malformedFrame");
});

test("one that names a next committee is taken, whatever its keys, up to a hundred; it leaves nothing to do in its epoch", () => {
  const hundred = Array.from({ length: limit.MAX_VALIDATORS }, (_, n) => n);
  for (const keys of [[], [0], [96], [limit.PUBLIC_KEY_BYTES], [1, limit.PUBLIC_KEY_BYTES, 96, 0], hundred]) {
    const summary = changed(() => ({ endOfEpochData: endOfEpoch(keys) }));
    expect(installOf(summary)).toEqual([
      { lane: "orderToHost", frame: { kind: "accepted", id: HOST_ID } },
      { lane: "orderToLedger", frame: { kind: "install", summary } },
    ]);
    order.ready();
    expect(order.draft([])[0]!.frame).toMatchObject({ code: codeNumber(OrderRejection, "epochEnded") });
  }
  for (const keys of [[...hundred, 1], [limit.PUBLIC_KEY_BYTES + 1]]) {
    expect(verdictOf(changed(() => ({ endOfEpochData: endOfEpoch(keys) })))).toBe("malformedFrame");
  }
});

test("one of another chain is none, whichever byte of the name differs; nor is a genesis that says it follows another", () => {
  const genesis = summaryOf(GENESIS, { chain: ZERO });
  expect(verdictOf(genesis, { chain: summaryDigest(genesis) })).toBe("accepted");
  expect(verdictOf(genesis)).toBe("unverifiedCheckpoint");
  for (let at = 0; at < 32; at++) {
    expect(verdictOf(summaryOf(COMMIT, { chain: CHAIN.with(at, 0) }))).toBe("unverifiedCheckpoint");
    const named = summaryOf({ ...COMMIT, index: 0n }, { chain: ZERO.with(at, 1) });
    expect(verdictOf(named, { chain: summaryDigest(named) })).toBe("unverifiedCheckpoint");
  }
});

test("one that begins an epoch needs no resume state, for the DAG begins anew", () => {
  const last = summaryOf({ ...COMMIT, resume: NOTHING }, { epoch: EPOCH - 1n, next: [new Uint8Array(1)] });
  expect(verdictOf(last, { epochStartMs: COMMIT.timestampMs })).toBe("accepted");
  order.ready();
  expect(order.draft([])[0]!.frame).toMatchObject({ kind: "drafted", round: 1n });
});

test("one that begins a chain may carry any resume state up to the longest, which nobody reads; a longer one is malformed", () => {
  const genesis = Summary.parse(summaryOf(GENESIS, { chain: ZERO, resume: NOTHING }));
  const extension = Uint8Array.from(genesis.versionSpecificData);
  const resumeAt = extension.length - 3 * 32 - 1; // three digests follow the length, 0
  for (const [length, verdict] of [
    [limit.MAX_RESUME_BYTES, "accepted"],
    [limit.MAX_RESUME_BYTES + 1, "malformedFrame"],
  ] as const) {
    const resume = bcs.vector(bcs.u8()).serialize(new Uint8Array(length)).toBytes();
    const versionSpecificData = [...extension.subarray(0, resumeAt), ...resume, ...extension.subarray(resumeAt + 1)];
    const summary = Summary.serialize({ ...genesis, versionSpecificData }).toBytes();
    expect(verdictOf(summary, { chain: summaryDigest(summary) })).toBe(verdict);
  }
});

/** The formats, read strictly by the schemas; undefined: they are not these. */
function read(bytes: Uint8Array) {
  try {
    const summary = Summary.parse(bytes);
    if (Buffer.compare(Summary.serialize(summary).toBytes(), bytes) !== 0) return undefined;
    const all = [...summary.checkpointCommitments, ...(summary.endOfEpochData?.epochCommitments ?? [])];
    const digests = [...all.map((one) => one.ECMHLiveObjectSetDigest), summary.contentDigest];
    if (summary.previousDigest) digests.push(summary.previousDigest);
    if (digests.some(({ length }) => length !== 32)) return undefined;
    const extension = decode(CheckpointExtension, Uint8Array.from(summary.versionSpecificData));
    return extension.version === 3 ? { summary, extension } : undefined;
  } catch {
    return undefined;
  }
}

/** What is said of a checkpoint of a committee of one, that `verify` has passed. */
function expected(bytes: Uint8Array): string {
  const parts = read(bytes);
  if (!parts) return "malformedFrame";
  const { summary, extension } = parts;
  const sequence = BigInt(summary.sequenceNumber);
  if (sequence >= MOST || extension.commit >= MOST) return "malformedFrame";
  const ours =
    sequence > 0n &&
    BigInt(summary.epoch) === EPOCH &&
    Buffer.compare(extension.chain, CHAIN) === 0 &&
    extension.environment.epochStartMs === EPOCH_START_MS &&
    extension.epochDurationMs === 0n &&
    isSafe(extension.faults, 1);
  if (!ours) return "unverifiedCheckpoint";
  try {
    const { horizon, round, rank, committed } = decode(OrderResume, extension.resume);
    return committed.length === 1 && rank === 0 && round > horizon && round < MOST ? "accepted" : "malformedFrame";
  } catch {
    return "malformedFrame";
  }
}

test("with any byte changed, left out or doubled it is taken exactly when it still is one of ours", () => {
  const summary = changed(() => ({
    checkpointCommitments: commitments(2),
    endOfEpochData: endOfEpoch([2, 3], 2),
  }));
  const verdicts = new Map<string, number>();
  for (let at = 0; at < summary.length; at++) {
    const around = [summary.subarray(0, at), summary.subarray(at + 1)] as const;
    const variants = [
      summary.with(at, summary[at]! ^ 1),
      summary.with(at, summary[at]! ^ 0x80),
      summary.with(at, 0),
      summary.with(at, summary[at]! + 1),
      Uint8Array.from([...around[0], ...around[1]]),
      Uint8Array.from([...around[0], summary[at]!, summary[at]!, ...around[1]]),
    ];
    for (const variant of variants) {
      const wanted = expected(variant);
      verdicts.set(wanted, (verdicts.get(wanted) ?? 0) + 1);
      expect(verdictOf(variant), `byte ${at}`).toBe(wanted);
    }
  }
  expect([...verdicts.keys()].sort()).toEqual(["accepted", "malformedFrame", "unverifiedCheckpoint"]);
});
