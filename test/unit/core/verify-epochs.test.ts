/** `verify` over epochs: the committee in force is genesis's, or one that a quorum of a committee in force has put there. */
import { describe, expect, it } from "vitest";
import { Certificate } from "../../../core/wire/frames.ts";
import { encode } from "../../../core/wire/schema.ts";
import { CLASSIC, FAULT_KINDS, type FaultRule } from "../../../core/wire/thresholds.ts";
import { neighbours } from "../../support/neighbours.ts";
import { summaryOf as checkpointOf } from "./order-support.ts";
import {
  block,
  CHAIN,
  EPOCH,
  GENESIS,
  genesisOf,
  hash,
  header,
  keysOf as keyed,
  members,
  NO_CHAIN,
  rejection,
  utf8,
  vaultSign,
  verifier,
} from "./verify-support.ts";

const ZERO = new Uint8Array(32);
/** The first committee, and the one after it: two of four stay, at other places. */
const FIRST = [0, 1, 2, 3];
const SECOND = [4, 1, 0, 5];

interface Changes {
  readonly epoch?: bigint;
  readonly next?: readonly Uint8Array[] | null;
  readonly protocolVersion?: bigint;
  readonly chain?: Uint8Array;
  /** The chain that the summary names, if it is not the one that it is signed for. */
  readonly named?: Uint8Array;
  readonly faults?: FaultRule;
}

const keysOf = (committee: readonly number[]) => committee.map((member) => members[member]!.publicKey);

/** An epoch's last checkpoint. */
function summaryOf({
  epoch = EPOCH,
  next = keysOf(SECOND),
  protocolVersion = 38n,
  chain = CHAIN,
  named = chain,
  faults = CLASSIC,
}: Changes = {}) {
  const commit = { index: 9n, round: 4n, timestampMs: 5n, commitDigest: ZERO, leaderBlock: ZERO };
  const sequence = 9n + epoch;
  return checkpointOf(commit, { epoch, sequence, ...(next && { next }), protocolVersion, chain: named, faults });
}

const digestOf = (summary: Uint8Array) => hash(utf8("CheckpointSummary::"), summary);

/** Signatures of members of a committee, by their places in it. */
function certificateOf(
  summary: Uint8Array,
  committee: readonly number[],
  places: readonly number[],
  { epoch = EPOCH, chain = CHAIN }: Changes = {},
) {
  const sign = (author: number) => {
    const slot = 9n + epoch;
    return vaultSign(author, { kind: 2, slot, digest: digestOf(summary), chain, epoch, by: committee[author]! });
  };
  const signatures = places.map((author) => ({ author, boot: 1n, signature: sign(author) }));
  return encode(Certificate, { epoch, signatures });
}

const endOf = (changes: Changes = {}, committee = FIRST, places = [0, 1, 2]) => {
  const summary = summaryOf(changes);
  return { summary, certificate: certificateOf(summary, committee, places, changes) };
};

const blockOf = (committee: readonly number[], author: number, epoch: bigint) => {
  const fields = header({ author, epoch });
  const digest = hash(utf8("CaissonBlock::"), encodeHeader(fields));
  return block(fields, vaultSign(author, { kind: 1, slot: fields.round, digest, epoch, by: committee[author]! }));
};
const encodeHeader = (fields: ReturnType<typeof header>) => block(fields).slice(0, -3_309);

const takesBlock = (on: ReturnType<typeof verifier>, bytes: Uint8Array): boolean =>
  on.step("hostToVerify", { kind: "block", id: 1n, block: bytes })[0]!.frame.kind === "block";

const takesCheckpoint = (on: ReturnType<typeof verifier>, end: ReturnType<typeof endOf>): boolean =>
  on.step("hostToVerify", { kind: "checkpoint", id: 1n, ...end })[0]!.frame.kind === "checkpoint";

/** Nothing is served: the configuration was not taken. */
const isNotReady = (on: ReturnType<typeof verifier>): boolean =>
  rejection(on.step("hostToVerify", { kind: "block", id: 1n, block: new Uint8Array(0) })).name === "notReady";

