import { IotaClient } from "@iota/iota-sdk/client";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/status.ts";

/** What caisson_getNodeStatus answers (host/rpc/methods/caisson.ts). */
interface NodeReport {
  readonly ready: boolean;
  /** What it waits for before it can be ready. */
  readonly waitsFor: string | null;
  readonly checkpoint: string | null;
  readonly round: string;
  readonly transactions: string;
  readonly waiting: number;
  readonly reboots: number;
  readonly platform: string;
  readonly trusts: readonly string[];
  readonly components: Readonly<Record<string, string>>;
}

export const runStatus: RunOf<typeof declared.status> = async ({ settings, output }) => {
  const client = new IotaClient({ url: settings.rpc });
  const [{ digest: chain }, node] = await Promise.all([
    client.getCheckpoint({ id: "0" }),
    client.call<NodeReport>("caisson_getNodeStatus", []),
  ]);
  output.result({ chain, ...node }, [
    `chain        ${chain}`,
    `state        ${node.ready ? "ready" : "not ready"}, ${node.waiting} transactions waiting`,
    ...(node.waitsFor === null ? [] : [`waits        ${node.waitsFor}`]),
    `checkpoint   ${node.checkpoint}`,
    `transactions ${node.transactions}`,
    `round        ${node.round}`,
    `core         ${node.platform} (reboots: ${node.reboots}), trusts ${node.trusts.join(", ")}`,
    ...Object.entries(node.components).map(([name, hash]) => `  ${name.padEnd(10)} ${hash}`),
  ]);
};
