/** Scores fade, shut out for longer each time, and are bounded; a rate is kept; a queue drops its oldest. */
import { describe, expect, it } from "vitest";
import { Bucket } from "../../../host/network/bucket.ts";
import { VALIDATOR_LIMITS } from "../../../host/network/limits.ts";
import { Outbox } from "../../../host/network/outbox.ts";
import { Scores } from "../../../host/network/scores.ts";
import { SimClock } from "../../sim/clock.ts";
import { filled } from "./support.ts";

const { coolDownMs, coolDownMaxMs, scoredPeers } = VALIDATOR_LIMITS;

describe("scores", () => {
  it("add up, and fade by a point a second", async () => {
    const clock = new SimClock();
    const scores = new Scores<number>(clock, VALIDATOR_LIMITS);
    expect(scores.add(1, "invalid")).toBe(false);
    await clock.advance(20_000);
    expect(scores.score(1)).toBe(30);
    expect(scores.add(1, "invalid")).toBe(false);
    expect(scores.score(2)).toBe(0);
    await clock.advance(200_000);
    expect(scores.score(1)).toBe(0);
  });

  it("shut out twice as long each time, up to a limit, and begin anew after good behaviour", async () => {
    const clock = new SimClock();
    const scores = new Scores<number>(clock, VALIDATOR_LIMITS);
    for (let wanted = coolDownMs; wanted < 4 * coolDownMaxMs; wanted *= 2) {
      expect(scores.add(1, "violation")).toBe(true);
      expect(scores.coolDownMs(1)).toBe(Math.min(wanted, coolDownMaxMs));
      await clock.advance(scores.coolDownMs(1));
      expect(scores.coolDownMs(1)).toBe(0);
    }
    await clock.advance(10 * coolDownMaxMs);
    scores.add(1, "violation");
    expect(scores.coolDownMs(1)).toBe(coolDownMs);
  });

  it("are kept for the newest offenders only", () => {
    const scores = new Scores<number>(new SimClock(), VALIDATOR_LIMITS);
    for (let peer = 0; peer <= scoredPeers; peer++) scores.add(peer, "invalid");
    expect(scores.score(0)).toBe(0);
    expect(scores.score(1)).toBe(50);
    expect(scores.score(scoredPeers)).toBe(50);
  });
});

describe("a bucket", () => {
  it("lets a burst through at once, and then its rate", async () => {
    const clock = new SimClock();
    const bucket = new Bucket(clock, { perSecond: 10, burst: 20 });
    expect(bucket.take(20)).toBe(0);
    expect(bucket.take(5)).toBe(500);
    await clock.advance(500);
    expect(bucket.tryTake()).toBe(false);
    await clock.advance(100);
    expect([bucket.tryTake(), bucket.tryTake()]).toEqual([true, false]);
    await clock.advance(60_000);
    expect([bucket.take(20), bucket.take(1)]).toEqual([0, 100]);
  });
});

describe("an outbox", () => {
  it("drops the oldest beyond either limit, and says so before the next", () => {
    const outbox = new Outbox({ queuedBundles: 3, queuedBytes: 100 });
    for (let i = 1; i <= 5; i++) outbox.add(filled(10, i));
    expect([outbox.size, outbox.skipped]).toEqual([3, 2]);
    expect(outbox.take()).toEqual({ skipped: 2 });
    expect(outbox.take()).toEqual({ bundle: filled(10, 3) });
    outbox.add(filled(95, 6));
    expect([outbox.size, outbox.skipped]).toEqual([1, 4]);
    expect([outbox.take(), outbox.take(), outbox.take()]).toEqual([
      { skipped: 2 },
      { bundle: filled(95, 6) },
      undefined,
    ]);
    expect(outbox.skipped).toBe(4);
  });
});
