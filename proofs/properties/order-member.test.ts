/**
 * `order` as a member of a committee, against its model: random blocks of the others, right and wrong, late and out of turn; its own, drafted, changed,
 * signed and refused; restarts, checkpoints installed and moves to another instance anywhere. Every answer is the model's, and so is what it says of
 * itself when it is asked.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { BlockFault, codeNumber, OrderRejection, VaultRefusal } from "../../core/wire/codes.ts";
import { Block, BlockHeader, OrderResume } from "../../core/wire/frames.ts";
import { decode, encode, type Value } from "../../core/wire/schema.ts";
import { FAULT_KINDS, type FaultRule } from "../../core/wire/thresholds.ts";
import { Random } from "../../test/attack/random.ts";
import type { Output } from "../../test/support/component.ts";
import { type Made, ROWS, type Row, rowConfig } from "../../test/support/dag.ts";
import {
  blockOf,
  bytes32,
  CHAIN,
  EPOCH,
  HOST_ID,
  inBlock,
  Order,
  type OrderConfig,
  type Ref,
  summaryDigest,
  summaryOf,
  type Transaction,
  transaction,
  ZERO,
} from "../../test/unit/core/order-support.ts";
import { ModelOrder } from "../model/order.ts";
import { randomDag, reordered } from "../model/random-dag.ts";
import { expectFrames } from "./same-frames.ts";

const SEED = 0x3e3b;
const STEPS = 120;
/** Rounds of the others' blocks. */
const ROUNDS = 16;
/** Where a block goes that lacked something: behind so many others. */
const LATER = 3;
const COMMITTEES = ROWS.filter(({ n }) => n <= 7);
const I63 = 1n << 63n;
const PUBLIC_KEY_BYTES = 1_952;

type Header = Value<typeof BlockHeader>;
type Commit = Extract<Output["frame"], { kind: "commit" }>;

/** Few, whose gas objects overlap now and then. */
const TRANSACTIONS = Array.from({ length: 12 }, (_, n) =>
  transaction(n, [bytes32(5_000_000 + n), ...(n % 2 === 0 ? [bytes32(6_000_000 + (n % 3))] : [])]),
);

/** These 32 bytes with one bit changed, in any of their four words. */
function near(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[random.below(32)]! ^= 1 << random.below(8);
  return copy;
}

/** What may be wrong with a header, or only unusual. `n`: members of the committee. */
const CHANGES: Readonly<Record<string, (header: Header, random: Random, n: number) => Partial<Header>>> = {
  chain: ({ chain }, random) => ({ chain: near(random, chain) }),
  epoch: ({ epoch }) => ({ epoch: epoch + 1n }),
  author: (_, random, n) => ({ author: random.below(n + 1) }),
  boot: ({ boot }, random) => ({ boot: boot + BigInt(random.below(3)) }),
  round: ({ round }, random) => ({ round: round + BigInt(random.below(4)) }),
  farRound: (_, random) => ({ round: random.pick([0n, 30n, I63 - 1n, I63, 2n * I63 - 1n]) }),
  noParents: () => ({ parents: [] }),
  fewerParents: ({ parents }) => ({ parents: parents.slice(0, -1) }),
  ownLast: ({ parents }) => ({ parents: [...parents.slice(1), ...parents.slice(0, 1)] }),
  parentTwice: ({ parents }, random) => ({ parents: [...parents, random.pick(parents)] }),
  parentUnknown: changeParent((one, random) => ({ ...one, digest: near(random, one.digest) })),
  parentOfNobody: changeParent((one, random, n) => ({ ...one, author: random.pick([n, n + 1, 99]) })),
  parentOfOther: changeParent((one, random, n) => ({ ...one, author: random.below(n) })),
  parentRound: changeParent((one, random) => ({ ...one, round: one.round + BigInt(random.below(3)) })),
  parentLow: changeParent((one) => ({ ...one, round: one.round === 0n ? 0n : one.round - 1n })),
  beginning: changeParent((one, random) => ({ ...one, round: 0n, digest: random.pick([CHAIN, ZERO, one.digest]) })),
  time: (_, random) => ({ timestampMs: random.pick([0n, 1n, I63, 2n * I63 - 1n]) }),
  transactions: ({ transactions }, random) => ({
    transactions: [...transactions, ...inBlock([random.pick(TRANSACTIONS), random.pick(TRANSACTIONS)])],
  }),
  manyTransactions: () => ({ transactions: inBlock(TRANSACTIONS.slice(0, 5)) }),
  signatures: ({ transactions }, random) => ({
    transactions: transactions.map((one) => ({ ...one, signaturesDigest: near(random, one.signaturesDigest) })),
  }),
};

