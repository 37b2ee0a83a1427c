/** `order` for a committee of one, through its frames, against an independent account of every format. */
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { defaultOrder, ORDER_ARENA_BYTES, orderArenaBytes } from "../../../core/wire/capacities.ts";
import { BlockFault, codeNumber, OrderRejection, VaultRefusal } from "../../../core/wire/codes.ts";
import { LANES, type LaneName } from "../../../core/wire/frames.ts";
import * as limit from "../../../core/wire/limits.ts";
import { decode, WireError } from "../../../core/wire/schema.ts";
import type { Output } from "../../support/component.ts";
import {
  beginning,
  blockOf,
  bytes32,
  CHAIN,
  commitDigestOf,
  EPOCH,
  EPOCH_START_MS,
  HOST_ID,
  hash,
  inBlock,
  loneResume,
  Order,
  type OrderConfig,
  orderConfig,
  prologueOf,
  ref,
  summaryDigest,
  summaryOf,
  type Transaction,
  transaction,
  ZERO,
} from "./order-support.ts";

const rejected = (name: keyof typeof OrderRejection, a = 0n, b = 0n, id = HOST_ID) => [
  { lane: "orderToHost", frame: { kind: "rejected", id, code: codeNumber(OrderRejection, name), a, b } },
];
const asksFor = (round: bigint, digest: Uint8Array) => [
  { lane: "orderToVault", frame: { kind: "signBlock", epoch: EPOCH, round, digest } },
];

/** The frames of a commit, as they must be. */
function commitFrames(
  index: bigint,
  round: bigint,
  timestampMs: bigint,
  previous: Uint8Array,
  block: Uint8Array,
  list: Transaction[],
) {
  const commitDigest = commitDigestOf(previous, index, round, block);
  const prologue = prologueOf(round, timestampMs, commitDigest);
  const prologueDigest = hash("TransactionData::", prologue);
  const system = { digest: prologueDigest, sender: ZERO, gasOwner: ZERO, signaturesDigest: ZERO };
  const head = { index, round, timestampMs, commitDigest };
  return {
    commitDigest,
    frames: [
      {
        lane: "orderToHost",
        frame: {
          kind: "committed",
          ...head,
          prologue,
          transactions: [prologueDigest, ...list.map(({ digest }) => digest)],
          leader: ref(0, round, block),
          complete: true,
          endOfEpoch: false,
          horizon: round - 1n,
          blocks: [ref(0, round, block)],
          skipped: [],
        },
      },
      {
        lane: "orderToLedger",
        frame: {
          kind: "commit",
          ...head,
          leaderBlock: block,
          resume: loneResume(round),
          endOfEpoch: false,
          transactions: [system, ...list.map(({ gasObjects: _, ...one }) => one)],
        },
      },
    ],
  };
}

let order: Order;
beforeEach(() => {
  order = new Order();
  order.ready();
});

