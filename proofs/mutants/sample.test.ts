/** The harness itself, on ten mutants of each component and the quickest of its checks: that it finds, kills and spares what it should. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMPONENTS, type ComponentName } from "../../platform/topology.ts";
import { parseModule } from "../../test/support/wasm-binary/module.ts";
import { runCampaign } from "./campaign.ts";
import { coverageOf } from "./decisions.ts";
import { instrument } from "./instrument.ts";
import { firstKill } from "./kill.ts";
import { changesOf } from "./operators.ts";
import { profile } from "./profile.ts";
import { Project } from "./project.ts";
import { random } from "./sample.ts";
import { SUITES } from "./suites.ts";
import { builtBytes, Trial } from "./trial.ts";

const SEED = 7;
const COUNT = 10;
/** One file of checks a component: the whole suites are for `npm run mutants`. */
const QUICK: Readonly<Record<ComponentName, string>> = {
  verify: "test/unit/core/verify-committee.test.ts",
  order: "test/unit/core/order.test.ts",
  execute: "test/unit/core/execute-inputs.test.ts",
  ledger: "proofs/properties/ledger-results.test.ts",
  vault: "test/unit/core/vault.test.ts",
};
/** A shared machine may be slow. */
const TIMEOUT_MS = 300_000;

let project: Project;
beforeAll(async () => {
  project = await Project.open();
});
afterAll(() => project.close());

test.each(COMPONENTS)(
  "most of ten mutants of %s are killed",
  async (component) => {
    expect(SUITES[component]).toContain(QUICK[component]);
    const { verdicts } = await runCampaign(project, component, "simd", {
      count: COUNT,
      seed: SEED,
      files: [QUICK[component]],
      located: component === "vault", // compiling each component once more would take most of the time
    });
    const killed = verdicts.filter(({ kill }) => kill).length;
    expect(verdicts.length).toBe(COUNT);
    expect(killed).toBeGreaterThanOrEqual(COUNT / 2);
    if (component === "vault")
      expect(verdicts.some(({ mutant }) => mutant.place?.file.startsWith("core/vault/"))).toBe(true);
  },
  TIMEOUT_MS,
);

// The second exports globals as well.
test.each([
  ["vault", QUICK.vault],
  ["test-sha512", "test/vectors/sha2.test.ts"],
])("%s is not killed when it is only instrumented", async (name, file) => {
  const target = { name, build: "scalar" } as const;
  const module = parseModule(builtBytes(name, "scalar"));
  const checks = await profile(project, target, module, coverageOf(module), [file]);
  expect(
    await firstKill(new Trial(project, target, new WebAssembly.Module(instrument(module) as BufferSource)), checks),
  ).toBeUndefined();
});

describe.each(COMPONENTS)("of %s", (component) => {
  test.each(["scalar", "simd"] as const)("every change of the %s build gives a valid module", (build) => {
    const module = parseModule(builtBytes(component, build));
    const next = random(SEED);
    let tried = 0;
    for (const [functionIndex, body] of module.functions.entries()) {
      for (const [instructionIndex, instruction] of body.instructions.entries()) {
        const changes = changesOf(module, body, instruction);
        if (changes.length === 0 || next(200) > 0) continue;
        const { bytes } = changes[next(changes.length)]!;
        const mutant = instrument(module, { patch: { functionIndex, instructionIndex, bytes } });
        expect(WebAssembly.validate(mutant as BufferSource)).toBe(true);
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(5);
  });
});
