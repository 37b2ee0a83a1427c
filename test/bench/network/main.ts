/**
 * `npm run bench:network`: networks of several validators, at saturation and with long ways between them. Figures are of this machine, which all of
 * them share; what a commit takes is compared with the delays of the rule.
 */
import type { FaultsText } from "../../../host/genesis/faults.ts";
import { type Latency, latency } from "./latency.ts";
import { type Saturation, saturation } from "./saturation.ts";
import { componentUrls } from "./split.ts";

const COMMITTEES = [4, 7];
/** Rows that commits are timed by, and after how many delays each commits at best. */
const ROWS: readonly { readonly validators: number; readonly faults: FaultsText; readonly delays: number }[] = [
  { validators: 4, faults: { rule: "classic" }, delays: 3 },
  { validators: 4, faults: { rule: "fast-path", b: 0, c: 1, k: 1 }, delays: 2 },
  { validators: 7, faults: { rule: "classic" }, delays: 3 },
  { validators: 7, faults: { rule: "fast-path", b: 1, c: 1, k: 1 }, delays: 2 },
];
const ONE_WAY_MS = 50;

function showSaturation(validators: number, measured: Saturation): void {
  const { count, seconds, finalityP50, rounds, commits, checkpoints, busyMs, split } = measured;
  console.log(
    `\n${validators} validators, ${count} transfers at saturation: ${(count / seconds).toFixed(0)} a second, ` +
      `finality p50 ${finalityP50} ms; ${rounds} rounds, ${commits} commits, ${checkpoints} checkpoints`,
  );
  const each = (busyMs * 1_000) / (count * validators);
  console.log(`  a validator's time on a processor for each transfer: ${each.toFixed(0)} us, of which`);
  for (const [part, share] of [...split].sort((a, b) => b[1] - a[1])) {
    console.log(
      `    ${part.padEnd(20)} ${(share * each).toFixed(0).padStart(6)} us ${(100 * share).toFixed(1).padStart(5)} %`,
    );
  }
}

function showLatency({ validators, faults, delays }: (typeof ROWS)[number], measured: Latency): void {
  const { block, leaderCommit, commit, certificate, finality } = measured;
  const ruleMs = delays * ONE_WAY_MS;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  console.log(`\n${validators} validators, ${faults.rule}, ${ONE_WAY_MS} ms from one to another; medians:`);
  console.log(`  wait for a block              ${ms(block)}`);
  console.log(
    `  commit of a leader's block    ${ms(leaderCommit)}: ${(leaderCommit / ruleMs).toFixed(2)} x the rule's ${delays} delays`,
  );
  console.log(`  commit of any block           ${ms(commit)}`);
  console.log(`  execution and certificate     ${ms(certificate)}, one delay of it the signatures' way`);
  console.log(`  finality as a client sees it  ${ms(finality)}`);
}

const components = await componentUrls();
for (const validators of COMMITTEES) showSaturation(validators, await saturation(validators, components));
for (const row of ROWS) showLatency(row, await latency(row.validators, row.faults, ONE_WAY_MS));
