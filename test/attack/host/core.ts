/** A whole core on the inline platform, driven frame by frame: each is served, with all that follows from it, before the next is given. */
import type { LaneName } from "../../../core/wire/frames.ts";
import { startInlineCore } from "../../../platform/inline.ts";
import type { BuiltModule } from "../../../platform/modules.ts";
import type { ComponentConfigs, Core, Fault, LaneToCore } from "../../../platform/runner.ts";
import type { ComponentName } from "../../../platform/topology.ts";
import type { Trust } from "../../../platform/trust/trust.ts";
import type { Frame } from "../record.ts";

export type Modules = Record<ComponentName, BuiltModule>;

/** Sees every frame of every lane. */
export type Observe = (lane: LaneName, bytes: Uint8Array) => void;

/** Turns of the event loop without a frame after which the core is at rest. */
const QUIET_TURNS = 2;

export class DrivenCore {
  readonly faults: Fault[] = [];
  readonly #core: Core;
  #heard: Frame[] = [];
  #frames = 0;
  #askingTrust = 0;

  private constructor(modules: Modules, configs: ComponentConfigs, trust: Trust, observe: Observe) {
    const counted: Trust = {
      trusts: trust.trusts,
      serve: async (frame) => {
        this.#askingTrust++;
        const answer = await trust.serve(frame);
        this.#askingTrust--;
        return answer;
      },
    };
    const seen: Observe = (lane, bytes) => {
      this.#frames++;
      observe(lane, bytes);
    };
    this.#core = startInlineCore(
      { modules, configs, trust: counted, observe: seen },
      {
        frames: (lane, frames) => this.#heard.push(...frames.map((bytes) => ({ lane, bytes }))),
        fault: (fault) => this.faults.push(fault),
        trouble: () => undefined,
      },
    );
  }

  /** Starts a core and lets its vault boot. */
  static async start(modules: Modules, configs: ComponentConfigs, trust: Trust, observe: Observe): Promise<DrivenCore> {
    const core = new DrivenCore(modules, configs, trust, observe);
    await core.#settle();
    return core;
  }

  /** Gives it a frame; returns when it is at rest. */
  async give({ lane, bytes }: Frame): Promise<void> {
    await this.#core.send(lane as LaneToCore, [bytes]);
    await this.#settle();
  }

  /** What the host was told since it was last asked. */
  take(): readonly Frame[] {
    const heard = this.#heard;
    this.#heard = [];
    return heard;
  }

  async stop(): Promise<void> {
    await this.#core.stop();
  }

  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      const before = this.#frames;
      await new Promise((resolve) => setImmediate(resolve));
      quiet = this.#frames === before && this.#askingTrust === 0 ? quiet + 1 : 0;
    }
  }
}
