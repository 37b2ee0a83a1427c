/**
 * The `sel4-…` platforms: a core that is a system of protection domains on seL4 (system.ts), on a board that QEMU emulates. What domains say of
 * themselves is said by monitor, on its console.
 */

import { join } from "node:path";
import { firstStage, stagedBoot } from "../first-stage/image.ts";
import type { Program } from "../program.ts";
import { type Emulation, startEmulated } from "../qemu/emulator.ts";
import { BUILD_FOLDER } from "../qemu/image.ts";
import type { Core, CoreListener, CoreOptions, StartCore } from "../runner.ts";
import { type ComponentName, INSTANCES, LINKED } from "../topology.ts";
import { type Board, RAM_MIB } from "./boards.ts";
import { sel4Image } from "./image.ts";
import { tpmOf } from "./system.ts";

/** A system on seL4 cannot turn its board off: so the emulator is started to end with this process. */
export const SETPRIV: Program = { command: "setpriv", packages: ["util-linux"] };

export interface Sel4CoreOptions extends CoreOptions {
  /** Domains of verify and of execute each that the image has. */
  readonly pools?: number;
}

export const startSel4Core =
  (board: Board): StartCore =>
  (options, listener) =>
    startSel4(board, options, listener);

/** Throws what sel4Image and startEmulated throw. */
export async function startSel4(board: Board, options: Sel4CoreOptions, listener: CoreListener): Promise<Core> {
  const image = options.image ?? (await sel4Image(board, options));
  const emulation = sel4Emulation(board, image.path, options.pools);
  if (options.trust !== "tpm" || options.trustFolder === undefined)
    return startEmulated(emulation, image, options, listener);
  const { stage: place } = tpmOf(board);
  const stage = await firstStage(board.machine.compiler, place, join(BUILD_FOLDER, board.name));
  const machine = [...common(board), ...stagedBoot(stage, place, image.path)];
  return startEmulated({ ...emulation, machine }, image, options, listener);
}

const common = ({ hardware }: Board): readonly string[] => [...hardware, "-m", `${RAM_MIB}M`];

/** Ports in the order of system.ts. */
export const sel4Emulation = (board: Board, image: string, pools = 1): Emulation => ({
  name: board.name,
  emulator: board.machine.emulator,
  machine: [...common(board), ...board.boot(image)],
  links: LINKED.flatMap((name: ComponentName) => (INSTANCES[name] === "one" ? [name] : Array(pools).fill(name))),
  services: ["configurations", "trust"],
  launcher: [SETPRIV.command, "--pdeathsig", "KILL", "--"],
});
