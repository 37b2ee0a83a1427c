/**
 * Typed requests to the core over a platform's lanes. Answers are matched by id; what a component says unasked (commits,
 * checkpoints, status) goes to listeners. A request whose component faults is rejected, never left hanging.
 */
import {
  type ExecuteToHost,
  HostToExecute,
  HostToLedger,
  HostToOrder,
  HostToVerify,
  LANES,
  type LedgerToHost,
  type OrderToHost,
  type VerifyToHost,
} from "../core/wire/frames.ts";
import { type Codec, decode, encode, type Value } from "../core/wire/schema.ts";
import type { Core, CoreListener, Fault, LaneFromCore, LaneToCore, PlatformReport } from "../platform/runner.ts";
import { TOPOLOGY } from "../platform/topology.ts";
import { together } from "./verify-frames.ts";

type Committed = Extract<Value<typeof OrderToHost>, { kind: "committed" }>;
type CheckpointMade = Extract<Value<typeof LedgerToHost>, { kind: "checkpoint" }>;
export type LedgerStatus = Extract<Value<typeof LedgerToHost>, { kind: "status" }>;
type Recovering = Extract<Value<typeof OrderToHost>, { kind: "recovering" }>;

export type { CheckpointMade, Committed, Recovering };

/** The component trapped, or was stopped, before it answered. */
export class CoreFault extends Error {
  override readonly name = "CoreFault";
}

/** What the core says unasked. */
export interface CoreEvents {
  committed(commit: Committed): void;
  checkpoint(checkpoint: CheckpointMade): void;
  status(status: LedgerStatus): void;
  /** The vault has lost its state, and waits for what its peers' say. */
  recovering(asked: Recovering): void;
  /** A component refused what no request of the host's asked for: the ledger passes on that the vault does not sign, say. */
  refused(refusal: Refusal): void;
  fault(fault: Fault): void;
  /** See CoreListener. */
  trouble(message: string): void;
}

export interface Refusal {
  readonly component: "order" | "ledger";
  /** A code of the component's table in codes.ts, which says what `a` and `b` are. */
  readonly code: number;
  readonly a: bigint;
  readonly b: bigint;
}

type WithoutId<V> = V extends { readonly id: bigint } ? Omit<V, "id"> : never;
type WithId<V> = V extends { readonly id: bigint } ? V : never;
/** A frame of a union without its id, which this module fills in. */
type Body<C> = WithoutId<Value<C>>;
type Answer<C> = WithId<Value<C>>;

interface Pending {
  readonly lane: LaneToCore;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

type StartCore = (listener: CoreListener) => Promise<Core>;

export class CoreClient {
  readonly #pending = new Map<bigint, Pending>();
  /** Frames that wait for the turn's end, or for their lane's credit. Whoever makes requests bounds how many it makes at once. */
  readonly #outgoing = new Map<LaneToCore, Uint8Array[]>();
  readonly #events: CoreEvents;
  #core!: Core;
  #nextId = 1n;
  /** Why nothing is answered any more. */
  #ended: CoreFault | undefined;

  private constructor(events: CoreEvents) {
    this.#events = events;
  }

  static async start(startCore: StartCore, events: CoreEvents): Promise<CoreClient> {
    const client = new CoreClient(events);
    client.#core = await startCore({
      frames: (lane, frames) => {
        for (const frame of frames) client.#hear(lane, frame);
      },
      fault: (fault) => client.#fault(fault),
      trouble: (message) => events.trouble(message),
    });
    return client;
  }

  get report(): PlatformReport {
    return this.#core.report;
  }

  /** As Core.attest; undefined also where the core has no TPM. */
  async attest(nonce: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#ended ? undefined : await this.#core.attest?.(nonce);
  }

  verify(body: Body<typeof HostToVerify>): Promise<Answer<typeof VerifyToHost>> {
    return this.#request("hostToVerify", HostToVerify, body);
  }

  order(body: Body<typeof HostToOrder>): Promise<Answer<typeof OrderToHost>> {
    return this.#request("hostToOrder", HostToOrder, body);
  }

  execute(body: Body<typeof HostToExecute>): Promise<Answer<typeof ExecuteToHost>> {
    return this.#request("hostToExecute", HostToExecute, body);
  }

  ledger(body: Body<typeof HostToLedger>): Promise<Answer<typeof LedgerToHost>> {
    return this.#request("hostToLedger", HostToLedger, body);
  }

  async stop(): Promise<void> {
    this.#end("the core was stopped");
    await this.#core.stop();
  }

  #request<A, F>(lane: LaneToCore, codec: Codec<F>, body: object): Promise<A> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    const frame = encode(codec, { ...body, id } as F);
    return new Promise<A>((resolve, reject) => {
      this.#pending.set(id, { lane, resolve: resolve as (answer: never) => void, reject });
      const waiting = this.#outgoing.get(lane);
      if (waiting) waiting.push(frame);
      else {
        this.#outgoing.set(lane, [frame]);
        // What clients send in one turn of the event loop is verified together.
        if (lane === "hostToVerify") setImmediate(() => this.#drain(lane));
        else queueMicrotask(() => this.#drain(lane));
      }
    });
  }

  /** Hands a lane what waits for it, together: the requests of one turn, then those that were made while it had no credit. */
  async #drain(lane: LaneToCore): Promise<void> {
    for (
      let frames = this.#outgoing.get(lane)!;
      frames.length > 0 && !this.#ended;
      frames = this.#outgoing.get(lane)!
    ) {
      this.#outgoing.set(lane, []);
      await this.#core.send(lane, lane === "hostToVerify" ? together(frames) : frames);
    }
    this.#outgoing.delete(lane);
  }

  #hear(lane: LaneFromCore, bytes: Uint8Array): void {
    const frame = decode(LANES[lane] as Codec<Value<(typeof LANES)[LaneFromCore]>>, bytes);
    if (frame.kind === "committed") {
      this.#events.committed(frame);
      return;
    }
    if (frame.kind === "checkpoint" && "certificate" in frame) {
      this.#events.checkpoint(frame);
      return;
    }
    if (frame.kind === "recovering") {
      this.#events.recovering(frame);
      return;
    }
    const id = (frame as { readonly id: bigint }).id;
    const pending = this.#pending.get(id);
    if (!pending) {
      if (frame.kind === "status" && "vault" in frame) this.#events.status(frame);
      const component = TOPOLOGY[lane].from;
      if (frame.kind === "rejected" && id === 0n && (component === "order" || component === "ledger")) {
        this.#events.refused({ ...frame, component });
      }
      return;
    }
    this.#pending.delete(id);
    pending.resolve(frame as never);
  }

  #fault(fault: Fault): void {
    if (fault.recovered) this.#reject((lane) => TOPOLOGY[lane].to === fault.component, new CoreFault(fault.message));
    else this.#end(fault.message);
    this.#events.fault(fault);
  }

  #end(message: string): void {
    this.#ended ??= new CoreFault(message);
    this.#reject(() => true, this.#ended);
  }

  #reject(concerns: (lane: LaneToCore) => boolean, error: CoreFault): void {
    for (const [id, { lane, reject }] of this.#pending) {
      if (!concerns(lane)) continue;
      this.#pending.delete(id);
      reject(error);
    }
  }
}
