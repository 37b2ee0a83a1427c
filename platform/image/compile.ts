/**
 * Compiles C for an image. What was compiled is kept under the hash of everything that it depends on, so that a second start of the same
 * sources reaches its work at once, and two processes that build at the same time do not meet.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { MissingProgram, type Program } from "../program.ts";

const run = promisify(execFile);

/** The compiler did not take what it was given. */
export class CompileError extends Error {
  override readonly name = "CompileError";
  readonly code = "compile";
}

export interface Compiler extends Program {
  /** Of every call. */
  readonly flags: readonly string[];
}

/** A translation unit. Header files are looked for in its folders, and count as what it depends on. */
export interface Unit {
  readonly file: string;
  readonly include: readonly string[];
  readonly flags?: readonly string[];
}

/** Compilers at work at a time. */
const AT_ONCE = 2;
const MANY_BYTES = 1 << 26;

export class Builder {
  readonly #compiler: Compiler;
  /** Where results are kept. */
  readonly #folder: string;
  #version: Promise<string> | undefined;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(compiler: Compiler, folder: string) {
    this.#compiler = compiler;
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Path of a unit's object file. Throws MissingProgram or CompileError. */
  async object({ file, include, flags = [] }: Unit): Promise<string> {
    const headers = include.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".h"))
        .sort()
        .map((name) => join(folder, name)),
    );
    const contents = [file, ...headers].map((path) => readFileSync(path));
    const words = [...flags, ...include.map((folder) => `-I${folder}`), "-c", file];
    return this.#make(".o", [flags, contents.map(hash)], words);
  }

  /** Path of a program of these objects, in this order. `flags`: the linker's. */
  program(objects: readonly string[], flags: readonly string[] = [], files: readonly string[] = []): Promise<string> {
    const contents = [...objects, ...files].map((path) => hash(readFileSync(path)));
    return this.#make("", [flags, contents], [...objects, ...flags]);
  }

  /** Calls the compiler unless what it would make is there. */
  async #make(suffix: string, ingredients: unknown, words: readonly string[]): Promise<string> {
    const { command, flags } = this.#compiler;
    const version = await this.#compilerVersion();
    const made = join(this.#folder, `${hash(JSON.stringify([version, flags, ingredients]))}${suffix}`);
    if (existsSync(made)) return made;
    await this.#turn();
    const work = mkdtempSync(join(this.#folder, "work-"));
    try {
      const out = join(work, "out");
      await run(command, [...flags, ...words, "-o", out], { maxBuffer: MANY_BYTES }).catch(
        (cause: { readonly stderr?: string }) => {
          throw new CompileError(`${command} refuses ${words.at(-1)}:\n${cause.stderr}`, { cause });
        },
      );
      renameSync(out, made);
      return made;
    } finally {
      rmSync(work, { recursive: true, force: true });
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    while (this.#running >= AT_ONCE) await new Promise<void>((go) => this.#waiting.push(go));
    this.#running++;
  }

  #compilerVersion(): Promise<string> {
    this.#version ??= run(this.#compiler.command, ["--version"]).then(
      ({ stdout }) => stdout,
      (cause: unknown) => {
        throw new MissingProgram(this.#compiler, "builds this core", cause);
      },
    );
    return this.#version;
  }
}

export const hash = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Writes a file whose contents decide where it lies, unless it is there; its path. */
export function keep(folder: string, name: string, contents: string): string {
  const own = join(folder, hash(contents));
  const path = join(own, name);
  if (existsSync(path)) return path;
  replaceFile(path, contents);
  return path;
}

/** Whoever reads it finds all of it or nothing, also when two processes write it. */
export function replaceFile(path: string, contents: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
}
