/** A validator as a process runs it: its folder, locked; its store; the node; its JSON-RPC on a socket. */
import { join } from "node:path";
import { FolderLock } from "../platform/folder-lock.ts";
import { startNodeCore } from "../platform/node/index.ts";
import type { StartCore } from "../platform/runner.ts";
import { type GenesisFile, genesisChain } from "./genesis/genesis.ts";
import { type HttpServer, listen } from "./http.ts";
import { Libp2pNetwork } from "./network/libp2p/libp2p-network.ts";
import { transportKey } from "./network/libp2p/transport-key.ts";
import { LedgerNode } from "./node.ts";
import type { NodeLog } from "./node-options.ts";
import { rpcApp } from "./rpc/server.ts";
import { Store } from "./store/store.ts";

export interface ValidatorOptions {
  readonly genesis: GenesisFile;
  /** Where the store is kept, in a folder of its own; locked. */
  readonly dataFolder: string;
  /** Where the vault's sealed state and counter are kept; the platform locks it. */
  readonly trustFolder: string;
  /** Index in the genesis committee. */
  readonly author: number;
  readonly hostname: string;
  readonly rpcPort: number;
  readonly heartbeatMs: number;
  /** Requests a second that one address may make of the JSON-RPC; 0, the default, is no limit. */
  readonly requestsPerSecond?: number | undefined;
  readonly log: NodeLog;
  /** Multiaddresses to listen on for other validators; those that the genesis file lists by default. */
  readonly listen?: readonly string[] | undefined;
  /** The platform; threads of this process by default. */
  readonly startCore?: StartCore | undefined;
}

const STORE_FOLDER = "store";

type Closing = () => unknown;

export class Validator {
  readonly node: LedgerNode;
  readonly rpc: HttpServer;
  readonly #closings: readonly Closing[];

  private constructor(node: LedgerNode, rpc: HttpServer, closings: readonly Closing[]) {
    this.node = node;
    this.rpc = rpc;
    this.#closings = closings;
  }

  /** Resolves when it serves. Throws FolderInUse, StoreError, NodeUnavailable or ListenError, with nothing left open. */
  static async start(options: ValidatorOptions): Promise<Validator> {
    const { genesis, dataFolder, trustFolder, author, heartbeatMs, log, startCore = startNodeCore } = options;
    const closings: Closing[] = [];
    try {
      const lock = FolderLock.take(dataFolder);
      closings.unshift(() => lock.release());
      const store = new Store(join(dataFolder, STORE_FOLDER));
      closings.unshift(() => store.close());
      const node = await LedgerNode.start({
        genesis,
        store,
        startCore: (configs, listener) => startCore({ configs, trustFolder }, listener),
        author,
        network: await networkOf(options),
        nowMs: Date.now,
        heartbeatMs,
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
      return new Validator(node, rpc, closings);
    } catch (error) {
      await closeAll(closings);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await closeAll(this.#closings);
  }
}

/** None for a lone validator. */
async function networkOf({ genesis, author, dataFolder, listen: own, log }: ValidatorOptions) {
  if (genesis.committee.length === 1) return undefined;
  const committee = genesis.committee.map(({ network }) => network);
  return new Libp2pNetwork({
    chain: genesisChain(genesis),
    key: await transportKey(dataFolder),
    listen: own ?? committee[author]?.addresses ?? [],
    committee,
    author,
    log,
  });
}

async function closeAll(closings: readonly Closing[]): Promise<void> {
  for (const close of closings) await close();
}

/** The whole stack: an error that the node did not expect is a mistake in it. */
const reasonOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
