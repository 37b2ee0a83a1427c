/**
 * `order`, as plainly as it can be said: what it answers to each frame, given what `verify` passed before. Lists in place of rings and hash
 * chains; the commit rule is in dag.ts beside it.
 */
import {
  BlockFault,
  type CodeTable,
  codeName,
  codeNumber,
  OrderRejection,
  VaultRefusal,
} from "../../core/wire/codes.ts";
import { BlockHeader, type Equivocation, OrderResume } from "../../core/wire/frames.ts";
import { encode, type Value } from "../../core/wire/schema.ts";
import type { Output } from "../../test/support/component.ts";
import {
  beginning,
  blockOf,
  type Commit,
  commitDigestOf,
  hash,
  inBlock,
  type OrderConfig,
  orderConfig,
  prologueOf,
  type Ref,
  ref,
  type Transaction,
  ZERO,
} from "../../test/unit/core/order-support.ts";
import { drawnLeader, ModelDag, type Ordered, type Slot } from "./dag.ts";

const I64_MAX = (1n << 63n) - 1n;
const COMMITS_A_STEP = 16;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (digest: string): Uint8Array => new Uint8Array(Buffer.from(digest, "hex"));
const same = (a: Uint8Array, b: Uint8Array): boolean => hex(a) === hex(b);
const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

type Header = Value<typeof BlockHeader>;
type Fault = keyof typeof BlockFault;

interface Outstanding {
  readonly id: bigint;
  readonly header: Header;
  readonly round: bigint;
  readonly digest: Uint8Array;
  readonly transactions: readonly Transaction[];
}

/** Digests of blocks or of checkpoints that `verify` passed: so many places, filled in turn. */
class Verified {
  readonly #size: number;
  readonly #places: (string | undefined)[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  has(digest: Uint8Array): boolean {
    return this.#places.includes(hex(digest));
  }

  add(digest: Uint8Array): void {
    if (same(digest, ZERO) || this.has(digest)) return;
    this.#places[this.#next] = hex(digest);
    this.#next = (this.#next + 1) % this.#size;
  }

  remove(digest: Uint8Array): void {
    this.#places[this.#places.indexOf(hex(digest))] = undefined;
  }
}

/** A transaction in the pool, with the signatures verified last. */
interface Place {
  transaction: Transaction;
}

export class ModelOrder {
  readonly #config: OrderConfig;
  readonly blocks: Verified;
  readonly checkpoints: Verified;
  readonly #pool: Place[] = [];
  #poolGasObjects = 0;
  readonly #present = new Map<string, Place>();
  readonly #ordered = new Set<string>();
  readonly dag: ModelDag<Transaction>;
  #vault: { readonly boot: bigint } | undefined;
  #failure: keyof typeof VaultRefusal | undefined;
  #vaultRound = 0n;
  #vaultDigest = ZERO;
  #installed = false;
  readonly #equivocations = new Map<number, Value<typeof Equivocation>>();
  #last: Commit;
  /** The epoch's last commit was made, or installed. */
  #ended = false;
  outstanding: Outstanding | undefined;

