/** What the suites of this folder begin with. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { buildDisk } from "./watched-disk.ts";

/** A folder for a suite's files, gone after it, and the watched disk; without a C compiler the suite is skipped, and says so. */
export function setUp(): { readonly folder: string; readonly library: string; readonly skipped: boolean } {
  const folder = mkdtempSync(join(tmpdir(), "caisson-fault-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const built = buildDisk(folder);
  if ("library" in built) return { folder, library: built.library, skipped: false };
  console.warn(`skipped: ${built.missing}`);
  return { folder, library: "", skipped: true };
}
