/**
 * The `node` platform: components in worker threads of this process, each group of instances one thread. Separate wasm memories
 * keep a memory error in one component from another; nothing protects the core from its own process. For development, tests and
 * full nodes.
 */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { hostCredits } from "../credit.ts";
import { FolderLock } from "../folder-lock.ts";
import { loadModules, moduleHashes } from "../modules.ts";
import type { Core, CoreListener, CoreOptions, Fault, LaneFromCore, LaneToCore, PlatformReport } from "../runner.ts";
import { COMPONENTS, type ComponentName, type End, INSTANCES, TOPOLOGY } from "../topology.ts";
import { type Batch, framesOf, postBatch, type Served } from "./batch.ts";
import type { WorkerSetup } from "./worker.ts";

export interface NodeCoreOptions extends CoreOptions {
  /** Threads for verify and execute. */
  readonly pools?: number;
}

/** Instances that hold state live in one thread: a coin transfer costs less than a hop between threads. */
const STATEFUL = COMPONENTS.filter((name) => INSTANCES[name] === "one");
const STATELESS = COMPONENTS.filter((name) => INSTANCES[name] === "many");

/** Throws FolderInUse when another process serves the vault of `trustFolder`: two could sign one slot twice. */
export async function startNodeCore(options: NodeCoreOptions, listener: CoreListener): Promise<Core> {
  const { trustFolder } = options;
  const modules = await loadModules();
  const lock = trustFolder === undefined ? undefined : FolderLock.take(trustFolder);
  const pools = options.pools ?? 1;
  const instance = (name: ComponentName) =>
    [name, { module: modules[name].module, config: options.configs[name] }] as const;
  const group = (names: readonly ComponentName[]) => Object.fromEntries(names.map(instance));

  const channels = Array.from({ length: pools }, () => new MessageChannel());
  const stateful = startWorker(
    {
      components: group(trustFolder === undefined ? STATEFUL.filter((name) => name !== "vault") : STATEFUL),
      trustFolder,
      ports: channels.map(({ port1 }) => ({ ends: STATELESS, port: port1 })),
    },
    channels.map(({ port1 }) => port1),
  );
  const stateless = channels.map(({ port2 }) =>
    startWorker({ components: group(STATELESS), ports: [{ ends: STATEFUL, port: port2 }] }, [port2]),
  );
  return new NodeCore(stateful, stateless, lock, listener, {
    platform: "node",
    trusts: ["this process", ...(trustFolder === undefined ? [] : ["this disk (vault.sealed, counter)"])],
    components: moduleHashes(modules),
  });
}

function startWorker(setup: WorkerSetup, transfer: MessagePort[]): Worker {
  return new Worker(new URL("./worker.mjs", import.meta.url), {
    workerData: setup,
    transferList: transfer,
  });
}

/** What a thread says. */
type Heard = Batch | Served | { readonly fault: Fault } | { readonly trouble: string };

class NodeCore implements Core {
  readonly report: PlatformReport;
  readonly #stateful: Worker;
  readonly #pool: readonly Worker[];
  /** Of the vault's folder. */
  readonly #lock: FolderLock | undefined;
  readonly #listener: CoreListener;
  readonly #credits = hostCredits();
  #turn = 0;
  #stopped = false;

  constructor(
    stateful: Worker,
    pool: readonly Worker[],
    lock: FolderLock | undefined,
    listener: CoreListener,
    report: PlatformReport,
  ) {
    this.report = report;
    this.#lock = lock;
    this.#stateful = stateful;
    this.#pool = pool;
    this.#listener = listener;
    for (const worker of [stateful, ...pool]) {
      worker.on("message", (message: Heard) => this.#hear(message));
      worker.on("error", (error) => this.#die(error.message));
    }
  }

  send(lane: LaneToCore, frames: readonly Uint8Array[]): Promise<void> {
    return this.#credits[lane].send(frames, (batch) => postBatch(this.#server(lane), lane, batch));
  }

  /** The thread that is to serve the next batch of a lane. */
  #server(lane: LaneToCore): Worker {
    const pooled = (STATELESS as readonly End[]).includes(TOPOLOGY[lane].to);
    return pooled ? this.#pool[this.#turn++ % this.#pool.length]! : this.#stateful;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const credit of Object.values(this.#credits)) credit.close();
    await Promise.all([this.#stateful, ...this.#pool].map((worker) => worker.terminate()));
    this.#lock?.release();
  }

  #hear(message: Heard): void {
    if (this.#stopped) return;
    if ("fault" in message) {
      this.#listener.fault(message.fault);
      return;
    }
    if ("trouble" in message) {
      this.#listener.trouble(message.trouble);
      return;
    }
    if ("served" in message) {
      this.#credits[message.served as LaneToCore].give(message.load);
      return;
    }
    this.#listener.frames(message.lane as LaneFromCore, framesOf(message));
  }

  #die(message: string): void {
    if (!this.#stopped) this.#listener.fault({ component: "ledger", message, recovered: false });
  }
}
