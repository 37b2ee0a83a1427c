/** The processes of a native core as the kernel sees them: what each has open and may do, and that none is left behind. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LedgerToHost } from "../../../core/wire/frames.ts";
import { decode } from "../../../core/wire/schema.ts";
import { readVault } from "../../../host/genesis/vault-key.ts";
import { deferred } from "../../../host/pipeline/async.ts";
import { Store } from "../../../host/store/store.ts";
import { startNativeCore } from "../../../platform/native/index.ts";
import type { Core } from "../../../platform/runner.ts";
import { CONFIGS } from "../../conformance/conversation.ts";
import { childrenOf, isRunning, type Process } from "../../support/processes.ts";

const gcc = process.platform === "linux" && spawnSync("gcc", ["--version"]).error === undefined;
if (!gcc) console.log("native cores are not tested: apt-get install gcc libc6-dev");
const PATIENCE = { timeout: 10_000 };
const POOLS = 2;

const launchers = () => childrenOf(process.pid).filter(({ name }) => name === "launch");

/** What a process has open, sorted; undefined: only root may see it. */
function openOf({ pid }: Process): string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return undefined;
  }
}

function tellsOfVault(frame: Uint8Array): boolean {
  const said = decode(LedgerToHost, frame);
  return said.kind === "status" && said.vault !== undefined;
}

describe.runIf(gcc)("the processes of a native core", () => {
  let folder: string;
  let store: Store;
  let core: Core;
  const faults: string[] = [];

  beforeEach(async () => {
    faults.length = 0;
    folder = mkdtempSync(join(tmpdir(), "caisson-native-"));
    // A store is opened as a node opens it: its file is not closed by itself when another program is run.
    store = new Store(join(folder, "store"));
    const booted = deferred<void>();
    core = await startNativeCore(
      { configs: CONFIGS, trustFolder: join(folder, "trust"), pools: POOLS },
      {
        frames: (lane, frames) => {
          if (lane === "ledgerToHost" && frames.some(tellsOfVault)) booted.resolve();
        },
        trouble: (message) => expect.fail(message),
        fault: ({ component, message }) => faults.push(`${component}: ${message}`),
      },
    );
    await booted.promise; // its boot is sealed: nothing is being written
  });
  afterEach(async () => {
    await core.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it("are one for each instance, sealed, and have nothing but their lanes", () => {
    const [launcher, ...more] = launchers();
    expect(more).toEqual([]);
    const processes = childrenOf(launcher!.pid);
    const names = ["execute", "execute", "ledger", "order", "trust", "vault", "verify", "verify"];
    expect(processes.map(({ name }) => name).sort()).toEqual(names);
    for (const one of [launcher!, ...processes]) {
      const status = readFileSync(`/proc/${one.pid}/status`, "utf8");
      expect(status, one.name).toMatch(/^Seccomp:\s+2$/m);
      expect(status, one.name).toMatch(/^NoNewPrivs:\s+1$/m);
      const open = openOf(one);
      if (!open) {
        console.log("what sealed processes have open is not looked at: only root sees it");
        return;
      }
      const strange = open.filter((what) => !/^(pipe|socket):/.test(what));
      const trusts = [join(folder, "trust"), join(folder, "trust", "caisson.lock")];
      expect(strange.sort(), one.name).toEqual({ trust: trusts, launch: trusts.slice(1) }[one.name] ?? []);
    }
    const vault = openOf(processes.find(({ name }) => name === "vault")!)!;
    expect(vault.every((what) => what.startsWith("pipe:"))).toBe(true);
  });

  it("end when the core is stopped", async () => {
    await core.stop();
    expect(launchers()).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("end with any of them, and the host is told which", async () => {
    const [launcher] = launchers();
    const order = childrenOf(launcher!.pid).find(({ name }) => name === "order")!;
    process.kill(order.pid, "SIGKILL");
    await expect.poll(() => faults, PATIENCE).toEqual(["order: its process was ended by signal 9"]);
    await expect.poll(launchers, PATIENCE).toEqual([]);
  });

  it("end with their launcher, and leave the folder to the next", async () => {
    const [launcher] = launchers();
    const processes = childrenOf(launcher!.pid);
    process.kill(launcher!.pid, "SIGKILL");
    await expect.poll(() => faults, PATIENCE).toEqual(["ledger: the core's processes ended"]);
    const left = () => processes.filter(({ pid }) => isRunning(pid));
    await expect.poll(left, PATIENCE).toEqual([]);
    await core.stop();
    expect((await readVault(join(folder, "trust"), 0, startNativeCore)).boot).toBe(2n);
  });
});
