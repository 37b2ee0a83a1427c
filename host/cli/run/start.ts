import { NO_AUTHOR } from "../../../core/wire/limits.ts";
import { coreStarter } from "../../../platform/platforms.ts";
import { readGenesis } from "../../genesis/genesis.ts";
import { createLog } from "../../log.ts";
import { NodeProcess } from "../../node-process.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/start.ts";
import { CommandError } from "../failure.ts";
import { serve } from "./serve.ts";

export const runStart: RunOf<typeof declared.start> = async ({ settings, output }) => {
  const { genesis: path, host, logLevel, author, trustFolder, recover, heartbeatMs, core, trust, ...others } = settings;
  const { keepRounds, keepCertificates, syncBehind, ...rest } = others;
  const log = createLog(logLevel);
  const genesis = readGenesis(path);
  const members = genesis.committee.length;
  if (author !== undefined && author >= members) {
    throw new CommandError(
      "noSuchAuthor",
      `--author ${author}: the committee of ${path} has members 0 to ${members - 1}`,
    );
  }
  log.info({ chain: genesis.digest, author, data: settings.dataFolder }, "starting");
  const validator = await NodeProcess.start({
    ...rest,
    validator: { author, trustFolder, recover: recover === "peers", heartbeatMs },
    keeping: { keepRounds, keepCertificates, syncBehind },
    genesis,
    hostname: host,
    log,
    startCore: coreStarter(core, trust),
  });
  const { author: place } = validator.node;
  const { checkpoint, platform, waitsFor } = validator.node.status;
  const { url } = validator.rpc;
  await serve(validator, log, () =>
    output.result({ chain: genesis.digest, rpc: url, checkpoint }, [
      place === NO_AUTHOR
        ? `Caisson full node of chain ${genesis.digest}: it makes blocks when the committee has its key`
        : `Caisson validator ${place} of chain ${genesis.digest}`,
      `  JSON-RPC   ${url}`,
      `  kept in    ${settings.dataFolder} (checkpoint ${checkpoint}), its vault in ${trustFolder}`,
      `  core       ${platform?.platform}: trusts ${platform?.trusts.join(", ")}`,
      ...(waitsFor === undefined ? [] : [`  waits      ${waitsFor}`]),
    ]),
  );
};
