/** A network under load on a watched disk, in a process of its own: what it did to the disk, and every crash that could have been. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DiskModel, type Image, imageHash, type Loss } from "./disk-model.ts";
import type { Said, Sent, Story } from "./story.ts";
import { type Event, type Operation, readTrace } from "./trace.ts";
import { type Fault, WatchedDisk } from "./watched-disk.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = ["--import", "./test/fault/observer.mjs", "test/fault/child.ts"];

export interface Run {
  readonly library: string;
  /** Of the network; made when it is missing. */
  readonly folder: string;
  readonly transactions: number;
  readonly seed: number;
  /** Transactions of an earlier run that its clients send again. */
  readonly unanswered?: readonly Sent[];
  readonly fault?: Fault;
  /** With a vault that signs too early. */
  readonly hasty?: boolean;
}

export interface Recording {
  readonly trace: readonly (Operation | Event)[];
  /** How the process ended: its exit code, or the signal that killed it. */
  readonly ended: number | string;
  /** What it wrote to stderr. */
  readonly log: string;
}

/** Runs to the end of the load, or to the fault. */
export async function record(run: Run): Promise<Recording> {
  const { library, folder, fault } = run;
  mkdirSync(folder, { recursive: true });
  const disk = new WatchedDisk(library, folder, { traced: true });
  try {
    if (fault) disk.control.arm(fault);
    const plan = join(disk.folder, "plan");
    writeFileSync(plan, JSON.stringify(run));
    const child = spawn(process.execPath, [...PROGRAM, plan], {
      cwd: ROOT,
      env: { ...process.env, ...disk.environment },
      stdio: ["ignore", "inherit", "pipe"],
    });
    let log = "";
    child.stderr.on("data", (data) => {
      log += data;
    });
    const [code, signal] = await once(child, "close");
    return { trace: readTrace(disk.trace), ended: signal ?? code, log };
  } finally {
    disk.remove();
  }
}

/** What a crash leaves, and what had been said until then. */
export interface Crash {
  /** Write points that were done. */
  readonly point: number;
  readonly loss: string;
  readonly image: Image;
  readonly story: Story;
}

/**
 * The crashes after every write point of a recording, and before the first. `model`: the disk before it, `story`: what had been said.
 * Of crashes that leave the same files only the last is given: more had been said by then.
 */
export function crashes(
  trace: readonly (Operation | Event)[],
  model: DiskModel,
  story: Story,
  losses: Readonly<Record<string, Loss>>,
): Crash[] {
  const found = new Map<string, Crash>();
  let point = 0;
  const crash = (): void => {
    for (const [loss, lose] of Object.entries(losses)) {
      const image = model.image(lose);
      const hash = imageHash(image);
      found.delete(hash);
      found.set(hash, { point, loss, image, story: story.copy() });
    }
  };
  for (const entry of trace) {
    if (entry.kind === "event") {
      story.hear(JSON.parse(entry.text) as Said);
      continue;
    }
    crash();
    model.apply(entry);
    point++;
  }
  crash();
  return [...found.values()];
}
