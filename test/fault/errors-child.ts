/**
 * A local network whose disk answers with an error, once at every write point in turn: `errors-child.ts <file with an ErrorPlan>`. As
 * many as can be are tried in one process, so that each begins in a fraction of a second. Says how each went on stdout, a JSON object a
 * line, and keeps what its network said in a file.
 */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Localnet } from "../../host/localnet.ts";
import { StoreError } from "../../host/store/environment.ts";
import { startInline } from "../support/inline-core.ts";
import { Load } from "./load.ts";
import { faucetKeypair, startNetwork } from "./network.ts";
import { observeVault } from "./observer.ts";
import { randomFrom } from "./random.ts";
import { tellFile } from "./story.ts";
import { DiskControl } from "./watched-disk.ts";

export interface ErrorPlan {
  /** A network that was stopped, of which each try gets a copy. */
  readonly snapshot: string;
  /** The watched folder. */
  readonly folder: string;
  /** Another one. */
  readonly stories: string;
  /** Write points counted from the network's start: the first to fail, and how many to go on after each. */
  readonly first: number;
  readonly stride: number;
  /** EIO: that write point alone fails. ENOSPC: it and all after it, until the network has said so. */
  readonly error: "EIO" | "ENOSPC";
}

/** How one try went. */
export interface Tried {
  readonly point: number;
  /**
   * "went on": the network came back by itself. "did not start": it said why, and started when the disk was well. "ended": it said why,
   * and can only start in another process. Undefined when it had done all its work before that point.
   */
  readonly outcome: "went on" | "did not start" | "ended" | undefined;
  /** What it said: an error's message, or its log. */
  readonly said: readonly string[];
}

/** Where the network of a try is, and what it said. */
export const networkOf = ({ folder }: Pick<ErrorPlan, "folder">, point: number) => join(folder, `net-${point}`);
export const storyOf = ({ stories }: Pick<ErrorPlan, "stories">, point: number) => join(stories, `net-${point}`);

const TRANSACTIONS = 2;
/** Errors in the log after which the disk is given room again. */
const ENOUGH_SAID = 2;
const TIMEOUT_MS = 60_000;

async function main(plan: ErrorPlan): Promise<void> {
  const control = new DiskControl(process.env.CAISSON_DISK_CONTROL!);
  for (let point = plan.first; ; point += plan.stride) {
    const tried = await attempt(plan, control, point);
    process.stdout.write(`${JSON.stringify(tried)}\n`);
    if (tried.outcome === "ended" || !tried.outcome) break;
  }
  process.exit();
}

async function attempt(plan: ErrorPlan, control: DiskControl, point: number): Promise<Tried> {
  const folder = networkOf(plan, point);
  cpSync(plan.snapshot, folder, { recursive: true });
  const tell = tellFile(storyOf(plan, point));
  const endObserving = observeVault(tell);
  const said: string[] = [];
  const report = (fields: object, message: string): void => {
    said.push(`${message} ${JSON.stringify(fields)}`);
    if (said.length >= ENOUGH_SAID) control.disarm();
  };
  const start = () =>
    startNetwork(folder, { startCore: startInline, log: { info: () => {}, warn: report, error: report } });

  const from = control.count + point;
  control.arm({ from, until: plan.error === "EIO" ? from : Number.MAX_SAFE_INTEGER, action: plan.error });
  const late = setTimeout(() => {
    process.stderr.write(`write point ${point} (${plan.error}): nothing goes on after ${said.join("; ")}\n`);
    process.exit(1);
  }, TIMEOUT_MS);
  let started = true;
  let net: Localnet | undefined;
  try {
    net = await start().catch((error) => {
      said.push(String(error));
      if (error instanceof StoreError) throw error;
      started = false;
      control.disarm();
      return start();
    });
    const load = new Load(net.node, faucetKeypair(folder), randomFrom(point), tell).run(TRANSACTIONS);
    await Promise.race([load, net.node.failure]);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { point, outcome: "ended", said };
  }
  const struck = control.count >= from;
  control.disarm();
  await net.stop();
  endObserving();
  clearTimeout(late);
  if (!struck) return { point, outcome: undefined, said };
  return { point, outcome: started ? "went on" : "did not start", said };
}

if (process.argv[1] === import.meta.filename) await main(JSON.parse(readFileSync(process.argv[2]!, "utf8")));