describe("a proposal", () => {
  it("becomes a block, and a commit when the vault has signed it", () => {
    const list = [transaction(1), transaction(2)];
    order.verified(...list);
    const first = blockOf({
      round: 1n,
      parents: [beginning()],
      timestampMs: 1_000n,
      transactions: inBlock(list),
    });
    expect(order.propose(list)).toEqual(asksFor(1n, first.digest));
    const commit = commitFrames(1n, 1n, 1_000n, ZERO, first.digest, list);
    expect(order.signed(1n, first.digest)).toEqual([
      {
        lane: "orderToHost",
        frame: { kind: "proposed", id: HOST_ID, round: 1n, digest: first.digest, block: first.block },
      },
      ...commit.frames,
    ]);
    const second = blockOf({ round: 2n, parents: [ref(0, 1n, first.digest)], timestampMs: 1_000n, transactions: [] });
    expect(order.propose([], 900n)).toEqual(asksFor(2n, second.digest)); // time does not go back
    expect(order.signed(2n, second.digest).slice(1)).toEqual(
      commitFrames(2n, 2n, 1_000n, commit.commitDigest, second.digest, []).frames,
    );
  });

  it("takes the round after the vault's highest, and skips what was lost", () => {
    order = new Order();
    order.ready({ boot: 4n, round: 7n });
    const block = blockOf({ boot: 4n, round: 8n, parents: [beginning()], timestampMs: 5n, transactions: [] });
    expect(order.propose([], 5n)).toEqual(asksFor(8n, block.digest));
  });

  it("may hold as many transactions as a block can", () => {
    const list = Array.from({ length: limit.MAX_BLOCK_TRANSACTIONS }, (_, i) => transaction(i));
    const outputs = order.makeBlock(list);
    const block = blockOf({
      round: 1n,
      parents: [beginning()],
      timestampMs: 1_000n,
      transactions: inBlock(list),
    });
    expect(outputs.slice(1)).toEqual(commitFrames(1n, 1n, 1_000n, ZERO, block.digest, list).frames);
  });

  it("waits for no answer but the vault's own to this block", () => {
    order.propose([]);
    const { digest } = blockOf({ round: 1n, parents: [beginning()], timestampMs: 1_000n, transactions: [] });
    expect(order.signed(2n, digest)).toEqual([]);
    expect(order.signed(1n, bytes32(3))).toEqual([]);
    expect(order.signed(1n, digest, 2n)).toEqual([]);
    expect(order.signed(1n, digest)).toHaveLength(3);
    expect(order.signed(1n, digest)).toEqual([]);
  });

  it("keeps its transactions though the pool drops them meanwhile", () => {
    const kept = transaction(1);
    order.verified(kept);
    order.propose([kept]);
    for (let i = 0; i < limit.MAX_POOL_TRANSACTIONS; i++) order.verified(transaction(100 + i));
    const block = blockOf({ round: 1n, parents: [beginning()], timestampMs: 1_000n, transactions: inBlock([kept]) });
    expect(order.signed(1n, block.digest).slice(1)).toEqual(
      commitFrames(1n, 1n, 1_000n, ZERO, block.digest, [kept]).frames,
    );
  });

  it("names the signatures verified last", () => {
    const list = [{ ...transaction(1), signaturesDigest: bytes32(99) }];
    order.verified(transaction(1));
    const frame = order.makeBlock(list)[2]!.frame;
    expect(frame).toMatchObject({ transactions: [{}, { signaturesDigest: bytes32(99) }] });
  });
});

