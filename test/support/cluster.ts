/** Several validators of one chain in this process: real cores, real stores, a mesh between them. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { NO_AUTHOR } from "../../core/wire/limits.ts";
import { buildGenesis } from "../../host/genesis/build-genesis.ts";
import type { GenesisFile } from "../../host/genesis/genesis.ts";
import { readVault } from "../../host/genesis/vault-key.ts";
import type { Keeping } from "../../host/keeping.ts";
import type { Peer } from "../../host/network/network.ts";
import { LedgerNode } from "../../host/node.ts";
import { Store } from "../../host/store/store.ts";
import type { StartCore } from "../../platform/runner.ts";
import { type Change, governing } from "./governing.ts";
import { startInline } from "./inline-core.ts";
import { Mesh } from "./mesh.ts";
import { payment } from "./payments.ts";

/** An idle cluster goes on this often, unless it is told otherwise. */
const HEARTBEAT_MS = 200;

export interface Member {
  readonly node: LedgerNode;
  readonly store: Store;
}

export interface ClusterOptions {
  /** What runs a node's core, where it is not to be `usual`: this thread. */
  readonly core?: (peer: Peer, usual: StartCore) => StartCore;
  readonly heartbeatMs?: number;
  /** See NodeOptions. */
  readonly keeping?: Partial<Keeping>;
  /** How long an epoch is; none ends by default. */
  readonly epochMs?: number;
  readonly faults?: GenesisFile["faults"];
  /** The cluster's user governs who its validators are. */
  readonly governed?: boolean;
}

export class Cluster {
  readonly mesh: Mesh;
  readonly logged: string[] = [];
  readonly keypair = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(7));
  readonly #folder: string;
  readonly #genesis: GenesisFile;
  readonly #members = new Map<Peer, Member>();
  readonly #heartbeatMs: number;
  readonly #keeping: Partial<Keeping> | undefined;
  readonly #core: (peer: Peer) => StartCore;

  private constructor(
    folder: string,
    genesis: GenesisFile,
    { core = (_, usual) => usual, heartbeatMs = HEARTBEAT_MS, keeping }: ClusterOptions,
  ) {
    this.#keeping = keeping;
    this.#heartbeatMs = heartbeatMs;
    this.#core = (peer) => core(peer, startInline);
    this.#folder = folder;
    this.#genesis = genesis;
    this.mesh = new Mesh(genesis.committee.length);
  }

  /** `coins`: how many the cluster's user has. */
  static async start(size: number, coins: number, options: ClusterOptions = {}): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), "caisson-cluster-"));
    const keys: Uint8Array[] = [];
    for (let author = 0; author < size; author++) {
      keys.push((await readVault(join(folder, `trust-${author}`), author, startInline)).publicKey);
    }
    const owner = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(7)).toIotaAddress();
    const genesis = await buildGenesis({
      protocolVersion: "38",
      timestampMs: options.epochMs === undefined ? "1700000000000" : String(Date.now()),
      epochDurationMs: String(options.epochMs ?? 0),
      referenceGasPrice: "1000",
      faults: options.faults,
      committee: keys.map((key, author) => ({ name: `validator-${author}`, publicKey: toBase64(key) })),
      ...(options.governed ? { governor: owner } : {}),
      coins: Array.from({ length: coins }, () => ({ owner, balance: "1000000000" })),
    });
    const cluster = new Cluster(folder, genesis, options);
    await Promise.all(keys.map((_, author) => cluster.boot(author)));
    return cluster;
  }

  get size(): number {
    return this.#genesis.committee.length;
  }

  member(peer: Peer): Member {
    return this.#members.get(peer)!;
  }

  storeFolder(peer: Peer): string {
    return join(this.#folder, `store-${peer}`);
  }

  /** The key of the vault of somebody who does not run; one that has none yet makes it. */
  async key(peer: Peer): Promise<Uint8Array> {
    return (await readVault(this.#trustFolder(peer), NO_AUTHOR, startInline)).publicKey;
  }

  #trustFolder(peer: Peer): string {
    return join(this.#folder, `trust-${peer}`);
  }

  /**
   * Starts a validator, or a full node by any name, which may follow others instead of the validators, or have a vault with this key: then it makes
   * blocks as soon as the committee has it. `recover`: as NodeOptions.
   */
  async boot(peer: Peer, follows?: ReadonlySet<Peer>, publicKey?: Uint8Array, recover = false): Promise<void> {
    const log = (fields: object, message: string): void => {
      this.logged.push(`${peer}: ${message} ${JSON.stringify(fields)}`);
    };
    const store = new Store(this.storeFolder(peer));
    const node = await LedgerNode.start({
      genesis: this.#genesis,
      store,
      startCore: (configs, listener, vault) =>
        this.#core(peer)({ configs, trustFolder: vault === "vault" ? this.#trustFolder(peer) : undefined }, listener),
      publicKey,
      recover,
      author: typeof peer === "number" ? peer : NO_AUTHOR,
      follows,
      network: this.mesh.network(peer, follows),
      nowMs: Date.now,
      heartbeatMs: this.#heartbeatMs,
      keeping: this.#keeping,
      log: { info: log, warn: log, error: log },
    });
    this.#members.set(peer, { node, store });
  }

  async halt(peer: Peer): Promise<void> {
    const member = this.#members.get(peer);
    this.#members.delete(peer);
    await member?.node.stop();
    await member?.store.close();
  }

  /** Copies what the vault of a halted member has; `restoreVault` puts parts of the copy in their place. */
  saveVault(author: number): void {
    this.#copy("", ".saved", `trust-${author}`);
  }

  restoreVault(author: number, ...parts: readonly ("vault.sealed" | "counter")[]): void {
    const folder = this.#trustFolder(author);
    for (const part of parts) cpSync(join(`${folder}.saved`, part), join(folder, part));
  }

  /** Copies everything that a halted member has; `restore` puts the copy in its place. */
  save(author: number): void {
    this.#copy("", ".saved", `trust-${author}`, `store-${author}`);
  }

  restore(author: number): void {
    this.#copy(".saved", "", `trust-${author}`, `store-${author}`);
  }

  /** The same of its store alone. */
  saveStore(author: number): void {
    this.#copy("", ".saved", `store-${author}`);
  }

  restoreStore(author: number): void {
    this.#copy(".saved", "", `store-${author}`);
  }

  /** Removes a halted member's store; its vault stays. */
  loseStore(peer: Peer): void {
    rmSync(this.storeFolder(peer), { recursive: true });
  }

  #copy(from: string, to: string, ...folders: readonly string[]): void {
    for (const folder of folders) {
      const place = join(this.#folder, folder + to);
      rmSync(place, { recursive: true, force: true });
      cpSync(join(this.#folder, folder + from), place, { recursive: true });
    }
  }

  async stop(): Promise<void> {
    for (const peer of [...this.#members.keys()]) await this.halt(peer);
    rmSync(this.#folder, { recursive: true });
  }

  /** A change of the list of validators, which the user's n-th coin pays for, as a member has it. */
  governing(peer: Peer, n: number, change: Change): Promise<[Uint8Array, Uint8Array[]]> {
    return governing(this.member(peer).store, this.keypair, n, change);
  }

  /** A payment out of the user's n-th coin, as a member has it; good until the end of `lastEpoch`. */
  payment(peer: Peer, n: number, amount = 1_000, lastEpoch?: bigint): Promise<[Uint8Array, Uint8Array[]]> {
    return payment(this.member(peer).store, this.keypair, n, amount, lastEpoch);
  }
}
