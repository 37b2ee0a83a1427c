/** One boot of the core: started from the store, fed with transactions, followed commit by commit, until it faults or is stopped. */
import { fromBase64, toBase58 } from "@iota/iota-sdk/utils";
import { defaultOrder } from "../core/wire/capacities.ts";
import { Block, Config, type Environment, OrderResume } from "../core/wire/frames.ts";
import { MAX_BLOCK_TRANSACTIONS } from "../core/wire/limits.ts";
import { decode, encode, type Value } from "../core/wire/schema.ts";
import type { ComponentConfigs } from "../platform/runner.ts";
import { type CheckpointMade, type Committed, CoreClient, CoreFault, type LedgerStatus } from "./core-client.ts";
import { CoreRefused, coreRefusal, NodeUnavailable, TransactionRejected } from "./errors.ts";
import { CheckpointSummaryBcs, checkpointExtension } from "./format/checkpoint.ts";
import { toHex } from "./format/hex.ts";
import { parseBcs } from "./format/parse.ts";
import { SYSTEM_SIGNATURES } from "./format/transaction.ts";
import { genesisChain, genesisCommittee, genesisEnvironment } from "./genesis/genesis.ts";
import { genesisCommit } from "./genesis/genesis-commit.ts";
import type { NodeOptions } from "./node-options.ts";
import { Channel, type Deferred, deferred } from "./pipeline/async.ts";
import { type CommitToApply, Committer, type Ending, type OrderedTransaction } from "./pipeline/committer.ts";
import type { Mempool, Waiting } from "./pipeline/mempool.ts";
import type { StateTree } from "./state-tree/state-tree.ts";
import type { Store } from "./store/store.ts";

/** Where `order` stands after commit 0. */
const AT_GENESIS = { horizon: 0n, committed: [] as readonly bigint[] };

/** Commits that may wait to be applied before the next block is proposed: one more is ordered while one is applied. */
const MAX_COMMITS_AHEAD = 1;

export interface SessionEvents {
  readonly mempool: Mempool;
  /** A block of an earlier run holds this transaction: it is under way, whoever sent it. */
  ordered(digest: Uint8Array): void;
  applied(sequence: bigint, endings: ReadonlyMap<string, Ending>): void;
  proposed(round: bigint): void;
  /** Told once, after `start`. */
  failed(error: Error): void;
}

export class Session {
  readonly #options: NodeOptions;
  readonly #store: Store;
  readonly #tree: StateTree;
  readonly #events: SessionEvents;
  readonly #environment: Value<typeof Environment>;
  readonly #commits = new Channel<Committed>();
  readonly #checkpoints = new Channel<CheckpointMade>();
  readonly #vaultReady = deferred<LedgerStatus>();
  /** Rejected with what went wrong first. */
  readonly #failure = deferred<never>();
  readonly #locks = new Map<string, Waiting>();
  #core!: CoreClient;
  #committer!: Committer;
  /** What the platform said last of its own failures. */
  #trouble: string | undefined;
  /** Ends when the block under way is on disk. */
  #blockSaved: Promise<unknown> = Promise.resolve();
  /** Everything that may still write to the store. */
  readonly #work: Promise<void>[] = [];
  #unapplied = 0;
  #wake: Deferred<void> = deferred();
  #stopped = false;

