/** A local network in one process: a validator, its RPC and a faucet, on a folder that keeps it between runs. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { PROTOCOL_VERSION } from "../core/wire/limits.ts";
import { startNodeCore } from "../platform/node/index.ts";
import { Faucet } from "./faucet/faucet.ts";
import { faucetApp } from "./faucet/server.ts";
import { buildGenesis } from "./genesis/build-genesis.ts";
import { type GenesisFile, readGenesis } from "./genesis/genesis.ts";
import { readVault } from "./genesis/vault-key.ts";
import { type HttpServer, listen } from "./http.ts";
import { LedgerNode } from "./node.ts";
import type { NodeLog } from "./node-options.ts";
import { rpcApp } from "./rpc/server.ts";
import { Store } from "./store/store.ts";

export interface LocalnetOptions {
  readonly folder: string;
  /** Forgets what the folder holds. */
  readonly fresh: boolean;
  readonly hostname: string;
  readonly rpcPort: number;
  readonly faucetPort: number;
  readonly heartbeatMs: number;
  readonly log: NodeLog;
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
/**
 * Milliseconds: a hundred years. The chain has one epoch, and clients that think it is over wait for the next one, as the SDK's parallel
 * executor does.
 */
const EPOCH_DURATION_MS = 100 * 365 * 24 * 60 * 60 * 1_000;
const AUTHOR = 0;

export class Localnet {
  readonly node: LedgerNode;
  readonly rpc: HttpServer;
  readonly faucet: HttpServer;
  readonly #store: Store;

  private constructor(node: LedgerNode, store: Store, rpc: HttpServer, faucet: HttpServer) {
    this.node = node;
    this.#store = store;
    this.rpc = rpc;
    this.faucet = faucet;
  }

  static async start(options: LocalnetOptions): Promise<Localnet> {
    const { folder, log } = options;
    if (options.fresh) forget(folder);
    const validator = join(folder, "validator-0");
    const trustFolder = join(validator, "trust");
    mkdirSync(validator, { recursive: true });
    const keypair = faucetKeypair(join(folder, FAUCET_KEY_FILE));
    const genesis = await localGenesis(folder, trustFolder, keypair.toIotaAddress());
    const store = new Store(join(validator, "store"));
    const opened: { close(): Promise<void> }[] = [store];
    try {
      const node = await LedgerNode.start({
        genesis,
        store,
        startCore: (configs, listener) => startNodeCore({ configs, trustFolder }, listener),
        author: AUTHOR,
        nowMs: Date.now,
        heartbeatMs: options.heartbeatMs,
        log,
      });
      opened.push({ close: () => node.stop() });
      const rpc = await listen(rpcApp({ node }), options.hostname, options.rpcPort);
      opened.push(rpc);
      const faucet = await listen(faucetApp(new Faucet(node, keypair)), options.hostname, options.faucetPort);
      return new Localnet(node, store, rpc, faucet);
    } catch (error) {
      for (const part of opened.reverse()) await part.close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.faucet.close(), this.rpc.close()]);
    await this.node.stop();
    await this.#store.close();
  }
}

/** Removes a local network, and nothing that is not one. */
function forget(folder: string): void {
  if (!existsSync(folder)) return;
  if (!existsSync(join(folder, GENESIS_FILE)) && !existsSync(join(folder, FAUCET_KEY_FILE))) {
    throw new LocalnetError(
      `${folder} does not hold a local network, so --fresh does not remove it: name another folder`,
    );
  }
  rmSync(folder, { recursive: true });
}

function faucetKeypair(path: string): Ed25519Keypair {
  if (existsSync(path)) return Ed25519Keypair.fromSecretKey(readFileSync(path, "utf8").trim());
  const keypair = new Ed25519Keypair();
  writeFileSync(path, `${keypair.getSecretKey()}\n`, { mode: 0o600 });
  return keypair;
}

async function localGenesis(folder: string, trustFolder: string, faucetAddress: string): Promise<GenesisFile> {
  const path = join(folder, GENESIS_FILE);
  if (existsSync(path)) return readGenesis(path);
  const { publicKey } = await readVault(trustFolder, AUTHOR);
  const scratch = join(folder, "genesis-scratch");
  const genesis = await buildGenesis(
    {
      protocolVersion: String(PROTOCOL_VERSION) as GenesisFile["protocolVersion"],
      timestampMs: String(Date.now()),
      epochDurationMs: String(EPOCH_DURATION_MS),
      referenceGasPrice: String(REFERENCE_GAS_PRICE),
      committee: [{ name: "validator-0", publicKey: toBase64(publicKey) }],
      coins: [{ owner: faucetAddress, balance: String(FAUCET_NANOS) }],
    },
    scratch,
  );
  rmSync(scratch, { recursive: true, force: true });
  writeFileSync(path, `${JSON.stringify(genesis, null, 2)}\n`);
  return genesis;
}
