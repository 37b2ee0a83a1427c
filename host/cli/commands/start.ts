import { CATALOGUE } from "../catalogue.ts";
import { command } from "../command.ts";

const {
  genesis,
  dataFolder,
  trustFolder,
  recover,
  core,
  trust,
  author,
  listen,
  host,
  rpcPort,
  requestsPerSecond,
  heartbeatMs,
  keepRounds,
  keepCertificates,
  syncBehind,
  logLevel,
} = CATALOGUE;

export const start = command({
  name: "start",
  describe: "run a validator of a chain and its JSON-RPC, until Ctrl-C or SIGTERM",
  settings: {
    genesis,
    dataFolder,
    trustFolder,
    recover,
    core,
    trust,
    author,
    listen,
    host,
    rpcPort,
    requestsPerSecond,
    heartbeatMs,
    keepRounds,
    keepCertificates,
    syncBehind,
    logLevel,
  },
  example: [
    "caisson keys >validator.pub",
    "caisson genesis --validator alone=validator.pub --coin 0xcafe=1000000000000 --out genesis.json",
    "caisson start --genesis genesis.json",
  ],
});
