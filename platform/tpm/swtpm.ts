/** A TPM 2.0 that a program plays: whoever can read its folder, or put back an older copy of it, has what it keeps. */
import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Duplex } from "node:stream";
import { makeFolder } from "../durable.ts";
import { MissingProgram, type Program } from "../program.ts";

export const SWTPM: Program = { command: "swtpm", packages: ["swtpm"] };

/** Its end of the only connection that it serves; its descriptors before that: input, output, errors. */
const CONTROL_FD = 3;
const FOLDER_MODE = 0o700;

export interface SimulatedTpm {
  /** For QEMU's `tpmdev` emulator. Closed here when QEMU has it: when QEMU ends, the TPM does. */
  readonly control: Duplex;
  /** Resolves when nothing of it is left, with why it ended of itself, if it did. Rejects with MissingProgram. */
  readonly ended: Promise<string>;
  readonly kill: () => void;
}

/** Starts one with its state in `folder`, which is made when it is missing. */
export function startSwtpm(folder: string): SimulatedTpm {
  makeFolder(folder, FOLDER_MODE);
  const words = [
    "socket",
    "--tpm2",
    "--tpmstate",
    `dir=${resolve(folder)}`,
    "--ctrl",
    `type=unixio,clientfd=${CONTROL_FD}`,
  ];
  const child: ChildProcess = spawn(SWTPM.command, [...words, "--terminate"], {
    detached: true, // Ctrl-C is for the host, which ends the core when it has ended what it was doing
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (piece: string) => {
    said += piece;
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.once("close", () => resolve(said.trim()));
    child.once("error", (cause: NodeJS.ErrnoException) => {
      reject(cause.code === "ENOENT" ? new MissingProgram(SWTPM, "plays a TPM", cause) : cause);
    });
  });
  ended.catch(() => {}); // told by whoever waits for it
  return { control: child.stdio[CONTROL_FD] as Duplex, ended, kill: () => child.kill("SIGKILL") };
}

/** Words for QEMU that give a machine this TPM, whose connection is at descriptor `fd`. */
export const tpmWords = (fd: number): readonly string[] => [
  ...["-chardev", `socket,id=tpm,fd=${fd}`, "-tpmdev", "emulator,id=tpm0,chardev=tpm"],
  ...["-device", "tpm-tis-device,tpmdev=tpm0"],
];
