/**
 * A ledger component and the model of it, driven together through a chain's life: every answer of the component is compared with the
 * model's. The vault is played: it binds and signs whatever it is asked.
 */
import { expect } from "vitest";
import { codeName, LedgerRefusal } from "../../core/wire/codes.ts";
import { Certificate, Config } from "../../core/wire/frames.ts";
import { NO_AUTHOR, SIGNATURE_BYTES } from "../../core/wire/limits.ts";
import { encode } from "../../core/wire/schema.ts";
import { FAULT_KINDS, type FaultRule } from "../../core/wire/thresholds.ts";
import { Component, type Output } from "../../test/support/component.ts";
import { loadWasm } from "../../test/support/wasm.ts";
import { CAPABILITY, CAPABILITY_TYPE, LIST, LIST_TYPE, type ListedMember, listRest } from "./committee.ts";
import {
  after,
  type Checkpoint,
  type Commit,
  type EnvironmentValue,
  isCurrent,
  ModelLedger,
  type Objects,
  type Result,
} from "./ledger.ts";
import {
  CLOCK,
  coin,
  type Obj,
  run,
  runEndOfEpoch,
  runGenesis,
  runPrologue,
  TOKEN_TYPES,
  type Wish,
} from "./ledger-execution.ts";
import { hash, hex, SignaturesBcs, unhex } from "./ledger-formats.ts";

export const ZERO = new Uint8Array(32);
export const ENVIRONMENT: EnvironmentValue = {
  epoch: 3n,
  epochStartMs: 1_700_000_000_000n,
  protocolVersion: 38n,
  referenceGasPrice: 1000n,
};
export const COMMITTEE = [0x31, 0x32, 0x33].map((fill) => ({ publicKey: new Uint8Array(1952).fill(fill) }));
/** Which member of the first committee the ledger is of. */
const AUTHOR = 2;
/** A rule for committees of any size. */
const FAULTS: FaultRule = { kind: FAULT_KINDS.indexOf("fastPath"), b: 0, c: 0, k: 0 };
/** The ledger's configuration; it takes any genesis. */
export const CONFIG = { chain: ZERO, author: AUTHOR, committee: COMMITTEE, faults: FAULTS };
export const SIGNATURE = new Uint8Array(SIGNATURE_BYTES).fill(0x51);
export const BOOT = 7n;
const certificateOf = (epoch: bigint, author: number): Uint8Array =>
  encode(Certificate, {
    epoch,
    signatures: author === NO_AUTHOR ? [] : [{ author, boot: BOOT, signature: SIGNATURE }],
  });
export const USERS = ["aa", "bb", "cc"].map((byte) => byte.repeat(32));
/** Something that is no coin, owned by the first user; something that nobody may change. */
export const THING = `10${"00".repeat(30)}77`;
export const FROZEN = `10${"00".repeat(30)}78`;
/** Who may be listed: the first committee, and two more. */
export const CANDIDATES: readonly ListedMember[] = [
  ...COMMITTEE.map(({ publicKey }) => publicKey),
  ...[0x34, 0x35].map((fill) => new Uint8Array(1952).fill(fill)),
].map((key, i) => ({ name: `member ${i}`, key, address: "/ip4/10.0.0.1/tcp/9200".slice(i) }));
const GENESIS_TIME = 1_700_000_000_500n;
const EPOCH_DURATION_MS = 86_400_000n;

export const named = (text: string): Uint8Array => hash(new TextEncoder().encode(text));
export const idOf = (text: string): string => hex(named(text));

