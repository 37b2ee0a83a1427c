/** Frames of all kinds to a core that has no chain yet, and everything that it answers. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transaction } from "@iota/iota-sdk/transactions";
import { defaultOrder } from "../../core/wire/capacities.ts";
import { Config, HostToExecute, HostToLedger, HostToOrder, HostToVerify, LANES } from "../../core/wire/frames.ts";
import { PROTOCOL_VERSION } from "../../core/wire/limits.ts";
import { type Codec, decode, encode } from "../../core/wire/schema.ts";
import { CLASSIC } from "../../core/wire/thresholds.ts";
import { deferred } from "../../host/pipeline/async.ts";
import { MODE } from "../../host/sandbox.ts";
import type { ComponentConfigs, LaneFromCore, LaneToCore, StartCore } from "../../platform/runner.ts";
import type { Heard } from "./trace.ts";

export type Frames = Readonly<Partial<Record<LaneToCore, readonly Uint8Array[]>>>;

const CHAIN = new Uint8Array(32);
export const ENVIRONMENT = {
  epoch: 0n,
  epochStartMs: 0n,
  protocolVersion: BigInt(PROTOCOL_VERSION),
  referenceGasPrice: 1_000n,
};
/** Of a lone validator that has no chain yet. */
export const CONFIGS: ComponentConfigs = {
  verify: encode(Config.verify, {
    origin: { kind: "environment", environment: ENVIRONMENT },
    author: 0,
    ends: [],
  }),
  order: encode(Config.order, {
    chain: CHAIN,
    epoch: 0n,
    epochStartMs: 0n,
    epochDurationMs: 0n,
    author: 0,
    ...defaultOrder(1),
  }),
  execute: encode(Config.execute, { sealed: 1 }),
  ledger: encode(Config.ledger, { chain: CHAIN, author: 0, committee: [], faults: CLASSIC }),
  vault: encode(Config.vault, { author: 0, recover: false }),
};

/** In place: very many of them are noted. */
function note(heard: Map<LaneFromCore, Uint8Array[]>, lane: LaneFromCore, frame: Uint8Array): void {
  const frames = heard.get(lane);
  if (frames) frames.push(frame);
  else heard.set(lane, [frame]);
}

/** Answered by its component in every state, with this id. */
const LAST = 0xffff_ffff_ffff_fff0n;
const LAST_FRAMES: Readonly<Record<LaneToCore, Uint8Array>> = {
  hostToVerify: encode(HostToVerify, { kind: "block", id: LAST, block: new Uint8Array(0) }),
  hostToOrder: encode(HostToOrder, { kind: "status", id: LAST }),
  hostToExecute: execution(LAST, new Uint8Array(0), 0),
  hostToLedger: encode(HostToLedger, { kind: "status", id: LAST }),
};
const PATIENCE_MS = 120_000;

export function execution(id: bigint, transaction: Uint8Array, mode: number, objects: Uint8Array[] = []): Uint8Array {
  const rest = { commit: 0n, environment: ENVIRONMENT, transaction, objects, absent: [] };
  return encode(HostToExecute, { kind: "execute", id, mode, ...rest });
}

/** Bytes that the answer of `largeAnswer` has at least: three vectors of nearly a MiB, which is the largest. */
export const LARGE_ANSWER_BYTES = 3 * 64 * 16_000;

/** A dev inspect of very much. */
export async function largeAnswer(id: bigint): Promise<Uint8Array> {
  const transaction = new Transaction();
  transaction.setSender(`0x${"ca".repeat(32)}`);
  transaction.setGasPrice(1_000);
  transaction.setGasBudget(50_000_000_000);
  transaction.setGasPayment([]);
  const piece = transaction.pure.vector("u8", new Array<number>(16_000).fill(0x5a));
  for (let n = 0; n < 3; n++) {
    transaction.makeMoveVec({ type: "vector<u8>", elements: Array.from({ length: 64 }, () => piece) });
  }
  return execution(id, await transaction.build(), MODE.devInspect);
}

/** Gives every lane its frames, all lanes at once, to a core on a copy of `trust`, or without a vault; returns what it says, its first words apart. */
export async function converse(start: StartCore, trust: string | undefined, frames: Frames): Promise<Heard> {
  const folder = mkdtempSync(join(tmpdir(), "caisson-conversation-"));
  const trustFolder = trust === undefined ? undefined : join(folder, "trust");
  if (trust && trustFolder) cpSync(trust, trustFolder, { recursive: true });
  const heard = new Map<LaneFromCore, Uint8Array[]>();
  const lanes = Object.keys(LAST_FRAMES) as LaneToCore[];
  let left = lanes.length;
  const end = deferred<void>();
  const booted = deferred<void>();
  const timer = setTimeout(() => end.reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  const core = await start(
    { configs: CONFIGS, trustFolder },
    {
      frames: (lane, some) => {
        for (const frame of some) {
          const answer = decode(LANES[lane] as Codec<{ readonly id?: bigint }>, frame);
          // When the vault is ready depends on its disk.
          if (answer.id === 0n && "vault" in answer) booted.resolve();
          else note(heard, lane, frame);
          if (answer.id === LAST && --left === 0) end.resolve();
        }
      },
      fault: ({ component, message }) => end.reject(new Error(`${component}: ${message}`)),
      trouble: (message) => end.reject(new Error(message)),
    },
  );
  try {
    if (trust) await Promise.race([booted.promise, end.promise]);
    await Promise.all(lanes.map((lane) => core.send(lane, [...(frames[lane] ?? []), LAST_FRAMES[lane]])));
    await end.promise;
  } finally {
    clearTimeout(timer);
    await core.stop();
    rmSync(folder, { recursive: true });
  }
  return heard;
}
