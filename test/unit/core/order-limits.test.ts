/** `order` at its limits: what it may be configured with, what a header may hold, and a history that one commit does not hold. */
import { describe, expect, it } from "vitest";
import { ORDER_ARENA_BYTES, orderArenaBytes } from "../../../core/wire/capacities.ts";
import { BlockFault, codeNumber, OrderRejection } from "../../../core/wire/codes.ts";
import { BlockHeader, Config } from "../../../core/wire/frames.ts";
import * as limit from "../../../core/wire/limits.ts";
import { decode, encode, WireError } from "../../../core/wire/schema.ts";
import { type Made, make, ROWS, rowConfig } from "../../support/dag.ts";
import {
  beginning,
  HOST_ID,
  inBlock,
  Order,
  type OrderConfig,
  orderConfig,
  ref,
  SIGNATURE,
  transaction,
} from "./order-support.ts";

type Capacities = OrderConfig["capacities"];
type Thresholds = OrderConfig["thresholds"];

const order = new Order();

/** One that is refused answers everything with notReady. */
function isTaken(config: OrderConfig): boolean {
  order.component.init(encode(Config.order, config));
  const [output] = order.component.step("hostToOrder", { kind: "evidence", id: 1n });
  return output?.frame.kind === "evidence";
}

/** A configuration of small parts for `n` members. */
function configOf(n: number, changes: Partial<OrderConfig> = {}): OrderConfig {
  const capacities: Capacities = {
    rounds: 6,
    depth: 3,
    twins: 1,
    blockTransactions: 0,
    poolTransactions: 1,
    poolGasObjects: 1,
    orderedDigests: 1,
    verifiedItems: 1,
  };
  return orderConfig({ committeeSize: n, capacities, ...changes });
}

describe("a configuration is taken from the least to the most of", () => {
  const N = 5;
  const { thresholds, capacities } = configOf(N);
  const ofThresholds = (name: keyof Thresholds) => (value: number) =>
    configOf(N, { thresholds: { ...thresholds, [name]: value } });
  const ofCapacities = (name: keyof Capacities) => (value: number) =>
    configOf(N, { capacities: { ...capacities, [name]: value } });
  const lone = (value: number) => configOf(1, { thresholds: { ...configOf(1).thresholds, parents: value } });

  it.each<[string, number, number, (value: number) => OrderConfig]>([
    [
      "members",
      1,
      limit.MAX_VALIDATORS,
      (committeeSize) => ({ ...configOf(1), committeeSize, thresholds: { ...configOf(1).thresholds, parents: 1 } }),
    ],
    ["author", 0, N - 1, (author) => configOf(N, { author })],
    ["author (none)", limit.NO_AUTHOR, limit.NO_AUTHOR, (author) => configOf(N, { author })],
    ["parents", 1, N, ofThresholds("parents")],
    ["parents of a lone author", 0, 1, lone],
    ["wave", 1, 3, ofThresholds("wave")],
    ["certificate", 1, N + 1, ofThresholds("certificate")],
    ["directCommit", 1, N + 1, ofThresholds("directCommit")],
    ["directSkip", 1, N + 1, ofThresholds("directSkip")],
    ["indirectCommit", 0, N + 1, ofThresholds("indirectCommit")],
    ["fastCommit", 0, N, ofThresholds("fastCommit")],
    ["fastIndirect", 0, N, ofThresholds("fastIndirect")],
    ["leaders of few", 1, N, (leadersPerRound) => configOf(N, { leadersPerRound })],
    ["leaders of many", 1, limit.MAX_LEADERS_PER_ROUND, (leadersPerRound) => configOf(12, { leadersPerRound })],
    ["leader's place", 0, N - 1, (leader) => configOf(N, { leaders: [0, leader, 1] })],
    ["depth", 0, capacities.rounds - 1, ofCapacities("depth")],
    [
      "rounds",
      capacities.depth + 1,
      682,
      (rounds) => configOf(3, { leadersPerRound: 3, capacities: { ...capacities, rounds } }),
    ],
    ["twins", 1, limit.MAX_TWINS, ofCapacities("twins")],
    ["blockTransactions", 0, limit.MAX_BLOCK_TRANSACTIONS, ofCapacities("blockTransactions")],
    ["poolTransactions", 1, limit.MAX_POOL_TRANSACTIONS, ofCapacities("poolTransactions")],
    ["poolGasObjects", 1, limit.MAX_POOL_GAS_OBJECTS, ofCapacities("poolGasObjects")],
    ["orderedDigests", 1, limit.MAX_ORDERED_DIGESTS, ofCapacities("orderedDigests")],
    ["verifiedItems", 1, limit.MAX_VERIFIED_ITEMS, ofCapacities("verifiedItems")],
  ])("%s", (_, least, most, config) => {
    const taken = [least - 1, least, most, most + 1].map(
      (value) => value >= 0 && value <= 65_535 && isTaken(config(value)),
    );
    expect(taken).toEqual([false, true, true, false]);
  });

  it("bytes: as many as the arena has", () => {
    const sized = (twins: number, rounds: number) => {
      const config = configOf(100, { capacities: { ...capacities, twins, rounds } });
      const { leadersPerRound, leaders } = config;
      return { config, bytes: orderArenaBytes(100, leadersPerRound, leaders, config.capacities) };
    };
    for (const twins of [1, 3, 8]) {
      let rounds = 10;
      while (sized(twins, rounds + 1).bytes <= ORDER_ARENA_BYTES && 2 * (rounds + 1) <= limit.MAX_SKIPPED_SLOTS)
        rounds++;
      expect(isTaken(sized(twins, rounds).config)).toBe(true);
      expect(order.component.state().length).toBe(sized(twins, rounds).bytes);
      expect(isTaken(sized(twins, rounds + 1).config)).toBe(false);
    }
  });
});