/** Of a chain whose committee does not change. */
export const UNGOVERNED_OBJECTS: readonly Obj[] = [
  {
    ...coin(CLOCK, "", 0n, ""),
    type: { other: "0x2::clock::Clock" },
    owner: { Shared: { initialSharedVersion: 1n } },
  },
  ...USERS.flatMap((user, i) => [
    ...[0, 1, 2].map((n) => coin(idOf(`coin ${i} ${n}`), "iota", 10_000_000_000n * BigInt(n + 1), user)),
    ...TOKEN_TYPES.map((type, n) => coin(idOf(`token ${i} ${n}`), type, 1000n, user)),
  ]),
  { ...coin(THING, "", 5n, USERS[0]!), type: { other: "0x5::thing::Thing" } },
  { ...coin(FROZEN, "", 6n, ""), type: { other: "0x5::thing::Thing" }, owner: { Immutable: true } },
];

/** The list has the first committee; the first user has the capability. */
export const GENESIS_OBJECTS: readonly Obj[] = [
  ...UNGOVERNED_OBJECTS,
  {
    ...coin(LIST, "", 0n, ""),
    type: { other: LIST_TYPE },
    rest: listRest(CANDIDATES.slice(0, COMMITTEE.length)),
    owner: { Shared: { initialSharedVersion: 1n } },
  },
  { ...coin(CAPABILITY, "", 0n, USERS[0]!), type: { other: CAPABILITY_TYPE }, rest: new Uint8Array() },
];

/** A transaction as `order` gives it, what it wants, and how its sender signed. */
export interface Transaction {
  readonly wish: Wish;
  readonly entry: Commit["transactions"][number];
  readonly signatures: readonly Uint8Array[];
}

export function transaction(name: string, wish: Wish): Transaction {
  const signatures = [named(`first ${name}`), ...(wish.sender === wish.gasOwner ? [] : [new Uint8Array(5261).fill(3)])];
  return {
    wish,
    signatures,
    entry: {
      digest: named(name),
      sender: unhex(wish.sender),
      gasOwner: unhex(wish.gasOwner),
      signaturesDigest: hash(SignaturesBcs.serialize(signatures.map((s) => [...s])).toBytes()),
    },
  };
}

/** Where the arena counts refusals (core/ledger/state.ts): the last one's code, and how many there were. */
const REFUSAL_COUNTERS = [
  [64, 68],
  [104, 112],
] as const;

/** One instance serves every world in turn: only the newest one may be used. */
const SHARED = new Component(loadWasm("ledger"));
const BLANK = SHARED.state();

export class World {
  /** A test may put another instance in its place, which must then be in the same state. */
  component: Component;
  readonly model: ModelLedger;
  /** Checkpoints that came out, as the component said them. */
  readonly checkpoints: Checkpoint[] = [];
  #commit: Commit | undefined;
  #transactions: readonly Transaction[] = [];
  #results: (Result | undefined)[] = [];
  #applied = 0;
  /** bcs(TransactionData) of what ends the epoch, once it is in the open commit. */
  #end: Uint8Array | undefined;
  /** The checkpoint ends with the commit whose last step was taken. */
  #endsCheckpoint = false;
  /** Of the executed transactions of users of earlier commits of the checkpoint in the making. */
  #signatures: (readonly Uint8Array[])[] = [];
  /** Of the commit ordered last. */
  #timestampMs = GENESIS_TIME;
  #id = 0n;
  readonly #config: typeof CONFIG;