describe("the end of an epoch", () => {
  it("puts the next epoch and its committee in force", () => {
    const on = verifier({ ends: [endOf()] });
    for (const author of [0, 1, 2, 3]) expect(takesBlock(on, blockOf(SECOND, author, EPOCH + 1n))).toBe(true);
    for (const author of [0, 1, 2, 3]) {
      expect(takesBlock(on, blockOf(FIRST, author, EPOCH + 1n)), `key of the first committee, ${author}`).toBe(
        author === 1,
      );
      expect(takesBlock(on, blockOf(FIRST, author, EPOCH))).toBe(false);
    }
    const later = { epoch: EPOCH + 1n };
    expect(takesCheckpoint(on, endOf(later, SECOND))).toBe(true);
    expect(takesCheckpoint(on, endOf(later, FIRST))).toBe(false);
  });

  it("puts as many members in force as it names, and no key of one that was there before", () => {
    const [more, fewer] = [
      [4, 1, 0, 5, 2],
      [6, 4, 1],
    ];
    const five = verifier({ ends: [endOf({ next: keysOf(more!) })] });
    expect(takesBlock(five, blockOf(more!, 4, EPOCH + 1n))).toBe(true);
    const three = verifier({ ends: [endOf({ next: keysOf(fewer!) })] });
    expect(takesBlock(three, blockOf(fewer!, 2, EPOCH + 1n))).toBe(true);
    expect(takesBlock(three, blockOf(FIRST, 3, EPOCH + 1n))).toBe(false);
  });

  it("leads from one to the next, and may be left out when its members signed the one after it", () => {
    const [second, third] = [endOf(), endOf({ epoch: EPOCH + 1n, next: keysOf([6, 4, 1]) }, SECOND)];
    const skipped = endOf({ epoch: EPOCH + 4n, next: keysOf([6, 4, 1]) });
    for (const [ends, epoch] of [
      [[second, third], EPOCH + 2n],
      [[skipped], EPOCH + 5n],
    ] as const) {
      expect(takesBlock(verifier({ ends }), blockOf([6, 4, 1], 0, epoch))).toBe(true);
    }
    expect(isNotReady(verifier({ ends: [third, second] }))).toBe(true);
    expect(isNotReady(verifier({ ends: [second, second] }))).toBe(true);
  });

  it("passes once more as the checkpoint that the next epoch begins with, and no other of its epoch does", () => {
    const end = endOf();
    const on = verifier({ ends: [end] });
    expect(takesCheckpoint(on, { ...end, certificate: new Uint8Array() })).toBe(true);
    expect(takesCheckpoint(on, endOf({ next: null }))).toBe(false);
    expect(takesCheckpoint(verifier(), end)).toBe(true); // before it, it is one as any other
  });

  it("is none of a chain that its summary does not name, whoever signed it", () => {
    const chain = hash(utf8("another chain"));
    const others = summaryOf({ next: null, chain });
    expect(takesCheckpoint(verifier(), { summary: others, certificate: certificateOf(others, FIRST, [0, 1, 2]) })).toBe(
      false,
    );
    const ours = summaryOf({ next: null });
    expect(takesCheckpoint(verifier(), { summary: ours, certificate: certificateOf(ours, FIRST, [0, 1, 2]) })).toBe(
      true,
    );
  });

  it("is none without a quorum of the committee in force", () => {
    for (const places of [[], [0, 1], [0, 0, 1], [0, 1, 7]]) {
      const committee = [...FIRST, 4, 5, 6, 4];
      expect(isNotReady(verifier({ ends: [endOf({}, committee, places)] })), String(places)).toBe(true);
    }
    expect(isNotReady(verifier({ ends: [endOf({}, SECOND)] }))).toBe(true);
    expect(isNotReady(verifier({ ends: [endOf({ epoch: EPOCH - 1n })] }))).toBe(true);
  });

  it("is none that names no committee, another chain's, or of a protocol that is not followed", () => {
    const upstreams = new Uint8Array(96).fill(3);
    for (const changes of [
      { next: null },
      { next: [] },
      { next: [...keysOf(FIRST), upstreams] },
      { protocolVersion: 39n },
      { named: hash(utf8("another chain")) },
      { faults: { ...CLASSIC, kind: 1 } },
      { faults: { ...CLASSIC, k: 256 } },
    ]) {
      expect(isNotReady(verifier({ ends: [endOf(changes)] }))).toBe(true);
    }
    const { summary, certificate } = endOf();
    for (const cut of [summary.subarray(0, -1), Uint8Array.from([...summary, 0]), summary.subarray(0, 12)]) {
      expect(isNotReady(verifier({ ends: [{ summary: cut, certificate }] }))).toBe(true);
    }
    expect(isNotReady(verifier({ origin: NO_CHAIN, ends: [endOf()] }))).toBe(true);
  });

  it("is none when the chain's fault rule does not make the next committee safe", () => {
    const faults = { ...CLASSIC, kind: FAULT_KINDS.indexOf("threeDelays"), b: 1 };
    const origin = genesisOf(GENESIS.committee, { faults });
    const chain = digestOf(origin.summary);
    const on = (next: readonly number[]) => verifier({ origin, ends: [endOf({ faults, chain, next: keysOf(next) })] });
    expect(isNotReady(on([4, 1, 0, 5]))).toBe(false);
    expect(isNotReady(on([4, 1, 0]))).toBe(true);
  });

  it("is none when a byte of it is another", () => {
    const { summary, certificate } = endOf();
    expect(isNotReady(verifier({ ends: [{ summary, certificate }] }))).toBe(false);
    for (let at = 0; at < summary.length; at += 211) {
      const other = summary.with(at, summary[at]! ^ 1);
      expect(isNotReady(verifier({ ends: [{ summary: other, certificate }] })), String(at)).toBe(true);
    }
  });
});

