import { readGenesis } from "../../genesis/genesis.ts";
import { createLog } from "../../log.ts";
import { Validator } from "../../validator.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/start.ts";
import { CommandError } from "../failure.ts";
import { untilStopped } from "../signals.ts";

export const runStart: RunOf<typeof declared.start> = async ({ settings, output }) => {
  const { genesis: path, host, logLevel, ...rest } = settings;
  const log = createLog(logLevel);
  const genesis = readGenesis(path);
  const members = genesis.committee.length;
  if (settings.author >= members) {
    throw new CommandError(
      "noSuchAuthor",
      `--author ${settings.author}: the committee of ${path} has members 0 to ${members - 1}`,
    );
  }
  log.info({ chain: genesis.digest, author: settings.author, data: settings.dataFolder }, "starting");
  const validator = await Validator.start({ ...rest, genesis, hostname: host, log });
  const stopped = untilStopped();
  const { checkpoint, platform } = validator.node.status;
  const { url } = validator.rpc;
  log.info({ rpc: url, checkpoint: String(checkpoint), components: platform?.components }, "ready");
  output.result({ chain: genesis.digest, rpc: url, checkpoint }, [
    `Caisson validator ${settings.author} of chain ${genesis.digest}`,
    `  JSON-RPC   ${url}`,
    `  kept in    ${settings.dataFolder} (checkpoint ${checkpoint}), its vault in ${settings.trustFolder}`,
    `  core       ${platform?.platform}: trusts ${platform?.trusts.join(", ")}`,
  ]);
  try {
    await Promise.race([stopped, validator.node.failure]);
    log.info({}, "stopping");
  } finally {
    await validator.stop();
  }
  log.info({}, "stopped");
};
