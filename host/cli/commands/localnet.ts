import { EPOCH_DURATION_MS } from "../../genesis/epoch.ts";
import { CATALOGUE } from "../catalogue.ts";
import { command } from "../command.ts";
import { faults, governor, toggle, u64 } from "../values.ts";

const {
  folder,
  validators,
  cores,
  trust,
  host,
  rpcPort,
  requestsPerSecond,
  faucetPort,
  heartbeatMs,
  keepRounds,
  keepCertificates,
  syncBehind,
  logLevel,
} = CATALOGUE;

export const localnet = command({
  name: "localnet",
  describe: "run a local network: validators, a JSON-RPC and a faucet, until Ctrl-C",
  settings: {
    folder,
    validators,
    cores,
    trust,
    host,
    rpcPort,
    requestsPerSecond,
    faucetPort,
    heartbeatMs,
    keepRounds,
    keepCertificates,
    syncBehind,
    logLevel,
    epochMs: u64("epoch-ms", "<ms>", "how long an epoch of a new network is; 0: none ends", {
      flagOnly: true,
      default: EPOCH_DURATION_MS,
      defaultShown: "a day",
    }),
    faults: faults(),
    governor: governor(),
    fresh: toggle("fresh", "forget what the folder holds and begin anew"),
  },
  example: ["caisson localnet --folder /tmp/net --rpc-port 9100 --faucet-port 9200"],
});
