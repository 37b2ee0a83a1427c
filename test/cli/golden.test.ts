/** Every script of scripts/, each a test of its own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { parseScript, ScriptRunner } from "./script.ts";

const SCRIPTS = fileURLToPath(new URL("scripts/", import.meta.url));
const names = readdirSync(SCRIPTS).filter((name) => name.endsWith(".txt"));

test("there are scripts", () => {
  expect(names.length).toBeGreaterThan(0);
});

test.for(names)("%s", { timeout: 120_000 }, async (name) => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-cli-"));
  const runner = new ScriptRunner(folder);
  onTestFinished(async () => {
    await runner.end();
    rmSync(folder, { recursive: true });
  });
  await runner.run(parseScript(readFileSync(join(SCRIPTS, name), "utf8")));
});
