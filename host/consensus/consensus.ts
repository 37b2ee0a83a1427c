import { codeName, OrderRejection } from "../../core/wire/codes.ts";
import { NO_AUTHOR } from "../../core/wire/limits.ts";
import { type Committed, type CoreClient, CoreFault } from "../core-client.ts";
import { heightOf } from "../format/height.ts";
import { toHex } from "../format/hex.ts";
import type { Keeping } from "../keeping.ts";
import {
  type Bundle,
  type CheckpointSignature,
  EMPTY_BUNDLE,
  MAX_BLOCK_PAYLOAD_BYTES,
  MAX_BUNDLE_CHECKPOINT_SIGNATURES,
  type Response,
} from "../network/messages.ts";
import { isFollowed, type Network, type Peer, sourcesOf } from "../network/network.ts";
import type { NodeLog } from "../node-options.ts";
import { type Deferred, deferred } from "../pipeline/async.ts";
import type { Mempool, Waiting } from "../pipeline/mempool.ts";
import type { Evidence } from "../store/records.ts";
import type { BlockTransaction, EpochEnd, Store } from "../store/store.ts";
import type { LagOptions } from "../sync/lag.ts";
import { sleep, type Time } from "../time.ts";
import { CatchUp } from "./catch-up.ts";
import { MissedCertificates } from "./certificates.ts";
import type { Certifier } from "./certifier.ts";
import type { DagObserver, Resume } from "./dag-observer.ts";
import { EvidenceKeeper } from "./evidence.ts";
import { follow } from "./follow.ts";
import { type AcceptedBlock, BadBlock, Intake, OtherEpoch, readBlock } from "./intake.ts";
import { LaterEpochs } from "./later-epochs.ts";
import { type LeaderDraw, leadersOf } from "./leaders.ts";
import { type OrderStatus, type Pace, untilNextBlock } from "./pacemaker.ts";
import { Proposer, type ProposerOptions } from "./proposer.ts";
import { Serving, type StoreRequest } from "./serving.ts";
import { type StandingRequest, Standings } from "./standings.ts";

export interface ConsensusOptions {
  readonly core: CoreClient;
  /** In force. */
  readonly epoch: bigint;
  /** When it is to end, by `nowMs`; infinity: never. */
  readonly epochEndMs: number;
  readonly store: Store;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly certifier: Certifier;
  readonly dag: DagObserver;
  /** NO_AUTHOR: a full node, which makes no blocks. */
  readonly author: number;
  /** Full nodes that are followed beside the validators. */
  readonly follows: ReadonlySet<Peer>;
  readonly parents: number;
  readonly leaders: LeaderDraw;
  readonly keeping: Keeping;
  /** Validators that may lie. */
  readonly faulty: number;
  /** Whether our own `verify` finds a quorum's signatures under a summary. */
  readonly verify: LagOptions["verify"];
  /** Most transactions of a block. */
  readonly blockTransactions: number;
  readonly pace: Pace;
  readonly nowMs: () => number;
  readonly time: Time;
  readonly log: NodeLog;
  readonly refused: ProposerOptions["refused"];
  /** Resolves when so few commits wait to be applied that more may be made. */
  readonly room: () => Promise<void>;
  /** Transactions of users are applied in a checkpoint that has not ended: commits after theirs end it. */
  readonly isCheckpointOpen: () => boolean;
  /** What went wrong so that nothing can go on. */
  readonly failed: (error: unknown) => void;
  /** A block of ours is made, or was in an earlier run. Of a full node: anybody's block is taken. */
  readonly proposed: (round: bigint) => void;
  /** An end of a later epoch than ours, from a peer. False: it does not lead there. */
  readonly laterEnd: (end: EpochEnd) => Promise<boolean>;
  /** A block of an earlier run names this transaction. */
  readonly ordered: (digest: Uint8Array) => void;
}

/** Milliseconds without another round, while there is work, after which peers are asked for what we may have missed; heartbeats, while there is none. */
const STALLED_MS = 2_000;
const STALLED_BEATS = 4;
/** An author without a block of so many rounds up to one that it leads is silent: to wait for its block costs everybody more than to skip it. */
const SILENT_ROUNDS = 4n;
/** Milliseconds between two blocks of ours once the epoch is to end, when there is nothing else to do: whoever is idle has to come to the cut. */
const CUT_BEAT_MS = 250;