  constructor(options: NodeOptions, store: Store, tree: StateTree, events: SessionEvents) {
    this.#options = options;
    this.#store = store;
    this.#tree = tree;
    this.#events = events;
    this.#environment = genesisEnvironment(options.genesis);
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
    this.#core = await CoreClient.start((listener) => startCore(this.#configs(), listener), {
      committed: (commit) => {
        this.#unapplied++;
        this.#commits.push(commit);
      },
      checkpoint: (checkpoint) => this.#checkpoints.push(checkpoint),
      status: (status) => status.vault && this.#vaultReady.resolve(status),
      refused: (refusal) => this.#fail(coreRefusal(refusal.component, "to go on", refusal, this.#trouble)),
      fault: (fault) => {
        if (!fault.recovered) this.#fail(new CoreFault(`${fault.component}: ${fault.message}`));
      },
      trouble: (message) => {
        this.#trouble = message;
        this.#options.log.error({ trouble: message }, "the platform has a problem");
      },
    });
    if (this.#stopped) return this.#core.stop();
    this.#committer = new Committer(this.#core, this.#store, this.#tree, this.#environment, () =>
      this.#checkpoints.next(),
    );
    this.#checkKey(await this.#vaultReady.promise);
    const latest = this.#store.latestCheckpoint();
    if (latest === undefined) await this.#applyGenesis();
    else await this.#install(latest);
    this.#run(this.#applyCommits());
    await this.#replay();
    await Promise.all(
      this.#events.mempool
        .waiting()
        .map(({ payload }) => verified(this.#core, payload.transaction, payload.signatures)),
    );
    this.#run(this.#propose());
  }

  /** Something waits in the mempool. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Resolves when nothing of this session writes to the store any more: what comes next begins from what it left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#vaultReady.reject(new CoreFault("the core was stopped"));
    this.#commits.close();
    this.#checkpoints.close();
    this.wake();
    await this.#core?.stop();
    await Promise.allSettled(this.#work);
    this.#events.mempool.putBack([...this.#locks.values()]);
  }

  #run(work: Promise<void>): void {
    this.#work.push(work.catch((error) => this.#fail(error)));
  }

  #configs(): ComponentConfigs {
    const { genesis, author } = this.#options;
    const chain = genesisChain(genesis);
    const committee = genesisCommittee(genesis);
    return {
      verify: encode(Config.verify, { environment: this.#environment, chain, committee }),
      order: encode(Config.order, { chain, epoch: 0n, author, ...defaultOrder(committee.length) }),
      execute: encode(Config.execute, { sealed: 1 }),
      ledger: encode(Config.ledger, { chain, author, committeeSize: committee.length }),
      vault: encode(Config.vault, { author }),
    };
  }

  #checkKey({ vault }: LedgerStatus): void {
    const { genesis, author } = this.#options;
    const expected = genesis.committee[author];
    if (!expected || !vault || toHex(vault.publicKey) !== toHex(fromBase64(expected.publicKey))) {
      throw new NodeUnavailable(
        `the vault's key is not that of validator ${author} in the genesis file: point the node at the vault that the genesis was made with`,
      );
    }
  }

  async #applyGenesis(): Promise<void> {
    const applied = await this.#committer.apply(genesisCommit(this.#options.genesis, this.#core));
    this.#events.applied(applied.sequence, applied.endings);
  }

  async #install(latest: bigint): Promise<void> {
    const { summary, certificate } = this.#store.checkpoint(latest)!;
    const verdict = await this.#core.verify({ kind: "checkpoint", summary, certificate });
    if (verdict.kind !== "checkpoint")
      throw new NodeUnavailable(`checkpoint ${latest} of the store is not certified by this committee`);
    const installed = await this.#core.order({ kind: "install", summary });
    if (installed.kind !== "accepted") throw this.#orderRefused("to install", installed);
  }

  /**
   * Blocks above the newest checkpoint's horizon are given back, which gives the commits after it again. Those that it has committed need no
   * transactions.
   */
  async #replay(): Promise<void> {
    const latest = this.#store.latestCheckpoint()!;
    const { resume } = checkpointExtension(parseBcs(CheckpointSummaryBcs, this.#store.checkpoint(latest)!.summary));
    const { horizon, committed } = resume.length > 0 ? decode(OrderResume, resume) : AT_GENESIS;
    for (const block of [...this.#store.blocksAfter(horizon)]) {
      const { header } = decode(Block, block);
      const isCommitted = header.round <= (committed[header.author] ?? 0n);
      if (!isCommitted) await Promise.all(header.transactions.map(({ digest }) => this.#reverify(digest)));
      const verdict = await this.#core.verify({ kind: "block", block });
      if (verdict.kind !== "block")
        throw new NodeUnavailable(`block of round ${header.round} in the store is not valid`);
      const accepted = await this.#core.order({ kind: "block", block });
      if (accepted.kind !== "accepted") throw this.#orderRefused(`its block of round ${header.round}`, accepted);
      this.#events.proposed(header.round);
    }
  }

  async #reverify(digest: Uint8Array): Promise<void> {
    const payload = this.#store.payload(digest);
    if (!payload) throw new NodeUnavailable(`the payload of transaction ${toBase58(digest)} is missing from the store`);
    this.#locks.set(toHex(digest), this.#events.mempool.claim(digest, payload));
    this.#events.ordered(digest);
    await verified(this.#core, payload.transaction, payload.signatures);
  }

  async #applyCommits(): Promise<void> {
    for await (const commit of this.#commits) {
      // The block is on disk before anything that follows from it is signed.
      await this.#blockSaved;
      const applied = await this.#committer.apply(this.#commitToApply(commit));
      for (const key of applied.endings.keys()) this.#release(key);
      this.#unapplied--;
      this.#events.applied(applied.sequence, applied.endings);
      this.wake();
    }
  }

  #commitToApply(commit: Committed): CommitToApply {
    const [prologue, ...user] = commit.transactions;
    return {
      index: commit.index,
      timestampMs: commit.timestampMs,
      open: () => this.#core.ledger({ kind: "begin", commit: commit.index }),
      transactions: [
        { digest: prologue!, payload: { transaction: commit.prologue, signatures: SYSTEM_SIGNATURES } },
        ...user.map((digest) => this.#ordered(digest)),
      ],
    };
  }

  #ordered(digest: Uint8Array): OrderedTransaction {
    const waiting = this.#locks.get(toHex(digest));
    if (waiting) return waiting;
    const payload = this.#store.payload(digest);
    if (!payload) throw new Error(`the payload of ordered transaction ${toBase58(digest)} is missing`);
    return { digest, payload };
  }

  #release(key: string): void {
    const waiting = this.#locks.get(key);
    if (!waiting) return;
    this.#locks.delete(key);
    this.#events.mempool.release(waiting);
  }

  async #propose(): Promise<void> {
    const { mempool } = this.#events;
    while (!this.#stopped) {
      if (this.#unapplied > MAX_COMMITS_AHEAD || (mempool.size === 0 && !(await this.#idle()))) {
        if (this.#unapplied > MAX_COMMITS_AHEAD) await this.#sleepUntilWoken();
        continue;
      }
      await this.#proposeBlock(mempool.take(MAX_BLOCK_TRANSACTIONS));
    }
  }

  async #sleepUntilWoken(): Promise<void> {
    await this.#wake.promise;
    this.#wake = deferred();
  }

  /** Waits for a transaction, or for the heartbeat; false when it was woken for something to look at first. */
  async #idle(): Promise<boolean> {
    const heartbeat = deferred<boolean>();
    const timer = setTimeout(() => heartbeat.resolve(true), this.#options.heartbeatMs);
    const beat = await Promise.race([heartbeat.promise, this.#wake.promise.then(() => false)]);
    clearTimeout(timer);
    this.#wake = deferred();
    return beat && !this.#stopped;
  }

  async #proposeBlock(transactions: readonly Waiting[]): Promise<void> {
    for (const waiting of transactions) this.#locks.set(toHex(waiting.digest), waiting);
    if (transactions.length > 0) {
      await this.#store.putPayloads(transactions.map(({ digest, payload }) => [digest, payload] as const));
    }
    this.#blockSaved = this.#makeBlock(transactions);
    await this.#blockSaved;
  }

  async #makeBlock(transactions: readonly Waiting[]): Promise<void> {
    const drafted = await this.#core.order({
      kind: "propose",
      timestampMs: BigInt(this.#options.nowMs()),
      transactions: transactions.map(({ digest }) => digest),
    });
    if (drafted.kind !== "drafted") throw this.#orderRefused("to propose", drafted);
    const answer = await this.#core.order({ kind: "sign", header: drafted.header });
    if (answer.kind !== "proposed") throw this.#orderRefused("to sign its block", answer);
    await this.#store.putBlock(answer.round, answer.block);
    this.#events.proposed(answer.round);
  }

  #orderRefused(what: string, answer: OrderAnswer): Error {
    if (answer.kind === "rejected") return coreRefusal("order", what, answer, this.#trouble);
    return new CoreRefused(`order answered ${answer.kind} when asked ${what}`);
  }

  #fail(error: unknown): void {
    this.#failure.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

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
