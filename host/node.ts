/**
 * A node: the core on some platform, the store beside it, and the way of a transaction between them. It starts from genesis or
 * from the newest certified checkpoint, takes up the blocks that were made after it, and goes on by itself after a fault of the
 * core.
 */

import { toBase58 } from "@iota/iota-sdk/utils";
import { defaultOrder } from "../core/wire/capacities.ts";
import { Certificate, type Environment } from "../core/wire/frames.ts";
import { NO_AUTHOR } from "../core/wire/limits.ts";
import { decode, type Value } from "../core/wire/schema.ts";
import type { PlatformReport } from "../platform/runner.ts";
import { type Attestation, readAttestation } from "../platform/tpm/attestation.ts";
import { observers } from "./consensus/dag-observer.ts";
import { CoreFault } from "./core-client.ts";
import { DagFeed } from "./dag/feed.ts";
import { authorIn, EpochOver, epochInForce, type MemberInForce } from "./epoch.ts";
import { NodeUnavailable, TransactionDropped, TransactionRejected } from "./errors.ts";
import { CheckpointSummaryBcs, checkpointExtension } from "./format/checkpoint.ts";
import { digestOf } from "./format/digest.ts";
import { toHex } from "./format/hex.ts";
import { parseBcs } from "./format/parse.ts";
import { TransactionDataBcs } from "./format/transaction.ts";
import { Forwarder } from "./forwarder.ts";
import { type GenesisFile, genesisChain, genesisFaults } from "./genesis/genesis.ts";
import { Meter } from "./meter.ts";
import { CommitteeNetwork } from "./network/committee-network.ts";
import type { Response, TransactionPayload } from "./network/messages.ts";
import type { Network, NetworkHandlers, Peer, PeerStatus } from "./network/network.ts";
import type { NodeLog, NodeOptions } from "./node-options.ts";
import { type Deferred, deferred } from "./pipeline/async.ts";
import type { Ending } from "./pipeline/committer.ts";
import { Mempool, type Waiting } from "./pipeline/mempool.ts";
import { MODE, Sandbox } from "./sandbox.ts";
import { ownKey, Session, verified } from "./session.ts";
import { StateTree } from "./state-tree/state-tree.ts";
import { DiskFull, StoreError } from "./store/environment.ts";
import type { Store } from "./store/store.ts";
import { FarBehind } from "./sync/lag.ts";
import { NobodyOffers } from "./sync/state-sync.ts";
import { sleep, systemTime, type Time } from "./time.ts";

/** Most transactions that wait for a block, or to be verified first. */
const MEMPOOL_CAPACITY = 8_192;
/** Between a fault of the core and the next boot, doubled with each boot until a checkpoint is written again. */
const REBOOT_DELAY_MS = 100;
const REBOOT_DELAY_MAX_MS = 10_000;

export interface NodeStatus {
  readonly ready: boolean;
  readonly checkpoint: bigint | undefined;
  /** Newest checkpoint that a quorum has signed. */
  readonly certified: bigint | undefined;
  readonly round: bigint;
  readonly waiting: number;
  readonly transactions: bigint;
  readonly reboots: number;
  readonly platform: PlatformReport | undefined;
  /** Every other validator, and the observers that are connected. */
  readonly peers: readonly PeerStatus[];
  /** What the node waits for before it can be ready, in words, when that is its peers. */
  readonly waitsFor: string | undefined;
}

