/** Whether a check fails on a mutant. */
import type { CheckProfile } from "./profile.ts";
import { FULL_TANK, type Trial } from "./trial.ts";

/** A mutant may take longer than the original, but not endlessly so. */
const FUEL_FACTOR = 8;
const FUEL_MARGIN = 1_000_000;

/** What killed a mutant. */
export interface Kill {
  readonly file: string;
  readonly name: string;
  readonly message: string;
}

/** Runs the checks, given cheapest first, until one fails. Undefined: the mutant survives. */
export async function firstKill(trial: Trial, checks: readonly CheckProfile[]): Promise<Kill | undefined> {
  for (const { file, index, name, fuel } of checks) {
    try {
      trial.fuel.value = Math.min(FULL_TANK, FUEL_FACTOR * fuel + FUEL_MARGIN);
      const own = await trial.checks(file);
      trial.fuel.value = Math.min(FULL_TANK, FUEL_FACTOR * fuel + FUEL_MARGIN);
      await own[index]!.run();
    } catch (error) {
      return { file, name, message: String(error instanceof Error ? error.message : error).split("\n")[0]! };
    }
  }
  return undefined;
}
