/** Each claim of the table fails when its mutants are put in the place of what it is about: by one of its own checks. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isLonger } from "../../test/support/longer.ts";
import { CLAIMS, type ClaimCheck } from "../claims.ts";
import type { Check } from "./collector.ts";
import { compileNamed } from "./compile-named.ts";
import { FULL_TANK } from "./instrument.ts";
import { NAMED } from "./named.ts";
import { Project } from "./project.ts";
import { Trial } from "./trial.ts";

/** A shared machine may be slow. */
const TIMEOUT_MS = 300_000;

let project: Project;
beforeAll(async () => {
  if (!SKIPPED) project = await Project.open();
});
afterAll(() => project?.close());

/** The tests that a claim's checks come to, those that are said to find the mutant first. */
async function checksOf(trial: Trial, checks: readonly ClaimCheck[], foundBy: string | undefined): Promise<Check[]> {
  const all: Check[] = [];
  for (const { file, test: name } of checks) {
    for (const one of await trial.checks(file)) if (one.name.startsWith(name)) all.push(one);
  }
  if (foundBy === undefined) return all;
  const first = all.filter(({ name }) => name.startsWith(foundBy));
  if (first.length === 0) throw new Error(`no check of the claim is called "${foundBy}"`);
  return [...first, ...all.filter((one) => !first.includes(one))];
}

/** The first test that fails on the trial's module. */
async function firstFailure(trial: Trial, checks: readonly Check[]): Promise<string | undefined> {
  for (const { file, name, run } of checks) {
    trial.fuel.value = FULL_TANK;
    try {
      await run();
    } catch {
      return `${file} ${name}`;
    }
  }
  return undefined;
}

const SKIPPED = isLonger("mutants that the claims name", "CAISSON_MUTANTS", "npm run test:mutants");

const CORE_CLAIMS = CLAIMS.filter(({ component }) => component !== "host");

describe.skipIf(SKIPPED).each(CORE_CLAIMS.map((claim) => [claim.id, claim] as const))(
  "%s",
  (_, { checks, mutants }) => {
    test.each(mutants)(
      "is broken by: %s",
      async (name) => {
        const mutant = NAMED.find((one) => one.name === name)!;
        const { module, chosen } = await compileNamed(mutant);
        const trial = new Trial(project, { name: mutant.module, build: "scalar" }, module, { chosen });
        expect(await firstFailure(trial, await checksOf(trial, checks, mutant.foundBy))).toBeDefined();
      },
      TIMEOUT_MS,
    );
  },
);