describe("a header may hold", () => {
  const rejected = (fault: keyof typeof BlockFault) => {
    const [code, a] = [codeNumber(OrderRejection, "invalidBlock"), BigInt(codeNumber(BlockFault, fault))];
    return [{ lane: "orderToHost", frame: { kind: "rejected", id: HOST_ID, code, a, b: 0n } }];
  };
  const N = 100;
  const plain = make(0, 1, []).header;
  const parents = Array.from({ length: N + 1 }, (_, author) => ref(author, author === 0 ? 0n : 1n, beginning().digest));
  const list = inBlock(Array.from({ length: limit.MAX_BLOCK_TRANSACTIONS + 1 }, (_, n) => transaction(n)));

  /** bcs(Block) of one that may hold more than the schema allows: counts of two bytes and of one are all that is needed. */
  function blockWith(parentCount: number, transactionCount: number): Uint8Array {
    const uleb = (value: number) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7]);
    const none = encode(BlockHeader, { ...plain, parents: [], transactions: [] });
    const one = encode(BlockHeader, { ...plain, parents: [parents[0]!], transactions: [] });
    const parentBytes = one.length - none.length;
    const fixed = none.length - 1 - 8 - 1;
    const ofParents = parents.slice(0, parentCount).map((parent) => {
      const bytes = encode(BlockHeader, { ...plain, parents: [parent], transactions: [] });
      return bytes.subarray(fixed + 1, fixed + 1 + parentBytes);
    });
    return new Uint8Array(
      Buffer.concat([
        none.subarray(0, fixed),
        Uint8Array.from(uleb(parentCount)),
        ...ofParents,
        none.subarray(fixed + 1, fixed + 9),
        Uint8Array.from(uleb(transactionCount)),
        ...list.slice(0, transactionCount).flatMap(({ digest, signaturesDigest }) => [digest, signaturesDigest]),
        SIGNATURE,
      ]),
    );
  }

  it("a hundred parents and 512 transactions; more is no header, whatever is configured", () => {
    order.begin(configOf(N, { leadersPerRound: 1 }));
    expect(order.accept(blockWith(1, 0))[0]!.frame).toMatchObject({
      code: codeNumber(OrderRejection, "unverifiedBlock"),
    });
    expect(order.accept(blockWith(100, 0))).toEqual(rejected("wrongParentRound"));
    expect(order.accept(blockWith(101, 0))).toEqual(rejected("malformed"));
    expect(order.accept(blockWith(1, 512))).toEqual(rejected("tooManyTransactions"));
    expect(order.accept(blockWith(1, 513))).toEqual(rejected("malformed"));
  });
});

describe("a header of ours", () => {
  const isHeader = (bytes: Uint8Array): boolean => {
    try {
      decode(BlockHeader, bytes);
      return true;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return false;
    }
  };

  it("with any piece left out is malformed exactly when it is no header", () => {
    order.begin().ready();
    const header = { ...make(0, 1, []).header, parents: [], transactions: [] };
    const good = encode(BlockHeader, header);
    const malformed = {
      code: codeNumber(OrderRejection, "invalidBlock"),
      a: BigInt(codeNumber(BlockFault, "malformed")),
    };
    for (let from = 0; from < good.length; from++) {
      for (let to = from + 1; to <= good.length; to++) {
        const bytes = new Uint8Array([...good.subarray(0, from), ...good.subarray(to)]);
        const frame = order.sign(bytes)[0]!.frame as { code?: number; a?: bigint };
        expect([from, to, frame.code === malformed.code && frame.a === malformed.a]).toEqual([
          from,
          to,
          !isHeader(bytes),
        ]);
      }
    }
  });
});

