/**
 * As many coin transfers as a network of processes takes, sent to its full node, and where the validators' time goes meanwhile. All of it, the
 * clients too, shares this machine's processors.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Localnet } from "../../../host/localnet.ts";
import { createLog } from "../../../host/log.ts";
import { freePorts, loopback, prepare } from "../../support/prepared.ts";
import { transfers } from "../coin-transfers.ts";
import { type ComponentUrls, type Split, splitOf } from "./split.ts";

const WARM_UP = 300;
/** With the warm-up, as many as the coins that a genesis transaction has room for. */
const MEASURED = 1_100;
/** Transfers that are under way at once. */
const UNDER_WAY = 512;
/** Until the threads of a process have written what they sampled. */
const WRITTEN_MS = 3_000;

const PROGRAM = fileURLToPath(new URL("program.mjs", import.meta.url));
const SAMPLER = new URL("sampler.mjs", import.meta.url).href;

export interface Saturation {
  readonly count: number;
  readonly seconds: number;
  /** Milliseconds from a transfer's sending to its certified effects, while the network is full. */
  readonly finalityP50: number;
  readonly rounds: number;
  readonly commits: number;
  /** Each validator signs every one of them. */
  readonly checkpoints: number;
  /** Of all validators together: time on a processor, milliseconds, and parts that sum to one. */
  readonly busyMs: number;
  readonly split: Split;
}

export async function saturation(validators: number, components: ComponentUrls): Promise<Saturation> {
  const { folder, keypair } = await prepare(loopback(await freePorts(validators)), WARM_UP + MEASURED);
  const profiles = mkdtempSync(join(tmpdir(), "caisson-profiles-"));
  process.env.NODE_OPTIONS = `--import ${SAMPLER}`;
  process.env.CAISSON_PROFILES = profiles;
  const net = await Localnet.start({
    folder,
    program: PROGRAM,
    fresh: false,
    hostname: "127.0.0.1",
    rpcPort: 0,
    faucetPort: 0,
    heartbeatMs: 1_000,
    log: createLog("error"),
  });
  delete process.env.NODE_OPTIONS;
  try {
    const { node } = net;
    const all = await transfers(node.store, keypair);
    const send = async ({ transaction, signatures }: (typeof all)[number]) => {
      await node.submit(transaction, signatures);
    };
    await pooled(all.slice(0, WARM_UP), send);
    const pids = [...net.processes.values()].map((pid) => pid!);
    const sample = () => {
      for (const pid of pids) process.kill(pid, "SIGUSR2");
    };
    const busy = () => pids.reduce((sum, pid) => sum + busyMsOf(pid), 0);
    const before = node.meter.reading;
    const checkpoint = node.store.latestCheckpoint()!;
    node.meter.takeRecent();
    const busyBefore = busy();
    sample();
    const begun = performance.now();
    await pooled(all.slice(WARM_UP), send);
    const seconds = (performance.now() - begun) / 1_000;
    const busyMs = busy() - busyBefore;
    sample();
    await new Promise((resolve) => setTimeout(resolve, WRITTEN_MS));
    const after = node.meter.reading;
    return {
      count: MEASURED,
      seconds,
      finalityP50: node.meter.takeRecent().p50,
      rounds: after.round - before.round,
      commits: after.commit - before.commit,
      checkpoints: Number(node.store.latestCheckpoint()! - checkpoint),
      busyMs,
      split: await splitOf(profiles, components),
    };
  } finally {
    await net.stop();
    rmSync(folder, { recursive: true });
    rmSync(profiles, { recursive: true });
  }
}

/** Linux counts a process's time in hundredths of a second, whatever the kernel's own tick (proc(5), /proc/pid/stat, fields 14 and 15). */
const TICK_MS = 10;

/** What all threads of a process have had of processors. */
function busyMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third on
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Does all of it, UNDER_WAY at a time. */
async function pooled<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await run(item);
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, worker));
}
