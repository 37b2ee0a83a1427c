/**
 * What a disk may hold after the machine stopped. Follows a trace and keeps two truths apart: what the program saw, which a kill of
 * the program leaves, and what is durable, which is all that loss of power must leave.
 *
 * The rules are POSIX's, weaker than those of any file system in use. A file's data are durable after fsync or fdatasync of that
 * file, or a write with O_DSYNC; a name is durable after fsync of its folder, and neither brings the other. Until then each sector
 * of 512 bytes, each file's length and the changes of each folder's names may be there or not, independently; only the names of one
 * folder change in order, and a rename is one change. A sector is never torn.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { below, type Random } from "./random.ts";
import type { Operation } from "./trace.ts";

const SECTOR_BYTES = 512;

/** Chooses what is found: of `n` states of one thing, 0 the durable one and n - 1 the one seen, which? */
export type Loss = (states: number) => number;

/** Nothing is lost: the program was killed and the machine went on. */
export const KILLED: Loss = (states) => states - 1;
/** Everything is lost that may be. */
export const ALL_LOST: Loss = () => 0;
/** Some of it. */
export const someLost =
  (random: Random): Loss =>
  (states) =>
    below(random, states);

class File {
  #bytes: Buffer;
  #length: number;
  #durable: Buffer;
  #durableLength: number;
  /** What each sector held since it was last durable, oldest first; the newest is in #bytes. */
  readonly #pending = new Map<number, Buffer[]>();

  constructor(bytes = Buffer.alloc(0)) {
    this.#bytes = Buffer.from(bytes);
    this.#durable = Buffer.from(bytes);
    this.#length = bytes.length;
    this.#durableLength = bytes.length;
  }

