/** The product's own local network on some folder, without ports that anybody knows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Localnet } from "../../host/localnet.ts";
import type { NodeLog } from "../../host/node-options.ts";
import type { StartCore } from "../../platform/runner.ts";

/** The load makes the checkpoints. */
const HEARTBEAT_MS = 3_600_000;

export interface NetworkOptions {
  /** By default as `npm start` has it: threads. */
  readonly startCore?: StartCore;
  readonly log: NodeLog;
}

export function startNetwork(folder: string, options: NetworkOptions): Promise<Localnet> {
  const common = { folder, fresh: false, hostname: "127.0.0.1", rpcPort: 0, faucetPort: 0, heartbeatMs: HEARTBEAT_MS };
  return Localnet.start({ ...common, ...options });
}

/** Who has all the money. */
export function faucetKeypair(folder: string): Ed25519Keypair {
  return Ed25519Keypair.fromSecretKey(readFileSync(join(folder, "faucet.key"), "utf8").trim());
}
