/**
 * Attacks one component with frames: hostile ones made of real ones, in every situation that a real run went through. Each frame is
 * judged at once. Each burst of frames is judged as a whole by sending what was not rejected to a second instance, of the other build: the
 * same answers and the same state show that rejected frames leave no trace, and that both builds are one function.
 */
import { LANE_NUMBERS, LANES, type LaneName } from "../../../core/wire/frames.ts";
import type { Sent } from "../../../platform/component.ts";
import { TOPOLOGY } from "../../../platform/topology.ts";
import { damage, generate, mutate, type Source } from "../grammar/mutate.ts";
import { type AnyCodec, isLeaf, type Node, parse, unparse } from "../grammar/node.ts";
import { Pool } from "../grammar/pool.ts";
import { Random } from "../random.ts";
import type { Frame } from "../record.ts";
import { Report } from "./report.ts";
import type { Subject } from "./subject.ts";
import { decoded, laneNames, lanesTo, type Situation, type Target, understood, type Verdict } from "./target.ts";

/** Frames from one restored situation. */
const BURST = 96;
/** Of all frames: sent as they were recorded; on a lane that does not lead here; damaged bytes; made from the schema alone. */
const UNCHANGED = 0.04;
const WRONG_LANE = 0.005;
const DAMAGED = 0.12;
const MADE = 0.08;
/** Of the changed ones: made of what an honest neighbour would send next. */
const TIMELY = 0.5;
/** Chance of a second, third... change. */
const AGAIN = 0.25;
/** Made of a frame of the host's own lane, which is the one that it can really attack by; the others are drawn from all lanes. */
const HOST = 0.5;
/** Bytes from which a frame is a long one, and how often such a one is taken when it is drawn. */
const LONG = 8_192;
const LONG_SHARE = 0.02;
/** Of all frames: compared at once with the state before. */
const COMPARED = 1 / 16;
/** Bytes of a frame that a message shows; the seed has the rest. */
const SHOWN = 200;

/** A property was broken. The message tells how to see it again. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** A frame on its way to the component. */
interface Shot {
  readonly lane: number;
  readonly bytes: Uint8Array;
  /** It was made of the situation's next frame, which is then done when it is accepted. */
  readonly timely: boolean;
  /** Not sent before in this form by anybody. */
  readonly hostile: boolean;
}

interface Fired {
  readonly shot: Shot;
  readonly sent: readonly Sent[];
  readonly verdict: Verdict;
}

export class Attack {
  readonly report: Report;
  readonly #target: Target;
  /** One instance of each build. */
  readonly #subjects: readonly [Subject, Subject];
  readonly #situations: readonly Situation[];
  readonly #seed: number;
  readonly #random: Random;
  readonly #source: Source;
  readonly #lanes: readonly LaneName[];
  readonly #hostLane: LaneName | undefined;
  /** Frames by lane and variant, so that rare ones come as often as common ones. */
  readonly #corpus = new Map<LaneName, Map<number, readonly Frame[]>>();
  readonly #trees = new WeakMap<Frame, Node>();
  #before: Uint8Array = new Uint8Array();
  #bursts = 0;
  #shots = 0;

