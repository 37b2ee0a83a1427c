/**
 * What a platform offers to the host: frames in batches over the host's own lanes, asynchronously, with back-pressure. The same
 * on every platform; a node is written against this and nothing else.
 */
import type { LaneName } from "../core/wire/frames.ts";
import type { Image } from "./image/image.ts";
import type { ComponentName } from "./topology.ts";

/** Lanes on which the host may send. */
export type LaneToCore = Extract<LaneName, `hostTo${string}`>;
/** Lanes on which the host hears. */
export type LaneFromCore = Extract<LaneName, `${string}ToHost`>;

/** A component trapped. Requests it had not answered will not be answered. */
export interface Fault {
  readonly component: ComponentName;
  readonly message: string;
  /** True when the component was started again by itself; false when the whole core must be rebooted. */
  readonly recovered: boolean;
}

export interface CoreListener {
  frames(lane: LaneFromCore, frames: readonly Uint8Array[]): void;
  fault(fault: Fault): void;
  /** Why the platform's own part fails, in a sentence for operators: the vault's disk is full, say. The core hears only that it does. */
  trouble(message: string): void;
}

/** What runs, for operators and for those who verify them. */
export interface PlatformReport {
  readonly platform: string;
  /** What it trusts, in words: "this process", "this disk". */
  readonly trusts: readonly string[];
  /** SHA-256 of each component's module, hex. */
  readonly components: Readonly<Record<ComponentName, string>>;
}

export interface Core {
  readonly report: PlatformReport;
  /**
   * Hands frames to a lane, in order, as fast as the lane has credit (credit.ts); resolves when it has them all. What is not
   * handed over yet waits with the caller, who makes one call a lane at a time.
   */
  send(lane: LaneToCore, frames: readonly Uint8Array[]): Promise<void>;
  /** What a TPM says of this core, for 32 bytes of whoever asks (tpm/attestation.ts); undefined: it does not do it. Only where a core has one. */
  readonly attest?: ((nonce: Uint8Array) => Promise<Uint8Array | undefined>) | undefined;
  /** Ends every instance. Nothing is heard afterwards. */
  stop(): Promise<void>;
}

/** What the components are told before any lane opens: BCS of Config in core/wire/frames.ts. */
export type ComponentConfigs = Readonly<Record<ComponentName, Uint8Array>>;

export interface CoreOptions {
  readonly configs: ComponentConfigs;
  /** Folder for the vault's sealed state and counter; undefined: a core without a vault, which signs nothing. */
  readonly trustFolder: string | undefined;
  /** The host by default. */
  readonly trust?: TrustedBy;
  /** On platforms that have one (platforms.ts); built of this tree by default. */
  readonly image?: Image | undefined;
}

/** What serves the vault: the host, from files, or a TPM of the core's own. */
export const TRUSTS = ["host", "tpm"] as const;
export type TrustedBy = (typeof TRUSTS)[number];

/** Starts a core on some platform. */
export type StartCore = (options: CoreOptions, listener: CoreListener) => Promise<Core>;
