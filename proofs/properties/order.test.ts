/**
 * `order` against its model (model/order.ts): over random frames from verify, vault and host, with restarts and moves to another instance
 * anywhere, every answer is the model's, and a rejection leaves the state as it was.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeNumber, VaultRefusal } from "../../core/wire/codes.ts";
import { Block, BlockHeader, OrderResume } from "../../core/wire/frames.ts";
import * as limit from "../../core/wire/limits.ts";
import { decode, type Value } from "../../core/wire/schema.ts";
import { CLASSIC } from "../../core/wire/thresholds.ts";
import type { Output } from "../../test/support/component.ts";
import {
  beginning,
  blockOf,
  bytes32,
  CHAIN,
  type Commit,
  EPOCH,
  EPOCH_START_MS,
  HOST_ID,
  hash,
  inBlock,
  loneResume,
  Order,
  ref,
  summaryDigest,
  summaryOf,
  type Transaction,
  transaction,
  ZERO,
} from "../../test/unit/core/order-support.ts";
import { ModelOrder } from "../model/order.ts";
import { expectFrames } from "./same-frames.ts";

const SEED = 0x0de4;

/** These 32 bytes with one bit changed, in the n-th of their four words. */
function near(bytes: Uint8Array, n: number): Uint8Array {
  const copy = bytes.slice();
  copy[8 * (n % 4) + (n % 8)]! ^= 1 << (n % 7);
  return copy;
}

