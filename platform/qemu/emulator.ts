/**
 * A core in a machine that QEMU emulates. The host has a stream to each component with a lane of its own, one for their configurations, and one
 * over which it serves the vault's trust, or keeps files for a TPM that another program plays: emulated hardware keeps no secret from whoever runs it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { FolderLock } from "../folder-lock.ts";
import type { Image } from "../image/image.ts";
import { encodeConfigurations, launchedCore } from "../launched-core.ts";
import { MissingProgram, type Program } from "../program.ts";
import type { Core, CoreListener, CoreOptions } from "../runner.ts";
import { COMPONENTS, type ComponentName, INSTANCES } from "../topology.ts";
import { type SimulatedTpm, startSwtpm, tpmWords } from "../tpm/swtpm.ts";
import { FileTrust } from "../trust/file-trust.ts";
import { serveTrust } from "./trust-port.ts";

export interface Emulation {
  /** Platform, as operators choose it. */
  readonly name: string;
  readonly emulator: Program;
  /** Which machine it is to be, with how much memory, and what it boots. */
  readonly machine: readonly string[];
  /** Ports of components with a lane of the host's, in the machine's order. */
  readonly links: readonly ComponentName[];
  /** Ports behind those: the first is told the configurations, the last asks for trust; they may be one. */
  readonly services: readonly string[];
  /** What starts the emulator so that it ends with this process, where the machine cannot turn itself off. */
  readonly launcher?: readonly string[];
  /** Whether a TPM's word on it can be asked for, over the last port. */
  readonly attests?: boolean;
}

export interface Emulated {
  readonly emulator: ChildProcess;
  readonly links: readonly Duplex[];
  readonly services: readonly Duplex[];
}

/** The emulator's descriptors before those of the ports: input, the console, errors. */
const FIRST_PORT_FD = 3;
/** Instead of a configuration: there is no such component. */
const ABSENT = new Uint8Array(0);

/** Of the vault's folder, what a TPM has. */
const TPM_FOLDER = "tpm";

/** Starts a machine, which waits for its components' configurations. */
export function emulate(emulation: Emulation, tpm?: SimulatedTpm): Emulated {
  const { emulator, machine, links, services, launcher = [] } = emulation;
  const ports = [...links.map((component, i) => `${component}${i}`), ...services];
  const [command, ...words] = [
    ...launcher,
    emulator.command,
    ...machine,
    ...COMMON_WORDS,
    ...portWords(ports),
    ...(tpm ? tpmWords(FIRST_PORT_FD + ports.length) : []),
  ];
  const child = spawn(command!, words, {
    detached: true, // Ctrl-C is for the host, which ends the core when it has ended what it was doing
    stdio: ["ignore", "pipe", "pipe", ...ports.map(() => "pipe" as const), ...(tpm ? [tpm.control] : [])],
  });
  tpm?.control.destroy();
  const streams = child.stdio.slice(FIRST_PORT_FD, FIRST_PORT_FD + ports.length) as Duplex[];
  return { emulator: child, links: streams.slice(0, links.length), services: streams.slice(links.length) };
}

const COMMON_WORDS: readonly string[] = [
  ...["-no-user-config", "-nodefaults", "-no-reboot", "-display", "none"],
  ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
  ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
];

const portWords = (ports: readonly string[]): readonly string[] => [
  ...["-global", "virtio-mmio.force-legacy=false", "-device", `virtio-serial-device,max_ports=${ports.length + 1}`],
  ...ports.flatMap((name, i) => [
    ...["-chardev", `socket,id=${name},fd=${FIRST_PORT_FD + i}`],
    ...["-device", `virtserialport,chardev=${name},nr=${i + 1},name=${name}`],
  ]),
];

const TRUSTED = { host: "this disk (vault.sealed, counter)", tpm: "a TPM (simulated)" } as const;

/** Throws MissingProgram, CoreStartError and FolderInUse. */
export function startEmulated(
  emulation: Emulation,
  { components }: Image,
  { configs, trustFolder, trust: by = "host" }: CoreOptions,
  listener: CoreListener,
): Promise<Core> {
  const lock = trustFolder === undefined ? undefined : FolderLock.take(trustFolder);
  const present = COMPONENTS.filter((name) => lock || name !== "vault");
  const tpm = by === "tpm" && trustFolder !== undefined ? startSwtpm(join(trustFolder, TPM_FOLDER)) : undefined;
  const { emulator, links, services } = emulate(emulation, tpm);
  const missing = new Promise<never>((_, reject) => {
    tpm?.ended.catch(reject);
    emulator.once("error", (cause: NodeJS.ErrnoException) => {
      reject(cause.code === "ENOENT" ? new MissingProgram(emulation.emulator, "runs this core", cause) : cause);
    });
  });
  missing.catch(() => {}); // told below, or later by its end
  const ended = new Promise<void>((done) => emulator.once("close", done).once("error", done));
  const onFailure = (message: string) => listener.trouble(message);
  const trust =
    trustFolder === undefined
      ? undefined
      : serveTrust(new FileTrust(trustFolder, { onFailure, counts: by === "host" }), services.at(-1)!);
  for (const stream of services) stream.on("error", () => {}); // that the machine ends is told by whoever runs it
  const instancesOf = (name: ComponentName) =>
    INSTANCES[name] === "one" ? 1 : emulation.links.filter((component) => component === name).length;
  const core = launchedCore(
    {
      process: emulator,
      links: emulation.links.map((component, i) => ({ components: [component], stream: links[i]! })),
      configurations: {
        to: services[0]!,
        bytes: encodeConfigurations(COMPONENTS.map((name) => (present.includes(name) ? configs[name] : ABSENT))),
      },
      instances: present.reduce((sum, name) => sum + instancesOf(name), 0),
      report: {
        platform: emulation.name,
        trusts: ["this process", "an emulator (simulated)", ...(lock ? [TRUSTED[by]] : [])],
        components,
      },
      attest: tpm && emulation.attests ? trust?.attest : undefined,
      end: async () => {
        emulator.kill("SIGKILL");
        await ended;
        await trust?.ended();
        await tpm?.ended.catch(() => {}); // told above
        lock?.release();
      },
    },
    listener,
  );
  return Promise.race([core, missing]);
}
