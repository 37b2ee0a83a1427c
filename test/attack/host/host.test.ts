/** Whole cores under a hostile host: whatever it does to frames, it gets no second signature, no false checkpoint, no secret. */
import { beforeAll, describe, expect, it } from "vitest";
import { Random, SEED } from "../random.ts";
import { FRAME_TYPES, type FrameType, KINDS, type Kind, type Planned } from "./attacks.ts";
import { Campaign } from "./campaign.ts";

/** Runs with several attacks each: CAISSON_ATTACKS, or as many as a plain `npm test` has time for. */
const RUNS = Number(process.env.CAISSON_ATTACKS ?? 12);
const MOST_ATTACKS = 10;
/** Milliseconds: runs take some tens of them. */
const TIME_LIMIT_MS = 120_000 + RUNS * 6_000;

let campaign: Campaign;
beforeAll(async () => {
  campaign = await Campaign.prepare();
});

function planned(random: Random, kind: Kind, on: FrameType): Planned {
  return { kind, on, nth: random.below(campaign.occurrences.get(on) ?? 1), seed: random.bits() };
}

describe("without attacks", () => {
  it("the script comes to its end, sends every type of frame, and breaks nothing", async () => {
    const { violation, boots, observer } = await campaign.run();
    expect(violation).toBeUndefined();
    expect(boots).toBe(2);
    expect([...campaign.occurrences.keys()].sort()).toEqual([...FRAME_TYPES].sort());
    expect(observer.signed.length).toBeGreaterThan(9);
    expect(observer.bytesToHost).toBeGreaterThan(10_000);
  });
});

describe("a hostile host", { timeout: TIME_LIMIT_MS }, () => {
  const met = new Set<string>();
  const hold = async (plan: readonly Planned[]) => {
    for (const what of (await campaign.hold(plan)).met) met.add(what);
  };

  it.each(KINDS)("gets nothing by one kind of attack on every type of frame: %s", async (kind) => {
    const random = new Random(SEED + KINDS.indexOf(kind));
    await hold(FRAME_TYPES.map((type) => planned(random, kind, type)));
  });

  it("every type of frame was attacked in every way", () => {
    const all = KINDS.flatMap((kind) => FRAME_TYPES.map((type) => `${kind} on ${type}`));
    expect(all.filter((attack) => !met.has(attack))).toEqual([]);
  });

  it(`gets nothing by several attacks, ${RUNS} times, seed ${SEED}`, async () => {
    const random = new Random(SEED);
    for (let run = 0; run < RUNS; run++) {
      const plan = Array.from({ length: 2 + random.below(MOST_ATTACKS - 1) }, () =>
        planned(random, random.pick(KINDS.filter((kind) => kind !== "overlong")), random.pick(FRAME_TYPES)),
      );
      await hold(plan);
    }
  });
});
