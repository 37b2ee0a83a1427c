/** What counts as trusted code, and that nobody else's is among what a machine is built of. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MACHINES } from "../../platform/qemu/machines.ts";
import { codeLines, domainFiles, imports, machineFiles, reached } from "../../proofs/trusted-base.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** C's own headers for freestanding programs, and those of platform/image/freestanding. */
const FREE = ["stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "string.h"];
/** Written when an image is built: by topology-header.ts, by layout-header.ts. */
const MADE = ["topology.h", "layout.h"];

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

/** Headers that these files name and that are nobody's of ours. */
function foreign(files: readonly string[]): string[] {
  const ours = files.map((path) => path.split("/").at(-1));
  return files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/#include [<"]([^>"]+)[>"]/g)]
      .map(([, name]) => name!)
      .filter((name) => ![...FREE, ...MADE, ...ours].includes(name)),
  );
}

it.each(MACHINES)("nobody else's code is in $name", (machine) => {
  const files = machineFiles(machine);
  expect(files.length).toBeGreaterThan(15);
  expect(foreign(files)).toEqual([]);
});

it.each(["vault", "trust", "link", "monitor"] as const)(
  "nobody else's code but libmicrokit is in %s on seL4",
  (kind) => {
    const files = domainFiles(kind);
    expect(files.length).toBeGreaterThan(5);
    expect(new Set(foreign(files))).toEqual(new Set(["microkit.h"]));
  },
);
