/** What the checks of a module do on the unchanged module: what each reaches, how long it takes, what it burns. */

import type { WasmModule } from "../../test/support/wasm-binary/module.ts";
import type { Coverage } from "./decisions.ts";
import { instrument } from "./instrument.ts";
import type { Project } from "./project.ts";
import { FULL_TANK, type Target, Trial } from "./trial.ts";

export interface CheckProfile {
  readonly file: string;
  /** Its place among the file's checks, which are the same each time the file is evaluated. */
  readonly index: number;
  readonly name: string;
  readonly milliseconds: number;
  /** Loop turns, steps counted in. */
  readonly fuel: number;
  /** What it reached (decisions.ts). */
  readonly flags: ReadonlySet<number>;
}

/** Flags that are up, all of which go down. */
function takeFlags(trial: Trial): number[] {
  const up: number[] = [];
  trial.flags.forEach((flag, number) => {
    if (flag.value === 0) return;
    flag.value = 0;
    up.push(number);
  });
  return up;
}

/**
 * Runs every check of the files once. What is reached while a file is evaluated counts for each of its checks. Throws the failure of a check
 * that fails on the unchanged module.
 */
export async function profile(
  project: Project,
  target: Target,
  module: WasmModule,
  coverage: Coverage,
  files: readonly string[],
): Promise<readonly CheckProfile[]> {
  const trial = new Trial(project, target, new WebAssembly.Module(instrument(module, { coverage }) as BufferSource), {
    flags: coverage.flags,
  });
  const profiles: CheckProfile[] = [];
  for (const file of files) {
    const checks = await trial.checks(file);
    const whileEvaluated = takeFlags(trial);
    for (const [index, check] of checks.entries()) {
      trial.fuel.value = FULL_TANK;
      const begun = performance.now();
      await check.run();
      profiles.push({
        file,
        index,
        name: check.name,
        milliseconds: performance.now() - begun,
        fuel: FULL_TANK - trial.fuel.value,
        flags: new Set([...whileEvaluated, ...takeFlags(trial)]),
      });
    }
  }
  if (profiles.every((check) => check.flags.size === 0)) throw new Error(`no check reaches ${target.name}`);
  return profiles.sort((a, b) => a.milliseconds - b.milliseconds);
}
