/**
 * Runs of a whole core under a host that attacks: the script of an honest host, with frames changed on their way as a plan says. A run
 * that breaks a claim is made smaller by halving its plan, and told with the plan that is left.
 */
import { inspect } from "node:util";
import { LANES } from "../../../core/wire/frames.ts";
import { loadModules } from "../../../platform/modules.ts";
import type { ComponentConfigs } from "../../../platform/runner.ts";
import { FileTrust } from "../../../platform/trust/file-trust.ts";
import type { Trust } from "../../../platform/trust/trust.ts";
import { CrashDisk, NO_FAULT } from "../../../proofs/model/vault-disk.ts";
import { type Chain, makeChain } from "../chain.ts";
import { type AnyCodec, parse } from "../grammar/node.ts";
import { Pool } from "../grammar/pool.ts";
import { Random } from "../random.ts";
import type { Frame } from "../record.ts";
import { ATTACKS, type FrameType, type Means, type Planned, typeOf } from "./attacks.ts";
import { DrivenCore, type Modules } from "./core.ts";
import { type Delusion, GaveUp, HonestHost, type Line } from "./honest-host.ts";
import { Observer } from "./observer.ts";
import { type Act, script } from "./script.ts";
import { Truth } from "./truth.ts";
import { type Payload, Violation } from "./words.ts";

/** Boots after the last attack in which an honest host must come to the end of its script. */
const SPARE_BOOTS = 6;

/** Frames of an honest run that the host sent, boot by boot. */
type Sent = readonly (readonly Frame[])[];

/** How a run went. */
export interface Outcome {
  readonly sent: Sent;
  readonly boots: number;
  /** Attacks that met the frame they were planned for, by "kind on type". */
  readonly met: ReadonlySet<string>;
  readonly observer: Observer;
  readonly violation: Violation | undefined;
}

export interface RunOptions {
  readonly plan?: readonly Planned[];
  /** Believed by the host in the boot of this number, once it has started. */
  readonly delusion?: { readonly boot: number; readonly believe: Delusion };
  /** Keeps the vault's state; a sound one by default. `disk`: what the last boot left. */
  readonly trust?: (boot: number, disk: CrashDisk) => Trust;
}

export class Campaign {
  readonly chain: Chain;
  readonly truth: Truth;
  readonly #modules: Modules;
  readonly #acts: readonly Act[];
  readonly #configs: ComponentConfigs;
  #library: Library = { boots: [], otherChain: [], pool: new Pool(new Random(0)) };

  private constructor(chain: Chain, truth: Truth, modules: Modules, acts: readonly Act[]) {
    this.chain = chain;
    this.truth = truth;
    this.#modules = modules;
    this.#acts = acts;
    this.#configs = HonestHost.configs(chain);
  }