  /** `subjects`: a fresh instance of each build; those whose module counts what it does (fuel.ts) are metered. */
  constructor(target: Target, subjects: readonly [Subject, Subject], seed: number) {
    this.#target = target;
    this.#subjects = subjects;
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#source = { random: this.#random, pool: new Pool(this.#random.fork()) };
    this.#situations = target.situations(subjects[0]);
    this.#lanes = lanesTo(target.name);
    this.#hostLane = this.#lanes.find((lane) => TOPOLOGY[lane].from === "host");
    this.report = new Report(target);
    for (const { next } of this.#situations) for (const frame of next) this.#learn(frame);
  }

  #learn(frame: Frame): void {
    const tree = parse(LANES[frame.lane] as AnyCodec, frame.bytes);
    if (!tree || this.#trees.has(frame)) return;
    this.#trees.set(frame, tree);
    this.#source.pool.add(tree);
    const variants = this.#corpus.get(frame.lane) ?? new Map<number, Frame[]>();
    const tag = isLeaf(tree) ? 0 : (tree.tag ?? 0);
    this.#corpus.set(frame.lane, variants.set(tag, [...(variants.get(tag) ?? []), frame]));
  }

  /** Sends every situation's own frames to both builds, and then `count` hostile ones. Throws Broken. */
  run(count: number): void {
    for (const situation of [...this.#situations, ...this.#situations]) {
      this.#burst(situation, situation.next.map(unchanged));
    }
    while (this.report.hostile < count) this.#burst(this.#situation(), undefined);
  }

  #situation(): Situation {
    for (;;) {
      const situation = this.#random.pick(this.#situations);
      if (this.#random.chance(situation.weight ?? 1)) return situation;
    }
  }

  /** Some recorded frame. Long ones are rare, for it takes long to make something of them. */
  #recorded(): Frame {
    const random = this.#random;
    for (;;) {
      const lane = this.#hostLane && random.chance(HOST) ? this.#hostLane : random.pick([...this.#corpus.keys()]);
      const frame = random.pick(random.pick([...this.#corpus.get(lane)!.values()]));
      if (frame.bytes.length < LONG || random.chance(LONG_SHARE)) return frame;
    }
  }

  #burst(situation: Situation, script: readonly Shot[] | undefined): void {
    const swapped = script ? this.#bursts >= this.#situations.length : this.#bursts % 2 === 1;
    const [one, other] = swapped ? this.#subjects.toReversed() : this.#subjects;
    this.#bursts++;
    const fired: Fired[] = [];
    let at = 0;
    one!.restore(situation.state);
    for (let i = 0; i < (script?.length ?? BURST); i++) {
      const shot = script?.[i] ?? this.#shot(situation.next[at]);
      const { verdict, sent } = this.#fire(one!, shot, situation);
      fired.push({ shot, sent, verdict });
      if (shot.timely && verdict.kind === "accepted") at++;
      if (verdict.fatal && !script) break;
    }
    this.#replay(situation, fired, one!, other!);
  }

  #shot(next: Frame | undefined): Shot {
    const random = this.#random;
    const timely = next !== undefined && random.chance(TIMELY);
    const frame = timely ? next : this.#recorded();
    if (random.chance(UNCHANGED)) return { ...unchanged(frame), timely };
    const lane = random.chance(WRONG_LANE) ? random.below(laneNames.length + 4) : LANE_NUMBERS[frame.lane];
    return { lane, bytes: this.#changed(frame), timely, hostile: true };
  }

  #changed(frame: Frame): Uint8Array {
    const random = this.#random;
    const fits = (bytes: Uint8Array) => bytes.length <= this.#subjects[0].capacity;
    const damaged = () => damage(frame.bytes.subarray(0, this.#subjects[0].capacity - LONGER), random);
    if (random.chance(DAMAGED)) return damaged();
    if (random.chance(MADE)) {
      const made = unparse(generate(LANES[frame.lane] as AnyCodec, "", this.#source));
      return fits(made) ? made : damaged();
    }
    let tree = this.#trees.get(frame);
    if (!tree) return damaged();
    do tree = mutate(tree, this.#source);
    while (random.chance(AGAIN));
    const bytes = unparse(tree);
    if (!fits(bytes)) return damaged();
    return this.#target.repair?.(frame.lane, bytes, random) ?? bytes;
  }

  #fire(subject: Subject, shot: Shot, situation: Situation): { verdict: Verdict; sent: Sent[] } {
    this.#shots++;
    const lane = laneNames[shot.lane];
    const ours = lane !== undefined && this.#lanes.includes(lane);
    const before = !ours || lane !== this.#hostLane ? this.#target.before?.(subject) : undefined;
    const compared = this.#random.chance(COMPARED);
    if (compared) this.#before = subject.state.slice();
    const sent = this.#guard(shot, situation, () => subject.send(shot.lane, shot.bytes));
    const { spent } = subject;
    const frame = ours ? understood(lane, shot.bytes) : undefined;
    const verdict = this.#guard(shot, situation, () => {
      const outputs = decoded(this.#target.name, sent);
      return this.#target.judge(lane ?? ("" as LaneName), frame, outputs, subject, before);
    });
    if (compared && isRejection(verdict)) this.#same(subject, shot, situation);
    if (ours) this.#meter(lane, shot, situation, spent);
    this.report.count(lane, verdict, shot.hostile, frame !== undefined);
    return { verdict, sent };
  }

  /** Runs something about a shot; what it throws is told with the shot. */
  #guard<T>(shot: Shot, situation: Situation, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw this.#broken(shot, situation, String(error), error);
    }
  }

  #meter(lane: LaneName, shot: Shot, situation: Situation, spent: number): void {
    const bound = this.#target.bounds[lane];
    if (!bound) throw this.#broken(shot, situation, "no bound is stated for this lane");
    const most = bound.base + bound.perByte * shot.bytes.length;
    this.report.meter(lane, spent, shot.bytes.length, most);
    if (spent > most) throw this.#broken(shot, situation, `${spent} instructions, ${most} allowed`);
  }

  #same(subject: Subject, shot: Shot, situation: Situation): void {
    const { state } = subject;
    for (const [from, to] of this.#target.counters ?? []) this.#before.set(state.subarray(from, to), from);
    if (Buffer.compare(this.#before, state) !== 0) {
      const at = state.findIndex((byte, i) => byte !== this.#before[i]);
      throw this.#broken(shot, situation, `rejected, and byte ${at} of the state changed`);
    }
  }

  /** What was not rejected, alone, on the other build: the same answers, the same state. */
  #replay(situation: Situation, fired: readonly Fired[], one: Subject, other: Subject): void {
    other.restore(situation.state);
    for (const { shot, sent, verdict } of fired) {
      if (isRejection(verdict) && !verdict.counted) continue;
      const again = this.#guard(shot, situation, () => other.send(shot.lane, shot.bytes));
      const same =
        again.length === sent.length &&
        again.every(({ lane, bytes }, i) => lane === sent[i]!.lane && Buffer.compare(bytes, sent[i]!.bytes) === 0);
      if (!same) throw this.#broken(shot, situation, "the other build, without the rejected frames, answers otherwise");
    }
    if (Buffer.compare(other.state, one.state) !== 0) throw this.#blame(situation, fired, one);
  }

  /** Finds the rejected frame that changed the state, by going through the burst once more, frame by frame. */
  #blame(situation: Situation, fired: readonly Fired[], subject: Subject): Broken {
    subject.restore(situation.state);
    for (const { shot, verdict } of fired) {
      this.#before = subject.state.slice();
      subject.send(shot.lane, shot.bytes);
      if (!isRejection(verdict)) continue;
      try {
        this.#same(subject, shot, situation);
      } catch (error) {
        return error as Broken;
      }
    }
    return this.#broken(fired.at(-1)!.shot, situation, "the other build, without the rejected frames, ends elsewhere");
  }

  #broken(shot: Shot, situation: Situation, what: string, cause?: unknown): Broken {
    const { name } = this.#target;
    const lane = laneNames[shot.lane] ?? shot.lane;
    const bytes = Buffer.from(shot.bytes.subarray(0, SHOWN)).toString("hex");
    return new Broken(
      `${name}, situation "${situation.name}", shot ${this.#shots}, ${lane}: ${what}\n` +
        `again with CAISSON_SEED=${this.#seed}\nframe of ${shot.bytes.length} bytes: ${bytes}`,
      { cause },
    );
  }
}

/** Bytes that `damage` may add. */
const LONGER = 64;

const unchanged = ({ lane, bytes }: Frame): Shot => ({ lane: LANE_NUMBERS[lane], bytes, timely: true, hostile: false });

const isRejection = ({ kind }: Verdict): boolean => kind === "rejected" || kind === "malformed";
