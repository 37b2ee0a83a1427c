/**
 * The `native` platform: each component instance is a process that holds one component's code, translated to C, and may do nothing but read
 * and write on its own lanes (process.c). The pipes between them are made by launch.c; this process has ends of the host's lanes alone. What
 * the vault keeps goes through a process of its own (trust-process.c), so that no key is ever in this one.
 */
import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { FolderInUse, FolderLock } from "../folder-lock.ts";
import { LinkedCore } from "../linked-core.ts";
import type { ComponentConfigs, Core, CoreListener, CoreOptions } from "../runner.ts";
import { COMPONENTS, type ComponentName, INSTANCES, TOPOLOGY } from "../topology.ts";
import { type NativeImage, nativeImage } from "./image.ts";

export interface NativeCoreOptions extends CoreOptions {
  /** Processes of verify and of execute each. */
  readonly pools?: number;
  /** The programs; built of this tree by default. */
  readonly image?: NativeImage;
}

/** The processes could not be started; the message says why. */
export class NativeCoreError extends Error {
  override readonly name = "NativeCoreError";
  readonly code = "nativeCore";
}

/** Milliseconds for the processes of a core that was killed to end: they have its folder's lock until then. */
const LOCK_PATIENCE_MS = 2_000;
const LOCK_INTERVAL_MS = 20;

/** Components with a lane of the host's: each process of theirs gets a socket, in this order (launch.c). */
const LINKED = COMPONENTS.filter((name) =>
  Object.values(TOPOLOGY).some(({ from, to }) => from === "host" && to === name),
);

/** In the folder's place: a core without a vault (launch.c). */
const NO_VAULT = "-";

/** Descriptors of the launcher before those of the host's lanes: configurations, report, errors, lock. */
const LAUNCHER_DESCRIPTORS = 4;

/** Throws NativeCoreError, FolderInUse, and what nativeImage throws. */
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
  const launcher = spawn(join(image.folder, "launch"), [folder, String(pools), String(pools)], {
    cwd: image.folder,
    env: {},
    detached: true, // Ctrl-C is for the host, which ends the core when it has ended what it was doing
    stdio: ["pipe", "pipe", "pipe", lock?.file ?? "ignore", ...processes.map(() => "pipe" as const)],
  });
  const ended = new Promise<void>((done) => launcher.once("close", done).once("error", done));
  const streams = launcher.stdio.slice(LAUNCHER_DESCRIPTORS) as Socket[];
  const core = new LinkedCore(
    processes.map((component, i) => ({ components: [component], stream: streams[i]! })),
    listener,
    {
      report: {
        platform: "native",
        trusts: ["this machine's kernel and root", ...(lock ? ["this disk (vault.sealed, counter)"] : [])],
        components: image.components,
      },
      end: () => ended.then(() => lock?.release()),
    },
  );
  launcher.stdin!.on("error", () => {}).end(configurations(configs));
  const starting = new Starting(image, instances(COMPONENTS).length);
  const words: Readonly<Record<string, (rest: string) => void>> = {
    hash: (rest) => starting.hash(rest),
    trouble: (rest) => listener.trouble(rest),
    fault: (rest) => {
      const [name, ...why] = rest.split(" ");
      const component = COMPONENTS.find((one) => one === name);
      starting.failed(rest);
      core.die({ component: component ?? "vault", message: component ? why.join(" ") : rest });
    },
  };
  createInterface(launcher.stdout!).on("line", (line) => {
    const [word = ""] = line.split(" ", 1);
    words[word]?.(line.slice(word.length + 1));
  });
  launcher.stderr!.setEncoding("utf8").on("data", (said: string) => starting.failed(said.trim()));
  void ended.then(() => {
    starting.failed("its processes ended");
    core.die({ component: "ledger", message: "the core's processes ended" });
  });
  try {
    await starting.promise;
  } catch (error) {
    await core.stop();
    throw error;
  }
  return core;
}

/** Until every process has said of which module it is made. */
class Starting {
  readonly promise: Promise<void>;
  readonly #image: NativeImage;
  #left: number;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  constructor(image: NativeImage, processes: number) {
    this.#image = image;
    this.#left = processes;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** "COMPONENT INSTANCE SHA256" */
  hash(line: string): void {
    const [name, , sha256] = line.split(" ");
    if (sha256 !== this.#image.components[name as ComponentName]) this.failed(`${name} is made of module ${sha256}`);
    else if (--this.#left === 0) this.#resolve();
  }

  failed(why: string): void {
    this.#reject(new NativeCoreError(`the native core does not start: ${why}`));
  }
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

/** {length u32, bytes} of each component's. */
function configurations(configs: ComponentConfigs): Buffer {
  return Buffer.concat(
    COMPONENTS.flatMap((name) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(configs[name].length);
      return [length, configs[name]];
    }),
  );
}
