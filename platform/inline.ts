/**
 * Components in the caller's own thread: for the tool that works out a genesis, and for tests and simulations that must see and
 * order every frame. Isolates nothing.
 */
import type { LaneName } from "../core/wire/frames.ts";
import { hostCredits } from "./credit.ts";
import { type BuiltModule, moduleHashes } from "./modules.ts";
import type { ComponentConfigs, Core, CoreListener, LaneFromCore } from "./runner.ts";
import { COMPONENTS, type ComponentName, TOPOLOGY } from "./topology.ts";
import type { Trust } from "./trust/trust.ts";
import { Wiring } from "./wiring.ts";

export interface InlineCoreOptions {
  readonly modules: Record<ComponentName, BuiltModule>;
  readonly configs: ComponentConfigs;
  /** Which components run; all by default. */
  readonly components?: readonly ComponentName[];
  readonly trust?: Trust;
  /** Sees frames whose receiver does not run here. */
  readonly stray?: (lane: LaneName, frame: Uint8Array) => void;
  /** Sees every frame, private ones too, in the order in which it reaches its end: a component, trust or the host. */
  readonly observe?: (lane: LaneName, frame: Uint8Array) => void;
}

export function startInlineCore(options: InlineCoreOptions, listener: CoreListener): Core {
  const names = options.components ?? COMPONENTS;
  const wiring = new Wiring({
    components: Object.fromEntries(
      names.map((name) => [name, { module: options.modules[name].module, config: options.configs[name] }]),
    ),
    trust: options.trust,
    observe: options.observe,
    carry: (lane, frame) => {
      options.observe?.(lane, frame);
      if (TOPOLOGY[lane].to === "host") listener.frames(lane as LaneFromCore, [frame]);
      else options.stray?.(lane, frame);
    },
    fault: (fault) => listener.fault(fault),
  });
  const credits = hostCredits();
  return {
    report: { platform: "inline", trusts: ["this thread"], components: moduleHashes(options.modules) },
    send: (lane, frames) => {
      const credit = credits[lane];
      return credit.send(frames, (batch, load) => wiring.receive(lane, batch, () => credit.give(load)));
    },
    stop: () => {
      for (const credit of Object.values(credits)) credit.close();
      return wiring.stop();
    },
  };
}
