/** Thread of the `node` platform: one group of components, and direct ports to the other groups and to the host. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { LaneName } from "../../core/wire/frames.ts";
import { Credit, loadOf } from "../credit.ts";
import { type ComponentName, type End, TOPOLOGY } from "../topology.ts";
import { FileTrust } from "../trust/file-trust.ts";
import { Wiring } from "../wiring.ts";
import { type Batch, framesOf, postBatch, type Served } from "./batch.ts";

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

const setup = workerData as WorkerSetup;
const host = parentPort!;
const portOf = new Map<End, MessagePort>(
  setup.ports.flatMap(({ ends, port }) => ends.map((end) => [end, port] as const)),
);
const outgoing = new Map<LaneName, Uint8Array[]>();
/** Of the lanes that leave for other threads than the host's. */
const credits = new Map<LaneName, Credit>();
/** Credit to be given back, behind what was said upon the frames. */
let served: { readonly to: MessagePort; readonly message: Served }[] = [];
let scheduled = false;

function creditOf(lane: LaneName): Credit {
  const credit = credits.get(lane) ?? new Credit();
  credits.set(lane, credit);
  return credit;
}

/**
 * Frames leave in batches, once a turn of the event loop, those for other components before those for the host: what the host
 * does upon an answer must find what came with the answer already there.
 */
function carry(lane: LaneName, frame: Uint8Array): void {
  if (TOPOLOGY[lane].to !== "host") creditOf(lane).take({ frames: 1, bytes: frame.length });
  const batch = outgoing.get(lane);
  if (batch) batch.push(frame);
  else outgoing.set(lane, [frame]);
  schedule();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(flush);
}

function flush(): void {
  scheduled = false;
  const batches = [...outgoing].map(([lane, frames]) => ({ lane, frames, to: TOPOLOGY[lane].to }));
  outgoing.clear();
  for (const { lane, frames, to } of batches) {
    const port = portOf.get(to);
    if (to !== "host" && port) postBatch(port, lane, frames);
  }
  for (const { lane, frames, to } of batches) if (to === "host") postBatch(host, lane, frames);
  const givenBack = served;
  served = [];
  for (const { to, message } of givenBack) to.postMessage(message);
}

const wiring = new Wiring({
  components: setup.components,
  trust:
    setup.trustFolder === undefined
      ? undefined
      : new FileTrust(setup.trustFolder, { onFailure: (trouble) => host.postMessage({ trouble }) }),
  carry,
  open: (lane) => creditOf(lane).open,
  fault: (fault) => host.postMessage({ fault }),
});

function receive(from: MessagePort, message: Batch | Served): void {
  if ("served" in message) {
    creditOf(message.served).give(message.load);
    wiring.wake();
    return;
  }
  const { lane } = message;
  const frames = framesOf(message);
  wiring.receive(lane, frames, () => {
    served.push({ to: from, message: { served: lane, load: loadOf(frames) } });
    schedule();
  });
}

for (const { port } of setup.ports) port.on("message", (message: Batch | Served) => receive(port, message));
host.on("message", (batch: Batch) => {
  // The other half of the order above: ports are read in no order of their own.
  for (const { port } of setup.ports) {
    for (let waiting = receiveMessageOnPort(port); waiting; waiting = receiveMessageOnPort(port))
      receive(port, waiting.message);
  }
  receive(host, batch);
});
