/**
 * One process a folder. The lock is the kernel's (an open-file-description lock, fcntl(2)), on a file that stays: so whatever way
 * a process ends, its lock ends with it, and one that was killed is in nobody's way.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { tryLock } from "fs-native-extensions";
import { makeFolder } from "./durable.ts";

/** Another process has the folder; the message says which. */
export class FolderInUse extends Error {
  override readonly name = "FolderInUse";
  readonly code = "folderInUse";
}

export const LOCK_FILE = "caisson.lock";
/** What is kept in such folders is its owner's alone. */
const FOLDER_MODE = 0o700;

export class FolderLock {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  /** Takes the lock of `folder`, which is made when it is missing. Throws FolderInUse. */
  static take(folder: string): FolderLock {
    makeFolder(folder, FOLDER_MODE);
    const path = join(folder, LOCK_FILE);
    const file = openSync(path, "a+");
    if (!tryLock(file)) {
      closeSync(file);
      throw new FolderInUse(`${folder} is in use by ${holder(path)}: stop that one first, or name another folder`);
    }
    try {
      ftruncateSync(file);
      writeSync(file, `${process.pid}\n`);
    } catch (error) {
      closeSync(file);
      throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
    }
    return new FolderLock(file);
  }

  /** The open file: whoever has it too, a process that inherited it, holds the lock until it closes it. */
  get file(): number {
    return this.#file;
  }

  release(): void {
    closeSync(this.#file);
  }
}

/** For people alone: the number is written after the lock is taken, and means something in the holder's own container only. */
function holder(path: string): string {
  const pid = readFileSync(path, "utf8").trim();
  return /^[0-9]+$/.test(pid) ? `process ${pid}` : "another process";
}
