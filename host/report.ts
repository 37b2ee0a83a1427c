/** What a node says of itself to whoever runs it: numbers and short texts, as JSON carries them from a process to the one that started it. */
import type { Reading } from "./meter.ts";
import type { LedgerNode } from "./node.ts";

export interface NodeReport extends Reading {
  readonly ready: boolean;
  /** Newest checkpoint that is certified; -1 before the first. */
  readonly checkpoint: number;
  /** Executed since genesis, but for the system's own: each checkpoint has one of those. */
  readonly transactions: number;
  readonly reboots: number;
  /** Validators that it has no connection with, by their index. */
  readonly missing: readonly number[];
  /** Bytes of memory that the process holds. */
  readonly memory: number;
}

const REPORT_MS = 1_000;

export function nodeReport({ status, meter }: Pick<LedgerNode, "status" | "meter">): NodeReport {
  const { ready, certified, checkpoint, transactions, reboots, peers } = status;
  return {
    ...meter.reading,
    ready,
    checkpoint: Number(certified ?? -1n),
    transactions: Number(transactions - ((checkpoint ?? -1n) + 1n)),
    reboots,
    missing: peers.flatMap(({ peer, connected }) => (typeof peer === "number" && !connected ? [peer] : [])),
    memory: process.memoryUsage.rss(),
  };
}

/** Sends reports to the process that started this one over a channel, if one did, for as long as it is there. */
export function reportToParent(node: Pick<LedgerNode, "status" | "meter">): void {
  const timer = setInterval(() => {
    if (process.connected && process.send) process.send(nodeReport(node), undefined, undefined, () => undefined);
    else clearInterval(timer);
  }, REPORT_MS).unref();
}
