/** Keys of the command line's user, in IOTA's own keystore format: a JSON array of bech32 `iotaprivkey…` strings, readable by its owner alone. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { normalizeIotaAddress } from "@iota/iota-sdk/utils";

/** The keystore cannot be used, or has no such key; never says what is in it. */
export class KeystoreError extends Error {
  override readonly name = "KeystoreError";
}

export const DEFAULT_KEYSTORE = join(homedir(), ".caisson", "client.keystore");
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

export class Keystore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws KeystoreError when the file is not a keystore. */
  keypairs(): Ed25519Keypair[] {
    if (!existsSync(this.#path)) return [];
    try {
      const keys: unknown = JSON.parse(readFileSync(this.#path, "utf8"));
      if (!Array.isArray(keys)) throw new KeystoreError("not an array");
      return keys.map((key) => Ed25519Keypair.fromSecretKey(String(key)));
    } catch {
      throw new KeystoreError(`${this.#path} is not a keystore: a JSON array of iotaprivkey… strings of Ed25519 keys`);
    }
  }

  /** Makes a key and keeps it. */
  add(): Ed25519Keypair {
    const keypair = new Ed25519Keypair();
    const all = [...this.keypairs(), keypair].map((key) => key.getSecretKey());
    mkdirSync(dirname(this.#path), { recursive: true, mode: OWNER_ONLY_FOLDER });
    // Written beside and renamed, so that a crash in between loses no key.
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(all, null, 2)}\n`, { mode: OWNER_ONLY });
    renameSync(`${this.#path}.new`, this.#path);
    return keypair;
  }

  /** The key of `address`; the first key, made if there is none, when no address is asked for. Throws KeystoreError. */
  find(address: string | undefined): Ed25519Keypair {
    const all = this.keypairs();
    if (address === undefined) return all[0] ?? this.add();
    const wanted = normalizeIotaAddress(address);
    const found = all.find((keypair) => keypair.toIotaAddress() === wanted);
    if (!found) throw new KeystoreError(`${this.#path} has no key of ${wanted}: see caisson client addresses`);
    return found;
  }
}
