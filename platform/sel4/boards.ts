/** The boards that a system is made for: what a Microkit SDK calls them, and where their devices are. */
import type { StagePlace } from "../first-stage/image.ts";
import { AARCH64, type Machine, RISCV64 } from "../qemu/machines.ts";

export interface Board {
  /** As operators choose it, and the folder of its images in build/. */
  readonly name: string;
  /** In an SDK's folder `board`. */
  readonly sdkName: string;
  /** Compiles for it, and emulates it; a file of its own here is named by its architecture. */
  readonly machine: Machine;
  /** Words for the emulator: the machine that the SDK's kernel is made for, and how it is given an image. */
  readonly hardware: readonly string[];
  readonly boot: (image: string) => readonly string[];
  /** The page of the virtio slot that QEMU gives to the only device, the last one. */
  readonly serial: {
    readonly page: number;
    readonly slots: number;
    readonly stride: number;
    readonly interrupt: number;
  };
  /** The page of the console's registers. */
  readonly console: number;
  /** Memory that the serial device reaches: a piece of RAM that nobody else is given. */
  readonly shared: number;
  /** On boards that may have a TPM: the page of its registers, and where a first stage lies that measures images. */
  readonly tpm?: { readonly page: number; readonly stage: StagePlace };
}

/** What SDKs' kernels for both boards are configured for, in MiB. */
export const RAM_MIB = 2_048;

export const SEL4_AARCH64: Board = {
  name: "sel4-aarch64",
  sdkName: "qemu_virt_aarch64",
  machine: AARCH64,
  hardware: ["-machine", "virt,virtualization=on", "-cpu", "cortex-a53"],
  boot: (image) => ["-device", `loader,file=${image},addr=0x70000000,cpu-num=0`],
  serial: { page: 0x0a00_3000, slots: 8, stride: 0x200, interrupt: 79 },
  console: 0x0900_0000,
  shared: 0x5000_0000,
  // The image is started where it lies, as without a first stage.
  tpm: { page: 0x0c00_0000, stage: { stage: 0x6f00_0000, image: 0x7000_0000, room: 0x1000_0000 } },
};

export const SEL4_RISCV64: Board = {
  name: "sel4-riscv64",
  sdkName: "qemu_virt_riscv64",
  machine: RISCV64,
  hardware: RISCV64.hardware,
  boot: (image) => ["-kernel", image],
  serial: { page: 0x1000_8000, slots: 1, stride: 0x1000, interrupt: 8 },
  console: 0x1000_0000,
  shared: 0xa000_0000,
};

export const BOARDS: readonly Board[] = [SEL4_AARCH64, SEL4_RISCV64];
