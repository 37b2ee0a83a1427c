/**
 * The epoch that is in force, as this node knows it: genesis's, or the one after the newest end of an epoch that it has. Nothing here decides: `verify`
 * is given the end, and serves only if that leads on from genesis.
 */
import { Config, type Environment, HostToVerify, LANE_NUMBERS, VerifyToHost } from "../core/wire/frames.ts";
import { decode, encode, type Value } from "../core/wire/schema.ts";
import { ComponentInstance } from "../platform/component.ts";
import { loadModule } from "../platform/modules.ts";
import { CheckpointSummaryBcs, checkpointExtension } from "./format/checkpoint.ts";
import { parseBcs } from "./format/parse.ts";
import {
  type GenesisFile,
  genesisChain,
  genesisCommittee,
  genesisEnvironment,
  genesisFaults,
} from "./genesis/genesis.ts";
import type { EpochEnd, Store } from "./store/store.ts";

/** Another epoch is in force than the session's: the core is to be started anew. */
export class EpochOver extends Error {
  override readonly name = "EpochOver";
}

export interface EpochInForce {
  readonly environment: Value<typeof Environment>;
  /** The checkpoint that it began with: that of the epoch before; undefined: genesis. */
  readonly begins: { readonly sequence: bigint; readonly end: EpochEnd } | undefined;
}

export function epochInForce(genesis: GenesisFile, store: Store): EpochInForce {
  const end = store.newestEpochEnd();
  if (!end) return { environment: genesisEnvironment(genesis), begins: undefined };
  return { environment: nextEnvironment(end), begins: { sequence: sequenceOf(end.summary), end } };
}

function nextEnvironment({ summary: bytes }: EpochEnd): Value<typeof Environment> {
  const summary = parseBcs(CheckpointSummaryBcs, bytes);
  const { environment } = checkpointExtension(summary);
  const { nextEpochProtocolVersion = environment.protocolVersion } = summary.endOfEpochData ?? {};
  return {
    epoch: BigInt(summary.epoch) + 1n,
    epochStartMs: BigInt(summary.timestampMs),
    protocolVersion: BigInt(nextEpochProtocolVersion),
    referenceGasPrice: environment.referenceGasPrice,
  };
}

/** VerifyConfig. One end is enough: the committee that signed it is genesis's, which no epoch's end has changed. */
export function verifyConfig(genesis: GenesisFile, end: EpochEnd | undefined, author: number): Uint8Array {
  return encode(Config.verify, {
    environment: genesisEnvironment(genesis),
    chain: genesisChain(genesis),
    committee: genesisCommittee(genesis),
    faults: genesisFaults(genesis),
    author,
    ends: end ? [end] : [],
  });
}

/** Whether a `verify` that is given this end serves the epoch after it: an instance outside the core, which nobody else listens to. */
export async function leadsOn(genesis: GenesisFile, end: EpochEnd, author: number): Promise<boolean> {
  const { module } = await loadModule("verify");
  const instance = new ComponentInstance(module, verifyConfig(genesis, end, author));
  const frame = encode(HostToVerify, { kind: "checkpoint", id: 0n, ...end });
  const [answer] = instance.step(LANE_NUMBERS.hostToVerify, frame);
  return answer !== undefined && decode(VerifyToHost, answer.bytes).kind === "checkpoint";
}

export function epochOf(summary: Uint8Array): bigint {
  return BigInt(parseBcs(CheckpointSummaryBcs, summary).epoch);
}

export function sequenceOf(summary: Uint8Array): bigint {
  return BigInt(parseBcs(CheckpointSummaryBcs, summary).sequenceNumber);
}

export function endsEpoch(summary: Uint8Array): boolean {
  return parseBcs(CheckpointSummaryBcs, summary).endOfEpochData !== null;
}
