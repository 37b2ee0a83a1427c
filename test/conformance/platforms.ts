/** The platforms that this machine can run; why it cannot run the others is printed, once. */
import { spawnSync } from "node:child_process";
import { MISSING, NEEDS, PLATFORMS, type PlatformName, START_CORE } from "../../platform/platforms.ts";
import type { StartCore } from "../../platform/runner.ts";
import { isLonger } from "../support/longer.ts";

export interface Platform {
  readonly name: PlatformName;
  readonly start: StartCore;
}

function missing(name: PlatformName): string | undefined {
  const packages = NEEDS[name]
    .filter(({ command }) => spawnSync(command, ["--version"]).error !== undefined)
    .flatMap((program) => program.packages);
  return packages.length > 0 ? `apt-get install ${packages.join(" ")}` : MISSING[name]?.();
}

/** All that are present; `node`, which the others are held to, among them. */
export function platformsHere(): Platform[] {
  return PLATFORMS.filter((name) => {
    const why = missing(name);
    if (why) console.log(`${name} is skipped: ${why}`);
    return why === undefined;
  }).map((name) => ({ name, start: START_CORE[name] }));
}

/** The same but for emulated machines, which take minutes for `what`: those come with `npm run test:machines`. */
export function platformsInTime(what: string): Platform[] {
  const all = platformsHere();
  if (!isLonger(`${what} on emulated machines`, "CAISSON_MACHINES", "npm run test:machines")) return all;
  return all.filter(({ name }) => name === "node" || name === "native");
}
