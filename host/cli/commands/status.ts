/** `caisson status`: what a node says of itself. */
import { IotaClient } from "@iota/iota-sdk/client";
import type { Command } from "commander";
import { createOutput } from "../output.ts";
import { addSettings, readSettings, text } from "../settings.ts";

const SETTINGS = { rpc: text("rpc", "<url>", "JSON-RPC of the node", "http://127.0.0.1:9000") } as const;

export function statusCommand(program: Command): void {
  const command = program.command("status").description("show a node's chain, newest checkpoint and core");
  addSettings(command, SETTINGS)
    .option("--json", "print one JSON document", false)
    .action(async (flags: Record<string, unknown>) => {
      const { rpc } = readSettings(SETTINGS, flags, process.env);
      const client = new IotaClient({ url: rpc });
      const [chain, checkpoint, transactions, node] = await Promise.all([
        client.getChainIdentifier(),
        client.getLatestCheckpointSequenceNumber(),
        client.getTotalTransactionBlocks(),
        client.call<NodeReport>("caisson_getNodeStatus", []),
      ]);
      createOutput(flags.json === true, (printed) => process.stdout.write(printed)).print(
        { chain, checkpoint, transactions, ...node },
        [
          `chain        ${chain}`,
          `checkpoint   ${checkpoint}`,
          `transactions ${transactions}`,
          `round        ${node.round}`,
          `core         ${node.platform} (reboots: ${node.reboots}), trusts ${node.trusts.join(", ")}`,
          ...Object.entries(node.components).map(([name, hash]) => `  ${name.padEnd(10)} ${hash}`),
        ],
      );
    });
}

interface NodeReport {
  readonly round: string;
  readonly reboots: number;
  readonly platform: string;
  readonly trusts: readonly string[];
  readonly components: Readonly<Record<string, string>>;
}
