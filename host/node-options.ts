/** What a node is started with. */
import type { ComponentConfigs, Core, CoreListener } from "../platform/runner.ts";
import type { GenesisFile } from "./genesis/genesis.ts";
import type { Keeping } from "./keeping.ts";
import type { Network, Peer } from "./network/network.ts";
import type { Store } from "./store/store.ts";
import type { Time } from "./time.ts";

export interface NodeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Whether a core is to have its vault: only a member of the committee in force signs anything. */
export type VaultUse = "vault" | "no vault";

export interface NodeOptions {
  readonly genesis: GenesisFile;
  readonly store: Store;
  /** Starts the core on the chosen platform. Called again after a fault. */
  readonly startCore: (configs: ComponentConfigs, listener: CoreListener, vault: VaultUse) => Promise<Core>;
  /** Index of this validator in the genesis committee; NO_AUTHOR: it is not there, or a full node. */
  readonly author: number;
  /** The key of our own vault, where the genesis file does not have it: who is not of the committee in force follows those who are, and starts no vault. */
  readonly publicKey?: Uint8Array | undefined;
  /** The vault's counter is not to be trusted: what is past is had of the other validators' vaults before ours signs anything. */
  readonly recover?: boolean | undefined;
  /** Of a full node: the full nodes that it follows instead of the validators, as the network names them. */
  readonly follows?: ReadonlySet<Peer> | undefined;
  /** The way to the other validators; a lone one needs none. */
  readonly network?: Network | undefined;
  /** The calendar's time: milliseconds since 1970. */
  readonly nowMs: () => number;
  /** What is waited by; the machine's own by default. */
  readonly time?: Time | undefined;
  /** An empty block is made when nothing else was for this long, so that the ledger's clock moves. */
  readonly heartbeatMs: number;
  /** What is other than in KEEPING. */
  readonly keeping?: Partial<Keeping> | undefined;
  readonly log: NodeLog;
}
