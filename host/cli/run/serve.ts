import type { NodeLog } from "../../node-options.ts";
import type { NodeProcess } from "../../node-process.ts";
import { reportToParent } from "../../report.ts";
import { untilStopped } from "../signals.ts";

/** Lets a node serve until it is stopped from outside, or fails; `announce` says to whoever started it that it does. */
export async function serve(running: NodeProcess, log: NodeLog, announce: () => void): Promise<void> {
  const stopped = untilStopped();
  reportToParent(running.node);
  const { checkpoint, platform, waitsFor } = running.node.status;
  log.info(
    { rpc: running.rpc.url, checkpoint: String(checkpoint), components: platform?.components },
    waitsFor ?? "ready",
  );
  announce();
  try {
    await Promise.race([stopped, running.node.failure]);
    log.info({}, "stopping");
  } finally {
    await running.stop();
  }
  log.info({}, "stopped");
}
