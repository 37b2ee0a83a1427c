/** No F members move the ledger's clock, whatever their blocks say of the time: not in the first round either, when a leader has no history. */
import { describe, expect, test } from "vitest";
import { Follower, type Made, make, ROWS, rowConfig } from "../../support/dag.ts";

const U64_MAX = 2n ** 64n - 1n;
const BEGINNING = 500n;
const ROUNDS = 8;
/** What honest members say in a round. */
const honestMs = (round: number): bigint => 1_000n * BigInt(round);

const SEVERAL = ROWS.filter(({ F, n }) => F > 0 && n <= 7);

/** Complete rounds; the first F members say `wrongMs`. */
function rounds(n: number, F: number, wrongMs: bigint): Made[] {
  const made: Made[] = [];
  let before: Made[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const now = Array.from({ length: n }, (_, author) => {
      const parents = before.map(({ ref }) => ref);
      const own = parents.filter((ref) => ref.author === author);
      const others = parents.filter((ref) => ref.author !== author);
      return make(author, round, [...own, ...others], { timestampMs: author < F ? wrongMs : honestMs(round) });
    });
    made.push(...now);
    before = now;
  }
  return made;
}

describe.each(SEVERAL.map((row) => [row.name, row] as const))("%s", (_, row) => {
  test.each([U64_MAX, 0n])("commits have honest members' times when others say %i", (wrongMs) => {
    // Any row may be led by the wrong ones first: leaders take turns from the first member on.
    const follower = new Follower(rowConfig(row, { epochStartMs: BEGINNING }));
    for (const block of rounds(row.n, row.F, wrongMs)) follower.give(block);
    const times = follower.commits.map(({ frame }) => (frame as { timestampMs: bigint }).timestampMs);
    expect(times.length).toBeGreaterThan(2);
    expect(times[0]).toBe(BEGINNING);
    for (const time of times) {
      expect(time).toBeGreaterThanOrEqual(BEGINNING);
      expect(time).toBeLessThanOrEqual(honestMs(ROUNDS));
    }
    expect(times.at(-1)).toBeGreaterThan(BEGINNING);
  });
});
