/** The image of a machine: one program that is all of a core, with the code of every component. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Builder } from "../image/compile.ts";
import {
  allComponentObjects,
  IMAGE_FOLDER,
  type ImageOptions,
  imageHashes,
  sourceOf,
  topologyFolder,
} from "../image/component-objects.ts";
import type { Image } from "../image/image.ts";
import { COMPONENTS, LINKED } from "../topology.ts";
import type { Machine } from "./machines.ts";

export const BUILD_FOLDER = fileURLToPath(new URL("../../build/", import.meta.url));

/** Trust by a TPM (tpm-trust.h). */
export const TPM_TRUST_SOURCES: readonly string[] = [
  ...["tpm-trust.c", "envelope.c", "tpm.c", "tis.c", "registers.c"].map((file) => `tpm/${file}`),
  ...["frames.c", "sha256.c"].map((file) => `trust/${file}`),
];

/** C of a machine besides the code of its components (../image). */
export const machineSources = ({ architecture, stage }: Machine): readonly string[] => [
  ...["start.S", "board.c", "uart.c"].map((file) => `qemu/${architecture}/${file}`),
  ...["component.c", "records.c", "trap.c", "memory.c"].map((file) => `image/${file}`),
  ...["actors.c", "console.c", "machine.c", "own-trust.c", "translation.c"].map((file) => `qemu/${file}`),
  "serial/serial.c",
  ...(stage ? [`qemu/${architecture}/tpm.c`, ...TPM_TRUST_SOURCES] : []),
];

/** Builds what is not built yet: an ELF file. Throws MissingProgram, CompileError or TranslationError. */
export async function machineImage(machine: Machine, options: ImageOptions = {}): Promise<Image> {
  const place = placeOf(machine, options);
  const components = await allComponentObjects(place.builder, place.generated, options);
  const path = await linkMachine(
    machine,
    place,
    COMPONENTS.flatMap((name) => components[name].objects),
  );
  return { path, components: imageHashes(components) };
}

/** Where an image is built, and by what. */
export interface Place {
  readonly builder: Builder;
  /** Where C that was made is kept. */
  readonly generated: string;
}

export function placeOf(machine: Machine, { folder = join(BUILD_FOLDER, machine.name) }: ImageOptions): Place {
  return { builder: new Builder(machine.compiler, join(folder, "objects")), generated: join(folder, "generated") };
}

/** A machine of these objects of components. */
export async function linkMachine(
  machine: Machine,
  { builder, generated }: Place,
  components: readonly string[],
): Promise<string> {
  const qemu = sourceOf("qemu");
  const own = join(qemu, machine.architecture);
  const include = [
    ...[IMAGE_FOLDER, join(IMAGE_FOLDER, "freestanding"), sourceOf("serial")],
    ...["tpm", "trust", "first-stage"].map(sourceOf),
    ...[qemu, own, topologyFolder(generated)],
  ];
  const flags = [`-DSERIAL_PORTS=${LINKED.length + 1}`];
  const sources = machineSources(machine).map(sourceOf);
  const objects = await Promise.all(sources.map((file) => builder.object({ file, include, flags })));
  const scripts = [join(own, "image.ld"), join(qemu, "sections.ld")];
  const linking = ["-nostdlib", "-static", "-s", "-Wl,--build-id=none", `-L${qemu}`, "-T", scripts[0]!];
  return builder.program([...objects, ...components], linking, scripts);
}
