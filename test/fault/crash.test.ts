/**
 * A crash after every write point of a network: killed, with all unsynchronized writes lost, and with some of them. After each the
 * network starts by itself, keeps everything it acknowledged, signs no slot twice, and goes on (restart.ts).
 *
 * CAISSON_FAULT_RUNS=n adds n runs of several crashes in a row, at random points; each prints its seed, and CAISSON_FAULT_SEED=s
 * replays from there.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ALL_LOST, DiskModel, KILLED, someLost, writeImage } from "./disk-model.ts";
import { below, type Random, randomFrom } from "./random.ts";
import { type Crash, crashes, record } from "./recording.ts";
import { restart } from "./restart.ts";
import { setUp } from "./setup.ts";
import { Story } from "./story.ts";

const { folder, library, skipped } = setUp("crashes after every write point");
const SEED = 20_260_301;
const TIMEOUT_MS = 600_000;

let count = 0;
function freshFolder(): string {
  const fresh = join(folder, `net-${count++}`);
  mkdirSync(fresh);
  return fresh;
}

/** Three losses; the third is drawn anew at every point. */
const losses = (random: Random) => ({ killed: KILLED, "all lost": ALL_LOST, "some lost": someLost(random) });

/** Restarts after each crash, on a copy of its own. */
async function restartAll(all: readonly Crash[], seed: number): Promise<void> {
  for (const { point, loss, image, story } of all) {
    const found = freshFolder();
    writeImage(image, found);
    try {
      await restart(found, story.copy());
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`seed ${seed}, after write point ${point}, ${loss}: ${message}`, { cause: error });
    }
  }
}

describe.skipIf(skipped)("a network that crashes after any write point", () => {
  it("from nothing to a few checkpoints", { timeout: TIMEOUT_MS }, async () => {
    const net = freshFolder();
    const model = new DiskModel(net);
    const { trace, ended, log } = await record({ library, folder: net, transactions: 5, seed: SEED });
    expect(ended, log).toBe(0);
    const all = crashes(trace, model, new Story(), losses(randomFrom(SEED)));
    expect(all.length).toBeGreaterThan(100);
    await restartAll(all, SEED);
  });

  it("while it starts again after a crash that lost writes", { timeout: TIMEOUT_MS }, async () => {
    const random = randomFrom(SEED + 1);
    const net = freshFolder();
    const first = new DiskModel(net);
    const { trace } = await record({ library, folder: net, transactions: 4, seed: SEED + 1 });
    const [crash] = crashes(trace, first, new Story(), { "some lost": someLost(random) }).slice(-12);
    const found = freshFolder();
    writeImage(crash!.image, found);
    const model = new DiskModel(found);
    const unanswered = crash!.story.unanswered;
    expect(unanswered.length).toBeGreaterThan(0);
    const second = await record({ library, folder: found, transactions: 1, seed: SEED + 2, unanswered });
    expect(second.ended, second.log).toBe(0);
    const all = crashes(second.trace, model, crash!.story, losses(random));
    expect(all.length).toBeGreaterThan(40);
    await restartAll(all, SEED + 1);
  });
});

const RUNS = Number(process.env.CAISSON_FAULT_RUNS ?? 0);
const FIRST_SEED = Number(process.env.CAISSON_FAULT_SEED ?? Date.now() % 1_000_000);
const CRASHES_A_RUN = 6;

describe.skipIf(skipped || RUNS === 0)("crash after crash at random points", () => {
  it.each(Array.from({ length: RUNS }, (_, i) => FIRST_SEED + i))("seed %i", { timeout: TIMEOUT_MS }, async (seed) => {
    const random = randomFrom(seed);
    let found = freshFolder();
    let story = new Story();
    for (let i = 0; i < CRASHES_A_RUN; i++) {
      const model = new DiskModel(found);
      const transactions = 1 + below(random, 12);
      const { unanswered } = story;
      const { trace, ended, log } = await record({ library, folder: found, transactions, seed: seed + i, unanswered });
      expect(ended, `seed ${seed}, crash ${i}: ${log}`).toBe(0);
      const all = crashes(trace, model, story, losses(random));
      const crash = all[below(random, all.length)]!;
      console.log(`seed ${seed}: crash ${i} after write point ${crash.point} of ${all.at(-1)!.point}, ${crash.loss}`);
      found = freshFolder();
      writeImage(crash.image, found);
      ({ story } = crash);
    }
    await restart(found, story);
  });
});