export class Consensus {
  readonly #options: ConsensusOptions;
  readonly #intake: Intake;
  readonly #proposer: Proposer;
  readonly #serving: Serving;
  readonly #standings: Standings;
  readonly #missed: MissedCertificates;
  readonly #catchUp: CatchUp;
  readonly #laterEpochs: LaterEpochs;
  readonly #evidence: EvidenceKeeper;
  /** Of each author: the round of its last block that is committed. */
  readonly #committed = new Map<number, bigint>();
  /** Of each author: the highest round that a block of it is held of. */
  readonly #heard = new Map<number, bigint>();
  /** Blocks with transactions that are not committed: digest and round. */
  readonly #open = new Map<string, bigint>();
  /** Our blocks that are not committed, with what they are to order. */
  readonly #ours = new Map<string, { readonly round: bigint; readonly transactions: readonly Waiting[] }>();
  #wake: Deferred<void> = deferred();
  #lastBlockAt: number;
  #possible = { round: 0n, since: 0 };
  /** bcs(Block) of our latest. */
  #latest: Uint8Array | undefined;
  /** When peers were last asked for what we may have missed. */
  #askedAt = 0;
  /** The epoch's last commit is ordered. */
  #ended = false;
  #stopped = false;

  constructor(options: ConsensusOptions) {
    this.#options = options;
    this.#lastBlockAt = options.time.now();
    const { core, epoch, store, dag, nowMs, time, log, refused, room, failed } = options;
    this.#intake = new Intake({ core, epoch, store, room, time, accepted: (block) => this.#accepted(block), failed });
    const found = (evidence: Evidence): void => {
      log.error(
        { author: evidence.author, round: String(evidence.round) },
        "a validator has signed two blocks for one round",
      );
      dag.equivocated(evidence);
    };
    this.#evidence = new EvidenceKeeper({ core, store, intake: this.#intake, found });
    this.#proposer = new Proposer({ core, epoch, store, intake: this.#intake, nowMs, refused });
    this.#serving = new Serving(store, time);
    this.#standings = new Standings(core, epoch, time);
    this.#missed = new MissedCertificates(options);
    this.#catchUp = new CatchUp({
      ...options,
      intake: this.#intake,
      signatures: () => this.#signatures,
      laterEpoch: (peer) => void this.#laterEpochs.ask(peer),
    });
    this.#laterEpochs = new LaterEpochs({
      ...options,
      catchUp: (peer) => {
        if (!this.#ended) void this.#catchUp.with(peer, true);
      },
    });
  }

  /** Resolves when the blocks of a commit are on disk. */
  stored({ blocks }: Committed): Promise<void> {
    return this.#intake.stored(blocks.map(({ digest }) => digest));
  }

  /**
   * Gives `order` the blocks of earlier runs again, those above its horizon. What the checkpoint that it was started from has committed
   * needs no transactions. `ended`: that checkpoint was the epoch's last.
   */
  async replay(resume: Resume, ended: boolean): Promise<void> {
    const { core, epoch, store, dag, refused } = this.#options;
    const { horizon, committed } = resume;
    dag.began(resume, epoch);
    this.#ended = ended;
    for (const [author, round] of committed.entries()) this.#committed.set(author, round);
    for (const bytes of [...store.blocksAfter(heightOf(epoch, horizon))]) {
      if (this.#ended) return; // by one of these blocks, or before: what is behind it is of no use
      const block = readBlock(bytes);
      await this.#verifyStored(block, this.#isCommitted(block) ? [] : block.header.transactions);
      await this.#options.room();
      const answer = await core.order({ kind: "block", block: bytes });
      if (answer.kind !== "accepted") {
        if (answer.kind === "rejected" && codeName(OrderRejection, answer.code) === "epochEnded") return;
        throw refused(`the store's block of round ${block.round} by ${block.author}`, answer);
      }
      this.#accepted(block);
      if (block.author === this.#options.author) {
        this.#latest = block.block;
        this.#options.proposed(block.round);
      }
    }
    if (this.#isFullNode || this.#ended) return;
    for (const block of await this.#proposer.resume(heightOf(epoch, horizon))) this.#made(block, []);
  }

  /** Makes blocks, or follows those who do, until stopped. */
  async run(): Promise<void> {
    this.#catchUpWithAll();
    if (this.#isFullNode) {
      const { core, time } = this.#options;
      return follow({
        core,
        missed: this.#missed,
        sources: () => this.#sources(),
        catchUp: (peer) => this.#catchUp.with(peer),
        stopped: () => this.#stopped,
        time,
      });
    }
    void this.#exchangeCertificates();
    while (!this.#stopped && !this.#ended) {
      await this.#options.room();
      if (this.#stopped) return;
      const wait = await this.#untilNextBlock();
      if (wait > 0) await this.#sleep(Math.min(wait, this.#patienceMs, this.#untilCutMs));
      else await this.#propose();
    }
  }

  /** Milliseconds until the epoch is to end; none, once it is. */
  get #untilCutMs(): number {
    const left = this.#options.epochEndMs - this.#options.nowMs();
    return left > 0 ? left : Number.POSITIVE_INFINITY;
  }

  /** Blocks of ours come often enough for what there is to do. */
  get #pace(): Pace {
    const { pace, nowMs, epochEndMs } = this.#options;
    if (nowMs() < epochEndMs) return pace;
    return { ...pace, heartbeatMs: Math.min(pace.heartbeatMs, CUT_BEAT_MS) };
  }

  /** Milliseconds that may pass without another round. */
  get #patienceMs(): number {
    return this.#isWorking ? STALLED_MS : STALLED_BEATS * Math.max(this.#pace.heartbeatMs, STALLED_MS);
  }

  /** What was lost on the way stays lost while nobody makes blocks: signatures are sent again, and certificates asked for. */
  async #exchangeCertificates(): Promise<void> {
    const { network, time } = this.#options;
    for (let turn = 0; !this.#stopped; turn++) {
      await sleep(time, STALLED_MS);
      const sources = this.#sources();
      const source = sources[turn % sources.length];
      if (this.#stopped || source === undefined || !this.#missed.look()) continue;
      network.broadcast({ ...EMPTY_BUNDLE, checkpoints: this.#signatures });
      await this.#missed.ask(source);
    }
  }

  /** Who may be asked: connected, and followed. */
  #sources(): readonly Peer[] {
    return sourcesOf(this.#options.network, this.#options.follows);
  }

  /** Something has changed: a transaction waits, a commit is applied. */
  wake(): void {
    this.#wake.resolve();
  }

  stop(): void {
    this.#stopped = true;
    this.#intake.stop();
    this.#catchUp.stop();
    this.#laterEpochs.stop();
    this.#serving.stop();
    this.wake();
  }

  /** Resolves when every block that was taken, or made, is on disk, or could not be written. */
  async saved(): Promise<void> {
    await this.#intake.saved().catch(() => undefined);
  }

  /** `order` has committed these blocks; what is at or below the horizon will not be any more. */
  committed(commit: Committed): void {
    const { blocks, horizon } = commit;
    this.#options.dag.committed(commit);
    this.#evidence.committed(commit);
    this.#ended ||= commit.endOfEpoch;
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

  /** Somebody waits for blocks: with transactions here, in blocks that are not committed, or in a checkpoint that has not ended. */
  get #isWorking(): boolean {
    const { mempool, isCheckpointOpen } = this.#options;
    return mempool.size > 0 || this.#open.size > 0 || isCheckpointOpen();
  }

  get #isFullNode(): boolean {
    return this.#options.author === NO_AUTHOR;
  }

  #connected(): Peer[] {
    return this.#options.network.peers().flatMap(({ peer, connected }) => (connected ? [peer] : []));
  }

  #isFollowed(peer: Peer): boolean {
    return isFollowed(peer, this.#options.follows);
  }

  /** Sends our latest block: who has missed it, or something before it, asks for what it names. */
  #sendLatest(): void {
    if (this.#latest)
      this.#options.network.broadcast({ ...this.#serving.bundle(this.#latest), checkpoints: this.#signatures });
  }

  #catchUpWithAll(): void {
    for (const peer of this.#connected()) this.connected(peer);
  }

  /** Asks everybody for everything: what one of them went on from may be of somebody who is gone. */
  #catchUpWithEverything(): void {
    for (const peer of this.#connected()) if (this.#isFollowed(peer)) void this.#catchUp.with(peer, true);
  }

  async #untilNextBlock(): Promise<number> {
    const { core, parents, time } = this.#options;
    const status = await core.order({ kind: "status" });
    if (status.kind !== "status") throw this.#options.refused("to say where it stands", status);
    const now = time.now();
    if (status.round !== this.#possible.round) this.#possible = { round: status.round, since: now };
    else if (now - Math.max(this.#possible.since, this.#askedAt) > this.#patienceMs) {
      this.#askedAt = now;
      this.#catchUpWithEverything();
      this.#sendLatest();
    }
    return untilNextBlock(
      status as OrderStatus,
      {
        now,
        possibleSince: this.#possible.since,
        lastBlockAt: this.#lastBlockAt,
        // Who is a round ahead cannot go on without us, whatever it has to do.
        work: this.#isWorking || status.highestRound > status.ownRound,
        parents,
        silent: { before: this.#silent(status.round - 1n), earlier: this.#silent(status.round - 2n) },
      },
      this.#pace,
    );
  }

  /** Ranks, as bits, of the slots of a round whose leaders are silent. */
  #silent(round: bigint): number {
    let ranks = 0;
    for (const [rank, leader] of leadersOf(this.#options.leaders, round).entries())
      if ((this.#heard.get(leader) ?? 0n) + SILENT_ROUNDS < round) ranks |= 1 << rank;
    return ranks;
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
    this.#options.dag.accepted(block);
    const { author, round } = block;
    if (round > (this.#heard.get(author) ?? 0n)) this.#heard.set(author, round);
    if (this.#evidence.isTwin(block)) void this.#collectEvidence();
    if (block.header.transactions.length > 0 && !this.#isCommitted(block))
      this.#open.set(toHex(block.digest), block.round);
    if (this.#isFullNode) {
      this.#options.proposed(block.round);
      void this.#handOn(block);
    }
    this.wake();
  }

  /** Sends a block to those who follow us. */
  async #handOn({ block }: AcceptedBlock): Promise<void> {
    const followers = this.#connected().filter((peer) => !this.#isFollowed(peer));
    if (followers.length === 0) return;
    await this.#intake.saved();
    const bundle = this.#serving.bundle(block);
    for (const peer of followers) this.#options.network.send(peer, bundle);
  }

  async #collectEvidence(): Promise<void> {
    try {
      await this.#evidence.collect();
    } catch (error) {
      if (!this.#stopped && !(error instanceof CoreFault)) this.#options.failed(error);
    }
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

  /** What a peer asks of the store, or of our vault. */
  async answer(peer: Peer, request: StoreRequest | StandingRequest): Promise<Response> {
    if (request.kind === "standing") return this.#standings.answer(peer, request);
    return this.#serving.answer(request);
  }

  /** From now on we hear of a peer: what it has and we lack is asked for. */
  connected(peer: Peer): void {
    if (this.#isFollowed(peer)) void this.#catchUp.with(peer);
  }

  /** Takes what a peer sends. What is wrong with it is counted, and harms nobody else. */
  async take(peer: Peer, bundle: Bundle): Promise<void> {
    const { certifier, network, log } = this.#options;
    if (!this.#isFollowed(peer)) return; // an observer has nothing to say
    for (const signature of bundle.checkpoints) certifier.heard(signature, peer);
    try {
      await this.#intake.take(bundle, this.#catchUp.source(peer));
    } catch (error) {
      if (error instanceof CoreFault || this.#stopped) return;
      if (error instanceof OtherEpoch) {
        if (error.isLater) void this.#laterEpochs.ask(peer);
        return;
      }
      const bad = error instanceof BadBlock;
      log[bad ? "warn" : "info"]({ peer, error: String(error) }, "a peer's block is not taken");
      if (bad) network.report(peer, "invalid");
      else this.#askAll();
    }
  }

  /** A block that is not taken may be one of many that we lack, also when there is nothing to order. */
  #askAll(): void {
    const now = this.#options.time.now();
    if (now - this.#askedAt < STALLED_MS) return;
    this.#askedAt = now;
    this.#catchUpWithAll();
  }
}
