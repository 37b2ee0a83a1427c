/** One boot of the core: started from the store, fed with transactions, followed commit by commit, until it faults or is stopped. */
import { fromBase64, toBase58 } from "@iota/iota-sdk/utils";
import { defaultOrder } from "../core/wire/capacities.ts";
import { codeName, VerifyRejection } from "../core/wire/codes.ts";
import { Certificate, Config } from "../core/wire/frames.ts";
import { NO_AUTHOR } from "../core/wire/limits.ts";
import { decode, encode } from "../core/wire/schema.ts";
import { faultyOf, quorumOf, witnessesOf } from "../core/wire/thresholds.ts";
import type { ComponentConfigs } from "../platform/runner.ts";
import { Certifier, signaturesOf, type Verdict } from "./consensus/certifier.ts";
import { Consensus } from "./consensus/consensus.ts";
import type { DagObserver, Resume } from "./consensus/dag-observer.ts";
import { readBlock } from "./consensus/intake.ts";
import { type Asked, VaultRecovery } from "./consensus/recovery.ts";
import { type CheckpointMade, type Committed, CoreClient, CoreFault, type LedgerStatus } from "./core-client.ts";
import {
  authorIn,
  type EpochInForce,
  EpochOver,
  endsBefore,
  endsEpoch,
  epochInForce,
  epochOf,
  leadsOn,
  turns,
  verifyConfig,
} from "./epoch.ts";
import { CoreRefused, coreRefusal, NodeUnavailable, TransactionRejected } from "./errors.ts";
import { AT_BEGINNING, orderResume } from "./format/checkpoint.ts";
import { digestOf } from "./format/digest.ts";
import { heightOf } from "./format/height.ts";
import { toHex } from "./format/hex.ts";
import { SYSTEM_SIGNATURES } from "./format/transaction.ts";
import { genesisChain, genesisEpochDurationMs, genesisFaults } from "./genesis/genesis.ts";
import { genesisCommit } from "./genesis/genesis-commit.ts";
import { KEEPING, type Keeping } from "./keeping.ts";
import { EMPTY_BUNDLE } from "./network/messages.ts";
import { type Network, type Peer, sourcesOf } from "./network/network.ts";
import { NO_PEERS } from "./network/no-peers.ts";
import type { NodeOptions } from "./node-options.ts";
import { Channel, type Deferred, deferred } from "./pipeline/async.ts";
import {
  type Applied,
  type CommitToApply,
  Committer,
  type Ending,
  type OrderedTransaction,
  type Signing,
} from "./pipeline/committer.ts";
import type { Mempool, Waiting } from "./pipeline/mempool.ts";
import { Pruner } from "./pipeline/pruner.ts";
import type { StateTree } from "./state-tree/state-tree.ts";
import type { BlockTransaction, EpochEnd, Store } from "./store/store.ts";
import { StateSync } from "./sync/state-sync.ts";
import { systemTime } from "./time.ts";

/** Commits that may wait to be applied before `order` is given another block: one more is ordered while one is applied. */
const MAX_COMMITS_AHEAD = 1;
/** Milliseconds between two blocks of ours in a committee, so that a block gathers what came meanwhile. */
const BLOCK_INTERVAL_MS = 20;
/** Milliseconds that a round's leaders are waited for, 2 Delta. */
const LEADER_TIMEOUT_MS = 250;
/** Milliseconds that a state is asked for in vain, when only what peers said speaks for one; then their blocks are tried again. */
const STATE_PATIENCE_MS = 60_000;

export interface SessionEvents {
  readonly mempool: Mempool;
  readonly dag: DagObserver;
  /** A block of an earlier run holds this transaction: it is under way, whoever sent it. */
  ordered(digest: Uint8Array): void;
  applied(sequence: bigint, endings: ReadonlyMap<string, Ending>): void;
  /** A quorum has signed this checkpoint, and with it those before. */
  certified(sequence: bigint): void;
  proposed(round: bigint): void;
  /** A transaction that waited cannot be ordered in the epoch that is in force. */
  rejected(digest: Uint8Array, error: TransactionRejected): void;
  /** Peers are needed before this session can serve. Resolves when they are being reached. */
  needsPeers(): Promise<void>;
  /** The store holds the state of this checkpoint, taken from peers, and nothing from before it. */
  tookState(sequence: bigint): void;
  /** `start` waits for this of its peers, in words. */
  waits(what: string): void;
  /** The vault has lost its state no more. */
  recovered(): void;
  /** Told once, after `start`. */
  failed(error: Error): void;
}

