/** What the first stage reads of an image's file, in C under sanitizers: the segments of a program, and of what is none nothing that lies outside it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sourceOf } from "../../../platform/image/component-objects.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const gcc = spawnSync("gcc", ["--version"]).error === undefined;
if (!gcc) console.log("the first stage's reading of programs is not tested: apt-get install gcc libc6-dev");

interface Segment {
  readonly kind: number;
  readonly offset: bigint;
  readonly bytes: bigint;
  readonly address: bigint;
  readonly memoryBytes: bigint;
}

const PROGRAM_HEADER_BYTES = 56;
const HEADER_BYTES = 64;

/** A program of these segments, in a file of `length` bytes. */
function elf(entry: bigint, segments: readonly Segment[], length = 4_096): Buffer {
  const file = Buffer.alloc(length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeBigUInt64LE(entry, 24);
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  file.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  file.writeUInt16LE(segments.length, 56);
  segments.forEach(({ kind, offset, bytes, address, memoryBytes }, i) => {
    const at = HEADER_BYTES + i * PROGRAM_HEADER_BYTES;
    file.writeUInt32LE(kind, at);
    file.writeBigUInt64LE(offset, at + 8);
    file.writeBigUInt64LE(address, at + 24);
    file.writeBigUInt64LE(bytes, at + 32);
    file.writeBigUInt64LE(memoryBytes, at + 40);
  });
  return file;
}

const LOADED = 1;
const segment = (over: Partial<Segment>): Segment => ({
  ...{ kind: LOADED, offset: 0x200n, bytes: 0x100n, address: 0x4020_0000n, memoryBytes: 0x1000n },
  ...over,
});

describe.runIf(gcc)("the first stage", () => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-elf-"));
  const program = join(folder, "elf");
  beforeAll(() => {
    const words = ["-std=gnu17", "-g", "-Wall", "-Wextra", "-Werror", ...SANITIZERS, `-I${sourceOf("first-stage")}`];
    const sources = [join(here, "elf-harness.c"), sourceOf("first-stage/elf.c")];
    expect(spawnSync("gcc", [...words, ...sources, "-o", program], { encoding: "utf8" }).stderr).toBe("");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Its entry and its segments, as words in hex, after it held against 20,000 changes. */
  function read(file: Buffer): string[] {
    const path = join(folder, "file");
    writeFileSync(path, file);
    const { status, stdout, stderr } = spawnSync(program, [path, "20481"], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return stdout.trimEnd().split("\n");
  }

  it("reads a program's segments, and leaves out what is not loaded", () => {
    const file = elf(0x4020_0010n, [
      segment({}),
      segment({ kind: 2 }),
      segment({ offset: 0x300n, address: 0x5000_0000n }),
    ]);
    expect(read(file)).toEqual(["40200010", "200 100 40200000 1000", "300 100 50000000 1000"]);
  });

  it.each([
    { what: "ends behind the file", over: { offset: 0xf01n } },
    { what: "begins behind the file", over: { offset: 0x1001n, bytes: 0n } },
    { what: "is longer than any file", over: { offset: 0x200n, bytes: 0xffff_ffff_ffff_ff00n } },
    { what: "has more in the file than in memory", over: { memoryBytes: 0xffn } },
    { what: "goes around the end of memory", over: { address: 0xffff_ffff_ffff_f001n } },
  ])("refuses a segment that $what", ({ over }) => {
    expect(read(elf(1n, [segment(over), segment({})]))).toEqual(["1", "200 100 40200000 1000"]);
  });

  it.each([
    { what: "another magic number", at: 0, byte: 0x7e },
    { what: "32 bits", at: 4, byte: 1 },
    { what: "the other byte order", at: 5, byte: 2 },
    { what: "headers of another length", at: 54, byte: 32 },
    { what: "more segments than any image", at: 57, byte: 1 },
    { what: "headers behind the file", at: 33, byte: 0x10 },
  ])("takes a file for none that has $what", ({ at, byte }) => {
    const file = elf(1n, [segment({})]);
    file[at] = byte;
    const path = join(folder, "file");
    writeFileSync(path, file);
    expect(spawnSync(program, [path, "1"], { encoding: "utf8" }).stdout).toBe("");
  });
});
