/** What a page is told of the DAG, and what becomes of one that does not keep up. */
import { toBase58 } from "@iota/iota-sdk/utils";
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { leadersOf } from "../../../host/consensus/leaders.ts";
import { Backlog } from "../../../host/dag/backlog.ts";
import { drawnLeader } from "../../../proofs/model/dag.ts";
import { block, commit, digest, readAll, testFeed } from "./support.ts";

const name = (n: number): string => toBase58(digest(n));

describe("the feed", () => {
  it("begins with what a page needs to know, and goes on with blocks and commits in order", () => {
    const feed = testFeed();
    feed.began({ horizon: 3n, round: 5n, rank: 1, committed: [4n, 4n, 4n, 3n] }, 0n);
    feed.accepted(block({ n: 1, author: 2, round: 6, parents: [7, 8], transactions: [9] }));
    feed.committed(commit({ index: 2, leader: [2, 6, 1], blocks: [1], skipped: [[5, 1, 3]], horizon: 4 }));
    const { messages, next } = readAll(feed);
    expect(messages).toStrictEqual([
      expect.objectContaining({ kind: "begin", committee: ["ann", "ben", "cat", "dan"], serves: 0 }),
      expect.objectContaining({
        kind: "block",
        digest: name(1),
        author: 2,
        round: 6,
        parents: [name(7), name(8)],
        transactions: [name(9)],
      }),
      {
        kind: "commit",
        index: 2,
        leader: { author: 2, round: 6, digest: name(1) },
        blocks: [name(1)],
        transactions: 0,
        skipped: [{ round: 5, rank: 1, author: 3 }],
        horizon: 4,
        timestampMs: 5,
      },
    ]);
    expect(messages[0]).toMatchObject({ undecided: { round: 5, rank: 1 }, committed: [4, 4, 4, 3] });
    feed.accepted(block({ n: 2, round: 7 }));
    expect(readAll(feed, next).messages).toMatchObject([{ kind: "block", digest: name(2) }]);
  });

  it("begins again for whoever was told what no longer holds", () => {
    const feed = testFeed();
    feed.accepted(block({ n: 1, round: 1 }));
    const { next } = readAll(feed);
    feed.began({ horizon: 0n, round: 1n, rank: 0, committed: [] }, 0n);
    expect(readAll(feed, next).messages).toMatchObject([{ kind: "begin" }]);
    expect(readAll(testFeed(), undefined).messages).toMatchObject([{ kind: "begin" }]);
  });

  it("begins again, near the end, for whoever is so slow that what came next is gone", () => {
    const feed = testFeed();
    feed.accepted(block({ n: 0, round: 1 }));
    const { next } = readAll(feed);
    for (let n = 1; n < 10_000; n++) feed.accepted(block({ n, round: n }));
    const { messages } = readAll(feed, next);
    expect(messages[0]).toMatchObject({ kind: "begin" });
    expect(messages.at(-1)).toMatchObject({ digest: name(9_999) });
    // RESUME_BYTES of blocks of 4,000 bytes
    expect(messages.length).toBeLessThan(1_100);
    expect(messages.length).toBeGreaterThan(1_000);
  });
});

test("a backlog gives what was pushed, in order, or says that it is gone; it keeps no more than it may", () => {
  const push = fc.record({ bytes: fc.integer({ min: 1, max: 40 }) });
  const step = fc.oneof({ weight: 8, arbitrary: push }, fc.constant("read" as const), {
    weight: 1,
    arbitrary: fc.constant("clear" as const),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const backlog = new Backlog(100);
      let kept: { readonly n: number; readonly bytes: number }[] = [];
      let pushed = 0;
      let at = backlog.tail(1_000);
      let expected = 0;
      for (const one of steps) {
        if (one === "clear") {
          kept = [];
          backlog.clear();
          expected = -1;
        } else if (one === "read") {
          const read = backlog.read(at, 1_000);
          const oldest = kept[0]?.n ?? pushed;
          if (expected < oldest) {
            expect(read).toBeUndefined();
            at = backlog.tail(1_000);
            expected = oldest;
          } else {
            expect(read!.texts.map(Number)).toEqual(kept.filter(({ n }) => n >= expected).map(({ n }) => n));
            at = read!.next;
            expected = pushed;
          }
        } else {
          const n = pushed++;
          backlog.push(one.bytes, () => n);
          kept.push({ n, bytes: one.bytes });
          while (kept.reduce((sum, { bytes }) => sum + bytes, 0) > 100) kept.shift();
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("leaders are those of the model, which order is held to", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.bigInt({ min: 0n, max: 1n << 40n }),
      fc.integer({ min: 1, max: 1 << 30 }),
      fc.integer({ min: 1, max: 100 }),
      (chain, epoch, round, committeeSize) => {
        const leadersPerRound = Math.min(2, committeeSize);
        const model = drawnLeader(chain, epoch, committeeSize);
        expect(leadersOf({ chain, epoch, committeeSize, leadersPerRound }, BigInt(round))).toEqual(
          Array.from({ length: leadersPerRound }, (_, rank) => model(round, rank)),
        );
      },
    ),
  );
});