export class Session {
  readonly #options: NodeOptions;
  readonly #store: Store;
  readonly #tree: StateTree;
  readonly #events: SessionEvents;
  readonly #epoch: EpochInForce;
  readonly #commits = new Channel<Committed>();
  readonly #checkpoints = new Channel<CheckpointMade>();
  readonly #vaultReady = deferred<LedgerStatus>();
  readonly #vaultAsks = deferred<Asked>();
  /** Rejected with what went wrong first. */
  readonly #failure = deferred<never>();
  readonly #network: Network;
  readonly #needsState: boolean;
  readonly #order: ReturnType<typeof defaultOrder>;
  /** Our place in the committee in force; NO_AUTHOR: we follow it. */
  readonly #author: number;
  #core!: CoreClient;
  #committer!: Committer;
  #certifier!: Certifier;
  #consensus!: Consensus;
  #pruner!: Pruner;
  /** What the platform said last of its own failures. */
  #trouble: string | undefined;
  /** Everything that may still write to the store. */
  readonly #work: Promise<void>[] = [];
  #unapplied = 0;
  /** The epoch's last checkpoint, once our core has made it. */
  #last: bigint | undefined;
  #room: Deferred<void> = deferred();
  #serves = false;
  #stopped = false;

  /** `needsState`: what is stored is too far behind the peers to go on from. */
  constructor(options: NodeOptions, store: Store, tree: StateTree, events: SessionEvents, needsState = false) {
    this.#needsState = needsState;
    this.#options = options;
    this.#store = store;
    this.#tree = tree;
    this.#events = events;
    this.#epoch = epochInForce(options.genesis, store);
    this.#network = options.network ?? NO_PEERS;
    this.#author = authorIn(this.#epoch.committee, ownKey(options));
    this.#order = defaultOrder(this.#epoch.committee.length, genesisFaults(options.genesis));
  }

  get core(): CoreClient {
    return this.#core;
  }

