/** Whether the thresholds that we are configured with are those of a chain's fault rule: the rows of core/wire/thresholds.ts, where the rule makes them safe. */
import { equivocating, faulty, isSafe, kind, quorum, slack } from "../lib/faults";
import { FAULTS_FAST_PATH, FAULTS_TWO_DELAYS } from "../wire/generated";
import * as state from "./state";

/** Rounds from a leader to its direct decision. */
const LONE_WAVE: u32 = 1;
const SHORT_WAVE: u32 = 2;
const WAVE: u32 = 3;

/** `rule`: bcs(FaultRule). */
export function areOf(rule: usize): bool {
  const n = state.committeeSize();
  if (!isSafe(rule, n)) return false;
  if (n == 1) return are(0, LONE_WAVE, 1, 1, 1, 1, 0, 0);
  const b = equivocating(rule, n);
  const F = faulty(rule, n);
  const q = quorum(rule, n);
  if (kind(rule) == FAULTS_TWO_DELAYS) return are(q, SHORT_WAVE, q, q, q, n - 2 * F - b, 0, 0);
  if (kind(rule) != FAULTS_FAST_PATH) return are(q, WAVE, q, q, q, 1, 0, 0);
  const p = (F - b + slack(rule)) / 2;
  return are(q, WAVE, (n + b + 2) / 2, F + b + 1, n - p, 1, n - p, b + p + 1);
}

function are(
  parents: u32,
  wave: u32,
  certificate: u32,
  directCommit: u32,
  directSkip: u32,
  indirectCommit: u32,
  fastCommit: u32,
  fastIndirect: u32,
): bool {
  return (
    state.number(state.PARENTS) == parents &&
    state.number(state.WAVE) == wave &&
    state.number(state.CERTIFICATE) == certificate &&
    state.number(state.DIRECT_COMMIT) == directCommit &&
    state.number(state.DIRECT_SKIP) == directSkip &&
    state.number(state.INDIRECT_COMMIT) == indirectCommit &&
    state.number(state.FAST_COMMIT) == fastCommit &&
    state.number(state.FAST_INDIRECT) == fastIndirect
  );
}