describe("a proposal is rejected", () => {
  it("before the vault is ready", () => {
    expect(new Order().propose([])).toEqual(rejected("notReady"));
  });

  it("without a configuration, or with one that is not sound or does not fit", () => {
    const { capacities, thresholds } = orderConfig({ committeeSize: 4 });
    const unsound: Partial<OrderConfig>[] = [
      { author: 1 },
      { committeeSize: 0 },
      { leadersPerRound: 0 },
      { leadersPerRound: 2 },
      { leaders: [1] },
      { capacities: { ...capacities, twins: 0 } },
      { capacities: { ...capacities, rounds: capacities.depth } },
      { capacities: { ...capacities, poolTransactions: 0 } },
      { committeeSize: 4, thresholds: { ...thresholds, parents: 0 } },
      { committeeSize: 4, thresholds: { ...thresholds, wave: 4 } },
      { committeeSize: 4, capacities: { ...capacities, rounds: 1_000, blockTransactions: 512 } },
    ];
    for (const changes of unsound) {
      const refused = new Order(changes);
      refused.ready();
      expect(refused.propose([]), JSON.stringify(changes)).toEqual(rejected("notReady"));
    }
    order.component.init(new Uint8Array(5));
    expect(order.propose([])).toEqual(rejected("notReady"));
    expect(order.accept(new Uint8Array())).toEqual(rejected("notReady"));
    expect(order.install(new Uint8Array())).toEqual(rejected("notReady"));
  });

  it("has an arena of the size that the formula says", () => {
    for (const n of [1, 2, 4, 7, 10, 100]) {
      const { leadersPerRound, leaders, capacities } = defaultOrder(n);
      const length = new Order({ committeeSize: n }).component.state().length;
      expect(length).toBe(orderArenaBytes(n, leadersPerRound, leaders, capacities));
      expect(length).toBeLessThan(ORDER_ARENA_BYTES);
    }
    const tiny = { ...defaultOrder(3).capacities, twins: 1, rounds: 8, depth: 4, blockTransactions: 0 };
    const capacities = { ...tiny, poolTransactions: 1, poolGasObjects: 1, orderedDigests: 1, verifiedItems: 8 };
    const length = new Order({ committeeSize: 3, leaders: [0, 1, 2], capacities }).component.state().length;
    expect(length).toBe(orderArenaBytes(3, 2, [0, 1, 2], capacities));
    expect(length).toBeLessThan(8_192);
  });

  it("with a transaction that is not verified, or there twice, or ordered lately", () => {
    order.verified(transaction(1), transaction(2));
    expect(order.propose([transaction(1), transaction(3)])).toEqual(rejected("unverifiedTransaction", 1n));
    expect(order.propose([transaction(1), transaction(2), transaction(1)])).toEqual(
      rejected("duplicateTransaction", 2n),
    );
    order.makeBlock([transaction(1)]);
    order.verified(transaction(1));
    expect(order.propose([transaction(2), transaction(1)])).toEqual(rejected("duplicateTransaction", 1n));
    expect(order.propose([transaction(2)])[0]!.frame.kind).toBe("signBlock");
  });

  it("with one gas object for two transactions, whatever the ids", () => {
    const shared = bytes32(42);
    const list = [
      transaction(1, [bytes32(7), bytes32(8)]),
      transaction(2, [shared, bytes32(9)]),
      transaction(3, [bytes32(1)]),
      transaction(4, [bytes32(10), shared]),
      transaction(5, [shared]),
    ];
    order.verified(...list);
    expect(order.propose(list)).toEqual(rejected("gasObjectTwice", 3n));
    expect(order.propose(list.slice(0, 3))[0]!.frame.kind).toBe("signBlock");
  });

  it("with gas objects shared anywhere: as a set says (random)", () => {
    const blocks = fc.array(
      fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }).map((ids) => [...new Set(ids)]),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(blocks, (ids) => {
        const fresh = order.component;
        const state = fresh.state();
        const list = ids.map((one, i) => transaction(i, one.map(bytes32)));
        order.verified(...list);
        const seen = new Set<number>();
        const twice = ids.findIndex((one) => one.some((n) => seen.has(n)) || !one.every((n) => seen.add(n)));
        const [output] = order.propose(list);
        if (twice < 0) expect(output!.frame.kind).toBe("signBlock");
        else expect([output]).toEqual(rejected("gasObjectTwice", BigInt(twice)));
        fresh.restore(state);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it("while a signature is out", () => {
    order.propose([]);
    expect(order.propose([])).toEqual(rejected("busy"));
    expect(order.sign(new Uint8Array(3))).toEqual(rejected("busy"));
  });

  it("when the vault refuses, and the next one takes the round after a slot that is gone", () => {
    const refuse = (name: keyof typeof VaultRefusal, round: bigint) =>
      order.component.step("vaultToOrder", {
        kind: "refused",
        code: codeNumber(VaultRefusal, name),
        slot: round,
        digest: blockOf({ round, parents: [beginning()], timestampMs: 1_000n, transactions: [] }).digest,
      });
    const code = (name: keyof typeof VaultRefusal) => BigInt(codeNumber(VaultRefusal, name));
    order.propose([]);
    expect(refuse("unbound", 1n)).toEqual(rejected("vaultRefused", code("unbound"), 1n));
    expect(order.propose([])[0]!.frame).toMatchObject({ round: 1n });
    expect(refuse("slotTaken", 1n)).toEqual(rejected("vaultRefused", code("slotTaken"), 1n));
    expect(order.propose([])[0]!.frame).toMatchObject({ round: 2n });
  });

  it("when the vault's boot failed, or it is of another chain", () => {
    order = new Order();
    const failure = codeNumber(VaultRefusal, "rolledBack");
    order.component.step("vaultToOrder", { kind: "refused", code: failure, slot: 0n, digest: ZERO });
    expect(order.propose([])).toEqual(rejected("vaultRefused", BigInt(failure)));
    for (let at = 0; at < 32; at++) {
      for (const chain of [ZERO.with(at, 1), CHAIN.with(at, 0)]) {
        order.begin().ready({ chain });
        expect(order.propose([])).toEqual(rejected("vaultRefused", BigInt(codeNumber(VaultRefusal, "otherChain"))));
      }
    }
    order = new Order();
    order.ready({ chain: ZERO });
    expect(order.propose([])[0]!.frame.kind).toBe("signBlock");
  });

  it("after the vault's boot failed, though it says that it is ready; and a block of ours from then is not taken", () => {
    const failure = codeNumber(VaultRefusal, "rolledBack");
    const { block, digest } = blockOf({ round: 1n, parents: [beginning()], timestampMs: 5n, transactions: [] });
    order = new Order();
    order.component.step("vaultToOrder", { kind: "refused", code: failure, slot: 0n, digest: ZERO });
    order.ready({ round: 1n });
    order.verifiedItem("block", digest);
    expect(order.propose([])).toEqual(rejected("vaultRefused", BigInt(failure)));
    expect(order.accept(block)).toEqual(rejected("vaultRefused", BigInt(failure)));
  });
});

describe("the pool", () => {
  it("drops the oldest when it is full", () => {
    for (let i = 0; i <= limit.MAX_POOL_TRANSACTIONS; i++) order.verified(transaction(i));
    expect(order.propose([transaction(0)])).toEqual(rejected("unverifiedTransaction"));
    expect(order.propose([transaction(1), transaction(limit.MAX_POOL_TRANSACTIONS)])[0]!.frame.kind).toBe("signBlock");
  });

  it("drops the oldest when gas objects fill it", () => {
    const many = (n: number) =>
      transaction(
        n,
        Array.from({ length: limit.MAX_GAS_OBJECTS }, (_, i) => bytes32(10_000_000 + n * 1_000 + i)),
      );
    for (let n = 0; n < 129; n++) order.verified(many(n)); // room for 32,768 ids, 128 times 256
    expect(order.propose([many(0)])).toEqual(rejected("unverifiedTransaction"));
    expect(order.propose([many(1), many(128)])[0]!.frame.kind).toBe("signBlock");
  });

  it("serves again after many rounds through its rings", () => {
    for (let block = 0; block < 40; block++) {
      const list = Array.from({ length: 500 }, (_, i) => transaction(block * 500 + i));
      expect(order.makeBlock(list)).toHaveLength(3);
    }
    expect(order.propose([transaction(19_999)])).toEqual(rejected("duplicateTransaction"));
    order.verified(transaction(0)); // 20,000 digests ago: no longer remembered
    expect(order.propose([transaction(0)])[0]!.frame.kind).toBe("signBlock");
  });
});

/** Makes blocks, and keeps what a host would: blocks, and what was sent at each. */
function history(blocks: number): {
  readonly stored: Uint8Array[];
  readonly commits: Output[][];
  readonly lists: Transaction[][];
} {
  const lists = Array.from({ length: blocks }, (_, b) => [transaction(10 * b), transaction(10 * b + 1)]);
  const outputs = lists.map((list, b) => order.makeBlock(list, 1_000n + BigInt(b)));
  const stored = outputs.map(([made]) => {
    if (made?.lane !== "orderToHost" || made.frame.kind !== "proposed") throw new Error("no block");
    return made.frame.block;
  });
  return { stored, commits: outputs.map((output) => output.slice(1)), lists };
}

/** Gives a stored block back to an `order` that has started again. */
function giveBack(again: Order, block: Uint8Array, list: Transaction[]): Output[] {
  again.verified(...list);
  again.verifiedItem("block", hash("CaissonBlock::", block.subarray(0, block.length - 3309)));
  return again.accept(block);
}

const accepted = { lane: "orderToHost", frame: { kind: "accepted", id: HOST_ID } };

describe("after a restart", () => {
  it("stored blocks give the same commits, from the beginning", () => {
    const { stored, commits, lists } = history(4);
    const again = new Order();
    again.ready({ boot: 2n, round: 4n });
    stored.forEach((block, i) => {
      expect(giveBack(again, block, lists[i]!)).toEqual([accepted, ...commits[i]!]);
    });
    expect(again.propose([], 0n)[0]!.frame).toMatchObject({ kind: "signBlock", round: 5n });
  });

  it("stored blocks give the same commits, from any checkpoint", () => {
    const { stored, commits, lists } = history(4);
    for (let from = 1; from < 4; from++) {
      const frame = commits[from - 1]![1]!.frame;
      if (frame.kind !== "commit") throw new Error(frame.kind);
      const summary = summaryOf(frame);
      const again = new Order();
      again.verifiedItem("checkpoint", summaryDigest(summary));
      expect(again.install(summary)).toEqual([
        accepted,
        { lane: "orderToLedger", frame: { kind: "install", summary } },
      ]);
      again.ready({ boot: 2n, round: 4n });
      // The block that the checkpoint's commit ended with is above the horizon, and needs no transactions any more.
      expect(giveBack(again, stored[from]!, lists[from]!)[0]?.frame.kind).toBe("missing");
      expect(giveBack(again, stored[from - 1]!, [])).toEqual([accepted]);
      for (let i = from; i < 4; i++) {
        expect(giveBack(again, stored[i]!, lists[i]!)).toEqual([accepted, ...commits[i]!]);
      }
    }
  });

  it("installing the genesis checkpoint is the same as beginning", () => {
    const genesis = { index: 0n, round: 0n, timestampMs: 999_999n, commitDigest: ZERO, leaderBlock: ZERO };
    const summary = summaryOf(genesis, { chain: ZERO });
    const chain = summaryDigest(summary);
    const [installed, begun] = [new Order({ chain }), new Order({ chain })];
    installed.verifiedItem("checkpoint", chain);
    expect(installed.install(summary)).toHaveLength(2);
    installed.ready({ chain });
    begun.ready({ chain });
    const made = installed.makeBlock([transaction(1)], 0n); // by a clock that is behind the chain's beginning
    expect(made[1]!.frame).toMatchObject({ kind: "committed", timestampMs: EPOCH_START_MS });
    expect(made).toEqual(begun.makeBlock([transaction(1)], 0n));
  });

  it("a checkpoint counts only when verify has a committee of our size in force", () => {
    const genesis = { index: 0n, round: 0n, timestampMs: 1n, commitDigest: ZERO, leaderBlock: ZERO };
    const summary = summaryOf(genesis, { chain: ZERO });
    const chain = summaryDigest(summary);
    for (const committeeSize of [0, 1, 2, 4, 256, 257]) {
      const order = new Order({ chain });
      order.verifiedItem("checkpoint", chain, committeeSize);
      expect(order.install(summary), String(committeeSize)).toEqual(
        committeeSize === 1 ? [expect.anything(), expect.anything()] : rejected("unverifiedCheckpoint"),
      );
    }
  });

  it("a checkpoint that no quorum has signed counts only when it was our own vault", () => {
    const genesis = { index: 0n, round: 0n, timestampMs: 1n, commitDigest: ZERO, leaderBlock: ZERO };
    const summary = summaryOf(genesis, { chain: ZERO });
    const chain = summaryDigest(summary);
    const installs = (key: Uint8Array, committeeSize = 1, isReady = true): boolean => {
      const order = new Order({ chain });
      if (isReady) order.ready({ chain });
      order.verifiedOwn(chain, key, committeeSize);
      return order.install(summary)[0]!.frame.kind === "accepted";
    };
    const ours = new Uint8Array(1952);
    expect(installs(ours)).toBe(true);
    expect(installs(ours, 2)).toBe(false);
    expect(installs(ours, 1, false)).toBe(false);
    expect(installs(ours.with(1951, 1))).toBe(false);
  });

  it("a block is rejected unless it continues our chain", () => {
    const { stored, lists } = history(3);
    const [first, second] = stored.map((block) => hash("CaissonBlock::", block.subarray(0, block.length - 3309)));
    const good = {
      round: 2n,
      parents: [ref(0, 1n, first!)],
      timestampMs: 1_001n,
      transactions: inBlock(lists[1]!),
    };
    const fault = (name: keyof typeof BlockFault) => BigInt(codeNumber(BlockFault, name));
    const bad = [
      [{ ...good, chain: bytes32(1) }, "invalidBlock", fault("otherChain")],
      [{ ...good, epoch: EPOCH + 1n }, "invalidBlock", fault("otherChain")],
      [{ ...good, author: 1 }, "invalidBlock", fault("unknownAuthor")],
      [{ ...good, round: 0n }, "invalidBlock", fault("wrongRound")],
      [{ ...good, round: 1n }, "invalidBlock", fault("wrongParentRound")],
      [{ ...good, round: 4n }, "invalidBlock", fault("unsigned")],
      [{ ...good, parents: [] }, "invalidBlock", fault("noOwnParent")],
      [{ ...good, parents: [beginning(0, bytes32(4))] }, "invalidBlock", fault("wrongParentRound")],
      [{ ...good, parents: [ref(0, 2n, second!)] }, "invalidBlock", fault("wrongParentRound")],
      [{ ...good, parents: [ref(0, 1n, first!), ref(0, 1n, second!)] }, "invalidBlock", fault("parentTwice")],
      [{ ...good, parents: [ref(0, 1n, first!), ref(1, 1n, second!)] }, "invalidBlock", fault("parentTwice")],
      [{ ...good, round: 1n, parents: [beginning()] }, "tooManyTwins", 1n],
    ] as const;
    const again = new Order();
    again.ready({ boot: 2n, round: 3n });
    giveBack(again, stored[0]!, lists[0]!);
    for (const [parts, code, a] of bad) {
      const { block } = blockOf(parts);
      const before = Buffer.from(again.component.state());
      expect(giveBack(again, block, [])).toEqual(rejected(code, a));
      expect(again.component.state().subarray(0, 368)).toEqual(new Uint8Array(before.subarray(0, 368)));
    }
    expect(again.accept(stored[1]!)).toEqual(rejected("unverifiedBlock"));
    expect(again.accept(stored[1]!.subarray(1))).toEqual(rejected("invalidBlock", fault("malformed")));
    const stranger = ref(0, 1n, bytes32(8));
    expect(giveBack(again, blockOf({ ...good, parents: [stranger] }).block, lists[1]!)[0]!.frame).toEqual({
      kind: "missing",
      id: HOST_ID,
      parents: [stranger],
      transactions: [],
    });
    const fresh = new Order();
    fresh.ready({ boot: 2n, round: 3n });
    giveBack(fresh, stored[0]!, lists[0]!);
    expect(giveBack(fresh, stored[1]!, lists[1]!.slice(0, 1))[0]!.frame).toEqual({
      kind: "missing",
      id: HOST_ID,
      parents: [],
      transactions: inBlock(lists[1]!.slice(1)),
    });
    expect(giveBack(again, blockOf(good).block, lists[1]!)).toHaveLength(3);
    expect(giveBack(again, stored[1]!, lists[1]!)).toEqual([accepted]);
    expect(giveBack(again, stored[0]!, lists[0]!)).toEqual(rejected("belowHorizon", 1n));
  });
});

describe("install is rejected", () => {
  const commit = { index: 5n, round: 9n, timestampMs: 70n, commitDigest: bytes32(1), leaderBlock: bytes32(2) };
  const verifiedInstall = (summary: Uint8Array) => {
    order.verifiedItem("checkpoint", summaryDigest(summary));
    return order.install(summary);
  };

  it("unless `verify` has passed it", () => {
    expect(order.install(summaryOf(commit))).toEqual(rejected("unverifiedCheckpoint"));
  });

  it("for another chain or epoch", () => {
    expect(verifiedInstall(summaryOf(commit, { chain: bytes32(4) }))).toEqual(rejected("unverifiedCheckpoint"));
    expect(verifiedInstall(summaryOf(commit, { chain: ZERO, sequence: 0n }))).toEqual(rejected("unverifiedCheckpoint"));
    expect(verifiedInstall(summaryOf(commit, { epoch: EPOCH + 1n }))).toEqual(rejected("unverifiedCheckpoint"));
  });

  it("when it is malformed", () => {
    expect(verifiedInstall(summaryOf(commit).subarray(1))).toEqual(rejected("malformedFrame"));
    expect(verifiedInstall(summaryOf(commit, { version: 1 }))).toEqual(rejected("malformedFrame"));
  });

  it("when its numbers are so high that counting on from them could come to an end", () => {
    const last = 1n << 63n;
    expect(verifiedInstall(summaryOf(commit, { sequence: last }))).toEqual(rejected("malformedFrame"));
    expect(verifiedInstall(summaryOf({ ...commit, index: last }, { sequence: 5n }))).toEqual(
      rejected("malformedFrame"),
    );
    expect(verifiedInstall(summaryOf({ ...commit, index: last - 1n }))).toHaveLength(2);
  });

  it("once blocks were made or a checkpoint installed", () => {
    expect(verifiedInstall(summaryOf(commit))).toHaveLength(2);
    expect(verifiedInstall(summaryOf(commit))).toEqual(rejected("alreadyStarted"));
    order = new Order();
    order.ready();
    order.propose([]);
    expect(verifiedInstall(summaryOf(commit))).toEqual(rejected("alreadyStarted"));
  });
});

describe("any bytes", () => {
  it("end in a rejection or nothing, with the state unchanged, when they are no frame", () => {
    order.makeBlock([transaction(1)]);
    const lanes: LaneName[] = ["hostToOrder", "verifyToOrder", "vaultToOrder"];
    const input = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ minLength: 40, maxLength: 4_000 }));
    fc.assert(
      fc.property(fc.constantFrom(...lanes), input, (lane, bytes) => {
        let wellFormed = true;
        try {
          decode<unknown>(LANES[lane], bytes);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
          wellFormed = false;
        }
        fc.pre(!wellFormed);
        const before = order.component.state();
        const answer = order.component.stepRaw(lane, bytes);
        expect(answer).toEqual(lane === "hostToOrder" ? rejected("malformedFrame", 0n, 0n, 0n) : []);
        expect(Buffer.compare(order.component.state(), before)).toBe(0);
      }),
      { seed: 3, numRuns: 100 },
    );
    expect(order.component.stepRaw(0, new Uint8Array(4))).toEqual(rejected("unknownLane", 0n, 0n, 0n));
  });

  it("the same frames give the same bytes", () => {
    const run = () => {
      order = new Order();
      order.ready();
      const outputs = history(3).commits;
      return { outputs, state: order.component.state() };
    };
    const [first, second] = [run(), run()];
    expect(second.outputs).toEqual(first.outputs);
    expect(Buffer.compare(second.state, first.state)).toBe(0);
  });
});

