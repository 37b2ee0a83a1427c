/** Processes of this machine, as Linux shows them. */
import { readdirSync, readFileSync } from "node:fs";

export interface Process {
  readonly pid: number;
  readonly name: string;
}

/** Processes that `parent` has started and that are not waited for yet. */
export function childrenOf(parent: number): Process[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const [, name, state, ppid] = /^\d+ \((.*)\) (.) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))!;
      return Number(ppid) === parent && state !== "Z" ? [{ pid: Number(pid), name: name! }] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

/** False when it has ended, whoever waits for it. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

const TICKS_A_SECOND = 100;

/** Seconds of processor time that a process has used. */
export function processorSeconds(pid: number): number {
  // Behind the name, which may have spaces: state, and then the 14th and 15th fields of proc(5).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
