/** A local network: its validators, an RPC and a faucet, on a folder that keeps it between runs. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { FolderLock, LOCK_FILE } from "../platform/folder-lock.ts";
import { type PlatformName, START_CORE } from "../platform/platforms.ts";
import type { StartCore } from "../platform/runner.ts";
import { FolderDisk } from "../platform/trust/disk.ts";
import { Faucet } from "./faucet/faucet.ts";
import { faucetApp } from "./faucet/server.ts";
import { type HttpServer, listen } from "./http.ts";
import { LocalValidator } from "./local-validator.ts";
import { GENESIS_FILE, localGenesis, validatorFolders } from "./localnet-genesis.ts";
import type { LedgerNode } from "./node.ts";
import type { NodeLog } from "./node-options.ts";
import { NodeProcess } from "./node-process.ts";

export interface LocalnetOptions {
  readonly folder: string;
  /** How many validators a new network has; one by default. One that is there keeps those it has. */
  readonly validators?: number | undefined;
  /** Forgets what the folder holds. */
  readonly fresh: boolean;
  readonly hostname: string;
  readonly rpcPort: number;
  readonly faucetPort: number;
  readonly heartbeatMs: number;
  /** As NodeProcessOptions. */
  readonly requestsPerSecond?: number | undefined;
  readonly log: NodeLog;
  /** What runs the cores of all validators; `node` by default. */
  readonly core?: PlatformName | undefined;
  /** As NodeProcessOptions, and LocalValidatorOptions. */
  readonly startCore?: StartCore | undefined;
  readonly program?: string | undefined;
}

/** The folder cannot be used; the message says what to do. */
export class LocalnetError extends Error {
  override readonly name = "LocalnetError";
}

const FAUCET_KEY_FILE = "faucet.key";
/** The validator that this process runs; the others are processes of their own. */
const AUTHOR = 0;

export class Localnet {
  readonly genesisPath: string;
  readonly faucet: HttpServer;
  readonly #validator: NodeProcess;
  readonly #others: readonly LocalValidator[];
  readonly #lock: FolderLock;

  private constructor(
    genesisPath: string,
    lock: FolderLock,
    validator: NodeProcess,
    others: readonly LocalValidator[],
    faucet: HttpServer,
  ) {
    this.genesisPath = genesisPath;
    this.#lock = lock;
    this.#validator = validator;
    this.#others = others;
    this.faucet = faucet;
  }

  /** Processes of the other validators, by their index. */
  get processes(): ReadonlyMap<number, number | undefined> {
    return new Map(this.#others.map(({ pid }, i) => [i + 1, pid]));
  }

  get node(): LedgerNode {
    return this.#validator.node;
  }

  get rpc(): HttpServer {
    return this.#validator.rpc;
  }

  /** Throws LocalnetError, and what Validator.start throws. */
  static async start(options: LocalnetOptions): Promise<Localnet> {
    const { folder, log, hostname, heartbeatMs, core = "node", startCore = START_CORE[core] } = options;
    const closings: (() => unknown)[] = [];
    try {
      const lock = FolderLock.take(folder);
      closings.unshift(() => lock.release());
      if (options.fresh) forget(folder);
      const keypair = await faucetKeypair(new FolderDisk(folder));
      const genesis = await localGenesis({
        folder,
        validators: options.validators ?? 1,
        faucetAddress: keypair.toIotaAddress(),
        startCore,
      });
      const genesisPath = join(folder, GENESIS_FILE);
      const others = genesis.committee.slice(1).map((_, i) => {
        const { data, trust } = validatorFolders(folder, i + 1);
        const at = { author: i + 1, genesisPath, dataFolder: data, trustFolder: trust };
        return new LocalValidator({ ...at, core, heartbeatMs, log, program: options.program });
      });
      closings.unshift(() => Promise.all(others.map((other) => other.stop())));
      const { data, trust } = validatorFolders(folder, AUTHOR);
      const validator = await NodeProcess.start({
        genesis,
        dataFolder: data,
        validator: { author: AUTHOR, trustFolder: trust, heartbeatMs },
        hostname,
        rpcPort: options.rpcPort,
        requestsPerSecond: options.requestsPerSecond,
        log,
        startCore,
      });
      closings.unshift(() => validator.stop());
      const app = faucetApp(new Faucet(validator.node, keypair), (error) =>
        log.error({ error: String(error) }, "the faucet failed"),
      );
      const faucet = await listen(app, hostname, options.faucetPort);
      return new Localnet(genesisPath, lock, validator, others, faucet);
    } catch (error) {
      for (const close of closings) await close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.faucet.close();
    await Promise.all([this.#validator.stop(), ...this.#others.map((other) => other.stop())]);
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