describe("a history that one commit does not hold", () => {
  const row = ROWS.find(({ n, kind }) => n === 4 && kind === "three")!;
  type Committed = Extract<ReturnType<Order["accept"]>[number]["frame"], { kind: "committed" }>;

  /** Gives blocks, their transactions first; what the host is told of commits. */
  function give(blocks: readonly Made[]): Committed[] {
    return blocks.flatMap(({ block, ref: { digest }, transactions }) => {
      order.verified(...transactions);
      order.verifiedItem("block", digest);
      return order.accept(block).flatMap(({ frame }) => (frame.kind === "committed" ? [frame] : []));
    });
  }

  /** So many rounds of blocks by these authors, after those of the round before: each names all of that, and holds `each` transactions of its own. */
  function rounds(authors: readonly number[], count: number, each: number, before: readonly Made[] = []): Made[] {
    const all = [...before];
    let last = before;
    for (let i = 0; i < count; i++) {
      const round = last.length > 0 ? Number(last[0]!.ref.round) + 1 : 1;
      last = authors.map((author) => {
        const own = last.find((one) => one.ref.author === author)?.ref ?? beginning(author);
        const others = last.filter((one) => one.ref.author !== author).map((one) => one.ref);
        const first = 1_000_000 * author + 1_000 * round;
        const transactions = Array.from({ length: each }, (_, n) => transaction(first + n));
        return make(author, round, [own, ...others], { transactions });
      });
      all.push(...last);
    }
    return all.slice(before.length);
  }
  const ROOM = { blockTransactions: 512, poolTransactions: 8_192, poolGasObjects: 8_192, rounds: 14, depth: 12 };
  const begin = (changes: Partial<Capacities>, leaders: readonly number[]) =>
    order.begin(rowConfig(row, { capacities: { ...rowConfig(row).capacities, ...changes }, leaders }));

  it.each([
    [128, [4]],
    [129, [3, 1]],
    [200, [2, 2]],
    [512, [1, 1, 1, 1]],
  ])("goes on in the next one of the same leader: blocks of %d transactions", (each, sizes) => {
    begin(ROOM, [3, 1]);
    // The leader of round 2 has in its history the three blocks that the leader of round 1 had not, and itself.
    const commits = give(rounds([0, 1, 2, 3], 4, each)).filter(({ leader }) => leader.round === 2n);
    expect(commits.map(({ blocks }) => blocks.length)).toEqual(sizes);
    expect(commits.map(({ complete }) => complete)).toEqual(sizes.map((_, i) => i === sizes.length - 1));
    for (const { blocks, transactions } of commits) expect(transactions.length).toBe(1 + each * blocks.length);
  });

  it("goes on in the next step after 16 commits", () => {
    begin(ROOM, [3]);
    const silent = rounds([0, 1, 2], 6, 400);
    expect(give(silent)).toEqual([]);
    const leading = rounds([0, 1, 2, 3], 3, 0, silent.slice(-3));
    const at = leading.findIndex((one) => give([one]).length === 16);
    expect(at).toBeGreaterThan(4 + 4);
    // 18 blocks of the others came before the leader; its own holds nothing, and goes with the last of them.
    const frames = order.component.step("hostToOrder", { kind: "status", id: 1n }).map(({ frame }) => frame.kind);
    expect(frames).toEqual(["committed", "commit", "committed", "commit", "status"]);
  });

  it("has 512 blocks at most", () => {
    begin({ blockTransactions: 0, rounds: 200, depth: 190, twins: 1 }, [3]);
    const silent = rounds([0, 1, 2], 172, 0);
    expect(give(silent)).toEqual([]);
    const [first, second, ...others] = give(rounds([0, 1, 2, 3], 4, 0, silent.slice(-3)));
    expect(first).toMatchObject({ complete: false, leader: { author: 3, round: 173n } });
    expect(first!.blocks.length).toBe(512);
    expect(first!.skipped.length).toBe(172);
    expect(second).toMatchObject({ complete: true, leader: { author: 3, round: 173n }, skipped: [] });
    expect(second!.blocks.length).toBe(172 * 3 + 1 - 512);
    expect(others.map(({ leader }) => leader.round)).toEqual([174n]);
  });
});
