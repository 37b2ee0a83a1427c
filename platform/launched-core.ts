/**
 * Starts a core that is a program of its own: gives it the components' configurations, and hears what it says in lines, which are
 *
 *   hash COMPONENT INSTANCE SHA256   an instance was started, and its code is made of this module
 *   trouble SENTENCE                 for operators
 *   fault COMPONENT WHY              the core cannot go on
 */
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { type Link, LinkedCore } from "./linked-core.ts";
import type { Core, CoreListener, PlatformReport } from "./runner.ts";
import { COMPONENTS, type ComponentName } from "./topology.ts";

/** The program could not be started; the message says why. */
export class CoreStartError extends Error {
  override readonly name = "CoreStartError";
  readonly code = "coreStart";
}

export interface Launched {
  /** Says its lines on stdout; whatever it says on stderr before it has started is why it does not. */
  readonly process: ChildProcess;
  readonly links: readonly Link[];
  /** What it is told first. */
  readonly configurations: { readonly to: Writable; readonly bytes: Uint8Array };
  /** Component instances that it has. */
  readonly instances: number;
  /** What it must say that its code is made of, among other things. */
  readonly report: PlatformReport;
  /** Called when the core is to end; resolves when nothing of it is left. */
  readonly end: () => Promise<void>;
  readonly attest?: Core["attest"];
}

/** Resolves when each instance has said of which module it is made. Throws CoreStartError. */
export async function launchedCore(launched: Launched, listener: CoreListener): Promise<Core> {
  const { process, links, configurations, instances, report, end, attest } = launched;
  const core = new LinkedCore(links, listener, { report, end, attest });
  const starting = new Starting(report, instances);
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
  createInterface(process.stdout!).on("line", (line) => {
    const [word = ""] = line.split(" ", 1);
    words[word]?.(line.slice(word.length + 1));
  });
  process.stderr!.setEncoding("utf8").on("data", (said: string) => starting.failed(said.trim()));
  const over = () => {
    starting.failed("its processes ended");
    core.die({ component: "ledger", message: "the core's processes ended" });
  };
  process.once("close", over).once("error", over);
  configurations.to.on("error", () => {}); // that it ends is told above
  configurations.to.write(configurations.bytes);
  try {
    await starting.promise;
  } catch (error) {
    await core.stop();
    throw error;
  }
  return core;
}

/** Until every instance has said of which module it is made. */
class Starting {
  readonly promise: Promise<void>;
  readonly #report: PlatformReport;
  #left: number;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  constructor(report: PlatformReport, instances: number) {
    this.#report = report;
    this.#left = instances;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** "COMPONENT INSTANCE SHA256" */
  hash(line: string): void {
    const [name, , sha256] = line.split(" ");
    const expected = this.#report.components[name as ComponentName];
    if (sha256 !== expected) this.failed(`${name} is made of module ${sha256}`);
    else if (--this.#left === 0) this.#resolve();
  }

  failed(why: string): void {
    this.#reject(new CoreStartError(`the ${this.#report.platform} core does not start: ${why}`));
  }
}

/** {length u32, bytes} of each of these, in this order. */
export function encodeConfigurations(configs: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    configs.flatMap((config) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(config.length);
      return [length, config];
    }),
  );
}
