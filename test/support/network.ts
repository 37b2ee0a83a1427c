/** A local network of its own for a test file: real sockets, LMDB and worker threads, on a folder that is removed at the end. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { IotaClient, type IotaTransactionBlockResponse } from "@iota/iota-sdk/client";
import type { Signer } from "@iota/iota-sdk/cryptography";
import { requestIotaFromFaucetV0 } from "@iota/iota-sdk/faucet";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import type { Transaction } from "@iota/iota-sdk/transactions";
import { blake2b } from "@noble/hashes/blake2.js";
import { Localnet, type LocalnetOptions } from "../../host/localnet.ts";
import { validatorFolders } from "../../host/localnet-genesis.ts";
import type { NodeReport } from "../../host/report.ts";
import type { PlatformName } from "../../platform/platforms.ts";

/** An idle network makes a checkpoint this often: seldom, so that the checkpoints of a test are those of its own transactions. */
const HEARTBEAT_MS = 60_000;
/** NANOS that a local network begins with: all there are, ever (host/localnet.ts, FAUCET_NANOS). */
export const GENESIS_NANOS = 1_000_000_000_000_000_000n;

/** What is wrong with validator 1 of several, all the time. */
export type Trouble = "none" | "killed" | "hostile";

/** The validator that is in trouble. */
const TROUBLED = 1;
const KILLED_EVERY_MS = 5_000;
const HOSTILE_PROGRAM = fileURLToPath(new URL("hostile/program.mjs", import.meta.url));

export class TestNetwork {
  readonly #options: LocalnetOptions;
  readonly #errors: string[];
  /** Parts of errors that a test brings about. */
  readonly #expected: string[] = [];
  #net: Localnet;
  #killing: NodeJS.Timeout | undefined;

  private constructor(options: LocalnetOptions, errors: string[], net: Localnet) {
    this.#options = options;
    this.#errors = errors;
    this.#net = net;
  }

  /**
   * By default one validator, or as many as CAISSON_VALIDATORS says, on `node` or the platforms that CAISSON_CORE names, in turn, with the trouble that
   * CAISSON_TROUBLE names, if it names one.
   */
  static async start(
    validators = Number(process.env.CAISSON_VALIDATORS ?? 1),
    cores = (process.env.CAISSON_CORE ?? "node").split(",") as readonly PlatformName[],
    trouble = (process.env.CAISSON_TROUBLE ?? "none") as Trouble,
    {
      keeping = {},
      heartbeatMs = HEARTBEAT_MS,
      epochMs,
      governor,
    }: Partial<Pick<LocalnetOptions, "keeping" | "heartbeatMs" | "epochMs" | "governor">> = {},
  ): Promise<TestNetwork> {
    if (trouble !== "none" && validators < 4) throw new Error(`${validators} validators do not bear one in trouble`);
    if (trouble === "hostile") process.env.CAISSON_HOSTILE = String(TROUBLED); // its process inherits it
    const errors: string[] = [];
    const options: LocalnetOptions = {
      folder: mkdtempSync(join(tmpdir(), "caisson-e2e-")),
      validators,
      cores,
      program: trouble === "hostile" ? HOSTILE_PROGRAM : undefined,
      fresh: false,
      hostname: "127.0.0.1",
      rpcPort: 0,
      faucetPort: 0,
      heartbeatMs,
      keeping,
      epochMs,
      governor,
      log: {
        info: () => undefined,
        warn: () => undefined,
        error: (fields, message) => errors.push(`${message}: ${JSON.stringify(fields)}`),
      },
    };
    const net = new TestNetwork(options, errors, await Localnet.start(options));
    if (trouble === "killed") net.#killing = setInterval(() => net.kill(TROUBLED), KILLED_EVERY_MS);
    return net;
  }

  /** Where the official client, unmodified, is pointed at. */
  get url(): string {
    return this.#net.rpc.url;
  }

  /** How many validators it has. */
  get validators(): number {
    return this.#options.validators!;
  }

