/** A component as its attacker needs it: fast, looked into, and metered when its module counts what it does (fuel.ts). */
import type { Sent } from "../../../platform/component.ts";

interface Exports {
  readonly memory: WebAssembly.Memory;
  init(length: number): number;
  step(lane: number, length: number): number;
  input(): number;
  inputCapacity(): number;
  output(): number;
  stateBase(): number;
  stateLength(): number;
  /** Only where fuel.ts added it. */
  readonly fuel?: WebAssembly.Global;
}

const RECORD_HEADER_BYTES = 8;

export class Subject {
  readonly #exports: Exports;
  readonly #memory: Uint8Array;
  readonly #fresh: Uint8Array;
  #spent = 0;

  /** A new instance, not configured. */
  constructor(module: WebAssembly.Module) {
    this.#exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#memory = new Uint8Array(this.#exports.memory.buffer);
    this.#fresh = this.state.slice();
  }

  /** Everything that outlives a step, as it lies in memory: a view, which later steps change. How long it is may hang on the configuration. */
  get state(): Uint8Array {
    const { memory, stateBase, stateLength } = this.#exports;
    return new Uint8Array(memory.buffer, stateBase(), stateLength());
  }

  /** Instructions that the last call took, at most; 0 when the module does not count. */
  get spent(): number {
    return this.#spent;
  }

  get capacity(): number {
    return this.#exports.inputCapacity();
  }

  /** Begins anew, as a new instance does. */
  configure(config: Uint8Array): Sent[] {
    this.restore(this.#fresh);
    return this.#run(config, (length) => this.#exports.init(length));
  }

  /** One frame in, frames out. Traps come out as the engine's errors. */
  send(lane: number, frame: Uint8Array): Sent[] {
    return this.#run(frame, (length) => this.#exports.step(lane, length));
  }

  restore(state: Uint8Array): void {
    this.#memory.set(state, this.#exports.stateBase());
  }

  #run(frame: Uint8Array, call: (length: number) => number): Sent[] {
    const { input, output, fuel } = this.#exports;
    this.#memory.set(frame, input());
    const before: bigint = fuel?.value ?? 0n;
    const length = call(frame.length);
    if (fuel) this.#spent = Number(fuel.value - before);
    return readRecords(this.#memory.subarray(output(), output() + length));
  }
}

/** Copies of the frames in output records, {lane u32, length u32, frame} each. Throws when they do not end where they say. */
function readRecords(records: Uint8Array): Sent[] {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  const sent: Sent[] = [];
  let at = 0;
  while (at < records.length) {
    const from = at + RECORD_HEADER_BYTES;
    at = from + view.getUint32(at + 4, true);
    sent.push({ lane: view.getUint32(from - RECORD_HEADER_BYTES, true), bytes: records.slice(from, at) });
  }
  if (at !== records.length) throw new RangeError("an output record is longer than the output");
  return sent;
}
