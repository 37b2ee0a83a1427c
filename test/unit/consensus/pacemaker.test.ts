/** When a validator makes its next block. */
import { describe, expect, it } from "vitest";
import { type OrderStatus, type Pace, type Situation, untilNextBlock } from "../../../host/consensus/pacemaker.ts";

const PACE: Pace = { minimumMs: 20, leaderTimeoutMs: 250, heartbeatMs: 10_000 };
/** Everything before the last two rounds is decided; there is room for as many rounds as `order` keeps (core/wire/capacities.ts). */
const STATUS = {
  round: 90n,
  leadersLacking: 0,
  leadersUnsettled: 0,
  authorsAtRound: 0,
  nextRound: 88n,
  lastRound: 135n,
} as OrderStatus;
/** Both ranks. */
const BOTH = 3;
/** Nothing was to do for a second; the round could have a block half a second ago. */
const SITUATION: Situation = {
  now: 2_000,
  possibleSince: 1_500,
  lastBlockAt: 1_000,
  work: true,
  parents: 3,
  silent: { before: 0, earlier: 0 },
};

const wait = (status: Partial<OrderStatus> = {}, situation: Partial<Situation> = {}) =>
  untilNextBlock({ ...STATUS, ...status }, { ...SITUATION, ...situation }, PACE);

describe("a block of ours", () => {
  it("is made at once when there is work and the leaders are held and settled", () => {
    expect(wait()).toBe(0);
  });

  it("is never made in a round that cannot have one", () => {
    expect(wait({ round: 0n })).toBe(Number.POSITIVE_INFINITY);
  });

  it("waits for leaders for 2 Delta from when it was possible, and no longer", () => {
    expect(wait({ leadersLacking: 1 }, { possibleSince: 1_900 })).toBe(150);
    expect(wait({ leadersUnsettled: 2 }, { possibleSince: 1_900 })).toBe(150);
    expect(wait({ leadersLacking: 1 }, { possibleSince: 1_750 })).toBe(0);
  });

  it("waits for no leader that is silent, and for the others all the same", () => {
    const at = (status: Partial<OrderStatus>, before: number, earlier: number) =>
      wait(status, { possibleSince: 2_000, silent: { before, earlier } });
    expect(at({ leadersLacking: 2 }, 2, 0)).toBe(0);
    expect(at({ leadersLacking: BOTH }, 2, 0)).toBe(250);
    expect(at({ leadersLacking: 2 }, 1, 2)).toBe(250);
    expect(at({ leadersUnsettled: 1 }, 0, 1)).toBe(0);
    expect(at({ leadersUnsettled: 1 }, 1, 2)).toBe(250);
    expect(at({ leadersLacking: 1, leadersUnsettled: 2 }, BOTH, BOTH)).toBe(0);
  });

  it("waits for no leader when others are in the round already", () => {
    expect(wait({ leadersLacking: BOTH, authorsAtRound: 3 }, { possibleSince: 2_000 })).toBe(0);
    expect(wait({ leadersLacking: BOTH, authorsAtRound: 2 }, { possibleSince: 2_000 })).toBe(250);
  });

  it("waits longer the longer nothing is committed, up to a bound", () => {
    const at = (nextRound: bigint) => wait({ nextRound, leadersLacking: BOTH }, { possibleSince: 2_000 });
    expect(at(90n)).toBe(250);
    expect(at(83n)).toBe(250);
    expect(at(82n)).toBe(250 * 2);
    expect(at(66n)).toBe(250 * 8);
    expect(at(1n)).toBe(250 * 64);
    expect(at(91n)).toBe(250);
  });

  it("keeps a distance from the one before, and in an idle network a heartbeat", () => {
    expect(wait({}, { lastBlockAt: 1_990 })).toBe(10);
    expect(wait({}, { work: false })).toBe(9_000);
    expect(wait({ authorsAtRound: 3 }, { work: false })).toBe(0);
  });

  it("of a lone validator waits for nobody", () => {
    expect(wait({ leadersLacking: 1, leadersUnsettled: 1 }, { parents: 0 })).toBe(0);
  });
});
