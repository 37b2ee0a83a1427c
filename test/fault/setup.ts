/** What the suites of this folder begin with. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { isLonger } from "../support/longer.ts";
import { buildDisk } from "./watched-disk.ts";

/** Whether `npm test` leaves these to a command beside it. */
export const isLeftOut = (what: string): boolean => isLonger(what, "CAISSON_FAULTS", "npm run test:faults");

/**
 * A folder for a suite's files, gone after it, and the watched disk; without a C compiler the suite is skipped, and says so. `longer`: what is not
 * tried within `npm test`.
 */
export function setUp(longer?: string): {
  readonly folder: string;
  readonly library: string;
  readonly skipped: boolean;
} {
  const folder = mkdtempSync(join(tmpdir(), "caisson-fault-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  if (longer !== undefined && isLeftOut(longer)) return { folder, library: "", skipped: true };
  const built = buildDisk(folder);
  if ("library" in built) return { folder, library: built.library, skipped: false };
  console.warn(`skipped: ${built.missing}`);
  return { folder, library: "", skipped: true };
}
