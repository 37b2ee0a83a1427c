/** Builds disk.c, and sets it before a program: which folder it watches, where it fails, what it writes down. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("disk.c", import.meta.url));
const FLAGS = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra"];

/** `struct control` of disk.c. */
const CONTROL_BYTES = 32;
const ACTION = { killBefore: 1, killAfter: 2, fail: 3 } as const;

export interface Fault {
  /** First and last write point that it befalls, counted from 1. */
  readonly from: number;
  readonly until?: number;
  /** The program dies before or after the write point, or the write point fails with an error of errno.h. */
  readonly action: "killBefore" | "killAfter" | "EIO" | "ENOSPC";
}

/** The compiled library, or why there is none. */
export function buildDisk(folder: string): { readonly library: string } | { readonly missing: string } {
  if (process.platform !== "linux")
    return { missing: `the disk of test/fault is Linux's, this is ${process.platform}` };
  const library = join(folder, "disk.so");
  const { status, error, stderr } = spawnSync("cc", [...FLAGS, "-o", library, SOURCE, "-ldl", "-lpthread"], {
    encoding: "utf8",
  });
  if (error)
    return { missing: `test/fault needs a C compiler (Debian: apt-get install gcc libc6-dev): ${error.message}` };
  if (status !== 0) throw new Error(`disk.c does not compile:\n${stderr}`);
  return { library };
}

/** Where a disk's write points are counted, and told to fail: by the test, or by the program itself. */
export class DiskControl {
  readonly #file: number;

  /** `path`: a file of CONTROL_BYTES. */
  constructor(path: string) {
    this.#file = openSync(path, "r+");
  }

  /** Write points so far. */
  get count(): number {
    const bytes = Buffer.alloc(8);
    readSync(this.#file, bytes, 0, 8, 0);
    return Number(bytes.readBigUInt64LE());
  }

  arm({ from, until = from, action }: Fault): void {
    const bytes = Buffer.alloc(CONTROL_BYTES - 8);
    bytes.writeBigUInt64LE(BigInt(from), 0);
    bytes.writeBigUInt64LE(BigInt(until), 8);
    bytes.writeUInt32LE(action === "killBefore" || action === "killAfter" ? ACTION[action] : ACTION.fail, 16);
    bytes.writeUInt32LE(action === "EIO" || action === "ENOSPC" ? constants.errno[action] : 0, 20);
    writeSync(this.#file, bytes, 0, bytes.length, 8);
  }

  disarm(): void {
    writeSync(this.#file, new Uint8Array(CONTROL_BYTES - 8), 0, CONTROL_BYTES - 8, 8);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** One program's disk. */
export class WatchedDisk {
  /** For the disk's own files, and whatever a test puts beside them. */
  readonly folder: string;
  /** To be added to the program's environment. */
  readonly environment: NodeJS.ProcessEnv;
  readonly trace: string;
  readonly control: DiskControl;

  /** Watches `watched`. With `traced`, every write point is written down. */
  constructor(library: string, watched: string, { traced = false } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "caisson-disk-"));
    this.trace = join(this.folder, "trace");
    const control = join(this.folder, "control");
    writeFileSync(control, new Uint8Array(CONTROL_BYTES));
    this.control = new DiskControl(control);
    this.environment = {
      LD_PRELOAD: library,
      CAISSON_DISK_FOLDER: watched,
      CAISSON_DISK_CONTROL: control,
      CAISSON_DISK_EVENTS: join(this.folder, "events"),
      ...(traced ? { CAISSON_DISK_TRACE: this.trace } : {}),
      // libuv would go past libc where it is allowed to use io_uring.
      UV_USE_IO_URING: "0",
    };
  }

  remove(): void {
    this.control.close();
    rmSync(this.folder, { recursive: true });
  }
}
