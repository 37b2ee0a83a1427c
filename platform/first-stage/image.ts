/** Builds the first stage, which measures an image and starts it, and says how an emulator is given both. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { Builder, type Compiler } from "../image/compile.ts";
import { IMAGE_FOLDER, sourceOf, topologyFolder } from "../image/component-objects.ts";

/** Where in memory things lie that must not meet: what an image is loaded to is below all of these. */
export interface StagePlace {
  readonly stage: number;
  /** The image's file, of at most `room` bytes, and before it a word: how long it is. */
  readonly image: number;
  readonly room: number;
}

const LENGTH_BYTES = 8;

export const STAGE_SOURCES: readonly string[] = [
  ...["start.S", "stage.c", "elf.c"].map((file) => `first-stage/${file}`),
  ...["tpm/registers.c", "tpm/tis.c", "tpm/tpm.c", "trust/sha256.c", "image/memory.c"],
  ...["qemu/console.c", "qemu/aarch64/uart.c"],
];

/** Memory is a device's as long as nothing is translated, and no device is read at an address that is not aligned; start.S saves no other registers. */
const FLAGS = ["-mstrict-align", "-mgeneral-regs-only"];

/** Path of an ELF file. Throws MissingProgram or CompileError. */
export async function firstStage(compiler: Compiler, place: StagePlace, folder: string): Promise<string> {
  const builder = new Builder(compiler, join(folder, "objects"));
  const own = sourceOf("first-stage");
  const include = [
    ...[own, sourceOf("tpm"), sourceOf("trust"), sourceOf("qemu"), sourceOf("qemu/aarch64")],
    ...[IMAGE_FOLDER, join(IMAGE_FOLDER, "freestanding"), topologyFolder(join(folder, "generated"))],
  ];
  const define = (name: string, value: number) => `-D${name}=UINT64_C(${value})`;
  const flags = [
    ...FLAGS,
    define("STAGE_ADDRESS", place.stage),
    define("IMAGE_ADDRESS", place.image),
    define("IMAGE_LENGTH_ADDRESS", place.image - LENGTH_BYTES),
    define("IMAGE_ROOM", place.room),
  ];
  const objects = await Promise.all(
    STAGE_SOURCES.map((file) => builder.object({ file: sourceOf(file), include, flags })),
  );
  const script = join(own, "image.ld");
  const linking = ["-nostdlib", "-static", "-s", "-Wl,--build-id=none", `-Wl,--defsym=STAGE_ADDRESS=${place.stage}`];
  return builder.program(objects, [...linking, "-T", script], [script]);
}

/** Words for QEMU that start this first stage on that image. */
export const stagedBoot = (stage: string, { image: address }: StagePlace, image: string): readonly string[] => [
  ...["-kernel", stage],
  ...["-device", `loader,file=${image},addr=${address},force-raw=on`],
  ...["-device", `loader,addr=${address - LENGTH_BYTES},data=${statSync(image).size},data-len=${LENGTH_BYTES}`],
];
