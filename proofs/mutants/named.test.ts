/** Each claim of the table fails when its mutants are put in the place of what it is about: by one of its own checks. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseModule } from "../../test/support/wasm-binary/module.ts";
import { CLAIMS, type ClaimCheck } from "../claims.ts";
import { compileNamed } from "./compile-named.ts";
import { instrument } from "./instrument.ts";
import { NAMED } from "./named.ts";
import { Project } from "./project.ts";
import { FULL_TANK, Trial } from "./trial.ts";

/** A shared machine may be slow. */
const TIMEOUT_MS = 300_000;

let project: Project;
beforeAll(async () => {
  project = await Project.open();
});
afterAll(() => project.close());

/** Names of the tests that a claim's checks come to and that fail on the trial's module, until the first. */
async function firstFailure(trial: Trial, checks: readonly ClaimCheck[]): Promise<string | undefined> {
  for (const { file, test: name } of checks) {
    for (const one of await trial.checks(file)) {
      if (!one.name.startsWith(name)) continue;
      trial.fuel.value = FULL_TANK;
      try {
        await one.run();
      } catch {
        return `${file} ${one.name}`;
      }
    }
  }
  return undefined;
}

describe.each(CLAIMS.map((claim) => [claim.id, claim] as const))("%s", (_, { checks, mutants }) => {
  test.each(mutants)(
    "is broken by: %s",
    async (name) => {
      const mutant = NAMED.find((one) => one.name === name)!;
      const bytes = instrument(parseModule(await compileNamed(mutant)));
      const trial = new Trial(project, { name: mutant.module, build: "scalar" }, bytes);
      expect(await firstFailure(trial, checks)).toBeDefined();
    },
    TIMEOUT_MS,
  );
});
