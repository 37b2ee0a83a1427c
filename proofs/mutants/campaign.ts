/** A campaign: mutants of one component, sampled from a seed, each held against the checks that reach it. */
import type { ComponentName } from "../../platform/topology.ts";
import { builtBytes } from "../../test/support/wasm.ts";
import { parseModule } from "../../test/support/wasm-binary/module.ts";
import type { Build } from "./compile.ts";
import { type Coverage, coverageOf } from "./decisions.ts";
import { instrument } from "./instrument.ts";
import { Experience, firstKill, type Kill } from "./kill.ts";
import { locator } from "./locate.ts";
import { type CheckProfile, profile } from "./profile.ts";
import type { Project } from "./project.ts";
import { type Mutant, sample, sites } from "./sample.ts";
import { SUITES } from "./suites.ts";
import { type Target, Trial } from "./trial.ts";

export interface Verdict {
  readonly mutant: Mutant;
  /** How many checks were able to tell it from the original. */
  readonly checks: number;
  /** Undefined: it survived. */
  readonly kill: Kill | undefined;
  readonly milliseconds: number;
}

export interface Campaign {
  readonly component: ComponentName;
  readonly build: Build;
  readonly checks: number;
  /** Instructions that some operator changes. */
  readonly sites: number;
  /** Of these, those that no check reaches, and those in a condition of which every check takes the same side. */
  readonly unreached: number;
  readonly oneSided: number;
  readonly verdicts: readonly Verdict[];
}

export interface CampaignOptions {
  readonly count: number;
  readonly seed: number;
  /** What the mutants are held against: the component's suites, unless others are named. */
  readonly files?: readonly string[];
  /** Whether to find out where the mutants come from; without that, all places are alike to the sample. */
  readonly located?: boolean;
  /** Hears of each verdict. */
  readonly heard?: (verdict: Verdict) => void;
}

export async function runCampaign(
  project: Project,
  component: ComponentName,
  build: Build,
  { count, seed, files = SUITES[component], located = true, heard = () => {} }: CampaignOptions,
): Promise<Campaign> {
  const target: Target = { name: component, build };
  const bytes = builtBytes(component, build);
  const module = parseModule(bytes);
  const coverage = coverageOf(module);
  const checks = await profile(project, target, instrument(module, { coverage }), coverage.flags, files);
  const all = sites(module, coverage.regions, located ? await locator(component, build, bytes) : () => undefined);
  const flags = new Set(checks.flatMap((check) => [...check.flags]));
  const reached = all.filter(({ region }) => flags.has(region));
  if (reached.length === 0) throw new Error(`no check reaches ${component}`);
  const oneSided = oneSidedConditions(coverage, flags);
  const within = reached.filter(
    ({ functionIndex, instructionIndex }) => !oneSided.has(`${functionIndex} ${instructionIndex}`),
  );
  const mutants = sample(module, within, { folder: `core/${component}/`, count, seed });
  const watched = await profile(project, target, instrument(module, { watch: mutants }), mutants.length, files);
  const experience = new Experience();
  const verdicts: Verdict[] = [];
  for (const [number, mutant] of mutants.entries()) {
    const begun = performance.now();
    const patched = instrument(module, { patch: { ...mutant, bytes: mutant.change.bytes } });
    const able = ableToTell(checks, mutant, watched, number);
    const kill = await firstKill(
      new Trial(project, target, new WebAssembly.Module(patched as BufferSource)),
      able,
      experience,
    );
    const verdict = { mutant, checks: able.length, kill, milliseconds: performance.now() - begun };
    verdicts.push(verdict);
    heard(verdict);
  }
  return {
    component,
    build,
    checks: checks.length,
    sites: all.length,
    unreached: all.length - reached.length,
    oneSided: reached.length - within.length,
    verdicts,
  };
}

/** "function instruction" of everything in a condition of which only one side was taken. */
function oneSidedConditions({ decisions }: Coverage, flags: ReadonlySet<number>): ReadonlySet<string> {
  const inside = new Set<string>();
  for (const { functionIndex, instructionIndex, conditionFrom, sides } of decisions) {
    if (sides.every((side) => flags.has(side))) continue;
    for (let index = conditionFrom; index <= instructionIndex; index++) inside.add(`${functionIndex} ${index}`);
  }
  return inside;
}

/**
 * Checks that can tell a mutant from the original: those that reach it, from the first of their file in which it made a difference on; later ones
 * may use an instance that the difference has been left in. `number`: the mutant's flag in `watched`.
 */
export function ableToTell(
  checks: readonly CheckProfile[],
  { region }: Mutant,
  watched: readonly CheckProfile[],
  number: number,
): CheckProfile[] {
  const first = new Map<string, number>();
  for (const { file, index, flags } of watched) {
    if (flags.has(number)) first.set(file, Math.min(index, first.get(file) ?? index));
  }
  return checks.filter(
    ({ file, index, flags }) => flags.has(region) && index >= (first.get(file) ?? Number.POSITIVE_INFINITY),
  );
}
