/** What a core costs that does nothing: bytes of what it runs, memory, time of the processor. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BUILD_IMAGE } from "../../../platform/platforms.ts";
import type { Platform } from "../../conformance/platforms.ts";
import { childrenOf, processorSeconds } from "../../support/processes.ts";
import { Subject } from "./subject.ts";

export interface Footprint {
  /** Undefined: it runs the modules themselves. */
  readonly imageBytes: number | undefined;
  readonly startedMs: number;
  readonly servesMs: number;
  /** Memory of each process that it is, resident, by name; none: it is in ours. */
  readonly processes: readonly { readonly name: string; readonly bytes: number }[];
  /** Of a processor, while nothing is asked of it; undefined: it is in our process. */
  readonly idleShare: number | undefined;
}

const IDLE_MS = 3_000;
/** Until what a boot leaves to be done is done. */
const SETTLE_MS = 1_500;
const KIB = 1_024;

export async function footprint(platform: Platform): Promise<Footprint> {
  const { name } = platform;
  const image = name === "node" ? undefined : await BUILD_IMAGE[name]();
  const others = new Set(descendants(process.pid).map(({ pid }) => pid));
  const subject = await Subject.start(platform);
  try {
    await new Promise((go) => setTimeout(go, SETTLE_MS));
    const own = descendants(process.pid).filter(({ pid }) => !others.has(pid));
    const used = () => own.reduce((sum, { pid }) => sum + processorSeconds(pid), 0);
    const before = used();
    await new Promise((go) => setTimeout(go, IDLE_MS));
    return {
      imageBytes: image && bytesOf(image.path),
      startedMs: subject.startedMs,
      servesMs: subject.servesMs,
      processes: own.map(({ pid, name }) => ({ name, bytes: residentBytes(pid) })),
      idleShare: own.length > 0 ? ((used() - before) * 1_000) / IDLE_MS : undefined,
    };
  } finally {
    await subject.stop();
  }
}

function descendants(pid: number): ReturnType<typeof childrenOf> {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child.pid)]);
}

function bytesOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}

const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * KIB;
