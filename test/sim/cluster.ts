/**
 * A whole cluster under virtual time, from a seed: the validators' real cores, stores' rules and consensus; the clock, the network and
 * the disks simulated. What intact vaults sign is watched: never two things for one slot.
 */
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { type LaneName, OrderToVault, VaultToLedger, VaultToOrder } from "../../core/wire/frames.ts";
import { NO_AUTHOR } from "../../core/wire/limits.ts";
import { decode } from "../../core/wire/schema.ts";
import { toHex } from "../../host/format/hex.ts";
import { buildGenesis } from "../../host/genesis/build-genesis.ts";
import type { GenesisFile } from "../../host/genesis/genesis.ts";
import { readVault } from "../../host/genesis/vault-key.ts";
import type { Keeping } from "../../host/keeping.ts";
import type { Network, Peer } from "../../host/network/network.ts";
import type { Misdeed } from "../../host/network/scores.ts";
import { LedgerNode } from "../../host/node.ts";
import { type Environment, StoreError } from "../../host/store/environment.ts";
import { Store } from "../../host/store/store.ts";
import { startInlineCore } from "../../platform/inline.ts";
import { loadModules } from "../../platform/modules.ts";
import { COMPONENTS } from "../../platform/topology.ts";
import { FileTrust } from "../../platform/trust/file-trust.ts";
import { Random } from "../attack/random.ts";
import { SimClock, settled } from "./clock.ts";
import { SimDisk } from "./disk.ts";
import { type Hostility, hostileNetwork } from "./hostile.ts";
import { Life } from "./life.ts";
import { SimNetwork } from "./network.ts";

/** Of the genesis file, and when simulated time begins, in milliseconds since 1970: clocks are behind the genesis at first. */
const GENESIS_MS = 1_700_000_000_000;
const BEGIN_MS = GENESIS_MS - 5_000;
/** An idle cluster goes on this often. */
const HEARTBEAT_MS = 1_000;
const SEED_BYTES = 32;

/** What every cluster of a size begins with. */
export interface Origin {
  readonly genesis: GenesisFile;
  /** Of each validator, and of each candidate: what its trust has kept. */
  readonly trusts: readonly ReadonlyMap<string, Uint8Array>[];
  /** Of the same: FIPS 204's xi, and the key that it makes. */
  readonly seeds: readonly Uint8Array[];
  readonly keys: readonly Uint8Array[];
  /** Owns all coins. */
  readonly keypair: Ed25519Keypair;
}

export interface OriginOptions {
  /** Validators of genesis. */
  readonly validators: number;
  /** Full nodes with a vault of their own, which the committee may come to have. */
  readonly candidates?: number;
  readonly coins: number;
  /** How long epochs are; 0: none ends. */
  readonly epochMs: number;
  /** The chain's fault rule. */
  readonly faults?: GenesisFile["faults"];
}

/** The same for the same options. The owner of the coins governs the list of validators. */
export async function makeOrigin(options: OriginOptions): Promise<Origin> {
  const { validators, candidates = 0, coins, epochMs, faults } = options;
  const keypair = Ed25519Keypair.fromSecretKey(new Uint8Array(SEED_BYTES).fill(7));
  const modules = await loadModules();
  const seeds = Array.from({ length: validators + candidates }, (_, node) => new Random(node).bytes(SEED_BYTES));
  const trusts = seeds.map(() => new Map<string, Uint8Array>());
  const keys: Uint8Array[] = [];
  for (const [node, seed] of seeds.entries()) {
    const files = trusts[node]!;
    const disk = {
      read: async (name: string) => files.get(name),
      writeDurably: async (name: string, bytes: Uint8Array) => void files.set(name, bytes.slice()),
    };
    const trust = new FileTrust(disk, { entropy: () => seed });
    const { publicKey } = await readVault("", node, async ({ configs }, listener) =>
      startInlineCore({ modules, configs, trust }, listener),
    );
    keys.push(publicKey);
  }
  const committee = keys
    .slice(0, validators)
    .map((key, author) => ({ name: `validator-${author}`, publicKey: toBase64(key) }));
  const owner = keypair.toIotaAddress();
  const genesis = await buildGenesis({
    protocolVersion: "38",
    timestampMs: String(GENESIS_MS),
    epochDurationMs: String(epochMs),
    referenceGasPrice: "1000",
    faults,
    committee,
    ...(candidates > 0 ? { governor: owner } : {}),
    coins: Array.from({ length: coins }, () => ({ owner, balance: "1000000000" })),
  });
  return { genesis, trusts, seeds, keys, keypair };
}

