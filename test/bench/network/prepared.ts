/** A network's folder before its first start: keys, ports, and a genesis with coins enough for a whole measurement. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { PROTOCOL_VERSION } from "../../../core/wire/limits.ts";
import { buildGenesis } from "../../../host/genesis/build-genesis.ts";
import { EPOCH_DURATION_MS } from "../../../host/genesis/epoch.ts";
import type { GenesisFile } from "../../../host/genesis/genesis.ts";
import { readVault } from "../../../host/genesis/vault-key.ts";
import { freePort, GENESIS_FILE, validatorFolders } from "../../../host/localnet-genesis.ts";
import { peerIdOf, transportKey } from "../../../host/network/libp2p/transport-key.ts";
import { COIN_NANOS, GAS_PRICE } from "../coin-transfers.ts";

export interface Prepared {
  readonly folder: string;
  readonly genesis: GenesisFile;
  /** Owns the coins. */
  readonly keypair: Ed25519Keypair;
  /** Of each validator, where the genesis says that it is reached. */
  readonly ports: readonly number[];
}

export async function prepare(validators: number, coins: number): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), "caisson-bench-"));
  const keypair = new Ed25519Keypair();
  const owner = keypair.toIotaAddress();
  const ports: number[] = [];
  const committee: GenesisFile["committee"] = [];
  for (let author = 0; author < validators; author++) {
    const { data, trust } = validatorFolders(folder, author);
    const { publicKey } = await readVault(trust, author);
    const port = await freePort();
    ports.push(port);
    const network = { peerId: peerIdOf(await transportKey(data)), addresses: [`/ip4/127.0.0.1/tcp/${port}`] };
    committee.push({ name: `validator-${author}`, publicKey: toBase64(publicKey), network });
  }
  const genesis = await buildGenesis({
    protocolVersion: String(PROTOCOL_VERSION) as "38",
    timestampMs: String(Date.now()),
    epochDurationMs: String(EPOCH_DURATION_MS),
    referenceGasPrice: String(GAS_PRICE),
    committee,
    coins: Array.from({ length: coins }, () => ({ owner, balance: String(COIN_NANOS) })),
  });
  writeFileSync(join(folder, GENESIS_FILE), JSON.stringify(genesis));
  return { folder, genesis, keypair, ports };
}