export class LedgerNode {
  readonly genesis: GenesisFile;
  readonly chain: Uint8Array;
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly dag: DagFeed;
  readonly meter: Meter;
  readonly #options: NodeOptions;
  readonly #mempool = new Mempool();
  readonly #submissions = new Map<string, Deferred<Ending>>();
  /** Submissions that are being checked, by digest; none rejects. */
  readonly #entering = new Map<string, Promise<void>>();
  /** Who waits for a checkpoint to be certified, by its sequence number. */
  readonly #uncertified = new Map<bigint, Deferred<void>>();
  /** The newest checkpoint that listeners were told of. */
  #told: bigint;
  readonly #checkpointListeners = new Set<(sequence: bigint) => void>();
  /** Of a full node. */
  #forwarder: Forwarder | undefined;
  readonly #network: CommitteeNetwork | undefined;
  /** Our place in the committee in force; NO_AUTHOR: we follow it. */
  #author: number;
  #tree: StateTree;
  /** The one that runs, or that starts. */
  #session: Session | undefined;
  #environment: Value<typeof Environment>;
  #ready = false;
  /** Resolves when the next epoch has begun; undefined: no epoch has just ended. */
  #changing: Promise<void> | undefined;
  #stopped = false;
  #round = 0n;
  #reboots = 0;
  /** See FarBehind. */
  #needsState = false;
  /** See NodeOptions; not any more once it is done. */
  #recovers: boolean;
  #waitsFor: string | undefined;
  /** Resolves when a start waits for its peers. */
  readonly #waiting = deferred<void>();
  #rebootDelayMs = REBOOT_DELAY_MS;
  #networkStarted: Promise<void> | undefined;
  readonly #failure = deferred<never>();
  /** Ends when no reboot is under way. */
  #rebooting: Promise<void> = Promise.resolve();

