/** Lives of nodes on the `node` platform, recorded: a lone validator's, and that of one of several. */
import { join } from "node:path";
import { startNodeCore } from "../../platform/node/index.ts";
import { Cluster } from "../support/cluster.ts";
import { recording, type Trace } from "./trace.ts";

export interface Life {
  readonly traces: readonly Trace[];
  /** What the vault's folder held before the first of them. */
  readonly trustFolder: string;
}

/** Payments that the node makes in each of its two runs. */
const PAYMENTS = 6;
/** Nothing happens in a cluster that nobody uses. */
const HEARTBEAT_MS = 3_600_000;
/** Milliseconds without a word between host and core, after which everything that was under way has ended. */
const QUIET_MS = 1_000;

/** A cluster of `size` in which validator 0 pays, is stopped, goes on from what it kept, and pays again. */
export async function live(size: number, folder: string): Promise<Life> {
  const traces: Trace[] = [];
  const trustFolder = join(folder, `trust-of-${size}`);
  const recorded = recording(startNodeCore, traces, trustFolder);
  const cluster = await Cluster.start(size, 2 * PAYMENTS, {
    core: (author, usual) => (author === 0 ? recorded : usual),
    heartbeatMs: HEARTBEAT_MS,
  });
  try {
    for (let run = 0; run < 2; run++) {
      if (run > 0) await cluster.boot(0);
      for (let n = 0; n < PAYMENTS; n++) {
        const { node } = cluster.member(0);
        await node.submit(...(await cluster.payment(0, PAYMENTS * run + n, 1_000 + n)));
      }
      while (Date.now() - traces.at(-1)!.lastAt < QUIET_MS) await new Promise((go) => setTimeout(go, QUIET_MS / 10));
      await cluster.halt(0);
    }
  } finally {
    await cluster.stop();
  }
  return { traces, trustFolder };
}