describe("the end of an epoch", () => {
  const LASTS = 100n;
  const endOf = (outputs: readonly Output[]) =>
    outputs.flatMap(({ frame }) => ("endOfEpoch" in frame ? [frame.endOfEpoch] : []));

  it("is the first commit that is a whole duration after the beginning; after it nothing is made, taken or committed", () => {
    const order = new Order({ epochDurationMs: LASTS });
    order.ready();
    expect(endOf(order.makeBlock([], EPOCH_START_MS + LASTS - 1n))).toEqual([false, false]);
    const last = order.makeBlock([transaction(1)], EPOCH_START_MS + LASTS);
    expect(endOf(last)).toEqual([true, true]);
    expect(order.propose([])).toEqual(rejected("epochEnded"));
    const next = blockOf({ round: 3n, parents: [beginning()], timestampMs: 500n, transactions: [] });
    expect(giveBack(order, next.block, [])).toEqual(rejected("epochEnded"));
    const status = order.component.step("hostToOrder", { kind: "status", id: HOST_ID });
    expect(status).toMatchObject([{ frame: { kind: "status", round: 0n, commit: 2n } }]);
  });

  it("lets the next one begin anew, with commits that go on from it", () => {
    const order = new Order({ epochDurationMs: 1n });
    order.ready();
    const last = order.makeBlock([], 900n)[2]!.frame;
    if (last.kind !== "commit") throw new Error(last.kind);
    const summary = summaryOf(last, { epochDurationMs: 1n, next: [new Uint8Array(1952)] });
    const stopped = new Order({ epochDurationMs: 1n });
    stopped.ready({ boot: 2n, round: 1n });
    stopped.verifiedItem("checkpoint", summaryDigest(summary));
    expect(stopped.install(summary)).toHaveLength(2);
    expect(stopped.propose([])).toEqual(rejected("epochEnded"));
    const next = new Order({ epoch: EPOCH + 1n, epochStartMs: 900n, epochDurationMs: 1n });
    next.ready({ boot: 2n, round: 1n }); // of the epoch before
    next.verifiedItem("checkpoint", summaryDigest(summary));
    expect(next.install(summary)).toHaveLength(2);
    const block = blockOf({
      epoch: EPOCH + 1n,
      boot: 2n,
      round: 1n,
      parents: [beginning()],
      timestampMs: 900n,
      transactions: [],
    });
    next.propose([], 0n);
    const commitDigest = commitDigestOf(last.commitDigest, 2n, 1n, block.digest);
    expect(next.signed(1n, block.digest, 2n)[1]).toMatchObject({
      frame: { kind: "committed", index: 2n, round: 1n, timestampMs: 900n, commitDigest, endOfEpoch: false },
    });
  });

  it("is no beginning for an epoch that it does not lead to", () => {
    const commit = { index: 5n, round: 9n, timestampMs: 70n, commitDigest: bytes32(1), leaderBlock: bytes32(2) };
    const keys = [new Uint8Array(1952)];
    const right = { epoch: EPOCH + 1n, epochStartMs: 70n, epochDurationMs: 4n };
    const install = (config: Partial<OrderConfig>, summary: Uint8Array) => {
      const order = new Order({ ...right, ...config });
      order.verifiedItem("checkpoint", summaryDigest(summary));
      return order.install(summary);
    };
    const last = summaryOf(commit, { next: keys, epochDurationMs: 4n });
    expect(install({}, last)).toHaveLength(2);
    const wrong = [{ epoch: EPOCH + 2n }, { epochStartMs: 71n }, { epochDurationMs: 5n }] as const;
    for (const config of wrong) expect(install(config, last)).toEqual(rejected("unverifiedCheckpoint"));
    const others = [
      summaryOf(commit, { epochDurationMs: 4n }),
      summaryOf(commit, { next: [...keys, ...keys], epochDurationMs: 4n }),
    ];
    for (const summary of others) expect(install({}, summary)).toEqual(rejected("unverifiedCheckpoint"));
  });
});