/** The peer id that the list of validators knows a candidate by. */
export function candidateId(node: number): string {
  return `12D3KooW${String.fromCharCode(A + node).repeat(44)}`;
}
const A = "A".charCodeAt(0);

/** A validator's process. */
export interface Running {
  readonly life: Life;
  readonly store: Store;
  /** Once it has started. */
  node: LedgerNode | undefined;
}

export interface SimOptions {
  readonly origin: Origin;
  readonly seed: number;
  /** What a validator's calendar is off by, in milliseconds. */
  readonly skewMs?: readonly number[];
  /** What is wrong with the last validator. */
  readonly hostility?: Hostility | undefined;
  readonly keeping?: Keeping;
  /** How often an idle cluster goes on. */
  readonly heartbeatMs?: number;
}

export class SimCluster {
  readonly clock = new SimClock();
  readonly network: SimNetwork;
  readonly disks: readonly SimDisk[];
  readonly logged: string[] = [];
  readonly random: Random;
  /** What must not happen, and did. */
  readonly violations: string[] = [];
  boots = 0;
  /** Nodes that ended because of what their disks had come to. */
  ends = 0;
  /** Nodes whose store is not what they wrote, and those that had such a one: of what they sent then others may hear late. */
  readonly #corrupt = new Set<number>();
  readonly #wereCorrupt = new Set<number>();
  readonly #options: SimOptions;
  readonly #running: (Running | undefined)[];
  /** Digest of what each signed for a slot. */
  readonly #signed = new Map<string, string>();

  constructor(options: SimOptions) {
    this.#options = options;
    this.random = new Random(options.seed);
    this.network = new SimNetwork(this.clock, this.random.bits());
    this.disks = options.origin.trusts.map((those) => new SimDisk(this.random.fork(), those));
    this.#running = this.disks.map(() => undefined);
  }

  /** All nodes: the validators of genesis, then the candidates. */
  get size(): number {
    return this.disks.length;
  }

