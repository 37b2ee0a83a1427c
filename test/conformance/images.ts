/** Builds what platforms run, before the tests of a file: no test's time is that of a compiler. */
import { beforeAll } from "vitest";
import { BUILD_IMAGE } from "../../platform/platforms.ts";
import type { Platform } from "./platforms.ts";

/** Half a minute for each, when nothing of it is built; more on a machine that does other work. */
const BUILD_MS = 300_000;

export function buildImages(platforms: readonly Platform[]): void {
  beforeAll(async () => {
    for (const { name } of platforms) if (name !== "node") await BUILD_IMAGE[name]();
  }, BUILD_MS);
}