  /** Resolves when transactions can be taken. Throws what kept it from that; then it is to be stopped. */
  async start(): Promise<void> {
    const starting = this.#start();
    this.#work.push(starting);
    await Promise.race([starting, this.#failure.promise]);
    this.#failure.promise.catch((error: Error) => this.#stopped || this.#events.failed(error));
  }

  async #start(): Promise<void> {
    const { startCore } = this.#options;
    this.#core = await CoreClient.start(
      (listener) => startCore(this.#configs(), listener, this.#isFullNode ? "no vault" : "vault"),
      {
        committed: (commit) => {
          this.#unapplied++;
          this.#consensus.committed(commit);
          this.#commits.push(commit);
        },
        checkpoint: (checkpoint) => this.#checkpoints.push(checkpoint),
        status: (status) => status.vault && this.#vaultReady.resolve(status),
        recovering: this.#vaultAsks.resolve,
        refused: (refusal) => this.#fail(coreRefusal(refusal.component, "to go on", refusal, this.#trouble)),
        fault: (fault) => {
          if (!fault.recovered) this.#fail(new CoreFault(`${fault.component}: ${fault.message}`));
        },
        trouble: (message) => {
          this.#trouble = message;
          this.#options.log.error({ trouble: message }, "the platform has a problem");
        },
      },
    );
    if (this.#stopped) return this.#core.stop();
    this.#committer = new Committer(this.#core, this.#store, this.#tree, this.#epoch.environment, this.#signing, () =>
      this.#checkpoints.next(),
    );
    const vault = this.#isFullNode ? undefined : await this.#startVault();
    if (this.#stopped) return;
    const least = this.#leastState(vault);
    if (least !== undefined) await this.#takeState(least, Number.POSITIVE_INFINITY);
    else if (this.#needsState) await this.#takeState((this.#store.latestCheckpoint() ?? -1n) + 1n, STATE_PATIENCE_MS);
    if (this.#stopped) return;
    this.#certifier = this.#makeCertifier();
    this.#consensus = this.#makeConsensus();
    this.#pruner = new Pruner(this.#store, this.#keeping);
    if (this.#store.latestCheckpoint() === undefined)
      await this.#apply(genesisCommit(this.#options.genesis, this.#core));
    const resume = await this.#install(this.#store.latestCheckpoint()!);
    this.#run(this.#applyCommits());
    await this.#consensus.replay(resume, this.#last !== undefined);
    await Promise.all(this.#events.mempool.waiting().map((waiting) => this.#verifyWaiting(waiting)));
    this.#serves = true;
    this.#run(this.#consensus.run());
    this.#run(this.#pruner.run());
    if (this.#last !== undefined && this.#last <= (this.#store.certifiedCheckpoint() ?? -1n))
      this.#endEpoch(this.#last);
  }

  /** What waited for this epoch may have been good for the one before alone. */
  async #verifyWaiting({ digest, payload }: Waiting): Promise<void> {
    try {
      await verified(this.#core, payload.transaction, payload.signatures);
    } catch (error) {
      if (!(error instanceof TransactionRejected)) throw error;
      this.#events.rejected(digest, error);
    }
  }

  #certified(sequence: bigint): void {
    this.#events.certified(sequence);
    this.#pruner.certified(sequence);
    if (sequence === this.#last) this.#endEpoch(sequence);
  }

  /** The epoch's last checkpoint is certified: from now on the next epoch is in force. */
  #endEpoch(sequence: bigint): void {
    const { summary, certificate } = this.#store.checkpoint(sequence)!;
    const { epoch } = this.#epoch.environment;
    this.#run(
      this.#putEnd(epoch, { summary, certificate }).then(() => {
        throw new EpochOver(`epoch ${epoch} has ended with checkpoint ${sequence}`);
      }),
    );
  }

  #putEnd(epoch: bigint, end: EpochEnd): Promise<void> {
    return this.#store.putEpochEnd(epoch, end, turns(this.#epoch.committee, end));
  }

  /** Takes over from a peer that a later epoch is in force. False: it does not follow from genesis. */
  async #laterEnd(end: EpochEnd): Promise<boolean> {
    const epoch = epochOf(end.summary);
    if (!(await leadsOn(this.#options.genesis, [...endsBefore(this.#store, this.#epoch.environment.epoch), end])))
      return false;
    await this.#putEnd(epoch, end);
    throw new EpochOver(`epoch ${epoch} has ended, and we are in ${this.#epoch.environment.epoch}`);
  }

  /** Where what peers send and ask goes, once this session serves. */
  get consensus(): Consensus | undefined {
    return this.#serves ? this.#consensus : undefined;
  }

  get #keeping(): Keeping {
    return { ...KEEPING, ...this.#options.keeping };
  }

  /** Something waits in the mempool. */
  wake(): void {
    this.#consensus?.wake();
  }

  get #isFullNode(): boolean {
    return this.#author === NO_AUTHOR;
  }

  /** The only validator's signature is a quorum. */
  get #alone(): boolean {
    return this.#order.committeeSize === 1 && !this.#isFullNode;
  }

  /** Who signs the checkpoints that our core makes. */
  get #signing(): Signing {
    if (this.#isFullNode) return "nobody";
    return this.#alone ? "quorum" : "member";
  }

  /** Resolves when nothing of this session writes to the store any more: what comes next begins from what it left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const vault of [this.#vaultReady, this.#vaultAsks]) vault.reject(new CoreFault("the core was stopped"));
    this.#commits.close();
    this.#checkpoints.close();
    this.#consensus?.stop();
    this.#pruner?.stop();
    this.#room.resolve();
    await this.#core?.stop();
    await Promise.allSettled(this.#work);
    await this.#consensus?.saved();
    this.#events.mempool.putAllBack();
  }

  #run(work: Promise<void>): void {
    this.#work.push(work.catch((error) => this.#fail(error)));
  }

  #configs(): ComponentConfigs {
    const { genesis } = this.#options;
    const author = this.#author;
    const chain = genesisChain(genesis);
    const committee = this.#epoch.committee.map(({ publicKey }) => ({ publicKey }));
    const { epoch, epochStartMs } = this.#epoch.environment;
    return {
      verify: verifyConfig(genesis, endsBefore(this.#store, epoch), author),
      order: encode(Config.order, {
        chain,
        epoch,
        epochStartMs,
        epochDurationMs: genesisEpochDurationMs(genesis),
        author,
        ...this.#order,
      }),
      execute: encode(Config.execute, { sealed: 1 }),
      ledger: encode(Config.ledger, { chain, author, committee, faults: genesisFaults(genesis) }),
      vault: encode(Config.vault, { author, recover: this.#options.recover ?? false }),
    };
  }

  /** The first checkpoint that this node could go on from, when what is stored is not enough for that. */
  #leastState(vault: Vault | undefined): bigint | undefined {
    const { incoming } = this.#store;
    const latest = this.#store.latestCheckpoint() ?? -1n;
    const next = latest + 1n;
    const begins = this.#epoch.begins?.sequence ?? -1n;
    if (latest < begins) return begins;
    // What the vault signed last may not have come to the disk, and is made and signed again. More than that was lost with it.
    const behindVault = !this.#alone && vault !== undefined && vault.nextSequence > next + 1n;
    const signed = behindVault ? vault.nextSequence - 1n : undefined;
    if (incoming) return signed !== undefined && signed > incoming.sequence ? signed : incoming.sequence;
    return signed;
  }

  /** Resolves when the store has the state of a certified checkpoint, this one or a later one. Throws NobodyOffers. */
  async #takeState(least: bigint, patienceMs: number): Promise<void> {
    const { genesis, follows, time = systemTime, log } = this.#options;
    await this.#events.needsPeers();
    const sync = new StateSync({
      store: this.#store,
      network: this.#network,
      chain: genesisChain(genesis),
      sources: () => sourcesOf(this.#network, follows),
      epoch: this.#epoch.environment.epoch,
      laterEpoch: (peer) => this.#askForEnd(peer),
      verify: (summary, certificate) => this.#isCertified(summary, certificate),
      minimum: least,
      patienceMs,
      time,
      stopped: () => this.#stopped,
      log,
    });
    const sequence = await sync.run();
    if (sequence === undefined) return;
    this.#tree.reload();
    this.#events.tookState(sequence);
  }

  async #askForEnd(peer: Peer): Promise<void> {
    const { checkpoint } = await this.#network.request(peer, {
      kind: "epochEnd",
      epoch: this.#epoch.environment.epoch,
    });
    if (!checkpoint || epochOf(checkpoint.summary) < this.#epoch.environment.epoch) return;
    if (!(await this.#laterEnd(checkpoint))) this.#network.report(peer, "invalid");
  }

  /** Resolves with what the vault says of itself when it is ready; for one that has lost its state, others are asked first. */
  async #startVault(): Promise<Vault> {
    const first = await Promise.race([this.#vaultReady.promise, this.#vaultAsks.promise]);
    if ("nonce" in first) {
      this.#expectOurs(first.publicKey);
      await this.#recover(first);
    }
    const { vault } = await this.#vaultReady.promise;
    this.#expectOurs(vault!.publicKey);
    this.#expectNewest(vault!);
    return vault!;
  }

  async #recover(asked: Asked): Promise<void> {
    const { genesis, time = systemTime, log } = this.#options;
    const members = this.#epoch.committee.length;
    await this.#events.needsPeers();
    const recovery = new VaultRecovery({
      ...asked,
      core: this.#core,
      network: this.#network,
      epoch: this.#epoch.environment.epoch,
      members,
      wanted: witnessesOf(genesisFaults(genesis), members),
      laterEpoch: (peer) => this.#askForEnd(peer),
      waits: (what) => this.#events.waits(what),
      stopped: () => this.#stopped,
      time,
      log,
    });
    await recovery.run();
    if (this.#stopped) throw new CoreFault("the core was stopped");
    await this.#vaultReady.promise;
    this.#events.recovered();
  }

  #expectOurs(publicKey: Uint8Array): void {
    const { committee } = this.#epoch;
    if (authorIn(committee, publicKey) === this.#author) return;
    throw new NodeUnavailable(
      `the vault's key is not that of validator ${this.#author} (${committee[this.#author]?.name}): point the node at that validator's own vault`,
    );
  }

  /** A counter that was put back with the state says nothing of it; our own blocks do. */
  #expectNewest(vault: Vault): void {
    const { epoch } = this.#epoch.environment;
    const signed = vault.epoch === epoch ? vault.round : 0n;
    if (vault.epoch > epoch) return;
    const [later] = this.#store.blocksFrom(this.#author, heightOf(epoch, signed + 1n));
    if (!later) return;
    throw new NodeUnavailable(
      `the vault has signed up to round ${signed}, and a block of round ${readBlock(later).round} is here that it has signed too: its folder is an older copy. Put the newest one back, or start with --recover peers, which asks the other validators' vaults what is past`,
    );
  }

  /** Goes on from a checkpoint that a quorum has signed, or our own vault; or from genesis. */
  async #install(latest: bigint): Promise<Resume> {
    const { summary, certificate } = this.#store.checkpoint(latest)!;
    if (!(await this.#isSigned(summary, certificate))) {
      throw new NodeUnavailable(`checkpoint ${latest} of the store is signed neither by a quorum nor by our own vault`);
    }
    const installed = await this.#core.order({ kind: "install", summary });
    if (installed.kind !== "accepted") throw this.#orderRefused("to install", installed);
    for (let sequence = (this.#store.certifiedCheckpoint() ?? -1n) + 1n; sequence <= latest; sequence++) {
      const made = this.#store.checkpoint(sequence)!;
      this.#certifier.made(sequence, digestOf("CheckpointSummary", made.summary), made.summary, made.certificate);
    }
    if (latest === this.#epoch.begins?.sequence) return AT_BEGINNING;
    if (endsEpoch(summary)) this.#last = latest;
    return orderResume(summary);
  }

  async #applyCommits(): Promise<void> {
    for await (const commit of this.#commits) {
      // Blocks are on disk before anything that follows from them is signed.
      await this.#consensus.stored(commit);
      const applied = await this.#apply(this.#commitToApply(commit), commit.endOfEpoch);
      this.#unapplied--;
      this.#room.resolve();
      this.#room = deferred();
      for (const key of applied?.endings.keys() ?? []) this.#events.mempool.settle(key);
      this.#consensus.wake();
    }
  }

  /** Undefined: the checkpoint goes on in the next commit. */
  async #apply(commit: CommitToApply, endOfEpoch = false): Promise<Applied | undefined> {
    const applied = await this.#committer.apply(commit);
    if (!applied) return undefined;
    const { sequence, endings } = applied;
    if (endOfEpoch) this.#last = sequence;
    this.#events.applied(sequence, endings);
    const { summary, certificate } = this.#store.checkpoint(sequence)!;
    const digest = digestOf("CheckpointSummary", summary);
    if (this.#alone) this.#certified(sequence);
    else this.#certifier.made(sequence, digest, summary, certificate);
    const signatures = signaturesOf(certificate, sequence, digest);
    if (signatures.length > 0) this.#network.broadcast({ ...EMPTY_BUNDLE, checkpoints: signatures });
    return applied;
  }

  #commitToApply(commit: Committed): CommitToApply {
    const [prologue, ...users] = commit.transactions;
    const named = this.#namedIn(commit);
    return {
      index: commit.index,
      timestampMs: commit.timestampMs,
      open: () => this.#core.ledger({ kind: "begin", commit: commit.index }),
      transactions: [
        { digest: prologue!, payload: { transaction: commit.prologue, signatures: SYSTEM_SIGNATURES } },
        ...users.map((digest) => this.#ordered(digest, named)),
      ],
    };
  }

  /** The transactions of a commit's blocks, as the first of them to name one does. */
  #namedIn({ blocks }: Committed): ReadonlyMap<string, BlockTransaction> {
    const named = new Map<string, BlockTransaction>();
    for (const { digest } of blocks) {
      for (const transaction of readBlock(this.#store.block(digest)!).header.transactions) {
        const key = toHex(transaction.digest);
        if (!named.has(key)) named.set(key, transaction);
      }
    }
    return named;
  }

  #ordered(digest: Uint8Array, named: ReadonlyMap<string, BlockTransaction>): OrderedTransaction {
    const payload = this.#store.blockPayload(named.get(toHex(digest))!);
    if (!payload) throw new Error(`the payload of ordered transaction ${toBase58(digest)} is missing`);
    const waiting = this.#events.mempool.find(digest);
    return { digest, payload, data: waiting?.data };
  }

  /** Resolves when `order` may be given another block. */
  async #whenRoom(): Promise<void> {
    while (this.#unapplied > MAX_COMMITS_AHEAD && !this.#stopped) {
      await this.#room.promise;
    }
  }

  get #epochEndMs(): number {
    const duration = genesisEpochDurationMs(this.#options.genesis);
    return duration === 0n ? Number.POSITIVE_INFINITY : Number(this.#epoch.environment.epochStartMs + duration);
  }

  #makeConsensus(): Consensus {
    const { heartbeatMs, nowMs, time = systemTime, log } = this.#options;
    const { mempool, dag } = this.#events;
    return new Consensus({
      core: this.#core,
      epoch: this.#epoch.environment.epoch,
      epochEndMs: this.#epochEndMs,
      store: this.#store,
      mempool,
      network: this.#network,
      certifier: this.#certifier,
      dag,
      author: this.#author,
      follows: this.#options.follows ?? new Set(),
      keeping: this.#keeping,
      faulty: faultyOf(genesisFaults(this.#options.genesis), this.#order.committeeSize),
      verify: (summary, certificate) => this.#isCertified(summary, certificate),
      parents: this.#order.thresholds.parents,
      leaders: {
        chain: genesisChain(this.#options.genesis),
        epoch: this.#epoch.environment.epoch,
        ...this.#order,
      },
      blockTransactions: this.#order.capacities.blockTransactions,
      pace: { minimumMs: this.#alone ? 0 : BLOCK_INTERVAL_MS, leaderTimeoutMs: LEADER_TIMEOUT_MS, heartbeatMs },
      nowMs,
      time,
      log,
      refused: (what, answer) => this.#orderRefused(what, answer),
      room: () => this.#whenRoom(),
      isCheckpointOpen: () => this.#committer.isOpen,
      failed: (error) => this.#fail(error),
      proposed: (round) => this.#events.proposed(round),
      laterEnd: (end) => this.#laterEnd(end),
      ordered: (digest) => this.#events.ordered(digest),
    });
  }

  #makeCertifier(): Certifier {
    const { log } = this.#options;
    const { committeeSize } = this.#order;
    return new Certifier(
      {
        epoch: this.#epoch.environment.epoch,
        quorum: quorumOf(genesisFaults(this.#options.genesis), committeeSize),
        verify: (summary, certificate) => this.#certifies(summary, certificate),
        keep: (sequence, certificate) => this.#store.putCertificate(sequence, certificate),
        certified: (sequence) => this.#certified(sequence),
        failed: (error) => this.#fail(error),
        diverged: (sequence, signer) =>
          log.error(
            { sequence: String(sequence), signer, committeeSize },
            "a validator signs another checkpoint than ours",
          ),
        invalid: (signer) => {
          if (signer !== this.#author) this.#network.report(signer, "invalid");
        },
      },
      this.#store.certifiedCheckpoint() ?? -1n,
      this.#store.latestCheckpoint() ?? -1n,
    );
  }

  /** By a quorum, or by our own vault, which signs nothing that our own core has not made. */
  async #isSigned(summary: Uint8Array, certificate: Uint8Array): Promise<boolean> {
    if (await this.#isCertified(summary, certificate)) return true;
    const ours = decode(Certificate, certificate).signatures.find(({ author }) => author === this.#author);
    if (!ours) return false;
    const { boot, signature } = ours;
    const verdict = await this.#core.verify({ kind: "ownCheckpoint", summary, boot, signature });
    return verdict.kind === "checkpoint";
  }

  async #isCertified(summary: Uint8Array, certificate: Uint8Array): Promise<boolean> {
    return (await this.#certifies(summary, certificate)).certified;
  }

  async #certifies(summary: Uint8Array, certificate: Uint8Array): Promise<Verdict> {
    const verdict = await this.#core.verify({ kind: "checkpoint", summary, certificate });
    if (verdict.kind === "checkpoint") return { certified: true };
    const noQuorum = verdict.kind === "rejected" && codeName(VerifyRejection, verdict.code) === "noQuorum";
    return { certified: false, valid: noQuorum ? Number(verdict.b) : 0 };
  }

  #orderRefused(what: string, answer: OrderAnswer): Error {
    if (answer.kind === "rejected") return coreRefusal("order", what, answer, this.#trouble);
    return new CoreRefused(`order answered ${answer.kind} when asked ${what}`);
  }

  #fail(error: unknown): void {
    this.#failure.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Of our own vault; undefined: a full node, which has none. */
export function ownKey({ publicKey, author, genesis }: NodeOptions): Uint8Array | undefined {
  const member = genesis.committee[author];
  return publicKey ?? (member && fromBase64(member.publicKey));
}

type Vault = NonNullable<LedgerStatus["vault"]>;
type OrderAnswer = Awaited<ReturnType<CoreClient["order"]>>;

/** Has `verify` pass a transaction. Throws TransactionRejected. */
export async function verified(
  core: CoreClient,
  transaction: Uint8Array,
  signatures: readonly Uint8Array[],
): Promise<void> {
  const verdict = await core.verify({ kind: "transaction", transaction, signatures });
  if (verdict.kind === "rejected") throw new TransactionRejected(verdict.code, verdict.a, verdict.b);
}
