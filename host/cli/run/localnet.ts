import { Localnet, type LocalnetOptions } from "../../localnet.ts";
import { createLog } from "../../log.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/localnet.ts";
import { paint } from "../output.ts";
import { pulse } from "../pulse.ts";
import { untilStopped } from "../signals.ts";
import { summarize, summaryLines } from "../summary.ts";

export const runLocalnet: RunOf<typeof declared.localnet> = async ({ settings, output }) => {
  const { host, logLevel, keepRounds, keepCertificates, syncBehind, ...rest } = settings;
  const keeping = { keepRounds, keepCertificates, syncBehind };
  const net = await Localnet.start({ ...rest, keeping, hostname: host, log: createLog(logLevel) });
  const stopped = untilStopped();
  const { genesis, status } = net.node;
  output.result(
    {
      chain: genesis.digest,
      rpc: net.rpc.url,
      faucet: net.faucet.url,
      genesis: net.genesisPath,
      checkpoint: status.checkpoint,
    },
    welcome(net, settings),
  );
  const start = net.report;
  const stopPulse = pulse(
    () => net.report,
    () => net.node.meter.takeRecent(),
    output,
  );
  try {
    await Promise.race([stopped, net.failure]);
    output.note("stopping");
  } finally {
    stopPulse();
    const summary = summarize(start, net.report);
    await net.stop();
    output.note(summaryLines(summary).join("\n"), { summary });
  }
};

function welcome(net: Localnet, { folder, cores }: Pick<LocalnetOptions, "folder" | "cores">): string[] {
  const { checkpoint, platform } = net.node.status;
  return [
    paint(process.stdout, "bold", `Caisson local network, chain ${net.node.genesis.digest}`),
    `  JSON-RPC   ${net.rpc.url}`,
    `  faucet     ${net.faucet.url}`,
    `  blocks     ${net.rpc.url}/dag`,
    ...(net.node.genesis.committee.length > 1
      ? [`  committee  ${net.node.genesis.committee.length} validators, each a process; this one is a full node`]
      : []),
    `  kept in    ${folder} (checkpoint ${checkpoint}; --fresh begins anew)`,
    `  core       ${platform?.platform}: trusts ${platform?.trusts.join(", ")}`,
    ...(cores && cores.length > 1 ? [`  validators ${cores.join(", ")}, in turn`] : []),
    "",
    "A first transaction, in another terminal:",
    "  npx caisson client faucet",
    `  npx caisson client transfer --to 0x${"ca".repeat(32)} --amount 1000000`,
    "An object, proved against the genesis file alone:",
    `  npx caisson client verify-object 0x6 --genesis ${net.genesisPath}`,
    "",
    "Ctrl-C stops it; the next start goes on where it stopped.",
  ];
}
