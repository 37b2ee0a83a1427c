import { describe, expect, it } from "vitest";
import { digestOf } from "../../host/format/digest.ts";
import { readModules } from "../../platform/image/component-objects.ts";
import { BUILD_IMAGE, type BuiltPlatform, START_CORE } from "../../platform/platforms.ts";
import type { StartCore } from "../../platform/runner.ts";
import { COMPONENTS, type ComponentName, ON_FAULT } from "../../platform/topology.ts";
import { Cluster } from "../support/cluster.ts";
import { buildImages } from "./images.ts";
import { insist } from "./insist.ts";
import { platformsInTime } from "./platforms.ts";
import { trapping } from "./trapping.ts";

/** Frames that a component serves between two traps: enough to take up what the trap before interrupted. */
const FRAMES_BETWEEN: Readonly<Record<ComponentName, number>> = {
  verify: 5,
  order: 25,
  execute: 9,
  ledger: 25,
  vault: 12,
};
const PAYMENTS = 12;
/** A machine boots again after every few frames. */
const TIMEOUT_MS = 180_000;

/** Starts a core in which one component traps. */
async function startTrapping(platform: BuiltPlatform, component: ComponentName): Promise<StartCore> {
  const modules = await readModules();
  const bad = trapping(modules[component], FRAMES_BETWEEN[component]);
  const image = await BUILD_IMAGE[platform]({
    modules: { ...modules, [component]: bad },
    // What is compiled for this test alone is not made fast.
    flags: (name) => (name === component ? ["-O0"] : []),
  });
  return (options, listener) => START_CORE[platform]({ ...options, image }, listener);
}

const platforms = platformsInTime("traps").flatMap(({ name, start }) => (name === "node" ? [] : [{ name, start }]));

buildImages(platforms);

describe.each(platforms)("$name", ({ name, start }) => {
  it.each(COMPONENTS)("goes on after traps of %s", { timeout: TIMEOUT_MS }, async (component) => {
    const faults: { readonly component: string; readonly message: string; readonly recovered: boolean }[] = [];
    const startBad = await startTrapping(name, component);
    let core: StartCore = (options, listener) =>
      startBad(options, {
        frames: (lane, frames) => listener.frames(lane, frames),
        trouble: (message) => listener.trouble(message),
        fault: (fault) => {
          faults.push(fault);
          listener.fault(fault);
        },
      });
    const cluster = await Cluster.start(1, PAYMENTS, {
      core:
        () =>
        (...given) =>
          core(...given),
    });
    try {
      const acknowledged: Uint8Array[] = [];
      for (let n = 0; n < PAYMENTS; n++) {
        const [transaction, signatures] = await cluster.payment(0, n);
        const ending = await insist(() => cluster.member(0).node.submit(transaction, signatures));
        expect(ending.kind).toBe("executed");
        acknowledged.push(digestOf("TransactionData", transaction));
      }
      expect(faults.length).toBeGreaterThan(1);
      for (const fault of faults) {
        expect(fault).toEqual({
          component,
          message: "memory access out of bounds",
          recovered: ON_FAULT[component] === "restart-instance",
        });
      }
      await cluster.halt(0);
      core = start;
      await cluster.boot(0);
      for (const digest of acknowledged) expect(cluster.member(0).node.ending(digest)?.kind).toBe("executed");
    } finally {
      await cluster.stop();
    }
  });
});
