/** The machines that a core can be: what compiles for each, and what emulates it. */
import type { StagePlace } from "../first-stage/image.ts";
import type { Compiler } from "../image/compile.ts";
import type { Program } from "../program.ts";

export interface Machine {
  /** As operators choose it, and the folder of its images in build/. */
  readonly name: string;
  /** Folder of its own files here. */
  readonly architecture: string;
  readonly compiler: Compiler;
  readonly emulator: Program;
  /** Which machine the emulator is to be. */
  readonly hardware: readonly string[];
  /** Where a first stage that measures images lies, on machines that may have a TPM. */
  readonly stage?: StagePlace;
}

/** Memory of a machine, of which what is never touched costs its owner nothing. */
export const RAM_MIB = 512;

/**
 * Loads and stores of components are checked by the memory that is not there (machine.c). Nothing is taken from a C library, so no call to
 * one may be made of a loop.
 */
const FLAGS = [
  "-std=gnu17",
  "-O2",
  "-ffreestanding",
  "-fno-pic",
  "-fno-pie",
  "-fno-stack-protector",
  "-fno-strict-aliasing",
  "-fno-asynchronous-unwind-tables",
  "-fno-tree-loop-distribute-patterns",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-DWASM_RT_MEMCHECK_GUARD_PAGES=1",
  `-DRAM_MIB=${RAM_MIB}`,
];

export const AARCH64: Machine = {
  name: "qemu-aarch64",
  architecture: "aarch64",
  compiler: { command: "aarch64-linux-gnu-gcc", packages: ["gcc-aarch64-linux-gnu"], flags: FLAGS },
  emulator: { command: "qemu-system-aarch64", packages: ["qemu-system-arm"] },
  hardware: ["-machine", "virt", "-cpu", "cortex-a53"],
  // The end of its memory, which begins at 1 GiB: an image and its buffers have less than 200 MiB.
  stage: { stage: 0x5d00_0000, image: 0x5e00_0000, room: 0x0200_0000 },
};

/**
 * With OpenSBI for its firmware, which comes with the emulator. Zba and Zbb, of the profile RVA22, have what would be calls otherwise: counting bits. Words
 * that lie anywhere are read and written at once, not byte by byte, which takes five times as long.
 */
export const RISCV64: Machine = {
  name: "qemu-riscv64",
  architecture: "riscv64",
  compiler: {
    command: "riscv64-linux-gnu-gcc",
    packages: ["gcc-riscv64-linux-gnu"],
    flags: [
      ...FLAGS,
      ...["-march=rv64gc_zba_zbb", "-mabi=lp64d", "-mcmodel=medany", "-msmall-data-limit=0"],
      ...["-mno-strict-align", "-mtune=thead-c906"],
    ],
  },
  emulator: { command: "qemu-system-riscv64", packages: ["qemu-system-misc"] },
  hardware: ["-machine", "virt", "-cpu", "rv64,zba=true,zbb=true"],
};

export const MACHINES: readonly Machine[] = [AARCH64, RISCV64];