  private constructor(options: NodeOptions, sandbox: Sandbox) {
    this.#options = options;
    this.#recovers = options.recover ?? false;
    this.genesis = options.genesis;
    this.chain = genesisChain(options.genesis);
    this.#environment = epochInForce(options.genesis, options.store).environment;
    this.store = options.store;
    this.#told = this.store.certifiedCheckpoint() ?? -1n;
    this.sandbox = sandbox;
    const { committee } = epochInForce(options.genesis, options.store);
    this.#author = authorIn(committee, ownKey(options));
    this.#network = options.network && new CommitteeNetwork(options.network, committee, this.#author);
    this.dag = new DagFeed({ chain: this.chain, ...this.#seenBy(committee) });
    this.meter = new Meter(this.genesis.committee.length, Number(this.#latestCommit()));
    for (const evidence of this.store.allEvidence()) this.dag.equivocated(evidence);
    this.#tree = new StateTree({ get: (key) => this.store.node(key) });
  }

  /** What the page of the DAG is told of a committee. */
  #seenBy(committee: readonly MemberInForce[]) {
    return {
      ...defaultOrder(committee.length, genesisFaults(this.genesis)),
      committee: committee.map(({ name }) => name),
      author: this.#author === NO_AUTHOR ? undefined : this.#author,
    };
  }

  #latestCommit(): bigint {
    const latest = this.store.latestCheckpoint();
    if (latest === undefined) return 0n;
    return checkpointExtension(parseBcs(CheckpointSummaryBcs, this.store.checkpoint(latest)!.summary)).commit;
  }

  /** Resolves when the node is ready for transactions, or waits for its peers to be. Throws when it cannot start; the message says why. */
  static async start(options: NodeOptions): Promise<LedgerNode> {
    const { environment } = epochInForce(options.genesis, options.store);
    const sandbox = await Sandbox.load(environment, (id) => options.store.object(id));
    const node = new LedgerNode(options, sandbox);
    const { chain } = node.store;
    if (chain && toHex(chain) !== toHex(node.chain)) {
      throw new NodeUnavailable(
        `the store holds chain ${toBase58(chain)}, the genesis file names ${options.genesis.digest}: use the store's genesis, or --fresh`,
      );
    }
    const booted = node.#boot();
    try {
      await Promise.race([booted, node.#waiting.promise]);
      if (!node.#ready) node.#bootLater(booted);
      await node.#startNetwork();
    } catch (error) {
      await node.stop();
      throw error;
    }
    return node;
  }

  /** What a start that waits for its peers comes to is told as a fault is. */
  #bootLater(booted: Promise<void>): void {
    this.#rebooting = booted.catch(async (error: Error) => {
      if (this.#stopped) return;
      if (isFinal(error)) return this.#end(error);
      this.#options.log.error({ error: String(error) }, "the core does not start yet");
      await this.#reboot(this.#session!);
    });
  }

  /** Rejects when the node has ended and can only go on in another process; the error says what to do first. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  /** Our place in the committee in force; NO_AUTHOR when we have none. */
  get author(): number {
    return this.#author;
  }

  /** Of the epoch that is in force. */
  get environment(): Value<typeof Environment> {
    return this.#environment;
  }

  /** Between two epochs what clients send waits. */
  get ready(): boolean {
    return this.#ready || this.#changing !== undefined;
  }

  /** The tree as of the newest checkpoint. */
  get tree(): StateTree {
    return this.#tree;
  }

  get status(): NodeStatus {
    return {
      ready: this.ready,
      checkpoint: this.store.latestCheckpoint(),
      certified: this.store.certifiedCheckpoint(),
      round: this.#round,
      waiting: this.#mempool.size,
      transactions: this.store.transactionCount(),
      reboots: this.#reboots,
      platform: this.#session?.core?.report,
      peers: this.#network?.peers() ?? [],
      waitsFor: this.#waitsFor,
    };
  }

  /** What this node's TPM says of it, for 32 bytes of whoever asks; undefined: it has none, or its core is down. */
  async attest(nonce: Uint8Array): Promise<Attestation | undefined> {
    const attested = await this.#session?.core?.attest(nonce);
    return attested && readAttestation(attested);
  }

  /** Calls `listener` with the number of each checkpoint once it is certified and on disk. Returns what ends it. */
  onCheckpoint(listener: (sequence: bigint) => void): () => void {
    this.#checkpointListeners.add(listener);
    return () => this.#checkpointListeners.delete(listener);
  }

  /**
   * Takes a transaction through the ledger and resolves with how it ended, certified and on disk. The same bytes again give the
   * same ending. Throws TransactionRejected, TransactionDropped, ObjectLocked or NodeUnavailable; then nothing was locked.
   */
  async submit(transaction: Uint8Array, signatures: readonly Uint8Array[]): Promise<Ending> {
    const { time = systemTime } = this.#options;
    const came = time.now();
    const digest = digestOf("TransactionData", transaction);
    const key = toHex(digest);
    while (this.#entering.has(key)) await this.#entering.get(key);
    const known = this.ending(digest) ?? this.#submissions.get(key)?.promise;
    if (known) {
      // It has its signatures. `order` would take these for them, were the core's own `verify` to pass them.
      this.sandbox.verify(transaction, signatures);
      return this.#whenCertified(await known);
    }
    const submission = await this.#entered(key, this.#enter(digest, transaction, signatures));
    const ending = await this.#whenCertified(await submission.promise);
    this.meter.final(time.now() - came);
    return ending;
  }

  /** One call at a time for each digest: the signatures that the core has verified last are those that wait in the mempool. */
  async #enter(
    digest: Uint8Array,
    transaction: Uint8Array,
    signatures: readonly Uint8Array[],
  ): Promise<Deferred<Ending>> {
    if (!this.ready) throw new NodeUnavailable("the node is starting: try again");
    if (this.#mempool.size + this.#entering.size >= MEMPOOL_CAPACITY) {
      throw new NodeUnavailable(`${MEMPOOL_CAPACITY} transactions wait already: try again`);
    }
    const session = await this.#verified(transaction, signatures);
    const data = parseBcs(TransactionDataBcs, transaction).V1;
    const preview = this.sandbox.execute(MODE.commit, transaction, data);
    if (preview.kind === "dropped") {
      const ending = this.ending(digest); // it came by another way while it was verified, and took its objects itself
      if (!ending) throw new TransactionDropped(preview, false);
      const ended = deferred<Ending>();
      ended.resolve(ending);
      return ended;
    }
    if (preview.kind !== "executed") throw new NodeUnavailable(`execute answered ${preview.kind}`);
    this.#mempool.add(digest, { transaction, signatures }, data);
    session.wake();
    this.#forwarder?.wake();
    return this.#submission(digest);
  }

  /** Who is no member hands on what clients send. */
  #forward(): void {
    const { follows, time = systemTime, log } = this.#options;
    const network = this.#network;
    const wanted = this.#author === NO_AUTHOR && network !== undefined;
    if (wanted === (this.#forwarder !== undefined)) return;
    this.#forwarder?.stop();
    this.#forwarder = wanted ? this.#makeForwarder(network, follows, time, log) : undefined;
    void this.#forwarder?.run();
  }

  #makeForwarder(network: Network, follows: ReadonlySet<Peer> | undefined, time: Time, log: NodeLog): Forwarder {
    return new Forwarder({
      mempool: this.#mempool,
      network,
      follows,
      isWanted: (waiting) => this.#isWanted(waiting),
      time,
      log,
    });
  }

  /** False: another transaction has taken its objects, so that it waits for nothing, which whoever sent it is told. */
  #isWanted({ digest, payload, data }: Waiting): boolean {
    const preview = this.sandbox.execute(MODE.commit, payload.transaction, data);
    if (preview.kind !== "dropped") return true;
    if (this.ending(digest)) return false; // itself has taken them; whoever waits is told when that is applied
    const key = toHex(digest);
    this.#mempool.settle(key);
    this.#submissions.get(key)?.reject(new TransactionDropped(preview, false));
    this.#submissions.delete(key);
    return false;
  }

  /** Takes what a full node's clients have sent to it. */
  async #takeForwarded(peer: Peer, transactions: readonly TransactionPayload[]): Promise<Response> {
    const taken = await Promise.all(
      transactions.map(({ transaction, signatures }) => this.#take(peer, transaction, signatures)),
    );
    return { kind: "submitted", taken: taken.filter((one) => one).length };
  }

  async #take(peer: Peer, transaction: Uint8Array, signatures: readonly Uint8Array[]): Promise<boolean> {
    const digest = digestOf("TransactionData", transaction);
    const key = toHex(digest);
    if (this.ending(digest) || this.#submissions.has(key) || this.#entering.has(key)) return true;
    try {
      await this.#entered(key, this.#enter(digest, transaction, signatures));
      return true;
    } catch (error) {
      if (error instanceof TransactionRejected) this.#network?.report(peer, "invalid");
      return false; // who sent it has a core of its own, which says why
    }
  }

  /** Keeps others of this digest out until it is there, or refused. */
  #entered(key: string, entering: Promise<Deferred<Ending>>): Promise<Deferred<Ending>> {
    const over = () => undefined;
    this.#entering.set(key, entering.then(over, over));
    return entering.finally(() => this.#entering.delete(key));
  }

  /**
   * Resolves with the session whose core has passed a transaction; when an epoch ends meanwhile, that of the next one. Throws TransactionRejected, or
   * NodeUnavailable when the core is not there any more to order it.
   */
  async #verified(transaction: Uint8Array, signatures: readonly Uint8Array[]): Promise<Session> {
    for (;;) {
      await this.#changing;
      const session = this.#session;
      if (!this.#ready || !session) throw new NodeUnavailable("the core is being rebooted: try again");
      const fault = await verified(session.core, transaction, signatures).catch((error) => error as Error);
      if (fault && !(fault instanceof CoreFault)) throw fault;
      if (this.#changing) continue;
      if (fault || !this.#ready || this.#session !== session)
        throw new NodeUnavailable("the core is being rebooted: try again");
      return session;
    }
  }

  /** Where the ending of a transaction that is under way will be told. */
  #submission(digest: Uint8Array): Deferred<Ending> {
    const key = toHex(digest);
    const submission = this.#submissions.get(key) ?? deferred<Ending>();
    this.#submissions.set(key, submission);
    return submission;
  }

  /** How an ordered transaction ended, if it has. */
  ending(digest: Uint8Array): Ending | undefined {
    const outcome = this.store.outcome(digest);
    if (outcome) return { kind: "executed", outcome };
    const drop = this.store.drop(digest);
    return drop && { kind: "dropped", drop };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ready = false;
    this.#forwarder?.stop();
    await this.#network?.stop();
    await this.#session?.stop();
    await this.#rebooting;
    this.#rejectSubmissions("the node was stopped");
  }

  /** Once. */
  #startNetwork(): Promise<void> {
    this.#networkStarted ??= this.#network?.start(this.#handlers()) ?? Promise.resolve();
    return this.#networkStarted;
  }

  /** Peers are served by the session that runs; between two of them they are told nothing, and asked for what was missed. */
  #handlers(): NetworkHandlers {
    const consensus = () => (this.#ready ? this.#session?.consensus : undefined);
    return {
      bundle: async (peer, bundle) => consensus()?.take(peer, bundle),
      request: async (peer, request) => {
        if (request.kind === "submit") return this.#takeForwarded(peer, request.transactions);
        const serving = consensus();
        if (!serving) throw new NodeUnavailable("the core is being rebooted: try again");
        return serving.answer(peer, request);
      },
      connected: (peer) => consensus()?.connected(peer),
      skipped: (peer) => consensus()?.connected(peer),
      disconnected: () => undefined,
    };
  }

  async #boot(): Promise<void> {
    this.store.expectRoom();
    const { environment, committee } = epochInForce(this.genesis, this.store);
    this.#enterCommittee(committee);
    // Of a validator, what its vault did not sign: one that has lost its state leaves some to others.
    await this.store.takeBack(
      ({ certificate }) => this.#author !== NO_AUTHOR && decode(Certificate, certificate).signatures.length > 0,
    );
    this.#tree = new StateTree({ get: (key) => this.store.node(key) });
    this.#environment = environment;
    this.sandbox.enter(this.#environment);
    const session = new Session(
      { ...this.#options, network: this.#network, recover: this.#recovers },
      this.store,
      this.#tree,
      {
        mempool: this.#mempool,
        dag: observers(this.dag, this.meter),
        ordered: (digest) => this.#submission(digest),
        applied: (_, endings) => this.#applied(endings),
        certified: (sequence) => this.#certified(sequence),
        proposed: (round) => {
          this.#round = round;
        },
        rejected: (digest, error) => this.#rejected(digest, error),
        needsPeers: () => this.#startNetwork(),
        tookState: (sequence) => this.#tookState(sequence),
        waits: (what) => this.#waits(what),
        recovered: () => this.#recovered(),
        failed: (error) => this.#failed(session, error),
      },
      this.#needsState,
    );
    this.#session = session;
    try {
      await session.start();
    } catch (error) {
      await session.stop();
      if (error instanceof EpochOver && !this.#stopped) return this.#boot();
      throw error;
    }
    this.#ready = !this.#stopped;
  }

  #waits(what: string): void {
    this.#waitsFor = what;
    this.#waiting.resolve();
  }

  #recovered(): void {
    this.#recovers = false;
    this.#waitsFor = undefined;
  }

  /** Takes our place in the committee in force, or leaves it; says so when it is another than before. */
  #enterCommittee(committee: readonly MemberInForce[]): void {
    const before = this.#author;
    this.#author = authorIn(committee, ownKey(this.#options));
    this.#network?.enter(committee, this.#author);
    this.dag.enter(this.#seenBy(committee));
    this.#forward();
    if (before === this.#author) return;
    const validators = committee.length;
    if (this.#author === NO_AUTHOR) {
      this.#options.log.info({ validators }, "no member of the committee any more: going on as a full node");
    } else {
      this.#options.log.info({ author: this.#author, validators }, "a member of the committee now: making blocks");
    }
  }

  /** A transaction that waited for a block of an epoch that is over cannot be ordered in the one that has begun. */
  #rejected(digest: Uint8Array, error: TransactionRejected): void {
    const key = toHex(digest);
    this.#mempool.settle(key);
    this.#submissions.get(key)?.reject(error);
    this.#submissions.delete(key);
  }

  #applied(endings: ReadonlyMap<string, Ending>): void {
    this.#rebootDelayMs = REBOOT_DELAY_MS;
    for (const [key, ending] of endings) {
      const submission = this.#submissions.get(key);
      this.#submissions.delete(key);
      submission?.resolve(ending);
    }
  }

  /** What was under way may have ended in a checkpoint that is not here. */
  #tookState(sequence: bigint): void {
    this.#needsState = false;
    // It has a newer list, which says where members are.
    this.#network?.enter(epochInForce(this.genesis, this.store).committee, this.#author);
    this.#rejectSubmissions(
      "the node has taken a newer state from its peers: another node knows what became of the transaction",
    );
    this.#submissions.clear();
    this.#uncertified.clear();
    for (const { digest } of this.#mempool.waiting()) this.#mempool.settle(toHex(digest));
    this.#told = sequence;
  }

