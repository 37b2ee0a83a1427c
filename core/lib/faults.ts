/**
 * A chain's fault rule (FaultRule of core/wire/frames.ts): which faults a committee of `n` outlasts, and how many of it are a quorum. core/wire/thresholds.ts
 * is the same for the host, and says where the conditions are from; a test holds both to the same numbers.
 */
import { FAULTS_CLASSIC, FAULTS_FAST_PATH, FAULTS_THREE_DELAYS, FAULTS_TWO_DELAYS } from "../wire/generated";

/** bcs(FaultRule). */
export const FAULT_RULE_BYTES: u32 = 7;

export function kind(rule: usize): u32 {
  return load<u8>(rule);
}

/** Members whose cores can equivocate; `n` is at least 1. */
export function equivocating(rule: usize, n: u32): u32 {
  return kind(rule) == FAULTS_CLASSIC ? (n - 1) / 3 : load<u16>(rule, 1);
}

/** Faulty members in all. */
export function faulty(rule: usize, n: u32): u32 {
  return equivocating(rule, n) + load<u16>(rule, 3);
}

/** Members that the fast path may do without, beyond what safety needs. */
export function slack(rule: usize): u32 {
  return load<u16>(rule, 5);
}

/** Whether the rule is one, and makes a committee of `n` safe. */
export function isSafe(rule: usize, n: u32): bool {
  if (n == 0) return false;
  const b = equivocating(rule, n);
  const F = faulty(rule, n);
  const k = slack(rule);
  const which = kind(rule);
  if (which == FAULTS_FAST_PATH) return n >= 2 * F + b + k + 1;
  if (k != 0) return false;
  if (which == FAULTS_CLASSIC) return b == F && load<u16>(rule, 1) == 0;
  if (which == FAULTS_THREE_DELAYS) return n >= 2 * F + b + 1;
  return which == FAULTS_TWO_DELAYS && n >= 3 * F + 2 * b + 1;
}

/** Members whose signatures make a certificate: all that need not be faulty. The rule makes a committee of `n` safe. */
export function quorum(rule: usize, n: u32): u32 {
  return n - faulty(rule, n);
}

/**
 * Members besides itself that must say where they stand before one that has lost its state signs again: any n - F of the committee have b + 1 of them in
 * common with these, so one at least whose word is true.
 */
export function witnesses(rule: usize, n: u32): u32 {
  return faulty(rule, n) + equivocating(rule, n) + 1;
}