  /** A chain with honest runs of it and of another chain to take frames from. */
  static async prepare(): Promise<Campaign> {
    const modules = await loadModules();
    const payloads = new Map<string, Payload>();
    const campaigns: Campaign[] = [];
    for (const number of [1, 2]) {
      const chain = await makeChain(number);
      const truth = new Truth(chain, modules.execute.module, payloads);
      const acts = await script(chain, truth.genesisObjects);
      for (const act of acts) {
        const signed = act.kind === "block" ? act.transactions : act.kind === "reboot" ? act.proposed : [];
        for (const payload of signed) payloads.set(Buffer.from(payload.digest).toString("hex"), payload);
      }
      campaigns.push(new Campaign(chain, truth, modules, acts));
    }
    const [own, other] = campaigns as [Campaign, Campaign];
    const honest = await own.run();
    const { pool } = own.#library;
    own.#library = { boots: honest.sent, otherChain: (await other.run()).sent.flat(), pool };
    for (const frame of [...own.#library.boots.flat(), ...own.#library.otherChain]) {
      const tree = parse(LANES[frame.lane] as AnyCodec, frame.bytes);
      if (tree) pool.add(tree);
    }
    return own;
  }

  /**
   * An honest host of this chain before a core whose vault keeps its state on `disk`, and makes its key of `entropy`; nobody attacks its
   * frames.
   */
  host(disk: CrashDisk, observer: Observer, entropy = this.chain.seed): HonestHost {
    const trust = () => new FileTrust(disk, { entropy: () => entropy });
    return new HonestHost(this.chain, this.truth.payloads, () =>
      openLine(this.#modules, this.#configs, trust(), observer),
    );
  }

  /** Blocks of the script's transactions, to be made in any order. */
  get blocks(): readonly Act[] {
    return this.#acts.filter(({ kind }) => kind === "block");
  }

  /** How often an honest run sends each type of frame. */
  get occurrences(): ReadonlyMap<FrameType, number> {
    const counts = new Map<FrameType, number>();
    for (const frame of this.#library.boots.flat()) counts.set(typeOf(frame), (counts.get(typeOf(frame)) ?? 0) + 1);
    return counts;
  }

  /** One run from genesis to the script's end. Never throws a Violation: it is in the outcome. */
  async run({ plan = [], delusion, trust }: RunOptions = {}): Promise<Outcome> {
    const observer = new Observer(this.chain, this.truth);
    const keep = trust ?? ((_, disk) => new FileTrust(disk, { entropy: () => this.chain.seed }));
    const run = new Run(plan, this.#library, (boot, disk) =>
      openLine(this.#modules, this.#configs, keep(boot, disk), observer),
    );
    const host = new HonestHost(this.chain, this.truth.payloads, () => run.open());
    const most = plan.length + SPARE_BOOTS;
    let done = 0;
    let started = false;
    let violation: Violation | undefined;
    try {
      while (done < this.#acts.length) {
        if (run.boots > most) throw new Violation(`no end after ${run.boots} boots, the last for: ${run.reason}`);
        host.delusion = undefined;
        try {
          if (!started) await host.boot();
          started = true;
          host.delusion = run.boots - 1 === delusion?.boot ? delusion.believe : undefined;
          await host.act(this.#acts[done]!);
          done++;
        } catch (error) {
          if (!(error instanceof GaveUp)) throw error;
          run.reason = error.message;
          started = false;
          await host.close();
        }
      }
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      violation = error;
    }
    await host.close();
    return { sent: run.sent, boots: run.boots, met: run.met, observer, violation };
  }

  /** Runs a plan; throws Violation, with the smallest part of the plan that still leads to one, when a claim is broken. */
  async hold(plan: readonly Planned[]): Promise<Outcome> {
    const outcome = await this.run({ plan });
    if (!outcome.violation) return outcome;
    const { least, violation } = await this.#shrink(plan, outcome.violation);
    throw new Violation(`${violation.message}\nby the plan ${inspect(least, { depth: 3, breakLength: 120 })}`, {
      cause: violation,
    });
  }

  /** Halves the plan as long as a half of it breaks a claim too; then leaves out single attacks. */
  async #shrink(
    plan: readonly Planned[],
    violation: Violation,
  ): Promise<{ least: readonly Planned[]; violation: Violation }> {
    const middle = Math.ceil(plan.length / 2);
    const halves = plan.length > 2 ? [plan.slice(0, middle), plan.slice(middle)] : [];
    const without = plan.length > 1 ? plan.map((_, i) => plan.toSpliced(i, 1)) : [];
    for (const part of [...halves, ...without]) {
      const outcome = await this.run({ plan: part });
      if (outcome.violation) return this.#shrink(part, outcome.violation);
    }
    return { least: plan, violation };
  }
}

async function openLine(modules: Modules, configs: ComponentConfigs, trust: Trust, observer: Observer): Promise<Line> {
  let violation: unknown;
  const core = await DrivenCore.start(modules, configs, trust, (lane, bytes) => {
    try {
      observer.see(lane, bytes);
    } catch (error) {
      violation ??= error;
    }
  });
  return {
    send: async (frame) => {
      if (frame) await core.give(frame);
      for (const { component, message } of core.faults) violation ??= new Violation(`${component} trapped: ${message}`);
      if (violation) throw violation;
      return core.take();
    },
    close: () => core.stop(),
  };
}

/** What honest runs left to attack with. */
type Library = Pick<Means, "boots" | "otherChain" | "pool">;

/** One run's core, boot after boot, and the attacker before it. */
class Run {
  readonly met = new Set<string>();
  readonly #sent: Frame[][] = [];
  readonly #plan: readonly Planned[];
  readonly #library: Library;
  readonly #openCore: (boot: number, disk: CrashDisk) => Promise<Line>;
  readonly #counts = new Map<FrameType, number>();
  #disk = new CrashDisk(NO_FAULT);
  #held: readonly Frame[] = [];
  /** Why the host gave up last. */
  reason = "nothing";

  constructor(plan: readonly Planned[], library: Library, openCore: (boot: number, disk: CrashDisk) => Promise<Line>) {
    this.#plan = plan;
    this.#library = library;
    this.#openCore = openCore;
  }

  get boots(): number {
    return this.#sent.length;
  }

  /** What the host wanted to send, boot by boot. */
  get sent(): Sent {
    return this.#sent;
  }

  async open(): Promise<Line> {
    const boot = this.#sent.push([]) - 1;
    this.#held = [];
    this.#disk = this.#disk.next(NO_FAULT);
    const line = await this.#openCore(boot, this.#disk);
    const send = async (frame?: Frame): Promise<readonly Frame[]> => {
      if (!frame) return line.send();
      const heard: Frame[] = [];
      for (const given of this.#attacked(frame, boot)) heard.push(...(await line.send(given)));
      return heard;
    };
    return { send, close: () => line.close() };
  }

  /** What the core is given in this frame's place. */
  #attacked(frame: Frame, boot: number): readonly Frame[] {
    const type = typeOf(frame);
    const nth = this.#counts.get(type) ?? 0;
    this.#counts.set(type, nth + 1);
    const held = this.#held;
    this.#held = [];
    let now: readonly Frame[] = [frame];
    for (const planned of this.#plan.filter((one) => one.on === type && one.nth === nth)) {
      this.met.add(`${planned.kind} on ${type}`);
      const means: Means = {
        random: new Random(planned.seed),
        before: this.#sent.flat(),
        boot,
        ...this.#library,
      };
      const given = now.map((one) => ATTACKS[planned.kind](one, means) as ReturnType<(typeof ATTACKS)["reorder"]>);
      now = given.flatMap((one) => one.now);
      this.#held = [...this.#held, ...given.flatMap((one) => one.later ?? [])];
    }
    this.#sent[boot]!.push(frame);
    return [...now, ...held];
  }
}
