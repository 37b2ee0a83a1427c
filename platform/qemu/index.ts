/** The `qemu-…` platforms: a core that is a machine of its own, without an operating system, emulated by QEMU. */
import { join } from "node:path";
import { firstStage, stagedBoot } from "../first-stage/image.ts";
import { CoreStartError } from "../launched-core.ts";
import type { Core, CoreListener, CoreOptions, StartCore } from "../runner.ts";
import { LINKED } from "../topology.ts";
import { type Emulation, startEmulated } from "./emulator.ts";
import { BUILD_FOLDER, machineImage } from "./image.ts";
import { type Machine, RAM_MIB } from "./machines.ts";

export const startMachineCore =
  (machine: Machine): StartCore =>
  (options, listener) =>
    startMachine(machine, options, listener);

/** Throws what machineImage and startEmulated throw. */
export async function startMachine(machine: Machine, options: CoreOptions, listener: CoreListener): Promise<Core> {
  const image = options.image ?? (await machineImage(machine));
  const emulation = machineEmulation(machine, image.path);
  if (options.trust !== "tpm" || options.trustFolder === undefined)
    return startEmulated(emulation, image, options, listener);
  const boot = await measuredBoot(machine, image.path);
  return startEmulated(
    { ...emulation, machine: [...common(machine), ...boot], attests: true },
    image,
    options,
    listener,
  );
}

/** Words for the emulator that boot an image by a first stage. Throws CoreStartError, MissingProgram or CompileError. */
async function measuredBoot(machine: Machine, image: string): Promise<readonly string[]> {
  const { name, stage, compiler } = machine;
  if (!stage) throw new CoreStartError(`${name} has no TPM`);
  return stagedBoot(await firstStage(compiler, stage, join(BUILD_FOLDER, name)), stage, image);
}

/** A port for each component with a lane of the host's, and one for the runner itself (actors.h). */
const common = ({ hardware }: Machine): readonly string[] => [...hardware, "-m", `${RAM_MIB}M`];

export const machineEmulation = (machine: Machine, image: string): Emulation => ({
  name: machine.name,
  emulator: machine.emulator,
  machine: [...common(machine), "-kernel", image],
  links: LINKED,
  services: ["runner"],
});
