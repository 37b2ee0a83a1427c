/**
 * How long a leader's block waits for its commit, under virtual time: the delays of the rule, however slow the machine is. Every validator makes
 * its next block as soon as it can, so that none waits for something to order.
 *
 * CAISSON_SEED replays; CAISSON_DELAYS=1 runs seven validators too.
 */
import { describe, expect, test } from "vitest";
import type { GenesisFile } from "../../host/genesis/genesis.ts";
import { SEED } from "../attack/random.ts";
import { BlockWatch, type Watched } from "../support/block-watch.ts";
import { isLonger } from "../support/longer.ts";
import { makeOrigin, SimCluster } from "./cluster.ts";
import { CALM, type Weather } from "./network.ts";

const ONE_WAY_MS = 50;
/** What the project means a commit to take at most, in the rule's delays, in the median: the rest is for disks and for the wait for a block. */
const MOST = 1.3;
/** Shorter than a delay: a block is due whenever one can be made. */
const HEARTBEAT_MS = 20;
const READY_WITHIN_MS = 10_000;
const WARM_UP_MS = 1_500;
const MEASURED_MS = 1_500;
/** Within which the last block that is measured is committed, and more. */
const REST_MS = 1_000;
const TIMEOUT_MS = 240_000;

interface Case {
  readonly size: number;
  readonly faults?: GenesisFile["faults"];
  /** One way, as the simulated network has it. */
  readonly delayMs: Weather["delayMs"];
  /** The last validator is dead. */
  readonly down?: boolean;
}

/** What became of the blocks that were made while it was measured. */
interface Measured {
  /** From the making of a leader's block until its author commits it, ascending, in milliseconds. */
  readonly leaders: readonly number[];
  /** Slots that were skipped, as the first validator knows. */
  readonly skipped: number;
}

async function measure({ size, faults, delayMs, down = false }: Case): Promise<Measured> {
  const origin = await makeOrigin({ validators: size, coins: 0, epochMs: 0, faults });
  const cluster = new SimCluster({ origin, seed: SEED, heartbeatMs: HEARTBEAT_MS });
  const { clock } = cluster;
  try {
    cluster.network.weather = { ...CALM, delayMs };
    const all = Array.from({ length: size }, (_, node) => node);
    for (const node of all) cluster.boot(node);
    await clock.until(() => all.every((node) => cluster.running(node)!.node?.ready), READY_WITHIN_MS);
    if (down) cluster.kill(all.pop()!);
    const watches = all.map((author) => new BlockWatch(cluster.running(author)!.node!, author, () => clock.now()));
    await clock.advance(WARM_UP_MS);
    const [from, skippedBefore] = [clock.now(), watches[0]!.skipped];
    await clock.advance(MEASURED_MS);
    const [to, skipped] = [clock.now(), watches[0]!.skipped - skippedBefore];
    await clock.advance(REST_MS);
    expect(cluster.violations).toEqual([]);
    const isMeasured = ({ led, madeAt }: Watched) => led && madeAt >= from && madeAt < to;
    const blocks = watches.flatMap((watch) => watch.blocks).filter(isMeasured);
    const leaders = blocks
      .map(({ madeAt, committedAt = Number.POSITIVE_INFINITY }) => committedAt - madeAt)
      .sort((a, b) => a - b);
    return { leaders, skipped };
  } finally {
    await cluster.stop();
  }
}

function show(name: string, { leaders, skipped }: Measured): number {
  const median = leaders[Math.floor(leaders.length / 2)]!;
  const [least, most] = [leaders[0]!, leaders.at(-1)!];
  console.log(
    `${name}: ${leaders.length} leaders' blocks committed in ${least} to ${most} ms, p50 ${median}; ${skipped} slots skipped`,
  );
  expect(leaders.length).toBeGreaterThan(10);
  return median;
}

const SAME: Weather["delayMs"] = [ONE_WAY_MS, ONE_WAY_MS];

describe(`with ${ONE_WAY_MS} ms from one to another`, () => {
  const rows: readonly (readonly [name: string, delays: number, Case])[] = [
    ["four validators", 3, { size: 4, delayMs: SAME }],
    ["four with a fast path", 2, { size: 4, delayMs: SAME, faults: { rule: "fast-path", b: 0, c: 1, k: 1 } }],
    ["four, one of them dead", 3, { size: 4, delayMs: SAME, down: true }],
  ];
  const longer: typeof rows = [
    ["seven validators", 3, { size: 7, delayMs: SAME }],
    ["seven with a fast path", 2, { size: 7, delayMs: SAME, faults: { rule: "fast-path", b: 1, c: 1, k: 1 } }],
  ];
  const command = "CAISSON_DELAYS=1 npx vitest run --config test/vitest.config.ts test/sim/delays";
  const skipped = isLonger("delays of seven validators", "CAISSON_DELAYS", command);
  test.each(skipped ? rows : [...rows, ...longer])(
    "%s commit a leader in %i delays, and not in one more",
    async (name, delays, which) => {
      const measured = await measure(which);
      const { leaders } = measured;
      expect(show(name, measured)).toBeLessThanOrEqual(MOST * delays * ONE_WAY_MS);
      expect(leaders[0]).toBeGreaterThanOrEqual(delays * ONE_WAY_MS);
      expect(leaders.at(-1)).toBeLessThan((delays + 1) * ONE_WAY_MS);
    },
    TIMEOUT_MS,
  );
});

test(
  "leaders whose blocks come later than others' are waited for, and none is skipped",
  async () => {
    const longest = 90;
    const measured = await measure({ size: 4, delayMs: [10, longest] });
    expect(show("four, 10 to 90 ms", measured)).toBeLessThanOrEqual(3 * longest);
    expect(measured.skipped).toBe(0);
  },
  TIMEOUT_MS,
);
