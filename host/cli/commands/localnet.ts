/** `caisson localnet`: a validator, its RPC and a faucet in one process. What `npm start` runs. */
import type { Command } from "commander";
import { Localnet } from "../../localnet.ts";
import { createLog } from "../../log.ts";
import { addSettings, port, readSettings, text, wholeNumber } from "../settings.ts";
import { untilStopped } from "../signals.ts";

const HEARTBEAT_MS = 10_000;
const MAX_HEARTBEAT_MS = 3_600_000;

const SETTINGS = {
  folder: text("folder", "<folder>", "where the network is kept between runs", ".caisson/localnet"),
  host: text("host", "<address>", "address to listen on", "127.0.0.1"),
  rpcPort: port("rpc-port", "port of the JSON-RPC", 9000),
  faucetPort: port("faucet-port", "port of the faucet", 9123),
  heartbeatMs: wholeNumber(
    "heartbeat-ms",
    "<ms>",
    "an idle network makes a checkpoint this often",
    HEARTBEAT_MS,
    MAX_HEARTBEAT_MS,
  ),
  logLevel: text("log-level", "<level>", "trace, debug, info, warn, error or silent", "warn"),
} as const;

export function localnetCommand(program: Command): void {
  const command = program
    .command("localnet")
    .description("run a local network: a validator, its JSON-RPC and a faucet")
    .option("--fresh", "forget what the folder holds and begin anew", false);
  addSettings(command, SETTINGS).action(async (flags: Record<string, unknown>) => {
    const settings = readSettings(SETTINGS, flags, process.env);
    const net = await Localnet.start({
      folder: settings.folder,
      fresh: flags.fresh === true,
      hostname: settings.host,
      rpcPort: settings.rpcPort,
      faucetPort: settings.faucetPort,
      heartbeatMs: settings.heartbeatMs,
      log: createLog(settings.logLevel),
    });
    process.stdout.write(`${welcome(net, settings.folder)}\n`);
    await untilStopped();
    process.stdout.write("stopping\n");
    await net.stop();
  });
}

function welcome(net: Localnet, folder: string): string {
  const { checkpoint, platform } = net.node.status;
  return [
    `Caisson local network, chain ${net.node.genesis.digest}`,
    `  JSON-RPC   ${net.rpc.url}`,
    `  faucet     ${net.faucet.url}`,
    `  kept in    ${folder} (checkpoint ${checkpoint}; --fresh begins anew)`,
    `  core       ${platform?.platform}: trusts ${platform?.trusts.join(", ")}`,
    "",
    "A first transaction, in another terminal:",
    "  npx caisson client faucet",
    `  npx caisson client transfer --to 0x${"ca".repeat(32)} --amount 1000000`,
    "",
    "Ctrl-C stops it; the next start goes on where it stopped.",
  ].join("\n");
}
