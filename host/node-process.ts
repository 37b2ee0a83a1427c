/** A validator or a full node as a process runs it: its folder, locked; its store; the node; its JSON-RPC on a socket. */
import { join } from "node:path";
import { toBase64 } from "@iota/iota-sdk/utils";
import { NO_AUTHOR } from "../core/wire/limits.ts";
import { FolderLock } from "../platform/folder-lock.ts";
import { startNodeCore } from "../platform/node/index.ts";
import type { StartCore } from "../platform/runner.ts";
import { NodeUnavailable } from "./errors.ts";
import { type GenesisFile, genesisChain } from "./genesis/genesis.ts";
import type { Reachability } from "./genesis/reachability.ts";
import { readLostKey, readVault } from "./genesis/vault-key.ts";
import { type HttpServer, listen } from "./http.ts";
import type { Keeping } from "./keeping.ts";
import { Libp2pNetwork } from "./network/libp2p/libp2p-network.ts";
import { transportKey } from "./network/libp2p/transport-key.ts";
import { LedgerNode } from "./node.ts";
import type { NodeLog } from "./node-options.ts";
import { rpcApp } from "./rpc/server.ts";
import { Store } from "./store/store.ts";

export interface ValidatorPlace {
  /** Index in the genesis committee; undefined: the vault's key says who it is, of genesis, of the list of validators later, or of neither yet. */
  readonly author?: number | undefined;
  /** Where the vault's sealed state and counter are kept; the platform locks it. */
  readonly trustFolder: string;
  /** As NodeOptions. */
  readonly recover?: boolean | undefined;
  /** As NodeOptions. */
  readonly heartbeatMs: number;
}

export interface NodeProcessOptions {
  readonly genesis: GenesisFile;
  /** Where the store is kept, in a folder of its own; locked. */
  readonly dataFolder: string;
  /** Undefined: a full node, which has no vault. */
  readonly validator?: ValidatorPlace | undefined;
  /** Of a full node: full nodes to follow instead of the validators. */
  readonly follow?: readonly Reachability[] | undefined;
  readonly hostname: string;
  readonly rpcPort: number;
  /** As NodeOptions. */
  readonly keeping?: Partial<Keeping> | undefined;
  /** Requests a second that one address may make of the JSON-RPC; 0, the default, is no limit. */
  readonly requestsPerSecond?: number | undefined;
  readonly log: NodeLog;
  /** Multiaddresses to listen on for other nodes; of several validators, those that the genesis file lists by default. */
  readonly listen?: readonly string[] | undefined;
  /** The platform; threads of this process by default. */
  readonly startCore?: StartCore | undefined;
}

const STORE_FOLDER = "store";

type Closing = () => unknown;

export class NodeProcess {
  readonly node: LedgerNode;
  readonly rpc: HttpServer;
  readonly #network: Libp2pNetwork | undefined;
  readonly #closings: readonly Closing[];

  private constructor(
    node: LedgerNode,
    rpc: HttpServer,
    network: Libp2pNetwork | undefined,
    closings: readonly Closing[],
  ) {
    this.node = node;
    this.rpc = rpc;
    this.#network = network;
    this.#closings = closings;
  }

  /** Multiaddresses at which other nodes reach it, with its peer id. */
  get listening(): readonly string[] {
    return this.#network?.addresses ?? [];
  }

  /** Resolves when it serves. Throws FolderInUse, StoreError, NodeUnavailable or ListenError, with nothing left open. */
  static async start(options: NodeProcessOptions): Promise<NodeProcess> {
    const { genesis, dataFolder, validator, follow, log, startCore = startNodeCore } = options;
    const closings: Closing[] = [];
    try {
      const lock = FolderLock.take(dataFolder);
      closings.unshift(() => lock.release());
      const store = new Store(join(dataFolder, STORE_FOLDER));
      closings.unshift(() => store.close());
      const publicKey =
        validator && (genesis.committee[validator.author ?? -1] ? undefined : await vaultKey(validator, startCore));
      const author = validator?.author ?? indexOf(genesis, publicKey);
      const network = await networkOf(options, author);
      const node = await LedgerNode.start({
        genesis,
        store,
        startCore: (configs, listener, vault) =>
          startCore({ configs, trustFolder: vault === "vault" ? validator?.trustFolder : undefined }, listener),
        author,
        publicKey,
        recover: validator?.recover,
        follows: follow && new Set(follow.map(({ peerId }) => peerId)),
        network,
        keeping: options.keeping,
        nowMs: Date.now,
        heartbeatMs: validator?.heartbeatMs ?? Number.POSITIVE_INFINITY,
        log,
      });
      closings.unshift(() => node.stop());
      const app = rpcApp(
        { node },
        {
          onFault: (method, error) => log.error({ method, error: reasonOf(error) }, "a request failed"),
          requestsPerSecond: options.requestsPerSecond,
        },
      );
      const rpc = await listen(app, options.hostname, options.rpcPort);
      closings.unshift(() => rpc.close());
      return new NodeProcess(node, rpc, network, closings);
    } catch (error) {
      await closeAll(closings);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await closeAll(this.#closings);
  }
}

/** The key in a vault, which makes one when it has none. */
async function vaultKey({ trustFolder, recover }: ValidatorPlace, startCore: StartCore): Promise<Uint8Array> {
  if (recover) return readLostKey(trustFolder, startCore);
  return (await readVault(trustFolder, NO_AUTHOR, startCore)).publicKey;
}

/** NO_AUTHOR: the genesis file does not have this key. */
function indexOf({ committee }: GenesisFile, key: Uint8Array | undefined): number {
  const index = key ? committee.findIndex(({ publicKey }) => publicKey === toBase64(key)) : -1;
  return index < 0 ? NO_AUTHOR : index;
}

/** None for a lone validator that is not to listen. Throws NodeUnavailable when who is not of genesis has nobody to follow. */
async function networkOf(
  { genesis, follow = [], dataFolder, listen: own = [], log }: NodeProcessOptions,
  author: number,
) {
  const committee = genesis.committee.map(({ network }) => network);
  const isListed = author !== NO_AUTHOR;
  if (isListed && committee.length === 1 && own.length === 0) return undefined;
  const listed = committee[author]?.addresses;
  const listen = own.length > 0 ? own : (listed ?? []);
  if (!isListed && follow.length === 0 && !committee.some((one) => one && one.addresses.length > 0)) {
    throw new NodeUnavailable("the genesis file says of no validator where it is reached: name a full node to follow");
  }
  return new Libp2pNetwork({
    chain: genesisChain(genesis),
    key: await transportKey(dataFolder),
    listen,
    committee,
    author: isListed ? author : undefined,
    follow,
    log,
  });
}

async function closeAll(closings: readonly Closing[]): Promise<void> {
  for (const close of closings) await close();
}

/** The whole stack: an error that the node did not expect is a mistake in it. */
const reasonOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
