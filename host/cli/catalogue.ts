/** Every setting that may come from a flag, the environment or a file: declared once, and meaning the same in each command. */
import { homedir } from "node:os";
import { join } from "node:path";
import { PLATFORMS } from "../../platform/platforms.ts";
import { TRUSTS } from "../../platform/runner.ts";
import { KEEPING } from "../keeping.ts";
import { addresses, choice, choices, followed, place, port, text, url, wholeNumber } from "./values.ts";

const MAX_HEARTBEAT_MS = 3_600_000;
const MAX_RPC_RATE = 1_000_000;
/** Nobody is limited unless it is asked for: behind a proxy, all clients have one address. */
const NO_LIMIT = 0;
const HEARTBEAT_MS = 10_000;
/** The fewest that bear the loss of one. */
const LOCAL_VALIDATORS = 4;
/** Processes that one machine is asked to run. */
const MAX_LOCAL_VALIDATORS = 16;
/** Of rounds and of checkpoints: all that a chain has in years. */
const MAX_KEPT = 1_000_000_000_000;
const RECOVER_FROM = ["nobody", "peers"] as const;
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

export const CATALOGUE = {
  folder: text("folder", "<folder>", "where the network is kept between runs", { default: ".caisson/localnet" }),
  validators: wholeNumber(
    "validators",
    "<count>",
    "validators of a new network, each a process; 1 is a network in one process",
    MAX_LOCAL_VALIDATORS,
    LOCAL_VALIDATORS,
  ),
  genesis: text("genesis", "<file>", "the chain's genesis file, from a source you trust", { required: true }),
  dataFolder: text("data-folder", "<folder>", "where the ledger is kept", { default: ".caisson/data" }),
  trustFolder: text("trust-folder", "<folder>", "where the vault's sealed key and counter are kept", {
    default: ".caisson/trust",
  }),
  core: choice("core", "<platform>", "what runs the core", PLATFORMS, "node"),
  recover: choice(
    "recover",
    "<from>",
    "peers: the vault's folder is not its newest, so other validators' vaults are asked what is past before it signs; of one start",
    RECOVER_FROM,
    "nobody",
  ),
  cores: choices(
    "core",
    "<platform,...>",
    "of a local network: what runs its validators' cores, in turn, and its full node's the first",
    PLATFORMS,
    "node",
  ),
  trust: choice(
    "trust",
    "<by>",
    "what serves the vault: the host from files, or a TPM 2.0 of the core's own, which swtpm simulates",
    TRUSTS,
    "host",
  ),
  author: place("author", "<index>", "the validator's place in the genesis committee", {
    defaultShown: "that of the vault's key, if it is there",
  }),
  listen: addresses("listen", "addresses to listen on for other nodes, like /ip4/10.0.0.1/tcp/9200"),
  follow: followed(
    "follow",
    "full nodes to follow instead of the validators, like /ip4/10.0.0.1/tcp/9200/p2p/12D3KooW…",
  ),
  host: text("host", "<address>", "address to listen on", { default: "127.0.0.1" }),
  rpcPort: port("rpc-port", "port of the JSON-RPC", 9000),
  requestsPerSecond: wholeNumber(
    "rpc-rate",
    "<requests>",
    "JSON-RPC requests a second from one address; 0 is no limit",
    MAX_RPC_RATE,
    NO_LIMIT,
  ),
  faucetPort: port("faucet-port", "port of the faucet", 9123),
  heartbeatMs: wholeNumber(
    "heartbeat-ms",
    "<ms>",
    "how long an idle network waits before it makes an empty checkpoint",
    MAX_HEARTBEAT_MS,
    HEARTBEAT_MS,
  ),
  keepRounds: wholeNumber(
    "keep-rounds",
    "<rounds>",
    "rounds of blocks kept for peers that come late, below those that are needed",
    MAX_KEPT,
    KEEPING.keepRounds,
  ),
  keepCertificates: wholeNumber(
    "keep-certificates",
    "<checkpoints>",
    "the newest certificate is kept, and one of every so many checkpoints",
    MAX_KEPT,
    KEEPING.keepCertificates,
  ),
  syncBehind: wholeNumber(
    "sync-behind",
    "<checkpoints>",
    "how far behind its peers a node still asks for every block; further behind it takes the state of a checkpoint",
    MAX_KEPT,
    KEEPING.syncBehind,
  ),
  logLevel: choice("log-level", "<level>", "what is logged on stderr", LOG_LEVELS, "info"),
  rpc: url("rpc", "<url>", "JSON-RPC of a node", { default: "http://127.0.0.1:9000" }),
  faucetUrl: url("faucet-url", "<url>", "the network's faucet", { default: "http://127.0.0.1:9123" }),
  keystore: text("keystore", "<file>", "your keys, in the format of IOTA's own command line", {
    default: join(homedir(), ".caisson", "client.keystore"),
    defaultShown: "~/.caisson/client.keystore",
  }),
};
