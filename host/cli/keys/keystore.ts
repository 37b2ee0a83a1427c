/** Keys of the command line's user, in a file of IOTA's own format (keystore-file.ts) that its owner alone can read. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Keypair } from "@iota/iota-sdk/cryptography";
import { waitForLock } from "fs-native-extensions";
import { FolderDisk } from "../../../platform/trust/disk.ts";
import { generateKey } from "./formats.ts";
import { type KeystoreFile, KeystoreFileError, newKeystoreFile, readKeystoreFile } from "./keystore-file.ts";

/** The keystore cannot be used, or has no such key; never says what is in it. */
export class KeystoreError extends Error {
  override readonly name = "KeystoreError";
}

const FOLDER_MODE = 0o700;
const LOCK_MODE = 0o600;

export class Keystore {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Throws KeystoreError when the file is not a keystore. */
  keypairs(): readonly Keypair[] {
    return this.#read().keypairs;
  }

  #read(): KeystoreFile {
    if (!existsSync(this.path)) return newKeystoreFile();
    try {
      return readKeystoreFile(readFileSync(this.path, "utf8"));
    } catch (error) {
      if (!(error instanceof KeystoreFileError)) throw error;
      throw new KeystoreError(`${this.path} cannot be read as a keystore: ${error.message}`);
    }
  }

  /** Keeps a key, durably. Returns false when it was there already. */
  async add(keypair: Keypair): Promise<boolean> {
    return await this.#locked(async () => {
      const file = this.#read();
      if (file.keypairs.some((key) => key.toIotaAddress() === keypair.toIotaAddress())) return false;
      await new FolderDisk(dirname(this.path)).writeDurably(
        basename(this.path),
        new TextEncoder().encode(file.withKey(keypair)),
      );
      return true;
    });
  }

  /** The key of `address`; the first key when no address is asked for. Throws KeystoreError. */
  find(address: string | undefined): Keypair {
    const all = this.keypairs();
    if (all.length === 0)
      throw new KeystoreError(`${this.path} has no keys yet: make one with caisson client new-address`);
    const found = address === undefined ? all[0] : all.find((keypair) => keypair.toIotaAddress() === address);
    if (!found) throw new KeystoreError(`${this.path} has no key of ${address}: see caisson client addresses`);
    return found;
  }

  /** The first key, made when there is none. */
  async first(): Promise<{ readonly keypair: Keypair; readonly made: boolean }> {
    const [first] = this.keypairs();
    if (first) return { keypair: first, made: false };
    const keypair = generateKey("ed25519");
    return { keypair, made: await this.add(keypair) };
  }

  /** Two that add at the same time would otherwise lose one of the keys. */
  async #locked<T>(work: () => Promise<T>): Promise<T> {
    mkdirSync(dirname(this.path), { recursive: true, mode: FOLDER_MODE });
    const lock = openSync(`${this.path}.lock`, "a+", LOCK_MODE);
    try {
      await waitForLock(lock);
      return await work();
    } finally {
      closeSync(lock);
    }
  }
}
