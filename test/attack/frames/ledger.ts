/**
 * `ledger` under attack: along the recording, along a history of the ledger's model with tokens and objects that are no coins, and
 * where its queues and pools are full.
 */
import { isDeepStrictEqual } from "node:util";
import { codeNumber, LedgerRefusal, LedgerRejection, VaultRefusal } from "../../../core/wire/codes.ts";
import { Config, HostToLedger, LANE_NUMBERS, LANES, type LaneName, LedgerToHost } from "../../../core/wire/frames.ts";
import { MAX_ORDERED_TRANSACTIONS, MAX_READS } from "../../../core/wire/limits.ts";
import { type Codec, decode, encode, type Value } from "../../../core/wire/schema.ts";
import type { Commit, Executed } from "../../../proofs/model/ledger.ts";
import { balance, decodeObject, encodeObject, u64Bytes } from "../../../proofs/model/ledger-execution.ts";
import {
  CONFIG,
  ENVIRONMENT,
  FROZEN,
  idOf,
  named,
  payment,
  THING,
  transaction,
  USERS,
  World,
  ZERO,
} from "../../../proofs/model/ledger-world.ts";
import { keyNumber } from "../../../proofs/model/state-tree.ts";
import type { Component, Output as Played } from "../../support/component.ts";
import type { Boot, Frame } from "../record.ts";
import type { Subject } from "./subject.ts";
import {
  agree,
  codeOf,
  frameOf,
  type Output,
  type Situation,
  situationAfter,
  situationsOf,
  type Target,
  type Verdict,
} from "./target.ts";

/** Situations of the recordings; each holds a state of 2.7 MB. */
const SITUATIONS = 40;
/** Where the state counts refused results (core/ledger/state.ts: LAST_REFUSAL, REFUSED_RESULTS). */
const COUNTERS = [
  [64, 68],
  [104, 112],
] as const;
const STATUS = encode(HostToLedger, { kind: "status", id: 0n });
const ANY_CHAIN = encode(Config.ledger, CONFIG);
const WAITING_COMMITS = 65n;
/** Depth of the deepest node of the state tree (core/lib/merkle/tree.ts, MAX_DEPTH). */
const DEEPEST = 127;
const ABSENT_READS = 40;

type Step = Extract<Value<typeof HostToLedger>, { kind: "step" }>;
type Status = Extract<Value<typeof LedgerToHost>, { kind: "status" }>;

/** What the ledger says of itself; undefined while it is not configured. */
function status(subject: Subject): Status | undefined {
  const [sent] = subject.send(LANE_NUMBERS.hostToLedger, STATUS);
  const frame = sent && decode(LedgerToHost, sent.bytes);
  return frame?.kind === "status" ? frame : undefined;
}

/** The model's world with every frame that it gives its component written down. */
class RecordedWorld extends World {
  readonly frames: Frame[] = [];

  constructor() {
    super();
    const played = this.component;
    const step = (lane: LaneName, frame: unknown): Played[] => {
      this.frames.push({ lane, bytes: encode(LANES[lane] as Codec<unknown>, frame) });
      return played.step(lane, frame as never);
    };
    this.component = { step, state: () => played.state() } as unknown as Component;
  }
}

/** Payments, sponsored and not, tokens split and moved, an object that is no coin, one that may only be read, a transaction dropped. */
function history(): Boot {
  const world = new RecordedWorld();
  const gold = { ...payment(0, 1, 1, 5n), moved: { id: idOf("token 0 0"), to: USERS[1]!, kept: 40n } };
  const thing = { ...payment(0, 2, 2, 1n), moved: { id: THING, to: USERS[2]! }, read: [FROZEN] };
  const sponsored = { ...payment(1, 0, 2, 9n), sender: USERS[2]! };
  const merging = { ...payment(1, 1, 0, 7n), merged: [idOf("coin 1 2")] };
  const absent = {
    ...payment(2, 0, 0, 3n),
    read: Array.from({ length: ABSENT_READS }, (_, i) => idOf(`never there ${i}`)),
  };
  world.start();
  world.commit([transaction("a", payment(1, 0, 0, 10n)), transaction("b", gold), transaction("c", thing)]);
  world.commit([transaction("d", sponsored), transaction("e", merging), transaction("f", payment(2, 0, 0, 1n << 60n))]);
  world.commit([transaction("g", absent)]);
  return { configs: { ledger: ANY_CHAIN } as Boot["configs"], frames: withForgeries(world.frames) };
}

/** A proof that opens a node at every depth above each operation, as no tree of a real size has them: the dearest for its length. */
function deepened(step: Step): Step {
  const headers: number[] = [3]; // the root is opened; layout: core/lib/merkle/tree.ts
  const words: Uint8Array[] = [];
  const open = (operations: Step["operations"], depth: number): void => {
    const at = headers.push(0) - 1;
    for (let child = 0; child < 4; child++) {
      const below = operations.filter(({ id }) => Number((keyNumber(id) >> BigInt(254 - 2 * depth)) & 3n) === child);
      const last = depth === DEEPEST;
      const [own] = below;
      if (!own && last) words.push(named("a sibling"));
      const code = own ? (last ? (isDeepStrictEqual(own.digest, ZERO) ? 0 : 1) : 3) : last ? 1 : 0;
      headers[at]! |= code << (2 * child);
      if (own && !last) open(below, depth + 1);
    }
  };
  open(step.operations, 0);
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, headers.length, true);
  return { ...step, proof: new Uint8Array(Buffer.concat([count, Uint8Array.from(headers), ...words])) };
}

