/** Rows of thresholds: the published ones, and the conditions under which they are refused. */
import { describe, expect, test } from "vitest";
import {
  defaultThresholds,
  fastPath,
  lone,
  threeDelays,
  twoDelays,
  UnsafeThresholds,
} from "../../../core/wire/thresholds.ts";

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

test("a committee of one is a row of the same rule, and the default assumes that every faulty member may equivocate", () => {
  expect(defaultThresholds(1)).toEqual(lone());
  expect(defaultThresholds(4)).toEqual(threeDelays({ n: 4, F: 1, b: 1 }));
  expect(defaultThresholds(7)).toEqual(threeDelays({ n: 7, F: 2, b: 2 }));
  expect(defaultThresholds(3)).toEqual(threeDelays({ n: 3, F: 0, b: 0 }));
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
