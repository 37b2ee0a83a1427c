/** Each claim of the host fails when its mutants are put in the place of what it is about: vitest runs its checks on the changed source, in a process of their own. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { isLonger } from "../../test/support/longer.ts";
import { CLAIMS, type ClaimCheck } from "../claims.ts";

/** A shared machine may be slow. */
const TIMEOUT_MS = 300_000;
/** Of one test in there: a mutant may have it wait for ever; and of the process, which a mutant may have turn round for ever. */
const TEST_TIMEOUT_MS = 20_000;
const RUN_TIMEOUT_MS = 120_000;

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../test/vitest.config.ts", import.meta.url));

interface Report {
  readonly numTotalTests: number;
  readonly numFailedTests: number;
}

/** What the checks of one file come to with a mutant in place; undefined: to no end. */
function run(mutant: string, { file, test: name }: ClaimCheck): Report | undefined {
  const pattern = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" > ", " ");
  const words = ["run", "--config", CONFIG, "--project", "scalar", "--reporter", "json", file, "-t", pattern];
  const timeouts = ["--testTimeout", String(TEST_TIMEOUT_MS), "--hookTimeout", String(TEST_TIMEOUT_MS), "--bail", "1"];
  const { stdout, stderr, signal } = spawnSync(process.execPath, [VITEST, ...words, ...timeouts], {
    env: { ...process.env, CAISSON_HOST_MUTANT: mutant },
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    timeout: RUN_TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  if (signal !== null) return undefined;
  const json = stdout.slice(stdout.indexOf('{"numTotalTestSuites"'));
  if (!json.startsWith("{")) throw new Error(`vitest says no JSON:\n${stdout}\n${stderr}`);
  return JSON.parse(json.slice(0, json.lastIndexOf("}") + 1)) as Report;
}

const SKIPPED = isLonger("mutants of the host that the claims name", "CAISSON_MUTANTS", "npm run test:mutants");
const HOST_CLAIMS = CLAIMS.filter(({ component }) => component === "host");

describe.skipIf(SKIPPED).each(HOST_CLAIMS.map((claim) => [claim.id, claim] as const))(
  "%s",
  (_, { checks, mutants }) => {
    test.each(mutants)(
      "is broken by: %s",
      (mutant) => {
        const reports = checks.map((check) => run(mutant, check));
        for (const report of reports) expect(report?.numTotalTests).not.toBe(0);
        expect(reports.some((report) => report === undefined || report.numFailedTests > 0)).toBe(true);
      },
      TIMEOUT_MS,
    );
  },
);