/** What the host may do to a draft of ours. */
const OWN_CHANGES: readonly ((header: Header) => Partial<Header>)[] = [
  ({ boot }) => ({ boot: boot + 1n }),
  ({ boot }) => ({ boot: boot - 1n }),
  ({ parents: [own, ...others] }) => ({ parents: [{ ...own!, round: 0n, digest: CHAIN }, ...others] }),
  ({ parents: [own, ...others] }) => ({ parents: [{ ...own!, round: own!.round / 2n }, ...others] }),
  ({ round }) => ({ round: round - 1n }),
  ({ round }) => ({ round: round + 1n }),
];

function changeParent(change: (one: Ref, random: Random, n: number) => Ref) {
  return ({ parents }: Header, random: Random, n: number): Partial<Header> => {
    const at = random.below(parents.length);
    return { parents: parents.map((one, i) => (i === at ? change(one, random, n) : one)) };
  };
}

const INSTANCES = [new Order(), new Order()] as const;

function configOf(random: Random, row: Row): OrderConfig {
  const rounds = 6 + random.below(4);
  const leadersPerRound = 1 + random.below(Math.min(row.n, 3));
  const config = rowConfig(row, {
    author: random.below(row.n),
    leadersPerRound,
    // In blocks' time a round takes a second: some epochs end while we look on.
    epochDurationMs: random.chance(0.3) ? BigInt(1_000 + random.below(5_000)) : 0n,
    capacities: {
      ...rowConfig(row).capacities,
      rounds,
      depth: 2 + random.below(3),
      twins: random.pick([1, 2, 2, 3]),
      poolTransactions: 9,
      poolGasObjects: 11,
      orderedDigests: 5,
      verifiedItems: 4,
    },
  });
  return random.chance(0.5) ? config : { ...config, leaders: [] };
}

/** Rules of chains whose committees have other thresholds, or are not safe. */
const otherRules = ({ faults }: Row): { readonly faults: FaultRule }[] => [
  { faults: { ...faults, b: faults.b + 1 } },
  { faults: { ...faults, c: faults.c + 1 } },
  { faults: { ...faults, kind: FAULT_KINDS.length } },
];

class Member {
  readonly #random: Random;
  readonly #row: Row;
  readonly #config: OrderConfig;
  #order = INSTANCES[0];
  #other = INSTANCES[1];
  #model: ModelOrder;
  #boot = 0n;
  readonly #signed = { round: 0n, digest: ZERO };
  /** Blocks that may still come, roughly parents first; those that came, which come again after a restart; our own. */
  #waiting: Made[];
  readonly #all: readonly Made[];
  readonly #own: Uint8Array[] = [];
  readonly #commits: Commit[] = [];
  readonly answers: Map<string, number>;

