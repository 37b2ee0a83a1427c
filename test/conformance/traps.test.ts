import { describe, expect, it } from "vitest";
import { CoreFault } from "../../host/core-client.ts";
import { NodeUnavailable } from "../../host/errors.ts";
import { digestOf } from "../../host/format/digest.ts";
import { type ImageOptions, readModules } from "../../platform/image/component-objects.ts";
import { nativeImage } from "../../platform/native/image.ts";
import { startNativeCore } from "../../platform/native/index.ts";
import { machineImage } from "../../platform/qemu/image.ts";
import { startMachine } from "../../platform/qemu/index.ts";
import { AARCH64, type Machine, RISCV64 } from "../../platform/qemu/machines.ts";
import type { StartCore } from "../../platform/runner.ts";
import { COMPONENTS, type ComponentName, ON_FAULT } from "../../platform/topology.ts";
import { Cluster } from "../support/cluster.ts";
import { type Platform, platformsHere } from "./platforms.ts";
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
const RETRY_MS = 20;

/** Starts a core of an image with other modules; undefined where this cannot be. */
const startImage: Partial<Record<Platform["name"], (options: ImageOptions) => Promise<StartCore>>> = {
  native: async (built) => {
    const image = await nativeImage(built);
    return (options, listener) => startNativeCore({ ...options, image }, listener);
  },
  "qemu-aarch64": (built) => machineOf(AARCH64, built),
  "qemu-riscv64": (built) => machineOf(RISCV64, built),
};

async function machineOf(machine: Machine, built: ImageOptions): Promise<StartCore> {
  const image = await machineImage(machine, built);
  return (options, listener) => startMachine(machine, { ...options, image }, listener);
}

/** Starts a core in which one component traps. */
async function startTrapping(platform: Platform["name"], component: ComponentName): Promise<StartCore> {
  const modules = await readModules();
  const bad = trapping(modules[component], FRAMES_BETWEEN[component]);
  return startImage[platform]!({
    modules: { ...modules, [component]: bad },
    // What is compiled for this test alone is not made fast.
    flags: (name) => (name === component ? ["-O0"] : []),
  });
}

/** Again for as long as it is the core that fails it; how often it was given. */
async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof NodeUnavailable || error instanceof CoreFault)) throw error;
      await new Promise((go) => setTimeout(go, RETRY_MS));
    }
  }
}

/** Those of emulated machines take a minute each: `npm run test:machines`. */
const ALL = process.env.CAISSON_MACHINES !== undefined;
const platforms = platformsHere().filter(({ name }) => startImage[name] && (ALL || !name.startsWith("qemu-")));
if (!ALL) console.log("traps on emulated machines are skipped: npm run test:machines");

describe.each(platforms)("$name", ({ name, start }) => {
  it.each(COMPONENTS)("goes on after traps of %s", async (component) => {
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
