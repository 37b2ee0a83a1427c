/** The genesis of a local network: a key for each validator's vault, an address for each, and all NANOS for the faucet. */
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { toBase64 } from "@iota/iota-sdk/utils";
import { PROTOCOL_VERSION } from "../core/wire/limits.ts";
import { thresholdsOf } from "../core/wire/thresholds.ts";
import type { StartCore } from "../platform/runner.ts";
import { FolderDisk } from "../platform/trust/disk.ts";
import { buildGenesis } from "./genesis/build-genesis.ts";
import { EPOCH_DURATION_MS } from "./genesis/epoch.ts";
import { type GenesisFile, genesisFaults, readGenesis } from "./genesis/genesis.ts";
import { readVault } from "./genesis/vault-key.ts";
import { peerIdOf, transportKey } from "./network/libp2p/transport-key.ts";

export const GENESIS_FILE = "genesis.json";
/** NANOS that the faucet begins with: 1,000,000,000 IOTA. */
const FAUCET_NANOS = 1_000_000_000_000_000_000n;
/** NANOS: the reference gas price is the protocol's base gas price (`base_gas_price` of protocol 38). */
const REFERENCE_GAS_PRICE = 1_000n;
export interface LocalGenesisOptions {
  readonly folder: string;
  readonly validators: number;
  readonly faucetAddress: string;
  /** How long an epoch is; EPOCH_DURATION_MS by default. */
  readonly epochMs?: bigint | undefined;
  /** Which faults committees outlast; a third of each by default. */
  readonly faults?: GenesisFile["faults"];
  /** Who may change the list of validators; nobody by default. */
  readonly governor?: string | undefined;
  readonly startCore?: StartCore | undefined;
}

/** Where a validator of a local network keeps its things. */
export function validatorFolders(folder: string, author: number): { readonly data: string; readonly trust: string } {
  const data = join(folder, `validator-${author}`);
  return { data, trust: join(data, "trust") };
}

/** The folder's genesis, or a new one. It is on disk before anything is signed on its chain: the vaults would serve no other ever after. Throws UnsafeThresholds. */
export async function localGenesis(options: LocalGenesisOptions): Promise<GenesisFile> {
  const { folder, validators, faucetAddress, epochMs, faults } = options;
  const path = join(folder, GENESIS_FILE);
  if (existsSync(path)) return readGenesis(path);
  thresholdsOf(genesisFaults({ faults }), validators);
  const committee: GenesisFile["committee"] = [];
  for (let author = 0; author < validators; author++) committee.push(await member(options, author));
  const genesis = await buildGenesis({
    protocolVersion: String(PROTOCOL_VERSION) as GenesisFile["protocolVersion"],
    timestampMs: String(Date.now()),
    epochDurationMs: String(epochMs ?? EPOCH_DURATION_MS),
    referenceGasPrice: String(REFERENCE_GAS_PRICE),
    faults,
    committee,
    ...(options.governor === undefined ? {} : { governor: options.governor }),
    coins: [{ owner: faucetAddress, balance: String(FAUCET_NANOS) }],
  });
  await new FolderDisk(folder).writeDurably(
    GENESIS_FILE,
    new TextEncoder().encode(`${JSON.stringify(genesis, null, 2)}\n`),
  );
  return genesis;
}

async function member(
  { folder, validators, startCore }: LocalGenesisOptions,
  author: number,
): Promise<GenesisFile["committee"][number]> {
  const { data, trust } = validatorFolders(folder, author);
  const { publicKey } = await readVault(trust, author, startCore);
  const named = { name: `validator-${author}`, publicKey: toBase64(publicKey) };
  if (validators === 1) return named;
  const peerId = peerIdOf(await transportKey(data));
  return { ...named, network: { peerId, addresses: [`/ip4/127.0.0.1/tcp/${await freePort()}`] } };
}

/**
 * Ports of a network are its own for as long as it is kept: they are of those that systems give to nobody by themselves (Linux gives from 32,768 on,
 * ip_local_port_range in the kernel's ip-sysctl.rst), so that no other program's connection has one when the network starts again.
 */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_767;

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
