/** Processes of a local network: none outlives the one that started them, and one that cannot be started ends the network and says why. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LocalValidator, ValidatorEnded } from "../../host/local-validator.ts";

const PROGRAM = fileURLToPath(new URL("../../host/cli/caisson.mjs", import.meta.url));
const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 40_000, interval: 100 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "caisson-processes-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Processes that name the test's folder, but for `not`. */
function running(not?: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== not);
  return pids.filter((pid) => commandOf(pid).includes(folder)).map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // it has just ended
  }
}

it("ends every validator when the process that started them is killed, early or late", {
  timeout: TIMEOUT_MS,
}, async () => {
  const flags = ["--validators", "2", "--rpc-port", "0", "--faucet-port", "0", "--log-level", "error"];
  const start = () => spawn(process.execPath, [PROGRAM, "localnet", "--folder", join(folder, "net"), ...flags]);
  const early = start();
  await expect.poll(() => running(early.pid).length, PATIENCE).toBe(2);
  early.kill("SIGKILL");
  await expect.poll(() => running(), PATIENCE).toEqual([]);

  const late = start();
  await once(late.stdout, "data"); // it serves
  expect(running(late.pid).length).toBe(2);
  late.kill("SIGKILL");
  await expect.poll(() => running(), PATIENCE).toEqual([]);
});

it("gives a validator up that does not start, with what it said last", { timeout: TIMEOUT_MS }, async () => {
  const program = join(folder, "program.mjs");
  writeFileSync(program, 'console.error("no port is free"); process.exit(3);');
  const logged: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => logged.push(JSON.stringify(fields)) };
  const at = { genesisPath: "g", dataFolder: "d", trustFolder: "t" };
  const validator = new LocalValidator({ author: 2, ...at, heartbeatMs: 1_000, log, program });
  const failure = await validator.failure.catch((error: Error) => error);
  expect(failure).toBeInstanceOf(ValidatorEnded);
  expect((failure as Error).message).toMatch(
    /^validator 2 does not start \(exit code 3\), after 3 tries.*no port is free/s,
  );
  expect(validator.restarts).toBe(2);
  expect(logged.length).toBe(2);
  expect(logged[0]).toContain("no port is free");
  await validator.stop();
});

it("starts a validator again that ended after it ran", { timeout: TIMEOUT_MS }, async () => {
  const program = join(folder, "program.mjs");
  writeFileSync(program, "process.send({ round: 1 }); setTimeout(() => process.exit(0), 300);");
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const at = { genesisPath: "g", dataFolder: "d", trustFolder: "t" };
  const validator = new LocalValidator({ author: 1, ...at, heartbeatMs: 1_000, log, program });
  await expect.poll(() => validator.report, PATIENCE).toEqual({ round: 1 });
  await expect.poll(() => validator.report, PATIENCE).toBeUndefined();
  await expect.poll(() => validator.restarts, PATIENCE).toBeGreaterThan(3);
  await validator.stop();
  const { restarts } = validator;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(validator.restarts).toBe(restarts);
});
