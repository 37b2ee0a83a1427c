/** Thread of the `node` platform: one group of components, and direct ports to the other groups and to the host. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { LaneName } from "../../core/wire/frames.ts";
import { type ComponentName, type End, TOPOLOGY } from "../topology.ts";
import { FileTrust } from "../trust/file-trust.ts";
import { Wiring } from "../wiring.ts";

/** What the host's side gives a thread. */
export interface WorkerSetup {
  readonly components: Partial<
    Record<ComponentName, { readonly module: WebAssembly.Module; readonly config: Uint8Array }>
  >;
  /** Folder of the trust's files, where the vault lives. */
  readonly trustFolder?: string | undefined;
  /** Ports to the threads in which other ends live. */
  readonly ports: readonly { readonly ends: readonly End[]; readonly port: MessagePort }[];
}

/** Frames of one lane, as threads exchange them. */
export interface Batch {
  readonly lane: LaneName;
  readonly frames: Uint8Array[];
}

const setup = workerData as WorkerSetup;
const host = parentPort!;
const portOf = new Map<End, MessagePort>(
  setup.ports.flatMap(({ ends, port }) => ends.map((end) => [end, port] as const)),
);
const outgoing = new Map<LaneName, Uint8Array[]>();

/**
 * Frames leave in batches, once a turn of the event loop, those for other components before those for the host: what the host
 * does upon an answer must find what came with the answer already there.
 */
function carry(lane: LaneName, frame: Uint8Array): void {
  const batch = outgoing.get(lane);
  if (batch) {
    batch.push(frame);
    return;
  }
  outgoing.set(lane, [frame]);
  if (outgoing.size === 1) setImmediate(flush);
}

function flush(): void {
  const batches = [...outgoing].map(([lane, frames]) => ({ lane, frames, to: TOPOLOGY[lane].to }));
  outgoing.clear();
  for (const { lane, frames, to } of batches) if (to !== "host") post(portOf.get(to), { lane, frames });
  for (const { lane, frames, to } of batches) if (to === "host") post(host, { lane, frames });
}

function post(port: MessagePort | undefined, batch: Batch): void {
  port?.postMessage(
    batch,
    batch.frames.map(({ buffer }) => buffer as ArrayBuffer),
  );
}

const wiring = new Wiring({
  components: setup.components,
  trust: setup.trustFolder === undefined ? undefined : new FileTrust(setup.trustFolder),
  carry,
  fault: (fault) => host.postMessage({ fault }),
});

const receive = ({ lane, frames }: Batch): void => {
  for (const frame of frames) wiring.receive(lane, frame);
};
for (const { port } of setup.ports) port.on("message", receive);
host.on("message", (batch: Batch) => {
  // The other half of the order above: ports are read in no order of their own.
  for (const { port } of setup.ports) {
    for (let waiting = receiveMessageOnPort(port); waiting; waiting = receiveMessageOnPort(port))
      receive(waiting.message);
  }
  receive(batch);
});
