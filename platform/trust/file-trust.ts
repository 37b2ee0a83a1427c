/**
 * `trust` for the `node` platform: entropy of the operating system, and two files in a folder.
 *
 * It trusts this disk. The counter is a file like any other, so whoever can put back an older copy of the whole folder, or run a
 * second node from a copy of it, can make the vault sign one slot twice. What it does hold against: crashes at any moment, torn
 * and lost writes, and an older copy of `vault.sealed` alone. Nor does it hide the key from whoever reads the disk. Platforms
 * with a hardware counter and a sealing key put those in its place: for them it only keeps files (`counts`).
 */
import { createHash, randomBytes } from "node:crypto";
import { codeNumber, TrustFailure } from "../../core/wire/codes.ts";
import { TrustToVault, VaultToTrust } from "../../core/wire/frames.ts";
import { MAX_SEALED_BYTES } from "../../core/wire/limits.ts";
import { decode, encode, type Value } from "../../core/wire/schema.ts";
import { type Disk, FolderDisk } from "./disk.ts";
import type { Trust } from "./trust.ts";

/** What the vault sealed last. */
const SEALED_FILE = "vault.sealed";
/** The counter, u64 little-endian. Missing: it has not counted yet. */
const COUNTER_FILE = "counter";
const COUNTER_BYTES = 8;
const SEED_BYTES = 32;
const CHECKSUM_BYTES = 32;

type Answer = Value<typeof TrustToVault>;

export interface FileTrustOptions {
  /** Told why, in a sentence, before the vault is told that trust failed. */
  readonly onFailure?: (message: string) => void;
  /** False: a TPM counts, and what is kept here is sealed by it. True by default. */
  readonly counts?: boolean;
  /** 32 bytes that nobody can guess; the operating system's by default. */
  readonly entropy?: () => Uint8Array;
}

/** Something of ours went wrong, in the terms of TrustFailure. */
class Failure extends Error {
  readonly code: keyof typeof TrustFailure;

  constructor(code: keyof typeof TrustFailure, message: string, cause?: unknown) {
    super(`${message}: ${TrustFailure[code]}`, { cause });
    this.code = code;
  }
}

/** Serves the vault's frames. One at a time: the vault itself has never more than one out. */
export class FileTrust implements Trust {
  readonly trusts: readonly string[];

  readonly #disk: Disk;
  readonly #onFailure: (message: string) => void;
  readonly #entropy: () => Uint8Array;
  readonly #counts: boolean;
  /** Undefined until it was loaded, and after a failure, when what the disk holds is no longer known. */
  #counter: bigint | undefined;

  /** `place`: a folder, made when it is missing, or a disk. */
  constructor(
    place: string | Disk,
    { onFailure = () => {}, counts = true, entropy = () => randomBytes(SEED_BYTES) }: FileTrustOptions = {},
  ) {
    this.#disk = typeof place === "string" ? new FolderDisk(place) : place;
    this.#onFailure = onFailure;
    this.#entropy = entropy;
    this.#counts = counts;
    this.trusts = counts ? ["this disk (vault.sealed, counter)"] : [];
  }

  /** One frame of lane vaultToTrust in, the answering frame of lane trustToVault out. Never rejects. */
  async serve(frame: Uint8Array): Promise<Uint8Array> {
    try {
      return encode(TrustToVault, await this.#answer(decode(VaultToTrust, frame)));
    } catch (error) {
      this.#counter = undefined;
      this.#onFailure((error as Error).message);
      const code = error instanceof Failure ? error.code : "other";
      return encode(TrustToVault, { kind: "failed", code: codeNumber(TrustFailure, code) });
    }
  }

  async #answer(request: Value<typeof VaultToTrust>): Promise<Answer> {
    switch (request.kind) {
      case "load":
        return await this.#load();
      case "entropy":
        return { kind: "entropy", bytes: this.#entropy() };
      case "seal":
        return await this.#seal(request.generation, request.sealed);
    }
  }

  async #load(): Promise<Answer> {
    const sealed = await this.#read(SEALED_FILE);
    if (!this.#counts) return { kind: "loaded", counter: 0n, sealed };
    const counter = await this.#read(COUNTER_FILE);
    if (counter && counter.length !== COUNTER_BYTES) throw new Failure("corrupt", COUNTER_FILE);
    this.#counter = counter ? new DataView(counter.buffer, counter.byteOffset).getBigUint64(0, true) : 0n;
    return { kind: "loaded", counter: this.#counter, sealed };
  }

  /** The state first, then the counter: between the two the state is one ahead, which the vault knows how to take. */
  async #seal(generation: bigint, sealed: Uint8Array): Promise<Answer> {
    if (this.#counts && (this.#counter === undefined || generation !== this.#counter + 1n)) {
      throw new Failure("wrongGeneration", `seal ${generation}`);
    }
    await this.#write(SEALED_FILE, sealed);
    if (this.#counts) await this.#count(generation);
    return { kind: "sealed", generation };
  }

  async #count(generation: bigint): Promise<void> {
    const counter = new Uint8Array(COUNTER_BYTES);
    new DataView(counter.buffer).setBigUint64(0, generation, true);
    await this.#write(COUNTER_FILE, counter);
    this.#counter = generation;
  }

  /** A file is the SHA-256 of its contents, against damage and not against malice, and then the contents. */
  async #read(name: string): Promise<Uint8Array | undefined> {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await this.#disk.read(name);
    } catch (error) {
      throw new Failure("unreadable", `${name} (${(error as Error).message})`, error);
    }
    if (!bytes) return undefined;
    const contents = bytes.subarray(CHECKSUM_BYTES);
    const intact = contents.length <= MAX_SEALED_BYTES && checksum(contents).equals(bytes.subarray(0, CHECKSUM_BYTES));
    if (!intact) throw new Failure("corrupt", name);
    return contents;
  }

  async #write(name: string, contents: Uint8Array): Promise<void> {
    try {
      await this.#disk.writeDurably(name, Buffer.concat([checksum(contents), contents]));
    } catch (error) {
      throw new Failure("notDurable", `${name} (${(error as Error).message})`, error);
    }
  }
}

function checksum(contents: Uint8Array): Buffer {
  return createHash("sha256").update(contents).digest();
}
