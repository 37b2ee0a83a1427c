/** The platforms by the names that operators choose them by: `--core native`. A node is the same on each. */
import type { ImageOptions } from "./image/component-objects.ts";
import type { Image } from "./image/image.ts";
import { CoreStartError } from "./launched-core.ts";
import { GCC, nativeImage } from "./native/image.ts";
import { startNativeCore } from "./native/index.ts";
import { startNodeCore } from "./node/index.ts";
import type { Program } from "./program.ts";
import { machineImage } from "./qemu/image.ts";
import { startMachineCore } from "./qemu/index.ts";
import { AARCH64, RISCV64 } from "./qemu/machines.ts";
import type { StartCore, TrustedBy } from "./runner.ts";
import { SEL4_AARCH64, SEL4_RISCV64 } from "./sel4/boards.ts";
import { sel4Image } from "./sel4/image.ts";
import { SETPRIV, startSel4Core } from "./sel4/index.ts";
import { sdkMissing } from "./sel4/sdk.ts";

/** Those that run an image, which is built before; V8 runs the modules as they are. */
export const BUILT_PLATFORMS = ["native", "qemu-aarch64", "qemu-riscv64", "sel4-aarch64", "sel4-riscv64"] as const;
export type BuiltPlatform = (typeof BUILT_PLATFORMS)[number];

export const PLATFORMS = ["node", ...BUILT_PLATFORMS] as const;
export type PlatformName = (typeof PLATFORMS)[number];

export const START_CORE: Readonly<Record<PlatformName, StartCore>> = {
  node: startNodeCore,
  native: startNativeCore,
  "qemu-aarch64": startMachineCore(AARCH64),
  "qemu-riscv64": startMachineCore(RISCV64),
  "sel4-aarch64": startSel4Core(SEL4_AARCH64),
  "sel4-riscv64": startSel4Core(SEL4_RISCV64),
};

/** Those that may have a TPM. */
const TPM_PLATFORMS: readonly PlatformName[] = ["qemu-aarch64", "sel4-aarch64"];

/** What starts cores of a platform whose vault is served by this. Throws CoreStartError when the platform does not have it. */
export function coreStarter(name: PlatformName, trust: TrustedBy): StartCore {
  if (trust === "tpm" && !TPM_PLATFORMS.includes(name)) {
    throw new CoreStartError(`${name} has no TPM; ${TPM_PLATFORMS.join(", ")} may have one`);
  }
  return (options, listener) => START_CORE[name]({ ...options, trust }, listener);
}

/** Programs that the machine must have for a platform. */
export const NEEDS: Readonly<Record<PlatformName, readonly Program[]>> = {
  node: [],
  native: [GCC],
  "qemu-aarch64": [AARCH64.compiler, AARCH64.emulator],
  "qemu-riscv64": [RISCV64.compiler, RISCV64.emulator],
  "sel4-aarch64": [AARCH64.compiler, AARCH64.emulator, SETPRIV],
  "sel4-riscv64": [RISCV64.compiler, RISCV64.emulator, SETPRIV],
};

/** What no package has and the user must give, in words for people; undefined: nothing. */
export const MISSING: Readonly<Partial<Record<PlatformName, () => string | undefined>>> = {
  "sel4-aarch64": () => sdkMissing(SEL4_AARCH64),
  "sel4-riscv64": () => sdkMissing(SEL4_RISCV64),
};

/** Builds what a platform's cores are started of, unless it is built; they do so themselves. */
export const BUILD_IMAGE: Readonly<Record<BuiltPlatform, (options?: ImageOptions) => Promise<Image>>> = {
  native: nativeImage,
  "qemu-aarch64": (options) => machineImage(AARCH64, options),
  "qemu-riscv64": (options) => machineImage(RISCV64, options),
  "sel4-aarch64": (options) => sel4Image(SEL4_AARCH64, options),
  "sel4-riscv64": (options) => sel4Image(SEL4_RISCV64, options),
};
