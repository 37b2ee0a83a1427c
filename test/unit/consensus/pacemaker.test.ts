/** When a validator makes its next block. */
import { describe, expect, it } from "vitest";
import { type OrderStatus, type Pace, type Situation, untilNextBlock } from "../../../host/consensus/pacemaker.ts";

const PACE: Pace = { minimumMs: 20, leaderTimeoutMs: 250, heartbeatMs: 10_000 };
const STATUS = {
  round: 9n,
  leadersHeld: 2,
  leadersSettled: 2,
  authorsAtRound: 0,
  lastRound: 6n,
} as OrderStatus;
/** Nothing was to do for a second; the round could have a block half a second ago. */
const SITUATION: Situation = {
  now: 2_000,
  possibleSince: 1_500,
  lastBlockAt: 1_000,
  work: true,
  parents: 3,
  leadersPerRound: 2,
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
    expect(wait({ leadersHeld: 1 }, { possibleSince: 1_900 })).toBe(150);
    expect(wait({ leadersSettled: 0 }, { possibleSince: 1_900 })).toBe(150);
    expect(wait({ leadersHeld: 1 }, { possibleSince: 1_750 })).toBe(0);
  });

  it("waits for no leader when others are in the round already", () => {
    expect(wait({ leadersHeld: 0, authorsAtRound: 3 }, { possibleSince: 2_000 })).toBe(0);
    expect(wait({ leadersHeld: 0, authorsAtRound: 2 }, { possibleSince: 2_000 })).toBe(250);
  });

  it("waits longer the longer nothing is committed, up to a bound", () => {
    const at = (round: bigint) => wait({ round, leadersHeld: 0 }, { possibleSince: 2_000 });
    expect(at(14n)).toBe(250 * 2);
    expect(at(22n)).toBe(250 * 4);
    expect(at(1_000n)).toBe(250 * 64);
  });

  it("keeps a distance from the one before, and in an idle network a heartbeat", () => {
    expect(wait({}, { lastBlockAt: 1_990 })).toBe(10);
    expect(wait({}, { work: false })).toBe(9_000);
    expect(wait({ authorsAtRound: 3 }, { work: false })).toBe(0);
  });

  it("of a lone validator waits for nobody", () => {
    expect(wait({ leadersHeld: 0, leadersSettled: 0 }, { parents: 0, leadersPerRound: 1 })).toBe(0);
  });
});
