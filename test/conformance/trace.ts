/**
 * What a host and a core said to each other, as it was recorded, and the same again with another core. Frames are given one at a time,
 * each when the one before is answered and the core has said unasked what it had said before it in the recording: so what a core answers
 * does not depend on how fast its parts are.
 */
import { cpSync } from "node:fs";
import {
  type ExecuteToHost,
  type HostToExecute,
  type HostToLedger,
  type HostToOrder,
  type HostToVerify,
  LANES,
  type LedgerToHost,
  type OrderToHost,
  type VerifyToHost,
} from "../../core/wire/frames.ts";
import { type Codec, decode, type Value } from "../../core/wire/schema.ts";
import type { ComponentConfigs, Core, LaneFromCore, LaneToCore, StartCore } from "../../platform/runner.ts";

type Asked = Value<typeof HostToVerify | typeof HostToOrder | typeof HostToExecute | typeof HostToLedger>;
type Said = Value<typeof VerifyToHost | typeof OrderToHost | typeof ExecuteToHost | typeof LedgerToHost>;

/** A frame of the host's. */
interface Step {
  readonly lane: LaneToCore;
  readonly frame: Uint8Array;
  /** How many frames the core had sent unasked, on all lanes. */
  readonly unasked: number;
}

/** From one start of a core to its end. */
export interface Trace {
  readonly configs: ComponentConfigs;
  readonly steps: Step[];
  /** Unasked frames in all. */
  unasked: number;
  /** When either side spoke last, in milliseconds since 1970. */
  lastAt: number;
}

/** Frames of each lane, in order. */
export type Heard = ReadonlyMap<LaneFromCore, readonly Uint8Array[]>;

/** Milliseconds that an answer may take, on an emulated machine that others use too. */
const PATIENCE_MS = 30_000;

const said = (lane: LaneFromCore, frame: Uint8Array): Said => decode(LANES[lane] as Codec<Said>, frame);

/** The request that a frame answers; undefined: it was sent unasked. */
function answers(frame: Said): bigint | undefined {
  return "id" in frame && frame.id !== 0n ? frame.id : undefined;
}

/** The answers that a frame of the host's gets, by their ids. */
function idsOf(lane: LaneToCore, frame: Uint8Array): readonly bigint[] {
  const asked = decode(LANES[lane] as Codec<Asked>, frame);
  return "transactions" in asked && lane === "hostToVerify"
    ? (asked.transactions as readonly { readonly id: bigint }[]).map(({ id }) => id)
    : [asked.id];
}

/** `start`, with everything noted in `traces`; what the vault's folder held at first is copied to `kept`. */
export function recording(start: StartCore, traces: Trace[], kept: string): StartCore {
  return async (options, listener) => {
    if (traces.length === 0 && options.trustFolder) cpSync(options.trustFolder, kept, { recursive: true });
    const trace: Trace = { configs: options.configs, steps: [], unasked: 0, lastAt: 0 };
    traces.push(trace);
    const core = await start(options, {
      ...listener,
      frames: (lane, frames) => {
        trace.lastAt = Date.now();
        for (const frame of frames) if (answers(said(lane, frame)) === undefined) trace.unasked++;
        listener.frames(lane, frames);
      },
      fault: (fault) => listener.fault(fault),
      trouble: (message) => listener.trouble(message),
    });
    return {
      report: core.report,
      stop: () => core.stop(),
      send: (lane, frames) => {
        trace.lastAt = Date.now();
        for (const frame of frames) trace.steps.push({ lane, frame: frame.slice(), unasked: trace.unasked });
        return core.send(lane, frames);
      },
    };
  };
}

/** Everything that a core on `trustFolder` answers to a trace. Throws when it traps, has trouble, or does not answer. */
export async function replay(trace: Trace, start: StartCore, trustFolder: string): Promise<Heard> {
  const heard = new Map<LaneFromCore, Uint8Array[]>();
  const answered = new Set<bigint>();
  let unasked = 0;
  let wake: () => void = () => {};
  let failed: Error | undefined;
  const fail = (why: string) => {
    failed = new Error(why);
    wake();
  };
  const until = async (what: string, reached: () => boolean) => {
    const timer = setTimeout(() => fail(`${what}: nothing in ${PATIENCE_MS} ms`), PATIENCE_MS);
    while (!reached() && !failed) {
      await new Promise<void>((go) => {
        wake = go;
      });
    }
    clearTimeout(timer);
    if (failed) throw failed;
  };
  const core: Core = await start(
    { configs: trace.configs, trustFolder },
    {
      frames: (lane, frames) => {
        heard.set(lane, [...(heard.get(lane) ?? []), ...frames]);
        for (const frame of frames) {
          const id = answers(said(lane, frame));
          if (id === undefined) unasked++;
          else answered.add(id);
        }
        wake();
      },
      fault: ({ component, message }) => fail(`${component}: ${message}`),
      trouble: fail,
    },
  );
  try {
    for (const [i, step] of trace.steps.entries()) {
      const what = `frame ${i} of ${trace.steps.length}, on ${step.lane}`;
      await until(`before ${what}`, () => unasked >= step.unasked);
      const ids = idsOf(step.lane, step.frame);
      await core.send(step.lane, [step.frame]);
      await until(what, () => ids.every((id) => answered.has(id)));
    }
    await until("the end", () => unasked >= trace.unasked);
  } finally {
    await core.stop();
  }
  return heard;
}

/** Where two hearings part, in words; undefined: they are the same, byte for byte. */
export function difference(expected: Heard, other: Heard): string | undefined {
  for (const lane of new Set([...expected.keys(), ...other.keys()])) {
    const [frames, others] = [expected.get(lane) ?? [], other.get(lane) ?? []];
    const at = frames.findIndex((frame, n) => !others[n] || Buffer.compare(frame, others[n]) !== 0);
    if (at >= 0 || frames.length !== others.length) {
      return `${lane}: ${frames.length} frames and ${others.length}, the first that differs is ${at}`;
    }
  }
  return undefined;
}
