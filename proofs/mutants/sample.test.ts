/** The harness itself, on ten mutants of each component and the quickest of its checks: that it finds, kills and spares what it should. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMPONENTS, type ComponentName } from "../../platform/topology.ts";
import { isLonger } from "../../test/support/longer.ts";
import { builtBytes } from "../../test/support/wasm.ts";
import { parseModule } from "../../test/support/wasm-binary/module.ts";
import { ableToTell, runCampaign } from "./campaign.ts";
import { coverageOf } from "./decisions.ts";
import { instrument } from "./instrument.ts";
import { firstKill } from "./kill.ts";
import { changesOf } from "./operators.ts";
import { profile } from "./profile.ts";
import { Project } from "./project.ts";
import { random, sample, sites } from "./sample.ts";
import { SUITES } from "./suites.ts";
import { Trial } from "./trial.ts";

const SKIPPED = isLonger(
  "the harness of the mutants on ten of each component",
  "CAISSON_MUTANTS",
  "npm run test:mutants",
);
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
  if (!SKIPPED) project = await Project.open();
});
afterAll(() => project?.close());

test.skipIf(SKIPPED).each(COMPONENTS)(
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
test.skipIf(SKIPPED).each([
  ["vault", QUICK.vault],
  ["test-sha512", "test/vectors/sha2.test.ts"],
])("%s is not killed when it is only instrumented", async (name, file) => {
  const target = { name, build: "scalar" } as const;
  const module = parseModule(builtBytes(name, "scalar"));
  const coverage = coverageOf(module);
  const checks = await profile(project, target, instrument(module, { coverage }), coverage.flags, [file]);
  expect(
    await firstKill(new Trial(project, target, new WebAssembly.Module(instrument(module) as BufferSource)), checks),
  ).toBeUndefined();
});

test.skipIf(SKIPPED)(
  "no mutant is killed by checks that are said to be unable to tell it",
  async () => {
    const target = { name: "vault", build: "simd" } as const;
    const files = [QUICK.vault];
    const module = parseModule(builtBytes("vault", "simd"));
    const coverage = coverageOf(module);
    const checks = await profile(project, target, instrument(module, { coverage }), coverage.flags, files);
    const raised = new Set(checks.flatMap(({ flags }) => [...flags]));
    const reached = sites(module, coverage.regions, () => undefined).filter(({ region }) => raised.has(region));
    const mutants = sample(module, reached, { folder: "core/vault/", count: 60, seed: SEED });
    const watched = await profile(project, target, instrument(module, { watch: mutants }), mutants.length, files);
    let spared = 0;
    for (const [number, mutant] of mutants.entries()) {
      const able = new Set(ableToTell(checks, mutant, watched, number));
      const unable = checks.filter((check) => check.flags.has(mutant.region) && !able.has(check));
      spared += unable.length;
      const patched = instrument(module, { patch: { ...mutant, bytes: mutant.change.bytes } });
      const trial = new Trial(project, target, new WebAssembly.Module(patched as BufferSource));
      expect(await firstKill(trial, unable)).toBeUndefined();
    }
    expect(spared).toBeGreaterThan(mutants.length / 3); // else it would say nothing
  },
  60_000,
);

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
