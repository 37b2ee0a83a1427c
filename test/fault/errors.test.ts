/**
 * A disk that answers with errors: EIO at one write point after the other, and ENOSPC from one on until the network has said so. The
 * network says what is wrong and comes back by itself; or it does not start, or ends, and says why. Nothing is lost, nothing is signed
 * twice, and on a sound disk it starts and goes on.
 *
 * CAISSON_FAULT_RUNS=1 tries every write point, from nothing too.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { startInline } from "../support/inline-core.ts";
import { type ErrorPlan, networkOf, storyOf, type Tried } from "./errors-child.ts";
import { Load } from "./load.ts";
import { faucetKeypair, startNetwork } from "./network.ts";
import { randomFrom } from "./random.ts";
import { restart } from "./restart.ts";
import { setUp } from "./setup.ts";
import { type Said, Story } from "./story.ts";
import { WatchedDisk } from "./watched-disk.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { folder, library, skipped } = setUp("disks that answer with errors");
const TIMEOUT_MS = 900_000;
const EVERY = Number(process.env.CAISSON_FAULT_RUNS ?? 0) > 0;
/** Signals by which lmdb 3.5.6 ends a process instead of saying what is wrong: see README.md. */
const SIGNALS = ["SIGSEGV", "SIGABRT"];

const NAMES = { EIO: /EIO: i\/o error|Input\/output error/, ENOSPC: /ENOSPC: no space left|No space left on device/ };

/** One process of tries, and the signal that ended it. */
async function run(plan: ErrorPlan): Promise<{ readonly tried: Tried[]; readonly signal: string | undefined }> {
  const disk = new WatchedDisk(library, plan.folder);
  try {
    const file = join(disk.folder, "plan");
    writeFileSync(file, JSON.stringify(plan));
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
    if (!SIGNALS.includes(signal)) expect(signal ?? code, heard.error.slice(-2_000)).toBe(0);
    const tried = heard.out.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Tried] : []));
    return { tried, signal: signal ?? undefined };
  } finally {
    disk.remove();
  }
}

/** Every try from the first write point on; after each the network is started on what it left. Those that a signal ended say nothing. */
async function attempts(
  options: Pick<ErrorPlan, "snapshot" | "stride" | "error">,
): Promise<(Tried & { readonly signal?: string })[]> {
  const all: (Tried & { readonly signal?: string })[] = [];
  const places = { folder: mkdtempSync(join(folder, "errors-")), stories: mkdtempSync(join(folder, "stories-")) };
  const plan = { ...options, ...places };
  for (let first = 1; ; ) {
    const { tried, signal } = await run({ ...plan, first });
    all.push(...tried);
    first = (tried.at(-1)?.point ?? first - plan.stride) + plan.stride;
    if (signal) {
      all.push({ point: first, outcome: "ended", said: [], signal });
      first += plan.stride;
    } else if (!tried.at(-1)?.outcome) break;
  }
  for (const { point } of all) {
    const story = new Story();
    const file = storyOf(plan, point);
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    for (const line of lines) if (line !== "") story.hear(JSON.parse(line) as Said);
    await restart(networkOf(plan, point), story);
  }
  return all.filter(({ outcome }) => outcome);
}

describe.skipIf(skipped)("a disk that answers with an error", () => {
  const snapshot = join(folder, "snapshot");

  beforeAll(async () => {
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const net = await startNetwork(snapshot, { startCore: startInline, log });
    await new Load(net.node, faucetKeypair(snapshot), randomFrom(1), () => {}).run(3);
    await net.stop();
  });

  it.each([
    ["EIO", EVERY ? 1 : 3],
    ["ENOSPC", EVERY ? 1 : 7],
  ] as const)("%s", { timeout: TIMEOUT_MS }, async (error, stride) => {
    const tried = await attempts({ snapshot, stride, error });
    expect(tried.length * stride).toBeGreaterThan(40);
    for (const { point, said } of tried.filter(({ signal }) => !signal)) {
      expect(said.join("\n"), `write point ${point}`).toMatch(NAMES[error]); // what
      expect(said.join("\n"), `write point ${point}`).toContain(`/net-${point}`); // where
    }
    expect(new Set(tried.map(({ outcome }) => outcome))).toEqual(new Set(["did not start", "went on", "ended"]));
    expect(tried.filter(({ signal }) => signal).length).toBeLessThanOrEqual(tried.length / 10);
  });

  it.skipIf(!EVERY)("EIO, from nothing", { timeout: TIMEOUT_MS }, async () => {
    const nothing = join(folder, "nothing");
    mkdirSync(nothing);
    const tried = await attempts({ snapshot: nothing, stride: 1, error: "EIO" });
    expect(tried.length).toBeGreaterThan(100);
    expect(tried.filter(({ signal }) => signal).length).toBeLessThanOrEqual(tried.length / 10);
  });

  it("whose store cannot be written: the command ends with 1 and says why, and goes on when it is started again", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const place = mkdtempSync(join(folder, "command-"));
    const disk = new WatchedDisk(library, place);
    const start = () => {
      const command = [
        "--import",
        "tsx",
        "host/cli/main.ts",
        "localnet",
        "--validators",
        "1",
        "--folder",
        join(place, "net"),
      ];
      const child = spawn(process.execPath, [...command, "--rpc-port", "0", "--faucet-port", "0"], {
        cwd: ROOT,
        env: { ...process.env, ...disk.environment },
      });
      const heard = { out: "", error: "" };
      child.stderr.on("data", (data) => {
        heard.error += data;
      });
      const ready = new Promise<string>((resolve) => {
        child.stdout.on("data", (data) => {
          heard.out += data;
          if (heard.out.includes("Ctrl-C")) resolve(/faucet +(http:\S+)/.exec(heard.out)![1]!);
        });
      });
      return { child, heard, ready, ended: once(child, "close") };
    };
    const ask = (faucet: string) =>
      fetch(`${faucet}/gas`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ FixedAmountRequest: { recipient: `0x${"ca".repeat(32)}` } }),
      });
    try {
      const first = start();
      const faucet = await first.ready;
      disk.control.arm({ from: disk.control.count + 1, action: "EIO" });
      await ask(faucet).catch(() => undefined);
      expect(await first.ended).toEqual([1, null]);
      expect(first.heard.error).toMatch(/store cannot be written \(Input\/output error.*then start again/);
      disk.control.disarm();
      const second = start();
      expect((await ask(await second.ready)).status).toBe(201);
      second.child.kill("SIGINT");
      expect(await second.ended).toEqual([0, null]);
    } finally {
      disk.remove();
    }
  });
});