  constructor(config: Partial<OrderConfig> = {}) {
    this.#config = orderConfig(config);
    const timestampMs = this.#config.epochStartMs;
    this.#last = { index: 0n, round: 0n, timestampMs, commitDigest: ZERO, leaderBlock: ZERO };
    this.blocks = new Verified(this.#config.capacities.verifiedItems);
    this.checkpoints = new Verified(this.#config.capacities.verifiedItems);
    const { chain, epoch, committeeSize: n, leaders, leadersPerRound, thresholds, capacities } = this.#config;
    const table = (round: number, rank: number) => leaders[((round - 1) * leadersPerRound + rank) % leaders.length]!;
    const leader = leaders.length > 0 ? table : drawnLeader(chain, epoch, n);
    const rule = { n, ...thresholds, leadersPerRound, depth: capacities.depth, leader };
    this.dag = new ModelDag(rule, ({ digest }) => hex(digest));
  }

  get last(): Commit {
    return this.#last;
  }

  get #author(): number {
    return this.#config.author;
  }

  verified(transaction: Transaction): void {
    const digest = hex(transaction.digest);
    const known = this.#present.get(digest);
    if (known) {
      known.transaction = { ...known.transaction, signaturesDigest: transaction.signaturesDigest };
      return;
    }
    const more = transaction.gasObjects.length;
    const { poolTransactions, poolGasObjects } = this.#config.capacities;
    while (this.#pool.length === poolTransactions || this.#poolGasObjects + more > poolGasObjects) {
      const oldest = this.#pool.shift()!;
      this.#poolGasObjects -= oldest.transaction.gasObjects.length;
      this.#present.delete(hex(oldest.transaction.digest));
    }
    const place = { transaction };
    this.#pool.push(place);
    this.#poolGasObjects += more;
    this.#present.set(digest, place);
  }

  ready(vault: {
    readonly boot: bigint;
    readonly epoch?: bigint;
    readonly round: bigint;
    readonly chain: Uint8Array;
    roundDigest?: Uint8Array;
  }): void {
    if (this.#vault || this.#failure) return;
    if (!same(vault.chain, ZERO) && !same(vault.chain, this.#config.chain)) {
      this.#failure = "otherChain";
      return;
    }
    const { epoch = this.#config.epoch } = vault;
    if (epoch > this.#config.epoch) {
      this.#failure = "slotPassed";
      return;
    }
    this.#vault = vault;
    if (epoch < this.#config.epoch) return; // whose rounds are none of ours
    this.#vaultRound = vault.round;
    this.#vaultDigest = vault.roundDigest ?? ZERO;
  }

  // --- our own blocks

  /** Our latest block that is held or committed, above the horizon. */
  get ownRound(): number {
    const committed = this.dag.committed[this.#author]!;
    return Math.max(this.#latest(this.#author, this.dag.highest), committed > this.dag.horizon ? committed : 0);
  }

  #latest(author: number, most: number): number {
    let round = Math.min(most, this.dag.highest);
    while (round > this.dag.horizon && this.dag.at(round, author).length === 0) round--;
    return round > this.dag.horizon ? round : 0;
  }

  get #lowest(): bigint {
    const own = BigInt(Math.max(this.ownRound, this.dag.committed[this.#author]!));
    const last = later(own, this.#vaultRound);
    return (last < I64_MAX ? last : I64_MAX) + 1n;
  }

  #authorsAt(round: number): number {
    return new Set(this.dag.at(round).map(({ author }) => author)).size;
  }

  mayEnter(round: number): boolean {
    if (round <= 2 || this.dag.rule.parents === 0) return true;
    if (this.dag.at(round - 1, this.#author).length > 0) return true;
    const { next, rule } = this.dag;
    const ranks = Array.from({ length: rule.leadersPerRound }, (_, rank) => rank);
    return ranks.every((rank) => {
      const passed = round - 2 < next.round || (round - 2 === next.round && rank < next.rank);
      return passed || this.dag.decide({ round: round - 2, rank }) !== "undecided";
    });
  }

  get nextRound(): bigint {
    if (!this.#vault || this.#ended || this.#lowest > I64_MAX) return 0n;
    if (this.ownRound > 0 && this.dag.at(this.ownRound, this.#author).length === 0) return 0n;
    if (this.dag.rule.parents === 0) return this.#lowest;
    let round = Math.min(this.dag.highest + 1, this.dag.horizon + this.#config.capacities.rounds);
    for (; BigInt(round) >= this.#lowest && round > this.dag.horizon; round--) {
      const enough = round === 1 || this.#authorsAt(round - 1) >= this.dag.rule.parents;
      if (enough && this.mayEnter(round)) return BigInt(round);
    }
    return 0n;
  }

  propose(id: bigint, timestampMs: bigint, digests: readonly Uint8Array[]): Output[] {
    const unready = this.#unready(id);
    if (unready) return unready;
    if (digests.length > this.#config.capacities.blockTransactions) return invalid(id, "tooManyTransactions");
    for (const [index, digest] of digests.entries()) {
      if (this.#ordered.has(hex(digest))) return rejected(id, "duplicateTransaction", BigInt(index));
      if (!this.#present.has(hex(digest))) return rejected(id, "unverifiedTransaction", BigInt(index));
    }
    const bad = this.#badTogether(id, digests);
    if (bad) return bad;
    const round = this.nextRound;
    if (round === 0n) {
      const before = this.#lowest > 1n && this.#lowest <= I64_MAX ? this.#authorsAt(Number(this.#lowest - 1n)) : 0;
      return rejected(id, "notYet", this.#lowest, BigInt(before));
    }
    const header = this.draft(Number(round), round, timestampMs, digests);
    const digest = hash("CaissonBlock::", encode(BlockHeader, header));
    const drafted = { kind: "drafted", id, round, digest, header: encode(BlockHeader, header) } as const;
    return [{ lane: "orderToHost", frame: drafted }];
  }

  draft(round: number, exact: bigint, timestampMs: bigint, digests: readonly Uint8Array[]): Header {
    const { chain, epoch } = this.#config;
    const own = this.dag.at(this.#latest(this.#author, round - 1), this.#author)[0];
    const known = own ? this.dag.history(own) : new Set();
    const others = Array.from({ length: this.dag.rule.n }, (_, author) => author)
      .filter((author) => author !== this.#author)
      .flatMap((author) => this.dag.at(this.#latest(author, round - 1), author).slice(0, 1))
      .filter((block) => block.round === round - 1 || !known.has(block));
    const parents = [own, ...others].map((block) =>
      block ? ref(block.author, BigInt(block.round), bytesOf(block.digest)) : beginning(this.#author, chain),
    );
    const time = later(timestampMs, later(this.#last.timestampMs, own?.timestampMs ?? 0n));
    const transactions = inBlock(this.#gather(digests));
    const boot = this.#vault!.boot;
    return { chain, epoch, author: this.#author, boot, round: exact, parents, timestampMs: time, transactions };
  }

  #unready(id: bigint): Output[] | undefined {
    if (this.#ended) return rejected(id, "epochEnded");
    return this.#noVault(id) ?? (this.outstanding ? rejected(id, "busy") : undefined);
  }

  #noVault(id: bigint): Output[] | undefined {
    if (this.#failure) return rejected(id, "vaultRefused", BigInt(codeNumber(VaultRefusal, this.#failure)));
    return this.#vault ? undefined : rejected(id, "notReady");
  }

  #gather(digests: readonly Uint8Array[]): Transaction[] {
    return digests.map((digest) => this.#present.get(hex(digest))!.transaction);
  }

  /** Why a block cannot hold these transactions, each of which is in the pool. */
  #badTogether(id: bigint, digests: readonly Uint8Array[]): Output[] | undefined {
    const seen = new Set<string>();
    for (const [index, digest] of digests.entries()) {
      if (seen.has(hex(digest))) return rejected(id, "duplicateTransaction", BigInt(index));
      seen.add(hex(digest));
    }
    const paying = new Set<string>();
    for (const [index, { gasObjects }] of this.#gather(digests).entries()) {
      for (const object of gasObjects) {
        if (paying.has(hex(object))) return rejected(id, "gasObjectTwice", BigInt(index));
        paying.add(hex(object));
      }
    }
    return undefined;
  }

  sign(id: bigint, header: Header): Output[] {
    const unready = this.#unready(id);
    if (unready) return unready;
    const fault = this.#fault(header) ?? this.#ownFault(header);
    if (fault) return invalid(id, fault);
    const digest = hash("CaissonBlock::", encode(BlockHeader, header));
    const again = header.round === this.#vaultRound && same(digest, this.#vaultDigest);
    if (header.round <= this.#vaultRound && !again) {
      return rejected(id, "vaultRefused", BigInt(codeNumber(VaultRefusal, "slotPassed")), header.round);
    }
    const bad =
      this.#outside(id, header.round) ?? this.#lacking(id, header) ?? this.#badTogether(id, digestsOf(header));
    if (bad) return bad;
    const { round } = header;
    this.outstanding = { id, header, round, digest, transactions: this.#gather(digestsOf(header)) };
    return [{ lane: "orderToVault", frame: { kind: "signBlock", epoch: this.#config.epoch, round, digest } }];
  }

  #ownFault(header: Header): Fault | undefined {
    if (header.author !== this.#author) return "notOurs";
    if (header.boot !== this.#vault!.boot && header.round !== this.#vaultRound) return "otherBoot";
    const round = Number(header.round);
    const own = this.ownRound < round ? this.ownRound : this.#latest(this.#author, round - 1);
    if (header.parents[0]!.round !== BigInt(own)) return "notLatest";
    return this.mayEnter(round) ? undefined : "tooEarly";
  }

  signed(round: bigint, digest: Uint8Array, boot: bigint): Output[] {
    const block = this.#outstanding(round, digest);
    if (!block || boot !== block.header.boot) return [];
    if (round > this.#vaultRound) [this.#vaultRound, this.#vaultDigest] = [round, digest];
    this.outstanding = undefined;
    const proposed = { kind: "proposed", id: block.id, round, digest, block: blockOf(block.header).block } as const;
    const held = this.dag.at(Number(round), this.#author).length > 0;
    const wanted = !this.#ended && round > BigInt(this.dag.horizon) && !held;
    return [
      { lane: "orderToHost", frame: proposed },
      ...(wanted ? this.#add(block.header, digest, block.transactions) : []),
    ];
  }

  #outstanding(round: bigint, digest: Uint8Array): Outstanding | undefined {
    const block = this.outstanding;
    return block && block.round === round && same(block.digest, digest) ? block : undefined;
  }

  refused(code: number, round: bigint, digest: Uint8Array): Output[] {
    const name = codeName(VaultRefusal, code);
    const block = this.#outstanding(round, digest);
    if (block) {
      this.outstanding = undefined;
      const gone = name === "slotTaken" || name === "slotPassed";
      if (gone && round > this.#vaultRound) [this.#vaultRound, this.#vaultDigest] = [round, ZERO];
      return rejected(block.id, "vaultRefused", BigInt(code), round);
    }
    if (round === 0n && !this.#vault && name) this.#failure = name;
    return [];
  }

  // --- blocks that come in

  /** What is wrong with a block whatever else is held. */
  #fault({ chain, epoch, author, round, parents, transactions }: Header): Fault | undefined {
    const { committeeSize: n, capacities, thresholds } = this.#config;
    if (!same(chain, this.#config.chain) || epoch !== this.#config.epoch) return "otherChain";
    if (author >= n) return "unknownAuthor";
    if (round === 0n || round > I64_MAX) return "wrongRound";
    if (transactions.length > capacities.blockTransactions) return "tooManyTransactions";
    if (parents[0]?.author !== author) return "noOwnParent";
    const seen = new Set<number>();
    for (const [place, parent] of parents.entries()) {
      if (parent.author >= n || seen.has(parent.author)) return "parentTwice";
      seen.add(parent.author);
      if (parent.round >= round) return "wrongParentRound";
      if (parent.round === 0n && !(place === 0 && same(parent.digest, this.#config.chain))) return "wrongParentRound";
    }
    const before = parents.filter((parent) => parent.round === round - 1n).length;
    return round > 1n && before < thresholds.parents ? "tooFewParents" : undefined;
  }

  get lastRound(): bigint {
    return this.dag.rule.parents === 0 ? I64_MAX : BigInt(this.dag.horizon + this.#config.capacities.rounds);
  }

  #outside(id: bigint, round: bigint): Output[] | undefined {
    if (round <= BigInt(this.dag.horizon)) return rejected(id, "belowHorizon", BigInt(this.dag.horizon));
    return round > this.lastRound ? rejected(id, "tooFarAhead", this.lastRound) : undefined;
  }

  #isCommitted({ author, round }: Header): boolean {
    return round <= BigInt(this.dag.committed[author]!);
  }

  /** What a block names and we do not have. */
  #lacking(id: bigint, header: Header): Output[] | undefined {
    const parents = header.parents.filter(({ author, round, digest }) => {
      const held = this.dag.get(hex(digest));
      return round > BigInt(this.dag.horizon) && !(held?.author === author && BigInt(held.round) === round);
    });
    const transactions = this.#isCommitted(header)
      ? []
      : header.transactions.filter((one) => {
          const known = this.#present.get(hex(one.digest));
          return !known || !same(known.transaction.signaturesDigest, one.signaturesDigest);
        });
    if (parents.length === 0 && transactions.length === 0) return undefined;
    return [{ lane: "orderToHost", frame: { kind: "missing", id, parents, transactions } }];
  }

  /** `header` is what the block's bytes hold. */
  accept(id: bigint, header: Header, digest: Uint8Array): Output[] {
    const fault = this.#fault(header);
    if (fault) return invalid(id, fault);
    const { round, author } = header;
    const accepted: Output = { lane: "orderToHost", frame: { kind: "accepted", id } };
    if (this.#ended) return rejected(id, "epochEnded");
    if (round <= BigInt(this.dag.horizon)) return rejected(id, "belowHorizon", BigInt(this.dag.horizon));
    if (this.dag.get(hex(digest))) return [accepted];
    if (!this.blocks.has(digest)) return rejected(id, "unverifiedBlock");
    if (author === this.#author) {
      const none = this.#noVault(id);
      if (none) return none;
      if (round > this.#vaultRound) return invalid(id, "unsigned");
    }
    if (round > this.lastRound) return rejected(id, "tooFarAhead", this.lastRound);
    const { twins } = this.#config.capacities;
    if (this.dag.at(Number(round), author).length >= twins) return rejected(id, "tooManyTwins", BigInt(twins));
    const wanted = this.#isCommitted(header) ? [] : digestsOf(header);
    const bad = this.#lacking(id, header) ?? this.#badTogether(id, wanted);
    if (bad) return bad;
    this.blocks.remove(digest);
    return [accepted, ...this.#add(header, digest, this.#gather(wanted))];
  }

  #add(header: Header, digest: Uint8Array, transactions: readonly Transaction[]): Output[] {
    const round = Number(header.round);
    const { rounds } = this.#config.capacities;
    if (round > this.dag.horizon + rounds) {
      this.dag.horizon = round - rounds;
      if (this.dag.next.round <= this.dag.horizon) this.dag.next = { round: this.dag.horizon + 1, rank: 0 };
    }
    const parents = header.parents.map((one) => ({ ...one, round: Number(one.round), digest: hex(one.digest) }));
    const { author, timestampMs } = header;
    this.dag.add({ author, round, digest: hex(digest), parents, timestampMs, transactions });
    this.#note(round, author);
    return this.advance();
  }

  /** Commits what is decided. */
  advance(): Output[] {
    const outputs: Output[] = [];
    for (let sent = 0; sent < COMMITS_A_STEP && !this.#ended; sent++) {
      const ordered = this.dag.commit();
      if (!ordered) break;
      outputs.push(...this.#commit(ordered));
    }
    return outputs;
  }

  /** Keeps the two least of several blocks of one author, of the lowest round that has such. */
  #note(round: number, author: number): void {
    const [first, second] = this.dag.at(round, author);
    const known = this.#equivocations.get(author);
    if (!first || !second || (known && known.round < BigInt(round))) return;
    const digests = { first: bytesOf(first.digest), second: bytesOf(second.digest) };
    this.#equivocations.set(author, { author, round: BigInt(round), ...digests });
  }

  evidence(id: bigint): Output[] {
    const equivocations = [...this.#equivocations.values()].sort((a, b) => a.author - b.author);
    return [{ lane: "orderToHost", frame: { kind: "evidence", id, equivocations } }];
  }

  /** Where it stands. Commits that were left over from earlier steps come first. */
  status(id: bigint): Output[] {
    const commits = this.advance();
    const { dag } = this;
    const next = this.nextRound;
    const round = Number(next);
    const slots = (of: number): Slot[] =>
      of < 1 ? [] : Array.from({ length: dag.rule.leadersPerRound }, (_, rank) => ({ round: of, rank }));
    const bits = (of: Slot[]): number => of.reduce((sum, { rank }) => sum + 2 ** rank, 0);
    const lacking = slots(round - 1).filter(
      (slot) => dag.at(slot.round, dag.rule.leader(slot.round, slot.rank)).length === 0,
    );
    const unsettled = slots(round - 2).filter((slot) => !dag.isBlamed(slot) && !dag.isVoted(slot));
    const frame = {
      kind: "status",
      id,
      round: next,
      leadersLacking: bits(lacking),
      leadersUnsettled: bits(unsettled),
      authorsAtRound: round === 0 ? 0 : this.#authorsAt(round),
      ownRound: BigInt(this.ownRound),
      vaultRound: this.#vaultRound,
      highestRound: BigInt(dag.highest),
      lastRound: this.lastRound,
      horizon: BigInt(dag.horizon),
      commit: this.#last.index,
      nextRound: BigInt(dag.next.round),
      nextRank: dag.next.rank,
    } as const;
    return [...commits, { lane: "orderToHost", frame }];
  }

  /**
   * A checkpoint of `commit`, with this summary. `ofThisChain`: its epoch and chain are ours, or it is the last of the epoch before and says of
   * ours what our configuration says; then without `resume`. `last`: it ends our epoch.
   */
  install(
    id: bigint,
    summary: Uint8Array,
    commit: Commit,
    ofThisChain: boolean,
    resume?: Value<typeof OrderResume>,
    last = false,
  ): Output[] {
    if (this.#installed || this.dag.highest > 0 || this.outstanding) return rejected(id, "alreadyStarted");
    const digest = hash("CheckpointSummary::", summary);
    if (!this.checkpoints.has(digest) || !ofThisChain) return rejected(id, "unverifiedCheckpoint");
    this.checkpoints.remove(digest);
    this.#installed = true;
    this.#ended = last;
    this.#last = { ...commit, timestampMs: commit.index === 0n ? this.#last.timestampMs : commit.timestampMs };
    if (resume) {
      this.dag.horizon = Number(resume.horizon);
      this.dag.next = { round: Number(resume.round), rank: resume.rank };
      this.dag.committed.splice(0, this.dag.rule.n, ...resume.committed.map(Number));
    }
    return [
      { lane: "orderToHost", frame: { kind: "accepted", id } },
      { lane: "orderToLedger", frame: { kind: "install", summary } },
    ];
  }

  #commit({ leader, complete, blocks, transactions, medianMs, skipped }: Ordered<Transaction>): Output[] {
    const index = this.#last.index + 1n;
    const round = BigInt(leader.round);
    const timestampMs = later(medianMs, this.#last.timestampMs);
    const leaderBlock = bytesOf(leader.digest);
    const commitDigest = commitDigestOf(this.#last.commitDigest, index, round, leaderBlock);
    this.#last = { index, round, timestampMs, commitDigest, leaderBlock };
    for (const { digest } of transactions) this.#remember(hex(digest));
    const { epochStartMs, epochDurationMs } = this.#config;
    this.#ended = epochDurationMs > 0n && timestampMs - epochStartMs >= epochDurationMs;
    const endOfEpoch = this.#ended;
    const prologue = prologueOf(round, timestampMs, commitDigest, this.#config.epoch);
    const system = {
      digest: hash("TransactionData::", prologue),
      sender: ZERO,
      gasOwner: ZERO,
      signaturesDigest: ZERO,
    };
    const listed = [system, ...transactions.map(({ gasObjects: _, ...listed }) => listed)];
    const head = { index, round, timestampMs, commitDigest };
    const digests = listed.map((one) => one.digest);
    const refOf = (block: { author: number; round: number; digest: string }): Ref =>
      ref(block.author, BigInt(block.round), bytesOf(block.digest));
    const slots = skipped.map((slot: Slot & { author: number }) => ({ ...slot, round: BigInt(slot.round) }));
    const horizon = BigInt(this.dag.horizon);
    const { next, committed } = this.dag;
    const resume = encode(OrderResume, {
      horizon,
      round: BigInt(next.round),
      rank: next.rank,
      committed: committed.map(BigInt),
    });
    const told = { leader: refOf(leader), complete, endOfEpoch, horizon, blocks: blocks.map(refOf), skipped: slots };
    return [
      { lane: "orderToHost", frame: { kind: "committed", ...head, prologue, transactions: digests, ...told } },
      {
        lane: "orderToLedger",
        frame: { kind: "commit", ...head, leaderBlock, resume, endOfEpoch, transactions: listed },
      },
    ];
  }

  #remember(digest: string): void {
    this.#ordered.add(digest);
    const [oldest] = this.#ordered;
    if (this.#ordered.size > this.#config.capacities.orderedDigests) this.#ordered.delete(oldest!);
  }
}

const digestsOf = (header: Header): Uint8Array[] => header.transactions.map(({ digest }) => digest);

function rejected(id: bigint, name: keyof typeof OrderRejection, a = 0n, b = 0n): Output[] {
  return [{ lane: "orderToHost", frame: { kind: "rejected", id, code: codeNumber(OrderRejection, name), a, b } }];
}

const invalid = (id: bigint, fault: Fault): Output[] =>
  rejected(id, "invalidBlock", BigInt(codeNumber(BlockFault as CodeTable, fault)));
