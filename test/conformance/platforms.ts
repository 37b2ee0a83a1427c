/** The platforms that this machine can run; why it cannot run the others is printed, once. */
import { spawnSync } from "node:child_process";
import { PLATFORMS, type PlatformName, START_CORE } from "../../platform/platforms.ts";
import type { StartCore } from "../../platform/runner.ts";

/** Programs that a platform needs, and Debian's packages that have them. */
const NEEDS: Readonly<Record<PlatformName, Readonly<Record<string, string>>>> = {
  node: {},
  native: { gcc: "gcc libc6-dev" },
};

export interface Platform {
  readonly name: PlatformName;
  readonly start: StartCore;
}

const missing = (name: PlatformName): string[] =>
  Object.entries(NEEDS[name])
    .filter(([program]) => spawnSync(program, ["--version"]).error !== undefined)
    .map(([, packages]) => packages);

/** All that are present; `node`, which the others are held to, among them. */
export function platformsHere(): Platform[] {
  return PLATFORMS.filter((name) => {
    const packages = missing(name);
    if (packages.length > 0) console.log(`${name} is skipped: apt-get install ${packages.join(" ")}`);
    return packages.length === 0;
  }).map((name) => ({ name, start: START_CORE[name] }));
}
