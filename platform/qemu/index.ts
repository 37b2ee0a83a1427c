/**
 * The `qemu-…` platforms: a core that is a machine of its own, without an operating system, emulated by QEMU. The host has a stream to
 * each component with a lane of its own (serial.c), and serves the vault's trust over one more: emulated hardware keeps no secret from whoever runs it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { FolderLock } from "../folder-lock.ts";
import { encodeConfigurations, launchedCore } from "../launched-core.ts";
import { MissingProgram } from "../program.ts";
import type { Core, CoreListener, CoreOptions, StartCore } from "../runner.ts";
import { COMPONENTS, LINKED } from "../topology.ts";
import { FileTrust } from "../trust/file-trust.ts";
import { machineImage } from "./image.ts";
import { type Machine, RAM_MIB } from "./machines.ts";
import { serveTrust } from "./trust-port.ts";

/** The emulator's descriptors before those of the ports: input, the console, errors. */
const FIRST_PORT_FD = 3;
/** Instead of a configuration: there is no such component. */
const ABSENT = new Uint8Array(0);

export const startMachineCore =
  (machine: Machine): StartCore =>
  (options, listener) =>
    startMachine(machine, options, listener);

/** Throws MissingProgram, CoreStartError, FolderInUse, and what machineImage throws. */
export async function startMachine(machine: Machine, options: CoreOptions, listener: CoreListener): Promise<Core> {
  const { configs, trustFolder } = options;
  const image = options.image ?? (await machineImage(machine));
  const lock = trustFolder === undefined ? undefined : FolderLock.take(trustFolder);
  const present = COMPONENTS.filter((name) => lock || name !== "vault");
  const { emulator, ports, runner } = emulate(machine, image.path);
  const missing = new Promise<never>((_, reject) => {
    emulator.once("error", (cause: NodeJS.ErrnoException) => {
      reject(cause.code === "ENOENT" ? new MissingProgram(machine.emulator, "runs this core", cause) : cause);
    });
  });
  missing.catch(() => {}); // told below, or later by its end
  const ended = new Promise<void>((done) => emulator.once("close", done).once("error", done));
  const trust =
    trustFolder === undefined
      ? undefined
      : serveTrust(new FileTrust(trustFolder, { onFailure: (message) => listener.trouble(message) }), runner);
  const core = launchedCore(
    {
      process: emulator,
      links: LINKED.map((component, i) => ({ components: [component], stream: ports[i]! })),
      configurations: {
        to: runner,
        bytes: encodeConfigurations(COMPONENTS.map((name) => (present.includes(name) ? configs[name] : ABSENT))),
      },
      instances: present.length,
      report: {
        platform: machine.name,
        trusts: ["this process", "an emulator (simulated)", ...(lock ? ["this disk (vault.sealed, counter)"] : [])],
        components: image.components,
      },
      end: async () => {
        emulator.kill("SIGKILL");
        await ended;
        await trust?.ended();
        lock?.release();
      },
    },
    listener,
  );
  return Promise.race([core, missing]);
}

export interface Emulated {
  readonly emulator: ChildProcess;
  /** To each component with a lane of the host's, in the topology's order. */
  readonly ports: readonly Duplex[];
  /** Configurations in, what the vault asks of trust out. */
  readonly runner: Duplex;
}

/** Starts a machine, which waits for its components' configurations. */
export function emulate({ emulator: { command }, hardware }: Machine, image: string): Emulated {
  const emulator = spawn(command, [...hardware, ...EMULATOR_WORDS, "-kernel", image], {
    detached: true, // Ctrl-C is for the host, which ends the core when it has ended what it was doing
    stdio: ["ignore", "pipe", "pipe", ...PORTS.map(() => "pipe" as const)],
  });
  const ports = emulator.stdio.slice(FIRST_PORT_FD) as Duplex[];
  return { emulator, ports, runner: ports[LINKED.length]! };
}

/** A port for each component with a lane of the host's, and one for the runner itself (serial.h). */
const PORTS = [...LINKED, "runner"];

const EMULATOR_WORDS: readonly string[] = [
  ...["-m", `${RAM_MIB}M`, "-no-user-config", "-nodefaults", "-no-reboot", "-display", "none"],
  ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
  ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
  ...["-global", "virtio-mmio.force-legacy=false", "-device", `virtio-serial-device,max_ports=${PORTS.length + 1}`],
  ...PORTS.flatMap((name, i) => [
    ...["-chardev", `socket,id=${name},fd=${FIRST_PORT_FD + i}`],
    ...["-device", `virtserialport,chardev=${name},nr=${i + 1},name=${name}`],
  ]),
];
