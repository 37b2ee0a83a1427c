/** What the page makes of what it is told: states of blocks and slots, what is found, where it is drawn. */
import { toBase58 } from "@iota/iota-sdk/utils";
import { beforeEach, describe, expect, it } from "vitest";
import type { DagFeed } from "../../../host/dag/feed.ts";
import { Dag } from "../../../host/dag/page/dag.ts";
import { search } from "../../../host/dag/page/search.ts";
import { View } from "../../../host/dag/page/view.ts";
import { block, commit, digest, readAll, testFeed } from "./support.ts";

const name = (n: number): string => toBase58(digest(n));
let feed: DagFeed;
let dag: Dag;
beforeEach(() => {
  feed = testFeed();
  dag = new Dag();
});
const told = (): void => {
  for (const message of readAll(feed).messages) dag.apply(message);
};
/** Leaders of a round, as the feed has them. */
const leaders = (round: number): readonly number[] => dag.leaders(round);

describe("what is known", () => {
  it("has a block open, then committed, or passed over", () => {
    feed.accepted(block({ n: 1, round: 1 }));
    feed.accepted(block({ n: 2, author: 1, round: 1, parents: [] }));
    feed.accepted(block({ n: 3, round: 2, parents: [1] }));
    told();
    expect([1, 2, 3].map((n) => dag.block(name(n))!.state)).toEqual(["open", "open", "open"]);
    expect(dag.block(name(1))!.children).toEqual([name(3)]);
    feed.committed(commit({ index: 1, leader: [0, 1, 1], blocks: [1], horizon: 1 }));
    dag = new Dag();
    told();
    expect([1, 2, 3].map((n) => dag.block(name(n))!.state)).toEqual(["committed", "passed", "open"]);
    expect(dag.block(name(1))!.commit).toBe(1);
    expect([dag.first, dag.last, dag.newestOf(0), dag.newestOf(1), dag.newestOf(2)]).toEqual([1, 2, 2, 1, 0]);
  });

  it("takes a commit before its blocks, and a block twice", () => {
    feed.committed(commit({ index: 1, leader: [0, 1, 1], blocks: [1] }));
    feed.accepted(block({ n: 1, round: 1 }));
    feed.accepted(block({ n: 1, round: 1 }));
    told();
    expect(dag.block(name(1))).toMatchObject({ state: "committed", commit: 1 });
    expect(dag.at(1, 0).length).toBe(1);
  });

  it("says of each slot what became of it, as far as it was told", () => {
    feed.began({ horizon: 0n, round: 3n, rank: 0, committed: [2n, 2n, 2n, 1n] }, 0n);
    for (let round = 1; round <= 5; round++) {
      for (let author = 0; author < 4; author++) feed.accepted(block({ n: 10 * round + author, author, round }));
    }
    told();
    expect(dag.slot(2, 1)).toBe("unknown");
    expect(dag.slot(3, 0)).toBe("undecided");
    expect(dag.block(name(23))!.state).toBe("open");
    expect(dag.block(name(22))!.state).toBe("committed");
    const [skipped, committed] = leaders(3) as [number, number];
    feed.committed(
      commit({ index: 1, leader: [committed, 3, 30 + committed], blocks: [], skipped: [[3, 0, skipped]] }),
    );
    dag = new Dag();
    told();
    expect([dag.slot(3, 0), dag.slot(3, 1), dag.slot(4, 0)]).toEqual(["skipped", "committed", "undecided"]);
    expect(dag.slotOf(3, committed)).toBe("committed");
    const nobody = [0, 1, 2, 3].find((author) => !leaders(3).includes(author))!;
    expect(dag.slotOf(3, nobody)).toBeUndefined();
  });

  it("forgets the oldest rounds", () => {
    for (let n = 1; n <= 7_000; n++) dag.apply({ ...JSON.parse(JSON.stringify(seen(n))), kind: "block" });
    expect(dag.size).toBe(6_000);
    expect([dag.first, dag.last]).toEqual([1_001, 7_000]);
    expect(dag.block(name(1_000))).toBeUndefined();
  });

  it("bears whatever a validator says the time is", () => {
    feed.accepted(block({ n: 1, round: 1, timestampMs: 0xffff_ffff_ffff_ffffn }));
    told();
    expect(dag.block(name(1))!.timestampMs).toBeGreaterThan(1e19);
  });
});

const seen = (n: number) => ({
  digest: name(n),
  author: 0,
  round: n,
  timestampMs: 0,
  parents: [],
  transactions: [],
  leaders: [0, 1],
});

describe("search", () => {
  beforeEach(() => {
    feed.accepted(block({ n: 1, round: 4, transactions: [77] }));
    feed.accepted(block({ n: 2, author: 1, round: 5 }));
    feed.accepted(block({ n: 3, author: 1, round: 6 }));
    told();
  });

  it.each([
    ["4", [{ kind: "round", round: 4 }]],
    ["9", []],
    [
      "BEN",
      [
        { kind: "block", block: { round: 6 } },
        { kind: "block", block: { round: 5 } },
      ],
    ],
    ["ab", []],
    ["  ", []],
  ])("of %j", (text, found) => expect(search(dag, text)).toMatchObject(found));

  it("of digests, by their beginning", () => {
    expect(search(dag, name(2))).toMatchObject([{ block: { digest: name(2) } }]);
    expect(search(dag, name(77))).toMatchObject([{ block: { digest: name(1) }, transaction: name(77) }]);
    expect(search(dag, name(3).slice(0, 20))[0]).toMatchObject({ kind: "block" });
  });
});

describe("the view", () => {
  it("finds the block that is drawn at a place, twins too, wherever it looks and however far it zooms", () => {
    for (let round = 1; round <= 60; round++) {
      for (let author = 0; author < 4; author++) feed.accepted(block({ n: 10 * round + author, author, round }));
    }
    feed.accepted(block({ n: 999, author: 2, round: 50 }));
    told();
    const view = new View();
    Object.assign(view, { width: 800, height: 400 });
    view.advance(0, dag, true);
    const blocks = [name(502), name(999), name(490), name(513)].map((digest) => dag.block(digest)!);
    const all = () => blocks.map((one) => view.hit(view.center(one, dag), dag));
    expect(all()).toEqual(blocks);
    view.zoom(-2);
    expect(all()).toEqual(blocks);
    view.scroll(-3.3, dag);
    expect(view.follows).toBe(false);
    const before = view.center(blocks[0]!, dag);
    view.zoom(1, before.x);
    expect(view.center(blocks[0]!, dag).x).toBeCloseTo(before.x);
    expect(all()).toEqual(blocks);
    view.reveal(5, dag);
    const { from, to } = view.span;
    expect(from).toBeLessThan(5);
    expect(to).toBeGreaterThan(5);
  });
});
