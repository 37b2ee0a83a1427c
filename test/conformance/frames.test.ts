/** Every platform answers large frames, very many and malformed ones as `node` does, byte for byte. CAISSON_FRAMES: how many are very many. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HostToLedger, HostToOrder, HostToVerify } from "../../core/wire/frames.ts";
import { MAX_FRAME_BYTES, MAX_OBJECT_BYTES, MAX_PROOF_BYTES, MAX_TRANSACTION_BYTES } from "../../core/wire/limits.ts";
import { encode } from "../../core/wire/schema.ts";
import { readVault } from "../../host/genesis/vault-key.ts";
import { MODE } from "../../host/sandbox.ts";
import { startNodeCore } from "../../platform/node/index.ts";
import type { LaneFromCore, LaneToCore } from "../../platform/runner.ts";
import { startInline } from "../support/inline-core.ts";
import { converse, execution, type Frames, LARGE_ANSWER_BYTES, largeAnswer } from "./conversation.ts";
import { buildImages } from "./images.ts";
import { platformsInTime } from "./platforms.ts";
import { difference, type Heard } from "./trace.ts";

const MIB = 1_048_576;
const MANY = Number(process.env.CAISSON_FRAMES ?? 5_000);
const SEED = 38;
/** Malformed frames of each lane. */
const MALFORMED = 500;
const LANES_IN: readonly LaneToCore[] = ["hostToVerify", "hostToOrder", "hostToExecute", "hostToLedger"];

const bytes = (length: number, value = 0x5a) => new Uint8Array(length).fill(value);

async function large(): Promise<Frames> {
  const transaction = { id: 1n, transaction: bytes(MAX_TRANSACTION_BYTES), signatures: [] };
  const proof = bytes(MAX_PROOF_BYTES);
  const any = [bytes(MIB), bytes(MAX_FRAME_BYTES), bytes(MAX_FRAME_BYTES + 1), bytes(3)];
  return {
    hostToVerify: [
      encode(HostToVerify, {
        kind: "transactions",
        id: 2n,
        transactions: Array.from({ length: 8 }, () => transaction),
      }),
      ...any,
    ],
    hostToOrder: any,
    hostToExecute: [
      execution(
        3n,
        bytes(MAX_TRANSACTION_BYTES),
        MODE.commit,
        Array.from({ length: 4 }, () => bytes(MAX_OBJECT_BYTES)),
      ),
      await largeAnswer(6n),
      ...any,
    ],
    hostToLedger: [encode(HostToLedger, { kind: "step", id: 4n, transactions: 1, operations: [], proof }), ...any],
  };
}

/** Frames with a shape, of each lane. */
const SOUND: Readonly<Record<LaneToCore, readonly Uint8Array[]>> = {
  hostToVerify: [
    encode(HostToVerify, { kind: "transaction", id: 1n, transaction: bytes(200), signatures: [bytes(97)] }),
    encode(HostToVerify, { kind: "checkpoint", id: 2n, summary: bytes(300), certificate: bytes(400) }),
  ],
  hostToOrder: [
    encode(HostToOrder, { kind: "propose", id: 1n, timestampMs: 5n, transactions: [bytes(32)] }),
    encode(HostToOrder, { kind: "install", id: 2n, summary: bytes(300) }),
  ],
  hostToExecute: [execution(1n, bytes(200), MODE.commit, [bytes(100)])],
  hostToLedger: [
    encode(HostToLedger, { kind: "begin", id: 1n, commit: 1n }),
    encode(HostToLedger, { kind: "step", id: 2n, transactions: 1, operations: [], proof: bytes(64) }),
    encode(HostToLedger, { kind: "signatures", id: 3n, signatures: [[bytes(97)]] }),
  ],
};

/** Cut, continued, of no variant, and noise: no decoder takes any of these. */
function malformed(lane: LaneToCore): readonly Uint8Array[] {
  const sound = fc.constantFrom(...SOUND[lane]);
  const cut = fc
    .tuple(sound, fc.nat(999))
    .map(([frame, at]) => frame.slice(0, Math.floor((frame.length * at) / 1_000)));
  const grown = fc
    .tuple(sound, fc.uint8Array({ minLength: 1, maxLength: 9 }))
    .map(([frame, more]) => Uint8Array.from([...frame, ...more]));
  const strange = fc.tuple(sound, fc.integer({ min: 0x20, max: 0xff })).map(([frame, tag]) => frame.with(0, tag));
  const noise = fc.uint8Array({ maxLength: 64 }).map((some) => Uint8Array.from([0xfe, ...some]));
  return fc.sample(fc.oneof(cut, grown, strange, noise), { seed: SEED, numRuns: MALFORMED });
}

function many(): Frames {
  const noise = Array.from({ length: MANY }, (_, i) => Uint8Array.of(0xff, i & 0xff, i >> 8));
  const status = (id: number) => encode(HostToLedger, { kind: "status", id: BigInt(id + 1) });
  const ask = (id: number) => encode(HostToOrder, { kind: "status", id: BigInt(id + 1) });
  return {
    hostToVerify: noise,
    hostToExecute: noise,
    hostToLedger: noise.map((_, i) => status(i)),
    hostToOrder: noise.map((_, i) => ask(i)),
  };
}

const platforms = platformsInTime("large, many and malformed frames");

buildImages(platforms);

/** The longest answer on a lane. */
const longest = (heard: Heard, lane: LaneFromCore) => Math.max(...heard.get(lane)!.map(({ length }) => length));

it("large frames have large answers too", async () => {
  const heard = await converse(startNodeCore, undefined, await large());
  expect(longest(heard, "executeToHost")).toBeGreaterThan(LARGE_ANSWER_BYTES);
});

describe.each([
  { sort: "large frames", make: large },
  { sort: "malformed frames", make: async () => Object.fromEntries(LANES_IN.map((lane) => [lane, malformed(lane)])) },
  { sort: `${MANY} frames on each lane`, make: async () => many() },
])("$sort", ({ make }) => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-frames-"));
  const trust = join(folder, "trust");
  let frames: Frames;
  let expected: Heard;

  beforeAll(async () => {
    await readVault(trust, 0, startInline);
    frames = await make();
    expected = await converse(startNodeCore, trust, frames);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(platforms)(
    "have the same answers on $name",
    async ({ start }) => {
      expect(difference(expected, await converse(start, trust, frames))).toBeUndefined();
    },
    300_000,
  );
});

it.each(platforms)("a core without a vault serves the same on $name", async ({ start }) => {
  const frames = { hostToLedger: SOUND.hostToLedger, hostToOrder: SOUND.hostToOrder };
  const expected = await converse(startNodeCore, undefined, frames);
  expect(expected.get("ledgerToHost")!.length).toBeGreaterThan(SOUND.hostToLedger.length);
  expect(difference(expected, await converse(start, undefined, frames))).toBeUndefined();
});
