/**
 * The pacemaker's rule about our own block, and what happens without it: an endless trace of valid blocks and no commit (after Qiu, Xiao, Shao, S&P
 * 2026). In odd rounds everybody makes a block, and of those who follow only the leader itself votes for it: too few to commit, too many to skip. In even
 * rounds the leader is late: it holds a quorum of its own round before it has made its own block, and goes on without it.
 */
import { describe, expect, test } from "vitest";
import { type Made, make, ROWS, rowConfig } from "../../test/support/dag.ts";
import { CHAIN, Order } from "../../test/unit/core/order-support.ts";

const ROW = ROWS.find(({ n, kind }) => n === 4 && kind === "three")!;
const MEMBERS = [0, 1, 2, 3];
const ROUNDS = 24;
const WAVE = 3;
const leaderOf = (round: number): number => (round - 1) % MEMBERS.length;

/** The trace, round by round; `punctual`: the leaders of even rounds make their blocks after all. */
function trace(punctual: boolean): Made[][] {
  const rounds: Made[][] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const before = rounds.at(-1) ?? [];
    const makers = MEMBERS.filter((author) => punctual || round % 2 === 1 || author !== leaderOf(round));
    rounds.push(makers.map((author) => make(author, round, parentsOf(author, round, before, rounds))));
  }
  return rounds;
}

function parentsOf(author: number, round: number, before: readonly Made[], rounds: readonly Made[][]) {
  const own = rounds.flat().findLast(({ ref }) => ref.author === author);
  const others = before.filter(({ ref }) => ref.author !== author);
  const hidden = round % 2 === 0 ? others.filter(({ ref }) => ref.author !== leaderOf(round - 1)) : others;
  return [...(own ? [own] : []), ...hidden].map(({ ref }) => ref);
}

function give(order: Order, blocks: readonly Made[]): number {
  return blocks.flatMap(({ block, ref }) => {
    order.verifiedItem("block", ref.digest);
    const outputs = order.accept(block);
    expect(outputs[0]?.frame.kind).toBe("accepted");
    return outputs.filter(({ lane }) => lane === "orderToLedger");
  }).length;
}

describe("our own block of the round before", () => {
  test("is missing in a trace that has no commit, however long it is", () => {
    expect(give(new Order(rowConfig(ROW)), trace(false).flat())).toBe(0);
  });

  test("is made by whoever keeps to the rule: it does not go on with a quorum of the round alone", () => {
    const rounds = trace(false);
    let asked = 0;
    for (let round = 4; round <= ROUNDS; round += 2) {
      const late = leaderOf(round);
      const order = new Order(rowConfig(ROW, { author: late }));
      order.ready({ round: BigInt(round - 1), chain: CHAIN });
      give(order, rounds.slice(0, round).flat());
      const frame = order.component.step("hostToOrder", { kind: "status", id: 1n })[0]?.frame;
      expect(frame).toMatchObject({ kind: "status", round: BigInt(round), authorsAtRound: 3 });
      asked++;
    }
    expect(asked).toBe(ROUNDS / 2 - 1);
  });

  test("made after all, brings commits again", () => {
    const commits = give(new Order(rowConfig(ROW)), trace(true).flat());
    expect(commits).toBeGreaterThanOrEqual(ROUNDS / 2 - WAVE);
  });
});
