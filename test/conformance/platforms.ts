/** The platforms that this machine can run; why it cannot run the others is printed, once. */
import { spawnSync } from "node:child_process";
import { beforeAll } from "vitest";
import { BUILD_IMAGE, NEEDS, PLATFORMS, type PlatformName, START_CORE } from "../../platform/platforms.ts";
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

/** Half a minute for each, when nothing of it is built. */
const BUILD_MS = 300_000;

/** Has what these platforms run built before the tests of a file. */
export function buildImages(platforms: readonly Platform[]): void {
  beforeAll(async () => {
    for (const { name } of platforms) if (name !== "node") await BUILD_IMAGE[name]();
  }, BUILD_MS);
}