describe("genesis", () => {
  const unsigned = (summary: Uint8Array) => ({ summary, certificate: new Uint8Array() });

  it("is taken without a signature: the chain is named by it", () => {
    expect(takesCheckpoint(verifier(), unsigned(GENESIS.summary))).toBe(true);
    const another = genesisOf(GENESIS.committee, { epochDurationMs: 7n });
    expect(takesCheckpoint(verifier(), unsigned(another.summary))).toBe(false);
    expect(takesCheckpoint(verifier({ origin: another }), unsigned(another.summary))).toBe(true);
  });

  it("names the committee: no other is served", () => {
    const committee = (keys: readonly { publicKey: Uint8Array }[]) =>
      isNotReady(verifier({ origin: { ...GENESIS, committee: keys } }));
    expect(committee(GENESIS.committee)).toBe(false);
    expect(committee([])).toBe(true);
    expect(committee(GENESIS.committee.slice(1))).toBe(true);
    expect(committee([...GENESIS.committee].reverse())).toBe(true);
    expect(committee([...GENESIS.committee, ...keyed([members[4]!])])).toBe(true);
    expect(committee(keyed([members[4]!, ...members.slice(1, 4)]))).toBe(true);
  });

  it("is a whole checkpoint 0, of no chain but its own, of this protocol, with a committee that its rule makes safe", () => {
    const { environment } = NO_CHAIN;
    const of = (changes: Parameters<typeof genesisOf>[1], committee = GENESIS.committee) =>
      isNotReady(verifier({ origin: genesisOf(committee, changes) }));
    expect(of({})).toBe(false);
    expect(of({ chain: CHAIN })).toBe(true);
    expect(of({ version: 4 })).toBe(true);
    expect(of({ environment: { ...environment, protocolVersion: 39n } })).toBe(true);
    expect(of({ faults: { ...CLASSIC, b: 1 } })).toBe(true);
    expect(of({}, [])).toBe(true);
    expect(of({ committeeDigest: ZERO })).toBe(true);
    for (const committeeDigest of neighbours(hash(utf8("")))) expect(of({ committeeDigest })).toBe(true);
    const later = summaryOf({ next: null, chain: ZERO });
    expect(isNotReady(verifier({ origin: { ...GENESIS, summary: later } }))).toBe(true);
    for (const cut of [GENESIS.summary.subarray(0, -1), Uint8Array.from([...GENESIS.summary, 0])]) {
      expect(isNotReady(verifier({ origin: { ...GENESIS, summary: cut } }))).toBe(true);
    }
  });
});
