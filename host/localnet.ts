/**
 * A local network, on a folder that keeps it between runs: validators, each a process of its own, and in this process a full node with the RPC and
 * the faucet. One validator alone is this process's own, and serves by itself.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { FolderLock, LOCK_FILE } from "../platform/folder-lock.ts";
import { coreStarter, type PlatformName } from "../platform/platforms.ts";
import type { StartCore, TrustedBy } from "../platform/runner.ts";
import { FolderDisk } from "../platform/trust/disk.ts";
import { Faucet } from "./faucet/faucet.ts";
import { faucetApp } from "./faucet/server.ts";
import type { GenesisFile } from "./genesis/genesis.ts";
import { type HttpServer, listen } from "./http.ts";
import type { Keeping } from "./keeping.ts";
import { LocalValidator } from "./local-validator.ts";
import { GENESIS_FILE, localGenesis, validatorFolders } from "./localnet-genesis.ts";
import type { LedgerNode } from "./node.ts";
import type { NodeLog } from "./node-options.ts";
import { NodeProcess } from "./node-process.ts";
import { type NodeReport, nodeReport } from "./report.ts";

export interface LocalnetOptions {
  readonly folder: string;
  /** How many validators a new network has; one by default. One that is there keeps those it has. */
  readonly validators?: number | undefined;
  /** How long an epoch of a new network is, in milliseconds. */
  readonly epochMs?: bigint | undefined;
  /** As LocalGenesisOptions. */
  readonly governor?: string | undefined;
  /** Which faults the committees of a new network outlast; a third of each by default. */
  readonly faults?: GenesisFile["faults"];
  /** Forgets what the folder holds. */
  readonly fresh: boolean;
  readonly hostname: string;
  readonly rpcPort: number;
  readonly faucetPort: number;
  readonly heartbeatMs: number;
  /** Of all its nodes, as NodeOptions. */
  readonly keeping?: Partial<Keeping> | undefined;
  /** As NodeProcessOptions. */
  readonly requestsPerSecond?: number | undefined;
  readonly log: NodeLog;
  /** What runs the validators' cores, in turn, and the full node's the first; `node` by default. */
  readonly cores?: readonly PlatformName[] | undefined;
  /** What serves the validators' vaults; the host by default. */
  readonly trust?: TrustedBy;
  /** As NodeProcessOptions, and LocalValidatorOptions. */
  readonly startCore?: StartCore | undefined;
  readonly program?: string | undefined;
}

/** How a network does. */
export interface NetworkReport {
  /** When it was made: milliseconds since some moment. */
  readonly at: number;
  /** The node that serves clients. */
  readonly front: NodeReport;
  readonly validators: readonly {
    readonly name: string;
    readonly restarts: number;
    /** Undefined while it does not run. */
    readonly report: NodeReport | undefined;
  }[];
}

/** The folder cannot be used; the message says what to do. */
export class LocalnetError extends Error {
  override readonly name = "LocalnetError";
}

const FAUCET_KEY_FILE = "faucet.key";
const FULL_NODE_FOLDER = "full-node";

export class Localnet {
  readonly genesisPath: string;
  readonly faucet: HttpServer;
  /** What clients are served by. */
  readonly #front: NodeProcess;
  readonly #validators: readonly LocalValidator[];
  readonly #lock: FolderLock;

  private constructor(
    genesisPath: string,
    lock: FolderLock,
    front: NodeProcess,
    validators: readonly LocalValidator[],
    faucet: HttpServer,
  ) {
    this.genesisPath = genesisPath;
    this.#lock = lock;
    this.#front = front;
    this.#validators = validators;
    this.faucet = faucet;
  }

  /** Processes of the validators, by their index; none of one that is alone. */
  get processes(): ReadonlyMap<number, number | undefined> {
    return new Map(this.#validators.map(({ author, pid }) => [author, pid]));
  }

  /** Rejects when the network cannot go on: with what ended the node that serves, or ValidatorEnded. */
  get failure(): Promise<never> {
    return Promise.race([this.node.failure, ...this.#validators.map(({ failure }) => failure)]);
  }

  get report(): NetworkReport {
    const front = nodeReport(this.node);
    return {
      at: performance.now(),
      front,
      validators: this.node.genesis.committee.map(({ name }, author) => {
        const validator = this.#validators[author];
        return validator
          ? { name, restarts: validator.restarts, report: validator.report }
          : { name, restarts: 0, report: front };
      }),
    };
  }

  get node(): LedgerNode {
    return this.#front.node;
  }

  get rpc(): HttpServer {
    return this.#front.rpc;
  }

  /** Throws LocalnetError, and what NodeProcess.start throws. */
  static async start(options: LocalnetOptions): Promise<Localnet> {
    const { folder, log, hostname, heartbeatMs, cores = ["node"], trust = "host" } = options;
    const { startCore = coreStarter(cores[0]!, trust) } = options;
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
        epochMs: options.epochMs,
        faults: options.faults,
        governor: options.governor,
        startCore,
      });
      const genesisPath = join(folder, GENESIS_FILE);
      const alone = genesis.committee.length === 1;
      const places = genesis.committee.map((_, author) => ({ author, ...validatorFolders(folder, author) }));
      const validators = (alone ? [] : places).map(({ author, data, trust: trustFolder }) => {
        const at = { author, genesisPath, dataFolder: data, trustFolder };
        const core = cores[author % cores.length];
        return new LocalValidator({
          ...at,
          core,
          trust,
          heartbeatMs,
          keeping: options.keeping,
          log,
          program: options.program,
        });
      });
      closings.unshift(() => Promise.all(validators.map((validator) => validator.stop())));
      const [first] = places;
      const front = await NodeProcess.start({
        genesis,
        dataFolder: alone ? first!.data : join(folder, FULL_NODE_FOLDER),
        validator: alone ? { author: 0, trustFolder: first!.trust, heartbeatMs } : undefined,
        hostname,
        rpcPort: options.rpcPort,
        requestsPerSecond: options.requestsPerSecond,
        keeping: options.keeping,
        log,
        startCore,
      });
      closings.unshift(() => front.stop());
      const app = faucetApp(new Faucet(front.node, keypair), (error) =>
        log.error({ error: String(error) }, "the faucet failed"),
      );
      const faucet = await listen(app, hostname, options.faucetPort);
      return new Localnet(genesisPath, lock, front, validators, faucet);
    } catch (error) {
      for (const close of closings) await close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.faucet.close();
    await this.#front.stop();
    await Promise.all(this.#validators.map((validator) => validator.stop()));
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