  constructor(seed: number, answers: Map<string, number>) {
    this.#random = new Random(seed);
    this.#row = this.#random.pick(COMMITTEES);
    this.#config = configOf(this.#random, this.#row);
    // Our vault has signed nothing, or blocks of ours that are among the others' as after a loss of all that we had.
    const lost = this.#random.chance(0.6);
    if (lost) this.#signed.round = BigInt(this.#random.below(ROUNDS));
    const options = {
      rounds: ROUNDS,
      transactions: TRANSACTIONS.length,
      ...(lost ? {} : { absent: this.#config.author }),
    };
    const { blocks } = randomDag(this.#random, this.#row, options);
    this.#all = reordered(this.#random, blocks);
    this.#waiting = [...this.#all];
    this.answers = answers;
    // An instance that has seen other things: what it keeps outside its state must not matter.
    this.#other.begin().ready({ boot: 9n });
    this.#other.makeBlock([transaction(70), transaction(71)]);
    this.#model = this.#start();
  }

  #start(): ModelOrder {
    this.#order.begin(this.#config);
    this.#model = new ModelOrder(this.#config);
    this.#boot += 1n;
    return this.#model;
  }

  /** The vault begins where it stopped, or so it says. */
  #ready(): void {
    const { round, digest } = this.#signed;
    const said = this.#random.chance(0.9) ? round : BigInt(this.#random.below(12));
    const vault = {
      boot: this.#boot,
      round: said,
      roundDigest: digest,
      chain: this.#random.chance(0.95) ? CHAIN : ZERO,
    };
    expect(this.#order.ready(vault)).toEqual([]);
    this.#model.ready(vault);
  }

  /** The answers are the model's. A rejection of a host's frame changes nothing, where that is looked at. */
  #same(act: () => Output[], expected: Output[], fromHost = true): void {
    const rejection = fromHost && expected[0]?.frame.kind === "rejected" && this.#random.chance(0.2);
    const before = rejection ? this.#order.component.state() : undefined;
    const outputs = act();
    expectFrames(outputs, expected);
    if (before) expect(Buffer.compare(this.#order.component.state(), before)).toBe(0);
    for (const { frame } of outputs) {
      const name = frame.kind === "rejected" && "code" in frame ? `rejected ${frame.code} ${frame.a}` : frame.kind;
      this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
      if (frame.kind === "commit") this.#commits.push(frame);
      if (frame.kind === "proposed") this.#own.push(frame.block.slice());
    }
  }

  #verified(list: readonly Transaction[]): void {
    for (const one of list) {
      this.#order.verified(one);
      this.#model.verified(one);
    }
  }

  #verifiedItem(kind: "block" | "checkpoint", digest: Uint8Array): void {
    this.#order.verifiedItem(kind, digest);
    this.#model[kind === "block" ? "blocks" : "checkpoints"].add(digest);
  }

  play(): void {
    const [act] = this.#random.pick([
      [() => this.#hear()],
      [() => this.#hear()],
      [() => this.#hear()],
      [() => this.#hear()],
      [() => this.#hear()],
      [() => this.#hear()],
      [() => this.#hear()],
      [() => this.#hearOwn()],
      [() => this.#propose()],
      [() => this.#propose()],
      [() => this.#hearVault()],
      [() => this.#hearVault()],
      [() => this.#rarely()],
    ] as const);
    act();
    this.#look();
  }

  /** To the other instance, which has seen other things: all that matters is in the state. */
  #move(): void {
    const state = this.#order.component.state();
    [this.#order, this.#other] = [this.#other, this.#order];
    this.#order.component.restore(state);
  }

  #look(): void {
    if (this.#random.chance(0.1)) this.#move();
    const request = (kind: "status" | "evidence") => this.#order.component.step("hostToOrder", { kind, id: HOST_ID });
    this.#same(() => request("status"), this.#model.status(HOST_ID));
    if (this.#random.chance(0.3)) this.#same(() => request("evidence"), this.#model.evidence(HOST_ID));
  }

  #rarely(): void {
    const random = this.#random;
    switch (random.below(6)) {
      case 0:
        this.#start();
        this.#waiting = [...this.#all];
        if (random.chance(0.9)) this.#install();
        break;
      case 1:
        this.#install();
        break;
      case 2:
        this.#verified([random.pick(TRANSACTIONS), { ...random.pick(TRANSACTIONS), signaturesDigest: bytes32(60) }]);
        break;
      case 3:
        this.#move();
        break;
      default:
        // Digests that are nearly none, or nearly each other.
        this.#verifiedItem(random.pick(["block", "checkpoint"]), near(random, random.pick([ZERO, bytes32(1)])));
        this.#ready();
    }
  }

  #hear(): void {
    const random = this.#random;
    const at = random.chance(0.8) ? 0 : random.below(Math.min(6, this.#waiting.length));
    const [made] = this.#waiting.splice(at, 1);
    if (!made) return;
    if (random.chance(0.2)) this.#accept(this.#changed(made.header), random.chance(0.8));
    const taken = this.#accept(made.header, random.chance(0.95));
    if (random.chance(taken ? 0.1 : 0.8)) this.#waiting.splice(LATER, 0, made);
  }

  #hearOwn(): void {
    if (this.#own.length === 0) return;
    const { header } = decode(Block, this.#random.pick(this.#own));
    this.#accept(this.#random.chance(0.2) ? this.#changed(header) : header, true);
  }

  #changed(header: Header): Header {
    const change = this.#random.pick(Object.keys(CHANGES));
    return { ...header, ...CHANGES[change]!(header, this.#random, this.#row.n) };
  }

  /** Whether it was taken. */
  #accept(header: Header, verified: boolean): boolean {
    const { block, digest } = blockOf(header);
    if (this.#random.chance(0.9)) this.#verified(this.#named(header));
    if (verified) this.#verifiedItem("block", digest);
    const expected = this.#model.accept(HOST_ID, header, digest);
    this.#same(() => this.#order.accept(block), expected);
    return expected[0]?.frame.kind === "accepted";
  }

  #named({ transactions }: Header): Transaction[] {
    return transactions.flatMap((wanted) => TRANSACTIONS.filter(({ digest }) => equal(digest, wanted.digest)));
  }

  #propose(): void {
    const random = this.#random;
    const list = Array.from({ length: random.below(6) }, () => random.pick(TRANSACTIONS));
    const chosen = random.chance(0.8) ? [...new Set(list)].slice(0, 4) : list;
    if (random.chance(0.9)) this.#verified(chosen);
    const timestampMs = random.pick([0n, 3_000n, BigInt(random.below(20_000)), I63]);
    const digests = chosen.map(({ digest }) => digest);
    const expected = this.#model.propose(HOST_ID, timestampMs, digests);
    this.#same(() => this.#order.draft(chosen, timestampMs), expected);
    const [drafted] = expected;
    const frame = drafted!.frame;
    const late = frame.kind === "rejected" && frame.code === codeNumber(OrderRejection, "notYet");
    if ((late || frame.kind === "drafted") && random.chance(0.4)) {
      // What would be drafted without a pacemaker: on all that is held of the highest round.
      const round = this.#model.dag.highest + random.below(2);
      if (round > 0) this.#sign(this.#model.draft(round, BigInt(round), timestampMs, []));
    }
    if (drafted?.lane !== "orderToHost" || drafted.frame.kind !== "drafted") return;
    const header = decode(BlockHeader, drafted.frame.header);
    const others = [
      ...this.#waiting.map((made) => made.header),
      ...this.#own.map((block) => decode(Block, block).header),
    ];
    if (others.length > 0 && random.chance(0.5)) this.#sign(random.pick(others));
    if (random.chance(0.4)) this.#sign({ ...header, ...OWN_CHANGES[random.below(OWN_CHANGES.length)]!(header) });
    if (random.chance(0.3)) this.#sign(this.#changed(header));
    if (random.chance(0.9)) this.#sign(header);
  }

  #sign(header: Header): void {
    this.#same(() => this.#order.sign(encode(BlockHeader, header)), this.#model.sign(HOST_ID, header));
  }

  /** Mostly what it should say of the block that is out. */
  #hearVault(): void {
    const random = this.#random;
    const out = this.#model.outstanding ?? { round: 0n, digest: ZERO, header: { boot: this.#boot } };
    const round = random.chance(0.9) ? out.round : out.round + 1n;
    const digest = random.chance(0.9) ? out.digest : near(random, out.digest);
    if (random.chance(0.8)) {
      const boot = random.chance(0.9) ? out.header.boot : this.#boot + 1n;
      const expected = this.#model.signed(round, digest, boot);
      this.#same(() => this.#order.signed(round, digest, boot), expected, false);
      if (expected.length > 0 && round > this.#signed.round) Object.assign(this.#signed, { round, digest });
    } else {
      const code = codeNumber(VaultRefusal, random.pick(Object.keys(VaultRefusal) as (keyof typeof VaultRefusal)[]));
      const frame = { kind: "refused", code, slot: round, digest } as const;
      const expected = this.#model.refused(code, round, digest);
      this.#same(() => this.#order.component.step("vaultToOrder", frame), expected, false);
    }
  }

  #install(): void {
    const random = this.#random;
    if (this.#commits.length === 0) return;
    const { transactions: _, kind: __, endOfEpoch, ...commit } = random.pick(this.#commits);
    const { epochDurationMs, committeeSize } = this.#config;
    const others = [
      { chain: near(random, CHAIN) },
      { epoch: EPOCH + 1n },
      { epochDurationMs: epochDurationMs + 1n },
      ...otherRules(this.#row),
    ];
    const wrong = random.chance(0.75) ? {} : random.pick(others);
    const keys = () => Array.from({ length: committeeSize }, () => random.bytes(PUBLIC_KEY_BYTES));
    const { faults } = this.#row;
    const summary = summaryOf(commit, { epochDurationMs, faults, ...(endOfEpoch ? { next: keys() } : {}), ...wrong });
    if (random.chance(0.9)) this.#verifiedItem("checkpoint", summaryDigest(summary));
    // Blocks that verify passes meanwhile take no place from it.
    for (let more = random.below(4); more > 0; more--) this.#verifiedItem("block", random.bytes(32));
    const ours = Object.keys(wrong).length === 0;
    const expected = this.#model.install(
      HOST_ID,
      summary,
      commit,
      ours,
      decode(OrderResume, commit.resume),
      endOfEpoch,
    );
    this.#same(() => this.#order.install(summary), expected);
  }

  begin(): void {
    this.#ready();
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

test("a member answers as its model does, whatever it hears, in every order", () => {
  const answers = new Map<string, number>();
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const member = new Member(seed, answers);
      member.begin();
      for (let step = 0; step < STEPS; step++) member.play();
    }),
    { seed: SEED, numRuns: 80 },
  );
  const seen = (name: string) =>
    [...answers].reduce((sum, [one, count]) => sum + (one.startsWith(name) ? count : 0), 0);
  for (const kind of ["accepted", "missing", "signBlock", "proposed", "committed"])
    expect(seen(kind)).toBeGreaterThan(50);
  expect(seen("install")).toBeGreaterThan(10);
  for (const name of [
    "epochEnded",
    "belowHorizon",
    "tooFarAhead",
    "tooManyTwins",
    "notYet",
    "vaultRefused",
    "gasObjectTwice",
  ] as const) {
    expect(seen(`rejected ${codeNumber(OrderRejection, name)} `), name).toBeGreaterThan(5);
  }
  const faults = Object.keys(BlockFault).filter((name) => name !== "malformed") as (keyof typeof BlockFault)[];
  const invalid = `rejected ${codeNumber(OrderRejection, "invalidBlock")}`;
  expect(faults.filter((fault) => seen(`${invalid} ${codeNumber(BlockFault, fault)}`) === 0)).toEqual([]);
});
