/** Blocks that were made while we were apart, asked for until a peer has no more of them. */
import { NO_AUTHOR } from "../../core/wire/limits.ts";
import type { CoreClient } from "../core-client.ts";
import { heightOf } from "../format/height.ts";
import type { Keeping } from "../keeping.ts";
import { type Bundle, type CheckpointSignature, EMPTY_BUNDLE, MAX_REQUEST_BLOCKS } from "../network/messages.ts";
import type { Network, Peer } from "../network/network.ts";
import type { NodeLog } from "../node-options.ts";
import type { Store } from "../store/store.ts";
import { expectWithinReach, FarBehind, type LagOptions } from "../sync/lag.ts";
import { sleep, type Time } from "../time.ts";
import { BlockNotTaken, type Intake, OtherEpoch, readBlock, type Source } from "./intake.ts";

export interface CatchUpOptions {
  readonly core: CoreClient;
  readonly store: Store;
  readonly network: Network;
  readonly intake: Intake;
  /** NO_AUTHOR: everybody's blocks are asked for, of one peer after the other; a validator asks each for its own. */
  readonly author: number;
  /** Ours that the peer may not have heard. */
  readonly signatures: () => readonly CheckpointSignature[];
  readonly keeping: Keeping;
  /** Validators that may lie. */
  readonly faulty: number;
  /** Full nodes that are followed beside the validators. */
  readonly follows: ReadonlySet<Peer>;
  readonly verify: LagOptions["verify"];
  /** Nothing can go on; FarBehind: what is missing is not to be had as blocks. */
  readonly failed: (error: unknown) => void;
  /** In force. */
  readonly epoch: bigint;
  /** A peer has blocks of a later epoch. */
  readonly laterEpoch: (peer: Peer) => void;
  readonly time: Time;
  readonly log: NodeLog;
}

/** Milliseconds between two tries to catch up with a peer. */
const AGAIN_MS = 500;
/** Milliseconds that a full node asks one peer, while others wait to be asked. */
const TURN_MS = 10_000;
/** Rounds below the highest that may lack a block which nobody has named yet. */
const LATE_ROUNDS = 2n;

