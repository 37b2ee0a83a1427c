/** A sealed process reads from and writes to its own descriptors, waits, and ends; whatever else it tries ends it. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sourceOf } from "../../../platform/image/component-objects.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const gcc = process.platform === "linux" && spawnSync("gcc", ["--version"]).error === undefined;
if (!gcc) console.log("sealed processes are not tested: apt-get install gcc libc6-dev");

/** In the order of sandbox-harness.c. */
const ALLOWED = ["nothing", "reading its own", "writing its own", "waiting for its own"];
const FORBIDDEN = [
  "reading another descriptor",
  "writing another descriptor",
  "writing what it reads from",
  "opening a file",
  "a socket",
  "another process",
  "a signal",
  "memory that can be run",
  "copying a descriptor",
];

describe.runIf(gcc)("a sealed process", () => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-sandbox-"));
  const program = join(folder, "sealed");
  beforeAll(() => {
    const words = ["-std=gnu17", "-Wall", "-Wextra", "-Werror", `-I${sourceOf("native")}`];
    const sources = [join(here, "sandbox-harness.c"), sourceOf("native/sandbox.c")];
    const built = spawnSync("gcc", [...words, ...sources, "-o", program], { encoding: "utf8" });
    expect(built.stderr).toBe("");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What it reads from never ends, and what it writes to takes everything. */
  const source = openSync("/dev/zero", "r");
  const sink = openSync("/dev/null", "w");
  afterAll(() => [source, sink].forEach(closeSync));
  const run = (act: number) =>
    spawnSync(program, [String(act)], { stdio: [source, sink, "inherit", source, sink], timeout: 5_000 });

  it.each(ALLOWED.map((what, act) => ({ what, act })))("may do this: $what", ({ act }) => {
    expect(run(act)).toMatchObject({ status: 0, signal: null });
  });

  it.each(FORBIDDEN.map((what, i) => ({ what, act: ALLOWED.length + i })))("is ended by this: $what", ({ act }) => {
    expect(run(act).signal).toBe("SIGSYS");
  });
});
