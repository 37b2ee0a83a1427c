/** A local network in one process: a validator, its RPC and a faucet, on a folder that keeps it between runs. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { PROTOCOL_VERSION } from "../core/wire/limits.ts";
import { FolderLock, LOCK_FILE } from "../platform/folder-lock.ts";
import type { StartCore } from "../platform/runner.ts";
import { FolderDisk } from "../platform/trust/disk.ts";
import { Faucet } from "./faucet/faucet.ts";
import { faucetApp } from "./faucet/server.ts";
import { buildGenesis } from "./genesis/build-genesis.ts";
import { EPOCH_DURATION_MS } from "./genesis/epoch.ts";
import { type GenesisFile, readGenesis } from "./genesis/genesis.ts";
import { readVault } from "./genesis/vault-key.ts";
import { type HttpServer, listen } from "./http.ts";
import type { LedgerNode } from "./node.ts";
import type { NodeLog } from "./node-options.ts";
import { Validator } from "./validator.ts";

export interface LocalnetOptions {
  readonly folder: string;
  /** Forgets what the folder holds. */
  readonly fresh: boolean;
  readonly hostname: string;
  readonly rpcPort: number;
  readonly faucetPort: number;
  readonly heartbeatMs: number;
  /** As ValidatorOptions. */
  readonly requestsPerSecond?: number | undefined;
  readonly log: NodeLog;
  /** As ValidatorOptions. */
  readonly startCore?: StartCore | undefined;
}

/** The folder cannot be used; the message says what to do. */
export class LocalnetError extends Error {
  override readonly name = "LocalnetError";
}

const GENESIS_FILE = "genesis.json";
const FAUCET_KEY_FILE = "faucet.key";
/** NANOS that the faucet begins with: 1,000,000,000 IOTA. */
const FAUCET_NANOS = 1_000_000_000_000_000_000n;
/** NANOS: the reference gas price is the protocol's base gas price (`base_gas_price` of protocol 38). */
const REFERENCE_GAS_PRICE = 1_000n;
const AUTHOR = 0;

export class Localnet {
  readonly genesisPath: string;
  readonly faucet: HttpServer;
  readonly #validator: Validator;
  readonly #lock: FolderLock;

  private constructor(genesisPath: string, lock: FolderLock, validator: Validator, faucet: HttpServer) {
    this.genesisPath = genesisPath;
    this.#lock = lock;
    this.#validator = validator;
    this.faucet = faucet;
  }

  get node(): LedgerNode {
    return this.#validator.node;
  }

  get rpc(): HttpServer {
    return this.#validator.rpc;
  }

  /** Throws LocalnetError, and what Validator.start throws. */
  static async start(options: LocalnetOptions): Promise<Localnet> {
    const { folder, log, hostname } = options;
    const lock = FolderLock.take(folder);
    try {
      if (options.fresh) forget(folder);
      const validatorFolder = join(folder, "validator-0");
      const trustFolder = join(validatorFolder, "trust");
      const keypair = await faucetKeypair(new FolderDisk(folder));
      const validator = await Validator.start({
        genesis: await localGenesis(options, trustFolder, keypair.toIotaAddress()),
        dataFolder: validatorFolder,
        trustFolder,
        author: AUTHOR,
        hostname,
        rpcPort: options.rpcPort,
        heartbeatMs: options.heartbeatMs,
        requestsPerSecond: options.requestsPerSecond,
        log,
        startCore: options.startCore,
      });
      try {
        const app = faucetApp(new Faucet(validator.node, keypair), (error) =>
          log.error({ error: String(error) }, "the faucet failed"),
        );
        return new Localnet(
          join(folder, GENESIS_FILE),
          lock,
          validator,
          await listen(app, hostname, options.faucetPort),
        );
      } catch (error) {
        await validator.stop();
        throw error;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.faucet.close();
    await this.#validator.stop();
    this.#lock.release();
  }
}

/**
 * Removes what a local network has in its folder; nothing when the folder holds something else. What shows that it is one goes last:
 * a removal that was cut short can be begun again.
 */
function forget(folder: string): void {
  const marks = [FAUCET_KEY_FILE, GENESIS_FILE];
  const names = readdirSync(folder).filter((name) => name !== LOCK_FILE);
  if (names.length > 0 && !names.some((name) => marks.includes(name))) {
    throw new LocalnetError(
      `${folder} does not hold a local network, so --fresh does not remove it: name another folder`,
    );
  }
  const others = names.filter((name) => !marks.includes(name));
  for (const name of [...others, ...marks]) rmSync(join(folder, name), { recursive: true, force: true });
}

async function faucetKeypair(folder: FolderDisk): Promise<Ed25519Keypair> {
  const kept = await folder.read(FAUCET_KEY_FILE);
  if (kept) return Ed25519Keypair.fromSecretKey(new TextDecoder().decode(kept).trim());
  const keypair = new Ed25519Keypair();
  await folder.writeDurably(FAUCET_KEY_FILE, new TextEncoder().encode(`${keypair.getSecretKey()}\n`));
  return keypair;
}

/** The genesis file is on disk before anything is signed on its chain: the vault would serve no other ever after. */
async function localGenesis(
  { folder, startCore }: LocalnetOptions,
  trustFolder: string,
  faucetAddress: string,
): Promise<GenesisFile> {
  const path = join(folder, GENESIS_FILE);
  if (existsSync(path)) return readGenesis(path);
  const { publicKey } = await readVault(trustFolder, AUTHOR, startCore);
  const genesis = await buildGenesis({
    protocolVersion: String(PROTOCOL_VERSION) as GenesisFile["protocolVersion"],
    timestampMs: String(Date.now()),
    epochDurationMs: String(EPOCH_DURATION_MS),
    referenceGasPrice: String(REFERENCE_GAS_PRICE),
    committee: [{ name: "validator-0", publicKey: toBase64(publicKey) }],
    coins: [{ owner: faucetAddress, balance: String(FAUCET_NANOS) }],
  });
  await new FolderDisk(folder).writeDurably(
    GENESIS_FILE,
    new TextEncoder().encode(`${JSON.stringify(genesis, null, 2)}\n`),
  );
  return genesis;
}
