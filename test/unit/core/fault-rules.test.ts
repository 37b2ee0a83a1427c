/**
 * A chain's fault rule in the core: `verify` wants its quorum and serves no committee that it does not make safe; `order` starts from a checkpoint with the
 * thresholds of the chain's rule alone. Every rule of small numbers, in committees of up to eleven, against core/wire/thresholds.ts.
 */
import { expect, test } from "vitest";
import { Certificate, Config } from "../../../core/wire/frames.ts";
import { encode } from "../../../core/wire/schema.ts";
import {
  FAULT_KINDS,
  type FaultRule,
  isSafe,
  quorumOf,
  type ThresholdRow,
  threeDelays,
  thresholdsOf,
} from "../../../core/wire/thresholds.ts";
import { Order, summaryDigest, summaryOf } from "./order-support.ts";
import { config, EPOCH, genesisOf, rejection, verifier } from "./verify-support.ts";

const MOST_MEMBERS = 11;
const ZERO = new Uint8Array(32);

const upTo = (most: number): number[] => Array.from({ length: most + 1 }, (_, i) => i);

/** Beyond what a byte holds, and around what a signed number of two bytes would hold. */
const MANY = [256, 32_768, 65_535];

/** Every kind, and one that is none. */
const RULES: readonly FaultRule[] = [
  ...upTo(FAULT_KINDS.length).flatMap((kind) =>
    upTo(3).flatMap((b) => upTo(3).flatMap((c) => upTo(3).map((k) => ({ kind, b, c, k })))),
  ),
  ...upTo(FAULT_KINDS.length).flatMap((kind) =>
    [
      ...MANY.map((b) => ({ b })),
      ...MANY.map((c) => ({ c })),
      ...MANY.map((k) => ({ k })),
      { b: 65_535, c: 65_535, k: 65_535 },
    ].map((one) => ({
      kind,
      b: 0,
      c: 0,
      k: 0,
      ...one,
    })),
  ),
];

/** Undefined: not safe. */
const rowOf = (rule: FaultRule, n: number): ThresholdRow | undefined =>
  isSafe(rule, n) ? thresholdsOf(rule, n) : undefined;

test("verify wants the rule's quorum, and serves no committee that the rule does not make safe", () => {
  const certificate = encode(Certificate, { epoch: EPOCH, signatures: [] });
  const commit = { index: 9n, round: 9n, timestampMs: 9n, commitDigest: ZERO, leaderBlock: ZERO };
  const on = verifier();
  let safe = 0;
  for (let n = 1; n <= MOST_MEMBERS; n++) {
    const committee = upTo(n - 1).map(() => ({ publicKey: new Uint8Array(1952) }));
    for (const faults of RULES) {
      const origin = genesisOf(committee, { faults });
      on.init(encode(Config.verify, { ...config, origin }));
      const summary = summaryOf(commit, { epoch: EPOCH, chain: summaryDigest(origin.summary) });
      const { name, a } = rejection(on.step("hostToVerify", { kind: "checkpoint", id: 1n, summary, certificate }));
      const row = rowOf(faults, n);
      const of = JSON.stringify({ n, faults });
      expect([name, a], of).toEqual(row ? ["noQuorum", BigInt(quorumOf(faults, n))] : ["notReady", 0n]);
      if (row) safe++;
    }
  }
  expect(safe).toBeGreaterThan(200);
});

const CAPACITIES = {
  rounds: 3,
  depth: 1,
  twins: 1,
  blockTransactions: 1,
  poolTransactions: 1,
  poolGasObjects: 1,
  orderedDigests: 1,
  verifiedItems: 1,
};

test("order starts from a checkpoint with exactly the thresholds of its chain's rule", () => {
  const order = new Order();
  const installs = (committeeSize: number, thresholds: ThresholdRow, faults: FaultRule): boolean => {
    const genesis = { index: 0n, round: 0n, timestampMs: 1n, commitDigest: ZERO, leaderBlock: ZERO };
    const summary = summaryOf(genesis, { chain: ZERO, faults });
    const chain = summaryDigest(summary);
    order.begin({ chain, committeeSize, thresholds, leadersPerRound: 1, capacities: CAPACITIES });
    order.verifiedItem("checkpoint", chain);
    const { kind } = order.install(summary)[0]!.frame;
    expect(["accepted", "rejected"]).toContain(kind);
    return kind === "accepted";
  };
  let others = 0;
  for (let n = 1; n <= MOST_MEMBERS; n++) {
    const any = threeDelays({ n, F: 0, b: 0 });
    for (const faults of RULES) {
      const row = rowOf(faults, n);
      const of = JSON.stringify({ n, faults });
      expect(installs(n, row ?? any, faults), of).toBe(row !== undefined);
      if (!row) continue;
      for (const name of Object.keys(row) as (keyof ThresholdRow)[]) {
        const [least, most] = name === "wave" ? [1, 3] : [name === "parents" && n > 1 ? 1 : 0, n];
        for (const value of [row[name] - 1, row[name] + 1]) {
          if (value < least || value > most) continue;
          expect(installs(n, { ...row, [name]: value }, faults), `${of} ${name} ${value}`).toBe(false);
          others++;
        }
      }
    }
  }
  expect(others).toBeGreaterThan(2_000);
});
