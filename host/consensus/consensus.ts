import type { OrderResume } from "../../core/wire/frames.ts";
import type { Value } from "../../core/wire/schema.ts";
import { type Committed, type CoreClient, CoreFault } from "../core-client.ts";
import { toHex } from "../format/hex.ts";
import {
  type Bundle,
  type CheckpointSignature,
  EMPTY_BUNDLE,
  fitting,
  MAX_BLOCK_PAYLOAD_BYTES,
  MAX_BUNDLE_CHECKPOINT_SIGNATURES,
  MAX_REQUEST_BLOCKS,
  type Request,
  type Response,
} from "../network/messages.ts";
import type { Network, NetworkHandlers, Peer } from "../network/network.ts";
import type { NodeLog } from "../node-options.ts";
import { type Deferred, deferred } from "../pipeline/async.ts";
import type { Mempool, Waiting } from "../pipeline/mempool.ts";
import type { BlockTransaction, Store } from "../store/store.ts";
import { sleep, type Time } from "../time.ts";
import type { Certifier } from "./certifier.ts";
import { type AcceptedBlock, BadBlock, Intake, readBlock, type Source } from "./intake.ts";
import { type OrderStatus, type Pace, untilNextBlock } from "./pacemaker.ts";
import { Proposer, type ProposerOptions } from "./proposer.ts";

/** Where `order` goes on from. */
export type Resume = Pick<Value<typeof OrderResume>, "horizon" | "committed">;

export interface ConsensusOptions {
  readonly core: CoreClient;
  readonly store: Store;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly certifier: Certifier;
  readonly author: number;
  readonly parents: number;
  readonly leadersPerRound: number;
  /** Most transactions of a block. */
  readonly blockTransactions: number;
  readonly pace: Pace;
  readonly nowMs: () => number;
  readonly time: Time;
  readonly log: NodeLog;
  readonly refused: ProposerOptions["refused"];
  /** Resolves when so few commits wait to be applied that more may be made. */
  readonly room: () => Promise<void>;
  /** What went wrong so that nothing can go on. */
  readonly failed: (error: unknown) => void;
  /** A block of ours is made, or was in an earlier run. */
  readonly proposed: (round: bigint) => void;
  /** A block of an earlier run names this transaction. */
  readonly ordered: (digest: Uint8Array) => void;
}

/** Milliseconds between two tries to catch up with a peer. */
const CATCH_UP_AGAIN_MS = 500;
/** Milliseconds without another round, while there is work, after which peers are asked for what we may have missed. */
const STALLED_MS = 2_000;

export class Consensus {
  readonly #options: ConsensusOptions;
  readonly #intake: Intake;
  readonly #proposer: Proposer;
  /** Of each author: the round of its last block that is committed. */
  readonly #committed = new Map<number, bigint>();
  /** Blocks with transactions that are not committed: digest and round. */
  readonly #open = new Map<string, bigint>();
  /** Our blocks that are not committed, with what they are to order. */
  readonly #ours = new Map<string, { readonly round: bigint; readonly transactions: readonly Waiting[] }>();
  /** Peers whose blocks are being asked for. */
  readonly #catchingUp = new Set<number>();
  #wake: Deferred<void> = deferred();
  #lastBlockAt: number;
  #possible = { round: 0n, since: 0 };
  /** bcs(Block) of our latest. */
  #latest: Uint8Array | undefined;
  /** When peers were last asked for what we may have missed. */
  #askedAt = 0;
  #stopped = false;

  constructor(options: ConsensusOptions) {
    this.#options = options;
    this.#lastBlockAt = options.time.now();
    const { core, store, nowMs, refused, room, failed } = options;
    this.#intake = new Intake({ core, store, room, accepted: (block) => this.#accepted(block), failed });
    this.#proposer = new Proposer({ core, store, intake: this.#intake, nowMs, refused });
  }

  /** Resolves when the blocks of a commit are on disk. */
  stored({ blocks }: Committed): Promise<void> {
    return this.#intake.stored(blocks.map(({ digest }) => digest));
  }

