/** The simulated network: what every network does, and what the simulation adds. */
import { describe, expect, it } from "vitest";
import type { Network, Peer } from "../../../host/network/network.ts";
import { SimClock } from "../../sim/clock.ts";
import { CALM, SimNetwork, type Weather } from "../../sim/network.ts";
import { conforms, TEST_LIMITS } from "./conformance.ts";
import { sampleBundle, TestNode } from "./support.ts";

/** Milliseconds of virtual time after which something that should happen has not. */
const LONG_MS = 20_000;

conforms((limits) => {
  const clock = new SimClock();
  const network = new SimNetwork(clock, 1, limits);
  const joined: Network[] = [];
  return {
    join: async (peer) => {
      joined.push(network.join(peer));
      return joined.at(-1)!;
    },
    nameOf: (peer) => peer,
    until: (done) => clock.until(done, LONG_MS),
    pass: (ms) => clock.advance(ms),
    close: async () => {
      for (const node of joined) await node.stop();
    },
  };
});

async function four(seed: number): Promise<{ clock: SimClock; network: SimNetwork; nodes: TestNode[] }> {
  const clock = new SimClock();
  const network = new SimNetwork(clock, seed, TEST_LIMITS);
  const nodes = [0, 1, 2, 3].map((peer) => new TestNode(network.join(peer)));
  for (const node of nodes) await node.network.start(node);
  await clock.until(() => nodes.every((node, i) => nodes.every((_, j) => i === j || node.sees(j))), LONG_MS);
  return { clock, network, nodes };
}

const STORM: Weather = { delayMs: [5, 80], loss: 0.1, duplication: 0.1, reordering: 0.2, cut: 0.01 };

/** Everything that four nodes in a storm see. */
async function storm(seed: number): Promise<string> {
  const { clock, network, nodes } = await four(seed);
  network.weather = STORM;
  for (let i = 0; i < 200; i++) {
    for (const node of nodes) node.network.broadcast(sampleBundle(i));
    await clock.advance(20);
  }
  await clock.advance(1_000);
  return JSON.stringify(nodes.map(({ events, received, skips }) => [events, [...received], [...skips]]));
}

describe("the simulation", () => {
  it("is the same again from the same seed, and another from another", async () => {
    const first = await storm(5);
    expect(await storm(5)).toBe(first);
    expect(await storm(6)).not.toBe(first);
  });

  it("loses, doubles and reorders bundles as it is told", async () => {
    const outcome = async (weather: Partial<Weather>) => {
      const { clock, network, nodes } = await four(9);
      network.weather = { ...CALM, delayMs: [1, 10], ...weather };
      for (let i = 0; i < 200; i++) {
        nodes[0]!.network.send(1, sampleBundle(i));
        await clock.advance(5);
      }
      await clock.advance(1_000);
      const got = nodes[1]!.from(0);
      return {
        lost: 200 - new Set(got).size,
        doubled: got.length - new Set(got).size,
        late: got.filter((number, i) => number < Math.max(-1, ...got.slice(0, i))).length,
      };
    };
    expect(await outcome({})).toEqual({ lost: 0, doubled: 0, late: 0 });
    const lossy = await outcome({ loss: 0.25 });
    expect(lossy).toMatchObject({ doubled: 0, late: 0 });
    expect(lossy.lost).toBeGreaterThan(25);
    expect(lossy.lost).toBeLessThan(75);
    expect((await outcome({ duplication: 0.25 })).doubled).toBeGreaterThan(25);
    const shuffled = await outcome({ reordering: 0.25 });
    expect(shuffled).toMatchObject({ lost: 0, doubled: 0 });
    expect(shuffled.late).toBeGreaterThan(10);
  });

  it("parts and heals", async () => {
    const { clock, network, nodes } = await four(3);
    network.partition([0, 1], [2, 3]);
    const seen = (i: number) =>
      nodes[i]!.network.peers().flatMap(({ peer, connected }): Peer[] => (connected ? [peer] : []));
    expect([0, 1, 2, 3].map(seen)).toEqual([[1], [0], [3], [2]]);
    nodes[0]!.network.broadcast(sampleBundle(1));
    await clock.advance(5_000);
    expect(nodes.map((node) => node.from(0))).toEqual([[], [1], [], []]);
    network.heal();
    await clock.until(() => [0, 1, 2, 3].every((i) => seen(i).length === 3), LONG_MS);
    network.cut(0, 3);
    expect(seen(0)).toEqual([1, 2]);
    await clock.until(() => seen(0).length === 3, LONG_MS);
  });
});