  constructor(faults = FAULTS, committee = COMMITTEE) {
    this.component = SHARED;
    this.model = new ModelLedger(
      ENVIRONMENT,
      committee.map(({ publicKey }) => publicKey),
      EPOCH_DURATION_MS,
      faults,
    );
    this.#config = { ...CONFIG, author: this.author, committee, faults };
    SHARED.restore(BLANK);
    SHARED.init(encode(Config.ledger, this.#config));
  }

  get results(): readonly (Result | undefined)[] {
    return this.#results;
  }

  nextId(): bigint {
    this.#id += 1n;
    return this.#id;
  }

  /** Our place in the committee in force; NO_AUTHOR when we have none. */
  get author(): number {
    const place = this.model.keys.findIndex((key) => hex(key) === hex(COMMITTEE[AUTHOR]!.publicKey));
    return place < 0 ? NO_AUTHOR : place;
  }

  /** A started vault, genesis, its checkpoint; and an `order` that has started from it. */
  start(objects: readonly Obj[] = GENESIS_OBJECTS): this {
    this.genesis(objects);
    this.orderStarts();
    return this;
  }

  genesis(objects: readonly Obj[] = GENESIS_OBJECTS): void {
    this.vaultReady();
    const digest = named("genesis");
    const commit: Commit = {
      kind: "commit",
      index: 0n,
      round: 0n,
      timestampMs: GENESIS_TIME,
      commitDigest: ZERO,
      leaderBlock: ZERO,
      resume: new Uint8Array(),
      endOfEpoch: false,
      transactions: [{ digest, sender: ZERO, gasOwner: ZERO, signaturesDigest: ZERO }],
    };
    const id = this.nextId();
    const answer = this.component.step("hostToLedger", {
      kind: "genesis",
      id,
      environment: ENVIRONMENT,
      epochDurationMs: EPOCH_DURATION_MS,
      timestampMs: GENESIS_TIME,
      transaction: digest,
    });
    expect(answer).toEqual([{ lane: "ledgerToHost", frame: { kind: "accepted", id } }]);
    this.model.begin(commit);
    this.#open(commit, []);
    this.give(0, runGenesis(objects, digest, ENVIRONMENT));
    this.#closed(this.step(1), []);
  }

  /** `order` starts from the newest checkpoint, which the ledger stands at. */
  orderStarts(): void {
    const { summary } = this.checkpoints.at(-1)!;
    expect(this.component.step("orderToLedger", { kind: "install", summary })).toEqual([]);
  }

  /** The epoch is over: the ledger is started anew, from its last checkpoint and for the committee that this names. */
  nextEpoch(): void {
    const { author, model } = this;
    const committee = model.keys.map((publicKey) => ({ publicKey }));
    this.component.restore(BLANK);
    expect(
      this.component.init(encode(Config.ledger, { ...this.#config, chain: model.chain, author, committee })),
    ).toEqual([]);
    if (author !== NO_AUTHOR) this.vaultReady(model.chain);
    const { summary } = this.checkpoints.at(-1)!;
    const answer = this.component.step("orderToLedger", { kind: "install", summary });
    expect(answer.map(({ frame }) => frame.kind)).toEqual(["status"]);
  }

  vaultReady(chain: Uint8Array = ZERO): Output[] {
    return this.component.step("vaultToLedger", {
      kind: "ready",
      publicKey: COMMITTEE[AUTHOR]!.publicKey,
      boot: BOOT,
      chain,
      epoch: 0n,
      round: 0n,
      roundDigest: ZERO,
      nextSequence: 0n,
      sequenceDigest: ZERO,
    });
  }

  /**
   * Orders the next commit: its prologue and these transactions. `begin` opens it. `endOfEpoch`: it is the epoch's last. `afterMs`: how long after the
   * one ordered before; by default so long that every checkpoint is of one commit.
   */
  order(transactions: readonly Transaction[], ahead = 0n, endOfEpoch = false, afterMs = 60_000n): Commit {
    const index = this.model.commit + ahead;
    this.#timestampMs += afterMs;
    const commit: Commit = {
      kind: "commit",
      index,
      round: index * 3n,
      timestampMs: this.#timestampMs,
      commitDigest: named(`commit ${index}`),
      leaderBlock: named(`leader ${index}`),
      resume: named(`resume ${index}`).subarray(0, Number(index % 32n)),
      endOfEpoch,
      transactions: [
        { digest: named(`prologue ${index}`), sender: ZERO, gasOwner: ZERO, signaturesDigest: ZERO },
        ...transactions.map(({ entry }) => entry),
      ],
    };
    expect(this.component.step("orderToLedger", commit)).toEqual([]);
    return commit;
  }

  begin(commit: Commit, transactions: readonly Transaction[]): void {
    const id = this.nextId();
    const answer = this.component.step("hostToLedger", { kind: "begin", id, commit: commit.index });
    expect(answer).toEqual([{ lane: "ledgerToHost", frame: { kind: "accepted", id } }]);
    this.model.begin(commit);
    this.#open(commit, transactions);
  }

  #open(commit: Commit, transactions: readonly Transaction[]): void {
    this.#commit = commit;
    this.#transactions = transactions;
    this.#results = commit.transactions.map(() => undefined);
    this.#applied = 0;
    this.#end = undefined;
  }

  /** Makes up the result of the transaction at `place` of the open commit on these objects. */
  run(place: number, objects: Objects): Result {
    const commit = this.#commit!;
    const { environment } = this.model;
    if (place === 0) return runPrologue(objects, commit, environment);
    if (this.#end && place === this.#transactions.length + 1)
      return runEndOfEpoch(objects, commit, this.#end, environment);
    const { entry, wish } = this.#transactions[place - 1]!;
    return run(objects, { commit: commit.index, digest: entry.digest, environment }, wish);
  }

  /** Hands a result to the component, which must take it in silence. */
  give(place: number, result: Result): void {
    const before = this.status().refusedResults;
    expect(this.component.step("executeToLedger", result)).toEqual([]);
    const { refusedResults, lastRefusal } = this.status();
    expect(refusedResults === before ? undefined : codeName(LedgerRefusal, lastRefusal)).toBeUndefined();
    this.#results[place] = result;
  }

  /** Gives a result that must be refused, so that nothing changes but the count of refusals. Returns why it was. */
  refuse(result: Result): string | undefined {
    const before = this.component.state();
    const { refusedResults } = this.status();
    expect(this.component.step("executeToLedger", result)).toEqual([]);
    const left = this.component.state();
    const status = this.status();
    expect(status.refusedResults).toBe(refusedResults + 1n);
    for (const [from, to] of REFUSAL_COUNTERS) {
      before.fill(0, from, to);
      left.fill(0, from, to);
    }
    expect(Buffer.from(left).equals(Buffer.from(before))).toBe(true);
    return codeName(LedgerRefusal, status.lastRefusal);
  }

  /** Runs and gives the results that are missing and, unless `leaveStale`, those that are not current, each on what the ones before it leave. */
  runAll(leaveStale = false): void {
    let objects = this.model.objects;
    for (let place = this.#applied; place < this.#results.length; place++) {
      const given = this.#results[place];
      const current = given !== undefined && isCurrent(objects, given);
      const result = given && (current || leaveStale) ? given : this.run(place, objects);
      if (result !== given) this.give(place, result);
      if (result !== given || current) objects = after(objects, result);
    }
  }

  /** The frame of a step over the next `count` results. */
  stepFrame(count: number) {
    const results = this.#next(count);
    const ids = results.flatMap(({ reads }) => reads.map(({ id }) => hex(id)));
    return { kind: "step", id: this.nextId(), transactions: count, ...this.model.witness(ids) } as const;
  }

  #next(count: number): Result[] {
    return this.#results.slice(this.#applied, this.#applied + count).map((result) => result!);
  }

  /** Steps component and model; their answers must be the same. Returns what the component sent. */
  step(count: number): Output[] {
    const frame = this.stepFrame(count);
    const outputs = this.component.step("hostToLedger", frame);
    const answer = this.model.step(this.#next(count));
    const [first] = outputs;
    if (first?.lane !== "ledgerToHost") throw new Error("no answer to a step");
    if (answer.kind === "stale") {
      expect(first.frame).toEqual({ kind: "stale", id: frame.id, transactions: answer.digests.map(unhex) });
    } else {
      this.#applied += count;
      expect(first.frame).toEqual({
        kind: "stepped",
        id: frame.id,
        root: unhex(answer.root),
        remaining: answer.remaining,
        endOfCheckpoint: answer.endOfCheckpoint,
        endOfEpoch: answer.endOfEpoch,
      });
      this.#endsCheckpoint = answer.endOfCheckpoint;
      if (answer.endOfEpoch) {
        this.#end = answer.endOfEpoch;
        this.#results.push(undefined);
      }
    }
    return outputs;
  }

  get left(): number {
    return this.#results.length - this.#applied;
  }

  /** Signatures of the transactions that were executed. */
  userSignatures(): (readonly Uint8Array[])[] {
    return this.#transactions.filter((_, i) => this.#results[i + 1]?.kind === "executed").map((t) => t.signatures);
  }

  /**
   * After the last step of a commit: if the checkpoint ends with it, sends signatures in frames of at most `chunk` lists, and compares the checkpoint with
   * the model's.
   */
  finish(last: Output[], chunk = 512): void {
    this.#signatures.push(...this.userSignatures());
    if (!this.#endsCheckpoint) return;
    const signatures = this.#signatures;
    this.#signatures = [];
    let outputs = last;
    for (let i = 0; i < signatures.length; i += chunk) {
      const id = this.nextId();
      const frame = { kind: "signatures", id, signatures: signatures.slice(i, i + chunk) } as const;
      outputs = this.component.step("hostToLedger", frame);
      expect(outputs[0]).toEqual({ lane: "ledgerToHost", frame: { kind: "accepted", id } });
    }
    this.#closed(outputs, signatures);
  }

  /** Plays the vault until the checkpoint comes out; who is no member has none. */
  #closed(outputs: Output[], signatures: readonly (readonly Uint8Array[])[]): void {
    const { author } = this;
    const { epoch } = this.model.environment;
    const expected = this.model.close(signatures);
    const answers: Output[] = author === NO_AUTHOR ? outputs.slice(1) : [];
    let open = outputs.filter(({ lane }) => lane === "ledgerToVault");
    for (let round = 0; round < 4 && open.length > 0; round++) {
      const replies = open.flatMap((output) => this.#vault(output));
      answers.push(...replies);
      open = replies.filter(({ lane }) => lane === "ledgerToVault");
    }
    const made = answers.filter(({ lane }) => lane === "ledgerToHost").map(({ frame }) => frame);
    expect(made).toEqual([{ kind: "checkpoint", ...expected, certificate: certificateOf(epoch, author) }]);
    this.checkpoints.push(expected);
  }

  #vault(output: Output): Output[] {
    if (output.lane !== "ledgerToVault") return [];
    const { frame } = output;
    if (frame.kind === "bind") return this.component.step("vaultToLedger", { kind: "bound", chain: frame.chain });
    const { sequence, digest } = frame;
    return this.component.step("vaultToLedger", { kind: "signed", sequence, digest, boot: BOOT, signature: SIGNATURE });
  }

  /** A whole commit whose results are all honest and in time. `endOfEpoch`: it is the epoch's last. */
  commit(transactions: readonly Transaction[], endOfEpoch = false, afterMs?: bigint): void {
    this.begin(this.order(transactions, 0n, endOfEpoch, afterMs), transactions);
    let answer: Output[] = [];
    while (this.left > 0) {
      this.runAll();
      answer = this.step(this.left);
    }
    this.finish(answer);
    if (endOfEpoch) this.nextEpoch();
  }

  status() {
    const [output] = this.component.step("hostToLedger", { kind: "status", id: this.nextId() });
    if (output?.lane !== "ledgerToHost" || output.frame.kind !== "status") throw new Error("no status");
    return output.frame;
  }
}

/** A plain payment between users. */
export function payment(from: number, coinNumber: number, to: number, amount: bigint): Wish {
  const sender = USERS[from]!;
  return {
    sender,
    gasOwner: sender,
    gas: idOf(`coin ${from} ${coinNumber}`),
    merged: [],
    paid: [{ to: USERS[to]!, amount }],
    read: [],
  };
}
