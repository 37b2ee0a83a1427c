/**
 * The epoch that is in force, as this node knows it: genesis's, or the one after the newest end of an epoch that it has. Nothing here decides: `verify`
 * is given the end, and serves only if that leads on from genesis.
 */

import { toBase64 } from "@iota/iota-sdk/utils";
import { Config, type Environment, HostToVerify, LANE_NUMBERS, VerifyToHost } from "../core/wire/frames.ts";
import { NO_AUTHOR } from "../core/wire/limits.ts";
import { decode, encode, type Value } from "../core/wire/schema.ts";
import { ComponentInstance } from "../platform/component.ts";
import { loadModule } from "../platform/modules.ts";
import { CheckpointSummaryBcs, checkpointExtension } from "./format/checkpoint.ts";
import { LIST_ID, type ListedMember, listedMembers } from "./format/committee.ts";
import { fromHex, toHex } from "./format/hex.ts";
import { parseBcs } from "./format/parse.ts";
import { type GenesisFile, genesisCommittee, genesisEnvironment, genesisOrigin } from "./genesis/genesis.ts";
import { parseReachability, type Reachability } from "./genesis/reachability.ts";
import type { EpochEnd, Store } from "./store/store.ts";

/** Another epoch is in force than the session's: the core is to be started anew. */
export class EpochOver extends Error {
  override readonly name = "EpochOver";
}

/** A member of the committee in force; its index is its place there. */
export interface MemberInForce {
  /** As the list of validators has it, or the genesis file. */
  readonly name: string;
  readonly publicKey: Uint8Array;
  /** Where the list says that it is, or the genesis file. */
  readonly network: Reachability | undefined;
  /** Its index in the genesis file, if its key is there, or that which it is reached by. */
  readonly inGenesis: number | undefined;
}

export interface EpochInForce {
  readonly committee: readonly MemberInForce[];
  readonly environment: Value<typeof Environment>;
  /** The checkpoint that it began with: that of the epoch before; undefined: genesis. */
  readonly begins: { readonly sequence: bigint; readonly end: EpochEnd } | undefined;
}

export function epochInForce(genesis: GenesisFile, store: Store): EpochInForce {
  const end = store.newestEpochEnd();
  const committee = committeeOf(genesis, store, end);
  if (!end) return { environment: genesisEnvironment(genesis), committee, begins: undefined };
  return { environment: nextEnvironment(end), committee, begins: { sequence: sequenceOf(end.summary), end } };
}

/** The committee that an end puts in force, or genesis's. Its keys are what counts; names and addresses are as of now. */
function committeeOf(genesis: GenesisFile, store: Store, end: EpochEnd | undefined): readonly MemberInForce[] {
  const keys = end ? nextKeys(end) : genesisCommittee(genesis).map(({ publicKey }) => publicKey);
  const listed = listedWith(store, keys);
  return keys.map((publicKey, index) => {
    const member = genesis.committee.find((one) => one.publicKey === toBase64(publicKey));
    const entry = listed.get(toHex(publicKey));
    const name = entry?.name ?? member?.name ?? `validator-${index}`;
    const network = (entry && parseReachability(entry.address)) ?? member?.network;
    return { name, publicKey, network, inGenesis: placeInGenesis(genesis, member, network) };
  });
}

/** Who has another key than in genesis, and is reached by the same transport key, is still called by its place there: the network below knows it by that. */
function placeInGenesis(
  { committee }: GenesisFile,
  member: GenesisFile["committee"][number] | undefined,
  network: Reachability | undefined,
): number | undefined {
  const place = committee.findIndex((one) => one === member || (network && one.network?.peerId === network.peerId));
  return place < 0 ? undefined : place;
}

/**
 * What the list of validators says of the owners of these keys, by key, in hex. Who has been taken off it is a member until the epoch ends, and is looked for in
 * earlier versions, as far as the store has them.
 */
function listedWith(store: Store, keys: readonly Uint8Array[]): ReadonlyMap<string, ListedMember> {
  const id = fromHex(LIST_ID);
  const wanted = new Set(keys.map(toHex));
  const found = new Map<string, ListedMember>();
  let at = store.objectAtMost(id, MAX_VERSION);
  for (let looked = 0; at && found.size < wanted.size && looked < MOST_VERSIONS; looked++) {
    for (const one of listedMembers(at.bytes)) {
      const key = toHex(one.key);
      if (wanted.has(key) && !found.has(key)) found.set(key, one);
    }
    at = store.objectAtMost(id, at.version - 1n);
  }
  return found;
}

const MAX_VERSION = 0xffff_ffff_ffff_ffffn;
/** Versions that are looked through: more changes in one epoch than anybody makes. */
const MOST_VERSIONS = 1_000;

function nextKeys({ summary }: EpochEnd): readonly Uint8Array[] {
  const { endOfEpochData } = parseBcs(CheckpointSummaryBcs, summary);
  return (endOfEpochData?.nextEpochCommittee ?? []).map(([key]) => Uint8Array.from(key));
}

/** The committee of an epoch that has begun. */
export function committeeAt(genesis: GenesisFile, store: Store, epoch: bigint): readonly MemberInForce[] {
  return committeeOf(genesis, store, endsBefore(store, epoch).at(-1));
}

/** Whether an end puts another committee in force than this one. */
export function turns(committee: readonly MemberInForce[], end: EpochEnd): boolean {
  const keys = nextKeys(end);
  return keys.length !== committee.length || keys.some((key, i) => toHex(key) !== toHex(committee[i]!.publicKey));
}

/** The place of who has this key; NO_AUTHOR for whoever is no member. */
export function authorIn(committee: readonly MemberInForce[], key: Uint8Array | undefined): number {
  const place = key ? committee.findIndex(({ publicKey }) => toHex(publicKey) === toHex(key)) : -1;
  return place < 0 ? NO_AUTHOR : place;
}

/** What leads from genesis to `epoch`: every end before it that put another committee in force, and the last one. */
export function endsBefore(store: Store, epoch: bigint): readonly EpochEnd[] {
  if (epoch === 0n) return [];
  const last = store.epochEnd(epoch - 1n);
  return [...store.turnsBefore(epoch - 1n), ...(last ? [last] : [])];
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

/** VerifyConfig. `ends`: as `endsBefore` gives them, and those that follow. */
export function verifyConfig(genesis: GenesisFile, ends: readonly EpochEnd[], author: number): Uint8Array {
  return encode(Config.verify, {
    origin: genesisOrigin(genesis),
    author,
    ends: [...ends],
  });
}

/** Whether a `verify` that is given these ends serves the epoch after the last: an instance outside the core, which nobody else listens to. */
export async function leadsOn(genesis: GenesisFile, ends: readonly EpochEnd[]): Promise<boolean> {
  const { module } = await loadModule("verify");
  const instance = new ComponentInstance(module, verifyConfig(genesis, ends, NO_AUTHOR));
  const frame = encode(HostToVerify, { kind: "checkpoint", id: 0n, ...ends.at(-1)! });
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