  get #validators(): number {
    return this.origin.genesis.committee.length;
  }

  /** Nodes with which nothing is wrong. */
  get honest(): readonly number[] {
    const all = this.disks.map((_, node) => node);
    return this.#options.hostility ? all.filter((node) => node !== this.#validators - 1) : all;
  }

  /** As the network names a node. */
  peer(node: number): Peer {
    return node < this.#validators ? node : candidateId(node);
  }

  get origin(): Origin {
    return this.#options.origin;
  }

  running(node: number): Running | undefined {
    return this.#running[node];
  }

  /** Starts a process; it is there at once, and serves when its core has started. */
  boot(node: number): void {
    const { origin, skewMs, hostility, keeping, heartbeatMs = HEARTBEAT_MS } = this.#options;
    const life = new Life(this.clock);
    const disk = this.disks[node]!;
    const ended = (what: string): void => {
      if (!life.alive) return;
      if (this.#corrupt.has(node)) this.ends++;
      (this.#corrupt.has(node) ? this.logged : this.violations).push(`${this.clock.now()} node ${node} ${what}`);
    };
    const store = openStore(disk.environment(life), (error) => ended(`does not start: ${error}`));
    if (!store) return;
    const running: Running = { life, store, node: undefined };
    this.#running[node] = running;
    this.boots++;
    const honest = this.network.join(this.peer(node));
    const network =
      hostility && !this.honest.includes(node)
        ? hostileNetwork(hostility, {
            honest,
            life,
            random: this.random.fork(),
            secretKey: () => this.#secretKey(node),
          })
        : this.#watched(node, honest);
    life.onKill(() => {
      if (this.#running[node] === running) this.#running[node] = undefined;
      void honest.stop();
    });
    const log = (fields: object, message: string): void => {
      this.logged.push(`${this.clock.now()} ${node}: ${message} ${JSON.stringify(fields)}`);
    };
    const trust = new FileTrust(disk.files(life), { entropy: () => this.random.bytes(SEED_BYTES) });
    const withVault = { trust, ...(this.honest.includes(node) && { observe: this.#signatures(node) }) };
    const withoutVault = { components: COMPONENTS.filter((name) => name !== "vault") };
    LedgerNode.start({
      genesis: origin.genesis,
      store,
      startCore: async (configs, listener, vault) => {
        const parts = vault === "vault" ? withVault : withoutVault;
        const core = startInlineCore({ modules: await loadModules(), configs, ...parts }, listener);
        if (life.alive) life.onKill(() => void core.stop());
        else void core.stop();
        return core;
      },
      author: node < this.#validators ? node : NO_AUTHOR,
      publicKey: origin.keys[node],
      network,
      nowMs: () => BEGIN_MS + this.clock.now() + (skewMs?.[node] ?? 0),
      time: life,
      heartbeatMs,
      keeping,
      log: { info: log, warn: log, error: log },
    }).then(
      (started) => {
        running.node = started;
        started.failure.catch((error: Error) => ended(`ends: ${error}`));
      },
      (error: Error) => ended(`does not start: ${error}`),
    );
  }

  kill(node: number): void {
    this.#running[node]?.life.kill();
  }

  /** A node that is not running finds so many rows of its store changed. It may end, and may be blamed; it still signs nothing twice. */
  corruptStore(node: number, rows: number): void {
    this.disks[node]!.corrupt(rows);
    this.#corrupt.add(node);
    this.#wereCorrupt.add(node);
  }

  isCorrupt(node: number): boolean {
    return this.#corrupt.has(node);
  }

  /** What its operator does with such a node: it is given an empty disk, and its trust stays. */
  replaceStore(node: number): void {
    this.kill(node);
    this.disks[node]!.loseStore();
    this.#corrupt.delete(node);
  }

  /** Kills everything: nothing of this cluster goes on. */
  async stop(): Promise<void> {
    for (const running of this.#running) running?.life.kill();
    await settled();
  }

  #secretKey(author: number): Uint8Array {
    return ml_dsa65.keygen(this.origin.seeds[author]!).secretKey;
  }

  /** Sees what a node's vault signs, whether it ever leaves or not. */
  #signatures(node: number): (lane: LaneName, frame: Uint8Array) => void {
    let epoch = 0n;
    return (lane, bytes) => {
      if (lane === "orderToVault") ({ epoch } = decode(OrderToVault, bytes));
      if (lane === "vaultToOrder") {
        const frame = decode(VaultToOrder, bytes);
        if (frame.kind === "signed") this.#sign(`block ${node} ${epoch} ${frame.round}`, toHex(frame.digest));
      }
      if (lane === "vaultToLedger") {
        const frame = decode(VaultToLedger, bytes);
        if (frame.kind === "signed") this.#sign(`checkpoint ${node} ${frame.sequence}`, toHex(frame.digest));
      }
    };
  }

  /** The network as an honest node has it, which is seen to blame no other honest one. */
  #watched(node: number, network: Network): Network {
    return Object.assign(Object.create(network) as Network, {
      start: (handlers: Parameters<Network["start"]>[0]) => network.start(handlers),
      broadcast: (bundle: Parameters<Network["broadcast"]>[0]) => network.broadcast(bundle),
      know: (...members: Parameters<NonNullable<Network["know"]>>) => network.know?.(...members),
      send: (...sent: Parameters<Network["send"]>) => network.send(...sent),
      request: (...asked: Parameters<Network["request"]>) => network.request(...asked),
      report: (peer: Peer, misdeed: Misdeed) => {
        const blamed = this.honest.find((one) => this.peer(one) === peer);
        const isExcused = this.#corrupt.has(node) || (blamed !== undefined && this.#wereCorrupt.has(blamed));
        if (misdeed !== "unanswered" && blamed !== undefined && !isExcused) {
          this.violations.push(`${this.clock.now()}: node ${node} blames ${peer} for ${misdeed}`);
        }
        network.report(peer, misdeed);
      },
      peers: () => network.peers(),
      stop: () => network.stop(),
    });
  }

  #sign(slot: string, digest: string): void {
    const before = this.#signed.get(slot);
    if (before !== undefined && before !== digest) this.violations.push(`${slot}: ${before} and ${digest}`);
    this.#signed.set(slot, digest);
  }
}

/** Undefined: it cannot be opened, as `refused` is told. */
function openStore(environment: Environment, refused: (error: StoreError) => void): Store | undefined {
  try {
    return new Store(environment);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    refused(error);
    return undefined;
  }
}
