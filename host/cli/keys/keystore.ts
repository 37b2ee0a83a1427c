/**
 * Keys of the command line's user, in IOTA's own keystore format: a JSON array of bech32 "iotaprivkey1…" strings (version 1 of
 * iotaledger/iota crates/iota-keys/src/keystore.rs, FileBasedKeystore), readable by its owner alone. With ML-DSA keys among them it
 * is Caisson's alone.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Keypair } from "@iota/iota-sdk/cryptography";
import { waitForLock } from "fs-native-extensions";
import { FolderDisk } from "../../../platform/trust/disk.ts";
import { generateKey, keyFromPrivateKey } from "./formats.ts";

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
  keypairs(): Keypair[] {
    if (!existsSync(this.path)) return [];
    const wanted = "a JSON array of iotaprivkey1… strings";
    let file: unknown;
    try {
      file = JSON.parse(readFileSync(this.path, "utf8"));
    } catch {
      // The reader's own error may quote what is there.
      throw new KeystoreError(`${this.path} cannot be read as a keystore: ${wanted}`);
    }
    if (!Array.isArray(file)) {
      const newer = (file as { readonly version?: unknown } | null)?.version === 2;
      throw new KeystoreError(
        newer
          ? `${this.path} is a keystore of version 2: export keys from it with iota keytool, and import them here`
          : `${this.path} is not a keystore: ${wanted}`,
      );
    }
    return file.map((key, index) => {
      try {
        return keyFromPrivateKey(String(key));
      } catch (error) {
        throw new KeystoreError(`${this.path}, key ${index}: ${(error as Error).message}`);
      }
    });
  }

  /** Keeps a key, durably. Returns false when it was there already. */
  async add(keypair: Keypair): Promise<boolean> {
    return await this.#locked(async () => {
      const all = this.keypairs();
      if (all.some((key) => key.toIotaAddress() === keypair.toIotaAddress())) return false;
      const text = `${JSON.stringify(
        [...all, keypair].map((key) => key.getSecretKey()),
        null,
        2,
      )}\n`;
      await new FolderDisk(dirname(this.path)).writeDurably(basename(this.path), new TextEncoder().encode(text));
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
