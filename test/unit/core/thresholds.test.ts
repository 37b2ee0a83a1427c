/** Rows of thresholds: the published ones, and the conditions under which they are refused. */
import { describe, expect, test } from "vitest";
import {
  CLASSIC,
  FAULT_KINDS,
  type FaultRule,
  fastPath,
  lone,
  quorumOf,
  threeDelays,
  thresholdsOf,
  twoDelays,
  UnsafeThresholds,
} from "../../../core/wire/thresholds.ts";

const ruleOf = (kind: (typeof FAULT_KINDS)[number], b: number, c: number, k = 0): FaultRule => ({
  kind: FAULT_KINDS.indexOf(kind),
  b,
  c,
  k,
});

describe("three delays", () => {
  test("with b = F are Mysticeti's 2f + 1 of 3f + 1 (arXiv 2310.14821)", () => {
    for (let f = 1; f <= 33; f++) {
      const row = threeDelays({ n: 3 * f + 1, F: f, b: f });
      const quorum = 2 * f + 1;
      expect(row).toMatchObject({ parents: quorum, certificate: quorum, directCommit: quorum, directSkip: quorum });
      expect(row).toMatchObject({ wave: 3, indirectCommit: 1, fastCommit: 0, fastIndirect: 0 });
    }
  });

  test("are made exactly when n >= 2F + b + 1", () => {
    for (let n = 1; n <= 12; n++) {
      for (let F = 0; F <= n; F++) {
        for (let b = 0; b <= F; b++) {
          const make = () => threeDelays({ n, F, b });
          if (n >= 2 * F + b + 1) expect(make().parents).toBe(n - F);
          else expect(make).toThrow(`a committee of ${n} with F = ${F} and b = ${b} is not safe`);
        }
      }
    }
  });
});

test("two delays are made exactly when n >= 3F + 2b + 1, with Odontoceti's 4f + 1 of 5f + 1 (arXiv 2510.01216)", () => {
  for (let n = 1; n <= 16; n++) {
    for (let F = 0; F <= n; F++) {
      for (let b = 0; b <= F; b++) {
        const make = () => twoDelays({ n, F, b });
        if (n >= 3 * F + 2 * b + 1)
          expect(make()).toMatchObject({ wave: 2, directCommit: n - F, indirectCommit: n - 2 * F - b });
        else expect(make).toThrow(UnsafeThresholds);
      }
    }
  }
  expect(twoDelays({ n: 6, F: 1, b: 1 })).toMatchObject({ parents: 5, directCommit: 5, indirectCommit: 3 });
});

test("the fast path is Hydrangea's: n - p of 3b + 2c + k + 1 (eprint 2025/1112)", () => {
  // (b, c, k) = (1, 1, 1): seven members, two delays on six votes.
  expect(fastPath({ n: 7, b: 1, c: 1, k: 1 })).toEqual({
    parents: 5,
    wave: 3,
    certificate: 5,
    directCommit: 4,
    directSkip: 6,
    indirectCommit: 1,
    fastCommit: 6,
    fastIndirect: 3,
  });
  for (let b = 0; b <= 3; b++) {
    for (let c = 0; c <= 3; c++) {
      for (let k = 0; k <= 3; k++) {
        const n = 3 * b + 2 * c + k + 1;
        expect(fastPath({ n, b, c, k }).fastCommit).toBe(n - Math.floor((c + k) / 2));
        if (n > 1) expect(() => fastPath({ n: n - 1, b, c, k })).toThrow(UnsafeThresholds);
      }
    }
  }
});

test("a committee of one is a row of the same rule, and the classic rule assumes that every faulty member may equivocate", () => {
  for (const rule of [CLASSIC, ruleOf("threeDelays", 0, 0), ruleOf("twoDelays", 0, 0), ruleOf("fastPath", 0, 0)]) {
    expect(thresholdsOf(rule, 1)).toEqual(lone());
    expect(quorumOf(rule, 1)).toBe(1);
  }
  expect(thresholdsOf(CLASSIC, 4)).toEqual(threeDelays({ n: 4, F: 1, b: 1 }));
  expect(thresholdsOf(CLASSIC, 7)).toEqual(threeDelays({ n: 7, F: 2, b: 2 }));
  expect(thresholdsOf(CLASSIC, 3)).toEqual(threeDelays({ n: 3, F: 0, b: 0 }));
});

test("the other rules are of as many faults whatever the committee, and refused where it is too small for them", () => {
  for (let n = 4; n <= 9; n++) {
    expect(thresholdsOf(ruleOf("threeDelays", 0, 1), n)).toEqual(threeDelays({ n, F: 1, b: 0 }));
    expect(quorumOf(ruleOf("fastPath", 0, 1, 1), n)).toBe(n - 1);
  }
  expect(thresholdsOf(ruleOf("fastPath", 1, 1, 1), 7)).toEqual(fastPath({ n: 7, b: 1, c: 1, k: 1 }));
  expect(() => thresholdsOf(ruleOf("fastPath", 1, 1, 1), 6)).toThrow(
    "a committee of 6 with F = 2 and b = 1 is not safe",
  );
  expect(() => thresholdsOf(ruleOf("threeDelays", 1, 0), 3)).toThrow("n >= 2F + b + 1 wants at least 4");
  expect(() => thresholdsOf(ruleOf("threeDelays", 0, 1, 1), 9)).toThrow("k is 1");
  expect(() => thresholdsOf(ruleOf("classic", 0, 1), 9)).toThrow("c is 1");
  expect(() => thresholdsOf(ruleOf("classic", 1, 0), 9)).toThrow("b is 1");
  expect(() => thresholdsOf({ kind: FAULT_KINDS.length, b: 0, c: 0, k: 0 }, 4)).toThrow("there is no fault rule 4");
});

test.each([
  [{ n: 0, F: 0, b: 0 }, "n is 0"],
  [{ n: 101, F: 0, b: 0 }, "n is 101"],
  [{ n: 4.5, F: 1, b: 1 }, "n is 4.5"],
  [{ n: 4, F: -1, b: 0 }, "F is -1"],
  [{ n: 4, F: 1, b: 2 }, "b is 2; it must be a whole number from 0 to 1"],
])("what no committee can be is refused by name: %o", (faults, message) => {
  expect(() => threeDelays(faults)).toThrow(message);
});
