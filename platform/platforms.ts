/** The platforms by the names that operators choose them by: `--core native`. A node is the same on each. */
import { GCC } from "./native/image.ts";
import { startNativeCore } from "./native/index.ts";
import { startNodeCore } from "./node/index.ts";
import type { Program } from "./program.ts";
import { startMachineCore } from "./qemu/index.ts";
import { AARCH64, RISCV64 } from "./qemu/machines.ts";
import type { StartCore } from "./runner.ts";

export const PLATFORMS = ["node", "native", "qemu-aarch64", "qemu-riscv64"] as const;
export type PlatformName = (typeof PLATFORMS)[number];

export const START_CORE: Readonly<Record<PlatformName, StartCore>> = {
  node: startNodeCore,
  native: startNativeCore,
  "qemu-aarch64": startMachineCore(AARCH64),
  "qemu-riscv64": startMachineCore(RISCV64),
};

/** What the machine must have for a platform. */
export const NEEDS: Readonly<Record<PlatformName, readonly Program[]>> = {
  node: [],
  native: [GCC],
  "qemu-aarch64": [AARCH64.compiler, AARCH64.emulator],
  "qemu-riscv64": [RISCV64.compiler, RISCV64.emulator],
};