  write(offset: number, data: Buffer, durable: boolean): void {
    const end = offset + data.length;
    this.#bytes = grown(this.#bytes, end);
    for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) this.#touch(sector);
    data.copy(this.#bytes, offset);
    this.#length = Math.max(this.#length, end);
    if (!durable) return;
    for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) this.#settle(sector);
    this.#durableLength = Math.max(this.#durableLength, end);
  }

  truncate(length: number): void {
    this.#bytes = grown(this.#bytes, length);
    for (let sector = Math.floor(length / SECTOR_BYTES); sector * SECTOR_BYTES < this.#length; sector++) {
      this.#touch(sector);
      this.#bytes.fill(0, Math.max(length, sector * SECTOR_BYTES), (sector + 1) * SECTOR_BYTES);
    }
    this.#length = length;
  }

  sync(): void {
    for (const sector of this.#pending.keys()) this.#settle(sector);
    this.#durableLength = this.#length;
  }

  found(loss: Loss): Buffer {
    const bytes = Buffer.alloc(Math.max(this.#bytes.length, this.#durable.length));
    this.#durable.copy(bytes);
    for (const [sector, older] of this.#pending) {
      const at = sector * SECTOR_BYTES;
      const state = loss(older.length + 2);
      if (state > older.length) this.#bytes.copy(bytes, at, at, at + SECTOR_BYTES);
      else if (state > 0) older[state - 1]!.copy(bytes, at);
    }
    const grew = this.#length !== this.#durableLength;
    return bytes.subarray(0, grew && loss(2) === 0 ? this.#durableLength : this.#length);
  }

  #touch(sector: number): void {
    const older = this.#pending.get(sector);
    const at = sector * SECTOR_BYTES;
    if (older) older.push(Buffer.from(this.#bytes.subarray(at, at + SECTOR_BYTES)));
    else this.#pending.set(sector, []);
  }

  #settle(sector: number): void {
    const at = sector * SECTOR_BYTES;
    this.#durable = grown(this.#durable, at + SECTOR_BYTES);
    this.#bytes.copy(this.#durable, at, at, at + SECTOR_BYTES);
    this.#pending.delete(sector);
  }
}

/** A buffer of whole sectors that holds at least `length` bytes, zeros behind what there is. */
function grown(bytes: Buffer, length: number): Buffer {
  const needed = Math.ceil(length / SECTOR_BYTES) * SECTOR_BYTES;
  if (bytes.length >= needed) return bytes;
  return Buffer.concat([bytes], Math.max(needed, 2 * bytes.length));
}

/** What a folder holds, by name. */
type Names = Map<string, File | Folder>;

class Folder {
  readonly #names: Names = new Map();
  #durable: Names = new Map();
  /** Changes of names that are not durable, oldest first. */
  #pending: ((names: Names) => void)[] = [];

  /** Every entry as the program sees it. */
  get names(): ReadonlyMap<string, File | Folder> {
    return this.#names;
  }

  change(change: (names: Names) => void): void {
    change(this.#names);
    this.#pending.push(change);
  }

  sync(): void {
    this.#durable = new Map(this.#names);
    this.#pending = [];
  }

  found(loss: Loss): Names {
    const names: Names = new Map(this.#durable);
    const kept = this.#pending.length === 0 ? 0 : loss(this.#pending.length + 1);
    for (const change of this.#pending.slice(0, kept)) change(names);
    return names;
  }
}

/** Files by their path below the watched folder. */
export type Image = ReadonlyMap<string, Buffer>;

/** Lock files mean nothing once nobody has them open: they are made anew. */
const LOCK_FILES = ["lock.mdb", "caisson.lock"];

export interface DiskOptions {
  /** Paths of files and folders whose synchronization does nothing, to show that it is needed. */
  readonly lies?: (path: string) => boolean;
}

export class DiskModel {
  readonly #root: string;
  readonly #top: Folder;
  readonly #lies: (path: string) => boolean;
  readonly #byInode = new Map<bigint, { readonly node: File | Folder; readonly path: string }>();

  /** The disk as it is now, all of it durable. `root`: the watched folder. */
  constructor(root: string, { lies = () => false }: DiskOptions = {}) {
    this.#root = root;
    this.#lies = lies;
    this.#top = this.#load(root) as Folder;
  }

  apply(operation: Operation): void {
    if (operation.kind === "create") this.#make(operation.path, operation.inode, new File());
    else if (operation.kind === "mkdir") this.#make(operation.path, operation.inode, new Folder());
    else if (operation.kind === "rename") this.#rename(operation.path, operation.to);
    else if (operation.kind === "unlink" || operation.kind === "rmdir") {
      this.#folderOf(operation.path).change((names) => names.delete(basename(operation.path)));
    } else {
      const { node, path } = this.#node(operation.inode);
      if (operation.kind === "sync") {
        if (!this.#lies(path)) node.sync();
      } else if (node instanceof Folder) throw new Error(`the trace writes to a folder: ${path}`);
      else if (operation.kind === "truncate") node.truncate(operation.length);
      else node.write(operation.offset, operation.data, operation.durable && !this.#lies(path));
    }
  }

  /** What is found when the machine starts again. Folders without files are left out. */
  image(loss: Loss): Image {
    const image = new Map<string, Buffer>();
    const walk = (folder: Folder, path: string): void => {
      for (const [name, node] of folder.found(loss)) {
        const at = join(path, name);
        if (node instanceof Folder) walk(node, at);
        else if (!LOCK_FILES.includes(name)) image.set(at, node.found(loss));
      }
    };
    walk(this.#top, "");
    return image;
  }

  #load(path: string): File | Folder {
    const status = lstatSync(path, { bigint: true });
    const node = status.isDirectory() ? new Folder() : new File(readFileSync(path));
    this.#byInode.set(status.ino, { node, path });
    if (node instanceof Folder) {
      for (const name of readdirSync(path)) {
        const below = this.#load(join(path, name));
        node.change((names) => names.set(name, below));
      }
      node.sync();
    }
    return node;
  }

  #make(path: string, inode: bigint, node: File | Folder): void {
    this.#byInode.set(inode, { node, path });
    this.#folderOf(path).change((names) => names.set(basename(path), node));
  }

  #rename(from: string, to: string): void {
    const folder = this.#folderOf(from);
    if (folder !== this.#folderOf(to)) throw new Error(`a rename from one folder to another is not modelled: ${from}`);
    const node = folder.names.get(basename(from))!;
    folder.change((names) => {
      names.delete(basename(from));
      names.set(basename(to), node);
    });
  }

  #node(inode: bigint): { readonly node: File | Folder; readonly path: string } {
    const found = this.#byInode.get(inode);
    if (!found) throw new Error(`the trace names inode ${inode}, which it did not make`);
    return found;
  }

  /** The folder that holds `path`, as the program sees it. */
  #folderOf(path: string): Folder {
    let folder = this.#top;
    for (const name of relative(this.#root, dirname(path)).split("/")) {
      if (name === "") continue;
      const next = folder.names.get(name);
      if (!(next instanceof Folder)) throw new Error(`the trace names ${path}, whose folder it did not make`);
      folder = next;
    }
    return folder;
  }
}

/** What `folder` really holds. */
export function readImage(folder: string): Image {
  const image = new Map<string, Buffer>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (lstatSync(path).isFile() && !LOCK_FILES.includes(basename(name))) image.set(name, readFileSync(path));
  }
  return image;
}

export function writeImage(image: Image, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of image) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), bytes, { mode: 0o600 });
  }
}

/** Equal for equal images. */
export function imageHash(image: Image): string {
  const hash = createHash("sha256");
  for (const path of [...image.keys()].sort())
    hash.update(`${path}\0${image.get(path)!.length}\0`).update(image.get(path)!);
  return hash.digest("hex");
}
