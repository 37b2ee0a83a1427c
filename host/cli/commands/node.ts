import { CATALOGUE } from "../catalogue.ts";
import { command } from "../command.ts";

const {
  genesis,
  dataFolder,
  core,
  follow,
  listen,
  host,
  rpcPort,
  requestsPerSecond,
  keepRounds,
  keepCertificates,
  syncBehind,
  logLevel,
} = CATALOGUE;

export const node = command({
  name: "node",
  describe: "run a full node of a chain and its JSON-RPC, until Ctrl-C or SIGTERM",
  more: "It has no key, verifies everything itself, and hands what clients send on to the validators",
  settings: {
    genesis,
    dataFolder,
    core,
    follow,
    listen,
    host,
    rpcPort,
    requestsPerSecond,
    keepRounds,
    keepCertificates,
    syncBehind,
    logLevel,
  },
  example: [
    "caisson localnet --validators 4 --folder net",
    "caisson node --genesis net/genesis.json --data-folder full --rpc-port 9010",
  ],
});
