/**
 * A disk that answers with errors: EIO at each write point in turn, and ENOSPC from each write point on until the node has said so.
 * The node says what is wrong and comes back by itself, or does not start and says why and starts when the disk is well; nothing is
 * lost, nothing is signed twice, and what was under way is answered (errors-child.ts).
 *
 * CAISSON_FAULT_RUNS=1 tries every write point; without it ENOSPC takes every third.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { startInline } from "../support/inline-core.ts";
import type { ErrorPlan, Tried } from "./errors-child.ts";
import { Load } from "./load.ts";
import { faucetKeypair, startNetwork } from "./network.ts";
import { randomFrom } from "./random.ts";
import { setUp } from "./setup.ts";
import { WatchedDisk } from "./watched-disk.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { folder, library, skipped } = setUp();
const TIMEOUT_MS = 600_000;
/** Write points of LMDB's own opening of a new store: see README.md. */
const DYING = 3;
const EVERY = Number(process.env.CAISSON_FAULT_RUNS ?? 0) > 0;

describe.skipIf(skipped)("a disk that answers with an error", () => {
  const snapshot = join(folder, "snapshot");

  beforeAll(async () => {
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const net = await startNetwork(snapshot, { startCore: startInline, log });
    await new Load(net.node, faucetKeypair(snapshot), randomFrom(1), () => {}).run(3);
    await net.stop();
  });

  /** All tries of a plan, in a process of their own. `dying`: how many may end the process; each goes on in another. */
  async function attempts(plan: Omit<ErrorPlan, "folder">, dying = 0): Promise<Tried[]> {
    const watched = mkdtempSync(join(folder, "errors-"));
    const disk = new WatchedDisk(library, watched);
    try {
      const file = join(disk.folder, "plan");
      writeFileSync(file, JSON.stringify({ ...plan, folder: watched } satisfies ErrorPlan));
      const child = spawn(process.execPath, ["--import", "tsx", "test/fault/errors-child.ts", file], {
        cwd: ROOT,
        env: { ...process.env, ...disk.environment },
      });
      const heard = { out: "", error: "" };
      child.stdout.on("data", (data) => {
        heard.out += data;
      });
      child.stderr.on("data", (data) => {
        heard.error += data;
      });
      const [code, signal] = await once(child, "close");
      const tried = heard.out.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Tried] : []));
      const next = (tried.at(-1)?.point ?? plan.first - plan.stride) + plan.stride;
      if (signal === "SIGSEGV" && dying > 0) {
        return [...tried, ...(await attempts({ ...plan, first: next + plan.stride }, dying - 1))];
      }
      expect(signal ?? code, `at write point ${next}: ${heard.error.slice(-2_000)}`).toBe(0);
      return tried;
    } finally {
      disk.remove();
    }
  }

  const NAMES = { EIO: /EIO: i\/o error|Input\/output error/, ENOSPC: /ENOSPC: no space left|No space left on device/ };

  function expectSaid(tried: readonly Tried[], error: keyof typeof NAMES): void {
    for (const { point, said } of tried) {
      expect(said.join("\n"), `write point ${point}`).toMatch(NAMES[error]);
      expect(said.join("\n"), `write point ${point}`).toMatch(/StoreError|VaultRefused|cannot be made durable/);
    }
  }

  it.each([
    ["EIO", 1],
    ["ENOSPC", EVERY ? 1 : 3],
  ] as const)("%s", { timeout: TIMEOUT_MS }, async (error, stride) => {
    const tried = (await attempts({ snapshot, first: 1, stride, error })).filter(({ outcome }) => outcome);
    expectSaid(tried, error);
    expect(tried.length * stride).toBeGreaterThan(40);
    expect(new Set(tried.map(({ outcome }) => outcome))).toEqual(new Set(["started again", "went on"]));
  });

  it.skipIf(!EVERY)("EIO, from nothing", { timeout: TIMEOUT_MS }, async () => {
    const nothing = join(folder, "nothing");
    mkdirSync(nothing);
    const tried = (await attempts({ snapshot: nothing, first: 1, stride: 1, error: "EIO" }, DYING)).filter(
      ({ outcome }) => outcome,
    );
    expect(tried.length).toBeGreaterThan(100);
    expect(tried.filter(({ said }) => said.length === 0).length).toBeLessThan(3); // LMDB tries its first file again
  });
});
