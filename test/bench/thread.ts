/** Coin transfers through the whole node: what they cost inside `execute` and `ledger`, and how many a second come out certified. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { LANE_NUMBERS } from "../../core/wire/frames.ts";
import { PROTOCOL_VERSION } from "../../core/wire/limits.ts";
import { buildGenesis } from "../../host/genesis/build-genesis.ts";
import { readVault } from "../../host/genesis/vault-key.ts";
import { createLog } from "../../host/log.ts";
import { LedgerNode } from "../../host/node.ts";
import { Store } from "../../host/store/store.ts";
import { ComponentInstance } from "../../platform/component.ts";
import { startInlineCore } from "../../platform/inline.ts";
import { loadModules } from "../../platform/modules.ts";
import { startNodeCore } from "../../platform/node/index.ts";
import type { StartCore } from "../../platform/runner.ts";
import { COMPONENTS, type ComponentName, TOPOLOGY } from "../../platform/topology.ts";
import { FileTrust } from "../../platform/trust/file-trust.ts";
import { COIN_NANOS, GAS_PRICE } from "../support/prepared.ts";
import { type Signed, transfers } from "./coin-transfers.ts";
import { median } from "./harness.ts";

/** Transfers in a round, each with a gas coin of its own. */
const TRANSFERS = 256;
const EPOCH_DURATION_MS = 86_400_000;
const HEARTBEAT_MS = 3_600_000;

/** All in this thread, so that what each component takes can be told apart. */
const startInline: StartCore = async ({ configs, trustFolder }, listener) =>
  startInlineCore({ modules: await loadModules(), configs, trust: new FileTrust(trustFolder!) }, listener);

/** A running node and transfers that nobody has sent yet. */
class Thread {
  readonly #node: LedgerNode;
  readonly #store: Store;
  readonly #folder: string;
  readonly transfers: readonly Signed[];

  private constructor(node: LedgerNode, store: Store, folder: string, transfers: readonly Signed[]) {
    this.#node = node;
    this.#store = store;
    this.#folder = folder;
    this.transfers = transfers;
  }

  static async start(startCore: StartCore, rounds: number): Promise<Thread> {
    const folder = mkdtempSync(join(tmpdir(), "caisson-bench-"));
    const trustFolder = join(folder, "trust");
    mkdirSync(trustFolder);
    const keypair = new Ed25519Keypair();
    const owner = keypair.toIotaAddress();
    const { publicKey } = await readVault(trustFolder, 0);
    const genesis = await buildGenesis({
      protocolVersion: String(PROTOCOL_VERSION) as "38",
      timestampMs: String(Date.now()),
      epochDurationMs: String(EPOCH_DURATION_MS),
      referenceGasPrice: String(GAS_PRICE),
      committee: [{ name: "bench", publicKey: toBase64(publicKey) }],
      coins: Array.from({ length: rounds * TRANSFERS }, () => ({ owner, balance: String(COIN_NANOS) })),
    });
    const store = new Store(join(folder, "store"));
    const node = await LedgerNode.start({
      genesis,
      store,
      startCore: (configs, listener) => startCore({ configs, trustFolder }, listener),
      author: 0,
      nowMs: Date.now,
      heartbeatMs: HEARTBEAT_MS,
      log: createLog("silent"),
    });
    return new Thread(node, store, folder, await transfers(store, keypair));
  }

  /** Sends transfers together; resolves when all are certified and on disk. */
  async send(batch: readonly Signed[]): Promise<void> {
    await Promise.all(batch.map(({ transaction, signatures }) => this.#node.submit(transaction, signatures)));
  }

  async stop(): Promise<void> {
    await this.#node.stop();
    await this.#store.close();
    rmSync(this.#folder, { recursive: true });
  }
}

/** The same transfers on a platform, which is the one that `npm start` uses, after a round that warms it up. */
export async function transfersASecond(
  startCore: StartCore = startNodeCore,
): Promise<{ readonly seconds: number; readonly count: number }> {
  const rounds = 4;
  const thread = await Thread.start(startCore, rounds);
  try {
    await thread.send(thread.transfers.slice(0, TRANSFERS));
    const begun = performance.now();
    await thread.send(thread.transfers.slice(TRANSFERS));
    return { seconds: (performance.now() - begun) / 1_000, count: (rounds - 1) * TRANSFERS };
  } finally {
    await thread.stop();
  }
}

/** Microseconds that a transfer takes inside each component, witnesses included: medians over warm rounds of one thread. */
export async function componentTimes(): Promise<Record<ComponentName, number>> {
  const rounds = 6;
  const warmUp = 2;
  const thread = await Thread.start(startInline, rounds);
  const watch = watchComponents();
  try {
    await thread.send(thread.transfers.slice(0, warmUp * TRANSFERS));
    const measured: Record<ComponentName, number>[] = [];
    for (let round = warmUp; round < rounds; round++) {
      watch.reset();
      await thread.send(thread.transfers.slice(round * TRANSFERS, (round + 1) * TRANSFERS));
      measured.push(watch.milliseconds);
    }
    return Object.fromEntries(
      COMPONENTS.map((name) => [name, (median(measured.map((ms) => ms[name])) * 1_000) / TRANSFERS]),
    ) as Record<ComponentName, number>;
  } finally {
    watch.end();
    await thread.stop();
  }
}

/** Adds up the time that steps take, by the component that takes the lane; frames' copies are included. */
function watchComponents() {
  const receivers = new Map(
    Object.entries(LANE_NUMBERS).map(([lane, number]) => [number, TOPOLOGY[lane as keyof typeof TOPOLOGY].to]),
  );
  const zero = () => Object.fromEntries(COMPONENTS.map((name) => [name, 0])) as Record<ComponentName, number>;
  const watch = {
    milliseconds: zero(),
    reset: () => {
      watch.milliseconds = zero();
    },
    end: () => {
      ComponentInstance.prototype.step = step;
    },
  };
  const { step } = ComponentInstance.prototype;
  ComponentInstance.prototype.step = function timed(lane, frame) {
    const begun = performance.now();
    const sent = step.call(this, lane, frame);
    watch.milliseconds[receivers.get(lane) as ComponentName] += performance.now() - begun;
    return sent;
  };
  return watch;
}