/**
 * Before each result some that are wrong in what a random change hardly hits: more of each coin than there was, no gas, a read twice, and
 * what another transaction of the commit took. Before each step one with a dear proof.
 */
function withForgeries(frames: readonly Frame[]): Frame[] {
  const resultIn = ({ lane, bytes }: Frame): Executed | undefined => {
    const result = lane === "executeToLedger" ? decode(LANES[lane], bytes) : undefined;
    return result?.kind === "executed" && result.transactionKind === 0 ? result : undefined;
  };
  const results = frames.map(resultIn).filter((result) => result !== undefined);
  const forge = (result: Executed, change: Partial<Executed>) => frameOf("executeToLedger", { ...result, ...change });
  return frames.flatMap((frame) => {
    const request = frame.lane === "hostToLedger" ? decode(HostToLedger, frame.bytes) : undefined;
    if (request?.kind === "step") return [frameOf("hostToLedger", deepened(request)), frame];
    const result = resultIn(frame);
    if (!result) return [frame];
    const written = result.written.map(decodeObject);
    const richer = written.flatMap((object, i) =>
      object.rest.length === 8 ? [written.with(i, { ...object, rest: u64Bytes(balance(object) + 1n) })] : [],
    );
    const others = results.filter(
      ({ commit, digest }) => commit === result.commit && !isDeepStrictEqual(digest, result.digest),
    );
    return [
      forge(result, { inputs: [], written: [] }),
      forge(result, { reads: [...result.reads, result.reads[0]!] }),
      ...richer.map((objects) => forge(result, { written: objects.map(encodeObject) })),
      ...others.map((other) => forge(other, { digest: result.digest })),
      frame,
    ];
  });
}

const commitFrame = (commit: Omit<Commit, "kind">): Frame => frameOf("orderToLedger", { kind: "commit", ...commit });

/** A commit of made-up transactions behind the ones that `boot` had. */
function commitOf(index: bigint, count: number): Frame {
  const user = (i: number) => ({
    digest: named(`made up ${index} ${i}`),
    sender: ZERO,
    gasOwner: ZERO,
    signaturesDigest: ZERO,
  });
  return commitFrame({
    index,
    round: 1_000n + index,
    timestampMs: 1n,
    commitDigest: ZERO,
    leaderBlock: ZERO,
    resume: new Uint8Array(9),
    endOfEpoch: false,
    transactions: Array.from({ length: count }, (_, i) => user(i)),
  });
}

/** A dropped transaction of `commitOf` that read so much. */
function dropped(commit: bigint, place: number, reads: number): Frame {
  return frameOf("executeToLedger", {
    kind: "dropped",
    commit,
    digest: named(`made up ${commit} ${place}`),
    environment: ENVIRONMENT,
    code: 1,
    reads: Array.from({ length: reads }, (_, i) => ({ id: named(`read ${place} ${i}`), digest: ZERO })),
  });
}

/** Variant of HostToLedger. */
const STEP = 2;

function fullSituations(subject: Subject, boot: Boot): Situation[] {
  const made = boot.frames.filter(({ lane, bytes }) => lane === "orderToLedger" && bytes[0] === 0).length;
  const index = BigInt(made) + 1n;
  const at = (name: string, before: readonly Frame[], next: readonly Frame[], weight: number) =>
    situationAfter(name, subject, boot.configs.ledger, [...boot.frames, ...before], next, weight);
  const waiting = Array.from({ length: Number(WAITING_COMMITS) }, (_, i) => commitOf(index + BigInt(i), 1));
  const begin = frameOf("hostToLedger", { kind: "begin", id: 1n, commit: index });
  // Results that are replaced time and again make the pool move what it holds.
  const places = Array.from({ length: MAX_ORDERED_TRANSACTIONS }, (_, place) => place);
  const small = places.map((place) => dropped(index, place, 1));
  const large = [1, 2, 1, 2, 3].map((place) => dropped(index, place, MAX_READS));
  const refused = frameOf("vaultToLedger", {
    kind: "refused",
    code: codeNumber(VaultRefusal, "slotTaken"),
    slot: 3n,
    digest: ZERO,
  });
  // The first step is genesis's, which another chain did not begin with.
  const step = boot.frames.findIndex(({ lane, bytes }) => lane === "hostToLedger" && bytes[0] === STEP);
  const ofAnother = boot.configs.ledger.with(0, boot.configs.ledger[0]! ^ 1);
  return [
    situationAfter(
      "another chain's genesis",
      subject,
      ofAnother,
      boot.frames.slice(0, step),
      [boot.frames[step]!],
      0.02,
    ),
    at("as many commits as may wait", waiting, [commitOf(index + WAITING_COMMITS, 1), refused], 0.3),
    at(
      "results with as many reads as there may be",
      [commitOf(index, MAX_ORDERED_TRANSACTIONS), begin, ...small],
      large,
      0.01,
    ),
  ];
}