  /**
   * Gives `order` the blocks of earlier runs again, those above its horizon. What the checkpoint that it was started from has committed
   * needs no transactions.
   */
  async replay({ horizon, committed }: Resume): Promise<void> {
    const { core, store, refused } = this.#options;
    for (const [author, round] of committed.entries()) this.#committed.set(author, round);
    for (const bytes of [...store.blocksAfter(horizon)]) {
      const block = readBlock(bytes);
      await this.#verifyStored(block, this.#isCommitted(block) ? [] : block.header.transactions);
      await this.#options.room();
      const answer = await core.order({ kind: "block", block: bytes });
      if (answer.kind !== "accepted") {
        throw refused(`the store's block of round ${block.round} by ${block.author}`, answer);
      }
      this.#accepted(block);
      if (block.author === this.#options.author) {
        this.#latest = block.block;
        this.#options.proposed(block.round);
      }
    }
    for (const block of await this.#proposer.resume(horizon)) this.#made(block, []);
  }

  /** Makes blocks until stopped. */
  async run(): Promise<void> {
    this.#catchUpWithAll();
    while (!this.#stopped) {
      await this.#options.room();
      if (this.#stopped) return;
      const wait = await this.#untilNextBlock();
      if (wait > 0) await this.#sleep(this.#isWorking ? Math.min(wait, STALLED_MS) : wait);
      else await this.#propose();
    }
  }

  /** Something has changed: a transaction waits, a commit is applied. */
  wake(): void {
    this.#wake.resolve();
  }

  stop(): void {
    this.#stopped = true;
    this.#intake.stop();
    this.wake();
  }

  /** `order` has committed these blocks; what is at or below the horizon will not be any more. */
  committed({ blocks, horizon }: Committed): void {
    for (const { author, round, digest } of blocks) {
      this.#committed.set(author, round);
      this.#open.delete(toHex(digest));
      this.#ours.delete(toHex(digest));
    }
    for (const [key, round] of this.#open) if (round <= horizon) this.#open.delete(key);
    for (const [key, { round, transactions }] of this.#ours) {
      if (round > horizon) continue;
      this.#ours.delete(key);
      this.#options.mempool.putBack(transactions);
    }
    this.wake();
  }

  /** There is something to order: transactions that wait here, or in blocks that are not committed. */
  get #isWorking(): boolean {
    return this.#options.mempool.size > 0 || this.#open.size > 0;
  }

  /** Sends our latest block: who has missed it, or something before it, asks for what it names. */
  #sendLatest(): void {
    if (this.#latest) this.#options.network.broadcast({ ...this.#bundle(this.#latest), checkpoints: this.#signatures });
  }

  #catchUpWithAll(): void {
    for (const { peer, connected } of this.#options.network.peers()) if (connected) void this.#catchUp(peer);
  }

  async #untilNextBlock(): Promise<number> {
    const { core, parents, leadersPerRound, pace, time } = this.#options;
    const status = await core.order({ kind: "status" });
    if (status.kind !== "status") throw this.#options.refused("to say where it stands", status);
    const now = time.now();
    if (status.round !== this.#possible.round) this.#possible = { round: status.round, since: now };
    else if (this.#isWorking && now - Math.max(this.#possible.since, this.#askedAt) > STALLED_MS) {
      this.#askedAt = now;
      this.#catchUpWithAll();
      this.#sendLatest();
    }
    return untilNextBlock(
      status as OrderStatus,
      {
        now,
        possibleSince: this.#possible.since,
        lastBlockAt: this.#lastBlockAt,
        work: this.#isWorking,
        parents,
        leadersPerRound,
      },
      pace,
    );
  }

  async #sleep(milliseconds: number): Promise<void> {
    const { time } = this.#options;
    const timer = Number.isFinite(milliseconds) ? time.after(Math.ceil(milliseconds), () => this.wake()) : undefined;
    await this.#wake.promise;
    timer?.cancel();
    this.#wake = deferred();
  }

  async #propose(): Promise<void> {
    const { mempool, blockTransactions } = this.#options;
    const transactions = mempool.take(blockTransactions, MAX_BLOCK_PAYLOAD_BYTES);
    let block: AcceptedBlock | undefined;
    try {
      block = await this.#proposer.propose(transactions);
    } finally {
      if (!block) mempool.putBack(transactions);
    }
    if (block) this.#made(block, transactions);
  }

  #made(block: AcceptedBlock, transactions: readonly Waiting[]): void {
    this.#lastBlockAt = this.#options.time.now();
    if (!this.#isCommitted(block)) this.#ours.set(toHex(block.digest), { round: block.round, transactions });
    this.#accepted(block);
    this.#options.proposed(block.round);
    this.#latest = block.block;
    this.#sendLatest();
  }