export class CatchUp {
  readonly #options: CatchUpOptions;
  /** Peers whose blocks are being asked for. */
  readonly #underWay = new Set<Peer>();
  /** Peers that have said that they do not have what we lack any more. */
  readonly #pruned = new Set<Peer>();
  #turn: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /**
   * Asks a peer for what it has and we lack, and tells it what we signed; again until it has answered. A validator asks it for its own blocks, or for
   * `everybodys`.
   */
  async with(peer: Peer, everybodys = this.#options.author === NO_AUTHOR): Promise<void> {
    if (this.#underWay.has(peer)) return;
    this.#underWay.add(peer);
    await this.#catchUp(peer, everybodys);
    this.#underWay.delete(peer);
  }

  /** A block's peer, for what the block names. */
  source(peer: Peer): Source {
    const { network } = this.#options;
    return {
      name: `peer ${peer}`,
      blocks: async (digests) => {
        const asked = digests.slice(0, MAX_REQUEST_BLOCKS);
        return (await network.request(peer, { kind: "blocks", digests: asked })).bundles;
      },
      payloads: async (digests) => (await network.request(peer, { kind: "payloads", digests })).payloads,
    };
  }

  stop(): void {
    this.#stopped = true;
  }

  async #catchUp(peer: Peer, everybodys: boolean): Promise<void> {
    const { network, author, signatures, time } = this.#options;
    while (!this.#stopped && network.peers().some((other) => other.peer === peer && other.connected)) {
      if (author !== NO_AUTHOR) network.send(peer, { ...EMPTY_BUNDLE, checkpoints: signatures() });
      if (await this.#inTurn((until) => this.#fetchFrom(peer, everybodys, until))) break;
      await sleep(time, AGAIN_MS);
    }
  }

  /** A full node asks for everybody's blocks, of one peer after the other; one that is not done has the next turn after the others. */
  #inTurn(fetch: (until: number) => Promise<boolean>): Promise<boolean> {
    if (this.#options.author !== NO_AUTHOR) return fetch(Number.POSITIVE_INFINITY);
    const turn = this.#turn.then(() => fetch(this.#options.time.now() + TURN_MS));
    this.#turn = turn;
    return turn;
  }

  /** False: it did not go well, or there was no time for all. Never rejects. */
  async #fetchFrom(peer: Peer, everybodys: boolean, until: number): Promise<boolean> {
    const { failed, laterEpoch, log } = this.#options;
    try {
      await expectWithinReach(peer, this.#options);
      if (everybodys) return await this.#fetchAll(peer, until);
      if (typeof peer === "number") await this.#fetchOwn(peer);
      return true;
    } catch (error) {
      if (this.#stopped) return false;
      if (error instanceof OtherEpoch) {
        if (error.isLater) laterEpoch(peer);
        return true;
      }
      if (error instanceof FarBehind) {
        this.#stopped = true;
        failed(error);
      } else log.info({ peer, error: String(error) }, "a peer's blocks are not caught up with yet");
      return false;
    }
  }

  async #fetchOwn(author: number): Promise<void> {
    for (let height = await this.#nextHeightOf(author); !this.#stopped; ) {
      const { bundles, prunedTo } = await this.#options.network.request(author, { kind: "blocksFrom", author, height });
      if (this.#lacks(author, height, prunedTo)) return;
      for (const bundle of bundles) await this.#options.intake.take(bundle, this.source(author));
      const last = bundles.at(-1)?.block;
      if (!last) return;
      height = readBlock(last).height + 1n;
    }
  }

  /** What is held has its whole history above the horizon, so that what may be missing begins at the highest round. False: the time is over. */
  async #fetchAll(peer: Peer, until: number): Promise<boolean> {
    const { core, network, epoch, time } = this.#options;
    const status = await core.order({ kind: "status" });
    const { highestRound, horizon } =
      status.kind === "status" && "highestRound" in status ? status : { highestRound: 0n, horizon: 0n };
    const late = highestRound > LATE_ROUNDS ? highestRound - LATE_ROUNDS : 0n;
    let place = { height: heightOf(epoch, late > horizon ? late : horizon), author: NO_AUTHOR };
    const over = this.#until(until);
    while (!this.#stopped) {
      const { bundles, prunedTo } = await network.request(peer, { kind: "blocksAfter", ...place });
      if (this.#lacks(peer, place.height + 1n, prunedTo)) break;
      for (const bundle of bundles) {
        await Promise.race([this.#take(bundle, peer), over]);
        if (time.now() > until) return false;
      }
      const last = bundles.at(-1)?.block;
      if (!last) break;
      const { height, author, header } = readBlock(last);
      if (header.epoch !== epoch) break;
      if (height < place.height || (height === place.height && author <= place.author)) break; // not what was asked for
      place = { height, author };
    }
    return true;
  }

  /**
   * True: the peer does not have the blocks from a height on any more. When more say so than may lie, or all whom we follow, connected or not,
   * nobody has. Throws FarBehind.
   */
  #lacks(peer: Peer, height: bigint, prunedTo: bigint): boolean {
    if (prunedTo < height) {
      this.#pruned.delete(peer);
      return false;
    }
    const { network, follows, faulty } = this.#options;
    // Others than members in force, and those we chose, may all lie.
    if (typeof peer === "number" || follows.has(peer)) this.#pruned.add(peer);
    const validators = network.peers().filter((one) => typeof one.peer === "number").length;
    const followed = follows.size > 0 ? follows.size : validators;
    if (this.#pruned.size > Math.min(faulty, Math.max(0, followed - 1)))
      throw new FarBehind(`peers have no blocks from height ${height} on any more`);
    return true;
  }

  /** Resolves when the time is over. */
  #until(end: number): Promise<void> {
    const { time } = this.#options;
    return Number.isFinite(end) ? sleep(time, Math.max(0, end - time.now()) + 1) : new Promise(() => undefined);
  }

  /** What comes too late or too early is passed over: what needs it asks for it. */
  async #take(bundle: Bundle, peer: Peer): Promise<void> {
    try {
      await this.#options.intake.take(bundle, this.source(peer));
    } catch (error) {
      if (!(error instanceof BlockNotTaken) || error instanceof OtherEpoch) throw error;
    }
  }

  /** The first height above the horizon of which no block of this author is held, nor of any later one. */
  async #nextHeightOf(author: number): Promise<bigint> {
    const { core, store, epoch } = this.#options;
    const status = await core.order({ kind: "status" });
    let last = heightOf(epoch, status.kind === "status" && "horizon" in status ? status.horizon : 0n);
    for (const bytes of store.blocksAfter(last)) {
      const block = readBlock(bytes);
      if (block.author === author && block.height > last) last = block.height;
    }
    return last + 1n;
  }
}