function judgeHost(understood: unknown, outputs: readonly Output[]): Verdict {
  const [first] = outputs;
  if (first?.lane !== "ledgerToHost") throw new Error("the ledger does not answer the host");
  const { frame } = first;
  if (frame.kind !== "rejected") {
    agree(understood, undefined, []);
    return { kind: frame.kind === "stale" ? "answered" : "accepted", codes: [] };
  }
  if (outputs.length > 1) throw new Error("a rejection with something besides");
  const code = codeOf("LEDGER", LedgerRejection, frame.code);
  agree(understood, code, ["unknownLane", "notReady"]);
  // A genesis that leads to another chain is refused as a whole, by its last step: the ledger is what it was before the first.
  const forgotten = code === "LEDGER.wrongGenesis" && (understood as { kind: string }).kind === "step";
  if (forgotten) return { kind: "answered", codes: [code] };
  return { kind: understood === undefined ? "malformed" : "rejected", codes: [code] };
}

/** The lane from `execute` has no way back: what the ledger counts tells whether it took a result. */
function judgeResult(
  understood: unknown,
  outputs: readonly Output[],
  before: Status | undefined,
  after: Status | undefined,
): Verdict {
  if (outputs.length > 0) throw new Error("an answer on a lane that has none");
  if (!before || !after) return { kind: "ignored", codes: [] };
  if (after.refusedResults === before.refusedResults) {
    agree(understood, undefined, []);
    return { kind: "accepted", codes: [] };
  }
  const code = codeOf("REFUSAL", LedgerRefusal, after.lastRefusal);
  const kind = (understood as { transactionKind?: number } | undefined)?.transactionKind ?? 0;
  // A kind that there is not is a fault of the frame's shape, which the schema cannot say.
  agree(kind > 3 ? undefined : understood, code, []);
  return { kind: understood === undefined ? "malformed" : "rejected", codes: [code], counted: true };
}

function judgePrivate(
  understood: unknown,
  outputs: readonly Output[],
  before: Status | undefined,
  after: Status | undefined,
): Verdict {
  const codes = outputs.flatMap(({ lane, frame }) =>
    lane === "ledgerToHost" && frame.kind === "rejected" ? [codeOf("LEDGER", LedgerRejection, frame.code)] : [],
  );
  if (understood === undefined) {
    if (outputs.length > 0) throw new Error("answers what the lane's codec does not take");
    return { kind: "malformed", codes };
  }
  if (codes.length > 0) return { kind: codes[0] === "LEDGER.vaultRefused" ? "accepted" : "rejected", codes };
  const grown = before && after && after.arenaBytesUsed > before.arenaBytesUsed;
  return { kind: outputs.length > 0 || grown ? "accepted" : "ignored", codes };
}

/** The first checkpoint of a chain that the ledger is not configured for. */
function strangeSituation(subject: Subject): Situation {
  const world = new World().start();
  world.commit([]);
  const { summary } = world.checkpoints[1]!;
  const config = encode(Config.ledger, { ...CONFIG, chain: named("another chain") });
  const install = frameOf("orderToLedger", { kind: "install", summary });
  return situationAfter("of another chain", subject, config, [], [install], 0.05);
}

export function ledgerTarget(boots: readonly Boot[]): Target {
  const modelled = history();
  return {
    name: "ledger",
    tables: { LEDGER: LedgerRejection, REFUSAL: LedgerRefusal },
    unreachable: {},
    bounds: {
      // A byte of a proof may open a node, whose old and new hash take some 4,000 instructions each.
      hostToLedger: { base: 1_000_000, perByte: 8_000 },
      // Places of the commit are gone through in pairs when the pool is packed together.
      executeToLedger: { base: 16_000_000, perByte: 1_000 },
      orderToLedger: { base: 100_000, perByte: 100 },
      vaultToLedger: { base: 20_000, perByte: 20 },
    },
    counters: COUNTERS,
    situations: (subject) => [
      ...situationsOf("ledger", subject, [...boots, modelled], SITUATIONS),
      ...fullSituations(subject, modelled),
      strangeSituation(subject),
      situationAfter("half a configuration", subject, ANY_CHAIN.subarray(0, 9), [], modelled.frames.slice(0, 2), 0.05),
    ],
    before: status,
    judge: (lane, understood, outputs, subject, before) => {
      if (lane === "executeToLedger") return judgeResult(understood, outputs, before as Status, status(subject));
      if (lane === "orderToLedger" || lane === "vaultToLedger") {
        return judgePrivate(understood, outputs, before as Status, status(subject));
      }
      return judgeHost(understood, outputs);
    },
  };
}
