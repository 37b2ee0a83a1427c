/**
 * The `native` platform: each component instance is a process that holds one component's code, translated to C, and may do nothing but read
 * and write on its own lanes (process.c). The pipes between them are made by launch.c; this process has ends of the host's lanes alone. What
 * the vault keeps goes through a process of its own (trust-process.c), so that no key is ever in this one.
 */
import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { join, resolve } from "node:path";
import { FolderInUse, FolderLock } from "../folder-lock.ts";
import { encodeConfigurations, launchedCore } from "../launched-core.ts";
import type { Core, CoreListener, CoreOptions } from "../runner.ts";
import { COMPONENTS, type ComponentName, INSTANCES, LINKED } from "../topology.ts";
import { nativeImage } from "./image.ts";

export interface NativeCoreOptions extends CoreOptions {
  /** Processes of verify and of execute each. */
  readonly pools?: number;
}

/** Milliseconds for the processes of a core that was killed to end: they have its folder's lock until then. */
const LOCK_PATIENCE_MS = 2_000;
const LOCK_INTERVAL_MS = 20;

/** In the folder's place: a core without a vault (launch.c). */
const NO_VAULT = "-";

/** Descriptors of the launcher before those of the host's lanes: configurations, report, errors, lock. */
const LAUNCHER_DESCRIPTORS = 4;

/** Throws CoreStartError, FolderInUse, and what nativeImage throws. */
export async function startNativeCore(options: NativeCoreOptions, listener: CoreListener): Promise<Core> {
  const { configs, trustFolder, pools = 1 } = options;
  const image = options.image ?? (await nativeImage());
  const lock = trustFolder === undefined ? undefined : await takeLock(trustFolder);
  const instances = (names: readonly ComponentName[]) =>
    names
      .filter((name) => lock || name !== "vault")
      .flatMap((name) => Array.from({ length: INSTANCES[name] === "many" ? pools : 1 }, () => name));
  const processes = instances(LINKED);
  const folder = trustFolder === undefined ? NO_VAULT : resolve(trustFolder);
  const launcher = spawn(join(image.path, "launch"), [folder, String(pools), String(pools)], {
    cwd: image.path,
    env: {},
    detached: true, // Ctrl-C is for the host, which ends the core when it has ended what it was doing
    stdio: ["pipe", "pipe", "pipe", lock?.file ?? "ignore", ...processes.map(() => "pipe" as const)],
  });
  const ended = new Promise<void>((done) => launcher.once("close", done).once("error", done));
  const streams = launcher.stdio.slice(LAUNCHER_DESCRIPTORS) as Socket[];
  return launchedCore(
    {
      process: launcher,
      links: processes.map((component, i) => ({ components: [component], stream: streams[i]! })),
      configurations: { to: launcher.stdin!, bytes: encodeConfigurations(COMPONENTS.map((name) => configs[name])) },
      instances: instances(COMPONENTS).length,
      report: {
        platform: "native",
        trusts: ["this machine's kernel and root", ...(lock ? ["this disk (vault.sealed, counter)"] : [])],
        components: image.components,
      },
      end: () => ended.then(() => lock?.release()),
    },
    listener,
  );
}

async function takeLock(folder: string): Promise<FolderLock> {
  for (const until = Date.now() + LOCK_PATIENCE_MS; ; ) {
    try {
      return FolderLock.take(folder);
    } catch (error) {
      if (!(error instanceof FolderInUse) || Date.now() > until) throw error;
      await new Promise((go) => setTimeout(go, LOCK_INTERVAL_MS));
    }
  }
}
