/** Every script of scripts/, each a test of its own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseScript, ScriptRunner } from "./script.ts";

const SCRIPTS = fileURLToPath(new URL("scripts/", import.meta.url));
/** A script takes seconds on a machine of its own; on one that many share, minutes. */
const TIMEOUT_MS = 300_000;
const names = readdirSync(SCRIPTS).filter((name) => name.endsWith(".txt"));

test("there are scripts", () => {
  expect(names.length).toBeGreaterThan(0);
});

test.concurrent.for(names)("%s", { timeout: TIMEOUT_MS }, async (name, { onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-cli-"));
  const runner = new ScriptRunner(folder);
  onTestFinished(async () => {
    await runner.end();
    rmSync(folder, { recursive: true });
  });
  await runner.run(parseScript(readFileSync(join(SCRIPTS, name), "utf8")));
});