/** Few transactions, whose digests and gas objects are each other's neighbours, and whose gas objects overlap. */
const TRANSACTIONS = Array.from({ length: 10 }, (_, n) => ({
  ...transaction(n, [
    near(bytes32(900), n),
    near(bytes32(900), (n * 7) % 5),
    ...(n % 3 === 0 ? [] : [near(bytes32(950), n)]),
  ]),
  digest: n === 0 ? bytes32(1) : near(bytes32(1), n),
}));
const pick = fc.nat({ max: TRANSACTIONS.length - 1 });
const chain = fc.oneof(
  fc.constantFrom(CHAIN, ZERO),
  fc.nat(3).map((n) => near(CHAIN, n)),
  fc.nat(3).map((n) => near(ZERO, n)),
);
const picks = fc.uniqueArray(pick, { maxLength: 4 });
const number = fc.oneof(fc.bigInt(0n, 12n), fc.constantFrom((1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n));
const nearTruth = fc.oneof(
  { weight: 4, arbitrary: fc.constant("right" as const) },
  { weight: 3, arbitrary: fc.constantFrom("round" as const, "digest" as const, "boot" as const) },
  { weight: 4, arbitrary: fc.nat(3) },
);
const headerChange = fc.constantFrom(
  ...(["none", "none", "none", "none", "none", "none", "none", "none", "none"] as const),
  ...(["chain", "epoch", "author", "boot", "lowRound", "highRound", "noParent", "otherParent", "twoParents"] as const),
  ...(["early", "transactions"] as const),
);

const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("verified" as const), which: picks, signatures: fc.nat(3) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("propose" as const),
      which: fc.oneof({ weight: 4, arbitrary: picks }, { weight: 1, arbitrary: fc.array(pick, { maxLength: 4 }) }),
      timestampMs: number,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("signed" as const), how: nearTruth }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("block" as const), which: picks, timestampMs: number }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("refused" as const),
      how: nearTruth,
      code: fc.constantFrom(...(Object.keys(VaultRefusal) as (keyof typeof VaultRefusal)[])),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("accept" as const),
      which: fc.option(fc.nat(5), { freq: 3 }),
      change: headerChange,
      verified: fc.constantFrom(true, true, true, false),
      transactions: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.constant({
      kind: "accept" as const,
      which: null,
      change: "none" as const,
      verified: true,
      transactions: true,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("install" as const),
      which: fc.nat(5),
      change: fc.constantFrom(
        "none",
        "none",
        "chain",
        "epoch",
        "malformed",
        "last",
        "opening",
        "start",
        "size",
        "faults" as const,
      ),
      verified: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("ready" as const),
      boot: fc.bigInt(1n, 4n),
      epoch: fc.constantFrom(EPOCH, EPOCH, EPOCH, EPOCH - 1n, EPOCH + 1n),
      round: number,
      chain,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("restart" as const),
      /** What the vault says it signed last: what it did, or something else. */
      round: fc.constantFrom("signed", "signed", "signed", "none", "largest" as const),
      /** How long the epoch is, beginning with this start: to no end, to the first commit, or for some of them. */
      lasts: fc.constantFrom(0n, 0n, 1n, 4n),
      chain: fc.oneof({ weight: 8, arbitrary: fc.constant(CHAIN) }, { weight: 2, arbitrary: chain }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "move" as const }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;
type Header = Value<typeof BlockHeader>;

const GENESIS: Commit = { index: 0n, round: 0n, timestampMs: 77n, commitDigest: ZERO, leaderBlock: ZERO };

/** Two instances serve every run in turn. */
const INSTANCES = [new Order(), new Order()] as const;

/** Component and model side by side. What a host would keep, blocks and commits, outlives a restart. */
class Pair {
  #order = INSTANCES[0];
  #other = INSTANCES[1];
  #model = new ModelOrder();
  #boot = 0n;
  #round = 0n;
  #lasts = 0n;
  #looked = 0;
  readonly #stored: Uint8Array[] = [];
  readonly #commits: Commit[] = [GENESIS];
  readonly answers = new Map<string, number>();

  constructor() {
    // An instance that has seen other things: what it keeps outside its state must not matter.
    this.#other.begin().ready({ boot: 9n });
    this.#other.makeBlock([transaction(70), transaction(71)]);
    this.start(0n, CHAIN);
  }

  start(round: bigint, chain: Uint8Array, epochDurationMs = 0n): void {
    this.#lasts = epochDurationMs;
    this.#order.begin({ epochDurationMs });
    this.#model = new ModelOrder({ epochDurationMs });
    this.#boot += 1n;
    this.#ready(this.#boot, round, chain);
  }

  #ready(boot: bigint, round: bigint, chain: Uint8Array, epoch = EPOCH): void {
    this.#model.ready({ boot, epoch, round, chain });
    expect(this.#order.ready({ boot, epoch, round, chain })).toEqual([]);
  }

  /** The component's answer is the model's; a rejection of a host's frame has changed nothing, where that is looked at. */
  #same(act: () => Output[], expected: Output[], fromHost: boolean): void {
    const before = this.#looked++ % 4 === 0 ? this.#order.component.state() : undefined;
    const outputs = act();
    expectFrames(outputs, expected);
    const [first] = outputs;
    const kind = first?.frame.kind ?? "nothing";
    const name =
      first?.lane === "orderToHost" && first.frame.kind === "rejected" ? `rejected ${first.frame.code}` : kind;
    this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
    if (before && fromHost && kind === "rejected")
      expect(Buffer.compare(this.#order.component.state(), before)).toBe(0);
    for (const output of outputs) {
      if (output.lane !== "orderToHost") continue;
      if (output.frame.kind === "proposed") this.#stored.push(output.frame.block.slice());
      if (output.frame.kind === "committed") this.#commits.push(this.#model.last);
    }
  }

  #verified(list: readonly Transaction[]): void {
    for (const one of list) {
      this.#model.verified(one);
      this.#order.verified(one);
    }
  }

  play(command: Command): void {
    switch (command.kind) {
      case "verified":
        this.#verified(
          command.which.map((n) => ({ ...TRANSACTIONS[n]!, signaturesDigest: bytes32(60 + command.signatures) })),
        );
        break;
      case "propose": {
        const list = command.which.map((n) => TRANSACTIONS[n]!);
        const digests = list.map(({ digest }) => digest);
        const expected = this.#model.propose(HOST_ID, command.timestampMs, digests);
        this.#same(() => this.#order.draft(list, command.timestampMs), expected, true);
        const [drafted] = expected;
        if (drafted?.lane === "orderToHost" && drafted.frame.kind === "drafted") this.#sign(drafted.frame.header);
        break;
      }
      case "block":
        this.play({ kind: "verified", which: command.which, signatures: 0 });
        this.play({ ...command, kind: "propose" });
        this.play({ kind: "signed", how: "right" });
        break;
      case "signed": {
        const { round, digest, boot } = this.#near(command.how);
        const expected = this.#model.signed(round, digest, boot);
        this.#same(() => this.#order.signed(round, digest, boot), expected, false);
        if (expected.length > 0) this.#round = round;
        break;
      }
      case "refused": {
        const { round, digest } = this.#near(command.how);
        const code = codeNumber(VaultRefusal, command.code);
        const frame = { kind: "refused", code, slot: round, digest } as const;
        const expected = this.#model.refused(code, round, digest);
        this.#same(() => this.#order.component.step("vaultToOrder", frame), expected, false);
        break;
      }
      case "accept":
        this.#accept(command);
        break;
      case "install":
        this.#install(command);
        break;
      case "ready":
        this.#ready(command.boot, command.round, command.chain, command.epoch);
        break;
      case "restart": {
        const rounds = { signed: this.#round, none: 0n, largest: (1n << 64n) - 1n };
        this.start(rounds[command.round], command.chain, command.lasts);
        break;
      }
      case "move": {
        const state = this.#order.component.state();
        [this.#order, this.#other] = [this.#other, this.#order];
        this.#order.component.restore(state);
        break;
      }
    }
  }

  /** What the vault says of the block that is out, or nearly that. */
  #near(how: "right" | "round" | "digest" | "boot" | number) {
    const { round, digest } = this.#model.outstanding ?? { round: 0n, digest: ZERO };
    return {
      round: how === "round" ? round + 1n : round,
      digest: how === "digest" ? bytes32(1) : typeof how === "number" ? near(digest, how) : digest,
      boot: how === "boot" ? this.#boot + 1n : this.#boot,
    };
  }

  #sign(header: Uint8Array): void {
    const expected = this.#model.sign(HOST_ID, decode(BlockHeader, header));
    this.#same(() => this.#order.sign(header), expected, true);
  }

  #accept({ which, change, verified, transactions }: Extract<Command, { kind: "accept" }>): void {
    const headers = this.#stored.map((stored) => decode(Block, stored).header);
    const next = headers.find(({ parents: [parent] }) => equal(parent!.digest, this.#tip()));
    const header = changed((which === null ? next : headers[which % Math.max(1, headers.length)]) ?? FIRST, change);
    const { block, digest } = blockOf(header);
    if (transactions) {
      this.#verified(
        header.transactions.flatMap((wanted) => TRANSACTIONS.filter(({ digest }) => equal(digest, wanted.digest))),
      );
    }
    if (verified) {
      this.#order.verifiedItem("block", digest);
      this.#model.blocks.add(digest);
    }
    const expected = this.#model.accept(HOST_ID, header, digest);
    this.#same(() => this.#order.accept(block), expected, true);
  }

  /** Digest of the last block that is held, or what the first one names. */
  #tip(): Uint8Array {
    const [last] = this.#model.dag.at(this.#model.dag.highest);
    return last ? Buffer.from(last.digest, "hex") : CHAIN;
  }

  #install({ which, change, verified }: Extract<Command, { kind: "install" }>): void {
    const commit = this.#commits[which % this.#commits.length]!;
    const keys = [new Uint8Array(1952)];
    const changes = {
      none: {},
      malformed: {},
      chain: { chain: near(CHAIN, which) },
      epoch: { epoch: EPOCH + 1n },
      last: { next: keys },
      opening: { epoch: EPOCH - 1n, next: keys },
      start: { epoch: EPOCH - 1n, next: keys },
      faults: { faults: { ...CLASSIC, c: 1 } },
      size: { epoch: EPOCH - 1n, next: [...keys, ...keys] },
    };
    // An epoch's last checkpoint has the time at which ours begins.
    const opens = change === "opening" || change === "size";
    const whole = summaryOf(
      { ...commit, ...(opens ? { timestampMs: EPOCH_START_MS } : change === "start" ? { timestampMs: 6n } : {}) },
      { epochDurationMs: this.#lasts, ...changes[change] },
    );
    const summary = change === "malformed" ? whole.subarray(0, -1) : whole;
    if (verified) {
      this.#order.verifiedItem("checkpoint", summaryDigest(summary));
      this.#model.checkpoints.add(summaryDigest(summary));
    }
    if (change === "malformed") return; // when it is found out is in the unit tests
    // The genesis checkpoint is the chain's name, which this one is not.
    const ours = (change === "none" || change === "last" || change === "opening") && commit.index > 0n;
    const resume = change === "opening" ? undefined : decode(OrderResume, loneResume(commit.round));
    const from = change === "opening" ? { ...commit, timestampMs: EPOCH_START_MS } : commit;
    const expected = this.#model.install(HOST_ID, summary, from, ours, resume, change === "last");
    this.#same(() => this.#order.install(summary), expected, true);
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const FIRST: Header = {
  chain: CHAIN,
  epoch: EPOCH,
  author: 0,
  boot: 1n,
  round: 1n,
  parents: [beginning()],
  timestampMs: 5n,
  transactions: [],
};

function changed(
  header: Header,
  change: Command extends infer C ? (C extends { change: infer X } ? X : never) : never,
) {
  const changes: Partial<Record<typeof change, Partial<Header>>> = {
    chain: { chain: near(CHAIN, Number(header.round % 4n)) },
    epoch: { epoch: header.epoch + 1n },
    author: { author: 1 },
    boot: { boot: header.boot + 5n },
    lowRound: { round: header.round - 1n },
    highRound: { round: header.round + 1n },
    noParent: { parents: [] },
    otherParent: {
      parents: header.parents.map((one) => ({ ...one, digest: near(one.digest, Number(one.round % 4n)) })),
    },
    twoParents: { parents: [...header.parents, ref(0, header.round - 1n, bytes32(5))] },
    early: { timestampMs: 0n },
    transactions: { transactions: [...header.transactions, ...inBlock([TRANSACTIONS[3]!])] },
  };
  return { ...header, ...changes[change] };
}

describe("order says what its model says", () => {
  test("over random frames, restarts and moves", () => {
    const answers = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(command, { minLength: 10, maxLength: 80 }), (commands) => {
        const pair = new Pair();
        for (const one of commands) pair.play(one);
        for (const [name, count] of pair.answers) answers.set(name, (answers.get(name) ?? 0) + count);
      }),
      { seed: SEED, numRuns: 120 },
    );
    // The runs must reach what they are about: blocks made, taken back and installed, and refusals of many kinds.
    for (const kind of ["signBlock", "proposed", "accepted"]) expect(answers.get(kind) ?? 0).toBeGreaterThan(20);
    expect([...answers.keys()].filter((name) => name.startsWith("rejected")).length).toBeGreaterThanOrEqual(9);
  });

  test("when the pool is full, by transactions and by gas objects, and what was ordered is forgotten", () => {
    const [order, model] = [new Order(), new ModelOrder()];
    order.ready();
    model.ready({ boot: 1n, round: 0n, chain: CHAIN });
    const many = (n: number, gasObjects: number) =>
      transaction(
        n,
        Array.from({ length: gasObjects }, (_, i) => hash("gas", Uint8Array.from([n, n >> 8, i, i >> 8]))),
      );
    const verified = (one: Transaction) => {
      order.verified(one);
      model.verified(one);
    };
    const probe = (...list: Transaction[]) => {
      const digests = list.map(({ digest }) => digest);
      const expected = model.propose(HOST_ID, 5n, digests);
      expectFrames(order.draft(list, 5n), expected);
      const [drafted] = expected;
      if (drafted?.lane !== "orderToHost" || drafted.frame.kind !== "drafted") return;
      const { header } = drafted.frame;
      expectFrames(order.sign(header), model.sign(HOST_ID, decode(BlockHeader, header)));
      if (!model.outstanding) throw new Error("no signature is out");
      const { round, digest } = model.outstanding;
      expectFrames(order.signed(round, digest), model.signed(round, digest, 1n));
    };
    // Blocks of the largest size, until the digests remembered are one over their bound.
    const all = Array.from({ length: 33 * limit.MAX_BLOCK_TRANSACTIONS }, (_, n) => transaction(n));
    for (let at = 0; at < all.length; at += limit.MAX_BLOCK_TRANSACTIONS) {
      const block = all.slice(at, at + limit.MAX_BLOCK_TRANSACTIONS);
      block.forEach(verified);
      probe(...block);
    }
    for (const n of [0, 511, 512, 513, all.length - 1]) {
      verified(all[n]!);
      probe(all[n]!);
    }
    // Counts whose encoding grows by a byte: the prologue is one more.
    for (const count of [126, 127, 128, 129]) {
      const block = Array.from({ length: count }, (_, n) => transaction(300_000 + 1_000 * count + n));
      block.forEach(verified);
      probe(...block);
    }
    // More gas objects than fit, and then more transactions.
    for (let n = 0; n < 140; n++) verified(many(100_000 + n, limit.MAX_GAS_OBJECTS - (n % 3)));
    for (let n = 0; n < 140; n += 1) probe(many(100_000 + n, 0));
    for (let n = 0; n < limit.MAX_POOL_TRANSACTIONS + 50; n++) verified(transaction(200_000 + n));
    for (const n of [0, 48, 49, 50, 51, 8_191, 8_192, 8_241, 8_242]) probe(transaction(200_000 + n));
  });

  test("of blocks and checkpoints verified: the oldest are forgotten", () => {
    const digests = Array.from({ length: limit.MAX_VERIFIED_ITEMS + 3 }, (_, n) => {
      return blockOf({ ...FIRST, timestampMs: BigInt(n) });
    });
    const summaries = digests.map((_, n) => summaryOf({ ...GENESIS, index: BigInt(n + 1), timestampMs: 1n }));
    for (const n of [0, 1, 2, 3, 4, 200, digests.length - 1]) {
      const [order, model] = [INSTANCES[0].begin(), new ModelOrder()];
      order.ready({ round: 9n });
      model.ready({ boot: 1n, round: 9n, chain: CHAIN });
      for (const { digest } of [...digests.slice(0, 5), ...digests]) {
        order.verifiedItem("block", digest);
        model.blocks.add(digest);
      }
      for (const summary of summaries) {
        order.verifiedItem("checkpoint", summaryDigest(summary));
        model.checkpoints.add(summaryDigest(summary));
      }
      const { block, digest } = digests[n]!;
      const header = { ...FIRST, timestampMs: BigInt(n) };
      expectFrames(order.accept(block), model.accept(HOST_ID, header, digest));
      expectFrames(order.accept(block), model.accept(HOST_ID, header, digest));
      const [again, modelAgain] = [INSTANCES[0].begin(), new ModelOrder()];
      for (const summary of summaries) {
        again.verifiedItem("checkpoint", summaryDigest(summary));
        modelAgain.checkpoints.add(summaryDigest(summary));
      }
      const commit = { ...GENESIS, index: BigInt(n + 1), timestampMs: 1n };
      const resume = decode(OrderResume, loneResume(commit.round));
      const expected = modelAgain.install(HOST_ID, summaries[n]!, commit, true, resume);
      expectFrames(again.install(summaries[n]!), expected);
    }
  });
});