  /** Ours under the newest checkpoints that are not certified: the newest certifies those before. */
  get #signatures(): readonly CheckpointSignature[] {
    return this.#options.certifier.waiting.slice(-MAX_BUNDLE_CHECKPOINT_SIGNATURES);
  }

  #accepted(block: AcceptedBlock): void {
    if (block.header.transactions.length > 0 && !this.#isCommitted(block))
      this.#open.set(toHex(block.digest), block.round);
    this.wake();
  }

  #isCommitted({ author, round }: AcceptedBlock): boolean {
    return round <= (this.#committed.get(author) ?? 0n);
  }

  async #verifyStored(block: AcceptedBlock, transactions: readonly BlockTransaction[]): Promise<void> {
    const { core, store, mempool, author, ordered, refused } = this.#options;
    const verdicts = await Promise.all([
      ...transactions.map((named) => {
        const payload = store.blockPayload(named);
        if (!payload) throw new Error(`the payload of transaction ${toHex(named.digest)} is missing from the store`);
        if (block.author === author) mempool.claim(named.digest, payload);
        ordered(named.digest);
        return core.verify({ kind: "transaction", ...payload });
      }),
      core.verify({ kind: "block", block: block.block }),
    ]);
    const bad = verdicts.find(({ kind }) => kind === "rejected");
    if (bad) throw refused(`the store's block of round ${block.round}`, bad as never);
  }

  #bundle(block: Uint8Array): Bundle {
    const { transactions } = readBlock(block).header;
    const payloads = transactions.flatMap((named) => this.#options.store.blockPayload(named) ?? []);
    return { ...EMPTY_BUNDLE, block, payloads };
  }

  /** What peers send and ask. */
  get handlers(): NetworkHandlers {
    return {
      bundle: (peer, bundle) => this.#take(peer, bundle),
      request: async (_, request) => this.#answer(request),
      connected: (peer) => void this.#catchUp(peer),
      skipped: (peer) => void this.#catchUp(peer),
      disconnected: () => undefined,
    };
  }

  #answer(request: Request): Response {
    const { store } = this.#options;
    switch (request.kind) {
      case "blocks": {
        const blocks = request.digests.flatMap((digest) => store.block(digest) ?? []);
        return { kind: "bundles", bundles: fitting(blocks.map((block) => this.#bundle(block))) };
      }
      case "blocksFrom":
        return { kind: "bundles", bundles: fitting(this.#bundlesFrom(request.author, request.round)) };
      case "payloads":
        return {
          kind: "payloads",
          payloads: fitting(request.digests.flatMap((digest) => [...store.blockPayloads(digest)])),
        };
      case "checkpoint":
        return { kind: "checkpoint", checkpoint: this.#certified(request.sequence) };
    }
  }

  *#bundlesFrom(author: number, round: bigint): Generator<Bundle> {
    if (round === 0n) return;
    for (const block of this.#options.store.blocksAfter(round - 1n)) {
      if (readBlock(block).author === author) yield this.#bundle(block);
    }
  }

  /** The certified checkpoint of this sequence number, or the newest one if it is later: it certifies those before it. */
  #certified(sequence: bigint | undefined) {
    const { store } = this.#options;
    const newest = store.certifiedCheckpoint();
    if (newest === undefined || newest < (sequence ?? 0n)) return undefined;
    const { summary, certificate } = store.checkpoint(newest)!;
    return { summary, certificate };
  }

  /** Takes what a peer sends. What is wrong with it is counted, and harms nobody else. */
  async #take(peer: Peer, bundle: Bundle): Promise<void> {
    const { certifier, network, log } = this.#options;
    if (typeof peer !== "number") return; // an observer has nothing to say
    for (const signature of bundle.checkpoints) certifier.heard(signature, peer);
    try {
      await this.#intake.take(bundle, this.#source(peer));
    } catch (error) {
      if (error instanceof CoreFault || this.#stopped) return;
      const bad = error instanceof BadBlock;
      log[bad ? "warn" : "info"]({ peer, error: String(error) }, "a peer's block is not taken");
      if (bad) network.report(peer, "invalid");
    }
  }

  /** Asks a peer for the blocks that it made while we were apart, and tells it what we signed; again until it has answered. */
  async #catchUp(peer: Peer): Promise<void> {
    const { network } = this.#options;
    if (typeof peer !== "number" || this.#catchingUp.has(peer)) return;
    this.#catchingUp.add(peer);
    while (!this.#stopped && network.peers().some((other) => other.peer === peer && other.connected)) {
      network.send(peer, { ...EMPTY_BUNDLE, checkpoints: this.#signatures });
      if (await this.#fetchFrom(peer)) break;
      await sleep(this.#options.time, CATCH_UP_AGAIN_MS);
    }
    this.#catchingUp.delete(peer);
  }

  /** False: it did not go well. */
  async #fetchFrom(peer: number): Promise<boolean> {
    const { log, network } = this.#options;
    try {
      for (let round = await this.#nextRoundOf(peer); !this.#stopped; ) {
        const { bundles } = await network.request(peer, { kind: "blocksFrom", author: peer, round });
        for (const bundle of bundles) await this.#intake.take(bundle, this.#source(peer));
        const last = bundles.at(-1)?.block;
        if (!last) break;
        round = readBlock(last).round + 1n;
      }
      return true;
    } catch (error) {
      if (!this.#stopped) log.info({ peer, error: String(error) }, "a peer's blocks are not caught up with yet");
      return false;
    }
  }

  /** The first round above the horizon of which no block of this author is held, nor of any later one. */
  async #nextRoundOf(author: number): Promise<bigint> {
    const { core, store } = this.#options;
    const status = await core.order({ kind: "status" });
    let last = status.kind === "status" && "horizon" in status ? status.horizon : 0n;
    for (const bytes of store.blocksAfter(last)) {
      const block = readBlock(bytes);
      if (block.author === author && block.round > last) last = block.round;
    }
    return last + 1n;
  }

  #source(peer: number): Source {
    const { network } = this.#options;
    return {
      name: `validator ${peer}`,
      blocks: async (digests) => {
        const asked = digests.slice(0, MAX_REQUEST_BLOCKS);
        return (await network.request(peer, { kind: "blocks", digests: asked })).bundles;
      },
      payloads: async (digests) => (await network.request(peer, { kind: "payloads", digests })).payloads,
    };
  }
}
