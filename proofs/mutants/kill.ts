/** Whether a check fails on a mutant. */
import { FULL_TANK } from "./instrument.ts";
import type { CheckProfile } from "./profile.ts";
import { STEPS } from "./suites.ts";
import type { Trial } from "./trial.ts";

/** A mutant may take longer than the original, but not endlessly so. */
const FUEL_FACTOR = 8;
const FUEL_MARGIN = 1_000_000;

/** What killed a mutant. */
export interface Kill {
  readonly file: string;
  readonly name: string;
  readonly message: string;
}

/** What is known of checks from the mutants before: those come first that are likely to kill for the time they take, and STEPS last. */
export class Experience {
  readonly #tried = new Map<string, { times: number; kills: number }>();

  #of({ file, index }: CheckProfile): { times: number; kills: number } {
    const key = `${index} ${file}`;
    const known = this.#tried.get(key) ?? { times: 0, kills: 0 };
    this.#tried.set(key, known);
    return known;
  }

  /** Milliseconds that a kill by this check can be expected to take. */
  #price(check: CheckProfile): number {
    const { times, kills } = this.#of(check);
    return (check.milliseconds * (times + 1)) / (kills + 1);
  }

  ordered(checks: readonly CheckProfile[]): CheckProfile[] {
    const prices = new Map(checks.map((check) => [check, this.#price(check)]));
    const isLast = ({ file }: CheckProfile) => Number(file === STEPS);
    return [...checks].sort((a, b) => isLast(a) - isLast(b) || prices.get(a)! - prices.get(b)!);
  }

  add(check: CheckProfile, killed: boolean): void {
    const known = this.#of(check);
    known.times++;
    if (killed) known.kills++;
  }
}

/** Runs the checks, in the order that experience tells, until one fails. Undefined: the mutant survives. */
export async function firstKill(
  trial: Trial,
  checks: readonly CheckProfile[],
  experience = new Experience(),
): Promise<Kill | undefined> {
  for (const check of experience.ordered(checks)) {
    const { file, index, name, fuel } = check;
    try {
      trial.fuel.value = Math.min(FULL_TANK, FUEL_FACTOR * fuel + FUEL_MARGIN);
      const own = await trial.checks(file);
      trial.fuel.value = Math.min(FULL_TANK, FUEL_FACTOR * fuel + FUEL_MARGIN);
      await own[index]!.run();
      experience.add(check, false);
    } catch (error) {
      experience.add(check, true);
      return { file, name, message: String(error instanceof Error ? error.message : error).split("\n")[0]! };
    }
  }
  return undefined;
}
