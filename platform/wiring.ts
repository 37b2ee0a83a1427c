/**
 * Runs a group of components in one thread and carries frames between them as the topology says. Private lanes are
 * served first, so that what the host does upon an answer finds what came with it; the host's lanes in turn, a frame each, so
 * that none can stall another. Ends that live elsewhere (the host, another thread) are reached through `carry`.
 *
 * Queues are bounded by whoever sends: a lane from elsewhere has credit (credit.ts), which comes back as its frames are served;
 * a component whose own private lanes to elsewhere have none is not stepped until they do. Answers to the host need no credit:
 * a frame of the host's gives a fixed number of them, and its credit comes back behind them.
 */
import { LANE_NUMBERS, LANES, type LaneName } from "../core/wire/frames.ts";
import { ComponentInstance, FrameTooLong } from "./component.ts";
import type { Fault } from "./runner.ts";
import { type ComponentName, type End, ON_FAULT, TOPOLOGY } from "./topology.ts";
import type { Trust } from "./trust/trust.ts";

const laneByNumber = Object.keys(LANES) as LaneName[];

export interface WiringOptions {
  /** Modules and configurations of the components that live here. */
  readonly components: Partial<
    Record<ComponentName, { readonly module: WebAssembly.Module; readonly config: Uint8Array }>
  >;
  /** Given where the vault lives. */
  readonly trust?: Trust | undefined;
  /** Takes a frame whose receiver lives elsewhere. */
  readonly carry: (lane: LaneName, frame: Uint8Array) => void;
  /** False while a lane that leaves this thread takes no more frames; `wake` says that it does again. All take more by default. */
  readonly open?: ((lane: LaneName) => boolean) | undefined;
  /** Sees each frame just before an end that lives here is given it. */
  readonly observe?: ((lane: LaneName, frame: Uint8Array) => void) | undefined;
  readonly fault: (fault: Fault) => void;
}

/** Frames that came together, and how far they are served. */
interface Queued {
  readonly frames: readonly Uint8Array[];
  next: number;
  readonly served: () => void;
}

const NOTHING = () => {};

/** Steps between two looks at the event loop, so that frames from other threads are heard. */
const STEPS_PER_TURN = 64;

export class Wiring {
  readonly #options: WiringOptions;
  readonly #instances = new Map<End, ComponentInstance>();
  readonly #queues = new Map<LaneName, Queued[]>();
  /** Lanes of the components here whose receivers live elsewhere, the host's apart. */
  readonly #outlets = new Map<End, readonly LaneName[]>();
  readonly #privateLanes: readonly LaneName[];
  readonly #hostLanes: readonly LaneName[];
  /** What `trust` has been asked and has not answered. */
  #trusted: Promise<void> = Promise.resolve();
  #hostTurn = 0;
  #scheduled = false;
  #stopped = false;

  constructor(options: WiringOptions) {
    this.#options = options;
    for (const lane of laneByNumber) {
      const to = TOPOLOGY[lane].to;
      if (to === "trust" ? options.trust : to !== "host" && options.components[to]) this.#queues.set(lane, []);
    }
    this.#privateLanes = [...this.#queues.keys()].filter((lane) => TOPOLOGY[lane].from !== "host");
    this.#hostLanes = [...this.#queues.keys()].filter((lane) => TOPOLOGY[lane].from === "host");
    for (const name of Object.keys(options.components) as ComponentName[]) {
      const leaving = laneByNumber.filter((lane) => TOPOLOGY[lane].from === name && TOPOLOGY[lane].to !== "host");
      this.#outlets.set(
        name,
        leaving.filter((lane) => !this.#queues.has(lane)),
      );
      this.#boot(name);
    }
  }

  /** Takes frames for a component that lives here. `served` is called when it has served the last of them, whatever came of it. */
  receive(lane: LaneName, frames: readonly Uint8Array[], served: () => void = NOTHING): void {
    const queue = this.#queues.get(lane);
    if (queue && frames.length > 0) {
      queue.push({ frames, next: 0, served });
      this.#schedule();
    } else served();
  }

  /** A lane that leaves this thread takes frames again. */
  wake(): void {
    this.#schedule();
  }

  /** Resolves when `trust` has ended what it was doing: no other may serve its vault before. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#instances.clear();
    return this.#trusted;
  }

  #boot(name: ComponentName): void {
    const { module, config } = this.#options.components[name]!;
    const instance = new ComponentInstance(module, config);
    this.#instances.set(name, instance);
    for (const { lane, bytes } of instance.first) this.#route(name, lane, bytes);
  }

  /** Only lanes that leave `from` are served: a component cannot speak as another, whatever it writes. */
  #route(from: End, laneNumber: number, frame: Uint8Array): void {
    const lane = laneByNumber[laneNumber];
    if (!lane || TOPOLOGY[lane].from !== from) return;
    if (this.#queues.has(lane)) this.receive(lane, [frame]);
    else this.#options.carry(lane, frame);
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#stopped && this.#turn()) this.#schedule();
    });
  }

  /** Serves a bounded number of frames; true when there may be more to serve. */
  #turn(): boolean {
    for (let steps = 0; steps < STEPS_PER_TURN && !this.#stopped; steps++) {
      const lane = this.#next();
      if (!lane) return false;
      const queue = this.#queues.get(lane)!;
      const first = queue[0]!;
      const frame = first.frames[first.next++]!;
      const last = first.next === first.frames.length;
      if (last) queue.shift();
      this.#serve(lane, frame);
      if (last) first.served();
    }
    return !this.#stopped;
  }

  /** The lane to serve: a private one with frames, else the host's lane whose turn it is. */
  #next(): LaneName | undefined {
    const waiting = this.#privateLanes.find((lane) => this.#canServe(lane));
    if (waiting) return waiting;
    for (let i = 0; i < this.#hostLanes.length; i++) {
      const lane = this.#hostLanes[this.#hostTurn++ % this.#hostLanes.length]!;
      if (this.#canServe(lane)) return lane;
    }
    return undefined;
  }

  /** It has frames, and what its component may send upon them has somewhere to go. */
  #canServe(lane: LaneName): boolean {
    if (this.#queues.get(lane)!.length === 0) return false;
    const { open } = this.#options;
    return !open || (this.#outlets.get(TOPOLOGY[lane].to)?.every(open) ?? true);
  }

  #serve(lane: LaneName, frame: Uint8Array): void {
    const { to } = TOPOLOGY[lane];
    this.#options.observe?.(lane, frame);
    if (to === "trust") {
      const served = this.#options.trust!.serve(frame);
      this.#trusted = served.then((answer) => this.#route("trust", LANE_NUMBERS.trustToVault, answer));
      return;
    }
    const name = to as ComponentName;
    try {
      const sent = this.#instances.get(name)?.step(LANE_NUMBERS[lane], frame) ?? [];
      for (const { lane: out, bytes } of sent) this.#route(name, out, bytes);
    } catch (error) {
      if (error instanceof FrameTooLong) return; // nothing happened: the sender goes without an answer
      this.#fault(name, error instanceof Error ? error.message : String(error));
    }
  }

  #fault(component: ComponentName, message: string): void {
    const recovered = ON_FAULT[component] === "restart-instance";
    if (recovered) this.#boot(component);
    else void this.stop();
    this.#options.fault({ component, message, recovered });
  }
}
