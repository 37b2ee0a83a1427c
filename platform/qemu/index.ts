/** The `qemu-…` platforms: a core that is a machine of its own, without an operating system, emulated by QEMU. */
import type { Core, CoreListener, CoreOptions, StartCore } from "../runner.ts";
import { LINKED } from "../topology.ts";
import { type Emulation, startEmulated } from "./emulator.ts";
import { machineImage } from "./image.ts";
import { type Machine, RAM_MIB } from "./machines.ts";

export const startMachineCore =
  (machine: Machine): StartCore =>
  (options, listener) =>
    startMachine(machine, options, listener);

/** Throws what machineImage and startEmulated throw. */
export async function startMachine(machine: Machine, options: CoreOptions, listener: CoreListener): Promise<Core> {
  const image = options.image ?? (await machineImage(machine));
  return startEmulated(machineEmulation(machine, image.path), image, options, listener);
}

/** A port for each component with a lane of the host's, and one for the runner itself (actors.h). */
export const machineEmulation = ({ name, emulator, hardware }: Machine, image: string): Emulation => ({
  name,
  emulator,
  machine: [...hardware, "-m", `${RAM_MIB}M`, "-kernel", image],
  links: LINKED,
  services: ["runner"],
});
