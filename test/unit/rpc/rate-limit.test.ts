/** How many requests a client may make. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateLimiter } from "../../../host/rpc/rate-limit.ts";

const clocked = (perSecond: number, minBurst = 1) => {
  let now = 1_000;
  const limiter = new RateLimiter(perSecond, minBurst, () => now);
  return {
    take: (requests = 1, client = "192.0.2.1") => limiter.take(client, requests),
    wait: (ms: number) => {
      now += ms;
    },
  };
};

describe("a rate of 10 a second", () => {
  it("allows two seconds' worth at once, then one every 100 ms", () => {
    const { take, wait } = clocked(10);
    expect(Array.from({ length: 25 }, () => take()).filter(Boolean)).toHaveLength(20);
    wait(99);
    expect(take()).toBe(false);
    wait(1);
    expect([take(), take()]).toStrictEqual([true, false]);
    wait(10_000);
    expect(Array.from({ length: 25 }, () => take()).filter(Boolean)).toHaveLength(20);
  });

  it("takes a batch whole or not at all", () => {
    const { take } = clocked(10);
    expect([take(15), take(6), take(5), take()]).toStrictEqual([true, false, true, false]);
  });

  it("allows the largest batch even when the rate is low", () => {
    const { take } = clocked(1, 64);
    expect([take(64), take()]).toStrictEqual([true, false]);
  });

  it("is each client's own, and one for a customer's IPv6 network", () => {
    const { take } = clocked(1, 2);
    expect([take(2), take(2, "192.0.2.2"), take(1)]).toStrictEqual([true, true, false]);
    expect([take(2, "2001:db8:1:2::1"), take(1, "2001:db8:1:2:ffff::9"), take(2, "2001:db8:1:3::1")]).toStrictEqual([
      ...[true, false, true],
    ]);
    expect([take(2, "::1"), take(1, "::2"), take(2, "fe80::1%eth0")]).toStrictEqual([true, false, true]);
    // An IPv4 client of a socket that has both.
    expect([take(2, "::ffff:198.51.100.1"), take(2, "::ffff:198.51.100.2")]).toStrictEqual([true, true]);
  });

  it("forgets the clients heard of longest ago, never the others", () => {
    const { take } = clocked(1, 1);
    take(2, "10.255.255.255");
    for (let i = 0; i < 9_999; i++) take(1, `10.0.${i >> 8}.${i & 255}`);
    expect(take(1, "10.255.255.255")).toBe(false);
    take(1, "10.1.0.0");
    take(1, "10.1.0.1");
    expect(take(2, "10.255.255.255")).toBe(true);
  });

  it("never lets through more than the rate and one burst, and always what keeps to the rate", () => {
    const step = fc.record({ ms: fc.integer({ min: 0, max: 500 }), requests: fc.integer({ min: 1, max: 8 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { take, wait } = clocked(10);
        let [elapsed, passed] = [0, 0];
        for (const { ms, requests } of steps) {
          wait(ms);
          elapsed += ms;
          const allowed = take(requests);
          if (allowed) passed += requests;
          expect(passed).toBeLessThanOrEqual(20 + elapsed / 100);
          if (requests * 100 <= ms) expect(allowed).toBe(true);
        }
      }),
    );
  });
});
