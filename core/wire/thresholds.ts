/**
 * The rows of the commit rule: which thresholds a committee of n with a given fault assumption uses, and when they are safe. `order` gets a
 * row as data. A chain chooses a fault rule once, in genesis: it says for committees of every size which row they use (`thresholdsOf`), and what a
 * quorum of them is (`quorumOf`). core/lib/faults.ts and core/order/thresholds.ts say the same to the core.
 *
 * Faults: `b` members whose cores can equivocate (broken, rolled back, cloned); `F` faulty members in all, those included. The others of the F
 * have intact cores and hostile hosts: they withhold, delay and choose parents, but never sign twice for a round.
 *
 * Sources: Mysticeti (arXiv 2310.14821) for three delays, Odontoceti (arXiv 2510.01216) for two, Hydrangea (eprint 2025/1112) for three with a
 * fast path of two. The conditions with b apart from F were checked by exploration: proofs/explore.
 */
import type { FaultRule as FaultRuleFrame } from "./frames.ts";
import { MAX_VALIDATORS } from "./limits.ts";
import type { Value } from "./schema.ts";

/** Names and units: `Thresholds` in frames.ts. */
export interface ThresholdRow {
  readonly parents: number;
  readonly wave: number;
  readonly certificate: number;
  readonly directCommit: number;
  readonly directSkip: number;
  readonly indirectCommit: number;
  readonly fastCommit: number;
  readonly fastIndirect: number;
}

/** A committee that no row makes safe. */
export class UnsafeThresholds extends Error {
  override readonly name = "UnsafeThresholds";
}

export interface Faults {
  /** Members of the committee. */
  readonly n: number;
  /** Faulty members. */
  readonly F: number;
  /** Members, among the faulty, whose cores can equivocate. */
  readonly b: number;
}

const NO_FAST_PATH = { fastCommit: 0, fastIndirect: 0 } as const;

function count(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new UnsafeThresholds(`${name} is ${value}; it must be a whole number from ${least} to ${most}`);
}

function committee({ n, F, b }: Faults, least: number, why: string): void {
  count("n", n, 1, MAX_VALIDATORS);
  count("F", F, 0, n);
  count("b", b, 0, F);
  if (n >= least) return;
  throw new UnsafeThresholds(
    `a committee of ${n} with F = ${F} and b = ${b} is not safe: ${why} wants at least ${least}`,
  );
}

/** The only member leads every round, and its block is a quorum of parents, votes and certificates at once: it commits itself. */
export function lone(): ThresholdRow {
  return {
    parents: 0,
    wave: 1,
    certificate: 1,
    directCommit: 1,
    directSkip: 1,
    indirectCommit: 1,
    ...NO_FAST_PATH,
  };
}

/** Mysticeti: commits in three delays. Safe when n >= 2F + b + 1. */
export function threeDelays(faults: Faults): ThresholdRow {
  const { n, F, b } = faults;
  committee(faults, 2 * F + b + 1, "n >= 2F + b + 1");
  const quorum = n - F;
  return {
    parents: quorum,
    wave: 3,
    certificate: quorum,
    directCommit: quorum,
    directSkip: quorum,
    indirectCommit: 1,
    ...NO_FAST_PATH,
  };
}

/** Odontoceti: commits in two delays. Safe when n >= 3F + 2b + 1. */
export function twoDelays(faults: Faults): ThresholdRow {
  const { n, F, b } = faults;
  committee(faults, 3 * F + 2 * b + 1, "n >= 3F + 2b + 1");
  const quorum = n - F;
  return {
    parents: quorum,
    wave: 2,
    certificate: quorum,
    directCommit: quorum,
    directSkip: quorum,
    indirectCommit: n - 2 * F - b,
    ...NO_FAST_PATH,
  };
}

export interface HybridFaults {
  readonly n: number;
  /** Members whose cores can equivocate. */
  readonly b: number;
  /** Members with intact cores and hostile hosts. */
  readonly c: number;
  /** Slack: members more than safety needs, which the fast path may do without. */
  readonly k: number;
}

/** Hydrangea: commits in three delays, and in two on n - floor((c + k) / 2) votes. Safe when n >= 3b + 2c + k + 1. */
export function fastPath({ n, b, c, k }: HybridFaults): ThresholdRow {
  count("k", k, 0, n);
  committee({ n, F: b + c, b }, 3 * b + 2 * c + k + 1, "n >= 3b + 2c + k + 1");
  const slack = Math.floor((c + k) / 2);
  return {
    parents: n - b - c,
    wave: 3,
    certificate: Math.ceil((n + b + 1) / 2),
    directCommit: 2 * b + c + 1,
    directSkip: n - slack,
    indirectCommit: 1,
    fastCommit: n - slack,
    fastIndirect: b + slack + 1,
  };
}

/**
 * Kinds of fault rules, by their numbers. `classic`: as many faulty members as a committee of n outlasts when each may equivocate, F = b = floor((n - 1) / 3),
 * in three delays. The others have F = b + c whatever n is, and are for members whose cores are attested.
 */
export const FAULT_KINDS = ["classic", "threeDelays", "twoDelays", "fastPath"] as const;

export type FaultRule = Value<typeof FaultRuleFrame>;

/** What a chain uses unless its genesis says otherwise. */
export const CLASSIC: FaultRule = { kind: FAULT_KINDS.indexOf("classic"), b: 0, c: 0, k: 0 };

/** The faults that a committee of n outlasts by the rule. Throws UnsafeThresholds for a rule that is none. */
function faultsOf({ kind, b, c, k }: FaultRule, n: number): Faults {
  const name = FAULT_KINDS[kind];
  if (name === undefined) throw new UnsafeThresholds(`there is no fault rule ${kind}`);
  if (name !== "fastPath") count("k", k, 0, 0);
  if (name !== "classic") return { n, F: b + c, b };
  count("b", b, 0, 0);
  count("c", c, 0, 0);
  const F = Math.floor((n - 1) / 3);
  return { n, F, b: F };
}

/** The row of a committee of n. Throws UnsafeThresholds when the rule makes it not safe. */
export function thresholdsOf(rule: FaultRule, n: number): ThresholdRow {
  const faults = faultsOf(rule, n);
  const row = rowOf(rule, faults);
  return n === 1 ? lone() : row;
}

function rowOf({ kind, b, c, k }: FaultRule, faults: Faults): ThresholdRow {
  const name = FAULT_KINDS[kind];
  if (name === "fastPath") return fastPath({ n: faults.n, b, c, k });
  return name === "twoDelays" ? twoDelays(faults) : threeDelays(faults);
}

export function isSafe(rule: FaultRule, n: number): boolean {
  try {
    thresholdsOf(rule, n);
    return true;
  } catch (error) {
    if (error instanceof UnsafeThresholds) return false;
    throw error;
  }
}

/** Members of a committee of n that may be faulty. */
export function faultyOf(rule: FaultRule, n: number): number {
  return faultsOf(rule, n).F;
}

/** Members of a committee of n whose signatures certify a checkpoint. */
export function quorumOf(rule: FaultRule, n: number): number {
  return n - faultyOf(rule, n);
}

/**
 * Members besides itself that must say where they stand before one that has lost its state signs again: any n - F of the committee have b + 1 of them in
 * common with these, so one at least whose word is true.
 */
export function witnessesOf(rule: FaultRule, n: number): number {
  const { F, b } = faultsOf(rule, n);
  return F + b + 1;
}
