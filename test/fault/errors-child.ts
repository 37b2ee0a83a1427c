/**
 * A local network whose disk answers with an error, once at every write point in turn: `errors-child.ts <file with an ErrorPlan>`. Runs
 * in one process, so that it begins each time in a fraction of a second, and says how each went on stdout, a JSON object a line.
 */
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Localnet } from "../../host/localnet.ts";
import { startInline } from "../support/inline-core.ts";
import { checkFolder } from "./ledger-check.ts";
import { Load } from "./load.ts";
import { faucetKeypair, startNetwork } from "./network.ts";
import { observeVault } from "./observer.ts";
import { randomFrom } from "./random.ts";
import { Story } from "./story.ts";
import { DiskControl } from "./watched-disk.ts";

export interface ErrorPlan {
  /** A network that was stopped, of which each try gets a copy. */
  readonly snapshot: string;
  /** The watched folder. */
  readonly folder: string;
  /** Write points counted from the network's start: the first to fail, and how many to go on after each. */
  readonly first: number;
  readonly stride: number;
  /** EIO: that write point alone fails. ENOSPC: it and all after it, until the network has said so. */
  readonly error: "EIO" | "ENOSPC";
}

/** How one try went. */
export interface Tried {
  readonly point: number;
  /** Undefined when the network had done all its work before that point. */
  readonly outcome: "started again" | "went on" | undefined;
  /** What it said: an error's message, or its log. */
  readonly said: readonly string[];
}

const TRANSACTIONS = 2;
/** Errors in the log after which the disk is given room again. */
const ENOUGH_SAID = 2;
const TIMEOUT_MS = 60_000;

const plan: ErrorPlan = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const control = new DiskControl(process.env.CAISSON_DISK_CONTROL!);

for (let point = plan.first; ; point += plan.stride) {
  const tried = await attempt(point);
  process.stdout.write(`${JSON.stringify(tried)}\n`);
  if (!tried.outcome) break;
}
process.exit();

async function attempt(point: number): Promise<Tried> {
  const folder = join(plan.folder, `net-${point}`);
  cpSync(plan.snapshot, folder, { recursive: true });
  const story = new Story();
  const end = observeVault((said) => story.hear(said));
  const said: string[] = [];
  let net: Localnet | undefined;
  const report = (fields: object, message: string): void => {
    said.push(`${message} ${JSON.stringify(fields)}`);
    if (said.length < ENOUGH_SAID) return;
    net?.node.store.latestCheckpoint(); // it can be read meanwhile
    control.disarm();
  };
  const start = () =>
    startNetwork(folder, { startCore: startInline, log: { info: () => {}, warn: report, error: report } });

  const from = control.count + point;
  control.arm({ from, until: plan.error === "EIO" ? from : Number.MAX_SAFE_INTEGER, action: plan.error });
  const late = setTimeout(() => {
    process.stderr.write(`write point ${point} (${plan.error}): nothing goes on after ${said.join("; ")}\n`);
    process.exit(1);
  }, TIMEOUT_MS);
  let outcome: Tried["outcome"];
  try {
    net = await start();
  } catch (error) {
    said.push(String(error));
    outcome = "started again";
    control.disarm();
    net = await start();
  }
  await new Load(net.node, faucetKeypair(folder), randomFrom(point), (told) => story.hear(told)).run(TRANSACTIONS);
  outcome ??= control.count >= from ? "went on" : undefined;
  control.disarm();
  await net.stop();
  end();
  await checkFolder(folder, story);
  rmSync(folder, { recursive: true });
  clearTimeout(late);
  return { point, outcome, said };
}