  /** Of the validators' processes. */
  get pids(): readonly number[] {
    return [...this.#net.processes.values()].filter((pid) => pid !== undefined);
  }

  get genesisPath(): string {
    return this.#net.genesisPath;
  }

  get faucetUrl(): string {
    return this.#net.faucet.url;
  }

  /** A client of the network as it runs now. */
  client(): IotaClient {
    return new IotaClient({ url: this.url });
  }

  /** Gives `account` the faucet's coins and resolves with their ids. */
  async fund(account: Pick<Signer, "toIotaAddress">): Promise<string[]> {
    const recipient = account.toIotaAddress();
    const { transferredGasObjects } = await requestIotaFromFaucetV0({ host: this.faucetUrl, recipient });
    return transferredGasObjects.map(({ id }) => id);
  }

  /** Kills the process of a validator; it is started again a second later. */
  kill(author: number): void {
    this.#expected.push(`"author":${author},"code":null,"signal":"SIGKILL"`);
    try {
      process.kill(this.#net.processes.get(author)!, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it is about to be started again
    }
  }

  /** Kills a validator's process and removes its store before it is started again; its vault stays. */
  async loseStore(author: number): Promise<void> {
    const pid = this.#net.processes.get(author)!;
    this.kill(author);
    const lasts = () => existsSync(`/proc/${pid}`);
    while (lasts()) await new Promise((resolve) => setTimeout(resolve, 10));
    rmSync(join(validatorFolders(this.#options.folder, author).data, "store"), { recursive: true });
  }

  /** What a validator of several said of itself last; undefined while it does not run. */
  report(author: number): NodeReport | undefined {
    return this.#net.report.validators[author]?.report;
  }

  /** Stops the network and starts it again on what it left; its ports are new. */
  async restart(): Promise<void> {
    await this.#net.stop();
    this.#net = await Localnet.start(this.#options);
  }

  /** Stops the network and removes its folder. Throws when the node logged an error. */
  async stop(): Promise<void> {
    clearInterval(this.#killing);
    await this.#net.stop();
    rmSync(this.#options.folder, { recursive: true });
    const errors = this.#errors.filter((error) => !this.#expected.some((part) => error.includes(part)));
    if (errors.length > 0) throw new Error(`the node logged errors:\n${errors.join("\n")}`);
  }
}

/** The same key pair for the same name in every run. */
export function account(name: string): Ed25519Keypair {
  return Ed25519Keypair.fromSecretKey(blake2b(new TextEncoder().encode(`e2e account ${name}`), { dkLen: 32 }));
}

/** Signs and executes; throws when the transaction was not a success. */
export async function succeed(
  client: IotaClient,
  signer: Signer,
  transaction: Transaction,
): Promise<IotaTransactionBlockResponse> {
  const response = await client.signAndExecuteTransaction({
    signer,
    transaction,
    options: { showEffects: true, showObjectChanges: true, showBalanceChanges: true },
  });
  const { status, error } = response.effects!.status;
  if (status !== "success") throw new Error(`${response.digest} failed: ${error}`);
  return response;
}

/** NANOS that a transaction cost its payer. */
export function netGas({ effects }: Pick<IotaTransactionBlockResponse, "effects">): bigint {
  const { computationCost, storageCost, storageRebate } = effects!.gasUsed;
  return BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
}

/** An object as a transaction refers to it, as it is now. */
export async function referenceTo(client: IotaClient, id: string) {
  const { data, error } = await client.getObject({ id });
  if (!data) throw new Error(`no object ${id}: ${JSON.stringify(error)}`);
  return { objectId: data.objectId, version: data.version, digest: data.digest };
}

/** NANOS that an address has. */
export async function balanceOf(client: IotaClient, owner: string): Promise<bigint> {
  return BigInt((await client.getBalance({ owner })).totalBalance);
}

interface Page<T, C> {
  readonly data: T[];
  readonly hasNextPage: boolean;
  readonly nextCursor?: C | null;
}

/** Everything that a paged method has. `pages` collects how long each page was. */
export async function everyPage<T, C>(
  page: (cursor: C | null) => Promise<Page<T, C>>,
  pages: number[] = [],
): Promise<T[]> {
  const all: T[] = [];
  let cursor: C | null = null;
  for (;;) {
    const { data, hasNextPage, nextCursor } = await page(cursor);
    pages.push(data.length);
    all.push(...data);
    if (!hasNextPage) return all;
    if (!nextCursor) throw new Error("a page says that more follows, but not where");
    cursor = nextCursor;
  }
}
