/** When a state is taken from peers instead of the blocks that lead to it. */
import { CheckpointSummaryBcs } from "../format/checkpoint.ts";
import { parseBcs } from "../format/parse.ts";
import type { Keeping } from "../keeping.ts";
import type { Network, Peer } from "../network/network.ts";
import type { Store } from "../store/store.ts";

/** Peers are so far ahead that their blocks are not to be had, or would take longer than their state. The node takes a state, then goes on. */
export class FarBehind extends Error {
  override readonly name = "FarBehind";
}

export interface LagOptions {
  readonly store: Store;
  readonly network: Network;
  readonly keeping: Pick<Keeping, "syncBehind">;
  /** In force: of a checkpoint of another one our `verify` says nothing. */
  readonly epoch: bigint;
  /** Whether our own `verify` finds a quorum's signatures under a summary. */
  readonly verify: (summary: Uint8Array, certificate: Uint8Array) => Promise<boolean>;
}

/** Asks a peer for its newest certified checkpoint. Throws FarBehind when that is too far ahead, and NetworkError. */
export async function expectWithinReach(
  peer: Peer,
  { store, network, keeping, epoch, verify }: LagOptions,
): Promise<void> {
  const { checkpoint } = await network.request(peer, { kind: "checkpoint", sequence: undefined });
  if (!checkpoint) return;
  const { summary, certificate } = checkpoint;
  const parsed = parseBcs(CheckpointSummaryBcs, summary);
  if (BigInt(parsed.epoch) !== epoch) return;
  const newest = BigInt(parsed.sequenceNumber);
  const behind = newest - (store.latestCheckpoint() ?? 0n);
  if (behind <= BigInt(keeping.syncBehind)) return;
  if (await verify(summary, certificate)) throw new FarBehind(`${behind} checkpoints behind peer ${peer}`);
  network.report(peer, "invalid");
}
