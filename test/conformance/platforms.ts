/** The platforms that this machine can run; why it cannot run the others is printed, once. */
import { spawnSync } from "node:child_process";
import { NEEDS, PLATFORMS, type PlatformName, START_CORE } from "../../platform/platforms.ts";
import type { StartCore } from "../../platform/runner.ts";

export interface Platform {
  readonly name: PlatformName;
  readonly start: StartCore;
}

const missing = (name: PlatformName): string[] =>
  NEEDS[name]
    .filter(({ command }) => spawnSync(command, ["--version"]).error !== undefined)
    .flatMap(({ packages }) => packages);

/** All that are present; `node`, which the others are held to, among them. */
export function platformsHere(): Platform[] {
  return PLATFORMS.filter((name) => {
    const packages = missing(name);
    if (packages.length > 0) console.log(`${name} is skipped: apt-get install ${packages.join(" ")}`);
    return packages.length === 0;
  }).map((name) => ({ name, start: START_CORE[name] }));
}
