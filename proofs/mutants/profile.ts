/** What the checks of a module do on the unchanged module: which flags each raises, how long it takes, what it burns. */
import { FULL_TANK } from "./instrument.ts";
import type { Project } from "./project.ts";
import { type Target, Trial } from "./trial.ts";

export interface CheckProfile {
  readonly file: string;
  /** Its place among the file's checks, which are the same each time the file is evaluated. */
  readonly index: number;
  readonly name: string;
  readonly milliseconds: number;
  /** Loop turns, steps counted in. */
  readonly fuel: number;
  /** Numbers of those that it raised. */
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
 * Runs every check of the files once on a module instrumented with so many flags. What is raised while a file is evaluated counts for each of
 * its checks. Throws the failure of a check that fails.
 */
export async function profile(
  project: Project,
  target: Target,
  wasm: Uint8Array,
  flags: number,
  files: readonly string[],
): Promise<readonly CheckProfile[]> {
  const trial = new Trial(project, target, new WebAssembly.Module(wasm as BufferSource), { flags });
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
  return profiles.sort((a, b) => a.milliseconds - b.milliseconds);
}
