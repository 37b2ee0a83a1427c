/** What counts as trusted code, and that nobody else's is among what a machine is built of. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MACHINES } from "../../platform/qemu/machines.ts";
import { codeLines, domainFiles, imports, reached } from "../../proofs/trusted-base.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** C's own headers for freestanding programs, and those of platform/image/freestanding. */
const FREE = ["stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "string.h"];
/** Written by topology-header.ts and by wasm2c when an image is built. */
const MADE = ["topology.h"];

describe("code lines", () => {
  it("are neither blank nor comments", () => {
    expect(codeLines("/** What\n * it is. */\nint a; // here\n\n  // there\nint b; /* c */\n")).toBe(2);
    expect(codeLines('const url = "http://x"; /* a\n b */ const z = 1;\n')).toBe(1);
  });

  it("of a component are those that it is compiled of, and of no other", () => {
    const files = reached(`${root}core/vault/index.ts`, imports);
    expect(files).toContain(`${root}core/lib/frame.ts`);
    expect(files.filter((file) => /core\/(verify|order|execute|ledger)\//.test(file))).toEqual([]);
  });
});

it.each(MACHINES.map((machine) => ({ name: machine.name, machine })))(
  "nobody else's code is in $name",
  ({ machine }) => {
    const files = domainFiles(machine);
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) {
      const source = readFileSync(file, "utf8");
      const named = [...source.matchAll(/#include [<"]([^>"]+)[>"]/g)].map(([, name]) => name!);
      const ours = files.map((path) => path.split("/").at(-1));
      expect(
        named.filter((name) => ![...FREE, ...MADE, ...ours].includes(name)),
        file,
      ).toEqual([]);
    }
  },
);