  #certified(sequence: bigint): void {
    for (const [waited, waiting] of this.#uncertified) {
      if (waited > sequence) continue;
      this.#uncertified.delete(waited);
      waiting.resolve();
    }
    const told = this.#told;
    this.#told = sequence;
    for (let one = told + 1n; one <= sequence; one++) for (const listener of this.#checkpointListeners) listener(one);
  }

  /** Resolves when a quorum has signed what the transaction is part of. */
  async #whenCertified(ending: Ending): Promise<Ending> {
    const { checkpoint } = ending.kind === "executed" ? ending.outcome : ending.drop;
    if (checkpoint > (this.store.certifiedCheckpoint() ?? -1n)) {
      const waiting = this.#uncertified.get(checkpoint) ?? deferred<void>();
      this.#uncertified.set(checkpoint, waiting);
      await waiting.promise;
    }
    return ending;
  }

  /** The core or the pipeline failed: what is certified is on disk, the rest is taken up again from there. */
  #failed(session: Session, error: Error): void {
    if (this.#stopped) return;
    this.#ready = false;
    if (error instanceof EpochOver) this.#enterEpoch(session, error);
    else if (isFinal(error)) void session.stop().then(() => this.#end(error));
    else {
      this.#needsState ||= error instanceof FarBehind;
      if (this.#needsState) this.#options.log.info({ why: error.message }, "taking a state from peers");
      else this.#options.log.error({ error: String(error) }, "the core failed; rebooting it");
      this.#rebooting = this.#rebooting.then(() => this.#reboot(session));
    }
  }

  /** Starts the core anew, for the epoch that is in force now. What clients send meanwhile waits, unless a state is to be had first. */
  #enterEpoch(over: Session, { message }: EpochOver): void {
    const begun = deferred<void>();
    const { begins } = epochInForce(this.genesis, this.store);
    const isHere = begins !== undefined && (this.store.latestCheckpoint() ?? -1n) >= begins.sequence;
    if (isHere) this.#changing = begun.promise;
    this.#rebooting = this.#rebooting.then(async () => {
      try {
        await this.#bootNext(over, message);
      } finally {
        this.#changing = undefined;
        begun.resolve();
      }
    });
  }

  async #bootNext(over: Session, why: string): Promise<void> {
    await over.stop();
    if (this.#stopped) return;
    try {
      await this.#boot();
      this.#options.log.info({ why, epoch: String(this.#environment.epoch) }, "another epoch has begun");
    } catch (error) {
      if (this.#stopped) return;
      if (isFinal(error)) return this.#end(error as Error);
      this.#options.log.error({ error: String(error) }, "the core does not begin the next epoch yet");
      await this.#reboot(over);
    }
  }

  async #reboot(failed: Session): Promise<void> {
    await failed.stop();
    while (!this.#stopped) {
      await sleep(this.#options.time ?? systemTime, this.#rebootDelayMs);
      this.#rebootDelayMs = Math.min(2 * this.#rebootDelayMs, REBOOT_DELAY_MAX_MS);
      if (this.#stopped) return;
      this.#reboots++;
      try {
        await this.#boot();
        this.#options.log.info({ reboots: this.#reboots }, "the core is back");
        return;
      } catch (error) {
        if (isFinal(error)) return this.#end(error as Error);
        if (error instanceof NobodyOffers) this.#needsState = false;
        this.#options.log.error({ error: String(error) }, "the core does not come back yet");
      }
    }
  }

  #end(error: Error): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.log.error({ error: String(error) }, "the node ends");
    this.#rejectSubmissions("the node has failed");
    this.#failure.reject(error);
  }

  #rejectSubmissions(why: string): void {
    const waiting = [...this.#submissions.values(), ...this.#uncertified.values()];
    for (const done of waiting) done.reject(new NodeUnavailable(why));
  }
}

/** See StoreError. */
function isFinal(error: unknown): boolean {
  return error instanceof StoreError && !(error instanceof DiskFull);
}
