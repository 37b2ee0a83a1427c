/** The platforms by the names that operators choose them by: `--core native`. A node is the same on each. */
import { startNativeCore } from "./native/index.ts";
import { startNodeCore } from "./node/index.ts";
import type { StartCore } from "./runner.ts";

export const PLATFORMS = ["node", "native"] as const;
export type PlatformName = (typeof PLATFORMS)[number];

export const START_CORE: Readonly<Record<PlatformName, StartCore>> = {
  node: startNodeCore,
  native: startNativeCore,
};
