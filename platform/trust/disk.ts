/**
 * The little of a disk that keeping the vault's state needs: whole small files, each replaced at once or not at all.
 *
 * Behind an interface because what matters about it, its behaviour in a crash, cannot be had from a real disk in a test.
 */
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../durable.ts";

export interface Disk {
  /** Bytes of a file, or undefined when there is none; loss of power does not change the answer. Throws when it cannot be read. */
  read(name: string): Promise<Uint8Array | undefined>;
  /**
   * Replaces a file. When the promise resolves, the new bytes survive loss of power; after a crash before that, the file has
   * either its old bytes or its new ones. Throws when it cannot.
   */
  writeDurably(name: string, bytes: Uint8Array): Promise<void>;
}

/** Read and written by the owner alone: the state holds a signing key. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Files of one folder, which is made when it is missing. */
export class FolderDisk implements Disk {
  readonly #folder: string;
  #made = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A write that failed half-way may have left what is seen but not yet durable: so the folder's entries are synchronized first. */
  read(name: string): Promise<Uint8Array | undefined> {
    return this.#doing(name, async (place) => {
      await this.#syncFolder();
      try {
        return new Uint8Array(await readFile(place));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    });
  }

  /** The new file is durable under another name before it takes the old one's place, and the folder's own entry after. */
  writeDurably(name: string, bytes: Uint8Array): Promise<void> {
    return this.#doing(name, async (place) => {
      const fresh = `${place}.new`;
      await rm(fresh, { force: true }); // one left by a crash, perhaps with another mode
      await using(await open(fresh, "wx", FILE_MODE), async (file) => {
        await file.writeFile(bytes);
        await file.sync();
      });
      await rename(fresh, place);
      await this.#syncFolder();
    });
  }

  /** Makes the folder first; errors say which file it was. */
  async #doing<T>(name: string, work: (place: string) => Promise<T>): Promise<T> {
    const place = join(this.#folder, name);
    try {
      if (!this.#made) makeFolder(this.#folder, FOLDER_MODE);
      this.#made = true;
      return await work(place);
    } catch (error) {
      throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
    }
  }

  async #syncFolder(): Promise<void> {
    await using(await open(this.#folder, "r"), (folder) => folder.sync());
  }
}

async function using(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
