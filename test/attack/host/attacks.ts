/** What a host may do to a frame on its way to the core: every kind of attack, for every frame type of every lane that it has. */
import { LANES, type LaneName } from "../../../core/wire/frames.ts";
import { MAX_FRAME_BYTES } from "../../../core/wire/limits.ts";
import { TOPOLOGY } from "../../../platform/topology.ts";
import { damage, mutate, type Source } from "../grammar/mutate.ts";
import { type AnyCodec, parse, unparse } from "../grammar/node.ts";
import type { Random } from "../random.ts";
import type { Frame } from "../record.ts";

/** A variant of a lane: "hostToOrder.propose". */
export type FrameType = string;

/** What a frame's attacker has at hand. */
export interface Means extends Source {
  /** Frames of this run before this one. */
  readonly before: readonly Frame[];
  /** Frames of honest runs: of another chain, and of this chain's boots. */
  readonly otherChain: readonly Frame[];
  readonly boots: readonly (readonly Frame[])[];
  /** Boots of this run so far. */
  readonly boot: number;
}

/** What is given to the core in a frame's place: now, and together with the next frame. */
export interface Given {
  readonly now: readonly Frame[];
  readonly later?: readonly Frame[];
}

type Apply = (frame: Frame, means: Means) => Given;

const flip = (bytes: Uint8Array, random: Random): Uint8Array => {
  const out = bytes.slice();
  out[random.below(out.length)]! ^= 1 << random.below(8);
  return out;
};

/** Some frame of the same type, or else of the same lane, or else the frame itself. */
function sameType(frame: Frame, from: readonly Frame[], random: Random): Frame {
  const type = typeOf(frame);
  const same = from.filter((other) => typeOf(other) === type);
  const lane = from.filter((other) => other.lane === frame.lane);
  const [first] = [same, lane, [frame]].filter((frames) => frames.length > 0);
  return random.pick(first!);
}

/** In its place, or before it. */
const instead = (frame: Frame, other: Frame, random: Random): Given => ({
  now: random.chance(0.5) ? [other] : [other, frame],
});

export const ATTACKS = {
  drop: () => ({ now: [] }),
  duplicate: (frame) => ({ now: [frame, frame] }),
  reorder: (frame) => ({ now: [], later: [frame] }),
  truncate: (frame, { random }) => ({
    now: [{ ...frame, bytes: frame.bytes.slice(0, random.below(frame.bytes.length)) }],
  }),
  flip: (frame, { random }) => ({ now: [{ ...frame, bytes: flip(frame.bytes, random) }] }),
  damage: (frame, { random }) => instead(frame, { ...frame, bytes: damage(frame.bytes, random) }, random),
  forge: (frame, means) => {
    const tree = parse(LANES[frame.lane] as AnyCodec, frame.bytes);
    const bytes = tree ? unparse(mutate(tree, means)) : flip(frame.bytes, means.random);
    return instead(frame, { ...frame, bytes }, means.random);
  },
  stale: (frame, { before, random }) => instead(frame, sameType(frame, before, random), random),
  crossChain: (frame, { otherChain, random }) => instead(frame, sameType(frame, otherChain, random), random),
  crossBoot: (frame, { boots, boot, random }) => {
    const others = boots.filter((_, i) => i !== boot).flat();
    return instead(frame, sameType(frame, others, random), random);
  },
  interleave: (frame, { before, boots, otherChain, random }) => {
    const all = [...before, ...boots.flat(), ...otherChain];
    return { now: [...Array.from({ length: 1 + random.below(4) }, () => random.pick(all)), frame] };
  },
  overlong: (frame) => ({ now: [{ ...frame, bytes: new Uint8Array(MAX_FRAME_BYTES + 1) }, frame] }),
} as const satisfies Record<string, Apply>;

export type Kind = keyof typeof ATTACKS;
export const KINDS = Object.keys(ATTACKS) as Kind[];

/** Every frame type that the host can send. */
export const FRAME_TYPES: readonly FrameType[] = (Object.keys(LANES) as LaneName[])
  .filter((lane) => TOPOLOGY[lane].from === "host")
  .flatMap((lane) => {
    const { shape } = LANES[lane] as AnyCodec;
    return shape.kind === "union" ? [...shape.variants.keys()].map((variant) => `${lane}.${variant}`) : [];
  });

/** The type of a frame; of one that is none, its lane. */
export function typeOf({ lane, bytes }: Frame): FrameType {
  const { shape } = LANES[lane] as AnyCodec;
  const variant = shape.kind === "union" ? [...shape.variants.keys()][bytes[0] ?? -1] : undefined;
  return variant === undefined ? lane : `${lane}.${variant}`;
}

/** One attack of a run: on the `nth` frame of a type, from 0. `seed` decides what it draws. */
export interface Planned {
  readonly kind: Kind;
  readonly on: FrameType;
  readonly nth: number;
  readonly seed: number;
}
