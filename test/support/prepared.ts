/** A network's folder before its first start: keys, addresses, and a genesis with many coins of one user. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { PROTOCOL_VERSION } from "../../core/wire/limits.ts";
import { buildGenesis } from "../../host/genesis/build-genesis.ts";
import { EPOCH_DURATION_MS } from "../../host/genesis/epoch.ts";
import type { GenesisFile } from "../../host/genesis/genesis.ts";
import { readVault } from "../../host/genesis/vault-key.ts";
import { freePort, GENESIS_FILE, validatorFolders } from "../../host/localnet-genesis.ts";
import { peerIdOf, transportKey } from "../../host/network/libp2p/transport-key.ts";

/** NANOS of each coin, and for a unit of computation. */
export const COIN_NANOS = 1_000_000_000n;
export const GAS_PRICE = 1_000n;

export interface Prepared {
  readonly folder: string;
  readonly genesis: GenesisFile;
  readonly genesisPath: string;
  /** Owns the coins. */
  readonly keypair: Ed25519Keypair;
}

/** A multiaddress for each validator. */
export function loopback(ports: readonly number[]): string[] {
  return ports.map((port) => `/ip4/127.0.0.1/tcp/${port}`);
}

export function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => freePort()));
}

/** `addresses`: where the genesis says that each validator is reached. `faults`: the chain's fault rule. */
export async function prepare(
  addresses: readonly string[],
  coins: number,
  faults?: GenesisFile["faults"],
): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), "caisson-prepared-"));
  const keypair = new Ed25519Keypair();
  const owner = keypair.toIotaAddress();
  const committee: GenesisFile["committee"] = [];
  for (const [author, address] of addresses.entries()) {
    const { data, trust } = validatorFolders(folder, author);
    const { publicKey } = await readVault(trust, author);
    const network = { peerId: peerIdOf(await transportKey(data)), addresses: [address] };
    committee.push({ name: `validator-${author}`, publicKey: toBase64(publicKey), network });
  }
  const genesis = await buildGenesis({
    protocolVersion: String(PROTOCOL_VERSION) as "38",
    timestampMs: String(Date.now()),
    epochDurationMs: String(EPOCH_DURATION_MS),
    referenceGasPrice: String(GAS_PRICE),
    faults,
    committee,
    coins: Array.from({ length: coins }, () => ({ owner, balance: String(COIN_NANOS) })),
  });
  const genesisPath = join(folder, GENESIS_FILE);
  writeFileSync(genesisPath, JSON.stringify(genesis));
  return { folder, genesis, genesisPath, keypair };
}
