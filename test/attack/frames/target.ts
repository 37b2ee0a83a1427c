/** What an attack needs to know about the component it attacks. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CodeTable, codeName } from "../../../core/wire/codes.ts";
import { LANE_NUMBERS, LANES, type LaneName } from "../../../core/wire/frames.ts";
import { type Codec, decode, encode, type Value, WireError } from "../../../core/wire/schema.ts";
import type { Sent } from "../../../platform/component.ts";
import { type ComponentName, TOPOLOGY } from "../../../platform/topology.ts";
import type { Random } from "../random.ts";
import type { Boot, Frame } from "../record.ts";
import type { Subject } from "./subject.ts";

/** Frames that a situation of a recording has ahead of it. */
const AHEAD = 24;

/** A state of the component to attack from, and what an honest neighbour would send it there, one after another. */
export interface Situation {
  readonly name: string;
  readonly state: Uint8Array;
  readonly next: readonly Frame[];
  /** Of a situation in which little can happen: how often it is used, against 1 for others. */
  readonly weight?: number;
}

/** A frame out, decoded. */
export type Output = { [L in LaneName]: { readonly lane: L; readonly frame: Value<(typeof LANES)[L]> } }[LaneName];

/** What came of a frame. `codes`: rejections of any of the component's tables that it led to, as "TABLE.name". */
export interface Verdict {
  /**
   * accepted: it did what it asked for. rejected: it changed nothing. answered: it was understood and led to something else, a drop or a
   * question. ignored: it was understood, and there is nothing to see. malformed: not of its lane.
   */
  readonly kind: "accepted" | "answered" | "ignored" | "rejected" | "malformed";
  readonly codes: readonly string[];
  /** The component counts this rejection, so that its state is not all as it was. */
  readonly counted?: boolean;
  /** Nothing more can come of this state: the burst ends. */
  readonly fatal?: boolean;
}

/** A reason, and whether it holds. */
export interface Unreachable {
  readonly why: string;
  readonly holds: () => boolean;
}

/** Instructions that one frame may cost: base + perByte · length. */
export interface Bound {
  readonly base: number;
  readonly perByte: number;
}

export interface Target {
  readonly name: ComponentName;
  /** Rejections that must be seen, by the prefix of CODE_TABLES. */
  readonly tables: Readonly<Record<string, CodeTable>>;
  /** Those that no frame leads to, as "TABLE.name", each with what shows that it is so. */
  readonly unreachable: Readonly<Record<string, Unreachable>>;
  readonly bounds: Readonly<Partial<Record<LaneName, Bound>>>;
  situations(subject: Subject): Situation[];
  /** Asked before each frame that does not come by the host's lane; its answer is given to `judge`. */
  before?(subject: Subject): unknown;
  /** `frame`: undefined when the bytes are not of the lane. `subject` may be asked more, as long as its state stays. */
  judge(lane: LaneName, frame: unknown, outputs: readonly Output[], subject: Subject, before: unknown): Verdict;
  /** Makes a changed frame consistent again where chance never would: signs it, say. */
  repair?(lane: LaneName, bytes: Uint8Array, random: Random): Uint8Array;
  /** Bytes of the state, from and to, that may change on a rejection: what only counts rejections. */
  readonly counters?: readonly (readonly [number, number])[];
}

export const laneNames = Object.keys(LANES) as LaneName[];

export const lanesTo = (name: ComponentName): LaneName[] => laneNames.filter((lane) => TOPOLOGY[lane].to === name);

/** The frame, or undefined when the codec of its lane does not take it. */
export function understood(lane: LaneName, bytes: Uint8Array): unknown {
  try {
    return decode(LANES[lane] as Codec<unknown>, bytes);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** Frames out, decoded by the codec of their lane. Throws when one is not of it, or leaves by a lane of another component. */
export function decoded(name: ComponentName, sent: readonly Sent[]): Output[] {
  return sent.map(({ lane: number, bytes }) => {
    const lane = laneNames[number];
    if (!lane || TOPOLOGY[lane].from !== name) throw new Error(`${name} sends on lane ${number}`);
    return { lane, frame: decode(LANES[lane] as Codec<unknown>, bytes) } as Output;
  });
}

/** "TABLE.name" of a code. Throws on a code that the table does not have. */
export function codeOf(prefix: string, table: CodeTable, code: number): string {
  const name = codeName(table, code);
  if (!name) throw new Error(`code ${code} is not in the table ${prefix}`);
  return `${prefix}.${name}`;
}

/** Frames of a recording that went to one component, cut where `init` came. */
export const framesTo = (name: ComponentName, frames: readonly Frame[]): Frame[] =>
  frames.filter(({ lane }) => TOPOLOGY[lane].to === name);

/** Situations of each boot, as many as `most` in all, with what came next there. */
export function situationsOf(name: ComponentName, subject: Subject, boots: readonly Boot[], most: number): Situation[] {
  const found: Situation[] = [];
  boots.forEach(({ configs, frames }, boot) => {
    const ours = framesTo(name, frames);
    const every = Math.ceil(ours.length / (most / boots.length));
    subject.configure(configs[name]);
    ours.forEach((frame, i) => {
      if (i % every === 0) {
        const next = ours.slice(i, i + Math.max(AHEAD, every));
        found.push({ name: `boot ${boot}, frame ${i}`, state: subject.state.slice(), next });
      }
      subject.send(LANE_NUMBERS[frame.lane], frame.bytes);
    });
  });
  return found;
}

/** A situation after some frames. */
export function situationAfter(
  name: string,
  subject: Subject,
  config: Uint8Array,
  before: readonly Frame[],
  next: readonly Frame[],
  weight = 1,
): Situation {
  subject.configure(config);
  for (const { lane, bytes } of before) subject.send(LANE_NUMBERS[lane], bytes);
  return { name, state: subject.state.slice(), next, weight };
}

/** A frame of a value. */
export const frameOf = <L extends LaneName>(lane: L, value: Value<(typeof LANES)[L]>): Frame => ({
  lane,
  bytes: encode(LANES[lane] as Codec<unknown>, value),
});

/**
 * Whether a component's "malformedFrame" and the codec of the lane agree; throws when they do not. `excused`: rejections that are
 * made before the frame is looked at.
 */
export function agree(understood: unknown, code: string | undefined, excused: readonly string[]): void {
  const shapeless = code?.endsWith(".malformedFrame") ?? false;
  if (shapeless && understood !== undefined) throw new Error("the lane's codec takes what is called malformed");
  if (!shapeless && understood === undefined && !excused.some((name) => code?.endsWith(`.${name}`))) {
    throw new Error(`${code ?? "accepted"}, but the lane's codec does not take it`);
  }
}

/** A code that no source of its component mentions. `why` says what comes instead. */
export function unused(component: ComponentName, code: string, why: string): Readonly<Record<string, Unreachable>> {
  const constant = `REJECT_${code
    .replace(".", "_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase()}`;
  const sources = () =>
    ["lib", component].flatMap((folder) => {
      const root = fileURLToPath(new URL(`../../../core/${folder}/`, import.meta.url));
      return readdirSync(root, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => readFileSync(join(root, file), "utf8"));
    });
  return { [code]: { why, holds: () => !sources().some((source) => source.includes(constant)) } };
}
