import { START_CORE } from "../../../platform/platforms.ts";
import { readGenesis } from "../../genesis/genesis.ts";
import { createLog } from "../../log.ts";
import { NodeProcess } from "../../node-process.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/node.ts";
import { serve } from "./serve.ts";

export const runNode: RunOf<typeof declared.node> = async ({ settings, output }) => {
  const { genesis: path, host, logLevel, core, keepRounds, keepCertificates, syncBehind, ...rest } = settings;
  const log = createLog(logLevel);
  const genesis = readGenesis(path);
  log.info({ chain: genesis.digest, data: settings.dataFolder }, "starting");
  const full = await NodeProcess.start({
    ...rest,
    genesis,
    keeping: { keepRounds, keepCertificates, syncBehind },
    hostname: host,
    log,
    startCore: START_CORE[core],
  });
  const { checkpoint, platform } = full.node.status;
  const { url } = full.rpc;
  await serve(full, log, () =>
    output.result({ chain: genesis.digest, rpc: url, checkpoint, listening: full.listening }, [
      `Caisson full node of chain ${genesis.digest}`,
      `  JSON-RPC   ${url}`,
      ...full.listening.map((address) => `  listens at ${address}`),
      `  kept in    ${settings.dataFolder} (checkpoint ${checkpoint})`,
      `  core       ${platform?.platform}: trusts ${platform?.trusts.join(", ")}`,
    ]),
  );
};
